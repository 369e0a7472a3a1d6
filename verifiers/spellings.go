package verifiers

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"rehome/identity"
	"rehome/identity/forms"
)

// Spellings lists what a source may have hashed when this password was typed;
// the first is the password as typed, and for most sources the only one. A
// password that matches in another spelling only is right at the source, and will
// be wrong at every other program it is typed into.
//
// WordPress (tag wp-bcrypt, or "wordpress" in the variant) puts a backslash before
// the quotes, backslashes and NULs of everything that is posted to it, never takes
// it away from passwords, and trims them (wp_magic_quotes, wp_signon,
// wp_authenticate in WordPress/wordpress-develop, src/wp-includes). better-auth
// hashes the NFKC form. Of other sources the variant may say it, as one of the
// words password=…; most passwords are the same in all of them.
func Spellings(h identity.Hash, password string) []string {
	all := []string{password}
	for _, s := range respelt(h, password) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func respelt(h identity.Hash, password string) []string {
	words := forms.WordsOf(h.Params.Variant)
	switch {
	case words.Password != "":
		for _, s := range spellings {
			if s.name == words.Password {
				return []string{s.of(password)}
			}
		}
	case h.Algorithm == forms.BetterAuthScrypt:
		return []string{norm.NFKC.String(password)}
	case h.Algorithm == identity.WPBcrypt || words.WordPress:
		slashed := slash.Replace(password)
		return []string{strings.Trim(password, phpSpace), slashed, strings.Trim(slashed, phpSpace)}
	}
	return nil
}

// spelling is a way to write a password, by the word that names it.
type spelling struct {
	name string
	of   func(string) string
}

// spellings are the ways that are known, the likeliest first.
var spellings = []spelling{
	{"latin1", latin1},
	{"trimmed", func(s string) string { return strings.Trim(s, phpSpace) }},
	{"slashed", slash.Replace},
	{"slashed+trimmed", func(s string) string { return strings.Trim(slash.Replace(s), phpSpace) }},
	{"escaped", escape.Replace},
	{"nfc", norm.NFC.String},
	{"nfd", norm.NFD.String},
	{"nfkc", norm.NFKC.String},
}

// checkSpelling refuses a spelling that there is not.
func checkSpelling(variant string) *identity.Problem {
	if !strings.Contains(variant, forms.PasswordWord) {
		return nil
	}
	name := forms.WordsOf(variant).Password
	if name == "" || slices.ContainsFunc(spellings, func(s spelling) bool { return s.name == name }) {
		return nil
	}
	return lacking("the variant names no spelling of the password that is known (latin1, trimmed, slashed, …)")
}

// slash is PHP's addslashes.
var slash = strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "\x00", `\0`)

// escape is PHP's htmlspecialchars.
var escape = strings.NewReplacer(`&`, `&amp;`, `"`, `&quot;`, `'`, `&#039;`, `<`, `&lt;`, `>`, `&gt;`)

// latin1 is the password in ISO 8859-1; a question mark for what that has not, as
// PHP's utf8_decode puts it.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return string(b)
}
