package report

import (
	"strings"
	"testing"

	"rehome/migrate"
)

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"mary@example.com":         "m…@e….com",
		"ünal@münchen.example.org": "ü…@m….org",
		"a@b":                      "a…@b…",
		"no address":               "",
		"@":                        "…@…",
	} {
		if got := mask(in); got != want {
			t.Errorf("mask(%q) = %q, want %q", in, got, want)
		}
	}
	in := "users.json: record 3: <mary@example.com>, and max@example.org; see https://user@host.example/x"
	if got := maskAll(in); strings.Contains(got, "mary") || strings.Contains(got, "max") || !strings.HasPrefix(got, "users.json: record 3: <m…@e….com>, ") {
		t.Errorf("maskAll: %s", got)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{
		{0, 0, "0 %"}, {0, 5, "0 %"}, {5, 5, "100 %"}, {1, 3, "33.3 %"}, {1, 1_000_000, "< 0.1 %"}, {999_999, 1_000_000, "> 99.9 %"},
	} {
		if got := share(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

func TestTook(t *testing.T) {
	for in, want := range map[float64]string{0: "< 0.1 s", -1: "< 0.1 s", 0.34: "0.3 s", 0.97: "1 s", 59.4: "59 s", 59.6: "1 min", 664: "11 min 4 s", 7380: "2 h 3 min", 7200: "2 h"} {
		if got := took(in); got != want {
			t.Errorf("%v s: %s, want %s", in, got, want)
		}
	}
}

func TestForeign(t *testing.T) {
	if got := foreign(strings.Repeat("x", 1000) + "\xff"); len([]rune(got)) != maxText {
		t.Errorf("not clipped: %d", len(got))
	}
}

func TestSentence(t *testing.T) {
	for want, d := range map[string]Document{
		"This run was taken back: 1,298 people are not at the target any more; 2 were spared.": {Finished: migrate.Summary{Undone: &migrate.UndoCounts{Removed: 1297, Gone: 1, SignedIn: 1, Kept: 1}}},
		"This run was taken back: 1 person is not at the target any more.":                     {Finished: migrate.Summary{Undone: &migrate.UndoCounts{Removed: 1}}},
		"There was nobody to move.":                                                            {People: &migrate.People{LeftOut: 3}},
		"The run ended too early: 12 of 40,003 people landed.":                                 stoppedAt(Import, 12, 40003),
		"The practice run ended too early: 1 of 2 people landed.":                              stoppedAt(Practice, 1, 2),
		"The dry run ended too early: 12 of 40,003 people were judged.":                        stoppedAt(DryRun, 12, 40003),
		"The run failed after the last record: 5 of 5 people landed.":                          stoppedAt(Import, 5, 5),
		"The run ended before its first record.":                                               stoppedAt(Import, 0, 0),
		"This run was cut off before its end: 1 person is known to have landed.":               {State: Unfinished, Ledger: &Ledger{Landed: 1}},
		"This run is going on: 1,200 people are known to have landed so far.":                  {State: Running, Ledger: &Ledger{Landed: 1200}},
		"This dry run was cut off before its end.":                                             {State: Unfinished, Kind: DryRun, Ledger: &Ledger{}},
		"This run came to its end, but its report is gone: 7 people are known to have landed.": {State: Done, Ledger: &Ledger{Landed: 7}},
	} {
		if got := Sentence(d); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func stoppedAt(kind Kind, landed, of int) Document {
	d := Document{Kind: kind, State: Stopped, People: &migrate.People{Of: of}}
	d.Finished.Records, d.Finished.Created = landed, landed
	return d
}
