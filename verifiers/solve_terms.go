package verifiers

import (
	"slices"
	"strings"
)

// What programs digest instead of the password, in the words of an expression.
// Gathered from the password checks of forums, shops and frameworks; the likely
// ones come first.

// innerDigests are the digests that are found inside of others.
var innerDigests = []string{"md5", "sha1", "sha256", "sha512"}

// passwordTerms are made of the password alone.
var passwordTerms = slices.Concat(
	eachDigest("D(password)"), []string{"utf16le(password)", "lower(password)", "upper(md5(password))"},
	eachDigest("upper(D(password))", "unhex(D(password))", "base64(unhex(D(password)))"),
	[]string{"utf16be(password)", "upper(password)"},
	nested(),
	eachDigest("D(utf16le(password))", "D(lower(password))", "D(upper(password))", `D(password)+password`, `password+D(password)`),
)

// eachDigest writes each form with each of innerDigests for D.
func eachDigest(forms ...string) (all []string) {
	for _, form := range forms {
		for _, d := range innerDigests {
			all = append(all, strings.ReplaceAll(form, "D(", d+"("))
		}
	}
	return all
}

// nested are digests of digests, three in all with the outermost.
func nested() (all []string) {
	for _, d := range innerDigests {
		all = append(all, eachDigest(d+"(D(password))", d+"(unhex(D(password)))", "unhex("+d+"(unhex(D(password))))")...)
	}
	return all
}

// saltTerms are made of the salt.
var saltTerms = slices.Concat(
	[]string{"salt", "lower(salt)", "upper(salt)", "hex(salt)", "base64(salt)", "utf16le(salt)", "upper(hex(salt))"},
	eachDigest("D(salt)"),
)

// orders put the two together. S is a term of the salt, P one of the password.
var orders = []string{
	"S+P", "P+S", "S+P+S", `P+"{"+S+"}"`, `S+":"+P`, `P+":"+S`, `S+"-"+P`, `P+"-"+S`, `S+"."+P`, `S+"$"+P`, `S+"|"+P`, `S+"_"+P`, "P+S+P",
}

// wholes are digests or encodings over both.
var wholes = slices.Concat(
	[]string{
		"utf16le(salt+password)", "utf16le(password+salt)", "lower(salt+password)", "upper(salt+password)",
	},
	eachDigest("D(salt+password)", "D(password+salt)", "salt+D(salt+password)", "salt+D(password+salt)", "D(salt+password)+salt", "D(password+salt)+salt",
		"unhex(D(salt+password))", "unhex(D(password+salt))", "salt+D(salt+D(password))", "D(D(password)+salt)", "D(salt+D(password))", "D(D(password)+salt)+salt"),
)

// usualTexts are most of what is in use.
var usualTexts = []string{"salt+password", "password+salt", "salt+password+salt", "md5(password)+salt", "salt+md5(password)", "salt+sha1(password)", "sha1(password)+salt"}

// unusualTexts is other texts that are made of salt and password: the salt itself
// with anything, and what is made of it with what is likely.
func unusualTexts(yield func(string) bool) {
	passwords := append([]string{"password"}, passwordTerms...)
	for _, whole := range wholes {
		if !yield(whole) {
			return
		}
	}
	_ = ordered(saltTerms[:1], passwords, orders, yield) && ordered(saltTerms[1:], passwords[:8], orders[:5], yield)
}

// ordered puts each salt and each password together in each order.
func ordered(salts, passwords, orders []string, yield func(string) bool) bool {
	for _, salt := range salts {
		for _, password := range passwords {
			for _, order := range orders {
				text := strings.ReplaceAll(strings.ReplaceAll(order, "S", salt), "P", password) // no term has a capital
				if !slices.Contains(usualTexts, text) && !yield(text) {
					return false
				}
			}
		}
	}
	return true
}

// hmacTexts are the messages of an HMAC, beside the password.
var hmacTexts = append([]string{"utf16le(password)"}, eachDigest("D(password)", "unhex(D(password))")...)

// prehashTexts are what stands in the password's place in a slow hash.
var prehashTexts = slices.Concat(
	eachDigest("D(password)"),
	[]string{"sha384(password)", "base64(unhex(sha256(password)))", "base64(unhex(sha384(password)))", "base64(unhex(sha512(password)))"},
	eachDigest("upper(D(password))"),
	[]string{"md5(md5(password))", "sha1(md5(password))", "md5(sha1(password))", "sha1(sha1(password))"},
	eachDigest("unhex(D(password))"),
	[]string{"lower(password)", "upper(password)", "utf16le(password)"},
)

// saltedPrehashTexts are the same where there is a salt beside the hash.
var saltedPrehashTexts = slices.Concat(
	[]string{"salt+password", "password+salt"},
	eachDigest("D(salt+password)", "D(password+salt)", "D(D(password)+salt)", "D(salt+D(password))"),
)
