package verifiers

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"rehome/identity"
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
// hashes the NFKC form.
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
	switch {
	case h.Algorithm == BetterAuthScrypt:
		return []string{norm.NFKC.String(password)}
	case h.Algorithm == identity.WPBcrypt || slices.Contains(strings.Fields(h.Params.Variant), wordPress):
		slashed := slash.Replace(password)
		return []string{strings.Trim(password, phpSpace), slashed, strings.Trim(slashed, phpSpace)}
	}
	return nil
}

// slash is PHP's addslashes.
var slash = strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "\x00", `\0`)
