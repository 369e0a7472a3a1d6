package verifiers

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"rehome/identity"
)

// Memory bounds what a process holds at one time to verify passwords. Argon2,
// scrypt and yescrypt take as much memory as the hash asks for, so one share of
// the budget is held while such a hash is computed, and whoever finds no room
// waits. The bound is on bytes, not on workers: sixteen hashes of 64 MiB are
// computed at once where one of 1 GiB is computed alone.
//
// What a computation has finished with is garbage, and occupies memory until it
// is collected; the collector alone would let it grow to a multiple of what is in
// use. It counts against the budget too, and is collected before the two together
// would exceed it. (golang.org/x/crypto takes no buffer that could be used again.)
//
// A nil *Memory bounds nothing.
type Memory struct {
	size  uint64
	share *semaphore.Weighted

	mu      sync.Mutex
	held    uint64 // bytes in use
	garbage uint64 // bytes that are no longer in use, and were not yet collected
	peak    uint64 // the most that the two were
}

const (
	// besides is the share of the budget that a hash may need beyond it: scrypt's small
	// buffers beside the large one, so that 1 GiB suffices for N=2^20, r=8.
	besides = 16
	// negligible is not counted. It is below what any memory-hard hash is made with.
	negligible = 1 << 20
)

// NewMemory is a budget of so many bytes.
func NewMemory(size uint64) *Memory {
	return &Memory{size: size, share: semaphore.NewWeighted(int64(size))}
}

// Peak is the most that was held at one time, garbage included, in bytes.
func (m *Memory) Peak() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peak
}

// Verify is the package's Verify within the budget. A hash that needs more than
// all of it is not computed: the error is a *identity.Problem that says so.
func (m *Memory) Verify(h identity.Hash, password string) (bool, error) {
	if h.IsZero() {
		return false, nil
	}
	r, p := recipeOf(h, nil)
	if p != nil && p.Code == identity.HashMalformed {
		return false, nil
	}
	if p != nil {
		return false, p
	}
	if len(password) > maxPassword {
		return false, errPassword
	}
	return r.matches([]byte(password), m)
}

// Hold waits for a share of the budget and takes it, all of the budget at most,
// for a computation outside this package. The caller must release it.
func (m *Memory) Hold(bytes uint64) (release func()) {
	if m == nil || bytes < negligible {
		return func() {}
	}
	bytes = min(bytes, m.size)
	_ = m.share.Acquire(context.Background(), int64(bytes)) // fails only with its context; what holds the rest is a computation, and ends
	m.take(bytes)
	return func() {
		m.mu.Lock()
		m.held, m.garbage = m.held-bytes, m.garbage+bytes
		m.mu.Unlock()
		m.share.Release(int64(bytes))
	}
}

func (m *Memory) take(bytes uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held += bytes
	if m.held+m.garbage > m.size {
		runtime.GC()
		m.garbage = 0
	}
	m.peak = max(m.peak, m.held+m.garbage)
}

// derive follows a recipe within the budget.
func (m *Memory) derive(r recipe, password []byte) ([]byte, error) {
	if p := m.exceeded(r); p != nil {
		return nil, p
	}
	defer m.Hold(r.memory)()
	return r.derive(password)
}

// exceeded is the problem of a recipe that does not fit the budget.
func (m *Memory) exceeded(r recipe) *identity.Problem {
	if m == nil || r.memory <= m.size+m.size/besides {
		return nil
	}
	return dear("verifying this hash takes %d MiB of memory, and the budget is %d MiB (--hash-memory)", r.memory>>20, m.size>>20)
}
