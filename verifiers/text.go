package verifiers

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// All base64 here is strict: bits that nothing encodes must be nought. An
// encoder never sets them, so a text that does was damaged on its way.
var (
	stdBase64    = base64.RawStdEncoding.Strict()
	urlBase64    = base64.RawURLEncoding.Strict()
	bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding).Strict()
)

// decode64 decodes unpadded base64. Unlike encoding/base64 it does not skip line
// breaks: a hash that holds one is damaged.
func decode64(e *base64.Encoding, s string) ([]byte, bool) {
	b, err := e.DecodeString(s)
	return b, err == nil && e.EncodedLen(len(b)) == len(s)
}

// decodePadded decodes standard base64 with the padding that belongs there.
func decodePadded(s string) ([]byte, bool) {
	if len(s)%4 != 0 {
		return nil, false
	}
	return decode64(stdBase64, unpad(s))
}

// decodeAny64 decodes base64 of either alphabet, padded or not: what Firebase,
// its tools and its users write.
func decodeAny64(s string) ([]byte, bool) {
	bare := unpad(s)
	if len(bare) != len(s) && len(s)%4 != 0 {
		return nil, false
	}
	if strings.IndexByte(bare, '-') >= 0 || strings.IndexByte(bare, '_') >= 0 { // faster than ContainsAny: every hash comes by here
		return decode64(urlBase64, bare)
	}
	return decode64(stdBase64, bare)
}

// unpad cuts the padding off: at most two signs.
func unpad(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
}

// decodeDigest decodes a digest of a known size: hex of either case, or base64.
// The three cannot be mixed up, since their lengths differ.
func decodeDigest(s string, size int) ([]byte, bool) {
	b, ok := decodeAny64(s)
	if len(s) == 2*size {
		h, err := hex.DecodeString(s)
		b, ok = h, err == nil
	}
	return b, ok && len(b) == size
}

// readDigest is decodeDigest with its problem.
func readDigest(s identity.Secret, size int) ([]byte, *identity.Problem) {
	b, ok := decodeDigest(string(s), size)
	if !ok {
		return nil, malformed("the hash is no digest of %d bytes: that is %d hex digits, or base64; it has %d characters", size, 2*size, len(s))
	}
	return b, nil
}

// number reads a decimal of at most ten digits, without sign or leading noughts.
// Only texts that the program itself would write are numbers.
func number(s string) (uint64, bool) {
	if s == "" || len(s) > 10 || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	var n uint64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	return n, true
}

// within reports whether s consists of letters of an alphabet.
func within(s, alphabet string) bool {
	for i := range len(s) {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}
