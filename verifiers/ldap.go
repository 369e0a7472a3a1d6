package verifiers

import (
	"hash"
	"strings"

	"rehome/identity"
)

// LDAP's userPassword (RFC 2307, OpenLDAP's slapd and its password modules):
// "{SCHEME}" in any case, and what the scheme says.

// afterScheme cuts one of the names off.
func afterScheme(h identity.Hash, names ...string) (string, *identity.Problem) {
	s := string(h.Encoded)
	for _, name := range names {
		if scheme := "{" + name + "}"; hasFold(s, scheme) {
			return s[len(scheme):], nil
		}
	}
	return "", malformed("the hash does not begin with {%s}", strings.ToUpper(names[0]))
}

// readLDAPDigest: padded base64 of the digest.
func readLDAPDigest(scheme string, digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		s, p := afterScheme(h, scheme)
		if p != nil {
			return recipe{}, p
		}
		want, ok := decodePadded(s)
		if size := digest().Size(); !ok || len(want) != size {
			return recipe{}, malformed("after the scheme stands no padded base64 of %d bytes; there are %d characters", size, len(s))
		}
		derive := func(password []byte) ([]byte, error) { return sum(digest, password), nil }
		return recipe{want: want, derive: derive, work: 1}, nil
	}
}

// readLDAPSalted: padded base64 of the digest and its salt, of one byte or more.
func readLDAPSalted(scheme string, digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		s, p := afterScheme(h, scheme)
		if p != nil {
			return recipe{}, p
		}
		b, ok := decodePadded(s)
		size := digest().Size()
		if !ok || len(b) <= size {
			return recipe{}, malformed("after the scheme stands no padded base64 of %d bytes and a salt; there are %d characters", size, len(s))
		}
		want, salt := b[:size], b[size:]
		derive := func(password []byte) ([]byte, error) { return sum(digest, password, salt), nil }
		return recipe{want: want, derive: derive, work: 1}, nil
	}
}

// readLDAPPBKDF2: iterations$salt$digest as passlib writes them (OpenLDAP,
// contrib/slapd-modules/passwd/pbkdf2).
func readLDAPPBKDF2(digest string, schemes ...string) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		s, p := afterScheme(h, schemes...)
		if p != nil {
			return recipe{}, p
		}
		return pbkdf2Text(s, "", digest)
	}
}

// readLDAPArgon2: an argon2 hash.
func readLDAPArgon2(h identity.Hash) (recipe, *identity.Problem) {
	s, p := afterScheme(h, "argon2")
	if p != nil {
		return recipe{}, p
	}
	return readArgon2(identity.Hash{Encoded: identity.Secret(s)})
}

// readLDAPCrypt: whatever the crypt(3) of the server knows.
func readLDAPCrypt(h identity.Hash) (recipe, *identity.Problem) {
	s, p := afterScheme(h, "crypt")
	if p != nil {
		return recipe{}, p
	}
	read := cryptReader(s)
	if read == nil {
		return recipe{}, malformed("after {CRYPT} stands no form of crypt(3)")
	}
	return read(identity.Hash{Encoded: identity.Secret(s)})
}

// cryptReader is the reader of a crypt(3) string, by its beginning.
func cryptReader(s string) reader {
	for _, form := range []struct {
		begins string
		read   reader
	}{
		{"$1$", readMD5Crypt}, {"$5$", readSHA256Crypt}, {"$6$", readSHA512Crypt}, {"$2", readBcrypt}, {"_", readBSDiCrypt},
		{"$y$", readYescrypt}, {"$gy$", readGostYescrypt}, {"$7$", readScryptCrypt7}, {"$md5", readSunMD5},
	} {
		if strings.HasPrefix(s, form.begins) {
			return form.read
		}
	}
	if len(s) == 13 {
		return readDESCrypt
	}
	return nil
}
