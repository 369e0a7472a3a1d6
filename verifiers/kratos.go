package verifiers

import (
	"hash"
	"slices"
	"strings"

	//lint:ignore SA1019 the digest of hashes that exist; nothing new is made with it
	"golang.org/x/crypto/md4"

	"rehome/identity"
)

// Ory Kratos, where its form is nobody else's (ory/kratos, hash/hash_comparator.go;
// each form was logged in with on a real Kratos 26.2.0). Its bcrypt, argon2, LDAP
// and Firebase forms stand with their families.

// readKratosScrypt: $scrypt$ln=N,r=…,p=…$salt$digest in padded base64. What
// Kratos calls ln is N itself.
func readKratosScrypt(h identity.Hash) (recipe, *identity.Problem) {
	cost, rest, p := scryptNamed(string(h.Encoded), "$scrypt$")
	if p != nil {
		return recipe{}, p
	}
	if cost.check() != nil || len(rest) != 2 {
		return recipe{}, malformed("the hash is not $scrypt$ln=N,r=…,p=…$salt$digest with a cost of scrypt's")
	}
	salt, ok1 := decodePadded(rest[0])
	want, ok2 := decodePadded(rest[1])
	if !ok1 || !ok2 || len(want) < 8 {
		return recipe{}, malformed("salt and digest are not padded standard base64, the digest of at least 8 bytes")
	}
	return cost.recipe(want, salt), nil
}

// readKratosPBKDF2: $pbkdf2-sha256$i=29000,l=32$salt$digest, unpadded base64. The
// length that counts is that of the digest.
func readKratosPBKDF2(h identity.Hash) (recipe, *identity.Problem) {
	part := strings.Split(string(h.Encoded), "$")
	if len(part) != 5 || part[0] != "" || !strings.HasPrefix(part[1], "pbkdf2-sha") {
		return recipe{}, malformed("the hash is not $pbkdf2-sha256$i=…,l=…$salt$digest")
	}
	i, l, ok := strings.Cut(part[2], ",l=")
	i, named := strings.CutPrefix(i, "i=")
	count, ok1 := number(i)
	_, ok2 := number(l)
	salt, ok3 := decode64(stdBase64, part[3])
	want, ok4 := decode64(stdBase64, part[4])
	if !ok || !named || !ok1 || !ok2 || !ok3 || !ok4 || count < 1 || len(want) < 8 {
		return recipe{}, malformed("after $pbkdf2-… stand i=…,l=…, and salt and digest in unpadded base64, the digest of at least 8 bytes")
	}
	return pbkdf2Recipe(strings.TrimPrefix(part[1], "pbkdf2-"), want, salt, count)
}

// readKratosDigest: $md5$digest, or $sha256$pf=FORMAT$salt$digest, all padded
// base64; the format is a text with {PASSWORD} and {SALT} in it.
func readKratosDigest(h identity.Hash) (recipe, *identity.Problem) {
	part := strings.Split(string(h.Encoded), "$")
	if len(part) < 3 || part[0] != "" || !slices.Contains([]string{"md5", "sha1", "sha256", "sha512"}, part[1]) {
		return recipe{}, malformed("the hash does not begin with $md5$, $sha1$, $sha256$ or $sha512$")
	}
	digest := newDigest(part[1])
	want, ok := decodePadded(part[len(part)-1])
	if !ok || len(want) != digest().Size() {
		return recipe{}, malformed("the value is not padded base64 of %d bytes", digest().Size())
	}
	if len(part) == 3 && part[1] == "md5" {
		derive := func(password []byte) ([]byte, error) { return sum(digest, password), nil }
		return recipe{want: want, derive: derive, work: 1}, nil
	}
	format, salt, p := kratosFormat(part)
	derive := func(password []byte) ([]byte, error) {
		text := strings.NewReplacer("{SALT}", salt, "{PASSWORD}", string(password)).Replace(format)
		return sum(digest, []byte(text)), nil
	}
	return recipe{want: want, derive: derive, work: 1}, p
}

// kratosFormat reads how password and salt are put together.
func kratosFormat(part []string) (format, salt string, p *identity.Problem) {
	if len(part) != 5 {
		return "", "", malformed("the hash is not $digest$pf=format$salt$value")
	}
	pf, named := strings.CutPrefix(part[2], "pf=")
	f, ok1 := decodePadded(pf)
	s, ok2 := decodePadded(part[3])
	if !named || !ok1 || !ok2 {
		return "", "", malformed("format and salt of the hash are not padded base64")
	}
	return string(f), string(s), nil
}

// readKratosHMAC: $hmac-sha256$value$key, padded base64; the value is the HMAC in
// lower-case hex.
func readKratosHMAC(h identity.Hash) (recipe, *identity.Problem) {
	part := strings.Split(string(h.Encoded), "$")
	if len(part) != 4 || part[0] != "" {
		return recipe{}, malformed("the hash is not $hmac-digest$value$key")
	}
	digest := kratosHMACDigest(strings.TrimPrefix(part[1], "hmac-"))
	text, ok1 := decodePadded(part[2])
	key, ok2 := decodePadded(part[3])
	if digest == nil || !strings.HasPrefix(part[1], "hmac-") || !ok1 || !ok2 {
		return recipe{}, malformed("the hash is not $hmac-digest$value$key with value and key in padded base64")
	}
	want, p := readLowerHex(string(text), digest().Size())
	derive := func(password []byte) ([]byte, error) { return hmacSum(digest, key, password), nil }
	return recipe{want: want, derive: derive, work: 1}, p
}

func kratosHMACDigest(name string) func() hash.Hash {
	switch name {
	case "md4":
		return md4.New
	case "md5", "sha1", "sha224", "sha256", "sha384", "sha512":
		return newDigest(name)
	}
	return nil
}

// readKratosCrypt: $md5-crypt$, $sha256-crypt$ and $sha512-crypt$ for crypt(3)'s
// $1$, $5$ and $6$.
func readKratosCrypt(h identity.Hash) (recipe, *identity.Problem) {
	for _, form := range []struct {
		begins, crypt string
		read          reader
	}{
		{"$md5-crypt$", "$1$", readMD5Crypt}, {"$sha256-crypt$", "$5$", readSHA256Crypt}, {"$sha512-crypt$", "$6$", readSHA512Crypt},
	} {
		if rest, ok := strings.CutPrefix(string(h.Encoded), form.begins); ok {
			return form.read(identity.Hash{Encoded: identity.Secret(form.crypt + rest)})
		}
	}
	return recipe{}, malformed("the hash does not begin with $md5-crypt$, $sha256-crypt$ or $sha512-crypt$")
}
