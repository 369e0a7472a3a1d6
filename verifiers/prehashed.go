package verifiers

import (
	"strings"

	"rehome/identity"
)

// readPrehashed reads a hash of another family, self-describing, that was not made
// of the password but of a text made of it: "bcrypt of the hex MD5", as programs
// do that wrapped their old digests in something better. The variant is the
// expression of that text ("md5(password)"); a salt in it is Params.Salt.
//
// It is a tag of its own, and not a word of the other tags, so that nobody takes
// such a hash for one that his login verifies.
func readPrehashed(h identity.Hash) (recipe, *identity.Problem) {
	text, p := readWords(h.Params.Variant).one("")
	if p != nil {
		return recipe{}, p
	}
	if text == "" {
		return recipe{}, lacking("a prehashed hash needs what was hashed instead of the password (variant md5(password), …)")
	}
	e, _, p := readExpression(text, h.Params)
	if p != nil {
		return recipe{}, p
	}
	outer := readerOf(string(h.Encoded))
	if outer == nil {
		return recipe{}, malformed("the text does not say which hash it is; a prehashed one must")
	}
	rec, p := outer(identity.Hash{Encoded: h.Encoded})
	if p != nil {
		return recipe{}, p
	}
	derive := rec.derive
	rec.derive = func(password []byte) ([]byte, error) {
		text := e(password)
		if len(text) > maxPassword {
			return nil, errPassword
		}
		return derive(text)
	}
	return rec, nil
}

// readerOf is the reader of a text that says what it is, nil for others.
func readerOf(s string) reader {
	for _, form := range []struct {
		begins string
		read   reader
	}{
		{"$argon2", readArgon2}, {"$P$", readPHPass}, {"$H$", readPHPass}, {"$S$", readDrupal7}, {"$apr1$", readApr1},
		{"pbkdf2_sha256$", readDjangoPBKDF2("pbkdf2_sha256", "sha256")}, {"pbkdf2_sha1$", readDjangoPBKDF2("pbkdf2_sha1", "sha1")},
		{"bcrypt$", readDjangoBcrypt}, {"argon2$", readDjangoArgon2}, {"scrypt$", readDjangoScrypt},
		{"pbkdf2:", readWerkzeugPBKDF2}, {"scrypt:", readWerkzeugScrypt},
		{"$pbkdf2-sha256$", readPasslibPBKDF2("$pbkdf2-sha256$", "sha256")}, {"$pbkdf2-sha512$", readPasslibPBKDF2("$pbkdf2-sha512$", "sha512")},
		{"$scrypt$", readPasslibScrypt},
	} {
		if strings.HasPrefix(s, form.begins) {
			return form.read
		}
	}
	if !strings.ContainsAny(s, "$_") {
		return nil // 13 letters are no DES-crypt until somebody says so
	}
	return cryptReader(s)
}
