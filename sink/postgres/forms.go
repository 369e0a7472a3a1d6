package postgres

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// bcryptForm reads $2y$10$ and 53 characters. The server compares the digest in
// the spelling it would write, so the bits that no digest fills must be nought;
// those of the salt always are, in a hash that is whole. That leaves four letters
// for the last character of the salt and sixteen for the last of the digest.
func bcryptForm(s string) (cost int, ok bool) {
	if len(s) != 60 || s[:2] != "$2" || strings.IndexByte("abxy", s[2]) < 0 || s[3] != '$' || s[6] != '$' || !digitsOnly(s[4:6]) {
		return 0, false
	}
	for i := 7; i < len(s); i++ {
		if c := s[i]; c != '.' && c != '/' && !letterOrDigit(c) {
			return 0, false
		}
	}
	cost = int(s[4]-'0')*10 + int(s[5]-'0')
	whole := strings.IndexByte(".Oeu", s[28]) >= 0 && strings.IndexByte(".CGKOSWaeimquy26", s[59]) >= 0
	return cost, whole && cost >= minBcryptCost && cost <= 31
}

// argon2Form is an argon2 hash as the reference implementation writes it
// (P-H-C/phc-winner-argon2, src/encoding.c): m, t, p in this order without leading
// noughts; salt and digest in unpadded standard base64, 8 and 4 bytes or more.
type argon2Form struct {
	kind                  string // "argon2i", "argon2id", "argon2d"
	version               int
	memory, passes, lanes uint64 // memory in KiB
	extra                 bool   // something follows p=
}

func readArgon2(s string) (a argon2Form, ok bool) {
	part := strings.Split(s, "$")
	a.version = 16
	if len(part) == 6 && (part[2] == "v=16" || part[2] == "v=19") {
		a.version, _ = strconv.Atoi(part[2][2:])
		part = append(part[:2], part[3:]...)
	}
	if len(part) != 5 || part[0] != "" {
		return a, false
	}
	a.kind = part[1]
	if a.kind != "argon2i" && a.kind != "argon2id" && a.kind != "argon2d" {
		return a, false
	}
	return a, a.readCost(part[2]) && bytes64(part[3]) >= 8 && bytes64(part[4]) >= 4
}

func (a *argon2Form) readCost(s string) bool {
	fields := strings.SplitN(s, ",", 4)
	if len(fields) < 3 {
		return false
	}
	a.extra = len(fields) == 4
	for i, v := range []struct {
		name string
		into *uint64
	}{{"m=", &a.memory}, {"t=", &a.passes}, {"p=", &a.lanes}} {
		text, named := strings.CutPrefix(fields[i], v.name)
		n, err := strconv.ParseUint(text, 10, 64)
		if !named || err != nil || n > math.MaxUint32 || !digitsOnly(text) || len(text) > 1 && text[0] == '0' {
			return false
		}
		*v.into = n
	}
	return a.lanes >= 1 && a.passes >= 1 && a.memory >= 8*a.lanes
}

// bytes64 is the number of bytes behind unpadded standard base64; -1 when it is none.
func bytes64(s string) int {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return -1
	}
	return len(b)
}
