package verifiers

import (
	"strings"

	"rehome/identity"
)

// prefix is a way a hash begins, and the algorithms that begin that way.
type prefix struct {
	begins string // lower-case where fold
	fold   bool   // in any case
	tags   []identity.Algorithm
	note   string
}

func begins(with string, note string, tags ...identity.Algorithm) prefix {
	return prefix{begins: with, note: note, tags: tags}
}

func scheme(name string, note string, tag identity.Algorithm) prefix {
	return prefix{begins: "{" + name + "}", fold: true, note: note, tags: []identity.Algorithm{tag}}
}

// prefixes is tried from above; the first that fits decides.
var prefixes = []prefix{
	begins("$wp$", "WordPress 6.8 and later; what is left without $wp is no bcrypt hash of the password", identity.WPBcrypt),
	begins("$2", "", identity.Bcrypt),
	begins("$argon2", "", identity.Argon2),
	begins("$P$", "", identity.PHPass),
	begins("$H$", "", identity.PHPass),
	begins("$S$", "", Drupal7),
	begins("U$S$", "made over an MD5 when Drupal 6 became 7", Drupal7),
	begins("$6$", "", SHA512Crypt),
	begins("$5$", "", SHA256Crypt),
	begins("$1$", "", MD5Crypt),
	begins("$apr1$", "", Apr1),
	begins("$y$", "", Yescrypt),
	begins("$gy$", "", GostYescrypt),
	begins("$7$", "", ScryptCrypt7),
	begins("$md5,", "", SunMD5),
	begins("$md5$", "", KratosDigest, SunMD5),
	begins("$3$$", "cut $3$$ off", NTHash),
	begins("$md5-crypt$", "", KratosCrypt),
	begins("$sha256-crypt$", "", KratosCrypt),
	begins("$sha512-crypt$", "", KratosCrypt),
	begins("$sha1$", "", KratosDigest),
	begins("$sha256$", "", KratosDigest),
	begins("$sha512$", "", KratosDigest),
	begins("$hmac-", "", KratosHMAC),
	begins("$pbkdf2-sha256$", "", PasslibPBKDF2SHA256, KratosPBKDF2),
	begins("$pbkdf2-sha512$", "", PasslibPBKDF2SHA512, KratosPBKDF2),
	begins("$pbkdf2-sha", "", KratosPBKDF2),
	begins("$pbkdf2$", "", PasslibPBKDF2SHA1),
	begins("$scrypt$", "", PasslibScrypt, KratosScrypt),
	begins("$bcrypt-sha256$", "", PasslibBcryptSHA256),
	begins("$fbscrypt$", "Firebase's scrypt with the project's settings, as Supabase stores it", identity.ScryptFirebase),
	begins("$firescrypt$", "Firebase's scrypt with the project's settings, as Ory Kratos stores it", identity.ScryptFirebase),
	begins("$firebase-scrypt$", "Firebase's scrypt with the project's settings, as WorkOS takes it", identity.ScryptFirebase),
	begins("$f_scrypt$", "Firebase's scrypt as SuperTokens stores it; the signer key is not in it", identity.ScryptFirebase),
	begins("pbkdf2_sha256$", "", DjangoPBKDF2SHA256),
	begins("pbkdf2_sha512$", "", DjangoPBKDF2SHA512),
	begins("pbkdf2_sha1$", "", DjangoPBKDF2SHA1),
	begins("bcrypt_sha256$", "", DjangoBcryptSHA256),
	begins("bcrypt$", "", DjangoBcrypt),
	begins("argon2$", "", DjangoArgon2),
	begins("scrypt$", "", DjangoScrypt),
	begins("md5$$", "", DjangoUnsaltedMD5),
	begins("md5$", "", DjangoMD5),
	begins("sha1$$", "", DjangoUnsaltedSHA1),
	begins("sha1$", "", DjangoSHA1),
	begins("pbkdf2:", "", WerkzeugPBKDF2),
	begins("scrypt:", "", WerkzeugScrypt),
	scheme("ssha", "", LDAPSSHA),
	scheme("ssha256", "", LDAPSSHA256),
	scheme("ssha384", "", LDAPSSHA384),
	scheme("ssha512", "", LDAPSSHA512),
	scheme("smd5", "", LDAPSMD5),
	scheme("sha", "", LDAPSHA),
	scheme("sha256", "", LDAPSHA256),
	scheme("sha384", "", LDAPSHA384),
	scheme("sha512", "", LDAPSHA512),
	scheme("md5", "", LDAPMD5),
	scheme("pbkdf2", "", LDAPPBKDF2SHA1),
	scheme("pbkdf2-sha1", "", LDAPPBKDF2SHA1),
	scheme("pbkdf2-sha256", "", LDAPPBKDF2SHA256),
	scheme("pbkdf2-sha512", "", LDAPPBKDF2SHA512),
	scheme("argon2", "", LDAPArgon2),
	scheme("crypt", "", LDAPCrypt),
	begins("SCRAM-SHA-256$", "", PostgresSCRAM),
}

func (f prefix) fits(s string) bool {
	if f.fold {
		return hasFold(s, f.begins)
	}
	return strings.HasPrefix(s, f.begins)
}

// candidates asks the verifier of each tag. The text settles it when exactly one
// can read it; a hash that is too dear, or lacks parameters, is read all the same.
func (f prefix) candidates(s string) []Candidate {
	var read, broken []Candidate
	for _, tag := range f.tags {
		p := Check(identity.Hash{Algorithm: tag, Encoded: identity.Secret(s)})
		switch {
		case p == nil:
			read = append(read, Candidate{Algorithm: tag, Certain: true, Note: f.note})
		case p.Code == identity.HashMalformed:
			broken = append(broken, Candidate{Algorithm: tag, Note: "begins like one, but is damaged: " + p.Detail})
		default:
			read = append(read, Candidate{Algorithm: tag, Certain: true, Note: joinNotes(f.note, p.Detail)})
		}
	}
	if len(read) == 0 {
		return broken
	}
	for i := range read {
		read[i].Certain = len(read) == 1
	}
	return read
}
