package verifiers

import (
	"crypto/aes"
	"crypto/cipher"
	"math/bits"

	"rehome/identity"
)

// Firebase's scrypt (firebase/scrypt, README):
//
//	dk   = scrypt(password, salt ‖ separator, N = 2^mem_cost, r = rounds, p = 1, 64 bytes)
//	hash = AES-256-CTR(key = dk[:32], iv = 0, signer key)
//
// so the hash is as long as the signer key. Hash, salt, separator and key are
// base64 of either alphabet: the console and the command line write the
// standard one, the Admin SDK and the API the other.
func readFirebase(h identity.Hash) (recipe, *identity.Problem) {
	d, p := readDialect(string(h.Encoded), h.Params)
	if p != nil {
		return recipe{}, p
	}
	if d != nil {
		f, want, p := d.hashed()
		if p != nil {
			return recipe{}, p
		}
		return f.recipe(want)
	}
	f, p := readFirebaseParams(h.Params)
	if p != nil {
		return recipe{}, p
	}
	want, ok := decodeAny64(string(h.Encoded))
	if !ok {
		return recipe{}, malformed("the hash is no base64; it has %d characters", len(h.Encoded))
	}
	return f.recipe(want)
}

// firebaseHash is what a hash was made with.
type firebaseHash struct {
	cost      scryptCost
	salt, key []byte // salt with its separator
}

// Firebase's documented ranges, in its own names.
const (
	maxRounds  = 8
	maxMemCost = 14
)

func readFirebaseParams(p identity.Params) (firebaseHash, *identity.Problem) {
	if p.SignerKey == "" || p.N == 0 || p.R == 0 {
		return firebaseHash{}, lacking("a Firebase hash needs the project's signer key, rounds and mem_cost (Authentication, Users, ⋮, Password hash parameters)")
	}
	if p.Salt == "" {
		return firebaseHash{}, lacking("the hash has no salt beside it")
	}
	salt, ok1 := decodeAny64(string(p.Salt))
	separator, ok2 := decodeAny64(string(p.SaltSeparator))
	key, ok3 := decodeAny64(string(p.SignerKey))
	if !ok1 || !ok2 || !ok3 || len(key) == 0 {
		return firebaseHash{}, lacking("salt, salt separator and signer key must be base64")
	}
	if p.R < 0 || p.N < 0 {
		return firebaseHash{}, lacking("rounds and mem_cost must be positive")
	}
	f := firebaseHash{scryptCost{uint64(p.N), uint64(p.R), 1}, append(salt, separator...), key}
	return f, f.check()
}

func (f firebaseHash) check() *identity.Problem {
	if f.cost.r < 1 || f.cost.r > maxRounds {
		return lacking("Firebase's rounds are 1 to 8; these are %d", f.cost.r)
	}
	if f.cost.n < 2 || f.cost.n > 1<<maxMemCost || bits.OnesCount64(f.cost.n) != 1 {
		return lacking("Firebase's N is 2^mem_cost with a mem_cost of 1 to 14; this N is %d", f.cost.n)
	}
	return nil
}

func (f firebaseHash) recipe(want []byte) (recipe, *identity.Problem) {
	if len(want) != len(f.key) {
		return recipe{}, malformed("a Firebase hash is as long as the signer key; it has %d bytes and the key %d", len(want), len(f.key))
	}
	return recipe{want: want, derive: f.derive, memory: f.cost.memory(), work: f.cost.work()}, nil
}

func (f firebaseHash) derive(password []byte) ([]byte, error) {
	dk, err := f.cost.derive(password, f.salt, 64)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(dk[:32])
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(f.key))
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(out, f.key)
	return out, nil
}
