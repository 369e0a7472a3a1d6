package postgres

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
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
	Format     string `json:"format,omitempty"`
	Hash       string `json:"hash,omitempty"`
	Params     object `json:"params,omitempty"`
	Changed    string `json:"changed,omitempty"` // when the password was last changed
	LastSignIn string `json:"last_sign_in,omitempty"`
}

// profileHeld is the rest. Fields that only one of the layouts has are empty in
// the other.
type profileHeld struct {
	SourceID      string      `json:"source_id,omitempty"`
	Email         string      `json:"email,omitempty"`
	EmailKey      string      `json:"email_key,omitempty"`
	EmailVerified bool        `json:"email_verified,omitempty"`
	Phone         string      `json:"phone,omitempty"`
	PhoneVerified bool        `json:"phone_verified,omitempty"`
	Name          string      `json:"name,omitempty"`
	Username      string      `json:"username,omitempty"`
	Photo         string      `json:"photo,omitempty"`
	Labels        []string    `json:"labels,omitempty"`
	Prefs         object      `json:"prefs,omitempty"`
	Disabled      bool        `json:"disabled,omitempty"`
	Created       string      `json:"created,omitempty"`
	Audience      string      `json:"aud,omitempty"`
	Role          string      `json:"role,omitempty"`
	App           object      `json:"app,omitempty"`
	User          object      `json:"user,omitempty"`
	BannedUntil   string      `json:"banned_until,omitempty"`
	Deleted       bool        `json:"deleted,omitempty"`
	Identities    []identity3 `json:"identities,omitempty"`
}

// identity3 is an identity's provider, subject and data.
type identity3 [3]string

// moment is a time as the layouts' select writes it: of microseconds, UTC.
const moment = "2006-01-02T15:04:05.000000Z"

func momentOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(moment)
}

// account is what the tables hold once a user has landed at now.
func (r rules) account(p plan, now time.Time) account {
	a := account{ID: p.id, Stamp: momentOf(now)}
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

func genericProfile(p plan, now time.Time) profileHeld {
	u := p.profile
	h := profileHeld{
		SourceID: p.sourceID, Email: u.Email, EmailKey: u.EmailKey, EmailVerified: u.EmailVerified, Phone: u.Phone, PhoneVerified: u.PhoneVerified,
		Name: u.Name, Username: u.Username, Photo: u.Photo, Labels: u.Labels, Prefs: u.Claims, Disabled: u.Disabled, Created: momentOf(p.created(now)),
	}
	for _, l := range p.logins {
		h.Identities = append(h.Identities, identity3{l.provider, l.subject, string(l.data())})
	}
	return h
}

func supabaseProfile(p plan, now time.Time) profileHeld {
	u := p.profile
	h := profileHeld{
		Email: u.EmailKey, EmailVerified: u.EmailVerified, Phone: phoneDigits(u.Phone), PhoneVerified: u.PhoneVerified, Created: momentOf(p.created(now)),
		Audience: authenticated, Role: authenticated, App: p.appMetadata(), User: p.userMetadata(),
	}
	if u.Disabled {
		h.BannedUntil = momentOf(forever)
	}
	for _, i := range p.supabaseIdentities() {
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

func (a account) state() sink.State {
	return sink.State{Credential: canonical(a.Password), Profile: canonical(a.Profile)}
}

func canonical(v any) identity.Secret {
	b, _ := json.Marshal(v) // strings, booleans and lists of them always have a JSON form
	return identity.Secret(b)
}
