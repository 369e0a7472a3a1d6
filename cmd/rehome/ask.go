package main

import (
	"bufio"
	"context"
	"io"
	"os"

	"golang.org/x/term"
)

// askLine waits for a line, or for an interruption.
func askLine(ctx context.Context, in io.Reader) (string, error) {
	return awaited(ctx, func() (string, error) { return bufio.NewReader(in).ReadString('\n') })
}

// askHidden waits for a line that the terminal does not show. It shows again what
// is typed when an interruption ends the wait.
func askHidden(ctx context.Context, in *os.File) (string, error) {
	shown, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", err
	}
	text, err := awaited(ctx, func() ([]byte, error) { return term.ReadPassword(int(in.Fd())) })
	if ctx.Err() != nil {
		_ = term.Restore(int(in.Fd()), shown) // the program ends now
	}
	return string(text), err
}

// awaited is what read answers, unless an interruption comes first. Reading a
// terminal cannot be broken off: it then goes on until the program ends, which is
// at once.
func awaited[T any](ctx context.Context, read func() (T, error)) (answer T, err error) {
	done := make(chan struct{})
	var got T
	var failed error
	go func() {
		defer close(done)
		got, failed = read()
	}()
	select {
	case <-done:
		return got, failed
	case <-ctx.Done():
		return answer, context.Cause(ctx)
	}
}
