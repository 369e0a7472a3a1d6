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

	//lint:ignore SA1019 the digest of hashes that exist; nothing new is made with it
	"golang.org/x/crypto/md4"
)

// newDigest makes the digest of a name, nil for none. The names are those of
// Appwrite's passwordVersion and of PHP's hash(), all lower-case.
func newDigest(name string) func() hash.Hash {
	switch name {
	case "md4":
		return md4.New
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
