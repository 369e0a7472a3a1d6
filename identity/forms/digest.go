package forms

import (
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// Digest is a digest of the password alone, without a salt.
type Digest struct {
	kind
	Name  string // "md5", "sha1" … "sha3-512"
	Value []byte
}

// Hex is the digest in lower-case hex.
func (d *Digest) Hex() string { return hex.EncodeToString(d.Value) }

// DigestSize is the length in bytes of a digest by its name, 0 for none. The names
// are those of Appwrite's passwordVersion and of PHP's hash(), all lower-case.
func DigestSize(name string) int {
	switch name {
	case "md4", "md5":
		return 16
	case "sha1":
		return 20
	case "sha224", "sha512/224", "sha3-224":
		return 28
	case "sha256", "sha512/256", "sha3-256":
		return 32
	case "sha384", "sha3-384":
		return 48
	case "sha512", "sha3-512":
		return 64
	}
	return 0
}

func readMD5(in input) (identity.Form, *identity.Problem) {
	if strings.ToLower(in.text) != in.text && WordsOf(in.params.Variant).WordPress {
		return nil, &identity.Problem{Code: identity.HashUnsupported, Detail: "WordPress compares with lower-case hex, and this is upper-case: nobody could sign in with it"}
	}
	return plainDigest(in, "md5")
}

func readSHA(in input) (identity.Form, *identity.Problem) {
	name, p := WordsOf(in.params.Variant).One("")
	if p != nil {
		return nil, p
	}
	name = strings.ToLower(name)
	if DigestSize(name) == 0 || strings.HasPrefix(name, "md") {
		return nil, lacking("a sha hash needs the digest it was made with (variant sha1, sha256, sha512, … sha3-512): the length alone does not tell them apart")
	}
	return plainDigest(in, name)
}

func plainDigest(in input, name string) (identity.Form, *identity.Problem) {
	value, p := readDigest(in.text, DigestSize(name))
	if p != nil {
		return nil, p
	}
	return &Digest{kind{in.tag}, name, value}, nil
}

// readLDAPDigest reads padded base64 of a digest behind LDAP's scheme.
func readLDAPDigest(scheme, name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		s, p := afterScheme(in.text, scheme)
		if p != nil {
			return nil, p
		}
		value, ok := decodePadded(s)
		if size := DigestSize(name); !ok || len(value) != size {
			return nil, malformed("after the scheme there is no padded base64 of %d bytes; there are %d characters", size, len(s))
		}
		return &Digest{kind{in.tag}, name, value}, nil
	}
}

// afterScheme cuts one of LDAP's schemes off: "{SCHEME}" in any case (RFC 2307,
// OpenLDAP's slapd and its password modules).
func afterScheme(s string, names ...string) (string, *identity.Problem) {
	for _, name := range names {
		if scheme := "{" + name + "}"; hasFold(s, scheme) {
			return s[len(scheme):], nil
		}
	}
	return "", malformed("the hash does not begin with {%s}", strings.ToUpper(names[0]))
}

// readDjangoUnsalted reads 32 hex digits, with md5$$ before them or not, or sha1$$
// and 40. Django makes the text anew and compares, so upper case never matched.
func readDjangoUnsalted(name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		s, marked := strings.CutPrefix(in.text, name+"$$")
		if !marked && name != "md5" {
			return nil, malformed("the hash does not begin with %s$$", name)
		}
		value, p := readLowerHex(s, DigestSize(name))
		if p != nil {
			return nil, p
		}
		return &Digest{kind{in.tag}, name, value}, nil
	}
}

// KratosDigestForm is a digest of Ory Kratos with a format of its own (ory/kratos,
// hash/hash_comparator.go): $sha256$pf=FORMAT$salt$value, all padded base64; the
// format is a text with {PASSWORD} and {SALT} in it.
type KratosDigestForm struct {
	kind
	Name         string
	Format, Salt string
	Value        []byte
}

// readKratosDigest reads also $md5$value, and formats that put nothing beside the
// password: those are digests as any other.
func readKratosDigest(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, "$")
	if len(part) < 3 || part[0] != "" || !kratosDigests[part[1]] {
		return nil, malformed("the hash does not begin with $md5$, $sha1$, $sha256$ or $sha512$")
	}
	name, size := part[1], DigestSize(part[1])
	value, ok := decodePadded(part[len(part)-1])
	if !ok || len(value) != size {
		return nil, malformed("the value is not padded base64 of %d bytes", size)
	}
	if len(part) == 3 && name == "md5" {
		return &Digest{kind{in.tag}, name, value}, nil
	}
	if len(part) != 5 {
		return nil, malformed("the hash is not $digest$pf=format$salt$value")
	}
	pf, named := strings.CutPrefix(part[2], "pf=")
	format, ok1 := decodePadded(pf)
	salt, ok2 := decodePadded(part[3])
	if !named || !ok1 || !ok2 {
		return nil, malformed("format and salt of the hash are not padded base64")
	}
	if strings.ReplaceAll(string(format), "{SALT}", string(salt)) == "{PASSWORD}" {
		return &Digest{kind{in.tag}, name, value}, nil
	}
	return &KratosDigestForm{kind{in.tag}, name, string(format), string(salt), value}, nil
}

var kratosDigests = map[string]bool{"md5": true, "sha1": true, "sha256": true, "sha512": true}
