package verifiers_test

import (
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/verifiers"
)

// BenchmarkVerify prints verifications a second of one core, by the first right
// vector of each algorithm.
func BenchmarkVerify(b *testing.B) {
	for _, v := range firstOfEach(b) {
		h, password := v.hash(), v.password(b)
		b.Run(v.Algo, func(b *testing.B) {
			_, work := verifiers.Cost(h)
			for b.Loop() {
				if ok, err := verifiers.Verify(h, password); !ok {
					b.Fatal(err)
				}
			}
			seconds := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(1/seconds, "verifications/s")
			b.ReportMetric(seconds*1e9/float64(work), "ns/block")
		})
	}
}

// BenchmarkCheck is what every record of a source pays.
func BenchmarkCheck(b *testing.B) {
	for _, v := range firstOfEach(b) {
		h := v.hash()
		b.Run(v.Algo, func(b *testing.B) {
			for b.Loop() {
				if p := verifiers.Check(h); p != nil {
					b.Fatal(p)
				}
			}
		})
	}
}

// BenchmarkDearest computes the dearest hash that is computed at all: RFC 7914's
// vector of 1 GiB, as a real Appwrite verified it. It is a benchmark because it
// takes as long as all tests of this package together.
func BenchmarkDearest(b *testing.B) {
	h := identity.Hash{
		Algorithm: identity.Scrypt, Encoded: "2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa478e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4",
		Params: identity.Params{Salt: "SodiumChloride", N: 1 << 20, R: 8, P: 1, KeyLen: 64}, // §12
	}
	for b.Loop() {
		if ok, err := verifiers.Verify(h, "pleaseletmein"); !ok {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	vectors := firstOfEach(b)
	for b.Loop() {
		for _, v := range vectors {
			if len(forms.Identify(v.Hash)) == 0 {
				b.Fatal(v.Algo)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(vectors)), "ns/text")
}

func firstOfEach(t testing.TB) []vector {
	seen := map[identity.Algorithm]bool{}
	var first []vector
	for _, v := range readVectors(t, "vectors.jsonl") {
		if tag := v.hash().Algorithm; v.ShouldVerify && !seen[tag] {
			seen[tag] = true
			first = append(first, v)
		}
	}
	return first
}
