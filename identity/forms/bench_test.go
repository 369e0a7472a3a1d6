package forms

import (
	"testing"

	"rehome/identity"
)

// BenchmarkRead is what is done to the hash of each record: what its text claims to be,
// and taking it apart.
func BenchmarkRead(b *testing.B) {
	const key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
	for name, h := range map[string]identity.Hash{
		"bcrypt":    {Algorithm: identity.Bcrypt, Encoded: "$2y$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW"},
		"wp-bcrypt": {Algorithm: identity.WPBcrypt, Encoded: "$wp$2y$10$v719Zyb/5DiglXjaGmtVoO.58ZfZLBkfIyjXnYyIbWYYFsofeucua"},
		"phpass":    {Algorithm: identity.PHPass, Encoded: "$P$BVUgpggk9Y9uCJuglua9yHYHZS8tXk0"},
		"md5":       {Algorithm: identity.MD5, Encoded: "5f4dcc3b5aa765d61d8327deb882cf99"},
		"argon2":    {Algorithm: identity.Argon2, Encoded: "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
		"firebase": {Algorithm: identity.ScryptFirebase, Encoded: "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
			Params: identity.Params{Salt: "42xEC+ixf3L2lw==", SaltSeparator: "Bw==", SignerKey: key, N: 16384, R: 8, P: 1}},
	} {
		b.Run(name+"/claim", func(b *testing.B) {
			for b.Loop() {
				_ = ClaimOf(string(h.Encoded))
			}
		})
		b.Run(name+"/read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, p := Read(h); p != nil {
					b.Fatal(p)
				}
			}
		})
	}
}
