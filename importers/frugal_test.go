package importers

import (
	"runtime/metrics"
	"testing"
)

// allocationBound is what reading one fuzzed input may allocate in all, in bytes:
// inputs are small, so that more would mean that a number found in one of them
// was believed.
const allocationBound = 64 << 20

// frugal fails a fuzzed input that made a reader allocate beyond the bound. Use
// it as: defer frugal(t, allocationBound)()
func frugal(t *testing.T, bound uint64) func() {
	before := allocatedBytes()
	return func() {
		if n := allocatedBytes() - before; n > bound {
			t.Errorf("%d bytes allocated", n)
		}
	}
}

func allocatedBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
