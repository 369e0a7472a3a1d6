package verifiers

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// recipe is how to make a hash: what was stored, and what makes it of a password.
type recipe struct {
	want   func() []byte                         // the stored digest, decoded
	derive func(password []byte) ([]byte, error) // the digest a password makes
	memory uint64                                // bytes that derive needs, where they depend on the hash
	work   uint64                                // what derive computes, in blocks (see cost.go)
}

// recipeOf is the recipe of a hash within the bounds that hold for every family.
// form is the hash taken apart, where that was done before.
func recipeOf(h identity.Hash, form identity.Form) (recipe, *identity.Problem) {
	if p := checkSpelling(h.Params.Variant); p != nil {
		return recipe{}, p
	}
	if form == nil {
		var p *identity.Problem
		if form, p = forms.Read(h); p != nil {
			return recipe{}, p
		}
	}
	r, p := recipeFor(form)
	if p != nil {
		return recipe{}, p
	}
	return r, checkCost(r)
}

// recipeFor is the recipe of a form. It computes nothing dear.
func recipeFor(form identity.Form) (recipe, *identity.Problem) {
	switch f := form.(type) {
	case *forms.Bcrypt:
		return bcryptRecipe(f, func(password []byte) []byte { return password }), nil
	case *forms.PrehashedBcrypt:
		return prehashedBcryptRecipe(f), nil
	case *forms.Argon2:
		return argon2Recipe(f)
	case *forms.PHPass:
		return phpassRecipe(f), nil
	case *forms.Drupal7Form:
		return drupalRecipe(f), nil
	case *forms.Firebase:
		return firebaseRecipe(f)
	case *forms.Scrypt:
		return scryptRecipe(f), nil
	case *forms.Crypt7:
		return scryptRecipe(&f.Scrypt), nil
	case *forms.YescryptForm:
		return yescryptRecipe(f), nil
	case *forms.Crypt:
		return cryptRecipe(f), nil
	case *forms.DES:
		return desRecipe(f), nil
	case *forms.SunMD5Form:
		return sunRecipe(f), nil
	}
	return otherRecipe(form)
}

// otherRecipe is the recipe of forms that are digests, or made of them.
func otherRecipe(form identity.Form) (recipe, *identity.Problem) {
	switch f := form.(type) {
	case *forms.Digest:
		digest := newDigest(f.Name)
		return quick(f.Value, 1, func(password []byte) []byte { return sum(digest, password) }), nil
	case *forms.Salted:
		return saltedRecipe(f)
	case *forms.HMAC:
		return hmacRecipe(f)
	case *forms.KratosDigestForm:
		return kratosRecipe(f), nil
	case *forms.PBKDF2Form:
		return pbkdf2Recipe(f), nil
	case *forms.SCRAM:
		return scramRecipe(f), nil
	case *forms.MySQL323Form:
		return quick(f.Value, 1, mysql323), nil
	case *forms.Plaintext:
		return quick([]byte(f.Password), 1, func(password []byte) []byte { return password }), nil
	case *forms.PrehashedForm:
		return prehashedRecipe(f)
	}
	return recipe{}, &identity.Problem{Code: identity.HashUnsupported, Detail: "there is no verifier for hashes of this form"}
}

// quick is a recipe that cannot fail.
func quick(want []byte, work uint64, derive func([]byte) []byte) recipe {
	return recipe{want: func() []byte { return want }, work: work, derive: func(password []byte) ([]byte, error) { return derive(password), nil }}
}

// saltedRecipe digests what the form's expression makes.
func saltedRecipe(f *forms.Salted) (recipe, *identity.Problem) {
	digest := newDigest(f.Name)
	e, terms, p := readExpression(f.Expression, f.Salt)
	if p != nil {
		return recipe{}, p
	}
	return quick(f.Value, terms, func(password []byte) []byte { return sum(digest, e(password)) }), nil
}

func hmacRecipe(f *forms.HMAC) (recipe, *identity.Problem) {
	digest := newDigest(f.Name)
	if f.Key == nil {
		return quick(f.Value, 4, func(password []byte) []byte { return hmacSum(digest, password, f.Salt) }), nil
	}
	e, terms, p := readExpression(f.Message, f.Salt)
	if p != nil {
		return recipe{}, p
	}
	return quick(f.Value, 4+terms, func(password []byte) []byte { return hmacSum(digest, f.Key, e(password)) }), nil
}

// kratosRecipe puts salt and password into the form's format.
func kratosRecipe(f *forms.KratosDigestForm) recipe {
	digest := newDigest(f.Name)
	return quick(f.Value, 1, func(password []byte) []byte {
		return sum(digest, []byte(strings.NewReplacer("{SALT}", f.Salt, "{PASSWORD}", string(password)).Replace(f.Format)))
	})
}

// pbkdf2Recipe derives a key of any length. An iteration digests two blocks for each
// digest that the key takes.
func pbkdf2Recipe(f *forms.PBKDF2Form) recipe {
	digest := newDigest(f.Name)
	size := forms.DigestSize(f.Name)
	return recipe{want: func() []byte { return f.Key }, work: times(2, f.Iterations, uint64((len(f.Key)+size-1)/size)), derive: func(password []byte) ([]byte, error) {
		return pbkdf2.Key(digest, string(password), f.Salt, int(f.Iterations), len(f.Key))
	}}
}

func scramRecipe(f *forms.SCRAM) recipe {
	return recipe{want: func() []byte { return f.StoredKey }, work: times(2, f.Iterations), derive: func(password []byte) ([]byte, error) {
		salted, err := pbkdf2.Key(sha256.New, string(password), f.Salt, int(f.Iterations), sha256.Size)
		if err != nil {
			return nil, err
		}
		return sum(sha256.New, hmacSum(sha256.New, salted, []byte("Client Key"))), nil
	}}
}

// mysql323 is hash_password of MySQL 3.23: two running sums of 31 bits; blanks and
// tabs do not count.
func mysql323(password []byte) []byte {
	a, b, add := uint32(1345345333), uint32(0x12345671), uint32(7)
	for _, c := range password {
		if c == ' ' || c == '\t' {
			continue
		}
		a ^= (a&63+add)*uint32(c) + a<<8
		b += b<<8 ^ a
		add += uint32(c)
	}
	out := binary.BigEndian.AppendUint32(nil, a&(1<<31-1))
	return binary.BigEndian.AppendUint32(out, b&(1<<31-1))
}

// prehashedRecipe follows the recipe of the inner form with a text that is made of
// the password.
func prehashedRecipe(f *forms.PrehashedForm) (recipe, *identity.Problem) {
	e, _, p := readExpression(f.Expression, f.Salt)
	if p != nil {
		return recipe{}, p
	}
	r, p := recipeFor(f.Inner)
	if p != nil {
		return recipe{}, p
	}
	derive := r.derive
	r.derive = func(password []byte) ([]byte, error) {
		text := e(password)
		if len(text) > maxPassword {
			return nil, errPassword
		}
		return derive(text)
	}
	return r, nil
}

// Firebase's documented ranges, in its own names.
const (
	maxRounds  = 8
	maxMemCost = 14
)

// firebaseRecipe is Firebase's scrypt (firebase/scrypt, README):
//
//	dk   = scrypt(password, salt ‖ separator, N = 2^mem_cost, r = rounds, p = 1, 64 bytes)
//	hash = AES-256-CTR(key = dk[:32], iv = 0, signer key)
func firebaseRecipe(f *forms.Firebase) (recipe, *identity.Problem) {
	if f.Rounds > maxRounds {
		return recipe{}, lacking("Firebase's rounds are 1 to 8; these are %d", f.Rounds)
	}
	if f.N > 1<<maxMemCost {
		return recipe{}, lacking("Firebase's N is 2^mem_cost with a mem_cost of 1 to 14; this N is %d", f.N)
	}
	cost := scryptCost{f.N, f.Rounds, 1}
	return recipe{want: f.Hash.Bytes, memory: cost.memory(), work: cost.work(), derive: func(password []byte) ([]byte, error) {
		dk, err := cost.derive(password, append(f.Salt.Bytes(), f.Separator.Bytes()...), 64)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(dk[:32])
		if err != nil {
			return nil, err
		}
		key := f.Key.Bytes()
		cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(key, key)
		return key, nil
	}}, nil
}

var errPassword = errors.New("the password is longer than 4,096 bytes")

// matches reports whether a password makes the stored digest.
func (r recipe) matches(password []byte, memory *Memory) (bool, error) {
	got, err := memory.derive(r, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, r.want()) == 1, nil
}
