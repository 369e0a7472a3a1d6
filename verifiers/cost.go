package verifiers

import (
	"fmt"
	"math/bits"

	"rehome/identity"
)

// Bounds of what a stored hash may ask of us. They hold before anything is
// computed or allocated: a hash file is foreign, and a single line of it can ask
// for four terabytes.
const (
	// maxPassword bounds the password, to which the crypt(3) families' work is
	// proportional. WordPress and phpass stop at the same length.
	maxPassword = 4096

	// maxMemory lets scrypt with N=2^20 r=8 and argon2 with m=1 GiB through: the
	// dearest that a real Appwrite was seen to verify. The rest is the small
	// buffers beside the large one.
	maxMemory = 1<<30 + 1<<26

	// maxWork is counted in blocks: about one call of a digest's compression
	// function, 0.05 to 0.25 µs of one core (measured: BenchmarkVerify prints it
	// for every family). 2^24 of them, one to four seconds, is the dearest that
	// people set on purpose: bcrypt cost 16, phpass 2^24, scrypt 2^20/8/1, eight
	// million iterations of PBKDF2, argon2 with 1 GiB and four passes. What is
	// above is a mistake or an attack.
	maxWork = 1 << 24
)

// checkCost refuses recipes that are too dear to follow.
func checkCost(r recipe) *identity.Problem {
	if r.memory > maxMemory {
		return dear("the hash asks for %d MiB of memory, over the bound of 1024", r.memory>>20)
	}
	if r.work > maxWork {
		return dear("the hash asks for more than %d times the work that is safe to compute", max(1, r.work/maxWork))
	}
	return nil
}

func dear(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashCost, Detail: fmt.Sprintf(format, a...)}
}

// times multiplies costs, all of them read from a file: the product stops at the
// largest number instead of beginning again at zero.
func times(factors ...uint64) uint64 {
	product := uint64(1)
	for _, f := range factors {
		hi, lo := bits.Mul64(product, f)
		if hi != 0 {
			return 1<<64 - 1
		}
		product = lo
	}
	return product
}
