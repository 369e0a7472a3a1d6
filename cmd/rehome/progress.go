package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"rehome/migrate"
)

// bar draws progress: a bar where a person watches, a line every 30 seconds or
// ten per cent where none does.
type bar struct {
	w     io.Writer
	tty   bool
	stage string
	drawn *progressbar.ProgressBar
	last  time.Time
	tenth int64
}

// quietEvery is the longest silence on a stream that is no terminal.
const quietEvery = 30 * time.Second

func newBar(w io.Writer) *bar { return &bar{w: w, tty: isTerminal(w)} }

func (b *bar) show(p migrate.Progress) {
	done, total := p.Bytes, p.Total
	if p.Stage != "survey" {
		done, total = int64(p.Records), int64(p.Of)
	}
	if p.Stage != b.stage {
		b.begin(p.Stage, total)
	}
	if b.tty {
		b.drawn.Describe(describe(p))
		_ = b.drawn.Set64(min(done, max(total, 1)))
		return
	}
	b.line(p, done, total)
}

func (b *bar) begin(stage string, total int64) {
	b.clear()
	b.stage, b.last, b.tenth = stage, time.Now(), 0
	if b.tty {
		b.drawn = progressbar.NewOptions64(max(total, 1),
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(b.width()),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
		)
	}
}

// width leaves room for the words on a narrow terminal.
func (b *bar) width() int {
	columns := 80
	if f, ok := b.w.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			columns = w
		}
	}
	return min(30, max(5, columns-60))
}

func (b *bar) line(p migrate.Progress, done, total int64) {
	tenth := done * 10 / max(total, 1)
	if tenth == b.tenth && time.Since(b.last) < quietEvery {
		return
	}
	b.tenth, b.last = tenth, time.Now()
	fmt.Fprintf(b.w, "%s, %d %%\n", describe(p), done*100/max(total, 1))
}

func describe(p migrate.Progress) string {
	if p.Stage == "move" {
		return fmt.Sprintf("move: %d of %d, landed %d, rejected %d", p.Records, p.Of, p.Landed, p.Refused)
	}
	return fmt.Sprintf("%s: %d", p.Stage, p.Records)
}

// clear wipes the bar before other words are printed.
func (b *bar) clear() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}
