package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rehome/migrate"
	"rehome/sink"
)

var halfWay = migrate.Progress{
	Stage: "move", Records: 654_321, Of: 1_000_000, Landed: 654_309, Refused: 12, Rate: 103.4, Seconds: 3342,
	Pace: &sink.Pace{InFlight: 8, Limit: 8},
}

// TestBarFits: what is drawn is never wider than the terminal, and says the most
// important first.
func TestBarFits(t *testing.T) {
	waiting := halfWay
	waiting.Rate, waiting.Seconds, waiting.Pace = 0, 0, &sink.Pace{Limit: 4, Down: true}
	for _, c := range []struct {
		columns int
		shown   migrate.Progress
		want    string
	}{
		{120, halfWay, "move: 654,309 landed, 12 rejected, 103/s, 56 min left, 8 in flight        65% |"},
		{80, halfWay, "move: 654,309 landed, 12 rejected, 103/s, 56 min left      65% |"},
		{60, halfWay, "move: 654,309 landed, 12 rejected      65% |"},
		{40, halfWay, "move: 654,309 landed     65% |"},
		{80, waiting, "move: target is down, waiting, 654,309 landed"},
		{48, waiting, "move: target is down, waiting    65% |"},
		{40, migrate.Progress{Stage: "survey", Bytes: 5, Total: 10, Records: 120}, "survey: 120 records      50% |"},
		{60, migrate.Progress{Stage: "verify", Records: 50, Of: 100}, "verify: 50 of 100                      50% |"},
		{10, halfWay, "m  65% |"},
	} {
		var drawn bytes.Buffer
		b := &bar{w: &drawn, tty: true, columns: func() int { return c.columns }}
		b.show(c.shown)
		lines := strings.FieldsFunc(drawn.String(), func(r rune) bool { return r == '\r' || r == '\n' })
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
			t.Errorf("%d columns: %q, want …%s", c.columns, lines, c.want)
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n >= max(c.columns, besideBar+8) {
				t.Errorf("%d columns: %d are drawn: %q", c.columns, n, line)
			}
		}
	}
}

// TestBarShrinks: a terminal that becomes narrower in the middle of a stage gets a
// narrower bar.
func TestBarShrinks(t *testing.T) {
	wide := 80
	var drawn bytes.Buffer
	b := &bar{w: &drawn, tty: true, columns: func() int { return wide }}
	b.show(halfWay)
	drawn.Reset()
	wide, b.drew = 40, time.Time{}
	b.show(halfWay)
	last := drawn.String()[strings.LastIndexByte(drawn.String(), '\r')+1:]
	if n := utf8.RuneCountInString(last); n >= 40 || !strings.HasPrefix(last, "move: 654,309 landed") {
		t.Errorf("%d are drawn: %q", n, last)
	}
}

// TestLines: without a terminal there is a line each ten per cent, and one when the
// target goes down and one when it is back.
func TestLines(t *testing.T) {
	var said bytes.Buffer
	b := &bar{w: &said}
	for _, step := range []struct {
		records int
		down    bool
	}{{50, false}, {60, false}, {100, false}, {120, false}, {130, true}, {130, true}, {140, false}, {990, false}} {
		b.show(migrate.Progress{Stage: "move", Records: step.records, Of: 1000, Landed: step.records, Rate: 7.25, Pace: &sink.Pace{InFlight: 4, Down: step.down}})
	}
	want := `move: 100 landed, 7.2/s, 4 in flight, 10 %
move: target is down, waiting, 130 landed, 7.2/s, 13 %
move: 140 landed, 7.2/s, 4 in flight, 14 %
move: 990 landed, 7.2/s, 4 in flight, 99 %
`
	if said.String() != want {
		t.Errorf("said\n%swant\n%s", said.String(), want)
	}
}

func TestSpoken(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1500 * time.Millisecond: "1 s", 99 * time.Second: "99 s", 100 * time.Second: "2 min", 3342 * time.Second: "56 min",
		2*time.Hour + 3*time.Minute: "2h03m", 47 * time.Hour: "47h00m", 60 * time.Hour: "3 days",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
