package forms

import (
	"encoding/base64"
	"strings"
)

// Base64 is bytes that a source writes in base64. Nearly all are spelt as every
// target wants them, so they are looked at and not decoded.
type Base64 struct {
	text string // standard alphabet, padded
	size int
}

// Standard is the text in the standard alphabet, with padding.
func (b Base64) Standard() string { return b.text }

// Size is the number of bytes.
func (b Base64) Size() int { return b.size }

// Bytes decodes the text.
func (b Base64) Bytes() []byte {
	out, _ := decodePadded(b.text) // was looked at
	return out
}

// readBase64 reads either alphabet, padded or not.
func readBase64(s string) (Base64, bool) {
	if size, ok := standard64(s); ok {
		return Base64{s, size}, true
	}
	b, ok := DecodeBase64(s)
	return Base64{base64.StdEncoding.EncodeToString(b), len(b)}, ok
}

// readPadded reads the standard alphabet with its padding, and nothing else.
func readPadded(s string) (Base64, bool) {
	size, ok := standard64(s)
	return Base64{s, size}, ok
}

// values64 is the value of each character of the standard alphabet; -1 for all
// others. Every character of every hash is looked at.
var values64 = func() (values [256]int8) {
	for i := range values {
		values[i] = int8(strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", byte(i)))
	}
	return values
}()

// standard64 reports whether a text is what an encoder of padded standard base64
// writes, and how many bytes it stands for.
func standard64(s string) (size int, ok bool) {
	if len(s)%4 != 0 {
		return 0, false
	}
	bare := unpad(s)
	var all int8
	for i := range len(bare) {
		all |= values64[bare[i]]
	}
	if all < 0 || len(bare)%4 == 1 {
		return 0, false
	}
	unused := [...]int8{0, 0, 0x0f, 0x03}[len(bare)%4] // bits of the last character that stand for nothing
	return len(bare) * 3 / 4, unused == 0 || values64[bare[len(bare)-1]]&unused == 0
}
