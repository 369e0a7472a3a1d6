package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// interruptible ends the run in order at the first signal that would end the program:
// what is in hand is finished, the ledger has the last word, and what was set aside
// is removed. The second signal kills, which is safe too.
//
// SIGHUP is left to nohup, if that is how we were begun, and a second one is none: a
// terminal that is closed sends it twice. SIGINT is heeded even where a shell ignores
// it for its background: somebody means us.
func interruptible(cancel context.CancelCauseFunc) {
	caught := make(chan os.Signal, 1)
	signal.Ignore(syscall.SIGPIPE) // sockets send it as well; outlet sees to the rest
	for _, s := range stopping() {
		if s != syscall.SIGHUP || !signal.Ignored(s) {
			signal.Notify(caught, s)
		}
	}
	go func() {
		<-caught
		cancel(errInterrupted)
		signal.Stop(caught)
		signal.Ignore(syscall.SIGHUP)
	}()
}

// outlet is standard output or standard error. Where nobody reads it any more, the
// run ends in order.
type outlet struct {
	file   *os.File
	cancel context.CancelCauseFunc
}

func (o outlet) Write(p []byte) (int, error) {
	n, err := o.file.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		o.cancel(fmt.Errorf("%w: nobody reads the output any more", errInterrupted))
	}
	return n, err
}

// Close ends what is said there.
func (o outlet) Close() error { return o.file.Close() }

// Fd is what tells a terminal.
func (o outlet) Fd() uintptr { return o.file.Fd() }
