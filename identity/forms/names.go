package forms

import (
	"strings"

	"rehome/identity"
)

// Name is an algorithm as a person or a column names it.
type Name struct {
	Algorithm identity.Algorithm
	Variant   string // what the name says besides: the digest of sha, or of PBKDF2
}

// Named finds an algorithm by its name: any tag, any digest ("sha256" is sha with
// that variant), and what other programs call it. Case, blanks and signs do not matter.
func Named(name string) (Name, bool) {
	n, ok := names[fold(name)]
	return n, ok
}

// names is every name there is, folded.
var names = func() map[string]Name {
	all := map[string]Name{}
	for _, r := range table {
		for name := range strings.FieldsSeq(r.names) {
			all[name] = Name{Algorithm: r.tag}
		}
	}
	for _, digest := range strings.Fields("sha1 sha224 sha256 sha384 sha512 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512") {
		all[fold(digest)] = Name{identity.SHA, digest}
		all["raw"+fold(digest)] = Name{identity.SHA, digest}
	}
	for _, digest := range []string{"sha1", "sha256", "sha512"} { // FusionAuth, WorkOS, Java
		all["pbkdf2hmac"+digest] = Name{PBKDF2, digest}
		all["pbkdf2withhmac"+digest] = Name{PBKDF2, digest}
	}
	all["saltedpbkdf2hmacsha256"] = Name{PBKDF2, "sha256 salt=base64"} // FusionAuth
	all["saltedpbkdf2hmacsha512"] = Name{PBKDF2, "sha512 salt=base64"}
	all["saltedpbkdf2hmacsha512512"] = Name{PBKDF2, "sha512 salt=base64"}
	for _, r := range table {
		all[fold(string(r.tag))] = Name{Algorithm: r.tag}
	}
	return all
}()

// fold leaves letters in lower case, and digits.
func fold(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Fits reports whether a bare text can be a digest of this algorithm; it can when
// nothing is known about its length.
func (n Name) Fits(text string) bool {
	size := DigestSize(n.Variant)
	switch {
	case n.Algorithm == identity.MD5:
		size = DigestSize("md5")
	case n.Algorithm != identity.SHA:
		return true
	}
	if size == 0 {
		return true
	}
	text = strings.Trim(text, asciiSpace)
	if isHex(text) {
		return len(text) == 2*size
	}
	return len(unpad(text)) == (size*8+5)/6 && isBase64(text)
}

// SameName reports whether two names differ in case, blanks and signs at most.
func SameName(a, b string) bool { return fold(a) == fold(b) }

// DigestNames says in words which algorithms have digests of so many hex digits.
func DigestNames(digits int) string {
	switch digits {
	case 32:
		return "md5"
	case 40:
		return "sha1"
	case 56:
		return "sha224, sha512/224 or sha3-224"
	case 64:
		return "sha256, sha512/256, sha3-256, an HMAC, or salted"
	case 96:
		return "sha384 or sha3-384"
	case 128:
		return "sha512, sha3-512, scrypt, or salted"
	}
	return "of a kind that is not known"
}

// SaltedName is the tag of a salted digest of so many hex digits, such as a person may
// mean.
func SaltedName(digits int) identity.Algorithm {
	switch digits {
	case 32:
		return SaltedMD5
	case 40:
		return SaltedSHA1
	case 56:
		return HMACSHA256
	case 96:
		return SaltedSHA384
	case 128:
		return SaltedSHA512
	}
	return SaltedSHA256
}
