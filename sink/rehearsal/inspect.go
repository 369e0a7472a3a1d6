package rehearsal

import (
	"iter"
	"slices"
	"time"

	"rehome/identity"
)

// User is a user as the server holds it, for tests that compare.
type User struct {
	ID, Email, Phone, Name string
	Algorithm              string          // Appwrite's label: argon2, bcrypt, md5, phpass, scrypt, scryptMod, sha
	Hash                   identity.Secret // "" without a password
	Options                identity.Secret // hashOptions as JSON; holds salts and keys

	EmailVerified, PhoneVerified, Blocked, MFA bool

	Labels           []string
	Prefs            string // JSON
	Targets          []Target
	Sessions         int
	Created, Updated time.Time
}

// Target is where messages for a user go.
type Target struct{ ID, Type, Identifier string }

// Users is how many users there are.
func (s *Server) Users() int {
	n := 0
	s.store.view(func() { n = s.store.count })
	return n
}

// All are the users in order of creation, as they were when the iteration began.
func (s *Server) All() iter.Seq[User] {
	var users []*user
	s.store.view(func() { users = slices.Clone(s.store.users) })
	return func(yield func(User) bool) {
		for _, u := range users {
			if u != nil && !yield(u.public()) {
				return
			}
		}
	}
}

func (u *user) public() User {
	m := u.extra()
	p := User{
		ID: u.id, Email: u.email, Phone: u.phone, Name: u.name,
		Algorithm: u.hash.String(), Hash: identity.Secret(u.password), Options: identity.Secret(u.options),
		EmailVerified: u.is(emailVerified), PhoneVerified: u.is(phoneVerified), Blocked: u.is(blocked), MFA: u.is(mfaOn),
		Labels: slices.Clone(m.labels), Prefs: prefsText(m), Sessions: len(m.sessions),
		Created: time.UnixMilli(u.created).UTC(), Updated: time.UnixMilli(u.updated).UTC(),
	}
	for _, t := range u.targets {
		p.Targets = append(p.Targets, Target{t.id, t.provider.String(), t.identifier})
	}
	return p
}

// Counts say what the server has done so far.
type Counts struct {
	Requests int64               `json:"requests"` // all that arrived, faults included
	Refusals int64               `json:"refusals"` // those answered with an error of the service's own
	Users    int                 `json:"users"`    // there are now
	Faults   map[FaultKind]int64 `json:"faults"`   // requests that suffered one, by kind
}

// Counts are the counts so far.
func (s *Server) Counts() Counts {
	return Counts{s.requests.Load(), s.refusals.Load(), s.Users(), s.luck.counts()}
}

// SetFaults changes what goes wrong from the next request on.
func (s *Server) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return err
	}
	s.luck.set(f)
	return nil
}
