package appwrite

import (
	"strings"
	"unicode/utf8"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
)

// rules are everything a verdict depends on besides the user: judging is a pure
// function of the two, so that a dry run says what the move will do.
type rules struct {
	profile              Profile
	strength             strength // what a plain password must be; zero: anything
	callingCodes         bool     // a phone number must begin with a country's code: from 1.6 on
	id                   sink.IDRule
	roles, claims, dates Place
	undocumented         bool
}

// plan is what would be made of a user: the verdict, and what the server holds
// once the user has landed. A dry run reads the first, the move sends the rest.
type plan struct {
	judgement sink.Judgement
	id        string
	rule      sink.IDRule
	source    string          // the id at the source
	lost      []identity.Code // found lost at the target only
	hash      payload         // zero: no password
	profile   profile
}

// profile is the part of a user that a person sees, as the server holds it.
type profile struct {
	Email             string
	Phone             string
	Name              string
	EmailVerification bool
	PhoneVerification bool
	Status            bool // false: blocked
	Labels            []string
	Prefs             prefs
}

// maxName is in characters.
const maxName = 128

func (r rules) plan(u identity.User) plan {
	p := plan{profile: profile{Status: !u.Disabled}}
	p.unheld(u)
	var bad *identity.Problem
	p.id, bad = idOf(r.id, u.ID)
	p.rule, p.source = r.id, u.ID
	r.address(&p, u)
	p.name(u)
	r.carry(&p, u)
	p.judgement.TargetID = p.id
	p.judgement.Keys = sink.Keys{ID: strings.ToLower(p.id), Email: p.profile.Email, Phone: p.profile.Phone}
	if bad == nil {
		bad = r.blocked(p.profile, u)
	}
	if bad != nil {
		p.judge(sink.Blocked, bad)
		return p
	}
	r.password(&p, u)
	return p
}

func (p *plan) judge(v sink.Verdict, bad *identity.Problem) {
	p.judgement.Verdict, p.judgement.Problem = v, bad
}

func (p *plan) lose(c identity.Code) { p.judgement.Losses = append(p.judgement.Losses, c) }

// unheld counts what Appwrite's API has no way to take, for any user.
func (p *plan) unheld(u identity.User) {
	for _, l := range []struct {
		code identity.Code
		lost bool
	}{
		{identity.LossAnonymous, u.Anonymous()},
		{identity.LossProvider, federated(u)},
		{identity.LossFactor, len(u.Factors) > 0},
		{identity.LossPhoto, u.Photo != ""},
		{identity.LossUsername, u.Username != "" && foldEmail(u.Username) != foldEmail(u.Email)},
		{identity.LossPasswordGone, u.PasswordLost()},
	} {
		if l.lost {
			p.lose(l.code)
		}
	}
}

// federated tells whether the user signs in through another provider. "phone" is
// Firebase's name for a number, which lands as one.
func federated(u identity.User) bool {
	for _, l := range u.Logins {
		if l.Provider != identity.PasswordProvider && l.Provider != "phone" {
			return true
		}
	}
	return false
}

// address takes e-mail and phone over. A flag without its address is dropped
// with it.
func (r rules) address(p *plan, u identity.User) {
	p.profile.Email = foldEmail(u.Email)
	p.profile.EmailVerification = u.EmailVerified && p.profile.Email != ""
	if u.Phone == "" {
		return
	}
	if !r.validPhone(u.Phone) {
		p.lose(identity.LossPhone)
		return
	}
	p.profile.Phone, p.profile.PhoneVerification = u.Phone, u.PhoneVerified
	if !u.PhoneVerified {
		p.judgement.PhoneLoss = identity.LossPhoneProof
		p.lose(identity.LossPhoneProof)
	}
}

// name shortens a name to what the server keeps, counted in characters.
func (p *plan) name(u identity.User) {
	p.profile.Name = u.Name
	if characters(u.Name) > maxName {
		p.profile.Name = string([]rune(u.Name)[:maxName])
		p.lose(identity.LossName)
	}
}

// carry puts roles, claims and dates where the settings say.
func (r rules) carry(p *plan, u identity.User) {
	labels, all := labelsOf(u.Labels)
	if r.roles == Labels {
		p.profile.Labels, p.judgement.Labels = labels, labels
	}
	if len(u.Labels) > 0 && (r.roles != Labels || !all) {
		p.lose(identity.LossRoles)
	}
	var kept kept
	p.profile.Prefs, kept = prefsOf(u, r.claims == Prefs, r.dates == Prefs)
	for _, l := range []struct {
		code        identity.Code
		there, kept bool
	}{
		{identity.LossClaims, len(u.Attributes) > 0, kept.claims},
		{identity.LossClaimsShape, kept.claims, !kept.reshaped},
		{identity.LossCreated, !u.Created.IsZero(), kept.created},
		{identity.LossLastSignIn, !u.LastSignIn.IsZero(), kept.lastSignIn},
	} {
		if l.there && !l.kept {
			p.lose(l.code)
		}
	}
}

// blocked finds what keeps a user from landing at all, with a password or without.
func (r rules) blocked(p profile, u identity.User) *identity.Problem {
	switch {
	case p.Email != "" && !r.validEmail(p.Email):
		return problem(identity.EmailInvalid, "Appwrite does not accept this e-mail address")
	case u.Phone != "" && p.Phone == "" && p.Email == "" && u.Hash.IsZero():
		return problem(identity.PhoneInvalid, "the phone number is not + and 7 to 15 digits that begin with a country's code, and the user has no other address")
	case !utf8.ValidString(u.Name):
		return problem(identity.TextInvalid, "the name is no valid UTF-8")
	}
	return nil
}

// password judges the hash. An unusable hash comes before a missing address:
// without the hash the user may land.
func (r rules) password(p *plan, u identity.User) {
	if u.Hash.IsZero() {
		p.judgement.Endpoint = "users"
		p.judge(sink.Passwordless, nil)
		return
	}
	hash, bad := r.payload(u)
	switch {
	case bad != nil:
		p.judge(sink.NeedsReset, bad)
		return
	case hash.plain && !r.strength.takes(string(hash.password)):
		p.judge(sink.NeedsReset, refusedPassword())
		return
	case p.profile.Email == "":
		p.judge(sink.Blocked, problem(identity.EmailMissing, "the user has a password but no e-mail address, without which Appwrite knows no sign-in with a password"))
		return
	}
	p.hash, p.judgement.Endpoint = hash, hash.judged()
	p.judge(sink.Ready, nil)
	if hash.converted {
		p.judge(sink.Converted, nil)
	}
}

// Lengths in bytes of the password that Appwrite's login takes, checked before
// any hash is looked at.
const minPassword, maxPassword = 8, 256

// accepts says why a password that is right at the source could not be typed at
// the login. Of bcrypt's password only the first 72 bytes count, here as there;
// what follows a NUL counts at most sources but not in PHP, which stops at it.
func accepts(h identity.Hash, password string) *identity.Problem {
	if n := len(password); n < minPassword || n > maxPassword {
		return problem(identity.PasswordLength, "the password has %d bytes; Appwrite's login takes %d to %d", n, minPassword, maxPassword)
	}
	if throughCrypt(h) && strings.IndexByte(password, 0) >= 0 {
		return problem(identity.PasswordSpelling, "the password holds a NUL, at which PHP's crypt stops")
	}
	return nil
}

// throughCrypt reports whether PHP's crypt would verify a hash.
func throughCrypt(h identity.Hash) bool {
	form, _ := forms.Read(h)
	switch form.(type) {
	case *forms.Bcrypt, *forms.Crypt, *forms.DES:
		return true
	}
	return false
}
