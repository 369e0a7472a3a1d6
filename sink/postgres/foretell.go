package postgres

import (
	"rehome/identity"
	"rehome/sink"
)

var _ sink.Foreteller = (*Sink)(nil)

// Foretell says what the tables will hold of a user who lands. Where the source
// names no date of sign-up the row is dated from when it is written.
func (s *Sink) Foretell(u identity.User) (sink.State, bool) {
	p := s.rules.plan(u)
	if !p.judgement.Verdict.Lands() || p.profile.Created.IsZero() {
		return sink.State{}, false
	}
	return s.rules.account(p, newInstant(p.profile.Created)).state(), true
}
