package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"rehome/migrate"
	"rehome/report"
)

// voice is how a verb speaks: words and progress on stderr; results on stdout,
// as events with --json.
type voice struct {
	terminal
	json  bool
	quiet bool

	encoder  *json.Encoder
	listener []func(migrate.Event)

	mu  sync.Mutex // an importer speaks from its own goroutine
	bar *bar
}

func newVoice(t terminal, c *cli.Context) *voice {
	v := &voice{terminal: t, json: c.Bool("json"), quiet: c.Bool("quiet")}
	v.encoder = json.NewEncoder(report.VisibleJSON(t.out))
	v.encoder.SetEscapeHTML(false)
	if !v.quiet {
		v.bar = newBar(t.err)
	}
	return v
}

// event hands an event to everyone who listens.
func (v *voice) event(e migrate.Event) {
	if v.json {
		_ = v.encoder.Encode(e) // a closed pipe kills the process by itself
	}
	if e.Progress != nil {
		v.progress(*e.Progress)
	}
	for _, l := range v.listener {
		l(e)
	}
}

func (v *voice) progress(p migrate.Progress) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bar != nil {
		v.bar.show(p)
	}
}

// print writes a line, clear of the progress bar.
func (v *voice) print(w io.Writer, line string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wipe()
	fmt.Fprintln(w, shown(w, line))
}

// say prints words for a person.
func (v *voice) say(format string, args ...any) {
	if v.quiet {
		return
	}
	v.print(v.err, line(format, args))
}

// warn prints words that a person must see.
func (v *voice) warn(format string, args ...any) {
	v.print(v.err, "rehome: warning: "+line(format, args))
}

// result prints a line of the result, unless events carry it.
func (v *voice) result(format string, args ...any) {
	if !v.json {
		v.print(v.out, line(format, args))
	}
}

// line is one line of words: nothing that is put into it makes it two, or steers a
// terminal.
func line(format string, args []any) string {
	for i, a := range args {
		switch a.(type) {
		case int, int64, float64, bool:
		default:
			args[i] = report.Visible(fmt.Sprint(a))
		}
	}
	return fmt.Sprintf(format, args...)
}

// clear wipes the progress bar, for words that are printed elsewhere.
func (v *voice) clear() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wipe()
}

func (v *voice) wipe() {
	if v.bar != nil {
		v.bar.clear()
	}
}

// descriptor is a stream of the system: only such is a terminal.
type descriptor interface{ Fd() uintptr }

// isTerminal reports whether a stream is a person's.
func isTerminal(stream any) bool {
	f, ok := stream.(descriptor)
	return ok && term.IsTerminal(int(f.Fd()))
}
