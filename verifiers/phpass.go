package verifiers

import (
	"crypto/md5"
	"crypto/sha512"
	"hash"
	"strings"

	"rehome/identity"
)

// phpass, the portable hashes of openwall phpass 0.5, 34 characters:
//
//	$P$BVUgpggk9Y9uCJuglua9yHYHZS8tXk0
//	 └1└2└3 8     └4 22 characters
//
//	1  P, or H as phpBB writes it
//	2  log2 of the rounds as a letter of crypt64, 7 to 30 ("5" to "S")
//	3  salt, used as its eight letters
//	4  MD5, sixteen bytes in the little-endian base64 of crypt(3)
//
// Rounds: d = MD5(salt password), then 2^n times d = MD5(d password).
func readPHPass(h identity.Hash) (recipe, *identity.Problem) {
	s := string(h.Encoded)
	if !strings.HasPrefix(s, "$P$") && !strings.HasPrefix(s, "$H$") {
		return recipe{}, malformed("a phpass hash begins with $P$ or $H$")
	}
	if len(s) != 34 {
		return recipe{}, malformed("a phpass hash has 34 characters; this one has %d", len(s))
	}
	if _, ok := decodeCrypt64(s[12:]); !ok {
		return recipe{}, malformed("the digest of the phpass hash is not 22 letters of ./0-9A-Za-z that encode 16 bytes")
	}
	return readPortable(s, md5.New)
}

// drupalMaxPassword is the longest password Drupal takes: a longer one never
// matches (DRUPAL_MAX_PASSWORD_LENGTH in drupal 7, includes/password.inc).
const drupalMaxPassword = 512

// readDrupal7 reads Drupal 7's form of phpass: "$S$", SHA-512, and of the digest
// only what makes the whole 55 characters long. "U$S$" was made over the hex MD5
// of the password, when a Drupal 6 was brought up to date (_password_crypt and
// user_check_password, the same file).
func readDrupal7(h identity.Hash) (recipe, *identity.Problem) {
	s, updated := strings.CutPrefix(string(h.Encoded), "U")
	if !strings.HasPrefix(s, "$S$") || len(s) != 55 {
		return recipe{}, malformed("a Drupal 7 hash is $S$ or U$S$ with 55 characters from the first $ on; this one has %d", len(s))
	}
	rec, p := readPortable(s, sha512.New)
	derive := rec.derive
	rec.derive = func(password []byte) ([]byte, error) {
		if len(password) > drupalMaxPassword {
			return nil, nil
		}
		if updated {
			password = hexSum(md5.New, password)
		}
		return derive(password)
	}
	return rec, p
}

// readPortable reads what phpass and Drupal have in common. Of the digest only as
// many characters count as s has, so they are compared as they are written.
func readPortable(s string, digest func() hash.Hash) (recipe, *identity.Problem) {
	log2 := strings.IndexByte(crypt64, s[3])
	if log2 < 7 || log2 > 30 {
		return recipe{}, malformed("the fourth character, the number of rounds, is none that stands for 2^7 to 2^30")
	}
	if !within(s[4:], crypt64) {
		return recipe{}, malformed("the hash has a character outside its alphabet ./0-9A-Za-z")
	}
	salt, want := []byte(s[4:12]), s[12:]
	derive := func(password []byte) ([]byte, error) {
		last := sum(digest, salt, password)
		d := digest()
		for range uint64(1) << log2 {
			d.Reset()
			d.Write(last)
			d.Write(password)
			last = d.Sum(last[:0])
		}
		return encodeCrypt64(last)[:len(want)], nil
	}
	return recipe{want: []byte(want), derive: derive, work: 1 << log2}, nil
}
