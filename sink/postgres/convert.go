package postgres

import (
	"rehome/identity"
	"rehome/identity/forms"
)

// stored is a hash as a row holds it.
type stored struct {
	identity.Hash      // spelt as the target reads it
	converted     bool // otherwise than at the source
}

// maxStored is the longest stored text of the generic layout, in bytes.
const maxStored = 4096

// Bounds of what a login with Firebase's scrypt may cost: 1 GiB at most. Firebase
// itself goes to 14 and 8.
const maxMemCost, maxRounds = 17, 8

// convert is what becomes of a user's hash: as it stands, after a lossless change of
// spelling, or never, with the reason.
func (r rules) convert(u identity.User) (stored, *identity.Problem) {
	h := u.Hash
	if !goodText(string(h.Encoded)) || len(h.Encoded) > maxStored {
		return stored{}, problem(identity.HashMalformed, "the hash holds a NUL, is not valid UTF-8 or has more than %d bytes", maxStored)
	}
	if r.layout == Supabase && !supabaseMay(h.Algorithm) {
		return stored{}, supabaseNever(h.Algorithm)
	}
	form, bad := forms.Of(u)
	if f, is := form.(*forms.Firebase); is && bad == nil && (f.MemCost() > maxMemCost || f.Rounds > maxRounds) {
		bad = problem(identity.HashCost, "Firebase's scrypt with mem_cost %d and rounds %d; more than %d and %d could stop the server that computes it", f.MemCost(), f.Rounds, maxMemCost, maxRounds)
	}
	if bad != nil {
		return stored{}, bad
	}
	var s stored
	if r.layout == Supabase {
		s.Hash, bad = supabaseHash(form)
	} else {
		s.Hash, bad = r.genericHash(form, h)
	}
	s.converted = s.Algorithm != h.Algorithm || s.Encoded != h.Encoded
	return s, bad
}

// respelt is a hash in another spelling. What its variant says of passwords at the
// source holds for it still: whoever verifies it asks.
func respelt(h identity.Hash, a identity.Algorithm, text string) identity.Hash {
	return identity.Hash{Algorithm: a, Encoded: identity.Secret(text), Params: identity.Params{Variant: forms.OfSource(h.Params.Variant)}}
}
