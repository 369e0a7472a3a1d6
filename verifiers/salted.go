package verifiers

import (
	"crypto/md5"
	"hash"
	"strings"

	"rehome/identity"
)

// Home-made digests with a salt or a key beside them. How the text is put
// together stands in the variant, as an expression:
//
//	salt+password   password+salt   salt+password+salt   md5(password)+salt
//
// The salt may also stand in the text itself: digest:salt, or word$salt$digest.

// apart takes the salt out of a text that holds both.
func apart(h identity.Hash) identity.Hash {
	if h.Params.Salt != "" {
		return h
	}
	if digest, salt, ok := strings.Cut(string(h.Encoded), ":"); ok {
		h.Encoded, h.Params.Salt = identity.Secret(digest), identity.Secret(salt)
	} else if part := strings.Split(string(h.Encoded), "$"); len(part) == 3 {
		h.Encoded, h.Params.Salt = identity.Secret(part[2]), identity.Secret(part[1])
	}
	return h
}

// readSalted: hex or base64 of digest(expression). Salt is text unless the
// variant has salt=hex, salt=base64 or salt=base64url.
func readSalted(digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		h = apart(h)
		w := readWords(h.Params.Variant)
		text, p := w.one("")
		if p != nil {
			return recipe{}, p
		}
		if text == "" {
			return recipe{}, lacking("a salted hash needs the order of its parts (variant salt+password or password+salt)")
		}
		e, terms, p := readExpression(text, h.Params)
		if p != nil {
			return recipe{}, p
		}
		want, p := readDigest(h.Encoded, digest().Size())
		derive := func(password []byte) ([]byte, error) { return sum(digest, e(password)), nil }
		return recipe{want: want, derive: derive, work: terms}, p
	}
}

// readHMAC: hex or base64 of HMAC(SignerKey, password), the key written as the
// variant's key=… says. The message may be an expression like that of a salted
// digest. With "key=salt" the key is Salt; with "key=password" the password is the
// key and Salt the message.
func readHMAC(digest func() hash.Hash) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		h = apart(h)
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
		key, p := hmacKey(h.Params, w)
		if p != nil {
			return recipe{}, p
		}
		text, p := w.one("password")
		if p != nil {
			return recipe{}, p
		}
		e, terms, p := readExpression(text, h.Params)
		derive := func(password []byte) ([]byte, error) { return hmacSum(digest, key, e(password)), nil }
		return recipe{want: want, derive: derive, work: 4 + terms}, p
	}
}

func hmacKey(params identity.Params, w words) ([]byte, *identity.Problem) {
	if w.key == "salt" {
		return readSalt(params)
	}
	if params.SignerKey == "" {
		return nil, lacking("an HMAC needs its key (as the signer key)")
	}
	return decodeParam("the key", params.SignerKey, w.key)
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
