package rehearsal

import "strings"

// createHashed is a create endpoint whose hash needs no options.
func createHashed(a algorithm) func(*call) *refusal {
	return func(c *call) *refusal { return c.create(a, c.text("password"), c.options(a)) }
}

// createPlain hashes the password itself, or makes a user without one.
func createPlain(c *call) *refusal {
	return c.create(argon2, c.text("password"), c.plainOptions())
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
	if !hashableSHA(version.text) {
		return refuse(serverError)
	}
	return c.create(sha, c.text("password"), `{"version":"`+version.text+`"}`)
}

// hashableSHA reports a version that the hash class takes. The route lets more
// through: the truncated SHA-512s, and any in capitals (utopia-php/auth, Sha.php).
func hashableSHA(v string) bool {
	return !strings.HasPrefix(v, "sha512/") && v == strings.ToLower(v)
}

func createScrypt(c *call) *refusal {
	n, r, p, length := c.arg("passwordCpu").num, c.arg("passwordMemory").num, c.arg("passwordParallel").num, c.arg("passwordLength").num
	salt := c.text("passwordSalt")
	if c.rules.optionsChecked && (n < 2 || n&(n-1) != 0 || r < 1 || p < 1 || length < 16 || salt == "0") {
		return refuse(serverError)
	}
	return c.create(scrypt, c.text("password"), c.scryptOptions(salt, n, r, p, length))
}

func createScryptMod(c *call) *refusal {
	salt, separator, signer := c.text("passwordSalt"), c.text("passwordSaltSeparator"), c.text("passwordSignerKey")
	if c.rules.optionsChecked {
		if !base64Text(salt) || !base64Text(separator) || !base64Text(signer) || salt == "0" || signer == "0" {
			return refuse(serverError)
		}
		return c.create(scryptMod, c.text("password"), pieces(`{"type":"scryptMod","salt":`, salt, `,"saltSeparator":`, separator, `,"signerKey":`, signer, `}`))
	}
	// 1.5 glues the options together as JSON text, which a quote or backslash breaks.
	if strings.ContainsAny(salt+separator+signer, `"\`) || strings.ContainsFunc(salt+separator+signer, func(r rune) bool { return r < ' ' }) {
		return refuse(serverError)
	}
	return c.create(scryptMod, c.text("password"), pieces(`{"signerKey":`, signer, `,"saltSeparator":`, separator, `,"salt":`, salt, `,"type":"scryptMod"}`))
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
	switch id {
	case unique:
		id = c.newUID()
	case "0": // which PHP takes for none
		return refuse(serverError)
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
