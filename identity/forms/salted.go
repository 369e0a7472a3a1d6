package forms

import (
	"strings"

	"rehome/identity"
)

// Salted is a digest of more than the password as it is typed: a salt, another
// digest, another spelling of its letters. How the text is put together is an
// expression (package verifiers computes it):
//
//	salt+password   password+salt   salt+password+salt   md5(password)+salt
type Salted struct {
	kind
	Name       string // the outer digest
	Expression string
	Salt       []byte // nil: there is none
	Value      []byte
}

// HMAC is an HMAC of the password, or with it.
type HMAC struct {
	kind
	Name    string // the digest
	Key     []byte // nil: the password is the key
	Message string // expression of the message; unused where the password is the key
	Salt    []byte // the message where the password is the key
	Value   []byte
}

// Apart takes the salt out of a text that holds both: digest:salt, or word$salt$digest.
func Apart(h identity.Hash) identity.Hash {
	in := apart(input{text: string(h.Encoded), params: h.Params})
	h.Encoded, h.Params = identity.Secret(in.text), in.params
	return h
}

func apart(in input) input {
	if in.params.Salt != "" {
		return in
	}
	if digest, salt, ok := strings.Cut(in.text, ":"); ok {
		in.text, in.params.Salt = digest, identity.Secret(salt)
	} else if part := strings.Split(in.text, "$"); len(part) == 3 {
		in.text, in.params.Salt = part[2], identity.Secret(part[1])
	}
	return in
}

// readSalted reads hex or base64 of digest(expression). Salt is text unless the
// variant has salt=hex, salt=base64 or salt=base64url.
func readSalted(name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		in = apart(in)
		expression, p := WordsOf(in.params.Variant).One("")
		if p != nil {
			return nil, p
		}
		if expression == "" {
			return nil, lacking("a salted hash needs the order of its parts (variant salt+password or password+salt)")
		}
		return saltedBy(in, name, expression)
	}
}

// saltedBy reads a digest of an expression that is known.
func saltedBy(in input, name, expression string) (identity.Form, *identity.Problem) {
	f := &Salted{kind: kind{in.tag}, Name: name, Expression: expression}
	var p *identity.Problem
	if in.params.Salt != "" {
		if f.Salt, p = Salt(in.params); p != nil {
			return nil, p
		}
	}
	f.Value, p = readDigest(in.text, DigestSize(name))
	return f, p
}

// readFixed reads a bare digest of an expression that is always the same.
func readFixed(name, expression, prefix string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		value, p := readDigest(strings.TrimPrefix(in.text, prefix), DigestSize(name))
		if p != nil {
			return nil, p
		}
		return &Salted{kind: kind{in.tag}, Name: name, Expression: expression, Value: value}, nil
	}
}

// readMySQL41 reads "*" and hex of SHA-1(SHA-1(password)), MySQL's PASSWORD() since
// 4.1; the star may be lost.
func readMySQL41(in input) (identity.Form, *identity.Problem) {
	s := strings.TrimPrefix(in.text, "*")
	value, ok := DecodeDigest(s, 20)
	if !ok || len(s) != 40 {
		return nil, malformed("a MySQL hash is * and 40 hex digits; this one has %d characters", len(in.text))
	}
	return &Salted{kind: kind{in.tag}, Name: "sha1", Expression: "unhex(sha1(password))", Value: value}, nil
}

// readHMAC reads hex or base64 of HMAC(SignerKey, password), the key written as the
// variant's key=… says. The message may be an expression like that of a salted
// digest. With "key=salt" the key is Salt; with "key=password" the password is the
// key and Salt the message.
func readHMAC(name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		in = apart(in)
		f := &HMAC{kind: kind{in.tag}, Name: name}
		var p *identity.Problem
		if f.Value, p = readDigest(in.text, DigestSize(name)); p != nil {
			return nil, p
		}
		w := WordsOf(in.params.Variant)
		if w.Key == "password" {
			f.Salt, p = Salt(in.params)
			return f, p
		}
		if f.Key, p = hmacKey(in.params, w); p != nil {
			return nil, p
		}
		if f.Message, p = w.One("password"); p == nil && in.params.Salt != "" && w.Key != "salt" {
			f.Salt, p = Salt(in.params)
		} else if w.Key == "salt" {
			f.Salt = f.Key
		}
		return f, p
	}
}

func hmacKey(params identity.Params, w Words) ([]byte, *identity.Problem) {
	if w.Key == "salt" {
		return Salt(params)
	}
	if params.SignerKey == "" {
		return nil, lacking("an HMAC needs its key (as the signer key)")
	}
	return decodeParam("the key", params.SignerKey, w.Key)
}

// readKratosHMAC reads $hmac-sha256$value$key, padded base64; the value is the HMAC in
// lower-case hex.
func readKratosHMAC(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, "$")
	if len(part) != 4 || part[0] != "" {
		return nil, malformed("the hash is not $hmac-digest$value$key")
	}
	name, named := strings.CutPrefix(part[1], "hmac-")
	text, ok1 := decodePadded(part[2])
	key, ok2 := decodePadded(part[3])
	if DigestSize(name) == 0 || strings.ContainsAny(name, "-/") || !named || !ok1 || !ok2 {
		return nil, malformed("the hash is not $hmac-digest$value$key with value and key in padded base64")
	}
	value, p := readLowerHex(string(text), DigestSize(name))
	if p != nil {
		return nil, p
	}
	return &HMAC{kind: kind{in.tag}, Name: name, Key: append([]byte{}, key...), Message: "password", Value: value}, nil
}

// readJoomla reads hex:salt, MD5(password salt); 32 hex digits of either case.
func readJoomla(in input) (identity.Form, *identity.Problem) {
	digits, salt, ok := strings.Cut(in.text, ":")
	if !ok || salt == "" {
		return nil, malformed("a Joomla hash is hex:salt")
	}
	return saltedBy(input{in.tag, digits, identity.Params{Salt: identity.Secret(salt)}}, "md5", "password+salt")
}

// readDjangoSalted reads md5$salt$hex, the digest of salt and password (django/django,
// django/contrib/auth/hashers.py). Django makes the whole text anew and compares, so
// every part must be spelled as it spells them.
func readDjangoSalted(word string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		part := strings.Split(in.text, "$")
		if len(part) != 3 || part[0] != word || part[1] == "" {
			return nil, malformed("the hash is not %s$salt$hex", word)
		}
		value, p := readLowerHex(part[2], DigestSize(word))
		if p != nil {
			return nil, p
		}
		return &Salted{kind{in.tag}, word, "salt+password", []byte(part[1]), value}, nil
	}
}

// readLDAPSalted reads padded base64 of the digest and its salt, of one byte or more.
func readLDAPSalted(scheme, name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		s, p := afterScheme(in.text, scheme)
		if p != nil {
			return nil, p
		}
		b, ok := decodePadded(s)
		size := DigestSize(name)
		if !ok || len(b) <= size {
			return nil, malformed("after the scheme there is no padded base64 of %d bytes and a salt; there are %d characters", size, len(s))
		}
		return &Salted{kind{in.tag}, name, "password+salt", b[size:], b[:size]}, nil
	}
}

// readPostgresMD5 reads "md5" and lower-case hex of MD5(password role); the role's name
// is the salt.
func readPostgresMD5(in input) (identity.Form, *identity.Problem) {
	digits, ok := strings.CutPrefix(in.text, "md5")
	if !ok {
		return nil, malformed("a Postgres hash begins with md5")
	}
	value, p := readLowerHex(digits, DigestSize("md5"))
	if p != nil {
		return nil, p
	}
	role, p := Salt(in.params)
	if p != nil {
		return nil, p
	}
	return &Salted{kind{in.tag}, "md5", "password+salt", role, value}, nil
}
