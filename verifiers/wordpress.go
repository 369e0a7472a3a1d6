package verifiers

import (
	"crypto/sha512"
	"encoding/base64"
	"strings"
)

// wpPrehash is what WordPress 6.8 and later give to bcrypt: base64 of HMAC-SHA-384
// under the key "wp-sha384" of the trimmed password (wp_hash_password in
// WordPress/wordpress-develop, src/wp-includes/pluggable.php).
func wpPrehash(password []byte) []byte {
	mac := hmacSum(sha512.New384, []byte("wp-sha384"), []byte(strings.Trim(string(password), phpSpace)))
	return base64.StdEncoding.AppendEncode(nil, mac)
}

// phpSpace is what PHP's trim cuts off.
const phpSpace = " \t\n\r\x00\x0b"
