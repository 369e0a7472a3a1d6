package rehearsal

import "hash/maphash"

// index finds users by a folded key. It holds no keys: only half of each key's
// hash and the user's number, and asks the caller whether that user is the one.
// A Go map of strings took five times the memory for a million users, and gave
// the garbage collector a million more pointers to follow.
type index struct {
	seed  maphash.Seed
	slots []slot // a power of two
	used  int    // slots that hold a user
	dirty int    // slots that do or did
}

type slot struct {
	hash uint32
	at   uint32 // the user's number + firstUser
}

const (
	empty = iota
	removed
	firstUser
)

func newIndex() *index { return &index{seed: maphash.MakeSeed(), slots: make([]slot, 16)} }

// find looks for the user with a key; is tells whether a user has it.
func (x *index) find(key string, is func(seq uint32) bool) (uint32, bool) {
	if at := x.look(key, is); at >= 0 {
		return x.slots[at].at - firstUser, true
	}
	return 0, false
}

func (x *index) look(key string, is func(seq uint32) bool) int {
	hash := x.hash(key)
	mask := len(x.slots) - 1
	for i := int(hash) & mask; ; i = (i + 1) & mask {
		switch s := x.slots[i]; {
		case s.at == empty:
			return -1
		case s.at >= firstUser && s.hash == hash && is(s.at-firstUser):
			return i
		}
	}
}

// add puts a key that is not there yet.
func (x *index) add(key string, seq uint32) {
	if 4*(x.dirty+1) > 3*len(x.slots) {
		x.grow()
	}
	x.put(slot{x.hash(key), seq + firstUser})
	x.used++
}

func (x *index) put(s slot) {
	mask := len(x.slots) - 1
	i := int(s.hash) & mask
	for x.slots[i].at >= firstUser {
		i = (i + 1) & mask
	}
	if x.slots[i].at == empty {
		x.dirty++
	}
	x.slots[i] = s
}

// grow makes room: twice as much, or the same again where most of it was
// taken by what has been removed.
func (x *index) grow() {
	old := x.slots
	size := len(old)
	if 2*x.used > size {
		size *= 2
	}
	x.slots, x.dirty = make([]slot, size), 0
	for _, s := range old {
		if s.at >= firstUser {
			x.put(s)
		}
	}
}

// remove takes a key out, if it is there.
func (x *index) remove(key string, is func(seq uint32) bool) {
	if at := x.look(key, is); at >= 0 {
		x.slots[at] = slot{at: removed}
		x.used--
	}
}

func (x *index) hash(key string) uint32 { return uint32(maphash.String(x.seed, key)) }
