package importers

import (
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// madeByWordPress is the Variant of hashes whose input WordPress has changed
// before hashing: it trims white space, and what comes from a form has a
// backslash before quotes and backslashes (wp-includes/load.php, wp_magic_quotes;
// user.php, wp_signon). $wp$ hashes are WordPress's own and need no such mark.
const madeByWordPress = "wordpress"

// wordpressHash tags what stands in user_pass, as wp_check_password and PHP's
// password_verify would (wp-includes/pluggable.php, 6.7 to 7.1; php-src
// ext/standard/crypt.c). A zero hash without a problem means that nobody could sign
// in with it: empty, "*" (a password that was too long), a word that somebody wrote
// there. The text is not judged beyond what it claims to be, but for bytes that no
// hash holds: those show that the file is damaged.
func wordpressHash(stored string) (identity.Hash, *identity.Problem) {
	h := identity.Hash{Encoded: identity.Secret(stored)}
	switch claim := forms.ClaimOf(stored); {
	case claim.Kind == forms.Known:
		h.Algorithm = claim.Tag()
	case forms.HexDigits(stored) == 2*forms.DigestSize("md5"):
		// Upper case is kept for the verifier to refuse: WordPress compares with
		// lower case, and nobody signs in with it.
		h.Algorithm = identity.MD5
	default:
		return identity.Hash{}, nil
	}
	if h.Algorithm != identity.WPBcrypt {
		h.Params.Variant = madeByWordPress
	}
	if !isGraphic(strings.TrimSpace(stored)) {
		return identity.Hash{}, &identity.Problem{Code: identity.HashMalformed, Detail: "user_pass begins like a hash and holds white space or bytes that no hash has: the file is damaged here"}
	}
	return h, nil
}

// isGraphic reports whether s is visible ASCII.
func isGraphic(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
