package importers

import (
	"encoding/binary"
	"unicode/utf8"
)

// blockSize is how many bytes one word of marks stands for.
const blockSize = 64

// The same byte eight times over: for looking at eight bytes at once.
const (
	ones   = 0x0101010101010101
	lows   = 0x7f * ones
	highs  = 0x80 * ones
	quotes = '"' * ones

	// belowSO added to a byte without its top bit sets the top bit unless the
	// byte is under 0x0e: NUL, TAB, LF, CR and their neighbours are not.
	belowSO = 0x72 * ones
	// gather, multiplied with top bits, brings them together in the top byte.
	gather = 0x0002040810204081
)

// mark looks at all data once, without a branch, and marks the bytes at which
// splitting has to stop: the delimiter, quotes, line ends, NUL. (Marked control
// characters that mean nothing are passed over later.) What is left between
// marks is never looked at again.
func (r *rowReader) mark() {
	if r.d.backslash {
		r.checked = false
		return
	}
	blocks := r.end/blockSize + 1
	if cap(r.marks) < blocks {
		r.marks = make([]uint64, len(r.buf)/blockSize)
	}
	r.marks = r.marks[:blocks]
	commas, seen := uint64(r.d.delimiter)*ones, uint64(0)
	for k := range r.marks {
		b := (*[blockSize]byte)(r.buf[k*blockSize:])
		r.marks[k] = marked(b, 0, commas) | marked(b, 1, commas)<<8 | marked(b, 2, commas)<<16 | marked(b, 3, commas)<<24 |
			marked(b, 4, commas)<<32 | marked(b, 5, commas)<<40 | marked(b, 6, commas)<<48 | marked(b, 7, commas)<<56
		seen |= word(b, 0) | word(b, 1) | word(b, 2) | word(b, 3) | word(b, 4) | word(b, 5) | word(b, 6) | word(b, 7)
	}
	r.checked = seen&highs == 0 || utf8.Valid(r.wholeRunes())
}

// marked has a bit for each of the eight bytes of word i that means something.
func marked(b *[blockSize]byte, i int, commas uint64) uint64 {
	w := word(b, i)
	low := w & lows
	plain := (low + belowSO) & ((low ^ commas) + lows) & ((low ^ quotes) + lows)
	return (^(plain | w) & highs) * gather >> 56
}

func word(b *[blockSize]byte, i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }

// marksFrom is where the marks from i on begin: a word of marks and its number.
func (r *rowReader) marksFrom(i int) (int, uint64) {
	k := i / blockSize
	return k, r.marks[k] &^ (1<<(i%blockSize) - 1)
}

// wholeRunes is the data without a rune that its end cuts in two: that one is
// looked at again when the rest has been read.
func (r *rowReader) wholeRunes() []byte {
	b := r.buf[:r.end]
	for i := r.end - 1; i >= 0 && i >= r.end-utf8.UTFMax && !r.eof; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}
