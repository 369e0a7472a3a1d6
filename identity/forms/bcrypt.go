package forms

import (
	"strings"

	"rehome/identity"
)

// Bcrypt is the modular crypt format, 60 characters:
//
//	$2y$10$I5drhFfKdYvCzA7FOQNROul.6wM7MNAMXIll954Y1kFZsQaCpYk0y
//	 └1 └2 └3 22 characters       └4 31 characters
//
//	1  a, b, x or y. They are one algorithm, but for x: crypt_blowfish before 1.1
//	   took each byte of the password as signed, and $2x$ marks hashes of that
//	   time (openwall crypt_blowfish, CHANGES). Its $2a$ differs further for a few
//	   passwords with a byte 0xFF, which no text in UTF-8 holds.
//	2  log2 of the rounds, 04 to 31, two digits
//	3  16 bytes of salt; 4) 23 bytes of digest. PHP writes both anew and compares
//	   the strings, so a last character with bits that nothing encodes never matches.
type Bcrypt struct {
	kind
	Minor byte // of "$2a$": 'a', 'b', 'x', 'y'
	Cost  int
	text  string
}

// MCF is the hash in the modular crypt format.
func (b *Bcrypt) MCF() string { return b.text }

// Salt is the 16 bytes of the salt.
func (b *Bcrypt) Salt() []byte { return bcryptBytes(b.text[bcryptSalt:bcryptDigest]) }

// Digest is the 23 bytes of the digest.
func (b *Bcrypt) Digest() []byte { return bcryptBytes(b.text[bcryptDigest:]) }

func bcryptBytes(s string) []byte {
	out, _ := decode64(bcryptBase64, s) // was looked at
	return out
}

// PrehashedBcrypt is a bcrypt hash of a digest of the password. It is a type of its
// own, so that nobody takes it for one that his login verifies.
type PrehashedBcrypt struct {
	Bcrypt
	Pre Prehash
	Key []byte // of PreKeyed
}

// Prehash says what bcrypt was given instead of the password.
type Prehash int

// The ways that are known.
const (
	PreWordPress Prehash = iota // base64(HMAC-SHA-384(key "wp-sha384", trimmed password))
	PreHex                      // hex(SHA-256(password))
	PreBase64                   // base64(SHA-256(password))
	PreKeyed                    // base64(HMAC-SHA-256(key, password))
	PreBcrypt                   // bcrypt(password) under the same salt
)

// Where the salt and the digest begin in the text, and how long that is.
const bcryptSalt, bcryptDigest, bcryptLength = 7, 29, 60

func readBcrypt(in input) (identity.Form, *identity.Problem) {
	b, p := parseBcrypt(in.tag, in.text)
	if p != nil {
		return nil, p
	}
	return &b, nil
}

func parseBcrypt(tag identity.Algorithm, s string) (b Bcrypt, p *identity.Problem) {
	if len(s) != bcryptLength {
		return b, malformed("a bcrypt hash has 60 characters; this one has %d", len(s))
	}
	if s[:2] != "$2" || !within(s[2:3], "abxy") || s[3] != '$' || s[6] != '$' {
		return b, malformed("a bcrypt hash begins with $2a$, $2b$, $2x$ or $2y$ and a cost of two digits")
	}
	return bcryptOf(tag, s)
}

// bcryptOf reads a text whose signs stand where they should. Bits that no salt and no
// digest fills must be zero: that leaves four letters for the last character of the
// salt and sixteen for the last of the digest.
func bcryptOf(tag identity.Algorithm, s string) (Bcrypt, *identity.Problem) {
	b := Bcrypt{kind: kind{tag}, Minor: s[2], text: s}
	cost, salt, digest := s[4:6], s[bcryptSalt:bcryptDigest], s[bcryptDigest:]
	if !within(cost, "0123456789") || cost < "04" || cost > "31" {
		return b, malformed("the cost of a bcrypt hash is 04 to 31")
	}
	b.Cost = int(cost[0]-'0')*10 + int(cost[1]-'0')
	if !cryptText(salt) || strings.IndexByte(".Oeu", salt[len(salt)-1]) < 0 {
		return b, malformed("the salt of the bcrypt hash is not 22 characters of its alphabet that encode 16 bytes")
	}
	if !cryptText(digest) || strings.IndexByte(".CGKOSWaeimquy26", digest[len(digest)-1]) < 0 {
		return b, malformed("the digest of the bcrypt hash is not 31 characters of its alphabet that encode 23 bytes")
	}
	return b, nil
}

// bcryptParts puts a hash together that some programs store in four parts.
func bcryptParts(tag identity.Algorithm, minor byte, cost uint64, salt, digest string) (Bcrypt, *identity.Problem) {
	text := "$2" + string(minor) + "$" + twoDigits(cost) + "$" + salt + digest
	if len(salt) != bcryptDigest-bcryptSalt || len(text) != bcryptLength {
		return Bcrypt{}, malformed("salt and digest of a bcrypt hash have 22 and 31 characters; these have %d and %d", len(salt), len(digest))
	}
	return bcryptOf(tag, text)
}

// readFusionAuthBcrypt reads bcrypt in FusionAuth's columns: the digest of 31
// characters, Salt of 22, N its factor.
func readFusionAuthBcrypt(in input) (identity.Form, *identity.Problem) {
	n := iterations(in.params)
	if in.params.Salt == "" || n == 0 {
		return nil, lacking("a FusionAuth bcrypt hash needs its salt and its factor (as N)")
	}
	if n < 4 || n > 31 {
		return nil, lacking("the factor of a bcrypt hash is 4 to 31")
	}
	b, p := bcryptParts(in.tag, 'a', n, string(in.params.Salt), in.text)
	if p != nil {
		return nil, p
	}
	return &b, nil
}

// readWPBcrypt reads wp-bcrypt, WordPress 6.8 and later, 63 characters: "$wp" before
// a bcrypt hash $2y$ of a prehash (wp_hash_password in WordPress/wordpress-develop,
// src/wp-includes/pluggable.php). What is left when "$wp" is cut off is not a bcrypt
// hash of the password.
func readWPBcrypt(in input) (identity.Form, *identity.Problem) {
	s, ok := strings.CutPrefix(in.text, "$wp")
	if !ok || !strings.HasPrefix(s, "$2y$") {
		return nil, malformed("a WordPress bcrypt hash begins with $wp$2y$")
	}
	return prehashedBcrypt(in.tag, s, PreWordPress)
}

// readBehind reads a bcrypt hash of a prehash behind a word.
func readBehind(word string, pre Prehash) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		s, ok := strings.CutPrefix(in.text, word)
		if !ok {
			return nil, malformed("the hash does not begin with %s", word)
		}
		return prehashedBcrypt(in.tag, s, pre)
	}
}

func prehashedBcrypt(tag identity.Algorithm, s string, pre Prehash) (identity.Form, *identity.Problem) {
	b, p := parseBcrypt(tag, s)
	if p != nil {
		return nil, p
	}
	return &PrehashedBcrypt{Bcrypt: b, Pre: pre}, nil
}

// readPasslibBcryptSHA256 reads both versions; the 22 characters of salt and 31
// of digest are bcrypt's:
//
//	$bcrypt-sha256$v=2,t=2b,r=12$salt$digest   bcrypt of base64(HMAC-SHA-256(key salt, password))
//	$bcrypt-sha256$2b,12$salt$digest           bcrypt of base64(SHA-256(password))
func readPasslibBcryptSHA256(in input) (identity.Form, *identity.Problem) {
	rest, ok := strings.CutPrefix(in.text, "$bcrypt-sha256$")
	part := strings.Split(rest, "$")
	if !ok || len(part) != 3 {
		return nil, malformed("the hash is not $bcrypt-sha256$…$salt$digest")
	}
	settings, keyed := strings.CutPrefix(part[0], "v=2,t=")
	minor, cost, ok := strings.Cut(settings, ",")
	if keyed && ok {
		cost, ok = strings.CutPrefix(cost, "r=")
	}
	rounds, isNumber := number(cost)
	if !ok || !isNumber || rounds < 4 || rounds > 31 || len(minor) != 2 || minor[0] != '2' || !within(minor[1:], "aby") {
		return nil, malformed("the settings of the hash are not v=2,t=2b,r=… or 2b,… with a cost of 4 to 31")
	}
	b, p := bcryptParts(in.tag, minor[1], rounds, part[1], part[2])
	if p != nil {
		return nil, p
	}
	form := &PrehashedBcrypt{Bcrypt: b, Pre: PreBase64}
	if keyed {
		form.Pre, form.Key = PreKeyed, []byte(part[1])
	}
	return form, nil
}

// twoDigits writes a cost below 100.
func twoDigits(n uint64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// WithDigest is the hash in the modular crypt format, with another digest.
func (b *Bcrypt) WithDigest(digest []byte) string {
	return b.text[:bcryptDigest] + bcryptBase64.EncodeToString(digest)
}

// OverSHA256 spells a bcrypt text that was made of the hex SHA-256 of the password,
// as Meteor's accounts-password does, the way Django does, which says so. ok is
// false where text does not claim to be bcrypt.
func OverSHA256(text string) (marked string, ok bool) {
	if !ClaimOf(text).Allows(identity.Bcrypt) {
		return text, false
	}
	return "bcrypt_sha256$" + text, true
}
