package sinktest

import (
	"fmt"
	"testing"
	"time"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
)

// Fixture is a sink before an empty target of its own, and the target's own word
// on what happens there. All of it is Required.
type Fixture struct {
	// Sink writes to the target, ready for use and with little patience: a second
	// or two. It also implements sink.Reader.
	Sink sink.Sink

	// Since is when a run that begins now has begun, by the target's clock. It may be
	// zero, where a target knows otherwise which users a run has landed.
	Since time.Time

	// Refused is a user that Judge blocks.
	Refused identity.User

	// Count is how many users the target holds.
	Count func(t *testing.T) int
	// Look is everything the target holds of a user, in any text; "" when there
	// is none. Equal texts mean that nothing was touched, not even a date.
	Look func(t *testing.T, id string) string
	// Seed puts a user there as somebody else would have, long before us: with this
	// id, e-mail address and name, and another password.
	Seed func(t *testing.T, id, email, name string)

	// Slow makes the target answer every request late, by some milliseconds.
	Slow func(t *testing.T)
	// Lose makes the target do the next change it is asked for, and lose the
	// answer.
	Lose func(t *testing.T)
	// Fail makes the target do the next n changes, and give out: no answer to the
	// last of them nor to anything after, until Mend.
	Fail func(t *testing.T, n int)
	Mend func(t *testing.T)
}

// user is an invented person with a password, whose hash every target takes.
func user(n int) identity.User {
	hash, _ := forms.Example()
	return identity.User{
		ID:            fmt.Sprintf("person%03d", n),
		Email:         fmt.Sprintf("Person.%03d@Example.com", n),
		EmailVerified: n%2 == 0,
		Name:          fmt.Sprintf("Person Nº %d", n),
		Disabled:      n%5 == 4,
		Hash:          hash,
	}
}

// guest is an invented person without a password, with a phone number reserved
// for fiction.
func guest(n int) identity.User {
	u := user(n)
	u.Hash = identity.Hash{}
	u.Phone = fmt.Sprintf("+1202555%04d", n)
	u.PhoneVerified = n%3 == 0
	return u
}

// users are n people, every third without a password.
func users(n int) []identity.User {
	us := make([]identity.User, n)
	for i := range us {
		us[i] = user(i)
		if i%3 == 2 {
			us[i] = guest(i)
		}
	}
	return us
}

// landings prepares users as the engine does.
func (f Fixture) landings(us []identity.User, taken bool) []sink.Landing {
	ls := make([]sink.Landing, len(us))
	for i, u := range us {
		ls[i] = sink.Landing{User: u, Judgement: f.Sink.Judge(u), Taken: taken, Since: f.Since}
	}
	return ls
}
