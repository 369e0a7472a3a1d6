package verifiers

import (
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/blake2b"
)

// Argon2 as RFC 9106 §3 describes it, in all three kinds and both versions.
// golang.org/x/crypto/argon2 has neither version 16, which PHP and others still
// verify, nor argon2d, nor secret and associated data. Lanes are filled one
// after another: it is the rare case, and needs no more than to be right.

type argon2Kind uint32

const (
	argon2d  argon2Kind = 0
	argon2i  argon2Kind = 1
	argon2id argon2Kind = 2
)

const (
	argon2v10    = 0x10 // a later pass overwrites a block; since 0x13 it is added to it
	argon2v13    = 0x13
	argon2Slices = 4 // of a lane (SL in the RFC)
)

// argon2Core is a choice of parameters; the caller has bounded them.
type argon2Core struct {
	kind          argon2Kind
	version       uint32
	memory        uint32 // KiB
	passes, lanes uint32
}

// argon2Input is what is hashed.
type argon2Input struct{ password, salt, secret, data []byte }

// argon2Block is 1 KiB.
type argon2Block [128]uint64

// argon2State is the memory while it is filled.
type argon2State struct {
	argon2Core
	blocks  []argon2Block
	lane    uint32 // blocks in a lane
	segment uint32 // blocks in a slice of a lane
	total   uint32 // blocks altogether (m')
}

// key computes the digest.
func (c argon2Core) key(in argon2Input, size uint32) []byte {
	h0 := c.start(in, size)
	s := argon2State{argon2Core: c}
	s.segment = c.memory / (argon2Slices * c.lanes)
	s.lane = argon2Slices * s.segment
	s.total = s.lane * c.lanes
	s.blocks = make([]argon2Block, s.total)
	for lane := range c.lanes {
		for i := range uint32(2) {
			seed := binary.LittleEndian.AppendUint32(nil, i)
			seed = binary.LittleEndian.AppendUint32(seed, lane)
			s.blocks[lane*s.lane+i].load(argon2Long(1024, h0, seed))
		}
	}
	for pass := range c.passes {
		for slice := range uint32(argon2Slices) {
			for lane := range c.lanes {
				s.fill(pass, slice, lane)
			}
		}
	}
	last := s.blocks[s.lane-1]
	for lane := uint32(1); lane < c.lanes; lane++ {
		last.add(&s.blocks[lane*s.lane+s.lane-1])
	}
	return argon2Long(size, last.bytes())
}

// start is H0.
func (c argon2Core) start(in argon2Input, size uint32) []byte {
	var b []byte
	for _, v := range []uint32{c.lanes, size, c.memory, c.passes, c.version, uint32(c.kind)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, part := range [][]byte{in.password, in.salt, in.secret, in.data} {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	h := blake2b.Sum512(b)
	return h[:]
}

// fill computes one segment: a slice of a lane in a pass.
func (s *argon2State) fill(pass, slice, lane uint32) {
	independent := s.kind == argon2i || s.kind == argon2id && pass == 0 && slice < argon2Slices/2
	var addresses, input argon2Block
	if independent {
		input = argon2Block{uint64(pass), uint64(lane), uint64(slice), uint64(s.total), uint64(s.passes), uint64(s.kind)}
	}
	first := uint32(0)
	if pass == 0 && slice == 0 {
		first = 2 // made from H0
	}
	for i := first; i < s.segment; i++ {
		at := lane*s.lane + slice*s.segment + i
		before := at - 1
		if slice == 0 && i == 0 {
			before = at + s.lane - 1
		}
		random := s.blocks[before][0]
		if independent {
			if i == first || i%128 == 0 {
				input[6]++
				addresses = compress(&argon2Block{}, &input)
				addresses = compress(&argon2Block{}, &addresses)
			}
			random = addresses[i%128]
		}
		made := compress(&s.blocks[before], &s.blocks[s.reference(random, pass, slice, lane, i)])
		if pass > 0 && s.version != argon2v10 {
			made.add(&s.blocks[at])
		}
		s.blocks[at] = made
	}
}

// reference maps a random number to the block that is mixed in (RFC 9106 §3.4.2).
func (s *argon2State) reference(random uint64, pass, slice, lane, i uint32) uint32 {
	other := uint32(random>>32) % s.lanes
	if pass == 0 && slice == 0 {
		other = lane
	}
	area, start := slice*s.segment, uint32(0)
	if pass > 0 {
		area, start = s.lane-s.segment, (slice+1)*s.segment%s.lane
	}
	switch {
	case other == lane:
		area += i - 1
	case i == 0:
		area--
	}
	x := random & (1<<32 - 1)
	x = x * x >> 32
	back := uint64(area) * x >> 32
	return other*s.lane + uint32((uint64(start)+uint64(area)-1-back)%uint64(s.lane))
}

// argon2Long is H', BLAKE2b of any length.
func argon2Long(size uint32, parts ...[]byte) []byte {
	in := binary.LittleEndian.AppendUint32(nil, size)
	for _, part := range parts {
		in = append(in, part...)
	}
	if size <= blake2b.Size {
		return blake2bSum(int(size), in)
	}
	v := blake2b.Sum512(in)
	out := append([]byte(nil), v[:32]...)
	for int(size)-len(out) > blake2b.Size {
		v = blake2b.Sum512(v[:])
		out = append(out, v[:32]...)
	}
	return append(out, blake2bSum(int(size)-len(out), v[:])...)
}

// blake2bSum is BLAKE2b of 1 to 64 bytes.
func blake2bSum(size int, in []byte) []byte {
	h, err := blake2b.New(size, nil)
	if err != nil {
		return nil // not for 1 to 64 bytes and no key
	}
	h.Write(in)
	return h.Sum(nil)
}

func (b *argon2Block) load(from []byte) {
	for i := range b {
		b[i] = binary.LittleEndian.Uint64(from[8*i:])
	}
}

func (b *argon2Block) bytes() []byte {
	out := make([]byte, 0, 1024)
	for _, v := range b {
		out = binary.LittleEndian.AppendUint64(out, v)
	}
	return out
}

func (b *argon2Block) add(other *argon2Block) {
	for i := range b {
		b[i] ^= other[i]
	}
}

// compress is G: sixteen words at a time, first by rows, then by columns.
func compress(x, y *argon2Block) argon2Block {
	r := *x
	r.add(y)
	z := r
	for i := 0; i < 128; i += 16 {
		permute(&z, i, 2)
	}
	for i := 0; i < 16; i += 2 {
		permute(&z, i, 16)
	}
	z.add(&r)
	return z
}

// permute is P over eight pairs of words that begin at first and are step apart.
func permute(b *argon2Block, first, step int) {
	var v [16]*uint64
	for i := range 8 {
		v[2*i], v[2*i+1] = &b[first+i*step], &b[first+i*step+1]
	}
	for i := range 4 {
		mix(v[i], v[4+i], v[8+i], v[12+i])
	}
	for i := range 4 {
		mix(v[i], v[4+(i+1)%4], v[8+(i+2)%4], v[12+(i+3)%4])
	}
}

// mix is GB, BLAKE2b's with multiplications.
func mix(a, b, c, d *uint64) {
	half := func(a, b *uint64, d *uint64, turn int) {
		*a += *b + 2*uint64(uint32(*a))*uint64(uint32(*b))
		*d = bits.RotateLeft64(*d^*a, -turn)
	}
	half(a, b, d, 32)
	half(c, d, b, 24)
	half(a, b, d, 16)
	half(c, d, b, 63)
}
