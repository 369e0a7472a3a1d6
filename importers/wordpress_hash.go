package importers

import (
	"strings"

	"rehome/identity"
)

// Tags of hashes that WordPress checks and that no target has an endpoint for.
const (
	md5Crypt    identity.Algorithm = "md5-crypt"
	sha256Crypt identity.Algorithm = "sha256-crypt"
	sha512Crypt identity.Algorithm = "sha512-crypt"
)

// madeByWordPress is the Variant of hashes whose input WordPress has changed
// before hashing: it trims white space, and what comes from a form has a
// backslash before quotes and backslashes (wp-includes/load.php, wp_magic_quotes;
// user.php, wp_signon). $wp$ hashes are WordPress's own and need no such mark.
const madeByWordPress = "wordpress"

// wordpressHashes are the beginnings by which wp_check_password and PHP's
// password_verify choose how to check (wp-includes/pluggable.php, 6.7 to 7.1;
// php-src ext/standard/crypt.c). 6.8 and later no longer check $H$.
var wordpressHashes = []struct {
	prefix  string
	tag     identity.Algorithm
	variant string
}{
	{"$P$", identity.PHPass, madeByWordPress},
	{"$wp$", identity.WPBcrypt, ""},
	{"$2y$", identity.Bcrypt, madeByWordPress},
	{"$2a$", identity.Bcrypt, madeByWordPress},
	{"$2b$", identity.Bcrypt, madeByWordPress},
	{"$2x$", identity.Bcrypt, madeByWordPress},
	{"$argon2id$", identity.Argon2, madeByWordPress},
	{"$argon2i$", identity.Argon2, madeByWordPress},
	{"$H$", identity.PHPass, madeByWordPress},
	{"$1$", md5Crypt, madeByWordPress},
	{"$5$", sha256Crypt, madeByWordPress},
	{"$6$", sha512Crypt, madeByWordPress},
}

// wordpressHash tags what stands in user_pass. A zero hash without a problem
// means that nobody could sign in with it: empty, "*" (a password that was too
// long), a word that somebody wrote there. The text is not judged beyond its
// beginning, but for bytes that no hash holds: those show that the file is
// damaged.
func wordpressHash(stored string) (identity.Hash, *identity.Problem) {
	h := identity.Hash{Encoded: identity.Secret(stored)}
	for _, known := range wordpressHashes {
		if strings.HasPrefix(stored, known.prefix) {
			h.Algorithm, h.Params.Variant = known.tag, known.variant
			break
		}
	}
	if h.Algorithm == identity.None && isHex32(stored) {
		// Upper case is kept for the verifier to refuse: WordPress compares with
		// lower case, and nobody signs in with it.
		h.Algorithm, h.Params.Variant = identity.MD5, madeByWordPress
	}
	if h.Algorithm == identity.None {
		return identity.Hash{}, nil
	}
	if !isGraphic(stored) {
		return h, &identity.Problem{Code: identity.HashMalformed, Detail: "user_pass begins like a hash and holds white space or bytes that no hash has: the file is damaged here"}
	}
	return h, nil
}

func isHex32(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
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
