package verifiers

import (
	"encoding/binary"

	//lint:ignore SA1019 bcrypt is made of Blowfish; nothing here is encrypted with it
	"golang.org/x/crypto/blowfish"

	"rehome/identity"
)

// bcrypt, the modular crypt format, 60 characters:
//
//	$2y$10$I5drhFfKdYvCzA7FOQNROul.6wM7MNAMXIll954Y1kFZsQaCpYk0y
//	 └1 └2 └3 22 characters       └4 31 characters
//
//	1  a, b, x or y. They are one algorithm, but for x: crypt_blowfish before 1.1
//	   took each byte of the password as signed, and $2x$ marks hashes of that
//	   time (openwall crypt_blowfish, CHANGES). Its $2a$ differs further for a few
//	   passwords with a byte 0xFF, which no text in UTF-8 holds.
//	2  log2 of the rounds, 04 to 31, two digits
//	3  16 bytes of salt; 4) 23 bytes of digest. PHP writes both anew and compares
//	   the strings, so a last character with bits that nothing encodes never matches.
//
// Only 72 bytes of a password count, with the NUL that ends it when it is shorter.
// golang.org/x/crypto/bcrypt is not used: it takes $2$, $2z$ and whatever follows
// the 60th character, and computes $2x$ as $2y$.
type bcryptHash struct {
	signed       bool // the $2x$ mistake
	cost         uint
	salt, digest []byte
}

const (
	bcryptLength = 60
	// bcryptWork is the price of the two key expansions of a round: 1,042
	// Blowfish blocks, some 50 µs.
	bcryptWork = 1 << 8
)

func readBcrypt(h identity.Hash) (recipe, *identity.Problem) {
	b, p := parseBcrypt(string(h.Encoded))
	if p != nil {
		return recipe{}, p
	}
	return b.recipe(func(password []byte) []byte { return password }), nil
}

// recipe makes the recipe of b over what before makes of the password.
func (b bcryptHash) recipe(before func(password []byte) []byte) recipe {
	return recipe{
		want:   b.digest,
		derive: func(password []byte) ([]byte, error) { return b.derive(before(password)) },
		work:   bcryptWork << b.cost,
	}
}

func parseBcrypt(s string) (bcryptHash, *identity.Problem) {
	if len(s) != bcryptLength {
		return bcryptHash{}, malformed("a bcrypt hash has 60 characters; this one has %d", len(s))
	}
	if s[:2] != "$2" || !within(s[2:3], "abxy") || s[3] != '$' || s[6] != '$' {
		return bcryptHash{}, malformed("a bcrypt hash begins with $2a$, $2b$, $2x$ or $2y$ and a cost of two digits")
	}
	return parseBcryptParts(s[2], s[4:6], s[7:29], s[29:])
}

// parseBcryptParts reads the four parts, which some programs store apart.
func parseBcryptParts(minor byte, cost, salt, digest string) (bcryptHash, *identity.Problem) {
	b := bcryptHash{signed: minor == 'x'}
	if !within(cost, "0123456789") || len(cost) != 2 || cost < "04" || cost > "31" {
		return b, malformed("the cost of a bcrypt hash is 04 to 31")
	}
	b.cost = uint(cost[0]-'0')*10 + uint(cost[1]-'0')
	var ok bool
	if b.salt, ok = decode64(bcryptBase64, salt); !ok || len(b.salt) != 16 {
		return b, malformed("the salt of the bcrypt hash is not 22 characters of its alphabet that encode 16 bytes")
	}
	if b.digest, ok = decode64(bcryptBase64, digest); !ok || len(b.digest) != 23 {
		return b, malformed("the digest of the bcrypt hash is not 31 characters of its alphabet that encode 23 bytes")
	}
	return b, nil
}

func (b bcryptHash) derive(password []byte) ([]byte, error) {
	key := bcryptKey(password, b.signed)
	c, err := blowfish.NewSaltedCipher(key, b.salt)
	if err != nil {
		return nil, err
	}
	for range uint64(1) << b.cost {
		blowfish.ExpandKey(key, c)
		blowfish.ExpandKey(b.salt, c)
	}
	text := []byte("OrpheanBeholderScryDoubt")
	for i := 0; i < len(text); i += blowfish.BlockSize {
		for range 64 {
			c.Encrypt(text[i:], text[i:])
		}
	}
	return text[:23], nil
}

// bcryptKey is the password as the key schedule reads it: eighteen words, from
// the password and its NUL over and over. With signed, a byte over 127 sets all
// bits before it in its word, which is the mistake that $2x$ stands for.
func bcryptKey(password []byte, signed bool) []byte {
	key := make([]byte, 0, 72)
	next := 0
	for range 18 {
		var word uint32
		for range 4 {
			var b byte
			if next < len(password) {
				b = password[next]
			}
			if next++; next > len(password) {
				next = 0
			}
			word <<= 8
			if signed {
				word |= uint32(int32(int8(b)))
			} else {
				word |= uint32(b)
			}
		}
		key = binary.BigEndian.AppendUint32(key, word)
	}
	return key
}
