package appwrite

import (
	"strings"

	"rehome/identity"
)

// reason says in a sentence why Appwrite can never verify hashes of a kind that
// the table has no conversion for. An unknown kind is not repeated: where columns
// are mixed up, it is the hash.
func reason(a identity.Algorithm) string {
	switch {
	case a == identity.WPBcrypt:
		return "WordPress 6.8 hashes the password with SHA-384 before bcrypt; Appwrite does not, on any endpoint"
	case a == "prehashed", strings.HasSuffix(string(a), "-bcrypt-sha256"):
		return "the password was digested before it was hashed; Appwrite hashes it as it is typed, on every endpoint"
	case strings.Contains(string(a), "pbkdf2"), a == "aspnet-identity-v3", a == "postgres-scram":
		return "this is PBKDF2, which no endpoint of Appwrite computes"
	case strings.HasPrefix(string(a), "salted-"):
		return "this digest was made of more than the password as it is typed (a salt, another spelling), and Appwrite digests that alone"
	case salted(a):
		return "this digest is salted, and Appwrite has no field for the salt of a digest"
	case strings.HasPrefix(string(a), "hmac-"), a == "kratos-hmac":
		return "an HMAC needs its key, and Appwrite has no field for one"
	}
	return otherReason(a)
}

func salted(a identity.Algorithm) bool {
	switch a {
	case "django-md5", "django-sha1", "joomla-md5", "postgres-md5":
		return true
	}
	return strings.HasPrefix(string(a), "ldap-ssha") || a == "ldap-smd5"
}

func otherReason(a identity.Algorithm) string {
	switch a {
	case "apr1":
		return "Apache's variant of MD5-crypt is unknown to PHP's crypt, which stands behind Appwrite's bcrypt endpoint"
	case "yescrypt", "gost-yescrypt", "scrypt-crypt7", "sunmd5":
		return "this form of crypt(3) is unknown to PHP's crypt, which stands behind Appwrite's bcrypt endpoint"
	case "drupal7":
		return "Drupal 7 iterates SHA-512 where Appwrite's phpass endpoint iterates MD5"
	case "nthash":
		return "an NT hash is MD4 of the password in UTF-16; no endpoint of Appwrite computes that"
	case "mysql41":
		return "MySQL digests the password twice with SHA-1; Appwrite's sha endpoint does so once"
	case "mysql323":
		return "MySQL's old digest is its own; no endpoint of Appwrite computes it"
	case "double-md5":
		return "the password was digested twice with MD5; Appwrite's md5 endpoint does so once"
	}
	return "Appwrite has no verifier for hashes of this kind"
}
