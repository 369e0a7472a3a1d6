package forms

import (
	"strings"

	"rehome/identity"
)

// Crypt is a hash of crypt(3) whose digest is of the MD5 or SHA-2 kind:
//
//	$1$XpIEvrty$pTFx.VP014zZuY2DxhhV31      md5-crypt of FreeBSD, also in glibc and PHP
//	$apr1$salt$digest                       Apache's copy of it
//	$5$rounds=1000$salt$digest              sha256-crypt and sha512-crypt ($6$): Ulrich Drepper,
//	$5$salt$digest                          "Unix crypt using SHA-256 and SHA-512", 0.6
//
// A salt that is longer than the family has it, and rounds out of its bounds, are
// mended by crypt(3), which writes what it used into its answer, so that the answer
// never equals the stored text.
type Crypt struct {
	kind
	Family identity.Algorithm // MD5Crypt, Apr1, SHA256Crypt, SHA512Crypt; the tag may be a wrapping's
	Rounds uint64             // of the SHA families
	Salt   string
	Digest []byte // in the order in which it is written
	text   string
}

// MCF is the hash in the modular crypt format.
func (c *Crypt) MCF() string { return c.text }

// Magic is how the format begins.
func (c *Crypt) Magic() string { return cryptFamilies[c.Family].magic }

// cryptFamily says what is particular to a family.
type cryptFamily struct {
	magic   string
	maxSalt int
	size    int // of the digest in bytes
	rounds  bool
}

var cryptFamilies = map[identity.Algorithm]cryptFamily{
	MD5Crypt:    {magic: "$1$", maxSalt: 8, size: 16},
	Apr1:        {magic: "$apr1$", maxSalt: 8, size: 16},
	SHA256Crypt: {magic: "$5$", maxSalt: 16, size: 32, rounds: true},
	SHA512Crypt: {magic: "$6$", maxSalt: 16, size: 64, rounds: true},
}

const (
	usualSHARounds = 5000
	minSHARounds   = 1000
	maxSHARounds   = 999_999_999
)

func readCrypt(family identity.Algorithm) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		f, s := cryptFamilies[family], in.text
		rest, ok := strings.CutPrefix(s, f.magic)
		if !ok {
			return nil, malformed("the hash does not begin with %s", f.magic)
		}
		c := &Crypt{kind: kind{in.tag}, Family: family, text: s}
		if f.rounds {
			var p *identity.Problem
			if c.Rounds, rest, p = shaRounds(rest, f.magic); p != nil {
				return nil, p
			}
		}
		var digest string
		if c.Salt, digest, ok = strings.Cut(rest, "$"); !ok {
			return nil, malformed("the hash is not %ssalt$digest", f.magic)
		}
		if len(c.Salt) > f.maxSalt {
			return nil, malformed("the salt of a hash with %s has at most %d characters; this one has %d", f.magic, f.maxSalt, len(c.Salt))
		}
		if c.Digest, ok = digest64(digest, f.size); !ok {
			return nil, malformed("the digest is not letters of ./0-9A-Za-z that encode %d bytes; it has %d characters", f.size, len(digest))
		}
		return c, nil
	}
}

// shaRounds reads what may stand between the magic and the salt.
func shaRounds(s, magic string) (rounds uint64, rest string, p *identity.Problem) {
	given, after, ok := strings.Cut(s, "$")
	digits, named := strings.CutPrefix(given, "rounds=")
	if !ok || !named {
		return usualSHARounds, s, nil
	}
	rounds, ok = number(digits)
	if !ok || rounds < minSHARounds || rounds > maxSHARounds {
		return 0, "", malformed("the rounds of a hash with %s are %d to %d, without leading zeros", magic, minSHARounds, maxSHARounds)
	}
	return rounds, after, nil
}

// DES is a hash of crypt(3) that is made with DES, traditional or BSDi's:
//
//	ViEf2XcUEeIio             _J9..nz4mkZPT4aM6ss.
//	└1└2                       └3  └1  └2
//
//	1  salt: two letters of crypt64, or four: 12 or 24 bits, the lowest first
//	2  digest: 64 bits in eleven letters, the highest first, two bits left over
//	3  rounds: four letters, likewise
type DES struct {
	kind
	BSDi         bool
	Salt, Rounds uint32
	Block        uint64 // the digest
	text         string
}

// MCF is the text of the hash.
func (d *DES) MCF() string { return d.text }

const desRounds = 25

func readDES(in input) (identity.Form, *identity.Problem) {
	s := in.text
	if len(s) != 13 || !cryptText(s) {
		return nil, malformed("a DES hash is 13 letters of ./0-9A-Za-z; this one has %d characters", len(s))
	}
	d := &DES{kind: kind{in.tag}, Rounds: desRounds, text: s}
	d.Salt, _ = number64(s[:2])
	return d, d.readBlock(s[2:])
}

func readBSDi(in input) (identity.Form, *identity.Problem) {
	s := in.text
	if len(s) != 20 || s[0] != '_' || !cryptText(s[1:]) {
		return nil, malformed("a BSDi hash is _ and 19 letters of ./0-9A-Za-z; this one has %d characters", len(s))
	}
	d := &DES{kind: kind{in.tag}, BSDi: true, text: s}
	d.Rounds, _ = number64(s[1:5])
	d.Salt, _ = number64(s[5:9])
	if d.Rounds == 0 {
		return nil, malformed("a BSDi hash has at least one round")
	}
	return d, d.readBlock(s[9:])
}

func (d *DES) readBlock(s string) *identity.Problem {
	for i := range s {
		v := uint64(strings.IndexByte(crypt64, s[i]))
		if i == len(s)-1 {
			if v%4 != 0 {
				return malformed("the last character of a DES hash is one that cannot stand there")
			}
			d.Block = d.Block<<4 | v>>2
			return nil
		}
		d.Block = d.Block<<6 | v
	}
	return nil
}

// SunMD5Form is Sun's MD5 of Solaris (as passlib documents it: passlib.hash.sun_md5_crypt):
//
//	$md5,rounds=88533$5YAm4YHP$$KIGoGl1IswH2QlE0Nzbat1
//	└ setting                 └  digest, 22 characters of crypt64
//
// The setting as a whole is the salt. It ends before the last "$", so that of two
// in a row the first belongs to it.
type SunMD5Form struct {
	kind
	Setting string
	Rounds  uint64 // beside those that are always made
	Digest  []byte
}

func readSunMD5(in input) (identity.Form, *identity.Problem) {
	cut := strings.LastIndexByte(in.text, '$')
	if cut < 0 {
		return nil, malformed("a Sun MD5 hash is $md5$salt$digest or $md5,rounds=…$salt$$digest")
	}
	f := &SunMD5Form{kind: kind{in.tag}, Setting: in.text[:cut]}
	var p *identity.Problem
	if f.Rounds, p = sunSetting(f.Setting); p != nil {
		return nil, p
	}
	var ok bool
	if f.Digest, ok = digest64(in.text[cut+1:], 16); !ok {
		return nil, malformed("the digest is not 22 letters of ./0-9A-Za-z that encode 16 bytes; it has %d characters", len(in.text)-cut-1)
	}
	return f, nil
}

// sunSetting reads the number of rounds, and checks the rest.
func sunSetting(setting string) (rounds uint64, p *identity.Problem) {
	rest, ok := strings.CutPrefix(setting, "$md5")
	if !ok || rest == "" || rest[0] != '$' && rest[0] != ',' {
		return 0, malformed("a Sun MD5 hash begins with $md5$ or $md5,")
	}
	given, salt, ok := strings.Cut(rest[1:], "$")
	digits, named := strings.CutPrefix(given, "rounds=")
	switch n, isNumber := number(digits); {
	case named && (!ok || !isNumber || n < 1 || n > 1<<32-1):
		return 0, malformed("the rounds of a Sun MD5 hash are 1 to 2^32-1, without leading zeros")
	case named:
		rounds = n
	case rest[0] == ',':
		return 0, malformed("after $md5, stand the rounds")
	default:
		salt = rest[1:]
	}
	if !cryptText(strings.TrimSuffix(salt, "$")) {
		return 0, malformed("the salt of a Sun MD5 hash has letters of ./0-9A-Za-z only")
	}
	return rounds, nil
}
