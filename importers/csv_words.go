package importers

import (
	"fmt"
	"strconv"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// hashWords is --hash-algo: an algorithm, and behind it what else is true of all
// hashes of the file that do not say it themselves:
//
//	salted-sha256 salt+password salt=hex     words of the variant, as package verifiers documents them
//	pbkdf2-raw sha512 n=210000               numbers: n, r, p and key_length
//	scrypt n=2^n    scrypt n=r r=n           numbers that stand in another's column, or as logarithms
//	sha1 salt=none                           a salt that stands there and was not used
//	double-md5 everywhere                    nothing more than that the columns are wrong
//
// Such words are the whole truth about these hashes: whatever the columns of the
// algorithm, the variant and the numbers say, gives way. Without them the columns
// win, as they do over a bare --hash-algo.
type hashWords struct {
	algorithm forms.Name
	more      bool   // there is more than the algorithm
	variant   string // of the algorithm and the words
	unsalted  bool
	numbers   []numberWord
}

// numberWord gives a number its value.
type numberWord struct {
	to    field
	value int   // or
	from  field // the number that stands there; noField: value
	log2  bool  // of which this is the logarithm
}

// readHashWords reads --hash-algo. Names of algorithms may hold blanks: the
// longest that is one counts.
func readHashWords(text string) (w hashWords, err error) {
	words := strings.Fields(text)
	named := 0
	for n := len(words); n > 0 && named == 0; n-- {
		if a, ok := forms.Named(strings.Join(words[:n], " ")); ok {
			w.algorithm, named = a, n
		}
	}
	if named == 0 {
		if text == "" {
			return w, nil
		}
		return w, fmt.Errorf("--hash-algo %.40q is no algorithm that is known", text)
	}
	variant := strings.Fields(w.algorithm.Variant)
	for _, word := range words[named:] {
		w.more = true
		number, is, err := readNumberWord(word)
		switch {
		case err != nil:
			return w, err
		case is:
			w.numbers = append(w.numbers, number)
		case word == "salt=none":
			w.unsalted = true
		case word == "everywhere":
		default:
			variant = append(variant, word)
		}
	}
	w.variant = strings.Join(variant, " ")
	return w, nil
}

// numberFields are the numbers by their names.
var numberFields = map[string]field{"n": fieldN, "r": fieldR, "p": fieldP, "key_length": fieldKeyLength}

// readNumberWord reads n=16384, n=2^14, n=r or n=2^n; is is false for a word that
// is about no number.
func readNumberWord(word string) (w numberWord, is bool, err error) {
	name, value, ok := strings.Cut(word, "=")
	to, known := numberFields[name]
	if !ok || !known {
		return w, false, nil
	}
	w = numberWord{to: to, from: noField}
	value, w.log2 = strings.CutPrefix(value, "2^")
	if from, ok := numberFields[value]; ok {
		w.from = from
		return w, true, nil
	}
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil || w.log2 && n > 30 {
		return w, true, fmt.Errorf("--hash-algo: %s= takes a number, another number's name (n, r, p), or 2^ before either", name)
	}
	w.value = int(n)
	return w, true, nil
}

// rules reports whether the words say all about a text of this form.
func (w hashWords) rules(claim forms.Claim, text string) bool {
	switch {
	case !w.more:
		return false
	case claim.Kind == forms.Known:
		return claim.Allows(w.algorithm.Algorithm) || w.algorithm.Algorithm == forms.Prehashed
	}
	return w.algorithm.Fits(text)
}

// apply gives a hash what the words say.
func (w hashWords) apply(hash *identity.Hash) *identity.Problem {
	given := hash.Params
	hash.Algorithm, hash.Params.Variant = w.algorithm.Algorithm, w.variant
	if w.unsalted {
		hash.Params.Salt = ""
	}
	for _, n := range w.numbers {
		value := n.value
		if n.from != noField {
			value = *numberOf(&given, n.from)
		}
		if n.log2 {
			if value < 0 || value > 30 {
				return hashParams("--hash-algo takes a number for a logarithm that is not 0 to 30")
			}
			value = 1 << value
		}
		*numberOf(&hash.Params, n.to) = value
	}
	return nil
}

// numberOf is the place of a number.
func numberOf(p *identity.Params, f field) *int {
	switch f {
	case fieldR:
		return &p.R
	case fieldP:
		return &p.P
	case fieldKeyLength:
		return &p.KeyLen
	}
	return &p.N
}
