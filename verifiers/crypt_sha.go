package verifiers

import "hash"

// sha256-crypt and sha512-crypt (Ulrich Drepper, "Unix crypt using SHA-256 and
// SHA-512", 0.6): the order in which the bytes of a digest are written, and how it is made.

var sha256CryptOrder = []byte{
	20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28, 18, 29, 19, 9, 30, 31,
}

var sha512CryptOrder = []byte{
	42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8, 50, 51, 30, 9, 10, 52,
	31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58, 37, 38, 17, 59, 60, 39, 18, 19, 61, 40, 41, 20, 62, 63,
}

func shaCrypt(digest func() hash.Hash, password, salt []byte, rounds uint64) []byte {
	inner := sum(digest, password, salt, password)
	d := digest()
	d.Write(password)
	d.Write(salt)
	d.Write(repeated(inner, len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			d.Write(inner)
		} else {
			d.Write(password)
		}
	}
	first := d.Sum(nil)

	d.Reset()
	for range password {
		d.Write(password)
	}
	p := repeated(d.Sum(nil), len(password))
	d.Reset()
	for range 16 + int(first[0]) {
		d.Write(salt)
	}
	return stretch(digest, first, p, repeated(d.Sum(nil), len(salt)), rounds)
}

// stretch is the loop that md5-crypt and sha-crypt share: which of the three
// parts go into a round, and in which order, depends on its number.
func stretch(digest func() hash.Hash, last, password, salt []byte, rounds uint64) []byte {
	d := digest()
	for i := range rounds {
		d.Reset()
		if i%2 == 1 {
			d.Write(password)
		} else {
			d.Write(last)
		}
		if i%3 != 0 {
			d.Write(salt)
		}
		if i%7 != 0 {
			d.Write(password)
		}
		if i%2 == 1 {
			d.Write(last)
		} else {
			d.Write(password)
		}
		last = d.Sum(last[:0])
	}
	return last
}
