package verifiers

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// usualSeparator is the salt separator of most Firebase projects.
const usualSeparator = "Bw=="

// guess is what one of Firebase's texts may be: base64, and how many mistakes it
// takes to have been given otherwise.
type guess struct {
	text     identity.Secret
	unlikely int
}

// firebase tries the project's parameters in each other's place. Rounds and
// mem_cost can be anything in their range: all pairs together cost as much as
// nine of Firebase's usual hashes.
func (l *dearList) firebase() {
	given := l.Hash.Params
	if given.SignerKey == "" && given.SaltSeparator == "" || given.Salt == "" {
		return
	}
	keys := guesses(given.SignerKey, given.SaltSeparator, given.Salt)
	separators := append(guesses(given.SaltSeparator, given.SignerKey, given.Salt), guess{usualSeparator, 1}, guess{"", 1})
	salts := guesses(given.Salt, given.SaltSeparator, l.Hash.Encoded)
	digests := []guess{{l.Hash.Encoded, 0}, {given.Salt, 1}}
	for _, digest := range digests {
		for _, key := range keysFor(digest, keys) {
			for _, separator := range distinctGuesses(separators) {
				for _, salt := range distinctGuesses(salts) {
					l.arrange(digest, key, separator, salt)
				}
			}
		}
	}
}

// guesses are what a text may be: itself, as base64, or written in another way;
// or one of the others.
func guesses(own identity.Secret, others ...identity.Secret) (all []guess) {
	if _, ok := forms.DecodeBase64(string(own)); ok {
		all = append(all, guess{own, 0})
	}
	if b := unhex([]byte(own)); len(b) > 0 {
		all = append(all, guess{identity.Secret(base64.StdEncoding.EncodeToString(b)), 1})
	}
	if own != "" {
		all = append(all, guess{identity.Secret(base64.StdEncoding.EncodeToString([]byte(own))), 2})
	}
	for _, other := range others {
		if _, ok := forms.DecodeBase64(string(other)); ok {
			all = append(all, guess{other, 1})
		}
	}
	return all
}

// keysFor are the keys as long as the digest; no other can have made it.
func keysFor(digest guess, keys []guess) (fit []guess) {
	want, ok := forms.DecodeBase64(string(digest.text))
	for _, key := range distinctGuesses(keys) {
		if b, _ := forms.DecodeBase64(string(key.text)); ok && len(b) > 0 && len(b) == len(want) {
			fit = append(fit, key)
		}
	}
	return fit
}

// distinctGuesses keeps the likeliest of those that are alike.
func distinctGuesses(all []guess) (distinct []guess) {
	for _, g := range all {
		if !slices.ContainsFunc(distinct, func(had guess) bool { return had.text == g.text }) {
			distinct = append(distinct, g)
		}
	}
	return distinct
}

// arrange tries four texts with every pair of numbers.
func (l *dearList) arrange(digest, key, separator, salt guess) {
	mistakes := max(0, digest.unlikely+key.unlikely+separator.unlikely+salt.unlikely)
	if l.exchanged(digest, key, separator, salt) {
		mistakes--
	}
	for rounds := 1; rounds <= maxRounds; rounds++ {
		for memCost := 1; memCost <= maxMemCost; memCost++ {
			h := l.Hash
			h.Algorithm, h.Encoded = identity.ScryptFirebase, digest.text
			h.Params = identity.Params{Salt: salt.text, SaltSeparator: separator.text, SignerKey: key.text, N: 1 << memCost, R: rounds, P: 1}
			numbers := strings.TrimSpace(differing("n", h.Params.N, l.Hash.Params.N) + differing("r", h.Params.R, l.Hash.Params.R))
			l.add(trial{kind: firebases, hash: h, spelt: l.spelt[0], numbers: numbers, unlikely: mistakes + l.misnumbered(rounds, memCost)})
		}
	}
}

// exchanged reports whether two texts stand in each other's place, which is one
// mistake and not two.
func (l *dearList) exchanged(digest, key, separator, salt guess) bool {
	given := l.Hash.Params
	return key.text == given.SaltSeparator && separator.text == given.SignerKey ||
		salt.text == given.SaltSeparator && separator.text == given.Salt ||
		digest.text == given.Salt && salt.text == l.Hash.Encoded
}

// misnumbered counts the mistakes that it takes to have given other numbers.
func (l *dearList) misnumbered(rounds, memCost int) int {
	n, r := l.Hash.Params.N, l.Hash.Params.R
	logN, power := log2(n)
	switch {
	case r == rounds && power && logN == memCost:
		return 0
	case r == memCost && power && logN == rounds, r == rounds && n == memCost, r == memCost && n == rounds, rounds == maxRounds && memCost == maxMemCost:
		return 1
	}
	return 2
}

// firebaseWords says what is otherwise than it was given.
func (s *search) firebaseWords(h identity.Hash) string {
	given, p := s.Hash.Params, h.Params
	memCost, _ := log2(p.N)
	words := []string{fmt.Sprintf("Firebase's scrypt with rounds %d and mem_cost %d", p.R, memCost)}
	if logN, power := log2(given.N); power && given.R == memCost && logN == p.R && memCost != p.R {
		words[0] += ", which were in each other's place"
	}
	switch {
	case p.SignerKey == given.SaltSeparator && p.SaltSeparator == given.SignerKey:
		words = append(words, "signer key and salt separator in each other's place")
	case p.SaltSeparator == given.Salt && p.Salt == given.SaltSeparator:
		words = append(words, "salt and salt separator in each other's place")
	case p.SaltSeparator == usualSeparator && given.SaltSeparator == "":
		words = append(words, "the usual salt separator, which was missing")
	case p.SaltSeparator == usualSeparator && given.SaltSeparator != usualSeparator:
		words = append(words, "the usual salt separator instead of the one given")
	case p.SaltSeparator == "" && given.SaltSeparator != "":
		words = append(words, "no salt separator")
	case p.SaltSeparator != given.SaltSeparator:
		words = append(words, "another salt separator")
	}
	if p.SignerKey != given.SignerKey && p.SignerKey != given.SaltSeparator {
		words = append(words, "the signer key written in base64")
	}
	if h.Encoded == given.Salt {
		words = append(words, "hash and salt in each other's place")
	} else if p.Salt != given.Salt && p.Salt != given.SaltSeparator {
		words = append(words, "the salt written in base64")
	}
	return strings.Join(words, "; ")
}
