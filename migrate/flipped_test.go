//go:build !race

package migrate_test

import (
	"bytes"
	"fmt"
	"testing"

	"rehome/migrate"
)

// TestFlippedBits flips a bit of every byte of a ledger of a hundred users, and of its
// key: each is refused.
func TestFlippedBits(t *testing.T) {
	s := stop(t, 100)
	first := bytes.IndexByte(s.ledger, '\n')
	for i := range s.ledger {
		flip(t, s.folder, "ledger.jsonl", i)
		_, err := migrate.OpenLedger(s.folder)
		if err == nil || i <= first && !s.goOn(t, fmt.Sprintf("byte %d", i)) { // the first line says which run to go on with
			t.Fatalf("a flip of byte %d was let through", i)
		}
		flip(t, s.folder, "ledger.jsonl", i)
	}
	for i := range s.key {
		flip(t, s.folder, "run.key", i)
		if !s.goOn(t, fmt.Sprintf("byte %d of the key", i)) {
			t.Fatalf("a flip of byte %d of the key was let through", i)
		}
		flip(t, s.folder, "run.key", i)
	}
}
