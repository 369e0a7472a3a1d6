package appwrite

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
)

// credential is the canonical form of how a user signs in. Of the options only
// those that we send are compared: the server adds its own, and with every
// version others ("type", "cost", a random_state that is never twice the same).
type credential struct {
	Hash     string            `json:"hash,omitempty"`
	Password string            `json:"password,omitempty"`
	Options  map[string]string `json:"options,omitempty"` // numbers as text
}

// state is what the server holds of a user once everything of the plan is done.
func (p plan) state() sink.State {
	c := credential{Hash: p.hash.tag, Password: string(p.hash.password)}
	if len(p.hash.options) > 0 {
		c.Options = map[string]string{}
	}
	for _, o := range p.hash.options {
		c.Options[o.stored] = string(o.text)
		if o.number != 0 {
			c.Options[o.stored] = strconv.Itoa(o.number)
		}
	}
	return sink.State{Credential: canonical(c), Profile: canonical(p.profile.canonical())}
}

// state is what the server says it holds.
func (a account) state() sink.State {
	return sink.State{Credential: canonical(a.credential()), Profile: canonical(a.profile().canonical())}
}

// credential leaves the hash's name out where there is no password: the server
// says "argon2" of that, for what it would use.
func (a account) credential() credential {
	if a.Password == "" {
		return credential{}
	}
	c := credential{Hash: a.Hash, Password: string(a.Password), Options: map[string]string{}}
	var options map[string]json.RawMessage
	_ = json.Unmarshal(a.HashOptions, &options) // a list where there are none: PHP's empty object
	for _, name := range storedOptions(a.Hash) {
		var text string
		if json.Unmarshal(options[name], &text) != nil {
			text = string(options[name]) // a number
		}
		c.Options[name] = text
	}
	return c
}

// storedOptions are the options beside a hash that decide whether it verifies.
func storedOptions(tag string) []string {
	switch tag {
	case "sha":
		return []string{"version"}
	case "scrypt":
		return []string{"salt", "costCpu", "costMemory", "costParallel", "length"}
	case "scryptMod":
		return []string{"salt", "saltSeparator", "signerKey"}
	}
	return nil
}

func (a account) profile() profile {
	return profile{
		Email: a.Email, Phone: a.Phone, Name: a.Name,
		EmailVerification: a.EmailVerification, PhoneVerification: a.PhoneVerification,
		Status: a.Status, Labels: a.Labels, Prefs: prefs{canonical: canonicalAnswer(a.Prefs)},
	}
}

// canonicalProfile is a profile with one spelling: labels have no order, and
// preferences are in the canonical form of canon.
type canonicalProfile struct {
	Email             string   `json:"email"`
	Phone             string   `json:"phone"`
	Name              string   `json:"name"`
	EmailVerification bool     `json:"emailVerification"`
	PhoneVerification bool     `json:"phoneVerification"`
	Status            bool     `json:"status"`
	Labels            []string `json:"labels,omitempty"`
	Prefs             string   `json:"prefs,omitempty"`
}

func (p profile) canonical() canonicalProfile {
	labels := slices.Sorted(slices.Values(p.Labels))
	return canonicalProfile{
		p.Email, p.Phone, p.Name, p.EmailVerification, p.PhoneVerification, p.Status, labels, p.Prefs.canonical,
	}
}

func canonical(v any) identity.Secret {
	b, _ := encode(v) // strings, booleans and maps of them always have a JSON form
	return identity.Secret(b)
}

// Cost of the server's own hashes, argon2id: KiB, passes and lanes. At the first sign-in
// it replaces every imported hash that is not argon2.
const ownMemory, ownPasses, ownLanes = 65536, 4, 3

// signedIn tells whether the password is one that the server hashed. An argon2
// hash made elsewhere with the very same costs looks so from the beginning and is
// never replaced, and so does one that the server made of a plain password when
// the user landed: compare the credential first.
func (a account) signedIn() bool {
	form, _ := forms.Read(identity.Hash{Algorithm: identity.Argon2, Encoded: a.Password})
	f, is := form.(*forms.Argon2)
	return is && a.Hash == "argon2" && f.Variety == "argon2id" && f.Version == 19 && f.Memory == ownMemory && f.Passes == ownPasses && f.Lanes == ownLanes
}

// Read looks users up by their ids at the target.
func (s *Sink) Read(ctx context.Context, ids []string) ([]sink.Found, error) {
	if s.client == nil {
		return nil, errOffline
	}
	var found []sink.Found
	for page := range slices.Chunk(ids, maxPage) {
		values := make([]any, len(page))
		for i, id := range page {
			values[i] = id
		}
		accounts, err := s.client.list(ctx, "$id", values...)
		if err != nil {
			return nil, s.explain(err)
		}
		for _, a := range accounts {
			if slices.Contains(page, a.ID) { // some databases compare ids without letter case
				found = append(found, sink.Found{TargetID: a.ID, State: a.state(), SignedIn: a.signedIn() || a.Accessed != "", Used: a.trace(), Created: a.created()})
			}
		}
	}
	return found, nil
}
