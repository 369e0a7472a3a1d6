package appwrite

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"rehome/identity"
)

// strength is the project's policy for new passwords (appwrite/appwrite 1.9.x
// src/Appwrite/Auth/Validator/PasswordStrength.php). It is asked about plain
// passwords, not about hashes. The zero strength takes all.
type strength struct {
	Min       int  `json:"min"` // bytes
	Uppercase bool `json:"uppercase"`
	Lowercase bool `json:"lowercase"`
	Number    bool `json:"number"`
	Symbols   bool `json:"symbols"`
}

// takes reports whether the policy takes a password.
func (s strength) takes(password string) bool {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	return len(password) >= s.Min &&
		(!s.Uppercase || has(func(r rune) bool { return r >= 'A' && r <= 'Z' })) &&
		(!s.Lowercase || has(func(r rune) bool { return r >= 'a' && r <= 'z' })) &&
		(!s.Number || has(func(r rune) bool { return r >= '0' && r <= '9' })) &&
		(!s.Symbols || has(func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsSpace(r) }))
}

// passwordPolicies finds out what the project asks of plain passwords: from its list
// of policies, which takes the scope policies.read and a server of 1.9, or else by
// asking about two passwords.
func (s *Sink) passwordPolicies(ctx context.Context, c *client) (strong, dictionary Answer, err error) {
	var l struct {
		Policies []struct {
			ID      string `json:"$id"`
			Enabled bool   `json:"enabled"`
			strength
		} `json:"policies"`
	}
	if s.rules.profile == Profile19 && c.do(ctx, http.MethodGet, "/project/policies", nil, &l) == nil {
		strong, dictionary = Unknown, Unknown
		for _, p := range l.Policies {
			switch p.ID {
			case "password-strength":
				s.rules.strength, strong = p.strength, answer(p.strength != strength{Min: minPassword})
			case "password-dictionary":
				dictionary = answer(p.Enabled)
			}
		}
		return strong, dictionary, nil
	}
	return c.tryPasswords(ctx)
}

func answer(on bool) Answer {
	if on {
		return On
	}
	return Off
}

// tryPasswords asks about a password that is weak and nobody's, and if that is taken,
// about one that stands in every dictionary.
func (c *client) tryPasswords(ctx context.Context) (strong, dictionary Answer, err error) {
	refused, err := c.refusesPassword(ctx, weakPassword())
	if err != nil {
		return Unknown, Unknown, err
	}
	if refused {
		return On, Unknown, nil
	}
	refused, err = c.refusesPassword(ctx, "password")
	return Off, answer(refused), err
}

// weakPassword is eight letters that are no word.
func weakPassword() identity.Secret {
	return identity.Secret(strings.Map(func(r rune) rune { return 'g' + r%16 }, randomHex(minPassword/2)))
}

// refusesPassword asks whether the server takes a plain password, with a create that
// is refused in any case and makes nobody: passwords are looked at before names, and
// this name is far too long (our recordings, create/plain).
func (c *client) refusesPassword(ctx context.Context, password identity.Secret) (bool, error) {
	err := c.insist(ctx, "/users", map[string]any{"userId": trialID, "password": string(password), "name": strings.Repeat("x", 10*maxName)})
	r, refused := refusalOf(err)
	switch {
	case err == nil:
		return false, fmt.Errorf("the server takes names of %d characters: it is none of Appwrite's; a user %s may be there now", 10*maxName, trialID)
	case refused && r.kind == typeInvalid && (r.param == "password" || r.param == "name"):
		return r.param == "password", nil
	case refused && !passing(r.status): // a rule of another kind tells nothing
		return false, nil
	}
	return false, err
}

// passwords says what becomes of plain passwords, where a policy has a say.
func (p Project) passwords() string {
	var on []string
	for _, policy := range []struct {
		name   string
		answer Answer
	}{{"password strength", p.Strength}, {"password dictionary", p.Dictionary}} {
		if policy.answer != Off {
			on = append(on, policy.name+" "+string(policy.answer))
		}
	}
	if len(on) == 0 {
		return ""
	}
	return "policies for new passwords (" + strings.Join(on, ", ") + ") are not asked about hashes; a plain password that one refuses does not land, and a dry run names whose"
}
