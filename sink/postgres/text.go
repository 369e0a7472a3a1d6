package postgres

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// goodText reports whether Postgres keeps a text: valid UTF-8 without a NUL.
func goodText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func characters(s string) int { return utf8.RuneCountInString(s) }

// plausibleEmail reports whether a text could be an address at all. Both layouts
// take any text; what is none is a mixed-up column and not a person's address.
func plausibleEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	return at > 0 && at < len(s)-1 && strings.IndexFunc(s, blank) < 0
}

// validPhone reports whether a number is in E.164 form, + and 7 to 15 digits.
func validPhone(s string) bool {
	return len(s) >= 8 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && digitsOnly(s[1:])
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
