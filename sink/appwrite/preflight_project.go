package appwrite

import (
	"context"
	"fmt"
	"net/http"
)

// Project is what can be found out about a project before anything is written.
type Project struct {
	Profile  Profile // the rules that Judge follows
	Users    int     // that are there; MaxUsers or more are not counted
	Login    Answer  // is sign-in with e-mail and password on
	Account  Answer  // is the account service on, without which nobody signs in at all
	Personal Answer  // is the personal-data policy on; Unknown when the project has no users
	Mends    bool    // the key may add messaging targets

	Strength   Answer // is the policy on that asks for strong passwords
	Dictionary Answer // is the one on that refuses common passwords
}

// MaxUsers is where the server stops counting.
const MaxUsers = 5000

// Answer is what was found out about a setting.
type Answer string

// The answers.
const (
	On      Answer = "on"
	Off     Answer = "off"
	Unknown Answer = "unknown"
)

// Examine looks at the project that users are about to land in. It changes nothing
// there, and leaves no trace but a login that failed, of nobody.
func (s *Sink) Examine(ctx context.Context) (p Project, err error) {
	if s.client == nil {
		return p, errOffline
	}
	c := s.client.hurried(firstPatience)
	there, err := c.first(ctx)
	if err != nil {
		return p, s.explain(err)
	}
	p.Profile, p.Users = s.rules.profile, there.Total
	if p.Login, p.Account, err = c.loginIsOn(ctx); err != nil {
		return p, s.explain(err)
	}
	if p.Mends, err = c.mayMend(ctx); err != nil {
		return p, s.explain(err)
	}
	if p.Strength, p.Dictionary, err = s.passwordPolicies(ctx, c); err != nil {
		return p, s.explain(err)
	}
	s.anyPassword = p.Strength == Off && p.Dictionary == Off
	p.Personal = Unknown
	if len(there.Users) > 0 {
		if p.Personal, err = s.policyByUser(ctx, c, there.Users[0].ID); err != nil {
			return p, s.explain(err)
		}
	}
	return p, nil
}

// first is a page of one user.
func (c *client) first(ctx context.Context) (l accountList, err error) {
	err = c.do(ctx, http.MethodGet, "/users"+filter(query{"limit", "", []any{1}}), nil, &l)
	return l, err
}

// loginIsOn signs nobody in: as a guest, at an address that was never used and
// can be nobody's, so that no person's share of tries is
// touched. Where the method is off the server says so before it looks for anybody.
func (c *client) loginIsOn(ctx context.Context) (login, account Answer, err error) {
	body := map[string]any{"email": "nobody-" + randomHex(8) + canaryDomain, "password": randomHex(8)}
	err = c.guest().do(ctx, http.MethodPost, sessionPath, body, nil)
	switch {
	case is(err, typeCredentials):
		return On, On, nil
	case is(err, typeNoMethod):
		return Off, On, nil
	case is(err, typeServiceOff):
		return Unknown, Off, nil
	case ctx.Err() != nil:
		return Unknown, Unknown, context.Cause(ctx)
	}
	return Unknown, Unknown, nil // throttled, or a rule before the server: no reason to stop
}

// Notes says what an operator should know, a sentence each.
func (p Project) Notes() []string {
	notes := []string{p.rules(), p.users(), p.login(), p.personal()}
	if words := p.passwords(); words != "" {
		notes = append(notes, words)
	}
	if !p.Mends {
		notes = append(notes, "the key lacks targets.write: a user whose creation the server breaks off lands all the same, but the project's messages do not reach him")
	}
	notes = append(notes, "before the first user lands, a trial user ("+trialID+") is created and deleted: its date on the server is where this run begins")
	return append(notes, "functions and webhooks that listen to users.*.create or users.*.update run for every user that lands, and this key cannot see them: pause those that write to people")
}

func (p Project) rules() string {
	if p.Profile == Profile15 {
		return "users are judged by the rules of Appwrite 1.5 to 1.7"
	}
	return "users are judged by the rules of Appwrite 1.8 and later"
}

func (p Project) users() string {
	switch {
	case p.Users == 0:
		return "no users are there yet"
	case p.Users == 1:
		return "one user is there already; nobody whom this run does not make is touched"
	case p.Users >= MaxUsers:
		return "5,000 users or more are there already; nobody whom this run does not make is touched"
	}
	return fmt.Sprintf("%s users are there already; nobody whom this run does not make is touched", thousands(p.Users))
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

func (p Project) login() string {
	if p.Account == Off {
		return "the account service is SWITCHED OFF: passwords land, and nobody can sign in until it is switched on (Appwrite console, the project's settings, services)"
	}
	switch p.Login {
	case On:
		return "sign-in with e-mail and password is on"
	case Off:
		return "sign-in with e-mail and password is SWITCHED OFF: passwords land, and nobody can use one until it is switched on (Appwrite console, Auth, Settings)"
	}
	return "whether sign-in with e-mail and password is on could not be found out: look in the Appwrite console, Auth, Settings"
}

func (p Project) personal() string {
	switch p.Personal {
	case Off:
		return "the personal-data policy is off"
	case On:
		return "the personal-data policy is ON, and no import begins before it is off: " + personalMeans
	}
	return "whether the personal-data policy is on is tried before the first write, with the trial user"
}

const personalMeans = "it looks for ids, names and addresses inside hashes, and refuses users by chance"

// Doubt is what speaks against importing into this project; nil if nothing does.
func (p Project) Doubt() error {
	if p.Personal == On {
		return errPersonal
	}
	return nil
}

var errPersonal = advise("switch it off for the import (Appwrite console, Auth, Security), and on again afterwards: it was made for passwords, not for hashes",
	"the project's personal-data policy is on: %s", personalMeans)
