package postgres

import (
	"encoding/base64"
	"strings"
)

// decode64 decodes base64 of either alphabet, padded or not. Bits that nothing
// encodes must be nought, and line breaks are none: a text that has them was
// damaged on its way.
func decode64(s string) ([]byte, bool) {
	bare := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	if strings.ContainsAny(s, "\r\n") || len(bare) != len(s) && len(s)%4 != 0 {
		return nil, false
	}
	encoding := base64.RawStdEncoding.Strict()
	if strings.ContainsAny(bare, "-_") {
		encoding = base64.RawURLEncoding.Strict()
	}
	b, err := encoding.DecodeString(bare)
	return b, err == nil
}

// padded reports whether a text is base64 as Supabase Auth, Kratos and SuperTokens
// read it: the standard alphabet, with padding.
func padded(s string) bool { return len(s)%4 == 0 && !strings.ContainsAny(s, "-_") }

// base64Text is bytes in standard base64 with padding.
type base64Text struct {
	text string
	size int // of the bytes
}

// read64 reads base64 of either alphabet, padded or not. A text that is spelt as it
// is kept, as nearly all are, is looked at and not decoded.
func read64(s string) (base64Text, bool) {
	if size, ok := standard64(s); ok {
		return base64Text{s, size}, true
	}
	b, ok := decode64(s)
	return base64Text{base64.StdEncoding.EncodeToString(b), len(b)}, ok
}

// inBase64 are the letters of the standard alphabet: every character of every hash
// is looked at, and comparing costs several times as much.
var inBase64 = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		is[c] = true
	}
	return is
}()

// standard64 reports whether a text is what an encoder of padded standard base64
// writes, and how many bytes it stands for.
func standard64(s string) (size int, ok bool) {
	bare := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	for i := range len(bare) {
		if !inBase64[bare[i]] {
			return 0, false
		}
	}
	last, unused := byte('A'), "" // letters whose unused bits are nought
	switch len(bare) % 4 {
	case 2:
		last, unused = bare[len(bare)-1], "AQgw"
	case 3:
		last, unused = bare[len(bare)-1], "AEIMQUYcgkosw048"
	case 1:
		return 0, false
	}
	return len(bare) * 3 / 4, len(s)%4 == 0 && (unused == "" || strings.IndexByte(unused, last) >= 0)
}
