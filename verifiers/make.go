package verifiers

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/bcrypt"

	"rehome/identity"
)

// Costs of the hashes made here: some hundredths of a second each, here and at
// the target's login. They guard passwords that live for seconds.
const (
	madeBcrypt = 8                // log2 of the rounds
	madePHPass = "$P$B"           // 2^13 rounds, as WordPress wrote it
	madeArgon2 = "m=8192,t=2,p=1" // 8 MiB
	madeN      = 1 << maxMemCost  // of scrypt, and of Firebase's: the only one that Appwrite computes
	madeKey    = 64               // bytes of scrypt's output, and of Firebase's signer key
)

// Make hashes a password with fresh random salts, as a source would have: for
// canaries, the throw-away users who show a target's verifier at work. It knows
// the algorithms that a target may verify by itself, and no others; it is not
// made for keeping people's passwords.
func Make(a identity.Algorithm, password string) (identity.Hash, error) {
	return (*Memory)(nil).Make(a, password)
}

// Make is the package's Make within the budget.
func (m *Memory) Make(a identity.Algorithm, password string) (identity.Hash, error) {
	h := identity.Hash{Algorithm: a}
	switch a {
	case identity.Plaintext:
		h.Encoded = identity.Secret(password)
	case identity.MD5:
		h.Encoded = identity.Secret(hexSum(md5.New, []byte(password)))
	case identity.SHA:
		h.Params.Variant = "sha512"
		h.Encoded = identity.Secret(hexSum(sha512.New, []byte(password)))
	case identity.Bcrypt:
		text, err := bcrypt.GenerateFromPassword([]byte(password), madeBcrypt)
		h.Encoded = identity.Secret(text)
		return h, err
	default:
		return m.makeSalted(h, password)
	}
	return h, nil
}

// makeSalted makes a hash by way of its verifier: one with an empty digest is read,
// and the digest it should have had put in its place.
func (m *Memory) makeSalted(h identity.Hash, password string) (identity.Hash, error) {
	blank := make([]byte, madeKey)
	var write func(digest []byte) string
	switch h.Algorithm {
	case identity.Argon2:
		head := "$argon2id$v=19$" + madeArgon2 + "$" + base64.RawStdEncoding.EncodeToString(random(16)) + "$"
		write = func(digest []byte) string { return head + base64.RawStdEncoding.EncodeToString(digest[:32]) }
	case identity.PHPass:
		head := madePHPass + hex.EncodeToString(random(4))
		blank = bytes.Repeat([]byte("."), 22)
		write = func(digest []byte) string { return head + string(digest) }
	case identity.Scrypt:
		h.Params = identity.Params{Salt: identity.Secret(hex.EncodeToString(random(8))), N: madeN, R: 8, P: 1, KeyLen: madeKey}
		write = hex.EncodeToString
	case identity.ScryptFirebase:
		h.Params = identity.Params{Salt: random64(8), SaltSeparator: random64(1), SignerKey: random64(madeKey), N: madeN, R: maxRounds}
		write = base64.StdEncoding.EncodeToString
	default:
		return h, fmt.Errorf("a hash of the kind %q cannot be made here", string(h.Algorithm))
	}
	h.Encoded = identity.Secret(write(blank))
	rec, problem := recipeOf(h, nil)
	if problem != nil {
		return h, problem
	}
	digest, err := m.derive(rec, []byte(password))
	h.Encoded = identity.Secret(write(digest))
	return h, err
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return b
}

func random64(n int) identity.Secret {
	return identity.Secret(base64.StdEncoding.EncodeToString(random(n)))
}
