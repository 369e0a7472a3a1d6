package forms

import (
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// Words is Params.Variant taken apart: a list of words separated by blanks that say
// what the text of a hash does not.
type Words struct {
	Salt, Key string   // salt=, key=: how the parameter is written (hex, base64, base64url; "" is text), or what else is the key
	Password  string   // password=: in which spelling the source hashed passwords; "" is as typed
	WordPress bool     // wordpress: the source is WordPress
	Rest      []string // what only the family knows: a digest, an order
}

// The words that more than one family knows.
const (
	wordPress    = "wordpress"
	saltWord     = "salt="
	keyWord      = "key="
	PasswordWord = "password="
)

// WordsOf takes a variant apart.
func WordsOf(variant string) Words {
	var w Words
	if variant == "" {
		return w
	}
	for word := range strings.FieldsSeq(variant) {
		switch {
		case word == wordPress:
			w.WordPress = true
		case strings.HasPrefix(word, saltWord):
			w.Salt = word[len(saltWord):]
		case strings.HasPrefix(word, keyWord):
			w.Key = word[len(keyWord):]
		case strings.HasPrefix(word, PasswordWord):
			w.Password = word[len(PasswordWord):]
		default:
			w.Rest = append(w.Rest, word)
		}
	}
	return w
}

// OfSource is the part of a variant that says nothing of the hash but in which
// spelling the source hashed passwords. It holds for the hash however it is spelt:
// whoever verifies it asks.
func OfSource(variant string) string {
	if variant == "" {
		return ""
	}
	var kept []string
	for word := range strings.FieldsSeq(variant) {
		if word == wordPress || strings.HasPrefix(word, PasswordWord) {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

// One is the only word of the family's own, def when there is none.
func (w Words) One(def string) (string, *identity.Problem) {
	switch len(w.Rest) {
	case 0:
		return def, nil
	case 1:
		return w.Rest[0], nil
	}
	return "", lacking("the variant has %d words of its own where one is meant", len(w.Rest))
}

// Salt decodes a salt that the family cannot do without.
func Salt(p identity.Params) ([]byte, *identity.Problem) {
	if p.Salt == "" {
		return nil, lacking("the hash needs the salt it was made with")
	}
	return decodeParam("the salt", p.Salt, WordsOf(p.Variant).Salt)
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
		b, ok = DecodeBase64(string(s))
	default:
		return nil, lacking("the variant says that %s is written otherwise than as text, hex, base64 or base64url", what)
	}
	if !ok {
		return nil, lacking("%s is not written as the variant says", what)
	}
	return b, nil
}

// iterations is N, zero where it is not a number of iterations.
func iterations(p identity.Params) uint64 { return uint64(max(0, p.N)) }
