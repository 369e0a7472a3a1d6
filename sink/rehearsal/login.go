package rehearsal

import (
	"strconv"
	"strings"
	"time"
)

// login is POST /account/sessions/email, in Appwrite's order: the lengths (as
// parameters), the password, only then whether the user is blocked; then the
// hash is replaced by argon2id, unless it is called that already.
func login(c *call) *refusal {
	if c.who.user != nil {
		return refuse(sessionExists)
	}
	if c.policies().NoEmailPassword && c.who.key == nil {
		return refuse(methodUnsupported)
	}
	email, password := strings.ToLower(c.text("email")), c.text("password")
	u, bad := c.person(email, password)
	if bad != nil {
		return bad
	}
	one, secret := c.newSession("email", email, "password")
	made := &user{}
	if u.hash != argon2 {
		c.rehash(made, password)
	}
	after, bad := c.attach(u.id, one, func(now *user) { c.welcome(now, u, made) })
	if bad != nil {
		return bad
	}
	if c.rules.countFailures {
		c.limits.forgive(c.limitKey())
	}
	c.note(after, "session.create")
	c.opened(after, &one, secret)
	return nil
}

// person finds who has the address, if the password is right.
func (c *call) person(email, password string) (*user, *refusal) {
	var u *user
	if !c.who.console {
		c.store.view(func() { u = c.store.at(byAddress, email) })
	}
	if u == nil || u.passwordUpdate == 0 {
		return nil, refuse(invalidCredentials)
	}
	ok, bad := c.matches(u, password)
	switch {
	case bad != nil:
		return nil, bad
	case !ok:
		return nil, refuse(invalidCredentials)
	case u.is(blocked):
		return nil, &c.rules.blocked
	}
	return u, nil
}

// welcome is what a login changes in the user: the hash, if it is still the one
// that was verified, the last access, the number of sessions. With LostUpdates a new
// hash is written with the whole user as the login had read it.
func (c *call) welcome(now, seen, made *user) {
	if made.password != "" && c.cfg.LostUpdates {
		c.store.writeBack(now, seen)
	}
	if made.password != "" && now.password == seen.password {
		now.hash, now.password, now.options = made.hash, made.password, made.options
		now.own().proof = made.extra().proof
		now.updated = max(c.now(), now.updated)
	}
	m := now.own()
	c.accessed(now, m)
	limit := c.policies().SessionLimit
	if limit == 0 {
		limit = c.rules.sessionLimit
	}
	if limit > 0 && len(m.sessions) > limit {
		m.sessions = m.sessions[len(m.sessions)-limit:]
	}
	now.set(unlisted, false)
}

// dayMS is how old an access date must be to be written anew.
const dayMS = 24 * 3600 * 1000

// accessed notes the access as profile 1.5 does: after the answer, so that a
// client that looks at once sees no date yet. It appears with the next login, or
// a second later.
func (c *call) accessed(u *user, m *more) {
	if m.pending != 0 {
		m.accessed, m.pending = m.pending, 0
		u.updated = max(c.now(), u.updated)
	}
	if !c.rules.accessedAt || c.now()-m.accessed < dayMS {
		return
	}
	m.pending = c.now()
	seq := u.seq
	c.putOff(time.Second, func(s *store) {
		if u := s.users[seq]; u != nil && u.extra().pending != 0 {
			after := *u
			m := after.own()
			m.accessed, m.pending = m.pending, 0
			s.replace(&after)
		}
	})
}

// opened answers a new session: its secret goes into cookies, and into the body
// only for a server.
func (c *call) opened(u *user, one *session, secret string) {
	encoded := encodeSession(u.id, secret)
	name := "a_session_" + c.cfg.Project
	expires := time.UnixMilli(one.expire).UTC().Format("Mon, 02-Jan-2006 15:04:05") + " GMT"
	cookie := func(name, more string) [2]string {
		return [2]string{"Set-Cookie", name + "=" + encoded + "; expires=" + expires + "; Max-Age=" + strconv.Itoa(yearMS/1000) + "; path=/; HttpOnly" + more}
	}
	fallback := append(begin(nil, name, encoded), '}')
	c.header = append(c.header,
		[2]string{"X-Fallback-Cookies", string(fallback)},
		cookie(name+"_legacy", ""), cookie(name, "; SameSite=None"))
	if c.who.key == nil {
		encoded = ""
	}
	c.out = c.shape().session(c.out, u.id, one, true, encoded)
}
