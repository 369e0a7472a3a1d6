package rehearsal

import (
	"strings"

	"rehome/identity"
)

// phoneCheck accepts ^\+[1-9]\d{6,14}$, where PHP's $ also stands before a last
// newline. With parsed, libphonenumber must find a country: an unknown calling
// code is refused.
type phoneCheck struct{ parsed bool }

func (c phoneCheck) ok(v value) bool {
	digits, plus := strings.CutPrefix(strings.TrimSuffix(v.text, "\n"), "+")
	if v.kind != isText || !plus || len(digits) < 7 || len(digits) > 15 || digits[0] == '0' {
		return false
	}
	if strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	return !c.parsed || identity.HasCallingCode(digits)
}
