package rehearsal

import (
	"regexp"
	"strconv"
	"strings"
)

// createHashed is a create endpoint whose hash needs no options.
func createHashed(a algorithm) func(*call) *refusal {
	return func(c *call) *refusal { return c.create(a, c.text("password"), c.options(a)) }
}

// createPlain hashes the password itself, or makes a user without one.
func createPlain(c *call) *refusal {
	password := c.text("password")
	return c.create(argon2, password, c.plainOptions())
}

func createSHA(c *call) *refusal {
	version := c.arg("passwordVersion")
	switch {
	case version.kind == isNull: // a type error
		return refuse(serverError)
	case !c.rules.optionsChecked && version.text == "":
		return c.create(sha, c.text("password"), `{"type":"sha"}`)
	case !c.rules.optionsChecked:
		b := appendText([]byte(`{"version":`), version.text, false)
		return c.create(sha, c.text("password"), string(append(b, `,"type":"sha"}`...)))
	case version.text == "":
		version.text = c.rules.shaDefault
	}
	if bad := c.shaVersion(version.text); bad {
		return refuse(serverError)
	}
	return c.create(sha, c.text("password"), `{"version":"`+version.text+`"}`)
}

// shaVersion reports a version that the route lets through and the hash class
// refuses: the truncated SHA-512s, and any in capitals (utopia-php/auth, Sha.php).
func (c *call) shaVersion(v string) bool {
	return strings.HasPrefix(v, "sha512/") || v != strings.ToLower(v)
}

func createScrypt(c *call) *refusal {
	n, r, p, length := c.arg("passwordCpu").num, c.arg("passwordMemory").num, c.arg("passwordParallel").num, c.arg("passwordLength").num
	salt := c.text("passwordSalt")
	if c.rules.optionsChecked && (n < 2 || n&(n-1) != 0 || r < 1 || p < 1 || length < 16 || salt == "0") {
		return refuse(serverError)
	}
	b := []byte(`{`)
	if c.rules.newOptions {
		b = append(b, `"type":"scrypt",`...)
	} else {
		b = append(appendText(append(b, `"salt":`...), salt, false), ',')
	}
	for _, one := range []struct {
		name string
		n    int64
	}{{"costCpu", n}, {"costMemory", r}, {"costParallel", p}, {"length", length}} {
		b = append(append(append(b, '"'), one.name...), `":`...)
		b = append(strconv.AppendInt(b, one.n, 10), ',')
	}
	if c.rules.newOptions {
		b = append(appendText(append(b, `"salt":`...), salt, false), '}')
	} else {
		b = append(b, `"type":"scrypt"}`...)
	}
	return c.create(scrypt, c.text("password"), string(b))
}

func createScryptMod(c *call) *refusal {
	salt, separator, signer := c.text("passwordSalt"), c.text("passwordSaltSeparator"), c.text("passwordSignerKey")
	if c.rules.optionsChecked {
		if !base64Text(salt) || !base64Text(separator) || !base64Text(signer) || salt == "0" || signer == "0" {
			return refuse(serverError)
		}
		return c.create(scryptMod, c.text("password"), scryptModOptions(`{"type":"scryptMod","salt":`, salt, `,"saltSeparator":`, separator, `,"signerKey":`, signer, `}`))
	}
	// 1.5 glues the options together as JSON text, which a quote or backslash breaks.
	if strings.ContainsAny(salt+separator+signer, `"\`) || strings.ContainsFunc(salt+separator+signer, func(r rune) bool { return r < ' ' }) {
		return refuse(serverError)
	}
	return c.create(scryptMod, c.text("password"), scryptModOptions(`{"signerKey":`, signer, `,"saltSeparator":`, separator, `,"salt":`, salt, `,"type":"scryptMod"}`))
}

func scryptModOptions(parts ...string) string {
	var b []byte
	for i, p := range parts {
		if i%2 == 0 {
			b = append(b, p...)
		} else {
			b = appendText(b, p, false)
		}
	}
	return string(b)
}

var base64Pattern = regexp.MustCompile(`^[A-Za-z0-9+/]+={0,2}$`)

// base64Text is utopia-php/auth's check of scrypt-modified's values: padding is
// optional, the length is not looked at.
func base64Text(s string) bool { return base64Pattern.MatchString(s) }

// options are the hashOptions of the hashes that bring none: what the hash class
// has by default, whatever the hash itself says.
func (c *call) options(a algorithm) string {
	if !c.rules.newOptions {
		return [...]string{argon2: `{"type":"argon2"}`, bcrypt: `{"type":"bcrypt"}`, md5: `{"type":"md5"}`, phpass: `{"type":"phpass"}`}[a]
	}
	switch a {
	case argon2:
		return c.plainOptions()
	case bcrypt:
		return `{"type":"bcrypt","cost":8}`
	case phpass:
		state := strconv.FormatFloat(float64(c.cfg.Now().UnixMicro())/1e6, 'f', 4, 64) + strconv.Itoa(1+int(c.now()%30000))
		return `{"type":"phpass","iteration_count_log2":8,"portable_hashes":false,"random_state":"` + state + `"}`
	}
	return `{"type":"md5"}`
}

// plainOptions are those of hashes the server makes. In profile 1.5 they claim
// a cost that is not used.
func (s *Server) plainOptions() string {
	if s.rules.newOptions {
		return `{"type":"argon2","memory_cost":65536,"time_cost":4,"threads":3}`
	}
	return `{"type":"argon2","memoryCost":2048,"timeCost":4,"threads":3}`
}

// draft is the user the parameters describe, without a password.
func (c *call) draft(id string) *user {
	u := &user{id: id, email: strings.ToLower(c.text("email")), phone: c.text("phone"), name: c.text("name")}
	u.set(hasEmail, c.arg("email").kind == isText)
	u.set(hasPhone, c.arg("phone").kind == isText)
	return u
}

// create stores a user and then its targets, as Appwrite does: not in one
// transaction. The order of what can go wrong is that of createUser in
// app/controllers/api/users.php: the identity's address, personal data, then
// whatever the database finds taken.
func (c *call) create(a algorithm, password, options string) *refusal {
	if c.arg("name").kind == isNull && !c.rules.nullNameIsNone {
		return refuse(serverError)
	}
	id := c.text("userId")
	if id == unique {
		id = c.newUID()
	}
	u := c.draft(id)
	if bad := c.clash(u, password); bad != nil {
		return bad
	}
	u.hash, u.options, u.password = a, options, password
	u.set(hasPassword, password != "")
	if (c.route.path == plainPath || c.signup) && password != "" {
		c.rehash(u, password)
	}
	u.pack()
	if c.signup {
		u.own().accessed = c.now()
	}
	return c.keep(u)
}

const plainPath = "/v1/users"

// clash finds what Appwrite looks for before it inserts.
func (c *call) clash(u *user, password string) *refusal {
	held := false
	if u.email != "" {
		c.store.view(func() { held = c.store.identified(u.email, nobody) })
	}
	if held {
		return refuse(emailExists)
	}
	if c.policies().PersonalData {
		return c.personal(u, password)
	}
	return nil
}

func (c *call) keep(u *user) *refusal {
	if bad := c.holdable(u); bad != nil {
		return bad
	}
	u.created = c.now()
	u.updated = u.created
	if u.is(hasPassword) {
		u.passwordUpdate = u.created
	}
	var stored bool
	var foreign []foreignTarget
	c.store.change(func() {
		if stored = c.store.insert(u); !stored || c.fault == Half {
			return
		}
		foreign = c.addresses(u)
	})
	switch {
	case !stored:
		return refuse(userExists)
	case c.fault == Half:
		return refuse(serverError)
	}
	c.printNew(u, foreign)
	return nil
}

// foreignTarget is somebody else's target that a new user's answer shows.
type foreignTarget struct {
	target target
	userID string
}

// addresses gives a new user the targets of its address and number. One that is
// taken stays whose it is, and is shown in the answer all the same.
func (c *call) addresses(u *user) (foreign []foreignTarget) {
	for _, a := range []struct {
		identifier string
		by         provider
	}{{u.email, byEmail}, {u.phone, bySMS}} {
		if a.identifier == "" {
			continue
		}
		t := target{id: c.newUID(), identifier: a.identifier, provider: a.by, created: u.created, updated: u.created}
		if !c.store.addTarget(u, t) {
			if t, id, ok := c.store.holder(a.identifier); ok {
				foreign = append(foreign, foreignTarget{t, id})
			}
		}
	}
	return foreign
}

// printNew prints a new user with the targets its answer shows.
func (c *call) printNew(u *user, foreign []foreignTarget) {
	s := c.shape()
	s.foreign, s.noHash = foreign, c.signup
	c.out = s.user(c.out, u)
}
