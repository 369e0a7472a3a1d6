package main

import (
	"context"
	"errors"
	"io"
	"testing"
)

// An interruption ends a question that nobody answers; an answer ends it too.
func TestAskLine(t *testing.T) {
	in, typed := io.Pipe()
	defer typed.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	go cancel(errInterrupted)
	if answer, err := askLine(ctx, in); answer != "" || !errors.Is(err, errInterrupted) || exitCode(err) != exitInterrupted {
		t.Errorf("%q, %v", answer, err)
	}
	again, typedAgain := io.Pipe()
	go io.WriteString(typedAgain, "yes\n")
	if answer, err := askLine(t.Context(), again); answer != "yes\n" || err != nil {
		t.Errorf("%q, %v", answer, err)
	}
}
