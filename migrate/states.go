package migrate

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
)

// State is how far an earlier try of the run got with a user.
type State int

// The states, in the order in which they follow each other.
const (
	Unknown State = iota // never handed to the sink
	Taken                // handed to the sink, not settled: may be there, half made
	Landed               // settled as landed
)

// states is the index of a ledger: 17 bytes a line, sorted by the first 16 bytes
// of the id's SHA-256, so that five million users fit where a map of their ids
// would not.
type states struct {
	entries  [][17]byte
	finished bool
}

var errLedgerLine = errors.New("ledger: a line that is not ours")

// note takes a line of the ledger in.
func (s *states) note(line []byte) error {
	var l ledgerLine
	if err := json.Unmarshal(line, &l); err != nil {
		return errLedgerLine
	}
	switch {
	case l.Settle != nil:
		s.add(l.Settle.ID, Landed)
	case l.Finish != nil:
		s.finished = true
	case l.Take != nil:
		for _, id := range l.Take {
			s.add(id, Taken)
		}
	default:
		return errLedgerLine
	}
	return nil
}

func (s *states) add(id string, state State) {
	s.entries = append(s.entries, stateEntry(id, state))
}

func stateEntry(id string, state State) (e [17]byte) {
	sum := sha256.Sum256([]byte(id))
	copy(e[:16], sum[:])
	e[16] = byte(state)
	return e
}

// index sorts what was noted and keeps the last state of each id.
func (s *states) index() {
	slices.SortFunc(s.entries, func(a, b [17]byte) int { return bytes.Compare(a[:], b[:]) })
	kept := s.entries[:0]
	for i, e := range s.entries {
		if i+1 < len(s.entries) && bytes.Equal(e[:16], s.entries[i+1][:16]) {
			continue // a later state of the same id follows
		}
		kept = append(kept, e)
	}
	s.entries = kept
}

func (s *states) of(id string) State {
	want := stateEntry(id, Unknown)
	i, _ := slices.BinarySearchFunc(s.entries, want, func(e, w [17]byte) int { return bytes.Compare(e[:16], w[:16]) })
	if i < len(s.entries) && bytes.Equal(s.entries[i][:16], want[:16]) {
		return State(s.entries[i][16])
	}
	return Unknown
}

// parseSettle reads a settle line; other lines are not ok.
func parseSettle(line []byte) (settleLine, bool, error) {
	if !bytes.HasPrefix(line, []byte(`{"settle":`)) {
		return settleLine{}, false, nil
	}
	var l ledgerLine
	if err := json.Unmarshal(line, &l); err != nil || l.Settle == nil {
		return settleLine{}, false, errLedgerLine
	}
	return *l.Settle, true, nil
}
