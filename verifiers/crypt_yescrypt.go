package verifiers

import (
	"hash"
	"strings"

	"rehome/identity"
)

// yescrypt (openwall/yescrypt, yescrypt-common.c), and gost-yescrypt, which puts
// GOST R 34.11-2012 around it (besser82/libxcrypt, lib/crypt-gost-yescrypt.c):
//
//	$y$j75$GeRT0N7wX65aI/x3DiDme.$i/DDMZkUy9spD9cjSTkLYl5SapCHyiATNmz6qCJfl22
//	   └123└ salt, up to 64 bytes └ digest, 32 bytes in 43 letters of crypt64
//
//	1  flavour, of which only "j" is ever written by crypt(3)
//	2  log2 N, from 1; 3) r, from 1; then perhaps a set of bits and, for each of
//	   them, p from 2, t from 1, and two more that nobody uses
//
// The numbers are of one or more letters, see yescryptNumber.

func readYescrypt(h identity.Hash) (recipe, *identity.Problem) {
	y, p := parseYescrypt(string(h.Encoded), "$y$")
	if p != nil {
		return recipe{}, p
	}
	derive := func(password []byte) ([]byte, error) { return y.cost.derive(password, y.salt) }
	return recipe{want: y.digest, derive: derive, memory: y.cost.memory(), work: y.cost.work()}, nil
}

// readGostYescrypt: HMAC(key HMAC(key GOST(password), setting), yescrypt), where
// the setting is everything before the digest.
func readGostYescrypt(h identity.Hash) (recipe, *identity.Problem) {
	y, p := parseYescrypt(string(h.Encoded), "$gy$")
	if p != nil {
		return recipe{}, p
	}
	gost := func() hash.Hash { return newStreebog256() }
	derive := func(password []byte) ([]byte, error) {
		inner, err := y.cost.derive(password, y.salt)
		if err != nil {
			return nil, err
		}
		key := hmacSum(gost, sum(gost, password), []byte(y.setting))
		return hmacSum(gost, key, inner), nil
	}
	return recipe{want: y.digest, derive: derive, memory: y.cost.memory(), work: y.cost.work()}, nil
}

type yescryptHash struct {
	setting      string
	cost         yescryptCost
	salt, digest []byte
}

func parseYescrypt(s, magic string) (yescryptHash, *identity.Problem) {
	part := strings.Split(s, "$")
	if !strings.HasPrefix(s, magic) || len(part) != 5 {
		return yescryptHash{}, malformed("the hash is not %ssettings$salt$digest", magic)
	}
	cost, p := readYescryptCost(part[2])
	if p != nil {
		return yescryptHash{}, p
	}
	y := yescryptHash{setting: s[:strings.LastIndexByte(s, '$')], cost: cost}
	var ok bool
	if y.salt, ok = decodeCrypt64(part[3]); !ok || len(y.salt) > 64 {
		return y, malformed("the salt is not letters of ./0-9A-Za-z that encode at most 64 bytes; it has %d characters", len(part[3]))
	}
	if y.digest, ok = decodeCrypt64(part[4]); !ok || len(y.digest) != 32 {
		return y, malformed("the digest is not 43 letters of ./0-9A-Za-z that encode 32 bytes; it has %d characters", len(part[4]))
	}
	return y, nil
}

// yescryptCost is what crypt(3) can ask for; the read-write flavour is understood.
type yescryptCost struct{ n, r, p, t uint64 }

func readYescryptCost(s string) (yescryptCost, *identity.Problem) {
	bad := malformed("the settings of the yescrypt hash cannot be read")
	rest, ok := strings.CutPrefix(s, "j")
	if !ok {
		return yescryptCost{}, lacking("the yescrypt hash is of a flavour that crypt(3) does not write, and that is not computed here")
	}
	log2, rest, ok := yescryptNumber(rest, 1)
	if !ok || log2 > 63 {
		return yescryptCost{}, bad
	}
	c := yescryptCost{n: 1 << log2, p: 1}
	if c.r, rest, ok = yescryptNumber(rest, 1); !ok {
		return c, bad
	}
	if rest != "" {
		var have uint64
		if have, rest, ok = yescryptNumber(rest, 1); !ok {
			return c, bad
		}
		if have&1 != 0 && ok {
			c.p, rest, ok = yescryptNumber(rest, 2)
		}
		if have&2 != 0 && ok {
			c.t, rest, ok = yescryptNumber(rest, 1)
		}
		if have > 3 {
			return c, lacking("the yescrypt hash needs a ROM or an upgrade, which are not computed here")
		}
	}
	if !ok || rest != "" || times(c.r, c.p) >= 1<<30 || c.n/c.p <= 1 {
		return c, bad
	}
	return c, nil
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
