package verifiers

import (
	"golang.org/x/crypto/scrypt"

	"rehome/identity/forms"
)

// scryptCost is scrypt's cost as RFC 7914 names it.
type scryptCost struct{ n, r, p uint64 }

// memory is in bytes: N blocks of 128·r, and p of them to begin with.
func (c scryptCost) memory() uint64 {
	big, small := times(128, c.r, c.n), times(128, c.r, c.p)
	if big > maxMemory || small > maxMemory {
		return max(big, small)
	}
	return big + small
}

// work counts two blocks for the eight Salsa20/8 of an iteration and r.
func (c scryptCost) work() uint64 { return times(2, c.n, c.r, c.p) }

func scryptRecipe(f *forms.Scrypt) recipe {
	c := scryptCost{f.N, f.R, f.P}
	return recipe{want: func() []byte { return f.Digest }, memory: c.memory(), work: c.work(),
		derive: func(password []byte) ([]byte, error) { return c.derive(password, f.Salt, len(f.Digest)) },
	}
}

// derive must only be called within the bounds of checkCost.
func (c scryptCost) derive(password, salt []byte, size int) ([]byte, error) {
	return scrypt.Key(password, salt, int(c.n), int(c.r), int(c.p), size)
}
