package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFolded(t *testing.T) {
	for _, c := range []struct {
		columns    int
		text, want string
	}{
		{20, "short enough", "short enough"},
		{20, "a note that is longer than that", "a note that is\n  longer than that"},
		{20, "  an indented one, which is long", "  an indented one,\n    which is long"},
		{10, "one\na second line\nthree", "one\na second\n  line\nthree"},
		{20, "next: rehome import users.json --to appwrite", "next: rehome import users.json --to appwrite"},
		{10, "anunbreakablewordofmany letters", "anunbreakablewordofmany\n  letters"},
		{24, "who:  a table's columns stay apart", "who:  a table's columns\n  stay apart"},
		{12, "größer als für zwölf", "größer als\n  für zwölf"},
	} {
		got := folded(c.text, c.columns)
		if got != c.want {
			t.Errorf("%d columns: %q, want %q", c.columns, got, c.want)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if utf8.RuneCountInString(line) > c.columns && strings.Contains(strings.TrimLeft(line, " "), " ") && !strings.Contains(line, ": rehome ") {
				t.Errorf("%d columns: %q", c.columns, line)
			}
		}
	}
}
