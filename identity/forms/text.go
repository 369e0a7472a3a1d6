package forms

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// All base64 here is strict: bits that nothing encodes must be zero. An encoder
// never sets them, so a text that does was damaged on its way.
var (
	stdBase64    = base64.RawStdEncoding.Strict()
	urlBase64    = base64.RawURLEncoding.Strict()
	bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding).Strict()
	dottedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./").WithPadding(base64.NoPadding).Strict() // passlib's
)

const (
	asciiSpace = " \t\n\v\f\r"
	hexDigits  = "0123456789abcdef"
	mixedHex   = "0123456789abcdefABCDEF"
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

// DecodeBase64 decodes base64 of either alphabet, padded or not: what Firebase,
// its tools and its users write.
func DecodeBase64(s string) ([]byte, bool) {
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

// DecodeDigest decodes a digest of a known size: hex of either case, or base64.
// The three cannot be mixed up, since their lengths differ.
func DecodeDigest(s string, size int) ([]byte, bool) {
	if len(s) == 2*size {
		b, err := hex.DecodeString(s)
		return b, err == nil
	}
	b, ok := DecodeBase64(s)
	return b, ok && len(b) == size
}

// readDigest is DecodeDigest with its problem.
func readDigest(s string, size int) ([]byte, *identity.Problem) {
	b, ok := DecodeDigest(s, size)
	if !ok {
		return nil, malformed("the hash is not a digest of %d bytes: that is %d hex digits, or base64; it has %d characters", size, 2*size, len(s))
	}
	return b, nil
}

// readLowerHex reads a digest where the program that made it compares texts.
func readLowerHex(s string, size int) ([]byte, *identity.Problem) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != size || !within(s, hexDigits) {
		return nil, malformed("the digest is not %d lower-case hex digits; it has %d characters", 2*size, len(s))
	}
	return b, nil
}

// ReadRaw reads a derived key whose length the parameters may name, or 0: hex, or
// base64 where it is not hex. Less than eight bytes prove nothing.
func ReadRaw(encoded string, length int) ([]byte, *identity.Problem) {
	if length < 0 || length > MaxText {
		return nil, lacking("the key length is %d bytes; it must be 8 to %d, or 0 for that of the hash", length, MaxText)
	}
	if length > 0 {
		return readDigest(encoded, length)
	}
	want, err := hex.DecodeString(encoded)
	ok := err == nil
	if !ok {
		want, ok = DecodeBase64(encoded)
	}
	if !ok || len(want) < 8 {
		return nil, malformed("the hash is neither hex nor base64 of at least 8 bytes; it has %d characters", len(encoded))
	}
	return want, nil
}

// number reads a decimal of at most ten digits, without sign or leading zeros.
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

// isHex reports whether s is hex digits of either case.
func isHex(s string) bool { return s != "" && within(s, mixedHex) }

// hasFold is strings.HasPrefix without regard to the case of ASCII letters.
func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// valuesOf cuts the name off each field; the names and their order are fixed.
func valuesOf(fields []string, names ...string) ([]string, bool) {
	if len(fields) != len(names) {
		return nil, false
	}
	values := make([]string, len(fields))
	for i, name := range names {
		var ok bool
		if values[i], ok = strings.CutPrefix(fields[i], name); !ok {
			return nil, false
		}
	}
	return values, true
}

// Unprefixed cuts off what says that hex digits follow: 0x of MySQL and SQL Server,
// \x of Postgres.
func Unprefixed(h identity.Hash) identity.Hash {
	for _, text := range []*identity.Secret{&h.Encoded, &h.Params.Salt} {
		for _, mark := range []string{"0x", "0X", `\x`} {
			if digits, ok := strings.CutPrefix(string(*text), mark); ok && within(digits, mixedHex) {
				*text = identity.Secret(digits)
			}
		}
	}
	return h
}
