package forms

import "strings"

// The base64 of crypt(3) and phpass: its own alphabet, three bytes little-endian,
// the lowest six bits first, no padding.

// crypt64 is the alphabet, in the order of its values.
const crypt64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// strange64 is 1 for each letter that is not in the alphabet.
var strange64 = func() (strange [256]byte) {
	for i := range strange {
		if strings.IndexByte(crypt64, byte(i)) < 0 {
			strange[i] = 1
		}
	}
	return strange
}()

// cryptText reports whether s consists of letters of the alphabet.
func cryptText(s string) bool {
	var strange byte
	for i := range len(s) {
		strange |= strange64[s[i]]
	}
	return strange == 0
}

// EncodeCrypt64 writes bytes in the base64 of crypt(3).
func EncodeCrypt64(b []byte) []byte {
	var out []byte
	for ; len(b) > 0; b = b[min(3, len(b)):] {
		group := b[:min(3, len(b))]
		var v uint32
		for i, c := range group {
			v |= uint32(c) << (8 * i)
		}
		for range len(group) + 1 {
			out = append(out, crypt64[v&63])
			v >>= 6
		}
	}
	return out
}

// decodeCrypt64 refuses what EncodeCrypt64 does not write.
func decodeCrypt64(s string) ([]byte, bool) {
	var out []byte
	for ; len(s) > 0; s = s[min(4, len(s)):] {
		group := s[:min(4, len(s))]
		v, ok := number64(group)
		if !ok || len(group) == 1 {
			return nil, false
		}
		for range len(group) - 1 {
			out = append(out, byte(v))
			v >>= 8
		}
		if v != 0 {
			return nil, false
		}
	}
	return out, true
}

// number64 is a number of at most five letters, the lowest first.
func number64(s string) (uint32, bool) {
	var v uint32
	for i := range len(s) {
		n := strings.IndexByte(crypt64, s[i])
		if n < 0 {
			return 0, false
		}
		v |= uint32(n) << (6 * i)
	}
	return v, true
}

// digest64 decodes a digest of a size. The crypt(3) families write its bytes in an
// order of their own, in which they stay.
func digest64(s string, size int) ([]byte, bool) {
	b, ok := decodeCrypt64(s)
	return b, ok && len(b) == size
}
