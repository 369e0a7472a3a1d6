package verifiers

import (
	"encoding/binary"
	"math/bits"
)

// GOST R 34.11-2012 with 256 bits (RFC 6986), which gost-yescrypt needs and no
// library here has. Slow and small: it digests a password, once.
type streebog struct {
	h, n, sigma [8]uint64 // little-endian, the lowest word first
	rest        []byte    // less than a block
}

func newStreebog256() *streebog {
	s := new(streebog)
	s.Reset()
	return s
}

// The methods make a streebog a hash.Hash.

func (s *streebog) Size() int      { return 32 }
func (s *streebog) BlockSize() int { return 64 }

func (s *streebog) Reset() {
	*s = streebog{}
	for i := range s.h {
		s.h[i] = 0x0101010101010101
	}
}

func (s *streebog) Write(b []byte) (int, error) {
	s.rest = append(s.rest, b...)
	for len(s.rest) >= 64 {
		s.block(s.rest[:64], 512)
		s.rest = s.rest[64:]
	}
	return len(b), nil
}

func (s *streebog) Sum(b []byte) []byte {
	end := streebog{h: s.h, n: s.n, sigma: s.sigma}
	last := make([]byte, 64)
	copy(last, s.rest)
	last[len(s.rest)] = 1
	end.block(last, uint64(len(s.rest))*8)
	end.h = compressStreebog(end.h, [8]uint64{}, end.n)
	end.h = compressStreebog(end.h, [8]uint64{}, end.sigma)
	for _, v := range end.h[4:] {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// block digests 64 bytes of which so many bits are the message's.
func (s *streebog) block(b []byte, size uint64) {
	var m [8]uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	s.h = compressStreebog(s.h, s.n, m)
	s.n = add512(s.n, [8]uint64{size})
	s.sigma = add512(s.sigma, m)
}

func add512(a, b [8]uint64) (sum [8]uint64) {
	var carry uint64
	for i := range sum {
		sum[i], carry = bits.Add64(a[i], b[i], carry)
	}
	return sum
}

func xor512(a, b [8]uint64) [8]uint64 {
	for i := range a {
		a[i] ^= b[i]
	}
	return a
}

// compressStreebog is g_N(h, m).
func compressStreebog(h, n, m [8]uint64) [8]uint64 {
	key := transform512(xor512(h, n))
	state := m
	for i := range streebogC {
		state = transform512(xor512(state, key))
		key = transform512(xor512(key, streebogC[i]))
	}
	return xor512(xor512(xor512(state, key), h), m)
}

// transform512 is L(P(S(x))): each byte through the S-box, the bytes of the eight
// words exchanged as in a transposed matrix, each word times the matrix A.
func transform512(x [8]uint64) (out [8]uint64) {
	for i := range out {
		for k := range 8 {
			b := streebogPi[byte(x[k]>>(8*i))]
			for ; b != 0; b &= b - 1 {
				out[i] ^= streebogA[63-8*k-bits.TrailingZeros8(b)]
			}
		}
	}
	return out
}
