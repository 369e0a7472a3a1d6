package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rehome/importers"
	"rehome/migrate"
	"rehome/sink"
)

// The exit codes. People script against them.
const (
	exitOK          = 0   // every record landed or was there already
	exitFailed      = 1   // bad file, key refused, reconciliation mismatch, …
	exitUsage       = 2   // usage, consent or proof missing; nothing was started
	exitRejected    = 3   // finished; some records were rejected
	exitProof       = 4   // a proof or verification failed
	exitTarget      = 5   // the target gave out; the same command resumes
	exitLocked      = 7   // another process holds this run
	exitInterrupted = 130 // the same command resumes
)

// errInterrupted is the cause of a context that the person cancelled.
var errInterrupted = errors.New("interrupted")

// failure is an error with its exit code and, where we know one, what to do next.
type failure struct {
	exit int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }
func (f *failure) Hint() string  { return f.hint }

// usage is the failure of a command that cannot be begun as it was typed.
func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), hint}
}

// failed is any other failure with a hint.
func failed(exit int, hint string, err error) error { return &failure{exit, err, hint} }

// exitCode is the table from error to exit code. Errors are classified by
// behaviour, never by text.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if f, ok := errors.AsType[*failure](err); ok && f.exit != 0 {
		return f.exit
	}
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	if errors.Is(err, migrate.ErrLocked) {
		return exitLocked
	}
	if t, ok := errors.AsType[sink.Transient](err); ok && t.Transient() {
		return exitTarget
	}
	missing := []importers.Kind{importers.NoHashConfig, importers.Ambiguous, importers.Unclear}
	if s, ok := errors.AsType[*importers.SourceError](err); ok && slices.Contains(missing, s.Kind) {
		return exitUsage // a flag is missing; nothing was started
	}
	return exitFailed
}

// resumableCode is the exit code of a failure after which the same command goes on, and
// which outranks what else failed; 0 for any other.
func resumableCode(err error) int {
	if code := exitCode(err); code == exitInterrupted || code == exitTarget {
		return code
	}
	return exitOK
}

// printError says what went wrong and what to do: two lines on stderr.
func printError(w io.Writer, err error) {
	words, hints := err.Error(), hintOf(err)
	if isDiskFull(err) {
		words, hints = firstFull(err), cmp.Or(hints, "make room on that disk, and run the same command again")
	}
	fmt.Fprintln(w, shown(w, "rehome: error: "+words))
	for hint := range strings.Lines(hints) { // one command a line
		fmt.Fprintln(w, shown(w, "rehome: hint: "+strings.TrimSuffix(hint, "\n")))
	}
}

// hintOf is what to do about an error; "" where nobody has said.
func hintOf(err error) string {
	if d, ok := errors.AsType[*migrate.Damage](err); ok {
		return afterDamage(d)
	}
	h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err)
	if !ok {
		return ""
	}
	return h.Hint()
}
