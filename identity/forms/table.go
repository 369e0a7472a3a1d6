package forms

import (
	"slices"
	"strings"

	"rehome/identity"
)

// row is what is known of a tag.
type row struct {
	tag   identity.Algorithm
	names string // what else it is called, in columns of other programs too; without blanks and signs, separated by blanks
	// begins are the ways its texts begin that say what they are, separated by blanks.
	// LDAP schemes, in braces, stand in any case.
	begins string
	allows string            // ways to begin that others claim, and that do not speak against this tag
	shape  func(string) bool // recognises texts that say what they are by their letters and length
	note   string            // what a person should know of it
	read   reader
	own    []*beginning // begins, taken apart
	// verbatim texts are taken as they stand, with their white space.
	verbatim bool
}

// reader takes the texts of one tag apart.
type reader func(input) (identity.Form, *identity.Problem)

const (
	firebaseNote = "Firebase's scrypt with the project's settings"
	saltedHex    = "hex:salt"
)

// table is what is known of hashes, the most usual first where several tags fit.
var table = []row{
	{tag: identity.Bcrypt, names: "bcryptjs bcrypt2a bcrypt2b bcrypt2y blowfish cryptblowfish blfcrypt xfcore12 phpbcrypt", begins: "$2", read: readBcrypt},
	{tag: identity.Argon2, names: "argon2i argon2id argon2d", begins: "$argon2", read: readArgon2},
	{tag: identity.PHPass, names: "md5phpass phpassmd5 wordpress phpassportable portablephp", begins: "$P$ $H$", read: readPHPass},
	{tag: identity.WPBcrypt, names: "wordpressbcrypt", begins: "$wp$", read: readWPBcrypt,
		note: "WordPress 6.8 and later; what is left without $wp is not a bcrypt hash of the password"},
	{tag: identity.ScryptFirebase, names: "firebase firebasescrypt scryptmodified modifiedscrypt scryptmod firescrypt fbscrypt fscrypt firebaseauth",
		begins: "$fbscrypt$ $firescrypt$ $firebase-scrypt$ $f_scrypt$", read: readFirebase, note: firebaseNote},
	{tag: identity.MD5, names: "rawmd5 md5hex plainmd5", read: readMD5},
	{tag: identity.SHA, read: readSHA},
	{tag: identity.Scrypt, names: "rawscrypt", read: readScrypt},
	{tag: identity.Plaintext, names: "plain cleartext clear", read: readPlaintext, verbatim: true},

	// crypt(3)
	{tag: SHA512Crypt, names: "cryptsha512 sha512unix", begins: "$6$", read: readCrypt(SHA512Crypt)},
	{tag: SHA256Crypt, names: "cryptsha256 sha256unix", begins: "$5$", read: readCrypt(SHA256Crypt)},
	{tag: MD5Crypt, names: "cryptmd5 md5unix freebsdmd5", begins: "$1$", read: readCrypt(MD5Crypt)},
	{tag: Apr1, names: "apachemd5 apr1md5", begins: "$apr1$", read: readCrypt(Apr1)},
	{tag: Yescrypt, begins: "$y$", read: readYescrypt("$y$")},
	{tag: GostYescrypt, begins: "$gy$", read: readYescrypt("$gy$")},
	{tag: ScryptCrypt7, begins: "$7$", read: readCrypt7},
	{tag: BSDiCrypt, names: "desextended", shape: looksBSDi, read: readBSDi},
	{tag: DESCrypt, names: "crypt cryptdes unixcrypt", read: readDES},

	// Django, Werkzeug, passlib
	{tag: DjangoPBKDF2SHA256, names: "pbkdf2sha256 pbkdf2sha256django", begins: "pbkdf2_sha256$", read: readDjangoPBKDF2("pbkdf2_sha256", "sha256")},
	{tag: DjangoPBKDF2SHA512, names: "pbkdf2sha512django", begins: "pbkdf2_sha512$", read: readDjangoPBKDF2("pbkdf2_sha512", "sha512")},
	{tag: DjangoPBKDF2SHA1, names: "pbkdf2sha1 pbkdf2sha1django", begins: "pbkdf2_sha1$", read: readDjangoPBKDF2("pbkdf2_sha1", "sha1")},
	{tag: DjangoBcryptSHA256, names: "bcryptsha256django bcryptsha256", begins: "bcrypt_sha256$", read: readBehind("bcrypt_sha256$", PreHex)},
	{tag: DjangoBcrypt, names: "bcryptdjango", begins: "bcrypt$", read: behind("bcrypt$", readBcrypt)},
	{tag: DjangoArgon2, names: "argon2django", begins: "argon2$", read: behind("argon2", readArgon2)},
	{tag: DjangoScrypt, names: "scryptdjango", begins: "scrypt$", read: readDjangoScrypt},
	{tag: DjangoUnsaltedMD5, names: "unsaltedmd5", begins: "md5$$", read: readDjangoUnsalted("md5")},
	{tag: DjangoUnsaltedSHA1, names: "unsaltedsha1", begins: "sha1$$", read: readDjangoUnsalted("sha1")},
	{tag: DjangoMD5, names: "md5django", begins: "md5$", read: readDjangoSalted("md5")},
	{tag: DjangoSHA1, names: "sha1django", begins: "sha1$", read: readDjangoSalted("sha1")},
	{tag: WerkzeugPBKDF2, names: "pbkdf2werkzeug", begins: "pbkdf2:", read: readWerkzeugPBKDF2},
	{tag: WerkzeugScrypt, names: "scryptwerkzeug", begins: "scrypt:", read: readWerkzeugScrypt},
	{tag: PasslibPBKDF2SHA256, names: "pbkdf2sha256passlib", begins: "$pbkdf2-sha256$", read: readPasslibPBKDF2("$pbkdf2-sha256$", "sha256")},
	{tag: PasslibPBKDF2SHA512, names: "pbkdf2sha512passlib", begins: "$pbkdf2-sha512$", read: readPasslibPBKDF2("$pbkdf2-sha512$", "sha512")},
	{tag: PasslibPBKDF2SHA1, names: "pbkdf2sha1passlib", begins: "$pbkdf2$", read: readPasslibPBKDF2("$pbkdf2$", "sha1")},
	{tag: PasslibScrypt, names: "scryptpasslib", begins: "$scrypt$", read: passlibScrypt.read},
	{tag: AdonisScrypt, names: "scryptadonis", begins: "$scrypt$n=", read: adonisScrypt.read},
	{tag: PasslibBcryptSHA256, names: "bcryptsha256passlib", begins: "$bcrypt-sha256$", read: readPasslibBcryptSHA256},

	// settings in columns beside the hash, or none
	{tag: PBKDF2, names: "pbkdf2 pbkdf2hmac rfc2898", read: readPBKDF2},
	{tag: KeycloakPBKDF2, names: "pbkdf2keycloak", read: readKeycloakPBKDF2},
	{tag: KeycloakArgon2, names: "argon2keycloak", read: readKeycloakArgon2},
	{tag: FusionAuthBcrypt, names: "bcryptfusionauth", read: readFusionAuthBcrypt},
	{tag: AspNetV3, names: "aspnetidentity aspnetcore aspnetcoreidentity identityv3", shape: looksAspNetV3, read: readAspNetV3},
	{tag: AspNetV2, names: "aspnetmvc5 identityv2", shape: looksAspNetV2, read: readAspNetV2},
	{tag: BetterAuthScrypt, names: "betterauth lucia luciascrypt", begins: luciaMark, shape: looksBetterAuth, read: readBetterAuth},

	// Ory Kratos
	{tag: KratosScrypt, names: "scryptkratos", begins: "$scrypt$", read: kratosScrypt.read},
	{tag: KratosPBKDF2, names: "pbkdf2kratos", begins: "$pbkdf2-sha $pbkdf2-sha256$i= $pbkdf2-sha512$i=", read: readKratosPBKDF2},
	{tag: KratosDigest, begins: "$md5$ $sha1$ $sha256$ $sha512$", read: readKratosDigest},
	{tag: SunMD5, begins: "$md5, $md5$", read: readSunMD5},
	{tag: KratosHMAC, begins: "$hmac-", read: readKratosHMAC},
	{tag: KratosCrypt, begins: "$md5-crypt$ $sha256-crypt$ $sha512-crypt$", read: readKratosCrypt},

	// LDAP
	{tag: LDAPSSHA, names: "ssha ssha1", begins: "{ssha}", read: readLDAPSalted("ssha", "sha1")},
	{tag: LDAPSSHA256, names: "ssha256", begins: "{ssha256}", read: readLDAPSalted("ssha256", "sha256")},
	{tag: LDAPSSHA384, names: "ssha384", begins: "{ssha384}", read: readLDAPSalted("ssha384", "sha384")},
	{tag: LDAPSSHA512, names: "ssha512", begins: "{ssha512}", read: readLDAPSalted("ssha512", "sha512")},
	{tag: LDAPSMD5, names: "smd5", begins: "{smd5}", read: readLDAPSalted("smd5", "md5")},
	{tag: LDAPSHA, begins: "{sha}", read: readLDAPDigest("sha", "sha1")},
	{tag: LDAPSHA256, begins: "{sha256}", read: readLDAPDigest("sha256", "sha256")},
	{tag: LDAPSHA384, begins: "{sha384}", read: readLDAPDigest("sha384", "sha384")},
	{tag: LDAPSHA512, begins: "{sha512}", read: readLDAPDigest("sha512", "sha512")},
	{tag: LDAPMD5, begins: "{md5}", read: readLDAPDigest("md5", "md5")},
	{tag: LDAPPBKDF2SHA1, begins: "{pbkdf2} {pbkdf2-sha1}", read: readLDAPPBKDF2("sha1", "pbkdf2", "pbkdf2-sha1")},
	{tag: LDAPPBKDF2SHA256, begins: "{pbkdf2-sha256}", read: readLDAPPBKDF2("sha256", "pbkdf2-sha256")},
	{tag: LDAPPBKDF2SHA512, begins: "{pbkdf2-sha512}", read: readLDAPPBKDF2("sha512", "pbkdf2-sha512")},
	{tag: LDAPArgon2, begins: "{argon2}", read: behind("{argon2}", readArgon2)},
	{tag: LDAPCrypt, begins: "{crypt}", read: readLDAPCrypt},

	// databases, applications, home-made forms
	{tag: Drupal7, names: "drupal phpassdrupal", begins: "$S$ U$S$", read: readDrupal7},
	{tag: NTHash, names: "nt ntlm nthashhex", begins: "$3$$", read: readNTHash, note: "cut $3$$ off"},
	{tag: MySQL41, names: "mysql5 mysqlsha1 mysqlnativepassword", shape: looksMySQL41, read: readMySQL41},
	{tag: MySQL323, names: "oldmysql mysqlold", read: readMySQL323},
	{tag: PostgresMD5, shape: looksPostgresMD5, read: readPostgresMD5, note: "salted with the role's name, which must be given as the salt"},
	{tag: PostgresSCRAM, names: "scramsha256", begins: "SCRAM-SHA-256$", read: readSCRAM},
	{tag: JoomlaMD5, names: "joomla", shape: looksJoomla, read: readJoomla, note: "an MD5 with its salt, Joomla's if the salt stands after the password; " + settle},
	{tag: Magento, names: "magento2 magento1", shape: looksMagento, read: readMagento},
	{tag: WoltLab, names: "wcf2", begins: "wcf2:", read: readBehind("wcf2:", PreBcrypt)},
	{tag: Spring, begins: "{sha-256}{ {sha-1}{ {md5}{ {sha-512}{", read: readSpring},
	{tag: SaltedMD5, allows: "md5$ " + saltedHex, read: readSalted("md5")},
	{tag: SaltedSHA1, allows: "sha1$", read: readSalted("sha1")},
	{tag: SaltedSHA256, read: readSalted("sha256")},
	{tag: SaltedSHA384, read: readSalted("sha384")},
	{tag: SaltedSHA512, read: readSalted("sha512")},
	{tag: HMACMD5, allows: "md5$ " + saltedHex, read: readHMAC("md5")},
	{tag: HMACSHA1, allows: "sha1$", read: readHMAC("sha1")},
	{tag: HMACSHA256, names: "saltedhmacsha256", read: readHMAC("sha256")},
	{tag: HMACSHA384, read: readHMAC("sha384")},
	{tag: HMACSHA512, read: readHMAC("sha512")},
	{tag: DoubleMD5, names: "md5md5", read: readFixed("md5", "md5(password)", "")},
	{tag: Prehashed}, // read by Read itself: what it wraps is any of these
}

// rows is the table by tag.
var rows = func() map[identity.Algorithm]*row {
	all := make(map[identity.Algorithm]*row, len(table))
	for i := range table {
		all[table[i].tag] = &table[i]
	}
	return all
}()

// Algorithms lists every tag there is a form for.
func Algorithms() []identity.Algorithm {
	all := make([]identity.Algorithm, len(table))
	for i, r := range table {
		all[i] = r.tag
	}
	return all
}

// beginning is a way a text begins, and the tags whose texts do.
type beginning struct {
	text string
	fold bool // in any case
	rows []*row
	tags []identity.Algorithm
}

// beginnings is the table by the letter that tells texts apart: the second where the
// first is a dollar, as it mostly is. The longest come first.
var beginnings = func() (by [2][256][]*beginning) {
	for i := range table {
		for text := range strings.FieldsSeq(table[i].begins) {
			dollar, letter := place(text)
			by[dollar][letter] = addBeginning(by[dollar][letter], text, &table[i])
		}
	}
	for i := range table {
		for text := range strings.FieldsSeq(table[i].begins) {
			table[i].own = append(table[i].own, &beginning{text: text, fold: text[0] == '{'})
		}
	}
	return by
}()

// place is where a text of two letters or more is looked up.
func place(s string) (dollar int, letter byte) {
	if s[0] == '$' {
		return 1, s[1]
	}
	return 0, s[0]
}

func addBeginning(all []*beginning, text string, r *row) []*beginning {
	at := len(all)
	for i, b := range all {
		if b.text == text {
			b.rows, b.tags = append(b.rows, r), append(b.tags, r.tag)
			return all
		}
		if len(b.text) < len(text) && at == len(all) {
			at = i
		}
	}
	return slices.Insert(all, at, &beginning{text, text[0] == '{', []*row{r}, []identity.Algorithm{r.tag}})
}

func (b *beginning) fits(s string) bool {
	if b.fold {
		return hasFold(s, b.text)
	}
	return strings.HasPrefix(s, b.text)
}

// beginningOf is how a text begins; nil where nothing begins so.
func beginningOf(s string) *beginning {
	if len(s) < 2 {
		return nil
	}
	dollar, letter := place(s)
	for _, b := range beginnings[dollar][letter] {
		if b.fits(s) {
			return b
		}
	}
	return nil
}
