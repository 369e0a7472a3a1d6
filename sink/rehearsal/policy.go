package rehearsal

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// plainChecks are the tests of plain passwords, on create and on PATCH, where ""
// is taken.
func plainChecks(r rules, p Policies) (create, patch test) {
	words := "Password must be between 8 and 265 characters long, and should not be one of the commonly used password."
	strong := strength{Strength: Strength{Min: 8}, words: passwordText}
	if r.password265 {
		strong.words = words
	} else if p.Strength != nil {
		strong = newStrength(*p.Strength)
	}
	check := func(v value, none bool) string {
		switch {
		case none && v.kind == isText && v.text == "":
			return ""
		case !passwordLength(v) || !strong.ok(v.text):
			return strong.words
		case slices.Contains(p.Dictionary, v.text):
			return words
		}
		return ""
	}
	return func(v value) string { return check(v, false) }, func(v value) string { return check(v, true) }
}

// strength is the policy with its words.
type strength struct {
	Strength
	words string
}

func newStrength(p Strength) strength {
	p.Min = max(p.Min, 8)
	words := "Password must be between " + strconv.Itoa(p.Min) + " and 256 characters long"
	for _, one := range []struct {
		on   bool
		word string
	}{{p.Upper, "an uppercase letter"}, {p.Lower, "a lowercase letter"}, {p.Number, "a number"}, {p.Symbol, "a symbol"}} {
		if one.on {
			words += ", include " + one.word
		}
	}
	return strength{p, words + "."}
}

func (s strength) ok(password string) bool {
	has := func(f func(rune) bool) bool { return strings.ContainsFunc(password, f) }
	return len(password) >= s.Min &&
		(!s.Upper || has(func(r rune) bool { return r >= 'A' && r <= 'Z' })) &&
		(!s.Lower || has(func(r rune) bool { return r >= 'a' && r <= 'z' })) &&
		(!s.Number || has(func(r rune) bool { return r >= '0' && r <= '9' })) &&
		(!s.Symbol || has(func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsSpace(r) }))
}
