package rehearsal

import (
	"net/netip"
	"strings"
)

// emailCheck accepts what PHP's FILTER_VALIDATE_EMAIL accepts (php-src
// ext/filter/logical_filters.c). With trim, blanks around the address are no
// reason to refuse it (utopia-php/emails trims before it looks).
type emailCheck struct{ trim bool }

func (c emailCheck) ok(v value) bool {
	s := v.text
	if c.trim {
		s = strings.ToLower(strings.Trim(s, " \t\n\r\x00\x0b"))
	}
	return v.kind == isText && emailText254(s)
}

// none reports an address that is left out on a PATCH: "", and in profile 1.5 null.
func (c emailCheck) none(v value, r rules) bool {
	return v.kind == isText && v.text == "" || v.kind == isNull && !r.nullEmailBad
}

func emailText254(s string) bool {
	if len(s) > 254 {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	return at > 0 && localPart(s[:at]) && domainPart(s[at+1:])
}

// localPart is dot-separated atoms or quoted strings, at most 64 bytes.
func localPart(s string) bool {
	if len(s) > 64 {
		return false
	}
	for s != "" {
		n := atom(s)
		if n == 0 {
			return false
		}
		if s = s[n:]; s == "" {
			return true
		}
		if s[0] != '.' || len(s) == 1 {
			return false
		}
		s = s[1:]
	}
	return false
}

// atom is the length of the atom or quoted string in front of s; 0: none.
func atom(s string) int {
	if s[0] == '"' {
		return quoted(s)
	}
	i := 0
	for i < len(s) && (alphanumeric(s[i]) || strings.IndexByte("!#$%&'*+/=?^_`{|}~-", s[i]) >= 0) {
		i++
	}
	return i
}

// quoted strings hold no blanks; a backslash takes any ASCII character along.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c >= 0x80 || c == 0 || c == ' ' || c == '\t' || c == '\n' || c == '\r':
			return 0
		case c == '\\':
			if i++; i == len(s) || s[i] >= 0x80 {
				return 0
			}
		}
	}
	return 0
}

// domainPart is at least two labels, the last with a letter, or an address in brackets.
func domainPart(s string) bool {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return addressLiteral(s[1 : len(s)-1])
	}
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !domainLabel(l) {
			return false
		}
	}
	return strings.ContainsFunc(labels[len(labels)-1], func(r rune) bool { return r < '0' || r > '9' })
}

func domainLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		if !alphanumeric(l[i]) && l[i] != '-' {
			return false
		}
	}
	return true
}

func addressLiteral(s string) bool {
	if six, ok := strings.CutPrefix(strings.ToLower(s), "ipv6:"); ok {
		a, err := netip.ParseAddr(six)
		return err == nil && a.Is6() && a.Zone() == ""
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
