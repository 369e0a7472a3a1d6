package verifiers

import (
	"crypto/md5"
	"hash"
	"strings"

	"rehome/identity"
)

// Home-made digests with a salt or a key beside them. How the text is put
// together stands in the variant, as a sum of terms:
//
//	salt+password   password+salt   salt+password+salt   md5(password)+salt
//
// where md5(…), sha1(…), … are the lower-case hex of that digest.

// maxTerms bounds the text to digest.
const maxTerms = 8

// readSalted: hex or base64 of digest(expression). Salt is text unless the
// variant has salt=hex, salt=base64 or salt=base64url.
func readSalted(digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		w := readWords(h.Params.Variant)
		text, p := w.one("")
		if p != nil {
			return recipe{}, p
		}
		if text == "" {
			return recipe{}, lacking("a salted hash needs the order of its parts (variant salt+password or password+salt)")
		}
		e, p := readExpression(text, h.Params)
		if p != nil {
			return recipe{}, p
		}
		want, p := readDigest(h.Encoded, digest().Size())
		derive := func(password []byte) ([]byte, error) { return sum(digest, e.text(password)), nil }
		return recipe{want: want, derive: derive, work: 1}, p
	}
}

// readHMAC: hex or base64 of HMAC(SignerKey, password), the key written as the
// variant's key=… says. The message may be an expression like that of a salted
// digest. With "key=password" the password is the key and Salt the message.
func readHMAC(digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		want, p := readDigest(h.Encoded, digest().Size())
		if p != nil {
			return recipe{}, p
		}
		w := readWords(h.Params.Variant)
		if w.key == "password" {
			salt, p := readSalt(h.Params)
			derive := func(password []byte) ([]byte, error) { return hmacSum(digest, password, salt), nil }
			return recipe{want: want, derive: derive, work: 4}, p
		}
		if h.Params.SignerKey == "" {
			return recipe{}, lacking("an HMAC needs its key (as the signer key)")
		}
		key, p := decodeParam("the key", h.Params.SignerKey, w.key)
		if p != nil {
			return recipe{}, p
		}
		text, p := w.one("password")
		if p != nil {
			return recipe{}, p
		}
		e, p := readExpression(text, h.Params)
		derive := func(password []byte) ([]byte, error) { return hmacSum(digest, key, e.text(password)), nil }
		return recipe{want: want, derive: derive, work: 4}, p
	}
}

// expression is a sum of terms, each a function of the password.
type expression []func(password []byte) []byte

func (e expression) text(password []byte) []byte {
	var text []byte
	for _, term := range e {
		text = append(text, term(password)...)
	}
	return text
}

func readExpression(s string, params identity.Params) (expression, *identity.Problem) {
	terms := strings.Split(s, "+")
	if len(terms) > maxTerms {
		return nil, lacking("the variant has %d terms; at most %d are known to be used", len(terms), maxTerms)
	}
	var e expression
	for _, name := range terms {
		term, p := readTerm(name, params)
		if p != nil {
			return nil, p
		}
		e = append(e, term)
	}
	return e, nil
}

func readTerm(name string, params identity.Params) (func([]byte) []byte, *identity.Problem) {
	switch name {
	case "password":
		return func(password []byte) []byte { return password }, nil
	case "salt":
		salt, p := readSalt(params)
		return func([]byte) []byte { return salt }, p
	}
	inner, ok := strings.CutSuffix(name, "(password)")
	if digest := newDigest(inner); ok && digest != nil {
		return func(password []byte) []byte { return hexSum(digest, password) }, nil
	}
	return nil, lacking("the variant has a term that is none of salt, password, and digests of it such as md5(password)")
}

// readJoomla: hex:salt, MD5(password salt); 32 hex digits of either case.
func readJoomla(h identity.Hash) (recipe, *identity.Problem) {
	digits, salt, ok := strings.Cut(string(h.Encoded), ":")
	if !ok || salt == "" {
		return recipe{}, malformed("a Joomla hash is hex:salt")
	}
	return readSalted(md5.New)(identity.Hash{
		Encoded: identity.Secret(digits), Params: identity.Params{Salt: identity.Secret(salt), Variant: "password+salt"},
	})
}

// readDoubleMD5: MD5 of the hex MD5 of the password.
func readDoubleMD5(h identity.Hash) (recipe, *identity.Problem) {
	return readSalted(md5.New)(identity.Hash{Encoded: h.Encoded, Params: identity.Params{Variant: "md5(password)"}})
}
