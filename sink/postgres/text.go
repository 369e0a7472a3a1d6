package postgres

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// goodText reports whether Postgres keeps a text: valid UTF-8 without a NUL.
func goodText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func characters(s string) int { return utf8.RuneCountInString(s) }

// longer reports whether a text has more than n characters. Most have not even as
// many bytes, and are not counted.
func longer(s string, n int) bool { return len(s) > n && characters(s) > n }

// plausibleEmail reports whether a text could be an address at all. Both layouts
// take any text; what is none is a mixed-up column and not a person's address.
func plausibleEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r >= 0x7f && (unicode.IsSpace(r) || unicode.IsControl(r)) {
			return false
		}
	}
	return true
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
