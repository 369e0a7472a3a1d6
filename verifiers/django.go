package verifiers

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"

	"rehome/identity"
)

// Django's auth_user.password: a word, "$", and what the word says
// (django/django, django/contrib/auth/hashers.py). Django makes the whole text
// anew and compares, so every part must be spelled as it spells them.

// readDjangoPBKDF2: pbkdf2_sha256$iterations$salt$base64; the salt is text.
func readDjangoPBKDF2(word, digest string) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		part := strings.Split(string(h.Encoded), "$")
		if len(part) != 4 || part[0] != word {
			return recipe{}, malformed("the hash is not %s$iterations$salt$base64", word)
		}
		count, ok1 := number(part[1])
		want, ok2 := decodePadded(part[3])
		if !ok1 || count < 1 || part[2] == "" || !ok2 || len(want) != newDigest(digest)().Size() {
			return recipe{}, malformed("after %s stand a number, a salt and the digest in padded base64", word)
		}
		return pbkdf2Recipe(digest, want, []byte(part[2]), count)
	}
}

// readDjangoBcrypt: bcrypt$ before a bcrypt hash.
func readDjangoBcrypt(h identity.Hash) (recipe, *identity.Problem) {
	return readDjangoBcryptOf(h, "bcrypt$", func(password []byte) []byte { return password })
}

// readDjangoBcryptSHA256: bcrypt_sha256$ before a bcrypt hash of the hex SHA-256
// of the password.
func readDjangoBcryptSHA256(h identity.Hash) (recipe, *identity.Problem) {
	return readDjangoBcryptOf(h, "bcrypt_sha256$", func(password []byte) []byte { return hexSum(sha256.New, password) })
}

func readDjangoBcryptOf(h identity.Hash, word string, before func([]byte) []byte) (recipe, *identity.Problem) {
	s, ok := strings.CutPrefix(string(h.Encoded), word)
	if !ok {
		return recipe{}, malformed("the hash does not begin with %s", word)
	}
	b, p := parseBcrypt(s)
	if p != nil {
		return recipe{}, p
	}
	return b.recipe(before), nil
}

// readDjangoArgon2: argon2 before an argon2 hash.
func readDjangoArgon2(h identity.Hash) (recipe, *identity.Problem) {
	s, ok := strings.CutPrefix(string(h.Encoded), "argon2")
	if !ok {
		return recipe{}, malformed("the hash does not begin with argon2$argon2")
	}
	return readArgon2(identity.Hash{Encoded: identity.Secret(s)})
}

// readDjangoScrypt: scrypt$N$salt$r$p$base64 of 64 bytes; the salt is text.
func readDjangoScrypt(h identity.Hash) (recipe, *identity.Problem) {
	part := strings.Split(string(h.Encoded), "$")
	if len(part) != 6 || part[0] != "scrypt" || part[2] == "" {
		return recipe{}, malformed("the hash is not scrypt$N$salt$r$p$base64")
	}
	c, p := scryptNumbers(part[1], part[3], part[4])
	if p != nil {
		return recipe{}, p
	}
	want, ok := decodePadded(part[5])
	if !ok || len(want) != 64 {
		return recipe{}, malformed("the digest is not padded base64 of 64 bytes; it has %d characters", len(part[5]))
	}
	return c.recipe(want, []byte(part[2])), nil
}

// readDjangoSalted: md5$salt$hex, the digest of salt and password.
func readDjangoSalted(word string, digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		part := strings.Split(string(h.Encoded), "$")
		if len(part) != 3 || part[0] != word || part[1] == "" {
			return recipe{}, malformed("the hash is not %s$salt$hex", word)
		}
		want, p := readLowerHex(part[2], digest().Size())
		salt := []byte(part[1])
		derive := func(password []byte) ([]byte, error) { return sum(digest, salt, password), nil }
		return recipe{want: want, derive: derive, work: 1}, p
	}
}

// readDjangoUnsaltedMD5: 32 hex digits, or md5$$ before them.
func readDjangoUnsaltedMD5(h identity.Hash) (recipe, *identity.Problem) {
	return readDjangoUnsalted(strings.TrimPrefix(string(h.Encoded), "md5$$"), md5.New)
}

// readDjangoUnsaltedSHA1: sha1$$ and 40 hex digits.
func readDjangoUnsaltedSHA1(h identity.Hash) (recipe, *identity.Problem) {
	s, ok := strings.CutPrefix(string(h.Encoded), "sha1$$")
	if !ok {
		return recipe{}, malformed("the hash does not begin with sha1$$")
	}
	return readDjangoUnsalted(s, sha1.New)
}

func readDjangoUnsalted(s string, digest func() hash.Hash) (recipe, *identity.Problem) {
	want, p := readLowerHex(s, digest().Size())
	derive := func(password []byte) ([]byte, error) { return sum(digest, password), nil }
	return recipe{want: want, derive: derive, work: 1}, p
}

// readLowerHex reads a digest where the program that made it compares texts.
func readLowerHex(s string, size int) ([]byte, *identity.Problem) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != size || !within(s, hexDigits) {
		return nil, malformed("the digest is not %d lower-case hex digits; it has %d characters", 2*size, len(s))
	}
	return b, nil
}

// scryptNumbers reads a cost written as N, r and p.
func scryptNumbers(n, r, p string) (scryptCost, *identity.Problem) {
	a, ok1 := number(n)
	b, ok2 := number(r)
	c, ok3 := number(p)
	cost := scryptCost{a, b, c}
	if !ok1 || !ok2 || !ok3 || cost.check() != nil {
		return cost, malformed("N, r and p are none of scrypt's: N a power of two over one, r and p at least one")
	}
	return cost, nil
}
