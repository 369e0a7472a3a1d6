package verifiers

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	//lint:ignore SA1019 bcrypt is made of Blowfish; nothing here is encrypted with it
	"golang.org/x/crypto/blowfish"

	"rehome/identity/forms"
)

// bcryptWork is the price of the two key expansions of a round: 1,042 Blowfish
// blocks, some 50 µs.
const bcryptWork = 1 << 8

// bcryptRecipe is the recipe of b over what before makes of the password. Only 72
// bytes of that count, with the NUL that ends it when it is shorter.
func bcryptRecipe(b *forms.Bcrypt, before func(password []byte) []byte) recipe {
	return recipe{
		want:   b.Digest,
		derive: func(password []byte) ([]byte, error) { return bcryptDigest(b, before(password)) },
		work:   bcryptWork << b.Cost,
	}
}

// prehashedBcryptRecipe is bcrypt of a digest of the password.
func prehashedBcryptRecipe(f *forms.PrehashedBcrypt) recipe {
	switch f.Pre {
	case forms.PreWordPress:
		return bcryptRecipe(&f.Bcrypt, wpPrehash)
	case forms.PreHex:
		return bcryptRecipe(&f.Bcrypt, func(password []byte) []byte { return hexSum(sha256.New, password) })
	case forms.PreKeyed:
		return bcryptRecipe(&f.Bcrypt, func(password []byte) []byte {
			return base64.StdEncoding.AppendEncode(nil, hmacSum(sha256.New, f.Key, password))
		})
	case forms.PreBcrypt:
		return twiceBcryptRecipe(f)
	}
	return bcryptRecipe(&f.Bcrypt, func(password []byte) []byte {
		return base64.StdEncoding.AppendEncode(nil, sum(sha256.New, password))
	})
}

// twiceBcryptRecipe is bcrypt of the text of a bcrypt hash under the same salt, as
// WoltLab made them (WCF 2, PasswordUtil::getDoubleSaltedHash).
func twiceBcryptRecipe(f *forms.PrehashedBcrypt) recipe {
	r := bcryptRecipe(&f.Bcrypt, nil)
	r.work *= 2
	r.derive = func(password []byte) ([]byte, error) {
		digest, err := bcryptDigest(&f.Bcrypt, password)
		if err != nil {
			return nil, err
		}
		return bcryptDigest(&f.Bcrypt, []byte(f.WithDigest(digest)))
	}
	return r
}

// bcryptDigest computes the digest of 23 bytes. golang.org/x/crypto/bcrypt is not used: it
// takes whatever follows the 60th character, and computes $2x$ as $2y$.
func bcryptDigest(b *forms.Bcrypt, password []byte) ([]byte, error) {
	key := bcryptKey(password, b.Minor == 'x')
	salt := b.Salt()
	c, err := blowfish.NewSaltedCipher(key, salt)
	if err != nil {
		return nil, err
	}
	for range uint64(1) << b.Cost {
		blowfish.ExpandKey(key, c)
		blowfish.ExpandKey(salt, c)
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
