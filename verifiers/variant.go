package verifiers

import (
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// The words of Params.Variant that more than one family knows.
const (
	wordPress = "wordpress" // the source is WordPress: see Spellings
	saltWord  = "salt="     // how Params.Salt is written: text (the default), hex, base64, base64url
	keyWord   = "key="      // how Params.SignerKey is written, likewise; or what else is the key
	// passwordWord says in which spelling the source hashed passwords, where that
	// is not the one they are typed in: see Spellings.
	passwordWord = "password="
)

// words is Params.Variant taken apart.
type words struct {
	salt, key string   // encodings of salt and key; "" is text
	password  string   // spelling of the password; "" is as typed
	wordPress bool     // the source is WordPress
	rest      []string // what only the family knows
}

func readWords(variant string) words {
	var w words
	for _, word := range strings.Fields(variant) {
		switch {
		case word == wordPress:
			w.wordPress = true
		case strings.HasPrefix(word, saltWord):
			w.salt = word[len(saltWord):]
		case strings.HasPrefix(word, keyWord):
			w.key = word[len(keyWord):]
		case strings.HasPrefix(word, passwordWord):
			w.password = word[len(passwordWord):]
		default:
			w.rest = append(w.rest, word)
		}
	}
	return w
}

// one is the only word of the family's own, def when there is none.
func (w words) one(def string) (string, *identity.Problem) {
	switch len(w.rest) {
	case 0:
		return def, nil
	case 1:
		return w.rest[0], nil
	}
	return "", lacking("the variant has %d words of its own where one is meant", len(w.rest))
}

// decodeParam decodes a salt or key from the encoding its word names.
func decodeParam(what string, s identity.Secret, encoding string) ([]byte, *identity.Problem) {
	var b []byte
	var err error
	ok := true
	switch encoding {
	case "", "text":
		b = []byte(s)
	case "hex":
		b, err = hex.DecodeString(string(s))
		ok = err == nil
	case "base64", "base64url":
		b, ok = decodeAny64(string(s))
	default:
		return nil, lacking("the variant says that %s is written otherwise than as text, hex, base64 or base64url", what)
	}
	if !ok {
		return nil, lacking("%s is not written as the variant says", what)
	}
	return b, nil
}
