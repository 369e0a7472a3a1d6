package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"rehome/migrate"
)

// bar draws progress: a bar where a person watches; a line every 30 seconds or ten
// per cent, and when the target goes down or comes back, where none does.
type bar struct {
	w       io.Writer
	tty     bool
	columns func() int
	stage   string
	width   int // of the bar itself
	drawn   *progressbar.ProgressBar
	drew    time.Time
	last    time.Time
	tenth   int64
	down    bool
}

// drawEvery is the least time between two drawings.
const drawEvery = 90 * time.Millisecond

// quietEvery is the longest silence on a stream that is no terminal.
const quietEvery = 30 * time.Second

func newBar(w io.Writer) *bar {
	return &bar{w: w, tty: isTerminal(w), columns: func() int { return columns(w) }}
}

func (b *bar) show(p migrate.Progress) {
	done, total := p.Bytes, p.Total
	if p.Stage != "survey" {
		done, total = int64(p.Records), int64(p.Of)
	}
	if p.Stage != b.stage {
		b.begin(p.Stage, total)
	}
	switch {
	case !b.tty:
		b.line(p, done, total)
	case time.Since(b.drew) >= drawEvery:
		b.draw(p, done, total)
	}
}

// draw begins a bar of its own for a terminal that has become narrow or wide.
func (b *bar) draw(p migrate.Progress, done, total int64) {
	columns := b.columns()
	if b.width != barWidth(columns) {
		b.begin(p.Stage, total)
	}
	b.drew = time.Now()
	b.drawn.Describe(described(p, columns-b.width-besideBar))
	_ = b.drawn.Set64(min(done, max(total, 1)))
}

// besideBar is what stands around the bar, beside the words: " 100% |", "|  " and a
// column that stays free, since some terminals break a full line.
const besideBar = len(" 100% ||  ") + 1

// barWidth leaves the words of a narrow terminal their room.
func barWidth(columns int) int {
	if columns < 60 {
		return 6
	}
	return 12
}

// wordColumns is where the bar begins on a wide terminal: always at the same place,
// not far from the words.
const wordColumns = 72

// described is the stage and where it stands, in as many columns as there are.
func described(p migrate.Progress, columns int) string {
	columns = min(columns, wordColumns)
	words := parts(p)
	words[0] = p.Stage + ": " + words[0]
	line := fitting(words, columns)
	return line + strings.Repeat(" ", max(columns-len(line), 0))
}

func (b *bar) begin(stage string, total int64) {
	b.clear()
	b.stage, b.last, b.drew, b.tenth, b.down = stage, time.Now(), time.Time{}, 0, false
	if b.tty {
		b.width = barWidth(b.columns())
		b.drawn = progressbar.NewOptions64(max(total, 1),
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetWidth(b.width),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionClearOnFinish(),
		)
	}
}

// columns is the width of a terminal; 80 where it does not say.
func columns(w io.Writer) int {
	if f, ok := w.(descriptor); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 80
}

func (b *bar) line(p migrate.Progress, done, total int64) {
	tenth := done * 10 / max(total, 1)
	if tenth == b.tenth && time.Since(b.last) < quietEvery && down(p) == b.down {
		return
	}
	b.tenth, b.last, b.down = tenth, time.Now(), down(p)
	fmt.Fprintf(b.w, "%s: %s, %d %%\n", p.Stage, strings.Join(parts(p), ", "), done*100/max(total, 1))
}

// parts are the words on where the work stands, the most important first.
func parts(p migrate.Progress) (words []string) {
	say := func(tell bool, format string, args ...any) {
		if tell {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	moves := p.Stage == "move"
	say(down(p), "target is down, waiting")
	say(moves, "%s landed", thousands(p.Landed))
	say(moves && p.Refused > 0, "%s rejected", thousands(p.Refused))
	say(!moves && p.Of > 0, "%s of %s", thousands(p.Records), thousands(p.Of))
	say(!moves && p.Of == 0, "%s records", thousands(p.Records))
	say(p.Rate > 0, "%s/s", rounded(p.Rate))
	say(p.Seconds >= 1, "%s left", spoken(time.Duration(p.Seconds*float64(time.Second))))
	say(p.Pace != nil && !down(p), "%d in flight", inFlight(p))
	return words
}

func down(p migrate.Progress) bool { return p.Pace != nil && p.Pace.Down }

func inFlight(p migrate.Progress) int {
	if p.Pace == nil {
		return 0
	}
	return p.Pace.InFlight
}

// rounded is a number of which the first two or three digits matter.
func rounded(n float64) string {
	if n < 10 {
		return fmt.Sprintf("%.1f", n)
	}
	return thousands(int(n + 0.5))
}

// fitting is as many of the words as fit, but at least the first.
func fitting(words []string, columns int) string {
	line := words[0]
	for _, w := range words[1:] {
		if len(line)+len(", ")+len(w) > columns {
			break
		}
		line += ", " + w
	}
	return line[:min(len(line), max(columns, 1))]
}

// spoken is a duration in the one or two units that matter.
func spoken(d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24+0.5))
}

// clear wipes the bar before other words are printed.
func (b *bar) clear() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}
