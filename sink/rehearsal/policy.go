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

// listPolicies answers the policies about passwords, as appwrite/appwrite 1.9.x has
// them (src/Appwrite/Platform/Modules/Project/Http/Project/Policies/XList.php; not
// recorded). The others are not played.
func listPolicies(c *call) *refusal {
	p := c.policies()
	strong := Strength{Min: 8}
	if p.Strength != nil {
		strong = newStrength(*p.Strength).Strength
	}
	b := append(c.out, `{"total":4,"policies":[`...)
	b = append(yes(begin(b, "$id", "password-dictionary"), "enabled", p.Dictionary != nil), `},`...)
	b = append(count(begin(b, "$id", "password-history"), "total", p.History), `},`...)
	b = count(begin(b, "$id", "password-strength"), "min", strong.Min)
	b = yes(yes(yes(yes(b, "uppercase", strong.Upper), "lowercase", strong.Lower), "number", strong.Number), "symbols", strong.Symbol)
	b = append(yes(begin(append(b, `},`...), "$id", "password-personal-data"), "enabled", p.PersonalData), `}]}`...)
	c.out = b
	return nil
}
