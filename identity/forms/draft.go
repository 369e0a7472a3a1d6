package forms

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// Draft is a hash to be made: everything but the digest, over fresh salts.
type Draft struct {
	hash  identity.Hash
	write func(digest []byte) string
}

// Costs of drafts: some hundredths of a second each, here and at the target's login.
// They guard passwords that live for seconds.
const (
	draftArgon2 = "m=8192,t=2,p=1" // 8 MiB
	draftPHPass = "$P$B"           // 2^13 rounds, as WordPress wrote it
	draftN      = 1 << 14          // of scrypt, and of Firebase's: the only one that Appwrite computes
	draftKey    = 64               // bytes of scrypt's output, and of Firebase's signer key
)

// NewDraft begins a hash of an algorithm whose salt and digest its text or parameters
// hold; false for all others.
func NewDraft(a identity.Algorithm, random func(n int) []byte) (Draft, bool) {
	d := Draft{hash: identity.Hash{Algorithm: a}}
	random64 := func(n int) identity.Secret { return identity.Secret(base64.StdEncoding.EncodeToString(random(n))) }
	switch a {
	case identity.Argon2:
		head := "$argon2id$v=19$" + draftArgon2 + "$" + base64.RawStdEncoding.EncodeToString(random(16)) + "$"
		d.write = func(digest []byte) string { return head + base64.RawStdEncoding.EncodeToString(digest[:32]) }
	case identity.PHPass:
		head := draftPHPass + hex.EncodeToString(random(4))
		d.write = func(digest []byte) string { return head + string(digest[:22]) } // a digest of this family is letters
	case identity.Scrypt:
		d.hash.Params = identity.Params{Salt: identity.Secret(hex.EncodeToString(random(8))), N: draftN, R: 8, P: 1, KeyLen: draftKey}
		d.write = hex.EncodeToString
	case identity.ScryptFirebase:
		d.hash.Params = identity.Params{Salt: random64(8), SaltSeparator: random64(1), SignerKey: random64(draftKey), N: draftN, R: 8}
		d.write = base64.StdEncoding.EncodeToString
	default:
		return d, false
	}
	return d, true
}

// Blank is the draft with a digest of nothing, which can be read like any hash.
func (d Draft) Blank() identity.Hash {
	if d.hash.Algorithm == identity.PHPass {
		return d.With([]byte(strings.Repeat(".", 22)))
	}
	return d.With(make([]byte, draftKey))
}

// With is the hash with its digest.
func (d Draft) With(digest []byte) identity.Hash {
	h := d.hash
	h.Encoded = identity.Secret(d.write(digest))
	return h
}

// Example is a hash whose password everybody knows (openwall crypt_blowfish,
// wrapper.c), for whoever needs one that is right and opens nothing.
func Example() (h identity.Hash, password string) {
	return identity.Hash{Algorithm: identity.Bcrypt, Encoded: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}, "U*U"
}
