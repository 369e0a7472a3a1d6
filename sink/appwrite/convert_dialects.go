package appwrite

import (
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// scryptParts is a scrypt hash of another program, taken apart.
type scryptParts struct {
	n, r, p      string // decimal
	log2         bool   // n is log2 N
	salt, digest []byte
}

// fromScryptDialect takes scrypt as other programs write it. Whether the salt is
// one that Appwrite can use, and what a login costs, is judged as ever.
func (r rules) fromScryptDialect(h identity.Hash) (payload, *identity.Problem) {
	s, ok := readScryptDialect(h)
	if !ok {
		return malformed("this is no hash as %s is written", string(h.Algorithm))
	}
	n, ok1 := number(s.n)
	block, ok2 := number(s.r)
	lanes, ok3 := number(s.p)
	if s.log2 && ok1 {
		n, ok1 = 1<<min(n, 31), n >= 1 && n <= 31
	}
	if !ok1 || !ok2 || !ok3 {
		return malformed("the costs in the hash are none of scrypt's")
	}
	return r.fromScrypt(identity.Hash{Algorithm: identity.Scrypt, Encoded: identity.Secret(hex.EncodeToString(s.digest)), Params: identity.Params{
		Salt: identity.Secret(s.salt), N: int(n), R: int(block), P: int(lanes), KeyLen: len(s.digest),
	}})
}

func readScryptDialect(h identity.Hash) (scryptParts, bool) {
	switch s := string(h.Encoded); h.Algorithm {
	case "django-scrypt":
		return readDjangoScrypt(s)
	case "werkzeug-scrypt":
		return readWerkzeugScrypt(s)
	case "passlib-scrypt":
		return readNamedScrypt(s, true, bareBase64)
	case "kratos-scrypt":
		return readNamedScrypt(s, false, paddedBase64)
	default:
		return readBetterAuth(s)
	}
}

// readDjangoScrypt reads scrypt$N$salt$r$p$base64 of 64 bytes; the salt is text
// (django/django, django/contrib/auth/hashers.py).
func readDjangoScrypt(s string) (scryptParts, bool) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "scrypt" {
		return scryptParts{}, false
	}
	digest, ok := paddedBase64(part[5])
	return scryptParts{n: part[1], r: part[3], p: part[4], salt: []byte(part[2]), digest: digest}, ok && len(digest) == 64
}

// readWerkzeugScrypt reads scrypt:N:r:p$salt$hex of 64 bytes; the salt is text, and
// the program compares lower-case text (pallets/werkzeug, security.py).
func readWerkzeugScrypt(s string) (scryptParts, bool) {
	part := strings.Split(s, "$")
	method := strings.Split(part[0], ":")
	if len(part) != 3 || len(method) != 4 || method[0] != "scrypt" || strings.ToLower(part[2]) != part[2] {
		return scryptParts{}, false
	}
	digest, err := hex.DecodeString(part[2])
	return scryptParts{n: method[1], r: method[2], p: method[3], salt: []byte(part[1]), digest: digest}, err == nil && len(digest) == 64
}

// readNamedScrypt reads $scrypt$ln=…,r=…,p=…$salt$digest. passlib writes log2 N and
// unpadded base64 of random bytes; Ory Kratos writes N itself, and padded.
func readNamedScrypt(s string, log2 bool, decode func(string) ([]byte, bool)) (scryptParts, bool) {
	rest, ok := strings.CutPrefix(s, "$scrypt$")
	part := strings.Split(rest, "$")
	v, named := valuesOf(strings.Split(part[0], ","), "ln=", "r=", "p=")
	if !ok || !named || len(part) != 3 {
		return scryptParts{}, false
	}
	salt, ok1 := decode(part[1])
	digest, ok2 := decode(part[2])
	return scryptParts{v[0], v[1], v[2], log2, salt, digest}, ok1 && ok2 && (len(digest) == 32 || !log2)
}

// readBetterAuth reads salt:key in hex, 64 bytes of N=16384, r=16, p=1. The salt is
// used as its text (better-auth/better-auth, src/crypto/password.ts).
func readBetterAuth(s string) (scryptParts, bool) {
	salt, key, ok := strings.Cut(s, ":")
	digest, err := hex.DecodeString(key)
	return scryptParts{n: "16384", r: "16", p: "1", salt: []byte(salt), digest: digest}, ok && err == nil && len(digest) == 64
}
