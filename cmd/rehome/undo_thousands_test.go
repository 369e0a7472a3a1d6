//go:build !race

package main

import (
	"testing"

	"rehome/migrate"
)

// TestUndoOfThousands takes a run of 10,000 back, of whom 50 have signed in and 20
// were edited: exactly 9,930 go, and 70 are listed.
func TestUndoOfThousands(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newUndoScene(t, 10_000)
	events := s.run(exitRejected, "undo", s.runName(), "--yes")
	want := migrate.UndoCounts{Removed: 9930, SignedIn: signedIn, Changed: edited}
	if got := events[len(events)-1].Finished; got == nil || got.Undone == nil || *got.Undone != want || got.Records != 10_000 {
		t.Errorf("%+v, want %+v", got, want)
	}
	s.wantUndone(events)
}
