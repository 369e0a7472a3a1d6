package rehearsal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// access is who asks.
type access struct {
	console bool  // no project was named: Appwrite's own, which has no users here
	key     *Key  // nil: not a server
	user    *user // nil: not logged in
	session string
}

const console = "console"

// admit finds the project, the key or session, and asks for the route's scope.
func (c *call) admit() *refusal {
	secret := c.r.Header.Get("X-Appwrite-Key")
	if bad := c.origin(secret); bad != nil {
		return bad
	}
	if bad := c.project(secret != ""); bad != nil {
		return bad
	}
	if bad := c.identify(); bad != nil {
		return bad
	}
	if secret != "" {
		if bad := c.server(secret); bad != nil {
			return bad
		}
	}
	if bad := c.switchedOff(); bad != nil {
		return bad
	}
	if !c.allowed() {
		return c.missingScope()
	}
	return c.standing()
}

// switchedOff is what people get where the project has a protocol or a service
// switched off. API keys pass (appwrite/appwrite app/controllers/shared/api.php).
func (c *call) switchedOff() *refusal {
	p := c.policies()
	switch {
	case c.who.key != nil || c.who.console:
		return nil
	case p.NoREST:
		return refuse(apiDisabled)
	case p.NoAccount && strings.HasPrefix(c.route.path, "/v1/account"):
		return refuse(serviceDisabled)
	}
	return nil
}

func (c *call) project(keyed bool) *refusal {
	id := c.r.Header.Get("X-Appwrite-Project")
	if id == "" && c.rules.keyNeedsProject && keyed {
		return refuse(projectIDMissing)
	}
	if id == "" {
		id = parseForm(c.r.URL.RawQuery).str("project")
	}
	switch id {
	case "", console:
		c.who.console = true
	case c.cfg.Project:
	default:
		return c.otherProject(id, keyed)
	}
	return nil
}

// otherProject is an id that is not the project's. A database that does not look at
// letter case finds the project all the same; but a key knows its project's id.
func (c *call) otherProject(id string, keyed bool) *refusal {
	switch {
	case c.engine.fold(id) != c.engine.fold(c.cfg.Project):
		return refuse(projectNotFound)
	case keyed && c.rules.keyNeedsProject:
		return refuse(projectIDMissing)
	}
	return nil
}

func (v value) str(key string) string {
	s, _ := v.get(key)
	return s.text
}

// origin refuses browsers of foreign sites, where the route is one for people.
func (c *call) origin(secret string) *refusal {
	from := c.r.Header.Get("Origin")
	if from == "" {
		from = c.r.Referer()
	}
	if from == "" || secret != "" || c.r.Method == http.MethodGet {
		return nil
	}
	u, err := url.Parse(from)
	if err == nil && loopbackHost(u.Hostname()) {
		return nil
	}
	return &refusal{http.StatusForbidden, unknownOrigin, "Invalid Origin. Register your new client (" + host(u) + ") as a new Web platform on your project console dashboard"}
}

func host(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Hostname()
}

// server accepts an API key.
func (c *call) server(secret string) *refusal {
	if c.who.user != nil {
		return refuse(keyAndSession)
	}
	k := c.findKey(secret)
	switch {
	case k == nil:
		return c.foreignKey(secret)
	case !k.Expires.IsZero() && k.Expires.Before(c.cfg.Now()):
		return refuse(projectKeyExpired)
	}
	c.who.key = k
	return nil
}

func (c *call) findKey(secret string) *Key {
	if c.who.console {
		return nil
	}
	for i := range c.cfg.Keys {
		if hmac.Equal([]byte(secret), []byte(c.cfg.Keys[i].Secret)) {
			return &c.cfg.Keys[i]
		}
	}
	return nil
}

// foreignKey is what a key gets that is not the project's. Profile 1.9 looks at
// its beginning (src/Appwrite/Auth/Key.php): a key of a kind it stores is
// refused, one it signs itself counts as expired, any other is a guest's.
func (c *call) foreignKey(secret string) *refusal {
	if c.rules.wrongKey == "" {
		return nil
	}
	switch kind, _, typed := strings.Cut(secret, "_"); {
	case !typed, kind == "standard", kind == "account", kind == "organization":
		return refuse(c.rules.wrongKey)
	case kind == "dynamic", kind == "ephemeral":
		return refuse(projectKeyExpired)
	}
	return nil
}

func (c *call) allowed() bool {
	for scope := range strings.FieldsSeq(c.route.scope) {
		if c.has(scope) {
			return true
		}
	}
	return false
}

// has reports whether the caller's role or key has a scope (app/config/roles.php).
func (c *call) has(scope string) bool {
	switch {
	case c.who.key != nil:
		return scope == "global" || scope == "health.read" || c.who.key.Scopes == nil && scope != "account" && scope != "public" ||
			slices.Contains(c.who.key.Scopes, scope)
	case scope == "global", scope == "public", scope == "sessions.write":
		return true
	}
	return scope == "account" && c.who.user != nil
}

func (c *call) missingScope() *refusal {
	who := "User (role: guests)"
	switch {
	case c.who.key != nil:
		name, _, err := net.SplitHostPort(c.r.Host)
		if err != nil {
			name = c.r.Host
		}
		who = "app." + c.cfg.Project + "@service." + name + " (role: applications)"
	case c.who.user != nil:
		who = c.who.user.email + " (role: users)"
	}
	return &refusal{http.StatusUnauthorized, unauthorizedScope, c.rules.scopeText(who, c.route.scope)}
}

// standing refuses logged-in users who are blocked or owe a second factor.
func (c *call) standing() *refusal {
	u := c.who.user
	switch {
	case u == nil:
		return nil
	case u.is(blocked):
		return &c.rules.blocked
	case u.is(mfaOn) && (u.is(emailVerified) || u.is(phoneVerified)) && c.who.session != "":
		return refuse(moreFactors)
	}
	return nil
}

// identify finds the session that a cookie or header brings, or the user of a
// JWT. A session that does not fit is a guest's.
func (c *call) identify() *refusal {
	if c.who.console {
		return nil
	}
	if token := c.r.Header.Get("X-Appwrite-JWT"); token != "" {
		return c.fromJWT(token)
	}
	id, secret := c.sessionSecret()
	if id == "" {
		return nil
	}
	hashed := hashSecret(secret)
	c.store.view(func() {
		u := c.store.find(id)
		if u == nil {
			return
		}
		for _, s := range u.extra().sessions {
			if s.secret == hashed && s.expire > c.now() {
				c.who.user, c.who.session = u, s.id
			}
		}
	})
	return nil
}

// sessionSecret reads the session from where Appwrite looks: cookies, the
// session header, the fallback header.
func (c *call) sessionSecret() (id, secret string) {
	name := "a_session_" + c.cfg.Project
	var tries []string
	for _, cookie := range c.r.Cookies() {
		if cookie.Name == name || cookie.Name == name+"_legacy" {
			tries = append(tries, cookie.Value)
		}
	}
	tries = append(tries, c.r.Header.Get("X-Appwrite-Session"))
	if v, ok := decode(c.r.Header.Get("X-Fallback-Cookies")); ok {
		tries = append(tries, v.str(name))
	}
	for _, t := range tries {
		if plain, err := url.QueryUnescape(t); err == nil {
			t = plain
		}
		raw, err := base64.StdEncoding.DecodeString(t)
		if v, ok := decode(string(raw)); err == nil && ok && v.str("id") != "" {
			return v.str("id"), v.str("secret")
		}
	}
	return "", ""
}

// encodeSession is what a client keeps of a session.
func encodeSession(id, secret string) string {
	b := append(field(begin(nil, "id", id), "secret", secret), '}')
	return base64.StdEncoding.EncodeToString(b)
}

// hashSecret is how secrets are stored.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
