package forms

import (
	"encoding/hex"
	"math/bits"
	"strings"

	"rehome/identity"
)

// Scrypt is a derived key of scrypt, its cost named as in RFC 7914.
type Scrypt struct {
	kind
	N, R, P      uint64
	Salt, Digest []byte
}

// Hex is the derived key in lower-case hex.
func (s *Scrypt) Hex() string { return hex.EncodeToString(s.Digest) }

// Crypt7 is scrypt in crypt(3), of openwall's yescrypt ("$7$"). It is a type of its
// own, since programs that verify scrypt seldom know crypt(3)'s.
type Crypt7 struct{ Scrypt }

// check refuses what scrypt itself has no answer for (RFC 7914 §2).
func (s *Scrypt) check() *identity.Problem {
	if s.N < 2 || bits.OnesCount64(s.N) != 1 {
		return lacking("scrypt's N is %d; it must be a power of two over one", s.N)
	}
	hi, product := bits.Mul64(s.R, s.P)
	if s.R < 1 || s.P < 1 || hi != 0 || product >= 1<<30 {
		return lacking("scrypt's r and p must be at least one and their product less than 2^30")
	}
	return nil
}

// readScrypt reads a raw scrypt digest: hex or base64, with everything else in
// the parameters. The salt is text and used as its bytes, unless the variant
// names an encoding.
func readScrypt(in input) (identity.Form, *identity.Problem) {
	q := in.params
	if q.N < 1 || q.R < 1 || q.P < 1 {
		return nil, lacking("an scrypt hash needs N, r and p: the cost, the block size and the parallelism it was made with")
	}
	s := &Scrypt{kind: kind{in.tag}, N: uint64(q.N), R: uint64(q.R), P: uint64(q.P)}
	p := s.check()
	if p == nil {
		s.Salt, p = Salt(q)
	}
	if p == nil {
		s.Digest, p = ReadRaw(in.text, q.KeyLen)
	}
	return s, p
}

// readDjangoScrypt reads scrypt$N$salt$r$p$base64 of 64 bytes; the salt is text
// (django/django, django/contrib/auth/hashers.py).
func readDjangoScrypt(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, "$")
	if len(part) != 6 || part[0] != "scrypt" || part[2] == "" {
		return nil, malformed("the hash is not scrypt$N$salt$r$p$base64")
	}
	digest, ok := decodePadded(part[5])
	if !ok || len(digest) != 64 {
		return nil, malformed("the digest is not padded base64 of 64 bytes; it has %d characters", len(part[5]))
	}
	return scryptOf(in, part[1], part[3], part[4], []byte(part[2]), digest)
}

// readWerkzeugScrypt reads scrypt:N:r:p$salt$hex of 64 bytes; the salt is text, and
// the program compares lower-case text (pallets/werkzeug, src/werkzeug/security.py).
func readWerkzeugScrypt(in input) (identity.Form, *identity.Problem) {
	method, salt, digits, p := werkzeugParts(in.text, "scrypt")
	if p != nil {
		return nil, p
	}
	if len(method) != 3 {
		return nil, malformed("the method of the Werkzeug hash is not scrypt:N:r:p")
	}
	digest, p := readLowerHex(digits, 64)
	if p != nil {
		return nil, p
	}
	return scryptOf(in, method[0], method[1], method[2], []byte(salt), digest)
}

func werkzeugParts(s, word string) (method []string, salt, digits string, p *identity.Problem) {
	part := strings.Split(s, "$")
	method = strings.Split(part[0], ":")
	if len(part) != 3 || method[0] != word || part[1] == "" {
		return nil, "", "", malformed("the hash is not %s:…$salt$hex", word)
	}
	return method[1:], part[1], part[2], nil
}

// scryptOf puts a hash together whose cost is written as N, r and p.
func scryptOf(in input, n, r, p string, salt, digest []byte) (identity.Form, *identity.Problem) {
	s := &Scrypt{kind: kind{in.tag}, Salt: salt, Digest: digest}
	var ok1, ok2, ok3 bool
	s.N, ok1 = number(n)
	s.R, ok2 = number(r)
	s.P, ok3 = number(p)
	if !ok1 || !ok2 || !ok3 || s.check() != nil {
		return nil, malformed("N, r and p are not a cost of scrypt's: N a power of two over one, r and p at least one")
	}
	return s, nil
}

// scryptDialect is a PHC-like string $scrypt$…$salt$digest. passlib writes log2 N and
// unpadded base64 (passlib.hash.scrypt); Ory Kratos calls N itself ln, and pads;
// AdonisJS writes n, unpadded (adonisjs/hash, src/drivers/scrypt.ts).
type scryptDialect struct {
	n       string // how N is named
	log2    bool
	decode  func(string) ([]byte, bool)
	sizes   func(digest int) bool
	written string
}

func bare64(s string) ([]byte, bool) { return decode64(stdBase64, s) }

var (
	passlibScrypt = scryptDialect{"ln=", true, bare64, func(n int) bool { return n == 32 }, "$scrypt$, the cost as ln, r and p, and salt and digest in unpadded base64, the digest of 32 bytes"}
	kratosScrypt  = scryptDialect{"ln=", false, decodePadded, func(n int) bool { return n >= 8 }, "$scrypt$, the cost as ln, r and p, and salt and digest in padded base64, the digest of at least 8 bytes"}
	adonisScrypt  = scryptDialect{"n=", false, bare64, func(n int) bool { return n >= 8 }, "$scrypt$, the cost as n, r and p, and salt and digest in unpadded base64, the digest of at least 8 bytes"}
)

func (d scryptDialect) read(in input) (identity.Form, *identity.Problem) {
	bad := malformed("the hash is not %s", d.written)
	rest, ok := strings.CutPrefix(in.text, "$scrypt$")
	part := strings.Split(rest, "$")
	v, named := valuesOf(strings.Split(part[0], ","), d.n, "r=", "p=")
	if !ok || !named || len(part) != 3 {
		return nil, bad
	}
	salt, ok1 := d.decode(part[1])
	digest, ok2 := d.decode(part[2])
	if !ok1 || !ok2 || !d.sizes(len(digest)) {
		return nil, bad
	}
	if d.log2 {
		log2, ok := number(v[0])
		if !ok || log2 > 31 {
			return nil, malformed("ln is log2 N, 1 to 31")
		}
		v[0] = decimal(1 << log2)
	}
	return scryptOf(in, v[0], v[1], v[2], salt, digest)
}

// readBetterAuth reads better-auth's scrypt, "salt:key" in hex: N=16384, r=16,
// p=1, 64 bytes. The salt is used as its text (better-auth/better-auth,
// packages/better-auth/src/crypto/password.ts). Lucia's "s2:salt:key" is the same
// (lucia-auth/lucia, packages/lucia/src/utils/crypto.ts).
func readBetterAuth(in input) (identity.Form, *identity.Problem) {
	salt, key, ok := strings.Cut(strings.TrimPrefix(in.text, luciaMark), ":")
	digest, err := hex.DecodeString(key)
	if !ok || salt == "" || err != nil || len(digest) != 64 {
		return nil, malformed("a better-auth hash is salt:key with a key of 128 hex digits")
	}
	return &Scrypt{kind{in.tag}, 16384, 16, 1, []byte(salt), digest}, nil
}

const luciaMark = "s2:"

// readCrypt7 reads
//
//	$7$BU..../.....GPBcBXhOm8cJ08AGs4t..$wzbf/J1TzUvPRyAiBjpSaSp2CEc/zQ81cryJwuN/PWD
//	   └1└2   └3   └ salt, as text       digest, 32 bytes in 43 letters of crypt64
//
//	1  log2 N, one letter; 2) r and 3) p, five letters each, the lowest first
func readCrypt7(in input) (identity.Form, *identity.Problem) {
	rest, ok := strings.CutPrefix(in.text, "$7$")
	cut := strings.LastIndexByte(rest, '$')
	if !ok || cut < 11 {
		return nil, malformed("the hash is not $7$, a cost of 11 letters, salt$digest")
	}
	log2, ok1 := number64(rest[:1])
	r, ok2 := number64(rest[1:6])
	p, ok3 := number64(rest[6:11])
	c := &Crypt7{Scrypt{kind: kind{in.tag}, N: 1 << log2, R: uint64(r), P: uint64(p), Salt: []byte(rest[11:cut])}}
	if !ok1 || !ok2 || !ok3 || c.check() != nil {
		return nil, malformed("the cost after $7$ is not one of scrypt's")
	}
	if c.Digest, ok = digest64(rest[cut+1:], 32); !ok {
		return nil, malformed("the digest is not 43 letters of ./0-9A-Za-z that encode 32 bytes; it has %d characters", len(rest)-cut-1)
	}
	return c, nil
}
