package verifiers

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"slices"

	"rehome/identity"
)

// Verifier knows one family of hashes.
type Verifier interface {
	// Check is cheap: the form of the hash, its parameters, and the bounds of
	// its cost. It is nil for a hash that Verify can answer for.
	Check(identity.Hash) *identity.Problem

	// Verify is dear: it computes the digest of the password. A hash that is
	// malformed matches no password: false without an error. An error says that
	// this hash cannot be answered for here (a parameter is missing, the cost is
	// over the bound); it holds no secret. Verify never panics, and computes
	// nothing before Check's bounds hold.
	Verify(h identity.Hash, password string) (bool, error)
}

// For is the verifier of a tag; false where there is none, and for no password.
func For(a identity.Algorithm) (Verifier, bool) {
	r, ok := families[a]
	return r, ok
}

// Check reports what is wrong with a hash, by the verifier of its tag; nil for
// no password at all.
func Check(h identity.Hash) *identity.Problem {
	if h.IsZero() {
		return nil
	}
	v, ok := For(h.Algorithm)
	if !ok {
		return unknown(h.Algorithm)
	}
	return v.Check(h)
}

// Verify reports whether the password made the hash, by the verifier of its tag.
// No password is made by no password.
func Verify(h identity.Hash, password string) (bool, error) {
	return (*Memory)(nil).Verify(h, password)
}

// Algorithms lists every tag there is a verifier for, sorted.
func Algorithms() []identity.Algorithm { return slices.Sorted(maps.Keys(families)) }

// recipe is a hash taken apart: what was stored, and how to make it.
type recipe struct {
	want   []byte                                // the stored digest, decoded
	derive func(password []byte) ([]byte, error) // the digest a password makes
	memory uint64                                // bytes that derive needs, where they depend on the hash
	work   uint64                                // what derive computes, in blocks (see cost.go)
}

// reader takes the hashes of one family apart. It computes nothing dear and
// allocates nothing larger than the text it is given.
type reader func(identity.Hash) (recipe, *identity.Problem)

// read is the reader behind the bounds that hold for every family.
func (r reader) read(h identity.Hash) (recipe, *identity.Problem) {
	if p := checkSize(h); p != nil {
		return recipe{}, p
	}
	if p := checkSpelling(h.Params.Variant); p != nil {
		return recipe{}, p
	}
	rec, p := r(h)
	if p != nil {
		return recipe{}, p
	}
	return rec, checkCost(rec)
}

// Check implements Verifier.
func (r reader) Check(h identity.Hash) *identity.Problem {
	_, p := r.read(h)
	return p
}

// Verify implements Verifier.
func (r reader) Verify(h identity.Hash, password string) (bool, error) {
	return r.verify(h, password, nil)
}

func (r reader) verify(h identity.Hash, password string, memory *Memory) (bool, error) {
	rec, p := r.read(h)
	if p != nil && p.Code == identity.HashMalformed {
		return false, nil
	}
	if p != nil {
		return false, p
	}
	if len(password) > maxPassword {
		return false, errPassword
	}
	got, err := memory.derive(rec, []byte(password))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, rec.want) == 1, nil
}

var errPassword = errors.New("the password is longer than 4,096 bytes")

// unknown does not repeat the tag: where columns are mixed up, it is the hash.
func unknown(a identity.Algorithm) *identity.Problem {
	detail := "the algorithm named for this hash is none that is known"
	if a == identity.None {
		detail = "the hash has no algorithm named for it"
	}
	return &identity.Problem{Code: identity.HashUnsupported, Detail: detail}
}

// malformed is the problem of a text that is no hash of its family.
func malformed(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashMalformed, Detail: fmt.Sprintf(format, a...)}
}

// lacking is the problem of parameters that are missing or make no sense.
func lacking(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashParams, Detail: fmt.Sprintf(format, a...)}
}
