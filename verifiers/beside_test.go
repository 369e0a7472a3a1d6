package verifiers

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/identity/forms"
)

// BenchmarkBeside verifies what python3's hashlib and crypt know too, one core
// each, and prints verifications a second of both and the ratio.
func BenchmarkBeside(b *testing.B) {
	for _, c := range []struct {
		name, python string
		hash         identity.Hash
	}{
		{"scrypt 16384/8/1", "hashlib.scrypt(b'password', salt=b'salt1234', n=16384, r=8, p=1, dklen=64, maxmem=1<<26)",
			identity.Hash{Algorithm: identity.Scrypt, Encoded: identity.Secret(strings.Repeat("ab", 64)), Params: identity.Params{Salt: "salt1234", N: 16384, R: 8, P: 1, KeyLen: 64}}},
		{"pbkdf2-sha256 10000", "hashlib.pbkdf2_hmac('sha256', b'password', b'salt1234', 10000)",
			identity.Hash{Algorithm: forms.DjangoPBKDF2SHA256, Encoded: "pbkdf2_sha256$10000$salt1234$wLM+zPRe5BxT5XqdjbhWsOup2vUbBg/dYPVeoZkRVJo="}},
		{"sha512-crypt 5000", "crypt.crypt('password', '$6$salt1234')",
			identity.Hash{Algorithm: forms.SHA512Crypt, Encoded: identity.Secret("$6$salt1234$" + strings.Repeat(".", 86))}},
		{"md5-crypt", "crypt.crypt('password', '$1$salt1234')",
			identity.Hash{Algorithm: forms.MD5Crypt, Encoded: identity.Secret("$1$salt1234$" + strings.Repeat(".", 22))}},
		{"sha256", "hashlib.sha256(b'password').digest()",
			identity.Hash{Algorithm: identity.SHA, Encoded: identity.Secret(strings.Repeat("ab", 32)), Params: identity.Params{Variant: "sha256"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			if p := Check(c.hash); p != nil {
				b.Fatal(p)
			}
			began, n := time.Now(), 0
			for b.Loop() {
				if _, err := Verify(c.hash, "password"); err != nil {
					b.Fatal(err)
				}
				n++
			}
			ours := float64(n) / time.Since(began).Seconds()
			b.ReportMetric(ours, "verifications/s")
			if theirs := pythonRate(b, c.python); theirs > 0 {
				b.ReportMetric(theirs, "python3/s")
				b.ReportMetric(ours/theirs, "×python3")
			}
		})
	}
}

// pythonRate runs an expression for a second; 0 where there is no python3.
func pythonRate(b *testing.B, expression string) float64 {
	b.Helper()
	program := "import hashlib, time, warnings\nwarnings.simplefilter('ignore')\ntry:\n  import crypt\nexcept ImportError: pass\n" +
		"n, began = 0, time.perf_counter()\nwhile time.perf_counter() - began < 1:\n  " + expression + "; n += 1\nprint(n / (time.perf_counter() - began))"
	out, err := exec.Command("python3", "-c", program).Output()
	if err != nil {
		b.Logf("python3 is not there, or does not know this: %v", err)
		return 0
	}
	rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}
