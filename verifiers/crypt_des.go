package verifiers

import (
	"math/bits"
	"strings"

	"rehome/identity"
)

// The DES hashes of crypt(3), traditional and BSDi's:
//
//	ViEf2XcUEeIio             _J9..nz4mkZPT4aM6ss.
//	└1└2                       └3  └1  └2
//
//	1  salt: two letters of crypt64, or four: 12 or 24 bits, the lowest first
//	2  digest: 64 bits in eleven letters, the highest first, two bits left over
//	3  rounds: four letters, likewise
//
// A block of noughts is encrypted over and over under a key of seven bits from
// each byte of the password. The traditional form takes eight bytes and no more;
// BSDi's folds longer ones in (FreeSec; php-src, ext/standard/crypt_freesec.c).

const (
	desRounds = 25
	// desWork is the price of one encryption here, some 0.3 µs.
	desWork = 2
)

func readDESCrypt(h identity.Hash) (recipe, *identity.Problem) {
	s := string(h.Encoded)
	if len(s) != 13 || !within(s, crypt64) {
		return recipe{}, malformed("a DES hash is 13 letters of ./0-9A-Za-z; this one has %d characters", len(s))
	}
	salt, _ := number64(s[:2])
	return desRecipe(s[2:], salt, desRounds, false)
}

func readBSDiCrypt(h identity.Hash) (recipe, *identity.Problem) {
	s := string(h.Encoded)
	if len(s) != 20 || s[0] != '_' || !within(s[1:], crypt64) {
		return recipe{}, malformed("a BSDi hash is _ and 19 letters of ./0-9A-Za-z; this one has %d characters", len(s))
	}
	rounds, _ := number64(s[1:5])
	salt, _ := number64(s[5:9])
	if rounds == 0 {
		return recipe{}, malformed("a BSDi hash has at least one round")
	}
	return desRecipe(s[9:], salt, rounds, true)
}

func desRecipe(digest string, salt, rounds uint32, fold bool) (recipe, *identity.Problem) {
	if strings.IndexByte(crypt64, digest[10])%4 != 0 {
		return recipe{}, malformed("the last character of a DES hash is none that can stand there")
	}
	derive := func(password []byte) ([]byte, error) {
		c := newDESCipher(salt)
		key := c.schedule(desPassword(c, password, fold))
		return encodeDES(c.encrypt(0, key, rounds)), nil
	}
	return recipe{want: []byte(digest), derive: derive, work: times(desWork, uint64(rounds))}, nil
}

// encodeDES writes 64 bits as eleven letters.
func encodeDES(block uint64) []byte {
	out := make([]byte, 11)
	for i := range out {
		out[i] = crypt64[bits.RotateLeft64(block, 6*(i+1))&63&^(3*uint64(i/10))]
	}
	return out
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
