package verifiers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// describe says a recipe to a person: a formula where there is one. It holds no
// text of the question.
func (s *search) describe(t trial) string {
	parts := []string{s.formula(t.hash)}
	if t.hash.Algorithm != identity.ScryptFirebase {
		parts = append(parts, numberPhrase(t.numbers), saltPhrase(t.hash.Params.Variant), s.placePhrase(t.hash))
	}
	parts = append(parts, spellingPhrases[t.spelt.name])
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "; ")
}

// formula is the recipe itself.
func (s *search) formula(h identity.Hash) string {
	w := forms.WordsOf(h.Params.Variant)
	text := strings.Join(w.Rest, " ")
	tag := string(h.Algorithm)
	switch {
	case h.Algorithm == identity.MD5:
		return "md5(password)"
	case h.Algorithm == identity.SHA:
		return text + "(password)"
	case h.Algorithm == identity.Plaintext:
		return "the password itself, which is no hash"
	case h.Algorithm == forms.DoubleMD5:
		return "md5(md5(password))"
	case h.Algorithm == forms.Prehashed:
		return string(forms.Identify(string(h.Encoded))[0].Algorithm) + " of " + text + " instead of the password"
	case h.Algorithm == forms.PBKDF2:
		return fmt.Sprintf("PBKDF2 with %s and %s iterations", text, grouped(h.Params.N))
	case h.Algorithm == identity.Scrypt:
		return fmt.Sprintf("scrypt with N=%d, r=%d, p=%d", h.Params.N, h.Params.R, h.Params.P)
	case h.Algorithm == identity.ScryptFirebase && h.Params.SignerKey != "":
		return s.firebaseWords(h)
	case strings.HasPrefix(tag, "salted-"):
		return strings.TrimPrefix(tag, "salted-") + "(" + text + ")"
	case strings.HasPrefix(tag, "hmac-"):
		return hmacFormula(strings.TrimPrefix(tag, "hmac-"), text, w.Key)
	}
	return "a hash of the form " + tag
}

func hmacFormula(digest, text, key string) string {
	if text == "" {
		text = "password"
	}
	switch key {
	case "password":
		return "HMAC with " + digest + ", the password as its key and the salt as its text"
	case "salt":
		return "HMAC with " + digest + " of " + text + ", the salt as its key"
	case "":
		return "HMAC with " + digest + " of " + text
	}
	return "HMAC with " + digest + " of " + text + ", the key written in " + key
}

// numberPhrase says which numbers were given otherwise.
func numberPhrase(numbers string) string {
	var said []string
	for _, word := range strings.Fields(numbers) {
		_, value, _ := strings.Cut(word, "=")
		phrase := ""
		switch {
		case word == "salt=none":
			phrase = "without the salt that stands beside it"
		case word == "key_length=0":
			phrase = "of another length than was given"
		case strings.HasPrefix(value, "2^"):
			phrase = "a number that was given as its logarithm"
		case value == "n" || value == "r" || value == "p":
			phrase = "numbers in each other's place"
		}
		if phrase != "" && !slices.Contains(said, phrase) {
			said = append(said, phrase)
		}
	}
	return strings.Join(said, "; ")
}

// saltPhrase says how a salt is written, unless it is text.
func saltPhrase(variant string) string {
	if w := forms.WordsOf(variant); w.Salt != "" {
		return "the salt written in " + w.Salt
	}
	return ""
}

// placePhrase says which text is elsewhere than was given.
func (s *search) placePhrase(h identity.Hash) string {
	given := s.Hash
	bare := forms.Unprefixed(given)
	switch {
	case h.Encoded == given.Params.Salt && h.Params.Salt == given.Encoded && h.Encoded != h.Params.Salt:
		return "hash and salt in each other's place"
	case h.Encoded != given.Encoded && h.Encoded == bare.Encoded, h.Params.Salt != given.Params.Salt && h.Params.Salt == bare.Params.Salt:
		return "without the mark before the hex digits (0x or \\x)"
	case h.Params.Salt != given.Params.Salt && h.Params.Salt != "":
		return "another text beside the hash as the salt"
	}
	return ""
}

var spellingPhrases = map[string]string{
	"latin1": "the password in Latin-1", "trimmed": "the password without white space around it", "slashed": "the password with backslashes before quotes",
	"slashed+trimmed": "the password with backslashes before quotes and without white space around it",
	"escaped":         "the password escaped for HTML", "nfc": "the password in Unicode's form NFC", "nfd": "the password in Unicode's form NFD", "nfkc": "the password in Unicode's form NFKC",
}

// grouped is a number with commas.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
