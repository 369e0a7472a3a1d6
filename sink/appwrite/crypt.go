package appwrite

import (
	"strings"

	"rehome/identity"
)

// fromCrypt takes crypt(3) strings: PHP's password_verify, which stands behind
// the bcrypt endpoint, hands whatever it does not know to crypt(). Nobody
// promises that it stays so; hence only when asked.
func (r rules) fromCrypt(h identity.Hash) (payload, *identity.Problem) {
	rounds, ok := cryptForm(string(h.Encoded), h.Algorithm)
	switch {
	case !ok:
		return malformed("this is no %s string, which has its kind, salt and digest, exactly", string(h.Algorithm))
	case !r.undocumented:
		return never("Appwrite has no endpoint for %s; its bcrypt endpoint verifies it today without promising so (--allow-undocumented)", string(h.Algorithm))
	case rounds > maxCryptRounds:
		return dear("%s of %d rounds; more than %d would stall the server at each login", string(h.Algorithm), rounds, maxCryptRounds)
	}
	return asItStands("bcrypt", h)
}

// cryptForm reads the forms of crypt(3) that PHP's crypt() has beside bcrypt.
func cryptForm(s string, a identity.Algorithm) (rounds uint64, ok bool) {
	switch a {
	case "des-crypt":
		return 25, len(s) == 13 && desText(s)
	case "bsdi-crypt":
		return bsdiForm(s)
	}
	return dollarForm(s, a)
}

// bsdiForm reads _, four letters of rounds, the lowest first, four of salt and
// eleven of digest.
func bsdiForm(s string) (rounds uint64, ok bool) {
	if len(s) != 20 || s[0] != '_' || !desText(s[1:]) {
		return 0, false
	}
	for i := 4; i > 0; i-- {
		rounds = rounds<<6 | uint64(strings.IndexByte(cryptAlphabet, s[i]))
	}
	return rounds, rounds > 0
}

// desText reads letters of crypt(3), of which the last holds four bits of eleven
// letters' 64 and two that are nought.
func desText(s string) bool {
	return cryptText(s) && strings.IndexByte(cryptAlphabet, s[len(s)-1])%4 == 0
}

const cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// dollarForm reads
//
//	$1$salt$22 characters
//	$5$salt$43 characters    or $5$rounds=5000$salt$…
//	$6$salt$86 characters    or $6$rounds=5000$salt$…
func dollarForm(s string, a identity.Algorithm) (rounds uint64, ok bool) {
	kind, saltMax, size := "$1$", 8, 22
	switch a {
	case "sha256-crypt":
		kind, saltMax, size = "$5$", 16, 43
	case "sha512-crypt":
		kind, saltMax, size = "$6$", 16, 86
	}
	rest, ok := strings.CutPrefix(s, kind)
	if !ok {
		return 0, false
	}
	if text, named := strings.CutPrefix(rest, "rounds="); named && kind != "$1$" {
		var count string
		if count, rest, ok = strings.Cut(text, "$"); !ok {
			return 0, false
		}
		if rounds, ok = number(count); !ok || rounds < 1000 || rounds > 999_999_999 {
			return 0, false
		}
	}
	salt, digest, ok := strings.Cut(rest, "$")
	return rounds, ok && len(salt) <= saltMax && printable(salt) && len(digest) == size && cryptText(digest)
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
