package rehearsal

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"rehome/identity"
)

// matches tells whether a password makes the user's stored text, as Appwrite
// would find it: which text can match at all is decided here, and only then the
// verifier is asked. The forms are those of PHP's password_verify and crypt and
// of Appwrite's hash classes (src/Appwrite/Auth/Hash/*.php up to 1.7,
// utopia-php/auth src/Hashes/*.php since), confirmed by 6,250 logins at real servers.
func (s *Server) matches(u *user, password string) (bool, *refusal) {
	if s.proven(u, password) {
		return true, nil
	}
	stored := u.password
	switch u.hash {
	case argon2, bcrypt:
		return s.passwordVerify(stored, password)
	case phpass:
		if portable.MatchString(stored) {
			return s.ask(identity.Hash{Algorithm: identity.PHPass, Encoded: identity.Secret(stored)}, password)
		}
		return s.crypt(stored, password)
	case md5:
		return s.hexDigest(stored, 16, identity.Hash{Algorithm: identity.MD5}, password)
	case sha:
		return s.shaDigest(u, password)
	case scrypt:
		return s.scryptDigest(u, password)
	}
	return s.firebaseDigest(u, password)
}

// ask puts the question to the verifier. What it cannot or will not compute is
// an error there too: 500.
func (s *Server) ask(h identity.Hash, password string) (bool, *refusal) {
	ok, err := s.hasher.verify(s.cfg.Verify, h, password)
	if err != nil {
		return false, refuse(serverError)
	}
	return ok, nil
}

// passwordVerify is PHP's function of that name: argon2 by its prefix, anything
// else by crypt.
func (s *Server) passwordVerify(stored, password string) (bool, *refusal) {
	if strings.HasPrefix(stored, "$argon2id$") || strings.HasPrefix(stored, "$argon2i$") {
		stored, _, _ = strings.Cut(stored, "\x00") // libargon2 reads a C string
		if !argon2Form(stored) {
			return false, nil
		}
		return s.ask(identity.Hash{Algorithm: identity.Argon2, Encoded: identity.Secret(stored)}, password)
	}
	return s.crypt(stored, password)
}

// The forms that PHP's own crypt takes (php-src ext/standard/crypt.c); anything
// else never matches.
var (
	portable    = regexp.MustCompile(`^\$[PH]\$[5-9A-S][./0-9A-Za-z]{30}$`)
	bcryptForm  = regexp.MustCompile(`^\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}$`)
	md5Form     = regexp.MustCompile(`^\$1\$[^$]{0,8}\$[./0-9A-Za-z]{22}$`)
	sha256Form  = regexp.MustCompile(`^\$5\$(rounds=[1-9]\d{3,8}\$)?[^$]{0,16}\$[./0-9A-Za-z]{43}$`)
	sha512Form  = regexp.MustCompile(`^\$6\$(rounds=[1-9]\d{3,8}\$)?[^$]{0,16}\$[./0-9A-Za-z]{86}$`)
	bsdiForm    = regexp.MustCompile(`^_[./0-9A-Za-z]{19}$`)
	desForm     = regexp.MustCompile(`^[./0-9A-Za-z]{13}$`)
	roundsField = regexp.MustCompile(`^\$[56]\$rounds=(\d+)\$`)
)

// crypt compares with PHP's crypt(), which stops at a NUL in the password.
func (s *Server) crypt(stored, password string) (bool, *refusal) {
	tag := cryptTag(stored)
	if tag == "" {
		return false, nil
	}
	if i := strings.IndexByte(password, 0); i >= 0 {
		password = password[:i]
	}
	if tag == identity.Bcrypt {
		password = password[:min(len(password), 72)]
	}
	return s.ask(identity.Hash{Algorithm: tag, Encoded: identity.Secret(stored)}, password)
}

func cryptTag(stored string) identity.Algorithm {
	for _, f := range []struct {
		form *regexp.Regexp
		tag  identity.Algorithm
	}{
		{bcryptForm, identity.Bcrypt}, {md5Form, "md5-crypt"}, {sha256Form, "sha256-crypt"},
		{sha512Form, "sha512-crypt"}, {bsdiForm, "bsdi-crypt"}, {desForm, "des-crypt"},
	} {
		if f.form.MatchString(stored) && affordable(stored) {
			return f.tag
		}
	}
	return ""
}

// maxRounds bounds what one login may make us compute; the reference allows
// 999,999,999 rounds, which would take half an hour.
const maxRounds = 10_000_000

func affordable(stored string) bool {
	m := roundsField.FindStringSubmatch(stored)
	if m == nil {
		return true
	}
	n, ok := integer(text(m[1]))
	return ok && n <= maxRounds
}

// hexDigest compares with size bytes in lower-case hex, as text.
func (s *Server) hexDigest(stored string, size int, h identity.Hash, password string) (bool, *refusal) {
	if len(stored) != 2*size || strings.ToLower(stored) != stored {
		return false, nil
	}
	if _, err := hex.DecodeString(stored); err != nil {
		return false, nil
	}
	h.Encoded = identity.Secret(stored)
	return s.ask(h, password)
}

// shaDigest is one unsalted digest; users without a version have the profile's default.
func (s *Server) shaDigest(u *user, password string) (bool, *refusal) {
	options, _ := decode(u.options)
	version := options.str("version")
	if version == "" {
		version = s.rules.shaDefault
	}
	version = strings.ToLower(version)
	size := shaSize(version)
	if size == 0 {
		return false, refuse(serverError)
	}
	return s.hexDigest(u.password, size, identity.Hash{Algorithm: identity.SHA, Params: identity.Params{Variant: version}}, password)
}

func shaSize(version string) int {
	switch version {
	case "sha1":
		return 20
	case "sha224", "sha512/224", "sha3-224":
		return 28
	case "sha256", "sha512/256", "sha3-256":
		return 32
	case "sha384", "sha3-384":
		return 48
	case "sha512", "sha3-512":
		return 64
	}
	return 0
}

// maxScrypt is the most memory one scrypt login may take: 1 GiB, the most that
// was recorded to work. The reference is bounded by its machine only.
const maxScrypt = 1 << 30

// scryptDigest takes the salt as the bytes of its text. Costs that the PHP
// extension refuses are a server error (DomBlack/php-scrypt, php_scrypt.c).
func (s *Server) scryptDigest(u *user, password string) (bool, *refusal) {
	o, _ := decode(u.options)
	n, r, p, length := o.whole("costCpu"), o.whole("costMemory"), o.whole("costParallel"), o.whole("length")
	if n < 2 || n&(n-1) != 0 || r < 1 || p < 1 || length < 16 {
		return false, refuse(serverError)
	}
	if r >= 1<<30 || p >= 1<<30 || r*p >= 1<<30 || n > maxScrypt/128/r || r*p > maxScrypt/128/16 {
		return s.tooDear()
	}
	return s.hexDigest(u.password, int(length), identity.Hash{Algorithm: identity.Scrypt, Params: identity.Params{
		Salt: identity.Secret(o.str("salt")), N: int(n), R: int(r), P: int(p), KeyLen: int(length),
	}}, password)
}

// tooDear is the answer to costs that cannot be paid: in profile 1.5 the
// extension gives false, later its class throws.
func (s *Server) tooDear() (bool, *refusal) {
	if s.rules.optionsChecked {
		return false, refuse(serverError)
	}
	return false, nil
}

func (v value) whole(key string) int64 {
	n, _ := v.get(key)
	return n.num
}

// firebaseDigest has fixed costs, whatever the Firebase project used. The salts
// and the key are decoded as PHP's base64_decode does, leniently; the digest is
// compared as standard, padded text.
func (s *Server) firebaseDigest(u *user, password string) (bool, *refusal) {
	o, _ := decode(u.options)
	salt, separator, signer := lenient64(o.str("salt")), lenient64(o.str("saltSeparator")), lenient64(o.str("signerKey"))
	salt = append(salt, separator...)
	digest, err := base64.StdEncoding.Strict().DecodeString(u.password)
	if err != nil || len(digest) != len(signer) || len(signer) == 0 || len(salt) == 0 || strings.ContainsAny(u.password, "\r\n") {
		return false, nil
	}
	encode := func(b []byte) identity.Secret { return identity.Secret(base64.StdEncoding.EncodeToString(b)) }
	return s.ask(identity.Hash{Algorithm: identity.ScryptFirebase, Encoded: identity.Secret(u.password), Params: identity.Params{
		Salt: encode(salt), SignerKey: encode(signer), N: 1 << 14, R: 8, P: 1, KeyLen: 64,
	}}, password)
}

// lenient64 is base64_decode without its strict flag: characters that do not
// belong are dropped, padding may be missing.
func lenient64(s string) []byte {
	kept := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
			return r
		}
		return -1
	}, s)
	if len(kept)%4 == 1 {
		kept = kept[:len(kept)-1]
	}
	b, _ := base64.RawStdEncoding.DecodeString(kept)
	return b
}

// personal is the policy against passwords that hold the person's own data
// (src/Appwrite/Auth/Validator/PersonalData.php). It does not ask whether the
// password is a hash.
func (c *call) personal(u *user, password string) *refusal {
	password = strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(u.email), "@")
	holds := []string{u.id, u.email, local, u.name, u.phone, strings.ReplaceAll(u.phone, "+", "")}
	if slices.ContainsFunc(holds, func(s string) bool {
		return s != "" && s != "0" && strings.Contains(password, strings.ToLower(s))
	}) {
		return refuse(passwordPersonal)
	}
	return nil
}

// history refuses a password that made one of the former hashes.
func (c *call) history(u *user, password string) *refusal {
	former := *u
	for _, stored := range append([]string{u.password}, u.extra().history...) {
		former.password = stored
		if ok, bad := c.matches(&former, password); bad != nil || ok {
			return refuse(passwordRecent)
		}
	}
	return nil
}

// remember keeps the newest hash for history.
func (c *call) remember(u *user) {
	limit := c.policies().History
	if limit == 0 {
		return
	}
	m := u.own()
	m.history = append(slices.Clone(m.history), u.password)
	m.history = m.history[max(len(m.history)-limit, 0):]
}
