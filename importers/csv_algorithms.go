package importers

import (
	"strings"

	"rehome/identity"
)

// hashPrefix is how hashes begin that say by themselves what they are.
type hashPrefix struct {
	begins string // LDAP schemes, in braces, are compared in any case
	tags   string // one tag, or several that begin alike, the usual one first
}

// hashPrefixes is tried from above. It finds out what a hash claims to be; if it
// is well formed is the verifiers' matter.
var hashPrefixes = []hashPrefix{
	{"$wp$", "wp-bcrypt"},
	{"$2a$", "bcrypt"}, {"$2b$", "bcrypt"}, {"$2y$", "bcrypt"}, {"$2x$", "bcrypt"}, {"$2$", "bcrypt"},
	{"$argon2", "argon2"},
	{"$P$", "phpass"}, {"$H$", "phpass"},
	{"$S$", "drupal7"}, {"U$S$", "drupal7"},
	{"$6$", "sha512-crypt"}, {"$5$", "sha256-crypt"}, {"$1$", "md5-crypt"}, {"$apr1$", "apr1"},
	{"$y$", "yescrypt"}, {"$gy$", "gost-yescrypt"}, {"$7$", "scrypt-crypt7"},
	{"$md5,", "sunmd5"}, {"$md5$", "kratos-digest sunmd5"},
	{"$md5-crypt$", "kratos-crypt"}, {"$sha256-crypt$", "kratos-crypt"}, {"$sha512-crypt$", "kratos-crypt"},
	{"$sha1$", "kratos-digest"}, {"$sha256$", "kratos-digest"}, {"$sha512$", "kratos-digest"}, {"$hmac-", "kratos-hmac"},
	{"$pbkdf2-sha256$i=", "kratos-pbkdf2"}, {"$pbkdf2-sha512$i=", "kratos-pbkdf2"},
	{"$pbkdf2-sha256$", "passlib-pbkdf2-sha256"}, {"$pbkdf2-sha512$", "passlib-pbkdf2-sha512"}, {"$pbkdf2$", "passlib-pbkdf2-sha1"},
	{"$scrypt$", "passlib-scrypt kratos-scrypt"}, {"$bcrypt-sha256$", "passlib-bcrypt-sha256"},
	{"$fbscrypt$", "scrypt-firebase"}, {"$firescrypt$", "scrypt-firebase"}, {"$f_scrypt$", "scrypt-firebase"}, {"$firebase-scrypt$", "scrypt-firebase"},
	{"pbkdf2_sha256$", "django-pbkdf2-sha256"}, {"pbkdf2_sha1$", "django-pbkdf2-sha1"}, {"pbkdf2_sha512$", "django-pbkdf2-sha512"},
	{"bcrypt_sha256$", "django-bcrypt-sha256"}, {"bcrypt$$2", "django-bcrypt"}, {"argon2$argon2", "django-argon2"}, {"scrypt$", "django-scrypt"},
	{"md5$$", "django-unsalted-md5"}, {"md5$", "django-md5 salted-md5 hmac-md5"}, {"sha1$$", "django-unsalted-sha1"}, {"sha1$", "django-sha1 salted-sha1 hmac-sha1"},
	{"pbkdf2:", "werkzeug-pbkdf2"}, {"scrypt:", "werkzeug-scrypt"},
	{"{ssha}", "ldap-ssha"}, {"{ssha256}", "ldap-ssha256"}, {"{ssha384}", "ldap-ssha384"}, {"{ssha512}", "ldap-ssha512"},
	{"{sha}", "ldap-sha"}, {"{sha256}", "ldap-sha256"}, {"{sha384}", "ldap-sha384"}, {"{sha512}", "ldap-sha512"},
	{"{md5}", "ldap-md5"}, {"{smd5}", "ldap-smd5"}, {"{crypt}", "ldap-crypt"}, {"{argon2}", "ldap-argon2"},
	{"{pbkdf2}", "ldap-pbkdf2-sha1"}, {"{pbkdf2-sha1}", "ldap-pbkdf2-sha1"}, {"{pbkdf2-sha256}", "ldap-pbkdf2-sha256"}, {"{pbkdf2-sha512}", "ldap-pbkdf2-sha512"},
	{"SCRAM-SHA-256$", "postgres-scram"},
}

func (p hashPrefix) fits(s string) bool {
	if len(s) < len(p.begins) {
		return false
	}
	if p.begins[0] == '{' {
		return strings.EqualFold(s[:len(p.begins)], p.begins)
	}
	return s[:len(p.begins)] == p.begins
}

// bareAlgorithms are the tags of hashes that do not say what they are: they must
// be named.
const bareAlgorithms = `md5 scrypt sha
	des-crypt bsdi-crypt nthash mysql323 mysql41 postgres-md5 joomla-md5 double-md5 better-auth-scrypt aspnet-identity-v3
	pbkdf2-raw keycloak-pbkdf2 keycloak-argon2 fusionauth-bcrypt
	salted-md5 salted-sha1 salted-sha256 salted-sha384 salted-sha512
	hmac-md5 hmac-sha1 hmac-sha256 hmac-sha384 hmac-sha512 prehashed plaintext`

// digestNames are the variants of the tag sha; without - and _ they are names of
// algorithms too.
const digestNames = "sha1 sha224 sha256 sha384 sha512 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512"

// otherNames is what exports of Clerk, FusionAuth, identitytoolkit and others
// call an algorithm in a column of their own.
var otherNames = map[string]string{
	"argon2i": "argon2", "argon2id": "argon2", "bcryptjs": "bcrypt", "blowfish": "bcrypt",
	"md5phpass": "phpass", "wordpress": "phpass", "phpassmd5": "phpass", "wpbcrypt": "wp-bcrypt",
	"scryptfirebase": "scrypt-firebase", "firebase": "scrypt-firebase", "firebasescrypt": "scrypt-firebase", "scryptmodified": "scrypt-firebase", "firescrypt": "scrypt-firebase",
	"scryptwerkzeug": "werkzeug-scrypt", "pbkdf2sha256": "django-pbkdf2-sha256", "pbkdf2sha256django": "django-pbkdf2-sha256", "pbkdf2sha1": "django-pbkdf2-sha1",
	"bcryptsha256django": "django-bcrypt-sha256", "saltedhmacsha256": "hmac-sha256", "ntlm": "nthash", "drupal": "drupal7",
}

// namedHash is an algorithm as a person or a column names it.
type namedHash struct {
	algorithm identity.Algorithm
	variant   string // of sha
}

// algorithmNames finds algorithms by name: any tag, any digest ("sha256" is sha
// with that variant), and otherNames. Case, blanks, - and _ do not matter.
func algorithmNames() map[string]namedHash {
	names := map[string]namedHash{}
	tags := strings.Fields(bareAlgorithms)
	for _, p := range hashPrefixes {
		tags = append(tags, strings.Fields(p.tags)...)
	}
	for _, tag := range tags {
		names[foldAlgorithm(tag)] = namedHash{algorithm: identity.Algorithm(tag)}
	}
	for _, digest := range strings.Fields(digestNames) {
		names[foldAlgorithm(digest)] = namedHash{identity.SHA, digest}
	}
	for name, tag := range otherNames {
		names[name] = namedHash{algorithm: identity.Algorithm(tag)}
	}
	return names
}

func foldAlgorithm(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(name)))
}

// digestSizes are the lengths in bytes of digests that are stored bare.
var digestSizes = map[string]int{
	"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64,
	"sha512/224": 28, "sha512/256": 32, "sha3-224": 28, "sha3-256": 32, "sha3-384": 48, "sha3-512": 64,
}

// fits reports whether a bare text can be a digest of n's algorithm; it can when
// nothing is known about its length.
func (n namedHash) fits(s string) bool {
	name := n.variant
	if n.algorithm == identity.MD5 {
		name = "md5"
	}
	size, known := digestSizes[name]
	if !known {
		return true
	}
	if isHex(s) {
		return len(s) == 2*size
	}
	return isBase64(s) && len(strings.TrimRight(s, "=")) == (size*8+5)/6
}

func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
