package forms

import "rehome/identity"

// The tags beyond those a target may verify by itself (see identity.Algorithm).
// No target takes these as they stand; some convert without loss. They are known so
// that a proof can say "the password is right, but this target cannot check a hash of
// this form".
const (
	// crypt(3): modular crypt format.
	MD5Crypt     identity.Algorithm = "md5-crypt"     // $1$
	Apr1         identity.Algorithm = "apr1"          // $apr1$
	SHA256Crypt  identity.Algorithm = "sha256-crypt"  // $5$
	SHA512Crypt  identity.Algorithm = "sha512-crypt"  // $6$
	DESCrypt     identity.Algorithm = "des-crypt"     // 13 characters
	BSDiCrypt    identity.Algorithm = "bsdi-crypt"    // _ and 19 characters
	SunMD5       identity.Algorithm = "sunmd5"        // $md5$ $md5,rounds=…$
	ScryptCrypt7 identity.Algorithm = "scrypt-crypt7" // $7$
	Yescrypt     identity.Algorithm = "yescrypt"      // $y$
	GostYescrypt identity.Algorithm = "gost-yescrypt" // $gy$

	// Django's auth_user.password.
	DjangoPBKDF2SHA256 identity.Algorithm = "django-pbkdf2-sha256" // pbkdf2_sha256$n$salt$base64
	DjangoPBKDF2SHA512 identity.Algorithm = "django-pbkdf2-sha512" // pbkdf2_sha512$n$salt$base64, of third parties
	DjangoPBKDF2SHA1   identity.Algorithm = "django-pbkdf2-sha1"   // pbkdf2_sha1$n$salt$base64
	DjangoBcryptSHA256 identity.Algorithm = "django-bcrypt-sha256" // bcrypt_sha256$$2b$…
	DjangoBcrypt       identity.Algorithm = "django-bcrypt"        // bcrypt$$2b$…
	DjangoArgon2       identity.Algorithm = "django-argon2"        // argon2$argon2id$…
	DjangoScrypt       identity.Algorithm = "django-scrypt"        // scrypt$N$salt$r$p$base64
	DjangoMD5          identity.Algorithm = "django-md5"           // md5$salt$hex
	DjangoSHA1         identity.Algorithm = "django-sha1"          // sha1$salt$hex
	DjangoUnsaltedMD5  identity.Algorithm = "django-unsalted-md5"  // hex, or md5$$hex
	DjangoUnsaltedSHA1 identity.Algorithm = "django-unsalted-sha1" // sha1$$hex

	// Other Python: Werkzeug (Flask) and passlib.
	WerkzeugPBKDF2      identity.Algorithm = "werkzeug-pbkdf2"       // pbkdf2:sha256:n$salt$hex
	WerkzeugScrypt      identity.Algorithm = "werkzeug-scrypt"       // scrypt:N:r:p$salt$hex
	PasslibPBKDF2SHA1   identity.Algorithm = "passlib-pbkdf2-sha1"   // $pbkdf2$n$salt$digest
	PasslibPBKDF2SHA256 identity.Algorithm = "passlib-pbkdf2-sha256" // $pbkdf2-sha256$n$salt$digest
	PasslibPBKDF2SHA512 identity.Algorithm = "passlib-pbkdf2-sha512" // $pbkdf2-sha512$n$salt$digest
	PasslibScrypt       identity.Algorithm = "passlib-scrypt"        // $scrypt$ln=,r=,p=$salt$digest
	AdonisScrypt        identity.Algorithm = "adonis-scrypt"         // $scrypt$n=,r=,p=$salt$digest
	PasslibBcryptSHA256 identity.Algorithm = "passlib-bcrypt-sha256" // $bcrypt-sha256$v=2,t=2b,r=12$salt$digest

	// Key derivation with the settings in columns beside the hash.
	PBKDF2           identity.Algorithm = "pbkdf2-raw"
	KeycloakPBKDF2   identity.Algorithm = "keycloak-pbkdf2"
	KeycloakArgon2   identity.Algorithm = "keycloak-argon2"
	AspNetV3         identity.Algorithm = "aspnet-identity-v3" // base64 of 01 …
	AspNetV2         identity.Algorithm = "aspnet-identity-v2" // base64 of 00 …
	BetterAuthScrypt identity.Algorithm = "better-auth-scrypt" // salthex:keyhex, s2:salthex:keyhex
	FusionAuthBcrypt identity.Algorithm = "fusionauth-bcrypt"  // bcrypt in parts

	// Ory Kratos, where its form is nobody else's.
	KratosScrypt identity.Algorithm = "kratos-scrypt" // $scrypt$ln=N,…
	KratosPBKDF2 identity.Algorithm = "kratos-pbkdf2" // $pbkdf2-sha256$i=,l=$…
	KratosDigest identity.Algorithm = "kratos-digest" // $md5$… $sha1$pf=… $sha256$pf=…
	KratosHMAC   identity.Algorithm = "kratos-hmac"   // $hmac-sha256$…
	KratosCrypt  identity.Algorithm = "kratos-crypt"  // $md5-crypt$ $sha256-crypt$ $sha512-crypt$

	// LDAP userPassword; scheme names in any case.
	LDAPSHA          identity.Algorithm = "ldap-sha"
	LDAPSHA256       identity.Algorithm = "ldap-sha256"
	LDAPSHA384       identity.Algorithm = "ldap-sha384"
	LDAPSHA512       identity.Algorithm = "ldap-sha512"
	LDAPMD5          identity.Algorithm = "ldap-md5"
	LDAPSSHA         identity.Algorithm = "ldap-ssha"
	LDAPSSHA256      identity.Algorithm = "ldap-ssha256"
	LDAPSSHA384      identity.Algorithm = "ldap-ssha384"
	LDAPSSHA512      identity.Algorithm = "ldap-ssha512"
	LDAPSMD5         identity.Algorithm = "ldap-smd5"
	LDAPCrypt        identity.Algorithm = "ldap-crypt"
	LDAPArgon2       identity.Algorithm = "ldap-argon2"
	LDAPPBKDF2SHA1   identity.Algorithm = "ldap-pbkdf2-sha1"
	LDAPPBKDF2SHA256 identity.Algorithm = "ldap-pbkdf2-sha256"
	LDAPPBKDF2SHA512 identity.Algorithm = "ldap-pbkdf2-sha512"

	// Databases, applications, and home-made forms.
	Drupal7       identity.Algorithm = "drupal7" // $S$ U$S$
	NTHash        identity.Algorithm = "nthash"
	MySQL41       identity.Algorithm = "mysql41"
	MySQL323      identity.Algorithm = "mysql323"
	PostgresMD5   identity.Algorithm = "postgres-md5"
	PostgresSCRAM identity.Algorithm = "postgres-scram"
	JoomlaMD5     identity.Algorithm = "joomla-md5" // hex:salt
	Magento       identity.Algorithm = "magento"    // hex:salt:version, hex:version
	WoltLab       identity.Algorithm = "woltlab"    // wcf2:$2a$…
	Spring        identity.Algorithm = "spring"     // {SHA-256}{salt}hex, {pbkdf2}hex
	SaltedMD5     identity.Algorithm = "salted-md5"
	SaltedSHA1    identity.Algorithm = "salted-sha1"
	SaltedSHA256  identity.Algorithm = "salted-sha256"
	SaltedSHA384  identity.Algorithm = "salted-sha384"
	SaltedSHA512  identity.Algorithm = "salted-sha512"
	HMACMD5       identity.Algorithm = "hmac-md5"
	HMACSHA1      identity.Algorithm = "hmac-sha1"
	HMACSHA256    identity.Algorithm = "hmac-sha256"
	HMACSHA384    identity.Algorithm = "hmac-sha384"
	HMACSHA512    identity.Algorithm = "hmac-sha512"
	DoubleMD5     identity.Algorithm = "double-md5" // md5(hex of md5)
	Prehashed     identity.Algorithm = "prehashed"  // another, self-describing hash of a digest of the password
)
