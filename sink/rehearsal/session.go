package rehearsal

import (
	"net"
	"slices"
)

// session is a row of the sessions table.
type session struct {
	id, providerUID string
	provider        string // "email", "server", "token"
	secret          string // hashed
	ip              string
	factor          string // "" is none
	created, expire int64
}

func (c *call) callerIP() string {
	ip, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return ip
}

const yearMS = 365 * 24 * 3600 * 1000

// newSession makes a session and the secret that opens it.
func (c *call) newSession(provider, uid, factor string) (session, string) {
	secret, now := fresh(128), c.now()
	return session{
		id: c.newUID(), provider: provider, providerUID: uid, secret: hashSecret(secret), ip: c.callerIP(),
		factor: factor, created: now, expire: now + yearMS,
	}, secret
}

// session prints the Session model. Secret is shown as given: the plain one in
// the answer that makes it, the stored one in lists, none to guests.
func (s shape) session(b []byte, userID string, one *session, current bool, secret string) []byte {
	b = s.head(b, one.id, one.created, one.created)
	b = field(b, "userId", userID)
	b = date(b, "expire", one.expire)
	b = field(b, "provider", one.provider)
	b = field(b, "providerUid", one.providerUID)
	b = append(b, `,"providerAccessToken":"","providerAccessTokenExpiry":"","providerRefreshToken":""`...)
	b = field(b, "ip", one.ip)
	b = append(b, clientFields...)
	b = yes(b, "current", current)
	if !s.old {
		b = field(s.factors(b, one), "secret", secret)
	}
	return append(b, `,"mfaUpdatedAt":""}`...)
}

func (s shape) factors(b []byte, one *session) []byte {
	if one.factor == "" {
		return append(b, `,"factors":[]`...)
	}
	return texts(append(b, `,"factors":`...), []string{one.factor})
}

// clientFields say nothing: no browser is known here, and no country.
const clientFields = `,"osCode":"","osName":"","osVersion":"","clientType":"","clientCode":"","clientName":"","clientVersion":"",` +
	`"clientEngine":"","clientEngineVersion":"","deviceName":"","deviceBrand":"","deviceModel":"","countryCode":"--","countryName":"Unknown"`

// createSession logs a user in for a server, without asking for a password.
func createSession(c *call) *refusal {
	factor := ""
	if c.rules.serverFactor {
		factor = "server"
	}
	one, secret := c.newSession("server", "", factor)
	u, bad := c.attach(c.text("userId"), one, func(u *user) { u.set(unlisted, c.rules.staleSubqueries) })
	if bad != nil {
		return bad
	}
	shown := secret
	if c.rules.serverFactor {
		shown = encodeSession(u.id, secret)
	}
	c.out = c.shape().session(c.out, u.id, &one, false, shown)
	return nil
}

// attach adds a session to a user, without touching $updatedAt.
func (c *call) attach(id string, one session, also func(*user)) (*user, *refusal) {
	return c.amendUser(id, func(u *user) *refusal {
		m := u.own()
		m.sessions = append(slices.Clone(m.sessions), one)
		also(u)
		return nil
	})
}

// listSessions shows the stored, hashed secrets, as the real server does.
func listSessions(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	sessions := u.extra().sessions
	if u.is(unlisted) {
		sessions = sessions[:len(sessions)-1]
	}
	c.out = c.total(append(c.out, '{'), len(sessions))
	c.out = append(c.out, `,"sessions":[`...)
	s := c.shape()
	for i := range sessions {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = s.session(c.out, u.id, &sessions[i], false, sessions[i].secret)
	}
	c.out = append(c.out, `]}`...)
	return nil
}

// total prints how many there are, or 0 where ?total=0 asked not to count. The
// text "false" counts all the same: PHP takes it for true.
func (c *call) total(b []byte, n int) []byte {
	if c.rules.totalSwitch && !cast(c.arg("total")) {
		n = 0
	}
	b = append(b, `"total":`...)
	return appendInt(b, n)
}

func deleteSessions(c *call) *refusal {
	return c.drop(func(session) bool { return true })
}

func deleteSession(c *call) *refusal {
	id, found := fold(c.text("sessionId")), false
	bad := c.drop(func(s session) bool {
		same := fold(s.id) == id
		found = found || same
		return same
	})
	if bad == nil && !found {
		return refuse(sessionNotFound)
	}
	return bad
}

// drop ends the sessions that match, of the user that the path names.
func (c *call) drop(match func(session) bool) *refusal {
	return c.dropOf(c.text("userId"), match)
}

func (c *call) dropOf(id string, match func(session) bool) *refusal {
	_, bad := c.amendUser(id, func(u *user) *refusal {
		m := u.own()
		m.sessions = slices.DeleteFunc(slices.Clone(m.sessions), match)
		return nil
	})
	return bad
}
