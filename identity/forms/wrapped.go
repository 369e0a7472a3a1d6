package forms

import (
	"strings"

	"rehome/identity"
)

// Hashes of one program behind a word of another: what is behind is read as the hash
// that it is.

// behind reads a hash behind a word, in any case where the word is an LDAP scheme.
func behind(word string, read reader) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		if !strings.HasPrefix(in.text, word) && !(word[0] == '{' && hasFold(in.text, word)) {
			return nil, malformed("the hash does not begin with %s", word)
		}
		in.text = in.text[len(word):]
		return read(in)
	}
}

// readLDAPCrypt reads whatever the crypt(3) of the server knows.
func readLDAPCrypt(in input) (identity.Form, *identity.Problem) {
	s, p := afterScheme(in.text, "crypt")
	if p != nil {
		return nil, p
	}
	read := cryptReader(s)
	if read == nil {
		return nil, malformed("the text after {CRYPT} is not a crypt(3) hash")
	}
	in.text = s
	return read(in)
}

// cryptReader is the reader of a crypt(3) string, by its beginning.
func cryptReader(s string) reader {
	for _, form := range []struct {
		begins string
		read   reader
	}{
		{"$1$", readCrypt(MD5Crypt)}, {"$5$", readCrypt(SHA256Crypt)}, {"$6$", readCrypt(SHA512Crypt)}, {"$2", readBcrypt}, {"_", readBSDi},
		{"$y$", readYescrypt("$y$")}, {"$gy$", readYescrypt("$gy$")}, {"$7$", readCrypt7}, {"$md5", readSunMD5},
	} {
		if strings.HasPrefix(s, form.begins) {
			return form.read
		}
	}
	if len(s) == 13 {
		return readDES
	}
	return nil
}

// readKratosCrypt reads $md5-crypt$, $sha256-crypt$ and $sha512-crypt$ for crypt(3)'s
// $1$, $5$ and $6$.
func readKratosCrypt(in input) (identity.Form, *identity.Problem) {
	word, rest, ok := strings.Cut(strings.TrimPrefix(in.text, "$"), "$")
	family := cryptFamilies[identity.Algorithm(word)]
	if !ok || in.text[0] != '$' || family.magic == "" || word == string(Apr1) {
		return nil, malformed("the hash does not begin with $md5-crypt$, $sha256-crypt$ or $sha512-crypt$")
	}
	in.text = family.magic + rest
	return readCrypt(identity.Algorithm(word))(in)
}

// readNTHash reads hex of MD4 of the password in UTF-16LE, as Windows and Samba keep
// it; "$3$$" before it is FreeBSD's.
func readNTHash(in input) (identity.Form, *identity.Problem) {
	return readFixed("md4", "utf16le(password)", "$3$$")(in)
}

// PrehashedForm is a hash of another family, self-describing, that was not made of the
// password but of a text made of it: "bcrypt of the hex MD5", as programs do that
// wrapped their old digests in something better. It is a tag of its own, and not a
// word of the other tags, so that nobody takes such a hash for one that his login
// verifies.
type PrehashedForm struct {
	kind
	Expression string // of the text that was hashed
	Salt       []byte // in the expression
	Inner      identity.Form
}

func readPrehashed(in input) (identity.Form, *identity.Problem) {
	expression, p := WordsOf(in.params.Variant).One("")
	if p != nil {
		return nil, p
	}
	if expression == "" {
		return nil, lacking("a prehashed hash needs what was hashed instead of the password (variant md5(password), …)")
	}
	f := &PrehashedForm{kind: kind{in.tag}, Expression: expression}
	if in.params.Salt != "" {
		if f.Salt, p = Salt(in.params); p != nil {
			return nil, p
		}
	}
	claim := ClaimOf(in.text)
	if claim.Kind != Known {
		return nil, malformed("the text does not say which hash it is; a prehashed one must")
	}
	f.Inner, p = rows[claim.Tag()].form(input{claim.Tag(), in.text, identity.Params{}})
	return f, p
}

// readSpring reads digests of Spring Security's MessageDigestPasswordEncoder behind
// the name of the encoder: {SHA-256}{salt}hex, digest(password{salt}), or without a
// salt (spring-projects/spring-security, crypto/password/MessageDigestPasswordEncoder.java).
func readSpring(in input) (identity.Form, *identity.Problem) {
	name, rest, ok := strings.Cut(strings.TrimPrefix(in.text, "{"), "}")
	name = strings.ReplaceAll(strings.ToLower(name), "-", "")
	salt, digits, salted := strings.Cut(strings.TrimPrefix(rest, "{"), "}")
	if !ok || !salted || rest[0] != '{' || DigestSize(name) == 0 {
		return nil, malformed("the hash is not {SHA-256}{salt}hex")
	}
	value, p := readLowerHex(digits, DigestSize(name))
	if p != nil {
		return nil, p
	}
	return &Salted{kind{in.tag}, name, "password+\"{\"+salt+\"}\"", []byte(salt), value}, nil
}

// readMagento reads hex:salt:version, where version 1 is SHA-256 and 0 MD5, of salt
// and password, or hex:version without a salt (magento/magento2,
// lib/internal/Magento/Framework/Encryption/Encryptor.php). Versions 2 and 3 are
// argon2id13; without a known answer of either nobody is told that they work.
func readMagento(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, ":")
	switch len(part) {
	case 2, 3:
	case 1:
		return nil, malformed("the hash is not hex:salt:version")
	default:
		return nil, beyond("the Magento hash was made over an older one, of other versions")
	}
	name := map[string]string{"0": "md5", "1": "sha256"}[part[len(part)-1]]
	if name == "" {
		return nil, beyond("this version of a Magento hash is not read (2 and 3 are argon2)")
	}
	value, ok := DecodeDigest(part[0], DigestSize(name))
	if !ok || len(part[0]) != 2*DigestSize(name) {
		return nil, malformed("the digest is not %d hex digits; it has %d characters", 2*DigestSize(name), len(part[0]))
	}
	if len(part) == 2 || part[1] == "" {
		return &Digest{kind{in.tag}, name, value}, nil
	}
	return &Salted{kind{in.tag}, name, "salt+password", []byte(part[1]), value}, nil
}
