package forms

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Markers are what other programs put around a hash that says by itself what it is:
// the name of the encoder, a version, an array, another encoding. They say nothing
// new, so they are no tags: the hash in them is read, and whoever writes it anew
// writes it without.

// words that stand before a hash, in any case.
var words = []string{
	"{bcrypt}", "{blf-crypt}", // Spring Security, Dovecot
	"{argon2id}", "{argon2i}", "{argon2@springsecurity_v5_8}", "{argon2}",
	"{sha512-crypt}", "{sha256-crypt}", "{md5-crypt}", "{des-crypt}", "{crypt}",
	"bcrypt:", "argon2id:", "argon2i:", "argon2:", "phpass:", "phpbb3:", "cryptmd5:", // WoltLab (wcf/lib/system/user/authentication/password/algorithm)
	"1|",
}

// wordsBy are the words by their first letter, in either case. Every hash is asked,
// and nearly all begin otherwise.
var wordsBy = func() (by [256][]string) {
	for _, word := range words {
		by[word[0]] = append(by[word[0]], word)
		if upper := strings.ToUpper(word)[0]; upper != word[0] {
			by[upper] = append(by[upper], word)
		}
	}
	return by
}()

// unwrap is the text in a marker, false where there is none.
func unwrap(s string) (string, bool) {
	if s == "" {
		return s, false
	}
	for _, word := range wordsBy[s[0]] {
		if hasFold(s, word) {
			return strings.TrimSuffix(s[len(word):], ":"), true // WoltLab puts an empty salt behind phpass
		}
	}
	switch s[0] {
	case '$':
		if inner, ok := adonisBcrypt(s); ok {
			return inner, true
		}
		return versioned(s)
	case 'a':
		return serialised(s)
	case 'J':
		return encoded(s)
	}
	return s, false
}

// adonisBcrypt is AdonisJS' PHC string of bcrypt, $bcrypt$v=98$r=10$salt$hash, whose
// version is the letter in decimal and whose base64 is the standard one, unpadded
// (adonisjs/hash, src/drivers/bcrypt.ts).
func adonisBcrypt(s string) (string, bool) {
	if !strings.HasPrefix(s, "$bcrypt$") {
		return "", false
	}
	part := strings.Split(s, "$")
	if len(part) != 6 {
		return "", false
	}
	v, named := valuesOf(part[2:4], "v=", "r=")
	if !named {
		return "", false
	}
	letter, err := strconv.ParseUint(v[0], 10, 8)
	cost, ok1 := number(v[1])
	salt, ok2 := decode64(stdBase64, part[4])
	digest, ok3 := decode64(stdBase64, part[5])
	if err != nil || !ok1 || !ok2 || !ok3 || cost > 99 {
		return "", false
	}
	return "$2" + string(rune(letter)) + "$" + twoDigits(cost) + "$" + bcryptBase64.EncodeToString(salt) + bcryptBase64.EncodeToString(digest), true
}

// serialised is the member "hash" of an array of PHP's, as XenForo stores it
// (XF\Authentication), with a salt behind it where there is one.
func serialised(s string) (string, bool) {
	members := phpStrings(s)
	switch {
	case len(members) == 2 && members[0] == "hash":
		return members[1], true
	case len(members) == 4 && members[0] == "hash" && members[2] == "salt":
		return members[1] + ":" + members[3], true
	}
	return s, false
}

// phpStrings are names and values of a PHP-serialised array of strings; nil where it
// is anything else.
func phpStrings(s string) (members []string) {
	if !strings.HasPrefix(s, "a:") {
		return nil
	}
	count, rest, ok := strings.Cut(strings.TrimPrefix(s, "a:"), ":{")
	n, isNumber := number(count)
	if !ok || !isNumber || n > 8 {
		return nil
	}
	for rest != "}" {
		size, after, ok := strings.Cut(strings.TrimPrefix(rest, "s:"), `:"`)
		length, isNumber := number(size)
		if !ok || !isNumber || !strings.HasPrefix(rest, "s:") || uint64(len(after)) < length+2 || after[length:length+2] != `";` {
			return nil
		}
		members = append(members, after[:length])
		rest = after[length+2:]
	}
	if uint64(len(members)) != 2*n {
		return nil
	}
	return members
}

// versioned is a hash with Magento's version behind it: $2y$…:0, half upgraded.
func versioned(s string) (string, bool) {
	if i := strings.LastIndexByte(s, ':'); i > 0 && i < len(s)-1 && s[0] == '$' && within(s[i+1:], "0123456789") {
		return s[:i], true
	}
	return s, false
}

// encoded is base64 of a whole crypt text, perhaps over several lines, as files made
// for firebase auth:import have it for BCRYPT. A digest in base64 may begin so by
// chance, but is never text.
func encoded(s string) (string, bool) {
	if len(s) < 2 || s[1] < 'A' || s[1] > 'P' { // the first letter, J, and this one are a dollar and four bits more
		return s, false
	}
	b, err := base64.RawStdEncoding.DecodeString(unpad(strings.NewReplacer("\n", "", "\r", "", `\n`, "").Replace(s)))
	text := string(b)
	if err != nil || beginningOf(text) == nil || strings.IndexFunc(text, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0 {
		return s, false
	}
	return text, true
}

// bare is a text of this row without markers; false when there are none.
func (r *row) bare(s string) (string, bool) {
	switch {
	case r.claims(s):
		return versioned(s)
	case r.begins == "" && r.shape == nil && r.allows == "" && r.tag != DESCrypt:
		return s, false // nothing in a marker could say that it is of this tag
	}
	inner, ok := unwrap(s)
	if ok && (r.claims(inner) || r.shape != nil && r.shape(inner) || r.tag == DESCrypt || r.allows != "" && looksJoomla(inner)) {
		return inner, true
	}
	return s, false
}

// claims reports whether texts of the row begin as s does.
func (r *row) claims(s string) bool {
	for _, b := range r.own {
		if b.fits(s) {
			return true
		}
	}
	return false
}
