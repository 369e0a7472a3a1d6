package verifiers

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"

	"rehome/identity"
)

// Plain digests of the password, without a salt: hex of either case, or base64.
// The verifier takes all spellings of one digest; which of them a target takes,
// its judge knows.

// newDigest makes the digest of a name, nil for none. The names are those of
// Appwrite's passwordVersion and of PHP's hash(), all lower-case.
func newDigest(name string) func() hash.Hash {
	switch name {
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	case "sha512/224":
		return sha512.New512_224
	case "sha512/256":
		return sha512.New512_256
	case "sha3-224":
		return func() hash.Hash { return sha3.New224() }
	case "sha3-256":
		return func() hash.Hash { return sha3.New256() }
	case "sha3-384":
		return func() hash.Hash { return sha3.New384() }
	case "sha3-512":
		return func() hash.Hash { return sha3.New512() }
	}
	return nil
}

// sum is the digest of all parts in a row.
func sum(digest func() hash.Hash, parts ...[]byte) []byte {
	d := digest()
	for _, part := range parts {
		d.Write(part)
	}
	return d.Sum(nil)
}

// hexSum is sum in lower-case hex.
func hexSum(digest func() hash.Hash, parts ...[]byte) []byte {
	return hex.AppendEncode(nil, sum(digest, parts...))
}

// hmacSum is the HMAC of a message.
func hmacSum(digest func() hash.Hash, key, message []byte) []byte {
	m := hmac.New(digest, key)
	m.Write(message)
	return m.Sum(nil)
}

func hmacSHA256(key, message []byte) []byte { return hmacSum(sha256.New, key, message) }

func readMD5(h identity.Hash) (recipe, *identity.Problem) {
	if stored := string(h.Encoded); strings.Contains(h.Params.Variant, wordPress) && strings.ToLower(stored) != stored {
		return recipe{}, &identity.Problem{Code: identity.HashUnsupported, Detail: "WordPress compares with lower-case hex, and this is upper-case: nobody could sign in with it"}
	}
	return readPlain(h.Encoded, md5.New)
}

func readSHA(h identity.Hash) (recipe, *identity.Problem) {
	name, p := readWords(h.Params.Variant).one("")
	if p != nil {
		return recipe{}, p
	}
	digest := newDigest(name)
	if digest == nil || name == "md5" {
		return recipe{}, lacking("a sha hash needs the digest it was made with (variant sha1, sha256, sha512, … sha3-512): the length alone does not tell them apart")
	}
	return readPlain(h.Encoded, digest)
}

// readPlain reads an unsalted digest.
func readPlain(encoded identity.Secret, digest func() hash.Hash) (recipe, *identity.Problem) {
	want, p := readDigest(encoded, digest().Size())
	if p != nil {
		return recipe{}, p
	}
	derive := func(password []byte) ([]byte, error) { return sum(digest, password), nil }
	return recipe{want: want, derive: derive, work: 1}, nil
}
