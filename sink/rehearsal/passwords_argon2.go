package rehearsal

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// maxArgon2 and maxArgon2Work bound what one login may make us compute: 1 GiB,
// the most that was recorded to work, and 16 GiB passed over in all.
const (
	maxArgon2     = 1 << 20 // KiB
	maxArgon2Work = 16 << 20
)

// argon2Form reports whether libargon2 decodes the text (src/encoding.c,
// decode_string): $argon2id$[v=19$]m=…,t=…,p=…$salt$hash, numbers without
// leading zeros, base64 of the standard alphabet without padding or loose bits.
func argon2Form(s string) bool {
	parts := strings.Split(s, "$")[2:]
	if len(parts) == 4 {
		if parts[0] != "v=19" && parts[0] != "v=16" {
			return false
		}
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return false
	}
	m, t, p, ok := argon2Costs(parts[0])
	salt, saltOK := strict64(parts[1])
	hash, hashOK := strict64(parts[2])
	switch {
	case !ok || !saltOK || !hashOK || len(salt) < 8 || len(hash) < 4:
		return false
	case t < 1 || p < 1 || p > 1<<24-1 || m < 8*p:
		return false
	}
	return m <= maxArgon2 && m*t <= maxArgon2Work
}

func argon2Costs(s string) (m, t, p uint64, ok bool) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return 0, 0, 0, false
	}
	for i, f := range []struct {
		name string
		to   *uint64
	}{{"m=", &m}, {"t=", &t}, {"p=", &p}} {
		digits, named := strings.CutPrefix(fields[i], f.name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !named || err != nil || strconv.FormatUint(n, 10) != digits {
			return 0, 0, 0, false
		}
		*f.to = n
	}
	return m, t, p, true
}

func strict64(s string) ([]byte, bool) {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil && !strings.ContainsAny(s, "\r\n")
}
