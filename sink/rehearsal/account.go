package rehearsal

import "strings"

// signUp is POST /account. It makes a user as the plain create endpoint does,
// with a password that is required, and an access date.
func signUp(c *call) *refusal {
	if limit := c.policies().UserLimit; limit > 0 && c.Users() >= limit {
		return refuse(countExceeded)
	}
	c.signup = true
	return c.create(argon2, c.text("password"), c.plainOptions())
}

// account prints the logged-in user: the User model without the hash.
func (s shape) account(b []byte, u *user) []byte {
	s.noHash = true
	return s.user(b, u)
}

func getAccount(c *call) *refusal {
	c.out = c.shape().account(c.out, c.who.user)
	return nil
}

func accountPrefs(c *call) *refusal {
	c.out = append(c.out, prefsText(c.who.user.extra())...)
	return nil
}

// updateAccountPrefs answers the whole account, unlike the Users service.
func updateAccountPrefs(c *call) *refusal {
	prefs, v := "{}", c.arg("prefs")
	if !v.finite() {
		return refuse(serverError)
	}
	if len(v.items) > 0 {
		prefs = string(v.appendJSON(nil, false))
	}
	u, bad := c.touch(c.who.user.id, func(u *user) *refusal {
		u.own().prefs = prefs
		return nil
	})
	if bad != nil {
		return bad
	}
	c.note(u, "user.update")
	c.out = c.shape().account(c.out, u)
	return nil
}

// accountSessions shows no secrets.
func accountSessions(c *call) *refusal {
	sessions := c.who.user.extra().sessions
	c.out = append(c.out, `{"total":`...)
	c.out = append(appendInt(c.out, len(sessions)), `,"sessions":[`...)
	for i := range sessions {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = c.shape().session(c.out, c.who.user.id, &sessions[i], sessions[i].id == c.who.session, "")
	}
	c.out = append(c.out, `]}`...)
	return nil
}

// endSession ends one session of the logged-in user; "current" is the one that
// asks. Its cookies are taken back.
func endSession(c *call) *refusal {
	id := c.text("sessionId")
	if id == "current" {
		id = c.who.session
	}
	found := false
	bad := c.dropOf(c.who.user.id, func(s session) bool {
		same := s.id == id
		found = found || same
		return same
	})
	switch {
	case bad != nil:
		return bad
	case !found:
		return refuse(sessionNotFound)
	case id == c.who.session:
		c.takeCookies()
	}
	c.note(c.who.user, "session.delete")
	return nil
}

func (c *call) takeCookies() {
	name := "a_session_" + c.cfg.Project
	c.header = append(c.header, [2]string{"X-Fallback-Cookies", "[]"})
	for _, n := range []string{name + "_legacy", name} {
		c.header = append(c.header, [2]string{"Set-Cookie", strings.Join([]string{n + "=deleted", "expires=Thu, 01-Jan-1970 00:00:01 GMT", "Max-Age=0", "path=/", "HttpOnly"}, "; ")})
	}
}
