package forms

import (
	"math/bits"
	"strings"

	"rehome/identity"
)

// YescryptForm is yescrypt (openwall/yescrypt, yescrypt-common.c), or gost-yescrypt, which
// puts GOST R 34.11-2012 around it (besser82/libxcrypt, lib/crypt-gost-yescrypt.c):
//
//	$y$j75$GeRT0N7wX65aI/x3DiDme.$i/DDMZkUy9spD9cjSTkLYl5SapCHyiATNmz6qCJfl22
//	   └123└ salt, up to 64 bytes └ digest, 32 bytes in 43 letters of crypt64
//
//	1  flavour, of which only "j" is ever written by crypt(3)
//	2  log2 N, from 1; 3) r, from 1; then perhaps a set of bits and, for each of
//	   them, p from 2, t from 1, and two more that nobody uses
//
// The numbers are of one or more letters, see yescryptNumber.
type YescryptForm struct {
	kind
	GOST         bool
	Setting      string // everything before the digest and its "$"
	N, R, P, T   uint64
	Salt, Digest []byte
}

func readYescrypt(magic string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		part := strings.Split(in.text, "$")
		if !strings.HasPrefix(in.text, magic) || len(part) != 5 {
			return nil, malformed("the hash is not %ssettings$salt$digest", magic)
		}
		y := &YescryptForm{kind: kind{in.tag}, GOST: magic == "$gy$", Setting: in.text[:strings.LastIndexByte(in.text, '$')], P: 1}
		if p := y.readCost(part[2]); p != nil {
			return nil, p
		}
		var ok bool
		if y.Salt, ok = decodeCrypt64(part[3]); !ok || len(y.Salt) > 64 {
			return nil, malformed("the salt is not letters of ./0-9A-Za-z that encode at most 64 bytes; it has %d characters", len(part[3]))
		}
		if y.Digest, ok = digest64(part[4], 32); !ok {
			return nil, malformed("the digest is not 43 letters of ./0-9A-Za-z that encode 32 bytes; it has %d characters", len(part[4]))
		}
		return y, nil
	}
}

func (y *YescryptForm) readCost(s string) *identity.Problem {
	bad := malformed("the settings of the yescrypt hash cannot be read")
	rest, ok := strings.CutPrefix(s, "j")
	if !ok {
		return lacking("the yescrypt hash is of a flavour that crypt(3) does not write, and that is not computed here")
	}
	log2, rest, ok := yescryptNumber(rest, 1)
	if !ok || log2 > 63 {
		return bad
	}
	y.N = 1 << log2
	if y.R, rest, ok = yescryptNumber(rest, 1); !ok {
		return bad
	}
	if rest != "" {
		if rest, ok = y.readMore(rest); !ok {
			return bad
		}
	}
	if rest == romOrUpgrade {
		return lacking("the yescrypt hash needs a ROM or an upgrade, which are not computed here")
	}
	hi, product := bits.Mul64(y.R, y.P)
	if rest != "" || hi != 0 || product >= 1<<30 || y.N/y.P <= 1 {
		return bad
	}
	return nil
}

// romOrUpgrade stands for settings that are not read further.
const romOrUpgrade = "$"

// readMore reads the numbers that are seldom there.
func (y *YescryptForm) readMore(rest string) (string, bool) {
	have, rest, ok := yescryptNumber(rest, 1)
	if ok && have&1 != 0 {
		y.P, rest, ok = yescryptNumber(rest, 2)
	}
	if ok && have&2 != 0 {
		y.T, rest, ok = yescryptNumber(rest, 1)
	}
	if ok && have > 3 {
		return romOrUpgrade, true
	}
	return rest, ok
}

// yescryptNumber reads a number of one or more letters: the first says how many
// follow, so that small numbers are short, and least is left off.
func yescryptNumber(s string, least uint64) (n uint64, rest string, ok bool) {
	if s == "" {
		return 0, "", false
	}
	first := strings.IndexByte(crypt64, s[0])
	start, end, more := 0, 47, 0
	n = least
	for first > end {
		n += uint64(end+1-start) << (6 * more)
		start, end = end+1, end+1+(62-end)/2
		more++
	}
	if first < 0 || len(s) < 1+more || more > 5 {
		return 0, "", false
	}
	n += uint64(first-start) << (6 * more)
	for i := range more {
		digit := strings.IndexByte(crypt64, s[1+i])
		if digit < 0 {
			return 0, "", false
		}
		n += uint64(digit) << (6 * (more - 1 - i))
	}
	return n, s[1+more:], n < 1<<32
}
