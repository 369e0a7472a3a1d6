package verifiers

import "rehome/identity"

// The bounds, for tests.
const (
	MaxMemory = maxMemory
	MaxWork   = maxWork
)

// Cost is what a hash that passes the check asks for.
func Cost(h identity.Hash) (memory, work uint64) {
	r, p := recipeOf(h, nil)
	if p != nil {
		return 0, 0
	}
	return r.memory, r.work
}
