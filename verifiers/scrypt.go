package verifiers

import (
	"encoding/hex"
	"math/bits"

	"golang.org/x/crypto/scrypt"

	"rehome/identity"
)

// scryptCost is scrypt's cost as RFC 7914 names it.
type scryptCost struct{ n, r, p uint64 }

// check refuses what scrypt itself has no answer for (RFC 7914 §2).
func (c scryptCost) check() *identity.Problem {
	if c.n < 2 || bits.OnesCount64(c.n) != 1 {
		return lacking("scrypt's N is %d; it must be a power of two over one", c.n)
	}
	if c.r < 1 || c.p < 1 || times(c.r, c.p) >= 1<<30 {
		return lacking("scrypt's r and p must be at least one and their product less than 2^30")
	}
	return nil
}

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

// recipe makes a recipe over salt.
func (c scryptCost) recipe(want, salt []byte) recipe {
	return recipe{want: want, memory: c.memory(), work: c.work(),
		derive: func(password []byte) ([]byte, error) { return c.derive(password, salt, len(want)) },
	}
}

// derive must only be called within the bounds of checkCost.
func (c scryptCost) derive(password, salt []byte, size int) ([]byte, error) {
	return scrypt.Key(password, salt, int(c.n), int(c.r), int(c.p), size)
}

// readCost reads N, R and P from the parameters.
func readCost(p identity.Params) (scryptCost, *identity.Problem) {
	if p.N < 1 || p.R < 1 || p.P < 1 {
		return scryptCost{}, lacking("an scrypt hash needs N, r and p: the cost, the block size and the parallelism it was made with")
	}
	c := scryptCost{uint64(p.N), uint64(p.R), uint64(p.P)}
	return c, c.check()
}

// readScrypt reads a raw scrypt digest: hex or base64, with everything else in
// the parameters. The salt is text and used as its bytes, unless the variant
// names an encoding.
func readScrypt(h identity.Hash) (recipe, *identity.Problem) {
	c, p := readCost(h.Params)
	if p != nil {
		return recipe{}, p
	}
	salt, p := readSalt(h.Params)
	if p != nil {
		return recipe{}, p
	}
	want, p := readRaw(h.Encoded, h.Params.KeyLen)
	if p != nil {
		return recipe{}, p
	}
	return c.recipe(want, salt), nil
}

// readSalt decodes a salt that the family cannot do without.
func readSalt(p identity.Params) ([]byte, *identity.Problem) {
	if p.Salt == "" {
		return nil, lacking("the hash needs the salt it was made with")
	}
	return decodeParam("the salt", p.Salt, readWords(p.Variant).salt)
}

// readRaw reads a derived key of a length that the parameters may name: hex, or
// base64 where it is no hex. Less than eight bytes prove nothing.
func readRaw(encoded identity.Secret, length int) ([]byte, *identity.Problem) {
	if length < 0 || length > maxText {
		return nil, lacking("the key length is %d bytes; it must be 8 to %d, or 0 for that of the hash", length, maxText)
	}
	if length > 0 {
		return readDigest(encoded, length)
	}
	want, err := hex.DecodeString(string(encoded))
	ok := err == nil
	if !ok {
		want, ok = decodeAny64(string(encoded))
	}
	if !ok || len(want) < 8 {
		return nil, malformed("the hash is neither hex nor base64 of at least 8 bytes; it has %d characters", len(encoded))
	}
	return want, nil
}
