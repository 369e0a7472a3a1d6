package appwrite

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"rehome/identity"
)

// The exact spellings that the servers' verifiers compare. A stored text that is
// not exactly this is taken by the server with 201 and never matches.

// cryptChar tells whether c is of the alphabet ./0-9A-Za-z of crypt(3).
func cryptChar(c byte) bool { return c == '.' || c == '/' || letterOrDigit(c) }

func cryptText(s string) bool {
	for i := range len(s) {
		if !cryptChar(s[i]) {
			return false
		}
	}
	return true
}

// bcryptForm reads $2y$10$ and 53 characters. PHP writes the hash anew and
// compares the whole string, so the bits that no salt and no digest fills must be
// nought: that leaves four letters for the last character of the salt and sixteen
// for the last of the digest.
func bcryptForm(s string) (cost uint64, ok bool) {
	if len(s) != 60 || s[:2] != "$2" || strings.IndexByte("abxy", s[2]) < 0 || s[3] != '$' || s[6] != '$' {
		return 0, false
	}
	cost, ok = digits(s[4:6])
	if !ok || cost < 4 || cost > 31 || !cryptText(s[7:]) {
		return 0, false
	}
	return cost, strings.IndexByte(".Oeu", s[28]) >= 0 && strings.IndexByte(".CGKOSWaeimquy26", s[59]) >= 0
}

// phpassForm reads $P$ or $H$, a letter for the count, 8 of salt and 22 of digest.
func phpassForm(s string) (log2 int, ok bool) {
	if len(s) != 34 || s[:3] != "$P$" && s[:3] != "$H$" || !cryptText(s[3:]) {
		return 0, false
	}
	log2 = strings.IndexByte("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", s[3])
	return log2, log2 >= 7 && log2 <= 30 && strings.IndexByte("./01", s[33]) >= 0
}

// argon2Form is an argon2 hash as PHP's libargon2 reads it (P-H-C/phc-winner-argon2,
// src/encoding.c): version left out or 16 or 19; m, t, p in this order without
// leading noughts; salt and digest in unpadded standard base64.
type argon2Form struct {
	kind                  string // "argon2i", "argon2id", "argon2d"
	memory, passes, lanes uint64 // memory in KiB
	extra                 string // what follows p=, such as ",keyid=…"
}

func readArgon2(s string) (f argon2Form, ok bool) {
	part := strings.Split(s, "$")
	if len(part) == 6 && (part[2] == "v=16" || part[2] == "v=19") {
		part = append(part[:2], part[3:]...)
	}
	if len(part) != 5 || part[0] != "" {
		return f, false
	}
	f.kind = part[1]
	if f.kind != "argon2i" && f.kind != "argon2id" && f.kind != "argon2d" {
		return f, false
	}
	if !f.readCost(part[2]) {
		return f, false
	}
	return f, strictBase64(part[3]) >= 8 && strictBase64(part[4]) >= 4
}

func (f *argon2Form) readCost(s string) bool {
	fields := strings.SplitN(s, ",", 4)
	if len(fields) < 3 {
		return false
	}
	if len(fields) == 4 {
		f.extra = "," + fields[3]
	}
	for i, v := range []struct {
		name string
		into *uint64
	}{{"m=", &f.memory}, {"t=", &f.passes}, {"p=", &f.lanes}} {
		text, named := strings.CutPrefix(fields[i], v.name)
		n, ok := number(text)
		if !named || !ok {
			return false
		}
		*v.into = n
	}
	return f.lanes >= 1 && f.lanes < 1<<24 && f.passes >= 1 && f.memory >= 8*f.lanes
}

// number reads a 32-bit count without leading noughts.
func number(s string) (uint64, bool) {
	n, ok := digits(s)
	return n, ok && n <= math.MaxUint32 && (s == "0" || s[0] != '0')
}

// digits reads up to ten digits.
func digits(s string) (uint64, bool) {
	if s == "" || len(s) > 10 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

// strictBase64 is the number of bytes behind unpadded standard base64 whose
// unused bits are nought; -1 when it is none.
func strictBase64(s string) int {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return -1
	}
	return len(b)
}

// standardBase64 spells base64 of either alphabet, padded or not, as Appwrite
// compares it: standard and padded. Firebase's console and command line write
// that already, its Admin SDK and its API the other alphabet. It also answers how
// many bytes the text stands for.
func standardBase64(s string) (text string, n int, ok bool) {
	if n, ok := spelledRight(s); ok {
		return s, n, true
	}
	if strings.ContainsAny(s, "\r\n") { // which the decoder would skip
		return "", 0, false
	}
	bare := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	if len(bare) != len(s) && len(s)%4 != 0 {
		return "", 0, false
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(bare, "-_") {
		encoding = base64.RawURLEncoding
	}
	b, err := encoding.DecodeString(bare)
	return base64.StdEncoding.EncodeToString(b), len(b), err == nil
}

// spelledRight reports whether a text is what an encoder of standard base64
// writes. Millions of hashes are asked, so it looks without decoding.
func spelledRight(s string) (n int, ok bool) {
	if s == "" || len(s)%4 != 0 {
		return 0, false
	}
	bare := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	for i := range len(bare) {
		if base64Value[bare[i]] < 0 {
			return 0, false
		}
	}
	unused := [...]int8{0, 0, 0x0f, 0x03}[len(bare)%4] // bits of the last character that stand for nothing
	return len(bare) * 3 / 4, base64Value[bare[len(bare)-1]]&unused == 0
}

// base64Value is the value of each character of the standard alphabet; -1 for
// all others.
var base64Value = func() (values [256]int8) {
	for i := range values {
		values[i] = int8(strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", byte(i)))
	}
	return values
}()

// hexForm lower-cases n hex digits. The verifiers compare text, and write lower case.
func hexForm(s string, n int) (lower string, ok bool) {
	if len(s) != n {
		return "", false
	}
	lower = strings.ToLower(s)
	for _, c := range []byte(lower) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return "", false
		}
	}
	return lower, true
}

// digestForm is a digest in lower-case hex of n digits, from hex of either case or
// base64 of either alphabet. The two cannot be mixed up: their lengths differ.
func digestForm(s string, n int) (lower string, ok bool) {
	if len(s) == n {
		return hexForm(s, n)
	}
	b, ok := anyBase64(s)
	return hex.EncodeToString(b), ok && 2*len(b) == n
}

// digestBytes is the length of a digest that nothing else says: hex where it can
// be hex, otherwise base64.
func digestBytes(s string) int {
	if _, ok := hexForm(s, len(s)); ok && len(s)%2 == 0 {
		return len(s) / 2
	}
	if b, ok := anyBase64(s); ok {
		return len(b)
	}
	return len(s) / 2
}

// anyBase64 decodes base64 of either alphabet, padded or not, whose unused bits
// are nought: what no encoder writes was damaged on its way.
func anyBase64(s string) ([]byte, bool) {
	bare := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	if len(bare) != len(s) && len(s)%4 != 0 || strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(bare, "-_") {
		encoding = base64.RawURLEncoding
	}
	b, err := encoding.Strict().DecodeString(bare)
	return b, err == nil
}

// paddedBase64 is anyBase64 of the standard alphabet with all of its padding.
func paddedBase64(s string) ([]byte, bool) {
	if len(s)%4 != 0 || strings.ContainsAny(s, "-_") {
		return nil, false
	}
	return anyBase64(s)
}

// bareBase64 is anyBase64 of the standard alphabet without padding.
func bareBase64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "-_=") {
		return nil, false
	}
	return anyBase64(s)
}

// characters is a text's length as the server counts it; -1 for text that is no
// UTF-8, which JSON cannot carry.
func characters(s string) int {
	if !utf8.ValidString(s) {
		return -1
	}
	return utf8.RuneCountInString(s)
}

func problem(code identity.Code, format string, args ...any) *identity.Problem {
	return &identity.Problem{Code: code, Detail: fmt.Sprintf(format, args...)}
}
