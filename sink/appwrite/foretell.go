package appwrite

import (
	"rehome/identity"
	"rehome/sink"
)

var _ sink.Foreteller = (*Sink)(nil)

// Foretell says what the server will hold of a user who lands. What it makes of a
// plain password nobody knows beforehand.
func (s *Sink) Foretell(u identity.User) (sink.State, bool) {
	p := s.rules.plan(u)
	return p.state(), p.judgement.Verdict.Lands() && !p.hash.plain
}
