package migrate

import "rehome/sink"

// Part is the part of a user that is not as it was landed.
type Part string

// The parts.
const (
	PartProfile  Part = "profile"  // address, number, name, labels, preferences, flags
	PartPassword Part = "password" // and what else the target keeps of signing in
	PartBoth     Part = "both"
)

// change is what has become of a user since it was landed.
type change struct {
	part Part // "": nobody has changed anything
	used bool // the person has signed in, or the account was used otherwise
}

// compare holds what the target has of a user against the seals, the profile and the
// credential apart: whoever signs in has another credential, and that says nothing of
// the profile.
func (l *Ledger) compare(s settleLine, f sink.Found) (c change) {
	seals := l.seals.seal(s.Target, f.State)
	replaced, edited := seals.Credential != s.Credential, seals.Profile != s.Profile
	signedIn := replaced && f.SignedIn
	c.used = signedIn || f.Used != ""
	switch {
	case edited && replaced && !signedIn:
		c.part = PartBoth
	case edited:
		c.part = PartProfile
	case replaced && !signedIn:
		c.part = PartPassword
	}
	return c
}
