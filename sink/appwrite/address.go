package appwrite

import (
	"net/netip"
	"strings"

	"rehome/identity"
)

// foldEmail is an address as the server keeps it, and as we send it: lower case
// (ASCII only), and without the blanks around it. Appwrite 1.9 stores those
// blanks, and nobody finds the address again.
func foldEmail(s string) string {
	s = strings.Trim(s, " \t\n\r\x00\x0b")
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Bounds of an address in bytes, from the rule below.
const (
	maxEmail  = 254
	maxLocal  = 64
	maxDomain = 63 // of one label
)

// validEmail tells whether the server takes a folded address. The rule is that
// of PHP's filter_var with FILTER_VALIDATE_EMAIL (php-src
// ext/filter/logical_filters.c), which all versions end in: ASCII only, a local
// part of atoms or quoted strings, a domain of two labels or more whose last one
// begins with a letter, or an IPv4 address in brackets. Addresses at IPv6
// literals, which the rule allows, are refused here: none is a person's.
//
// Since 1.9 exactly one @ is required before that (utopia-php/emails), so quoted
// parts with another @ are taken by 1.5 only.
func (r rules) validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxLocal || len(s) > maxEmail {
		return false
	}
	if r.profile == Profile19 && strings.Count(s, "@") != 1 {
		return false
	}
	return validLocal(s[:at]) && validDomain(s[at+1:])
}

// validLocal reads words joined by single dots.
func validLocal(s string) bool {
	for {
		n := word(s)
		if n == 0 {
			return false
		}
		if n == len(s) {
			return true
		}
		if s[n] != '.' {
			return false
		}
		s = s[n+1:]
	}
}

// word is the length of the atom or quoted string that s begins with.
func word(s string) int {
	if strings.HasPrefix(s, `"`) {
		return quoted(s)
	}
	n := 0
	for n < len(s) && atomChar(s[n]) {
		n++
	}
	return n
}

func atomChar(c byte) bool {
	return letterOrDigit(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// quoted is the length of a quoted string with its quotes; 0 when there is none.
// Blanks, tabs and line ends must be escaped, and any ASCII may be.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			i++
			if i == len(s) || s[i] > 0x7f {
				return 0
			}
		case c == 0, c == '\t', c == '\n', c == '\r', c == ' ', c > 0x7f:
			return 0
		}
	}
	return 0
}

func validDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		return ok && err == nil && addr.Is4()
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if !validLabel(l) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) >= 2 && last[0] >= 'a' && last[0] <= 'z'
}

func validLabel(s string) bool {
	if s == "" || len(s) > maxDomain || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}

// validPhone is Appwrite's own rule, ^\+[1-9]\d{6,14}$, E.164 with at least seven
// digits, and since 1.6 that of libphonenumber's parser, which asks only whether the
// calling code is anybody's: whatever else is wrong with a number it lets pass.
func (r rules) validPhone(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return !r.callingCodes || identity.HasCallingCode(s)
}
