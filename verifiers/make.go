package verifiers

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha512"
	"fmt"

	"golang.org/x/crypto/bcrypt"

	"rehome/identity"
	"rehome/identity/forms"
)

// madeBcrypt is log2 of the rounds: some hundredths of a second, as of the other
// hashes made here (forms.NewDraft).
const madeBcrypt = 8

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

// makeSalted makes a hash by way of its verifier: a draft with an empty digest is read,
// and the digest it should have had put in its place.
func (m *Memory) makeSalted(h identity.Hash, password string) (identity.Hash, error) {
	draft, ok := forms.NewDraft(h.Algorithm, random)
	if !ok {
		return h, fmt.Errorf("a hash of the kind %q cannot be made here", string(h.Algorithm))
	}
	rec, problem := recipeOf(draft.Blank(), nil)
	if problem != nil {
		return h, problem
	}
	digest, err := m.derive(rec, []byte(password))
	if err != nil {
		return h, err
	}
	return draft.With(digest), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return b
}
