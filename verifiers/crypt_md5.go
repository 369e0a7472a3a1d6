package verifiers

import (
	"crypto/md5"
	"strings"

	"rehome/identity"
)

// md5-crypt of FreeBSD ("$1$", also in glibc and PHP), and Apache's copy of it
// with another magic text ("$apr1$"):
//
//	$1$XpIEvrty$pTFx.VP014zZuY2DxhhV31
//	    salt, 0 to 8  digest, 22 characters of crypt64
//
// A longer salt is cut by crypt(3), which writes the short one into its answer,
// so that the answer never equals a hash with a longer one.

const md5CryptRounds = 1000

// md5CryptOrder is the order in which the bytes of the digest are written.
var md5CryptOrder = []byte{12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11}

func readMD5Crypt(h identity.Hash) (recipe, *identity.Problem) {
	return readMD5CryptOf(string(h.Encoded), "$1$")
}

func readApr1(h identity.Hash) (recipe, *identity.Problem) {
	return readMD5CryptOf(string(h.Encoded), "$apr1$")
}

func readMD5CryptOf(s, magic string) (recipe, *identity.Problem) {
	salt, digest, p := cryptParts(s, magic, 8)
	if p != nil {
		return recipe{}, p
	}
	want, ok := permuted(digest, md5CryptOrder)
	if !ok {
		return recipe{}, malformed("the digest is not 22 letters of ./0-9A-Za-z that encode 16 bytes; it has %d characters", len(digest))
	}
	derive := func(password []byte) ([]byte, error) {
		return pick(md5Crypt(password, []byte(salt), []byte(magic)), md5CryptOrder), nil
	}
	return recipe{want: want, derive: derive, work: md5CryptRounds * 2}, nil
}

// cryptParts cuts a crypt(3) string after its magic into salt and digest.
func cryptParts(s, magic string, maxSalt int) (salt, digest string, p *identity.Problem) {
	rest, ok := strings.CutPrefix(s, magic)
	if ok {
		salt, digest, ok = strings.Cut(rest, "$")
	}
	if !ok {
		return "", "", malformed("the hash is not %ssalt$digest", magic)
	}
	if len(salt) > maxSalt {
		return "", "", malformed("the salt of a hash with %s has at most %d characters; this one has %d", magic, maxSalt, len(salt))
	}
	return salt, digest, nil
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
