package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// steering are texts that would steer a terminal or turn the text around them.
var steering = []string{"\x1b[31m", "\x07", "\u009b31m", "\u0085", "\x7f", "\u061c", "\u200e", "\u202e", "\u2066", "\u2069", "\u2028", "\ufeff", "\U000e0041", "\x9b", "a\nb\r"}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain – ünïcode 漢":  "plain – ünïcode 漢",
		"a\u202eb\x1b\x7f\n": `a\u202eb\u001b\u007f\u000a`,
		"\U000e0041\ufeff":   `\U000e0041\ufeff`,
		"\x9bx":              "\ufffdx",
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range steering {
		if got := Visible(s); strings.ContainsFunc(got, unicode.IsControl) || strings.ContainsFunc(got, hidden) || Visible(got) != got {
			t.Errorf("Visible(%q) = %q", s, got)
		}
	}
}

// TestVisibleJSON checks that JSON means the same, and steers nothing, not even where
// it is indented.
func TestVisibleJSON(t *testing.T) {
	for _, indent := range []string{"", "  "} {
		var b bytes.Buffer
		e := json.NewEncoder(VisibleJSON(&b))
		e.SetIndent("", indent)
		for _, s := range append(steering, "plain – ünïcode 漢 😀") {
			b.Reset()
			if err := e.Encode(map[string]string{s: s}); err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(b.String(), "\n", "")
			if strings.ContainsFunc(text, hidden) {
				t.Errorf("%q is written as %q", s, text)
			}
			var got map[string]string
			valid := strings.ToValidUTF8(s, "\ufffd")
			if err := json.Unmarshal(b.Bytes(), &got); err != nil || got[valid] != valid {
				t.Errorf("%q comes back as %q (%v)", s, got, err)
			}
		}
	}
}
