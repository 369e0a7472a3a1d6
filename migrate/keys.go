package migrate

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

// key stands for an id: 128 bits of SHA-256 under a random prefix, since a chance
// collision would drop a user, and nobody who chooses ids may choose one.
type key [16]byte

// keys numbers ids in the order in which they come, 0, 1, 2 …, without holding
// them: 16 bytes an id and an open-addressed table of 4-byte numbers, at most
// three quarters full. Five million ids take about 115 MiB, where a map of them
// would take a gigabyte. Looking up may go on in several goroutines at once.
type keys struct {
	prefix [16]byte
	table  []uint32 // number + 1; 0 is free
	held   blocks[key]
	count  int
}

// blocks is a list that grows by a block at a time: a slice that grows would for a
// moment need room for itself twice.
type blocks[T any] []*[block]T

// block is how many entries are added to memory at once.
const block = 1 << 12

// at is the nth entry, which need not have been there.
func (b *blocks[T]) at(n int) *T {
	for n/block >= len(*b) {
		*b = append(*b, new([block]T))
	}
	return &(*b)[n/block][n%block]
}

func newKeys() *keys {
	k := &keys{table: make([]uint32, 1<<10)}
	_, _ = rand.Read(k.prefix[:]) // never fails (crypto/rand, Go 1.24)
	return k
}

// number is the id's number; false if it never came.
func number[T string | []byte](k *keys, id T) (int, bool) {
	if k.count == 0 {
		return 0, false // a new run asks this of every user
	}
	n := k.table[k.place(keyOf(k, id))]
	return int(n) - 1, n != 0
}

// admit is the id's number, a new one if it never came.
func admit[T string | []byte](k *keys, id T) int {
	if 4*k.count >= 3*len(k.table) {
		k.grow()
	}
	short := keyOf(k, id)
	at := k.place(short)
	if k.table[at] == 0 {
		*k.held.at(k.count) = short
		k.count++
		k.table[at] = uint32(k.count)
	}
	return int(k.table[at]) - 1
}

func keyOf[T string | []byte](k *keys, id T) key {
	text := make([]byte, 0, 128)
	text = append(text, k.prefix[:]...)
	text = append(text, id...)
	sum := sha256.Sum256(text)
	return key(sum[:16])
}

// place is where a key stands in the table, or the free place where it would.
func (k *keys) place(short key) int {
	mask := len(k.table) - 1
	at := int(binary.LittleEndian.Uint64(short[:])) & mask
	for k.table[at] != 0 && *k.held.at(int(k.table[at]) - 1) != short {
		at = (at + 1) & mask
	}
	return at
}

func (k *keys) grow() {
	k.table = make([]uint32, 2*len(k.table))
	for n := range k.count {
		k.table[k.place(*k.held.at(n))] = uint32(n + 1)
	}
}

// flags is a bit for each number.
type flags []uint64

func (f flags) has(n int) bool { return n/64 < len(f) && f[n/64]>>(n%64)&1 == 1 }

func (f flags) unset(n int) {
	if n/64 < len(f) {
		f[n/64] &^= 1 << (n % 64)
	}
}

func (f *flags) set(n int) {
	for n/64 >= len(*f) {
		*f = append(*f, 0)
	}
	(*f)[n/64] |= 1 << (n % 64)
}
