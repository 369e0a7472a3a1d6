package migrate

import "time"

// State is how far an earlier try of the run got with a user.
type State int

// The states, in the order in which they follow each other.
const (
	Unknown State = iota // never handed to the sink
	Taken                // handed to the sink, not settled: may be there, half made
	Landed               // settled as landed
)

// states is what a ledger says of every id: those that came were taken, and those
// with a flag landed.
type states struct {
	ids    *keys
	landed flags
	gone   flags // of those, who was taken back; landing again outdates it
	free   flags // of those that did not land, who is not there; taking again outdates it
	begun  time.Time
	line   hotLine
	course course
}

func newStates() *states { return &states{ids: newKeys()} }

// note takes a line of the ledger in.
func (s *states) note(line []byte) error {
	switch {
	case s.line.readTake(line):
		for _, id := range s.line.take {
			s.free.unset(admit(s.ids, id))
		}
	case s.line.readSettle(line):
		s.landed.set(admit(s.ids, s.line.settle[0]))
	default:
		return s.noteRare(line)
	}
	return nil
}

// noteRare takes in a line that is not hot.
func (s *states) noteRare(line []byte) error {
	l, err := parseLine(line)
	switch {
	case err != nil:
		return err
	case l.Settle != nil:
		s.landed.set(admit(s.ids, l.Settle.ID))
	case l.Take != nil:
		for _, id := range l.Take {
			s.free.unset(admit(s.ids, id))
		}
	case l.Free != nil:
		for _, id := range l.Free {
			s.free.set(admit(s.ids, id))
		}
	case l.Begin != nil:
		s.begun = l.Begin.Since
	case l.Gone != nil:
		for _, id := range l.Gone {
			n := admit(s.ids, id)
			s.landed.unset(n)
			s.gone.set(n)
		}
	default:
		s.course.follow(l)
	}
	return nil
}

func (s *states) of(id string) State {
	n, came := number(s.ids, id)
	switch {
	case came && s.landed.has(n):
		return Landed
	case came && !s.gone.has(n) && !s.free.has(n), s.course.doubt:
		return Taken
	}
	return Unknown
}
