package verifiers

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"rehome/identity"
)

// passlib's own forms beside PBKDF2 (passlib 1.7.4, passlib.hash.scrypt and
// passlib.hash.bcrypt_sha256).

// readPasslibScrypt: $scrypt$ln=8,r=8,p=1$salt$digest, standard base64 without
// padding; ln is log2 N, the digest has 32 bytes.
func readPasslibScrypt(h identity.Hash) (recipe, *identity.Problem) {
	cost, rest, p := scryptNamed(string(h.Encoded), "$scrypt$")
	if p != nil {
		return recipe{}, p
	}
	if cost.n > 31 {
		return recipe{}, malformed("ln is log2 N, 1 to 31")
	}
	cost.n = 1 << cost.n
	if cost.check() != nil || len(rest) != 2 {
		return recipe{}, malformed("the hash is not $scrypt$ln=…,r=…,p=…$salt$digest with a cost of scrypt's")
	}
	salt, ok1 := decode64(stdBase64, rest[0])
	want, ok2 := decode64(stdBase64, rest[1])
	if !ok1 || !ok2 || len(want) != 32 {
		return recipe{}, malformed("salt and digest are not unpadded standard base64, the digest of 32 bytes")
	}
	return cost.recipe(want, salt), nil
}

// scryptNamed reads "ln=…,r=…,p=…" after magic, ln as it stands, and hands back
// the parts that follow.
func scryptNamed(s, magic string) (scryptCost, []string, *identity.Problem) {
	rest, ok := strings.CutPrefix(s, magic)
	part := strings.Split(rest, "$")
	field := strings.Split(part[0], ",")
	if !ok || len(field) != 3 {
		return scryptCost{}, nil, malformed("the hash is not %sln=…,r=…,p=…$…", magic)
	}
	var n [3]uint64
	for i, name := range []string{"ln=", "r=", "p="} {
		digits, named := strings.CutPrefix(field[i], name)
		v, ok := number(digits)
		if !named || !ok {
			return scryptCost{}, nil, malformed("the cost of the scrypt hash is not ln=…,r=…,p=…, whole numbers without leading noughts")
		}
		n[i] = v
	}
	return scryptCost{n[0], n[1], n[2]}, part[1:], nil
}

// readPasslibBcryptSHA256 reads both versions; the 22 characters of salt and 31
// of digest are bcrypt's:
//
//	$bcrypt-sha256$v=2,t=2b,r=12$salt$digest   bcrypt of base64(HMAC-SHA-256(key salt, password))
//	$bcrypt-sha256$2b,12$salt$digest           bcrypt of base64(SHA-256(password))
func readPasslibBcryptSHA256(h identity.Hash) (recipe, *identity.Problem) {
	rest, ok := strings.CutPrefix(string(h.Encoded), "$bcrypt-sha256$")
	part := strings.Split(rest, "$")
	if !ok || len(part) != 3 {
		return recipe{}, malformed("the hash is not $bcrypt-sha256$…$salt$digest")
	}
	settings, keyed := strings.CutPrefix(part[0], "v=2,t=")
	minor, cost, ok := strings.Cut(settings, ",")
	if keyed && ok {
		cost, ok = strings.CutPrefix(cost, "r=")
	}
	rounds, isNumber := number(cost)
	if !ok || !isNumber || rounds < 4 || rounds > 31 || len(minor) != 2 || minor[0] != '2' || !within(minor[1:], "aby") {
		return recipe{}, malformed("the settings of the hash are not v=2,t=2b,r=… or 2b,… with a cost of 4 to 31")
	}
	b, p := parseBcryptParts(minor[1], twoDigits(rounds), part[1], part[2])
	if p != nil {
		return recipe{}, p
	}
	salt := []byte(part[1])
	return b.recipe(func(password []byte) []byte {
		if keyed {
			return base64.StdEncoding.AppendEncode(nil, hmacSHA256(salt, password))
		}
		return base64.StdEncoding.AppendEncode(nil, sum(sha256.New, password))
	}), nil
}

// twoDigits writes a cost below 100.
func twoDigits(n uint64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
