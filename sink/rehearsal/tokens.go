package rehearsal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// token is a one-time secret that opens a session.
type token struct {
	secret string // hashed
	expire int64
}

const (
	tokenLength = 6
	tokenExpire = 15 * 60
)

func createToken(c *call) *refusal {
	length, _ := integer(c.arg("length"))
	seconds, _ := integer(c.arg("expire"))
	secret := fresh(int(length+1) / 2)[:length]
	now := c.now()
	t := token{hashSecret(secret), now + seconds*1000}
	u, bad := c.amendUser(c.text("userId"), func(u *user) *refusal {
		m := u.own()
		live := slices.DeleteFunc(slices.Clone(m.tokens), func(t token) bool { return t.expire <= now })
		m.tokens = append(live, t)
		return nil
	})
	if bad != nil {
		return bad
	}
	c.out = begin(c.out, "$id", c.newUID())
	c.out = date(c.out, "$createdAt", now)
	c.out = field(c.out, "userId", u.id)
	c.out = field(c.out, "secret", secret)
	c.out = date(c.out, "expire", t.expire)
	if !c.shape().old {
		c.out = append(c.out, `,"phrase":""`...)
	}
	c.out = append(c.out, '}')
	return nil
}

// amendUser changes what belongs to a user without changing its dates.
func (c *call) amendUser(id string, change func(*user) *refusal) (*user, *refusal) {
	var after *user
	bad := refuse(userNotFound)
	c.store.change(func() {
		before := c.store.find(id)
		if before == nil {
			return
		}
		u := *before
		u.set(unlisted, false)
		if bad = change(&u); bad == nil {
			after = &u
			c.store.replace(after)
		}
	})
	return after, bad
}

// tokenLogin is POST /account/sessions/token: the token works once.
func tokenLogin(c *call) *refusal {
	if c.who.user != nil {
		return refuse(sessionExists)
	}
	one, secret := c.newSession("token", "", "token")
	hashed, now := hashSecret(c.text("secret")), c.now()
	u, bad := c.amendUser(c.text("userId"), func(u *user) *refusal {
		m := u.own()
		at := slices.IndexFunc(m.tokens, func(t token) bool { return t.secret == hashed && t.expire > now })
		if at < 0 {
			return refuse(invalidToken)
		}
		m.tokens = slices.Delete(slices.Clone(m.tokens), at, at+1)
		m.sessions = append(slices.Clone(m.sessions), one)
		c.welcome(u, u, &user{})
		u.updated = max(now, u.updated)
		return nil
	})
	if bad != nil {
		return refuse(invalidToken)
	}
	c.note(u, "session.create")
	c.opened(u, &one, secret)
	return nil
}

const jwtSeconds = 900

// createJWT signs a JWT for a user and, if one is named, a session.
func createJWT(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	seconds, _ := integer(c.arg("duration"))
	session, sessions := "", u.extra().sessions
	for i := range sessions {
		if want := c.text("sessionId"); want == sessions[i].id || want == "recent" {
			session = sessions[i].id
		}
	}
	c.out = append(begin(c.out, "jwt", c.sign(u.id, session, c.now()/1000+seconds)), '}')
	return nil
}

// sign makes a JWT with HMAC-SHA-256 (RFC 7519).
func (s *Server) sign(userID, session string, expires int64) string {
	claims := begin(nil, "userId", userID)
	claims = field(claims, "sessionId", session)
	claims = append(strconv.AppendInt(append(claims, `,"exp":`...), expires, 10), '}')
	enc := base64.RawURLEncoding
	body := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + enc.EncodeToString(claims)
	return body + "." + enc.EncodeToString(s.mac(body))
}

func (s *Server) mac(body string) []byte {
	m := hmac.New(sha256.New, s.secret[:])
	m.Write([]byte(body))
	return m.Sum(nil)
}

// fromJWT finds the user that a JWT of this server names.
func (c *call) fromJWT(text string) *refusal {
	at := strings.LastIndexByte(text, '.')
	if at < 0 || strings.Count(text, ".") != 2 {
		return badJWT("Incomplete segments")
	}
	enc := base64.RawURLEncoding
	mac, err := enc.DecodeString(text[at+1:])
	if err != nil || !hmac.Equal(mac, c.mac(text[:at])) {
		return badJWT("Signature failed")
	}
	_, claims, _ := strings.Cut(text[:at], ".")
	raw, _ := enc.DecodeString(claims)
	v, _ := decode(string(raw))
	if v.whole("exp")*1000 <= c.now() {
		return badJWT("Expired")
	}
	c.store.view(func() { c.who.user = c.store.find(v.str("userId")) })
	return nil
}

// badJWT is refused whatever is asked (recorded: access/jwt/bad; the words for the
// other two are those of adhocore/jwt, the library that Appwrite uses).
func badJWT(why string) *refusal {
	return &refusal{401, jwtInvalid, "Failed to verify JWT. Invalid token: " + why}
}
