package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// rules are everything a verdict depends on besides the user: judging is a pure
// function of the two, so that a dry run says what the move will do.
type rules struct {
	layout               Layout
	id                   sink.IDRule
	roles, claims, dates Place
	confirmed            bool // every e-mail address counts as confirmed
	keyInHash            bool
}

// plan is what would be made of a user: the verdict, and what the tables hold
// once the user has landed. A dry run reads the first, the move writes the rest.
type plan struct {
	judgement sink.Judgement
	id        string
	sourceID  string
	hash      stored // zero: no password
	profile   profile
	logins    []login

	byEmail    bool // signs in with the e-mail address and a password, now or after a reset
	keepSignIn bool // the date of the last sign-in goes into the app metadata
}

// profile is the part of a user that a person sees.
type profile struct {
	Email         string // as typed, in the generic layout
	EmailKey      string // folded
	Phone         string // E.164
	Name          string
	Username      string
	Photo         string
	EmailVerified bool
	PhoneVerified bool
	Disabled      bool
	Labels        []string
	Claims        object
	Created       time.Time // of microseconds, UTC; zero: the source does not say
	LastSignIn    time.Time
}

// login is an identity at another provider, in the target's spelling.
type login struct{ provider, subject, email string }

func (l login) same(other login) bool {
	return l.provider == other.provider && l.subject == other.subject
}

func (r rules) plan(u identity.User) *plan {
	p := &plan{sourceID: u.ID, profile: profile{Disabled: u.Disabled}, keepSignIn: r.dates == Prefs}
	var bad *identity.Problem
	p.id, bad = idFormOf(r.layout).of(r.id, u.ID)
	r.address(p, u)
	r.texts(p, u)
	r.dated(p, u)
	r.carry(p, u)
	r.federate(p, u)
	p.byEmail = !u.Hash.IsZero() || u.PasswordLost() || len(p.logins) == 0
	p.judgement.TargetID = p.id
	p.judgement.Keys = sink.Keys{ID: p.id, Email: p.profile.EmailKey, Phone: p.profile.Phone}
	if bad == nil {
		bad = r.blocked(p.profile, u)
	}
	if bad != nil {
		p.judge(sink.Blocked, bad)
		return p
	}
	r.password(p, u)
	return p
}

func (p *plan) judge(v sink.Verdict, bad *identity.Problem) {
	p.judgement.Verdict, p.judgement.Problem = v, bad
}

func (p *plan) lose(c identity.Code, lost bool) {
	if lost {
		p.judgement.Losses = append(p.judgement.Losses, c)
	}
}

// address takes e-mail and phone over. A flag without its address is dropped
// with it.
func (r rules) address(p *plan, u identity.User) {
	to := &p.profile
	to.Email = strings.TrimSpace(u.Email)
	to.EmailKey = strings.ToLower(to.Email)
	to.EmailVerified = to.Email != "" && (u.EmailVerified || r.confirmed)
	if validPhone(u.Phone) {
		to.Phone, to.PhoneVerified = u.Phone, u.PhoneVerified
	}
	p.lose(identity.LossPhone, u.Phone != "" && to.Phone == "")
	unverified := to.Email != "" && !to.EmailVerified || to.Phone != "" && !to.PhoneVerified
	p.lose(identity.LossUnverified, r.layout == Supabase && unverified)
	if r.layout == Supabase && unverified && to.EmailVerified { // so by the number alone
		p.judgement.PhoneLoss = identity.LossUnverified
	}
}

// Bounds of texts that are kept for people, in characters.
const (
	maxName     = 256
	maxUsername = 320
	maxPhoto    = 2048
)

// texts takes over what people read. A name is shortened, since part of it is
// still one; of the others a part would be something else.
func (r rules) texts(p *plan, u identity.User) {
	to := &p.profile
	to.Name = u.Name
	if longer(u.Name, maxName) {
		to.Name = string([]rune(u.Name)[:maxName])
		p.lose(identity.LossName, true)
	}
	if r.layout == Generic && goodText(u.Username) && !longer(u.Username, maxUsername) {
		to.Username = u.Username
	}
	if goodText(u.Photo) && !longer(u.Photo, maxPhoto) {
		to.Photo = u.Photo
	}
	p.lose(identity.LossPhoto, to.Photo != u.Photo)
	p.lose(identity.LossUsername, to.Username != u.Username && !strings.EqualFold(u.Username, to.Email))
	p.lose(identity.LossFactor, len(u.Factors) > 0)
	p.lose(identity.LossPasswordGone, u.PasswordLost())
}

// dated takes the dates over that a timestamp can hold and people can have meant.
func (r rules) dated(p *plan, u identity.User) {
	p.profile.Created, p.profile.LastSignIn = date(u.Created), date(u.LastSignIn)
	p.lose(identity.LossCreated, !u.Created.IsZero() && p.profile.Created.IsZero())
	dropped := r.layout == Supabase && r.dates != Prefs
	p.lose(identity.LossLastSignIn, !u.LastSignIn.IsZero() && (dropped || p.profile.LastSignIn.IsZero()))
}

// date is t as a timestamptz keeps it. Years beyond 9999 have no RFC 3339 form,
// and are milliseconds taken for seconds.
func date(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.Truncate(time.Microsecond)
}

// maxInToken bounds what is put into every token of a user, labels and claims
// each, in bytes: a token travels in a header, and proxies take 8 KiB of those.
const maxInToken = 2 << 10

// carry puts roles and claims where the settings say.
func (r rules) carry(p *plan, u identity.User) {
	if r.roles == Labels {
		p.profile.Labels = labelsOf(u.Labels)
	}
	if r.claims == Prefs && len(u.Attributes) > 0 {
		p.profile.Claims, _ = objectOf(u.Attributes)
	}
	if r.layout == Supabase && len(p.profile.Claims) > maxInToken {
		p.profile.Claims = ""
	}
	if r.layout == Supabase && size(p.profile.Labels) > maxInToken {
		p.profile.Labels = nil
	}
	p.judgement.Labels = p.profile.Labels
	p.lose(identity.LossRoles, len(distinct(u.Labels)) > len(p.profile.Labels))
	p.lose(identity.LossClaims, len(u.Attributes) > 0 && p.profile.Claims == "")
}

// Bounds of labels: how many, and the characters of each.
const maxLabels, maxLabel = 1000, 256

// labelsOf are the labels that fit, sorted and each once.
func labelsOf(roles []string) []string {
	labels := slices.DeleteFunc(distinct(roles), func(l string) bool {
		return l == "" || !goodText(l) || longer(l, maxLabel)
	})
	return labels[:min(len(labels), maxLabels)]
}

// size is the length of labels as a token spells them, with quotes, commas and a
// backslash before what needs one.
func size(labels []string) int {
	n := 2
	for _, l := range labels {
		n += len(l) + strings.Count(l, `"`) + strings.Count(l, `\`) + len(`"",`)
	}
	return n
}

func distinct(roles []string) []string {
	if len(roles) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(roles)))
}

// federate takes over the identities that the target can sign people in with.
// "phone" is Firebase's name for a number, which lands as one.
//
// Supabase Auth links a new identity to whoever has an identity of that address, and
// answers 500 where two people have (supabase/auth, internal/models/linking.go). So no
// identity of one person carries an address that may be another's.
func (r rules) federate(p *plan, u identity.User) {
	lost, foreign := false, false
	for _, l := range u.Logins {
		if l.Provider == identity.PasswordProvider || l.Provider == "phone" {
			continue
		}
		kept, ok := r.login(l)
		if ok && r.layout == Supabase && kept.email != "" && kept.email != p.profile.EmailKey {
			kept.email, foreign = "", true
		}
		if ok && !slices.ContainsFunc(p.logins, kept.same) {
			p.logins = append(p.logins, kept)
		}
		lost = lost || !ok
	}
	p.lose(identity.LossProvider, lost)
	p.lose(identity.LossLoginAddress, foreign)
}

// Bounds of an identity, in characters.
const maxProvider, maxSubject = 64, 1024

func (r rules) login(l identity.Login) (login, bool) {
	kept := login{l.Provider, l.Subject, strings.ToLower(strings.TrimSpace(l.Email))}
	if !goodText(kept.email) || len(kept.email) > maxEmail {
		kept.email = ""
	}
	if r.layout == Supabase {
		kept.provider = supabaseProvider(l.Provider)
	}
	return kept, kept.provider != "" && kept.subject != "" && goodText(kept.provider) && goodText(kept.subject) &&
		!longer(kept.provider, maxProvider) && !longer(kept.subject, maxSubject)
}

// maxEmail is the longest address that a mail server takes, with its local part
// of 64 and its domain of 255 (RFC 5321, section 4.5.3.1). Supabase Auth's column
// has 255.
const maxEmail, maxEmailSupabase = 320, 255

// blocked finds what keeps a user from landing at all, with a password or without.
func (r rules) blocked(p profile, u identity.User) *identity.Problem {
	longest := maxEmail
	if r.layout == Supabase {
		longest = maxEmailSupabase
	}
	switch {
	case !goodText(u.ID) || !goodText(u.Email) || !goodText(u.Name):
		return problem(identity.TextInvalid, "the id, the e-mail address or the name holds a NUL or is no valid UTF-8, which Postgres does not keep")
	case p.Email != "" && !plausibleEmail(p.EmailKey):
		return problem(identity.EmailInvalid, "the e-mail address is none: it has no @ between two parts, or blanks inside")
	case longer(p.Email, longest) || longer(p.EmailKey, longest):
		return problem(identity.EmailInvalid, "the e-mail address has more than %d characters", longest)
	case u.Phone != "" && p.Phone == "" && p.Email == "":
		return problem(identity.PhoneInvalid, "the phone number is not + and 7 to 15 digits, and the user has no other address")
	case p.Email == "" && p.Phone == "":
		return problem(identity.AddressMissing, "the user has neither an e-mail address nor a phone number")
	}
	return nil
}

// password judges the hash.
func (r rules) password(p *plan, u identity.User) {
	if u.Hash.IsZero() {
		p.judge(sink.Passwordless, nil)
		return
	}
	hash, bad := r.convert(u)
	if bad != nil {
		p.judge(sink.NeedsReset, bad)
		return
	}
	p.hash = hash
	p.lose(identity.LossAtProvider, r.layout == Supabase && !p.profile.EmailVerified && (p.profile.EmailKey != "" || len(p.logins) > 0))
	p.judge(sink.Ready, nil)
	if hash.converted {
		p.judge(sink.Converted, nil)
	}
}

func problem(code identity.Code, format string, args ...any) *identity.Problem {
	return &identity.Problem{Code: code, Detail: fmt.Sprintf(format, args...)}
}
