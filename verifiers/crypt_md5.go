package verifiers

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"

	"rehome/identity/forms"
)

// md5-crypt of FreeBSD, and Apache's copy of it with another magic text.

const md5CryptRounds = 1000

// md5CryptOrder is the order in which the bytes of the digest are written.
var md5CryptOrder = []byte{12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11}

// cryptRecipe is the recipe of md5-crypt, Apache's copy of it, and SHA-crypt.
func cryptRecipe(f *forms.Crypt) recipe {
	salt, magic := []byte(f.Salt), []byte(f.Magic())
	switch f.Family {
	case forms.SHA256Crypt:
		return quick(f.Digest, times(2, f.Rounds), func(password []byte) []byte {
			return pick(shaCrypt(sha256.New, password, salt, f.Rounds), sha256CryptOrder)
		})
	case forms.SHA512Crypt:
		return quick(f.Digest, times(2, f.Rounds), func(password []byte) []byte {
			return pick(shaCrypt(sha512.New, password, salt, f.Rounds), sha512CryptOrder)
		})
	}
	return quick(f.Digest, md5CryptRounds*2, func(password []byte) []byte {
		return pick(md5Crypt(password, salt, magic), md5CryptOrder)
	})
}

// pick puts a digest into the order in which it is written.
func pick(digest []byte, order []byte) []byte {
	out := make([]byte, len(order))
	for i, from := range order {
		out[i] = digest[from]
	}
	return out
}

func md5Crypt(password, salt, magic []byte) []byte {
	inner := sum(md5.New, password, salt, password)
	d := md5.New()
	d.Write(password)
	d.Write(magic)
	d.Write(salt)
	d.Write(repeated(inner, len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			d.Write([]byte{0})
		} else {
			d.Write(password[:1])
		}
	}
	return stretch(md5.New, d.Sum(nil), password, salt, md5CryptRounds)
}

// repeated is b over and over, n bytes of it.
func repeated(b []byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}
