package migrate

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"rehome/identity"
	"rehome/sink"
)

// duplicates finds the records that want the same id, address or number at the
// target, without holding any of them: it keeps 24 bytes a key in buckets, and
// puts full buckets into a temporary file, so that memory does not grow with the
// source.
//
// A claim is
//
//	16 bytes  SHA-256 of a random prefix, the field and the key, cut; 128 bits,
//	          because a chance collision would drop a user
//	 4 bytes  the record's ordinal
//	 2 bytes  the record's kind, with its number and without, as an index into kinds
//	 1 byte   the field
//	 1 byte   rank: whose claim wins
type duplicates struct {
	prefix  [16]byte
	buckets [64]bucket
	spill   *os.File
	end     int64 // of the spill
	dir     string
	kinds   []kinds
	index   map[kinds]int
}

// kinds are what a record counts as: as it is, and without its phone number. The
// second is the zero kind where it would not land then. Labels names the rights that
// it would get, see labels.
type kinds struct {
	whole, phoneless kind
	labels           string
}

const (
	claimSize  = 24
	bucketSize = 4096 * claimSize // bytes held in memory for each bucket
)

type bucket struct {
	held    []byte
	spilled []int64 // offsets of bucketSize bytes each
}

// The fields of a user that are unique at a target, in the order in which a
// conflict is named.
var claimCodes = [...]identity.Code{identity.IDDuplicate, identity.EmailDuplicate, identity.PhoneDuplicate}

// A rank orders the claims of one key: a password that works at the target wins
// over a user that merely lands, and that over one that does not.
const (
	rankNothing = iota
	rankLands
	rankWorks
)

// claim is one entry, unpacked.
type claim struct {
	key     [16]byte
	ordinal int
	kind    int
	field   int
	rank    int
}

// loser is a record that gives way to another.
type loser struct {
	code   identity.Code
	winner int // ordinal
	kinds  kinds
}

// lands reports whether the record lands all the same, without its number.
func (l loser) lands() bool { return l.code == identity.PhoneDuplicate && l.kinds.phoneless.lands }

func newDuplicates(dir string) *duplicates {
	d := &duplicates{dir: dir, index: map[kinds]int{}}
	_, _ = rand.Read(d.prefix[:]) // never fails (crypto/rand, Go 1.24)
	return d
}

// claims packs what one record claims. It may be called from any goroutine.
func (d *duplicates) claims(keys sink.Keys) [][16]byte {
	packed := make([][16]byte, len(claimCodes))
	for field, key := range [...]string{keys.ID, keys.Email, keys.Phone} {
		if key != "" {
			packed[field] = d.hash(field, key)
		}
	}
	return packed
}

func (d *duplicates) hash(field int, key string) (short [16]byte) {
	text := make([]byte, 0, 128)
	text = append(text, d.prefix[:]...)
	text = append(text, byte(field))
	text = append(text, key...)
	sum := sha256.Sum256(text)
	copy(short[:], sum[:])
	return short
}

// add notes what a record claims.
func (d *duplicates) add(keys [][16]byte, ordinal int, k kinds, rank int) error {
	number, known := d.index[k]
	if !known {
		number = len(d.kinds)
		d.index[k] = number
		d.kinds = append(d.kinds, k)
	}
	for field, key := range keys {
		if key == ([16]byte{}) {
			continue
		}
		if err := d.put(claim{key, ordinal, number, field, rank}); err != nil {
			return err
		}
	}
	return nil
}

func (d *duplicates) put(c claim) error {
	b := &d.buckets[c.key[0]%byte(len(d.buckets))]
	b.held = append(b.held, c.key[:]...)
	b.held = binary.LittleEndian.AppendUint32(b.held, uint32(c.ordinal))
	b.held = binary.LittleEndian.AppendUint16(b.held, uint16(c.kind))
	b.held = append(b.held, byte(c.field), byte(c.rank))
	if len(b.held) < bucketSize {
		return nil
	}
	return d.flush(b)
}

func (d *duplicates) flush(b *bucket) error {
	if d.spill == nil {
		f, err := os.CreateTemp(d.dir, "rehome-keys-")
		if err != nil {
			return fmt.Errorf("cannot set keys aside to find duplicates: %w", err)
		}
		d.spill = f
	}
	if _, err := d.spill.WriteAt(b.held, d.end); err != nil {
		return fmt.Errorf("cannot set keys aside to find duplicates: %w", err)
	}
	b.spilled = append(b.spilled, d.end)
	d.end += int64(len(b.held))
	b.held = b.held[:0]
	return nil
}

// close removes the temporary file.
func (d *duplicates) close() {
	if d.spill != nil {
		_ = d.spill.Close()
		_ = os.Remove(d.spill.Name())
	}
}

// resolve decides every conflict: claims are granted to the best records first
// (by rank, then by place in the source), and who finds any of its claims
// granted already gives way. Numbers are shared out when that is done, since who
// gives way then keeps the rest.
func (d *duplicates) resolve() (map[int]loser, error) {
	contested, err := d.allContested()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(contested, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.ordinal, b.ordinal), cmp.Compare(a.field, b.field))
	})
	granted, losers := map[[16]byte]int{}, map[int]loser{}
	var phones []claim
	contested = slices.DeleteFunc(contested, func(c claim) bool {
		phone := claimCodes[c.field] == identity.PhoneDuplicate
		if phone {
			phones = append(phones, c)
		}
		return phone
	})
	for len(contested) > 0 {
		n := 1
		for n < len(contested) && contested[n].ordinal == contested[0].ordinal {
			n++
		}
		d.grant(contested[:n], granted, losers)
		contested = contested[n:]
	}
	sharePhones(phones, d.kinds, losers)
	return losers, nil
}

// allContested looks through the buckets, on all cores.
func (d *duplicates) allContested() ([]claim, error) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	var found [len(d.buckets)][]claim
	for i := range d.buckets {
		group.Go(func() (err error) {
			found[i], err = d.contested(&d.buckets[i])
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(found[:]...), err
}

// grant decides for one record, given all its contested claims.
func (d *duplicates) grant(claims []claim, granted map[[16]byte]int, losers map[int]loser) {
	for _, c := range claims {
		if winner, taken := granted[c.key]; taken {
			losers[c.ordinal] = loser{claimCodes[c.field], winner, d.kinds[c.kind]}
			return
		}
	}
	for _, c := range claims {
		granted[c.key] = c.ordinal
	}
}

// contested returns the claims of a bucket whose key is claimed more than once.
func (d *duplicates) contested(b *bucket) ([]claim, error) {
	data := make([]byte, len(b.spilled)*bucketSize, len(b.spilled)*bucketSize+len(b.held))
	for i, offset := range b.spilled {
		if _, err := d.spill.ReadAt(data[i*bucketSize:(i+1)*bucketSize], offset); err != nil {
			return nil, fmt.Errorf("cannot read the keys back that were set aside: %w", err)
		}
	}
	data = append(data, b.held...)
	*b = bucket{}
	return clashes(data), nil
}

// clashes returns the claims whose key another has too. It looks each up in an
// open-addressed table of the claims before it: that is several times faster than
// sorting, which was most of what a survey did at its end. Keys are keyed hashes,
// so their own bits spread them.
func clashes(data []byte) (found []claim) {
	n := len(data) / claimSize
	size := 1 << bits.Len(uint(2*n))
	table := make([]int32, size) // index of a claim + 1; 0 is free
	named := make([]bool, n)     // already among those found
	name := func(i int) {
		if !named[i] {
			named[i] = true
			found = append(found, unpack([claimSize]byte(data[i*claimSize:])))
		}
	}
	for i := range n {
		key := data[i*claimSize : i*claimSize+16]
		at := int(binary.BigEndian.Uint64(key[8:])) & (size - 1)
		for ; table[at] != 0; at = (at + 1) & (size - 1) {
			other := int(table[at] - 1)
			if bytes.Equal(key, data[other*claimSize:other*claimSize+16]) {
				name(other)
				name(i)
				break
			}
		}
		if table[at] == 0 {
			table[at] = int32(i + 1)
		}
	}
	return found
}

func unpack(e [claimSize]byte) claim {
	return claim{
		key:     [16]byte(e[:16]),
		ordinal: int(binary.LittleEndian.Uint32(e[16:])),
		kind:    int(binary.LittleEndian.Uint16(e[20:])),
		field:   int(e[22]),
		rank:    int(e[23]),
	}
}

func rank(v sink.Verdict, lands bool) int {
	switch {
	case v.Works():
		return rankWorks
	case lands:
		return rankLands
	}
	return rankNothing
}
