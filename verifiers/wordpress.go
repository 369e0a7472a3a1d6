package verifiers

import (
	"crypto/sha512"
	"encoding/base64"
	"strings"

	"rehome/identity"
)

// wp-bcrypt, WordPress 6.8 and later, 63 characters: "$wp" before a bcrypt hash
// $2y$ of base64(HMAC-SHA-384(key "wp-sha384", trimmed password))
// (wp_hash_password in WordPress/wordpress-develop, src/wp-includes/pluggable.php).
// What is left when "$wp" is cut off is no bcrypt hash of the password.
func readWPBcrypt(h identity.Hash) (recipe, *identity.Problem) {
	s, ok := strings.CutPrefix(string(h.Encoded), "$wp")
	if !ok || !strings.HasPrefix(s, "$2y$") {
		return recipe{}, malformed("a WordPress bcrypt hash begins with $wp$2y$")
	}
	b, p := parseBcrypt(s)
	if p != nil {
		return recipe{}, p
	}
	return b.recipe(wpPrehash), nil
}

func wpPrehash(password []byte) []byte {
	mac := hmacSum(sha512.New384, []byte("wp-sha384"), []byte(strings.Trim(string(password), phpSpace)))
	return base64.StdEncoding.AppendEncode(nil, mac)
}

// phpSpace is what PHP's trim cuts off.
const phpSpace = " \t\n\r\x00\x0b"
