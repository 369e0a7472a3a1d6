package verifiers

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// yescrypt 1.1 in the one flavour that crypt(3) writes: read-write, six rounds of
// pwxform over S-boxes of 12 KiB, no ROM (openwall/yescrypt, the specification
// yescrypt-ref.c describes; written anew). Blocks of 64 bytes are eight words,
// their 32-bit halves in the order in which the reference computes them.

const (
	pwxRounds = 6
	sboxWords = 1 << 9                    // of one of the three S-boxes
	sboxBytes = 3 * sboxWords * 8         // 12 KiB
	sboxMask  = uint32(sboxWords*8 - 8*2) // picks a pair of words
)

// memory is in bytes.
func (c yescryptCost) memory() uint64 {
	if big := times(128, c.r, c.n); big > maxMemory {
		return big
	}
	return times(128, c.r, c.n) + times(128*2, c.r, c.p) + times(sboxBytes, c.p)
}

// work counts a block for each 64 bytes that are mixed.
func (c yescryptCost) work() uint64 { return times(2, c.n, c.r, c.t+2) }

// derive must only be called within the bounds of checkCost. Large costs digest
// the password at a 64th of the cost first.
func (c yescryptCost) derive(password, salt []byte) ([]byte, error) {
	if each := c.n / c.p; each >= 0x100 && times(each, c.r) >= 0x20000 {
		small := yescryptCost{n: c.n >> 6, r: c.r, p: c.p}
		pre, err := small.body(password, salt, "yescrypt-prehash")
		if err != nil {
			return nil, err
		}
		password = pre
	}
	dk, err := c.body(password, salt, "yescrypt")
	if err != nil {
		return nil, err
	}
	stored := sha256.Sum256(hmacSum(sha256.New, dk, []byte("Client Key")))
	return stored[:], nil
}

func (c yescryptCost) body(password, salt []byte, label string) ([]byte, error) {
	password = hmacSum(sha256.New, []byte(label), password)
	b, err := pbkdf2.Key(sha256.New, string(password), salt, 1, int(128*c.r*c.p))
	if err != nil {
		return nil, err
	}
	y := yescryptState{yescryptCost: c, v: make([]uint64, 16*c.r*c.n), b: b}
	password = y.mix(b[:32:32])
	return pbkdf2.Key(sha256.New, string(password), b, 1, 32)
}

// yescryptState is the memory of one computation.
type yescryptState struct {
	yescryptCost
	v     []uint64 // n elements of 16·r words
	b     []byte   // p parts of 128·r bytes
	boxes []pwxBoxes
}

// pwxBoxes are the S-boxes of one lane; they change places after each use.
type pwxBoxes struct {
	s0, s1, s2 []uint64
	w          int
}

// mix is SMix; it returns what becomes of the password.
func (y *yescryptState) mix(password []byte) []byte {
	password = append([]byte(nil), password...)
	each := y.n / y.p
	all := y.loops(each)
	rw := (all/y.p + 1) &^ 1
	all, each = (all+1)&^1, each&^1

	size := int(128 * y.r)
	y.boxes = make([]pwxBoxes, y.p)
	for i := range int(y.p) {
		part := y.b[i*size : (i+1)*size]
		y.boxes[i] = newPwxBoxes(part)
		if i == 0 {
			password = hmacSum(sha256.New, part[size-64:], password)
		}
		from := uint64(i) * each
		n := each
		if uint64(i) == y.p-1 {
			n = y.n - from
		}
		v := y.v[16*y.r*from : 16*y.r*(from+n)]
		y.boxes[i].fill(part, v, n)
		y.boxes[i].revisit(part, v, 1<<(bits.Len64(n)-1), rw, true)
	}
	for i := range int(y.p) {
		y.boxes[i].revisit(y.b[i*size:(i+1)*size], y.v, y.n, all-rw, false)
	}
	return password
}

// loops is the number of steps of the second loop.
func (y *yescryptState) loops(n uint64) uint64 {
	switch y.t {
	case 0:
		return (n + 2) / 3
	case 1:
		return (2*n + 2) / 3
	}
	return n * (y.t - 1)
}

// newPwxBoxes fills the S-boxes by scrypt's own first loop over the first 128
// bytes of part, which it changes.
func newPwxBoxes(part []byte) pwxBoxes {
	x := loadBlocks(part[:128])
	s := make([]uint64, 0, 3*sboxWords)
	for range sboxBytes / 128 {
		s = append(s, x...)
		var y [16]uint64
		last := [8]uint64(x[8:])
		for i := range 2 {
			for k := range last {
				last[k] ^= x[8*i+k]
			}
			salsa20(last[:], 8)
			copy(y[8*i:], last[:])
		}
		copy(x, y[:])
	}
	storeBlocks(part[:128], x)
	return pwxBoxes{s2: s[:sboxWords], s1: s[sboxWords : 2*sboxWords], s0: s[2*sboxWords:]}
}

// fill is the first loop over n elements of v.
func (p *pwxBoxes) fill(part []byte, v []uint64, n uint64) {
	x := loadBlocks(part)
	size := uint64(len(x))
	for i := range n {
		copy(v[i*size:], x)
		if i > 1 {
			low := uint64(1) << (bits.Len64(i) - 1)
			j := integerify(x)&(low-1) + i - low
			xorWords(x, v[j*size:(j+1)*size])
		}
		p.blockMix(x)
	}
	storeBlocks(part, x)
}

// revisit is the second loop over n elements of v, a power of two.
func (p *pwxBoxes) revisit(part []byte, v []uint64, n, loops uint64, write bool) {
	x := loadBlocks(part)
	size := uint64(len(x))
	for range loops {
		at := v[integerify(x)&(n-1)*size:][:size]
		xorWords(x, at)
		if write {
			copy(at, x)
		}
		p.blockMix(x)
	}
	storeBlocks(part, x)
}

func (p *pwxBoxes) blockMix(x []uint64) {
	last := [8]uint64(x[len(x)-8:])
	for i := 0; i < len(x); i += 8 {
		for k := range last {
			last[k] ^= x[i+k]
		}
		p.pwxform(&last)
		copy(x[i:], last[:])
	}
	salsa20(x[len(x)-8:], 2)
}

func (p *pwxBoxes) pwxform(x *[8]uint64) {
	w := p.w
	for round := range pwxRounds {
		for j := 0; j < 8; j += 2 {
			p0 := uint32(x[j]) & sboxMask / 8
			p1 := uint32(x[j]>>32) & sboxMask / 8
			for k := range uint32(2) {
				v := x[j+int(k)]
				v = ((v>>32)*(v&(1<<32-1)) + p.s0[p0+k]) ^ p.s1[p1+k]
				x[j+int(k)] = v
				if round != 0 && round != pwxRounds-1 {
					p.s2[w] = v
					w++
				}
			}
		}
	}
	p.s0, p.s1, p.s2 = p.s2, p.s0, p.s1
	p.w = w % sboxWords
}

// integerify is the first word of the last block, as scrypt counts them.
func integerify(x []uint64) uint64 {
	last := x[len(x)-8:]
	return last[6]>>32<<32 | last[0]&(1<<32-1)
}

func xorWords(x, y []uint64) {
	for i := range x {
		x[i] ^= y[i]
	}
}

// loadBlocks reads 64 bytes at a time: the 32-bit word 5i mod 16 comes i-th.
func loadBlocks(b []byte) []uint64 {
	x := make([]uint64, len(b)/8)
	for i := range x {
		at := func(word int) uint64 { return uint64(binary.LittleEndian.Uint32(b[i/8*64+word*5%16*4:])) }
		x[i] = at(i%8*2) | at(i%8*2+1)<<32
	}
	return x
}

// storeBlocks is the inverse of loadBlocks.
func storeBlocks(b []byte, x []uint64) {
	for i, v := range x {
		put := func(word int, v uint32) { binary.LittleEndian.PutUint32(b[i/8*64+word*5%16*4:], v) }
		put(i%8*2, uint32(v))
		put(i%8*2+1, uint32(v>>32))
	}
}

// salsa20 is the core of that name over one block.
func salsa20(b []uint64, rounds int) {
	var x [16]uint32
	for i := range 16 {
		x[i*5%16] = uint32(b[i/2] >> (i % 2 * 32))
	}
	quarter := func(a, b, c, d int) {
		x[b] ^= bits.RotateLeft32(x[a]+x[d], 7)
		x[c] ^= bits.RotateLeft32(x[b]+x[a], 9)
		x[d] ^= bits.RotateLeft32(x[c]+x[b], 13)
		x[a] ^= bits.RotateLeft32(x[d]+x[c], 18)
	}
	for range rounds / 2 {
		quarter(0, 4, 8, 12)
		quarter(5, 9, 13, 1)
		quarter(10, 14, 2, 6)
		quarter(15, 3, 7, 11)
		quarter(0, 1, 2, 3)
		quarter(5, 6, 7, 4)
		quarter(10, 11, 8, 9)
		quarter(15, 12, 13, 14)
	}
	for i := range 8 {
		low := uint32(b[i]) + x[2*i*5%16]
		high := uint32(b[i]>>32) + x[(2*i+1)*5%16]
		b[i] = uint64(low) | uint64(high)<<32
	}
}
