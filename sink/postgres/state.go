package postgres

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// account is a user as the tables hold it: what a plan comes to, and what is read
// back. The database writes it as JSON with these names (see the layouts' select).
type account struct {
	ID       string      `json:"id"`
	Stamp    string      `json:"stamp"`     // when the row was written, on the database's clock
	SignedIn bool        `json:"signed_in"` // since it was written
	Password credential  `json:"credential"`
	Profile  profileHeld `json:"profile"`
}

// credential is how a user signs in. It holds the date of the last sign-in, which
// is all that some logins leave behind.
type credential struct {
	Format     string `json:"format"`
	Hash       string `json:"hash"`
	Params     object `json:"params"`
	Changed    string `json:"changed"` // when the password was last changed
	LastSignIn string `json:"last_sign_in"`
}

// profileHeld is the rest. Fields that only one of the layouts has are empty in
// the other.
type profileHeld struct {
	SourceID      string      `json:"source_id"`
	Email         string      `json:"email"`
	EmailKey      string      `json:"email_key"`
	EmailVerified bool        `json:"email_verified"`
	Phone         string      `json:"phone"`
	PhoneVerified bool        `json:"phone_verified"`
	Name          string      `json:"name"`
	Username      string      `json:"username"`
	Photo         string      `json:"photo"`
	Labels        []string    `json:"labels"`
	Prefs         object      `json:"prefs"`
	Disabled      bool        `json:"disabled"`
	Created       string      `json:"created"`
	Audience      string      `json:"aud"`
	Role          string      `json:"role"`
	App           object      `json:"app"`
	User          object      `json:"user"`
	BannedUntil   string      `json:"banned_until"`
	Deleted       bool        `json:"deleted"`
	Identities    []identity3 `json:"identities"`
}

// identity3 is an identity's provider, subject and data.
type identity3 [3]string

// moment is how times are written and read back: of microseconds, UTC.
const moment = "2006-01-02T15:04:05.000000Z"

func momentOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format(moment)
	}
	hour, minute, second := t.Clock()
	b := make([]byte, 0, len(moment)) // by hand: there are three in a row, and Format takes four times as long
	for _, part := range [...]struct {
		n, digits int
		after     byte
	}{{year, 4, '-'}, {int(month), 2, '-'}, {day, 2, 'T'}, {hour, 2, ':'}, {minute, 2, ':'}, {second, 2, '.'}, {t.Nanosecond() / 1000, 6, 'Z'}} {
		b = append(appendPadded(b, part.n, part.digits), part.after)
	}
	return string(b)
}

// appendPadded writes a number with noughts before it.
func appendPadded(b []byte, n, digits int) []byte {
	b = append(b, "000000"[:digits]...)
	for i := len(b) - 1; n > 0; i, n = i-1, n/10 {
		b[i] = byte('0' + n%10)
	}
	return b
}

// account is what the tables hold once a user has landed at now.
func (r rules) account(p *plan, now instant) account {
	a := account{ID: p.id, Stamp: now.text}
	if r.layout == Supabase {
		a.Password = credential{Hash: string(p.hash.Encoded)}
		a.Profile = supabaseProfile(p, now)
	} else {
		a.Password = credential{
			Format: string(p.hash.Algorithm), Hash: string(p.hash.Encoded), Params: paramsOf(p.hash.Params), LastSignIn: momentOf(p.profile.LastSignIn),
		}
		a.Profile = genericProfile(p, now)
	}
	a.tidy() // a plan's objects are canonical from birth
	return a
}

func genericProfile(p *plan, now instant) profileHeld {
	u := &p.profile
	h := profileHeld{
		SourceID: p.sourceID, Email: u.Email, EmailKey: u.EmailKey, EmailVerified: u.EmailVerified, Phone: u.Phone, PhoneVerified: u.PhoneVerified,
		Name: u.Name, Username: u.Username, Photo: u.Photo, Labels: u.Labels, Prefs: u.Claims, Disabled: u.Disabled, Created: momentOf(p.created(now.Time)),
	}
	for _, l := range p.logins {
		h.Identities = append(h.Identities, identity3{l.provider, l.subject, string(l.data())})
	}
	return h
}

func supabaseProfile(p *plan, now instant) profileHeld {
	u, all := &p.profile, p.supabaseIdentities()
	h := profileHeld{
		Email: u.EmailKey, EmailVerified: u.EmailVerified, Phone: phoneDigits(u.Phone), PhoneVerified: u.PhoneVerified, Created: momentOf(p.created(now.Time)),
		Audience: authenticated, Role: authenticated, App: p.appMetadata(all), User: p.userMetadata(),
	}
	if u.Disabled {
		h.BannedUntil = momentOf(forever)
	}
	for _, i := range all {
		h.Identities = append(h.Identities, identity3{i.provider, i.subject, string(i.data)})
	}
	return h
}

// objects are the fields that hold an object.
func (a *account) objects() []*object {
	return []*object{&a.Password.Params, &a.Profile.Prefs, &a.Profile.App, &a.Profile.User}
}

// tidy leaves one spelling of the same thing: an empty object is none, and
// identities have an order that no collation decides.
func (a *account) tidy() {
	for _, o := range a.objects() {
		if *o == emptyObject {
			*o = ""
		}
	}
	slices.SortFunc(a.Profile.Identities, func(x, y identity3) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
}

// readAccount reads what the layouts' select wrote.
func readAccount(text string) (account, error) {
	var a account
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return a, errBadAccount
	}
	for _, o := range a.objects() {
		*o = objectFrom(string(*o))
	}
	for i := range a.Profile.Identities {
		data := &a.Profile.Identities[i][2]
		*data = string(objectFrom(*data))
	}
	a.tidy()
	return a, nil
}

// address is the account's folded e-mail address, and its number without the +.
func (a account) address() (email, phone string) {
	email = a.Profile.EmailKey
	if email == "" { // Supabase Auth has one column
		email = strings.ToLower(a.Profile.Email)
	}
	return email, phoneDigits(a.Profile.Phone)
}

// keys are what nobody else may have, named as member.keys names them.
func (a account) keys() []string {
	email, phone := a.address()
	names := []string{"id " + a.ID, "email " + email, "phone " + phone}
	for _, i := range a.Profile.Identities {
		names = append(names, "login "+i[0]+" "+i[1])
	}
	return names
}

// written is when the row was written; zero where it does not say.
func (a account) written() time.Time {
	at, _ := time.Parse(moment, a.Stamp)
	return at
}

func (a account) state() sink.State {
	return sink.State{Credential: a.Password.canonical(), Profile: a.Profile.canonical()}
}

// sheet is a canonical text: named values one after another, each with its length
// before it, so that no value can look like another's name.
type sheet []byte

// sheets are kept: there are two for each user, and only their text is handed on.
var sheets = sync.Pool{New: func() any { return new(sheet) }}

func newSheet(title string) *sheet {
	s := sheets.Get().(*sheet)
	*s = append(append((*s)[:0], title...), '\n')
	return s
}

// text ends a sheet.
func (s *sheet) text() identity.Secret {
	defer sheets.Put(s)
	return identity.Secret(*s)
}

func (s *sheet) add(name, value string) {
	if value == "" {
		return
	}
	*s = append(*s, name...)
	*s = append(*s, '=')
	*s = strconv.AppendInt(*s, int64(len(value)), 10)
	*s = append(*s, ':')
	*s = append(*s, value...)
	*s = append(*s, '\n')
}

func (s *sheet) flag(name string, is bool) {
	if is {
		s.add(name, "yes")
	}
}

func (c *credential) canonical() identity.Secret {
	s := newSheet("credential")
	s.add("format", c.Format)
	s.add("hash", c.Hash)
	s.add("params", string(c.Params))
	s.add("changed", c.Changed)
	s.add("last_sign_in", c.LastSignIn)
	return s.text()
}

func (h *profileHeld) canonical() identity.Secret {
	s := newSheet("profile")
	s.add("source_id", h.SourceID)
	s.add("email", h.Email)
	s.add("email_key", h.EmailKey)
	s.flag("email_verified", h.EmailVerified)
	s.add("phone", h.Phone)
	s.flag("phone_verified", h.PhoneVerified)
	s.add("name", h.Name)
	s.add("username", h.Username)
	s.add("photo", h.Photo)
	for _, label := range h.Labels {
		s.add("label", label)
	}
	s.add("prefs", string(h.Prefs))
	s.flag("disabled", h.Disabled)
	s.add("created", h.Created)
	s.add("aud", h.Audience)
	s.add("role", h.Role)
	s.add("app", string(h.App))
	s.add("user", string(h.User))
	s.add("banned_until", h.BannedUntil)
	s.flag("deleted", h.Deleted)
	for _, i := range h.Identities {
		s.add("provider", i[0])
		s.add("subject", i[1])
		s.add("data", i[2])
	}
	return s.text()
}
