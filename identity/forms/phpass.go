package forms

import (
	"strings"

	"rehome/identity"
)

// PHPass is a portable hash of openwall phpass 0.5, 34 characters:
//
//	$P$BVUgpggk9Y9uCJuglua9yHYHZS8tXk0
//	 └1└2└3 8     └4 22 characters
//
//	1  P, or H as phpBB writes it
//	2  log2 of the rounds as a letter of crypt64, 7 to 30 ("5" to "S")
//	3  salt, used as its eight letters
//	4  MD5, sixteen bytes in the little-endian base64 of crypt(3)
type PHPass struct {
	kind
	Log2         int
	Salt, Digest string // in the letters in which they are written
	text         string
}

// MCF is the text of the hash.
func (p *PHPass) MCF() string { return p.text }

// Drupal7Form is Drupal 7's form of phpass: "$S$", SHA-512, and of the digest only what
// makes the whole 55 characters long. "U$S$" was made over the hex MD5 of the
// password, when a Drupal 6 was brought up to date (_password_crypt and
// user_check_password in drupal 7, includes/password.inc).
type Drupal7Form struct {
	PHPass
	Updated bool // made over the hex MD5 of the password
}

func readPHPass(in input) (identity.Form, *identity.Problem) {
	s := in.text
	if !strings.HasPrefix(s, "$P$") && !strings.HasPrefix(s, "$H$") {
		return nil, malformed("a phpass hash begins with $P$ or $H$")
	}
	if len(s) != 34 {
		return nil, malformed("a phpass hash has 34 characters; this one has %d", len(s))
	}
	if !cryptText(s[12:]) || strings.IndexByte("./01", s[33]) < 0 { // bits that nothing encodes
		return nil, malformed("the digest of the phpass hash is not 22 letters of ./0-9A-Za-z that encode 16 bytes")
	}
	f := &PHPass{}
	return f, f.portable(in.tag, s)
}

func readDrupal7(in input) (identity.Form, *identity.Problem) {
	s, updated := strings.CutPrefix(in.text, "U")
	if !strings.HasPrefix(s, "$S$") || len(s) != 55 {
		return nil, malformed("a Drupal 7 hash is $S$ or U$S$ with 55 characters from the first $ on; this one has %d", len(s))
	}
	f := &Drupal7Form{Updated: updated}
	return f, f.portable(in.tag, s)
}

// portable reads what phpass and Drupal have in common.
func (p *PHPass) portable(tag identity.Algorithm, s string) *identity.Problem {
	log2 := strings.IndexByte(crypt64, s[3])
	if log2 < 7 || log2 > 30 {
		return malformed("the fourth character, the number of rounds, is not one that stands for 2^7 to 2^30")
	}
	if !cryptText(s[4:]) {
		return malformed("the hash has a character outside its alphabet ./0-9A-Za-z")
	}
	*p = PHPass{kind{tag}, log2, s[4:12], s[12:], s}
	return nil
}
