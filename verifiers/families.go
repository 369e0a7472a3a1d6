package verifiers

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"

	"rehome/identity"
)

// families is the table by tag.
var families = map[identity.Algorithm]reader{
	identity.Argon2:         readArgon2,
	identity.Bcrypt:         readBcrypt,
	identity.MD5:            readMD5,
	identity.PHPass:         readPHPass,
	identity.Scrypt:         readScrypt,
	identity.ScryptFirebase: readFirebase,
	identity.SHA:            readSHA,
	identity.WPBcrypt:       readWPBcrypt,
	identity.Plaintext:      readPlaintext,

	MD5Crypt:     readMD5Crypt,
	Apr1:         readApr1,
	SHA256Crypt:  readSHA256Crypt,
	SHA512Crypt:  readSHA512Crypt,
	DESCrypt:     readDESCrypt,
	BSDiCrypt:    readBSDiCrypt,
	SunMD5:       readSunMD5,
	ScryptCrypt7: readScryptCrypt7,
	Yescrypt:     readYescrypt,
	GostYescrypt: readGostYescrypt,

	DjangoPBKDF2SHA256: readDjangoPBKDF2("pbkdf2_sha256", "sha256"),
	DjangoPBKDF2SHA512: readDjangoPBKDF2("pbkdf2_sha512", "sha512"),
	DjangoPBKDF2SHA1:   readDjangoPBKDF2("pbkdf2_sha1", "sha1"),
	DjangoBcryptSHA256: readDjangoBcryptSHA256,
	DjangoBcrypt:       readDjangoBcrypt,
	DjangoArgon2:       readDjangoArgon2,
	DjangoScrypt:       readDjangoScrypt,
	DjangoMD5:          readDjangoSalted("md5", md5.New),
	DjangoSHA1:         readDjangoSalted("sha1", sha1.New),
	DjangoUnsaltedMD5:  readDjangoUnsaltedMD5,
	DjangoUnsaltedSHA1: readDjangoUnsaltedSHA1,

	WerkzeugPBKDF2:      readWerkzeugPBKDF2,
	WerkzeugScrypt:      readWerkzeugScrypt,
	PasslibPBKDF2SHA1:   readPasslibPBKDF2("$pbkdf2$", "sha1"),
	PasslibPBKDF2SHA256: readPasslibPBKDF2("$pbkdf2-sha256$", "sha256"),
	PasslibPBKDF2SHA512: readPasslibPBKDF2("$pbkdf2-sha512$", "sha512"),
	PasslibScrypt:       readPasslibScrypt,
	PasslibBcryptSHA256: readPasslibBcryptSHA256,

	PBKDF2:           readPBKDF2,
	KeycloakPBKDF2:   readKeycloakPBKDF2,
	KeycloakArgon2:   readKeycloakArgon2,
	AspNetV3:         readAspNetV3,
	BetterAuthScrypt: readBetterAuth,
	FusionAuthBcrypt: readFusionAuthBcrypt,

	KratosScrypt: readKratosScrypt,
	KratosPBKDF2: readKratosPBKDF2,
	KratosDigest: readKratosDigest,
	KratosHMAC:   readKratosHMAC,
	KratosCrypt:  readKratosCrypt,

	LDAPSHA:          readLDAPDigest("sha", sha1.New),
	LDAPSHA256:       readLDAPDigest("sha256", sha256.New),
	LDAPSHA384:       readLDAPDigest("sha384", sha512.New384),
	LDAPSHA512:       readLDAPDigest("sha512", sha512.New),
	LDAPMD5:          readLDAPDigest("md5", md5.New),
	LDAPSSHA:         readLDAPSalted("ssha", sha1.New),
	LDAPSSHA256:      readLDAPSalted("ssha256", sha256.New),
	LDAPSSHA384:      readLDAPSalted("ssha384", sha512.New384),
	LDAPSSHA512:      readLDAPSalted("ssha512", sha512.New),
	LDAPSMD5:         readLDAPSalted("smd5", md5.New),
	LDAPCrypt:        readLDAPCrypt,
	LDAPArgon2:       readLDAPArgon2,
	LDAPPBKDF2SHA1:   readLDAPPBKDF2("sha1", "pbkdf2", "pbkdf2-sha1"),
	LDAPPBKDF2SHA256: readLDAPPBKDF2("sha256", "pbkdf2-sha256"),
	LDAPPBKDF2SHA512: readLDAPPBKDF2("sha512", "pbkdf2-sha512"),

	Drupal7:       readDrupal7,
	NTHash:        readNTHash,
	MySQL41:       readMySQL41,
	MySQL323:      readMySQL323,
	PostgresMD5:   readPostgresMD5,
	PostgresSCRAM: readPostgresSCRAM,
	JoomlaMD5:     readJoomla,
	SaltedMD5:     readSalted(md5.New),
	SaltedSHA1:    readSalted(sha1.New),
	SaltedSHA256:  readSalted(sha256.New),
	SaltedSHA384:  readSalted(sha512.New384),
	SaltedSHA512:  readSalted(sha512.New),
	HMACMD5:       readHMAC(md5.New),
	HMACSHA1:      readHMAC(sha1.New),
	HMACSHA256:    readHMAC(sha256.New),
	HMACSHA384:    readHMAC(sha512.New384),
	HMACSHA512:    readHMAC(sha512.New),
	DoubleMD5:     readDoubleMD5,
	Prehashed:     readPrehashed,
}
