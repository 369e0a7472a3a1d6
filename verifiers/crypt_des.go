package verifiers

import (
	"encoding/binary"
	"math/bits"

	"rehome/identity/forms"
)

// A block of zeros is encrypted over and over under a key of seven bits from
// each byte of the password. The traditional form takes eight bytes and no more;
// BSDi's folds longer ones in (FreeSec; php-src, ext/standard/crypt_freesec.c).

// desWork is the price of one encryption here, some 0.3 µs.
const desWork = 2

func desRecipe(f *forms.DES) recipe {
	want := binary.BigEndian.AppendUint64(nil, f.Block)
	return quick(want, times(desWork, uint64(f.Rounds)), func(password []byte) []byte {
		c := newDESCipher(f.Salt)
		key := c.schedule(desPassword(c, password, f.BSDi))
		return binary.BigEndian.AppendUint64(nil, c.encrypt(0, key, f.Rounds))
	})
}

// desPassword is the key of a password.
func desPassword(c *desCipher, password []byte, fold bool) uint64 {
	key := keyBits(password)
	for len(password) > 8 && fold {
		password = password[8:]
		plain := &desCipher{s: c.s} // without a salt
		key = plain.encrypt(key, plain.schedule(key), 1) ^ keyBits(password)
	}
	return key
}

// keyBits is the first eight bytes, each without its highest bit.
func keyBits(password []byte) uint64 {
	var key uint64
	for i := range 8 {
		key <<= 8
		if i < len(password) {
			key |= uint64(password[i]<<1) & 0xff
		}
	}
	return key
}

// desCipher is DES with a salt: its bits say which bits of the two halves of the
// expanded block change places. crypto/des has no place for one.
type desCipher struct {
	salt uint64         // the lower 24 bits; the first bit of a half is the highest
	s    *[8][64]uint32 // the S-boxes, with P behind them
}

func newDESCipher(salt uint32) *desCipher {
	c := &desCipher{salt: uint64(bits.Reverse32(salt) >> 8), s: new([8][64]uint32)}
	for box := range desS {
		for in := range 64 {
			row, column := in>>4&2|in&1, in>>1&15
			out := uint64(desS[box][row*16+column]) << (28 - 4*box)
			c.s[box][in] = uint32(permuteBits(out, 32, desP[:]))
		}
	}
	return c
}

// schedule makes the sixteen round keys of 48 bits.
func (c *desCipher) schedule(key uint64) (keys [16]uint64) {
	k := permuteBits(key, 64, desPC1[:])
	left, right := uint32(k>>28), uint32(k&(1<<28-1))
	for i := range keys {
		turn := 2
		if i == 0 || i == 1 || i == 8 || i == 15 {
			turn = 1
		}
		left, right = rotate28(left, turn), rotate28(right, turn)
		keys[i] = permuteBits(uint64(left)<<28|uint64(right), 56, desPC2[:])
	}
	return keys
}

func rotate28(v uint32, n int) uint32 { return (v<<n | v>>(28-n)) & (1<<28 - 1) }

// encrypt does so rounds times. Between two encryptions the final and the
// initial permutation undo each other.
func (c *desCipher) encrypt(block uint64, keys [16]uint64, rounds uint32) uint64 {
	block = permuteBits(block, 64, desIP[:])
	left, right := uint32(block>>32), uint32(block)
	for range rounds {
		for _, key := range keys {
			left, right = right, left^c.mix(right, key)
		}
		left, right = right, left
	}
	return permuteBits(uint64(left)<<32|uint64(right), 64, desFP[:])
}

// mix is DES's f.
func (c *desCipher) mix(half uint32, key uint64) uint32 {
	var e uint64
	for i := range 8 { // six bits around each four, the first with the last
		e = e<<6 | uint64(bits.RotateLeft32(half, 4*i+5)&63)
	}
	swap := (e>>24 ^ e) & c.salt
	e ^= swap | swap<<24
	e ^= key
	var out uint32
	for i := range 8 {
		out |= c.s[i][e>>(42-6*i)&63]
	}
	return out
}

// permuteBits picks bits out of the lower size bits of v; the first bit of a
// table is 1 and the highest.
func permuteBits(v uint64, size int, table []byte) uint64 {
	var out uint64
	for _, from := range table {
		out = out<<1 | v>>(size-int(from))&1
	}
	return out
}
