package rehearsal

import (
	"strconv"
	"strings"
)

// shape is how a model is printed for one request: by profile and by the
// X-Appwrite-Response-Format header.
type shape struct {
	*rules
	old        bool            // format 1.4 or older: no targets, mfa, factors, phrase or session secrets
	noPhone    bool            // format before 1.9.2: no userPhone in memberships
	noActing   bool            // format before 1.9: no impersonator fields
	legacyText bool            // format before 1.5: list queries in text form
	foreign    []foreignTarget // shown after the user's own targets
	noHash     bool            // the Account model
}

func (c *call) shape() shape {
	s := shape{rules: &c.rules}
	format := c.r.Header.Get("X-Appwrite-Response-Format")
	if format == "" {
		return s
	}
	v := parseVersion(format)
	s.old = v < version(1, 5, 0)
	s.legacyText = s.old
	s.noPhone = v < version(1, 9, 2)
	s.noActing = v < version(1, 9, 0)
	return s
}

func version(major, minor, patch int) int { return major*1_000_000 + minor*1000 + patch }

// parseVersion reads up to three numbers; what is none counts as the oldest, as
// in PHP's version_compare.
func parseVersion(s string) int {
	var n [3]int
	for i, p := range strings.SplitN(s, ".", 3) {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 || v > 999 {
			break
		}
		n[i] = v
	}
	return version(n[0], n[1], n[2])
}

// warn adds the header for clients made for a newer server.
func (c *call) warn() {
	format := c.r.Header.Get("X-Appwrite-Response-Format")
	if format == "" || parseVersion(format) <= parseVersion(c.rules.version) {
		return
	}
	c.header = append(c.header, [2]string{"X-Appwrite-Warning", "The current SDK is built for Appwrite " + printable(format) +
		". However, the current Appwrite server version is " + c.rules.version +
		". Please downgrade your SDK to match the Appwrite version: https://appwrite.io/docs/sdks"})
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

// user prints the User model, keys in Appwrite's order.
func (s shape) user(b []byte, u *user) []byte {
	m := u.extra()
	b = s.head(b, u.id, u.created, u.updated)
	b = field(b, "name", u.name)
	if !s.noHash {
		b = s.hash(b, u)
	}
	b = date(b, "registration", u.created)
	b = yes(b, "status", !u.is(blocked))
	b = append(b, `,"labels":`...)
	b = texts(b, m.labels)
	b = date(b, "passwordUpdate", u.passwordUpdate)
	b = field(b, "email", u.email)
	b = field(b, "phone", u.phone)
	b = yes(b, "emailVerification", u.is(emailVerified))
	if s.emailFacts {
		b = factsOf(u).appendJSON(b)
	}
	b = yes(b, "phoneVerification", u.is(phoneVerified))
	if !s.old {
		b = yes(b, "mfa", u.is(mfaOn))
	}
	b = append(b, `,"prefs":`...)
	b = append(b, prefsText(m)...)
	if !s.old {
		b = s.targetList(append(b, `,"targets":`...), u)
	}
	b = date(b, "accessedAt", m.accessed)
	if s.impersonator && !s.noActing {
		b = yes(b, "impersonator", u.is(canImpersonate))
		b = append(b, `,"impersonatorUserId":null`...)
	}
	return append(b, '}')
}

func (s shape) hash(b []byte, u *user) []byte {
	b = append(b, `,"password":`...)
	if u.is(hasPassword) {
		b = appendText(b, u.password, false)
	} else {
		b = append(b, "null"...)
	}
	b = field(b, "hash", u.hash.String())
	return append(append(b, `,"hashOptions":`...), u.options...)
}

func prefsText(m *more) string {
	if m.prefs == "" {
		return "{}"
	}
	return m.prefs
}

func (s shape) targetList(b []byte, u *user) []byte {
	b = append(b, '[')
	for i := range u.targets {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.target(b, u.id, &u.targets[i])
	}
	for i := range s.foreign {
		if i > 0 || len(u.targets) > 0 {
			b = append(b, ',')
		}
		b = s.target(b, s.foreign[i].userID, &s.foreign[i].target)
	}
	return append(b, ']')
}

// target prints the Target model.
func (s shape) target(b []byte, userID string, t *target) []byte {
	b = s.head(b, t.id, t.created, t.updated)
	b = field(b, "name", t.name)
	b = field(b, "userId", userID)
	b = append(b, `,"providerId":null`...)
	b = field(b, "providerType", t.provider.String())
	b = field(b, "identifier", t.identifier)
	if s.targetExpired {
		b = yes(b, "expired", false)
	}
	return append(b, '}')
}

func (s shape) head(b []byte, id string, created, updated int64) []byte {
	b = date(begin(b, "$id", id), "$createdAt", created)
	return date(b, "$updatedAt", updated)
}

// begin starts an object with its first member.
func begin(b []byte, name, v string) []byte {
	b = append(append(append(b, `{"`...), name...), `":`...)
	return appendText(b, v, false)
}

func field(b []byte, name, v string) []byte {
	return appendText(key(b, name), v, false)
}

// date prints "" for never.
func date(b []byte, name string, ms int64) []byte {
	b = append(key(b, name), '"')
	if ms != 0 {
		b = appendDate(b, ms)
	}
	return append(b, '"')
}

func yes(b []byte, name string, on bool) []byte {
	return strconv.AppendBool(key(b, name), on)
}

func count(b []byte, name string, n int) []byte {
	return strconv.AppendInt(key(b, name), int64(n), 10)
}

// key begins a member after the first.
func key(b []byte, name string) []byte {
	return append(append(append(b, `,"`...), name...), `":`...)
}

func texts(b []byte, items []string) []byte {
	b = append(b, '[')
	for i, s := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s, false)
	}
	return append(b, ']')
}

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }
