package importers

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rehome/identity"
)

// cells are the texts of one record, by field. "" is absent.
type cells [fieldCount]string

// userMaker makes users of cells.
type userMaker struct {
	region  string
	mend    bool // undo one encoding too many
	hasID   bool // the source has ids; otherwise they are derived
	now     time.Time
	n       int // users so far
	hashes  hashRule
	remarks remarks
}

// record makes a record of its cells. A problem comes with what is known of the
// user. Nobody is lost for what is not their way in: roles, numbers and the like
// that cannot be read are losses.
func (m *userMaker) record(c *cells, states []stateCell, line int) identity.Record {
	m.n++
	if m.mend {
		mendCells(c)
	}
	u := identity.User{
		Username: c[fieldUsername],
		Email:    absent(c[fieldEmail]),
		Name:     m.name(c, line),
		Photo:    absent(c[fieldPhoto]),
	}
	var losses []identity.Code
	if u.Phone = m.phone(c[fieldPhone], line); u.Phone == "" && absent(c[fieldPhone]) != "" {
		losses = append(losses, identity.LossPhone)
	}
	u.EmailVerified = u.Email != "" && (m.verified(c[fieldEmailVerified], line) || listed(c[fieldVerifiedEmails], u.Email))
	u.PhoneVerified = u.Phone != "" && (m.verified(c[fieldPhoneVerified], line) || listed(c[fieldVerifiedPhones], c[fieldPhone]))
	for _, s := range states {
		u.Disabled = s.of.out(s.text, m.now) || u.Disabled // nobody is spared a look
	}
	u.Created, u.LastSignIn = m.date(c[fieldCreated], line), m.date(c[fieldLastSignIn], line)
	hash := m.hash(&u, c) // said last: whoever lacks nothing but a usable hash may land without it
	if !lists(&u, c) {
		losses = append(losses, identity.LossRolesBroken)
	}
	return identity.Record{Problem: cmp.Or(m.id(&u, c), hash), User: u, Losses: losses}
}

// absent is a trimmed text, "" where it only says that there is none.
func absent(s string) string {
	if s == "" {
		return ""
	}
	if s = strings.TrimSpace(s); isNull(s) {
		return ""
	}
	return s
}

// id takes the source's id, or where it has none, what else tells users apart.
func (m *userMaker) id(u *identity.User, c *cells) *identity.Problem {
	if !m.hasID {
		if u.ID = cmp.Or(u.Username, strings.ToLower(u.Email), u.Phone); u.ID != "" {
			return nil
		}
		return &identity.Problem{Code: identity.IDMissing, Detail: "the user has no id, name, e-mail address or phone number"}
	}
	u.ID = strings.TrimSpace(c[fieldID])
	switch {
	case u.ID == "":
		return &identity.Problem{Code: identity.IDMissing, Detail: "the cell of the id is empty"}
	case isScientific(u.ID):
		return &identity.Problem{Code: identity.IDInvalid, Detail: "a spreadsheet has shortened the id to " + clip(u.ID) + "; export it as text"}
	}
	return nil
}

// name is the displayed name, or where there is none, given and family name.
func (m *userMaker) name(c *cells, line int) string {
	name := c[fieldName]
	if name == "" {
		name = strings.TrimSpace(strings.TrimSpace(c[fieldGivenName]) + " " + strings.TrimSpace(c[fieldFamilyName]))
	}
	if guarded(name) {
		m.remarks.note(remarkGuardedName, line, "")
	}
	if !m.mend && !isASCII(name) && looksTwiceEncoded(name) {
		m.remarks.note(remarkTwiceEncoded, line, strangeLetters(name))
	}
	return name
}

// guarded reports whether a cell begins with the apostrophe that keeps a
// spreadsheet from taking it for a formula.
func guarded(s string) bool {
	return len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@", s[1]) >= 0
}

// phone is in E.164 form where it could be made so, and as it stands otherwise:
// the target leaves it out then and says so. One that can be read as two numbers
// is left out here.
func (m *userMaker) phone(raw string, line int) string {
	raw = absent(raw)
	if raw == "" {
		return ""
	}
	if guarded(raw) {
		raw = raw[1:]
	}
	number, ok := normalisePhone(raw, m.region)
	switch {
	case ok:
	case number == "":
		m.remarks.note(remarkPhoneTwoWays, line, "")
	case isScientific(raw):
		m.remarks.note(remarkPhoneDamaged, line, raw)
	case m.region == "":
		m.remarks.note(remarkPhoneRegion, line, "")
	}
	return number
}

// verified reads a flag, or the date at which it was set. What cannot be read
// verifies nothing.
func (m *userMaker) verified(s string, line int) bool {
	s = absent(s)
	if s == "" {
		return false
	}
	if yes, ok := readBool(s); ok {
		return yes
	}
	date, ok := readDate(s)
	if !ok {
		m.remarks.note(remarkVerified, line, "")
	}
	return !date.IsZero()
}

// listed reports whether a list of addresses holds this one.
func listed(list, address string) bool {
	address = strings.TrimSpace(address)
	return list != "" && address != "" && slices.Contains(strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(`,;| []"`, r) }), address)
}

func (m *userMaker) date(s string, line int) time.Time {
	if s == "" {
		return time.Time{}
	}
	s = strings.TrimSpace(s)
	date, ok := readDate(s)
	if !ok {
		m.remarks.note(remarkDate, line, maskDigits(s))
	}
	return date
}

func (m *userMaker) hash(u *identity.User, c *cells) *identity.Problem {
	hash, lost, problem := m.hashes.read(c)
	if lost {
		u.Logins = append(u.Logins, identity.Login{Provider: identity.PasswordProvider})
	}
	u.Hash = hash
	if problem == nil {
		takeApart(u)
	}
	return problem
}

// mendCells undoes one encoding too many in every cell that shows it.
func mendCells(c *cells) {
	for f := range c {
		if !isASCII(c[f]) {
			c[f], _ = mendTwiceEncoded(c[f])
		}
	}
}

// strangeLetters is the first letters of s beyond ASCII: an example that names nobody.
func strangeLetters(s string) string {
	s = s[strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }):]
	if i := strings.IndexFunc(s, func(r rune) bool { return r < utf8.RuneSelf }); i >= 0 {
		s = s[:i]
	}
	return s
}

// maskDigits is the form of a date: an example that tells nothing of anybody.
func maskDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clip is a text for a sentence: never long.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
