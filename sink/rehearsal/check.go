package rehearsal

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// test says what is wrong with a value, in the words of Appwrite's validator;
// "" is nothing.
type test func(value) string

// must is a test with one text for everything that is wrong.
func must(complaint string, ok func(value) bool) test {
	return func(v value) string {
		if ok(v) {
			return ""
		}
		return complaint
	}
}

// checks are the validators of one server: small values, each with the words
// recorded from the real ones.
type checks struct {
	id, uid                               test // a new id; the id of something that is there
	email, emailOrNone, emailOrNull       test
	phoneOrNone, phoneOrNull              test
	hash                                  test // a password on the hash endpoints: its length is all that counts
	password, newPassword, setPassword    test // at login; plain on create; plain on PATCH
	name, nameOrNone, text255             test
	param128                              test // scrypt's salts and keys
	cost                                  test
	version                               test
	truth, loose                          test // JSON booleans; and what PHP takes for one
	labels, prefs, provider, totp         test
	length, expire, duration              test
	search, secret, roles, phone, anyText test
}

func newChecks(r rules, db engine, p Policies) checks {
	e := emailCheck{trim: r.trimEmail}
	ph := phoneCheck{parsed: r.phoneParsed}
	c := checks{
		id:          must(db.long("Parameter must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, period, hyphen, and underscore. Can't start with a special char"), db.newID),
		uid:         must(db.long(uidText), db.oldID),
		email:       must(emailText, e.ok),
		emailOrNone: must(emailText, func(v value) bool { return e.ok(v) || e.none(v, r) }),
		emailOrNull: must(emailText+r.orNull, e.ok),
		phoneOrNone: must(phoneText, func(v value) bool { return v.kind == isText && v.text == "" || ph.ok(v) }),
		phoneOrNull: must(phoneText+r.orNull, ph.ok),
		hash:        must(passwordText, passwordLength),
		password:    must(passwordText, passwordLength),
		name:        textOf(1, 128),
		nameOrNone:  textOf(0, 128),
		text255:     textOf(1, 255),
		param128:    textOf(1, 128),
		search:      textOf(1, 256),
		cost:        must(r.intText, func(v value) bool { return v.kind == isInt && (!r.int32s || v.num == int64(int32(v.num))) }),
		version:     whitelist(shaVersions()...),
		truth:       must("Value must be a valid boolean", func(v value) bool { return v.kind == isBool }),
		loose:       must("Value must be a valid boolean", looseBool),
		labels:      must(labelsText(), labelsOK),
		prefs:       must("Value must be a valid object.", prefsOK),
		provider:    whitelist("email", "sms", "push"),
		totp:        whitelist("totp"),
		length:      within(4, 128),
		expire:      within(60, 31536000),
		duration:    within(0, 3600),
		secret:      textOf(1, 256),
		roles:       must("Value must a valid array no longer than 100 items and Parameter must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, period, hyphen, and underscore. Can't start with a special char", rolesOK),
		phone:       must(phoneText, ph.ok),
		anyText:     textOf(0, 2048),
	}
	c.newPassword, c.setPassword = plainChecks(r, p)
	return c
}

const (
	emailText    = "Value must be a valid email address"
	phoneText    = "Phone number must start with a '+' can have a maximum of fifteen digits."
	passwordText = "Password must be between 8 and 256 characters long."
)

const uidText = "UID must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, and underscore. Can't start with a leading underscore"

// newID is oldID, or the word that asks for an id.
func (e engine) newID(v value) bool { return v.kind == isText && v.text == unique || e.oldID(v) }

const unique = "unique()"

// oldID is the rule for ids that are looked up (utopia-php/database, Validator/Key.php).
func (e engine) oldID(v value) bool { return v.kind == isText && idText(v.text, e.longestID) }

func idText(s string, longest int) bool {
	if s == "" || len(s) > longest || strings.IndexByte("_.-", s[0]) >= 0 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

// passwordLength counts bytes, as strlen does.
func passwordLength(v value) bool { return v.kind == isText && len(v.text) >= 8 && len(v.text) <= 256 }

// textOf is utopia-php's Text: characters are counted, not bytes.
func textOf(shortest, longest int) test {
	complaint := "Value must be a valid string"
	if shortest > 0 {
		complaint += " and at least " + strconv.Itoa(shortest) + " chars"
	}
	complaint += " and no longer than " + strconv.Itoa(longest) + " chars"
	return must(complaint, func(v value) bool {
		n := utf8.RuneCountInString(v.text)
		return v.kind == isText && n >= shortest && n <= longest
	})
}

// whitelist compares without letter case, as utopia-php's WhiteList does unless strict.
func whitelist(words ...string) test {
	return must("Value must be one of ("+strings.Join(words, ", ")+")", func(v value) bool {
		return v.kind == isText && slices.Contains(words, strings.ToLower(v.text))
	})
}

func shaVersions() []string {
	return []string{"sha1", "sha224", "sha256", "sha384", "sha512/224", "sha512/256", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512"}
}

// within is utopia-php's Range: numbers, also spelled as text.
func within(low, high int64) test {
	return must("Value must be a valid range between "+thousands(low)+" and "+thousands(high), func(v value) bool {
		n, ok := integer(v)
		return ok && n >= low && n <= high
	})
}

// integer is what PHP's is_numeric, then "+ 0", makes an integer of.
func integer(v value) (int64, bool) {
	if v.kind == isText {
		n, err := strconv.ParseInt(strings.TrimSpace(v.text), 10, 64)
		return n, err == nil
	}
	return v.num, v.kind == isInt
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// looseBool is Boolean(loose: true).
func looseBool(v value) bool {
	switch v.kind {
	case isBool:
		return true
	case isInt:
		return v.num == 0 || v.num == 1
	case isText:
		return v.text == "0" || v.text == "1" || v.text == "true" || v.text == "false"
	}
	return false
}

// cast is PHP's (bool): every text but "" and "0" is true, "false" too.
func cast(v value) bool { return !v.empty() }

const maxLabels = 1000

func labelsText() string {
	chars := make([]string, 0, 62)
	for _, r := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" {
		chars = append(chars, string(r))
	}
	return "Value must a valid array no longer than 1000 items and Value must be a valid string and at least 1 chars and no longer than 36 chars and only consist of '" + strings.Join(chars, ", ") + "' chars"
}

func labelsOK(v value) bool {
	if v.kind != isArray || len(v.items) > maxLabels {
		return false
	}
	return !slices.ContainsFunc(v.items, func(item value) bool {
		return item.kind != isText || item.text == "" || len(item.text) > 36 || strings.ContainsFunc(item.text, notLabel)
	})
}

const maxRoles = 100

func rolesOK(v value) bool {
	return v.kind == isArray && len(v.items) <= maxRoles && !slices.ContainsFunc(v.items, func(item value) bool { return item.kind != isText || !idText(item.text, 36) })
}

func notLabel(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
}

// maxPrefs is the longest text of preferences in bytes, as PHP spells JSON:
// beyond ASCII six bytes a unit, a slash two.
const maxPrefs = 65535

// prefsOK is utopia-php's Assoc: an array that is no list, or an empty one.
func prefsOK(v value) bool {
	if v.kind != isArray || len(v.appendJSON(nil, true)) > maxPrefs {
		return false
	}
	return len(v.items) == 0 || !v.isList()
}
