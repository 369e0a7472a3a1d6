package verifiers

import (
	"golang.org/x/crypto/argon2"

	"rehome/identity"
	"rehome/identity/forms"
)

// maxLanes is what golang.org/x/crypto/argon2 can be asked for. The reference
// allows 2^24; more than a few are never seen.
const maxLanes = 255

// argon2Work is the price of a kibibyte in a pass, some 0.8 µs.
const argon2Work = 4

// argon2Recipe is the recipe of an argon2 hash.
func argon2Recipe(a *forms.Argon2) (recipe, *identity.Problem) {
	switch {
	case a.Keyed:
		return recipe{}, lacking("the argon2 hash was made with a secret key (keyid), which is not in it")
	case a.Lanes > maxLanes:
		return recipe{}, dear("the argon2 hash asks for %d lanes; over 255 are not computed", a.Lanes)
	}
	derive := func(password []byte) ([]byte, error) { return deriveArgon2(a, password), nil }
	return recipe{want: func() []byte { return a.Digest }, derive: derive, memory: times(a.Memory, 1024), work: times(a.Memory, a.Passes, argon2Work)}, nil
}

// deriveArgon2 uses x/crypto where it can, which is faster, and our own reading of
// RFC 9106 for the rest: version 16, argon2d, associated data.
func deriveArgon2(a *forms.Argon2, password []byte) []byte {
	m, t, p, size := uint32(a.Memory), uint32(a.Passes), uint8(a.Lanes), uint32(len(a.Digest))
	plain := a.Version == argon2v13 && len(a.Data) == 0
	switch {
	case plain && a.Variety == "argon2i":
		return argon2.Key(password, a.Salt, t, m, p, size)
	case plain && a.Variety == "argon2id":
		return argon2.IDKey(password, a.Salt, t, m, p, size)
	}
	kinds := map[string]argon2Kind{"argon2d": argon2d, "argon2i": argon2i, "argon2id": argon2id}
	in := argon2Input{password: password, salt: a.Salt, data: a.Data}
	return argon2Core{kind: kinds[a.Variety], version: uint32(a.Version), memory: m, passes: t, lanes: uint32(p)}.key(in, size)
}
