package appwrite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"rehome/identity"
)

// createBody is the body of POST /users and POST /users/{endpoint}. Empty fields
// are left out: the server refuses "" and, in some versions, fails on null.
func (p plan) createBody() fields {
	body := append(make(fields, 0, 5+len(p.hash.options)), field{"userId", p.id})
	put := func(name, value string) {
		if value != "" {
			body = append(body, field{name, value})
		}
	}
	put("email", p.profile.Email)
	put("name", p.profile.Name)
	if p.hash.endpoint == "" {
		put("phone", p.profile.Phone) // the hash endpoints ignore it in silence
		put("password", string(p.hash.password))
		return body
	}
	body = append(body, field{"password", string(p.hash.password)})
	for _, o := range p.hash.options {
		body = append(body, field{o.field, o.value()})
	}
	return body
}

// createPath is the endpoint for the plan's hash, under /users.
func (p plan) createPath() string {
	if p.hash.endpoint == "" {
		return "/users"
	}
	return "/users/" + p.hash.endpoint
}

// account is a user in the server's answers, as far as we read it. It holds the
// stored hash: an API key sees it.
type account struct {
	ID                string          `json:"$id"`
	Created           string          `json:"$createdAt"`
	Name              string          `json:"name"`
	Password          identity.Secret `json:"password"` // null: none
	Hash              string          `json:"hash"`
	HashOptions       json.RawMessage `json:"hashOptions"`
	Status            bool            `json:"status"`
	Labels            []string        `json:"labels"`
	Email             string          `json:"email"`
	Phone             string          `json:"phone"`
	EmailVerification bool            `json:"emailVerification"`
	PhoneVerification bool            `json:"phoneVerification"`
	Prefs             json.RawMessage `json:"prefs"`
	Targets           []target        `json:"targets"`
	MFA               bool            `json:"mfa"`
	Impersonator      bool            `json:"impersonator"` // may act as others; from 1.9 on
	Accessed          string          `json:"accessedAt"`   // when the person was last there; "": never, or not noted
}

// target is an address that messages are sent to. The server makes one with each
// user, but not in the same transaction.
type target struct {
	ID         string `json:"$id"`
	UserID     string `json:"userId"`
	Created    string `json:"$createdAt"`
	Identifier string `json:"identifier"`
	Kind       string `json:"providerType"` // email, sms or push
}

// reaches tells whether the account has a target of its own for an address.
func (a account) reaches(address string) bool {
	for _, t := range a.Targets {
		if t.UserID == a.ID && t.Identifier == address && !t.olderThan(a) {
			return true
		}
	}
	return address == ""
}

// created is when the server made the account, on its clock; zero when it does
// not say so in its usual form.
func (a account) created() time.Time {
	t, _ := time.Parse(time.RFC3339, a.Created)
	return t
}

type accountList struct {
	Total int       `json:"total"` // counted up to 5,000
	Users []account `json:"users"`
}

type identityList struct {
	Identities []federation `json:"identities"`
}

// federation is a federated identity: how somebody signs in through another
// provider.
type federation struct {
	UserID  string `json:"userId"`
	Email   string `json:"providerEmail"`
	Created string `json:"$createdAt"`
}

// query is one of the list's filters, JSON in a parameter from 1.5 on.
type query struct {
	Method    string `json:"method"`
	Attribute string `json:"attribute,omitempty"`
	Values    []any  `json:"values"`
}

// The types of errors that we tell apart. The message is never looked at: it
// changed from version to version, and says "id, email, or phone" of any of them.
const (
	typeUserExists     = "user_already_exists"
	typeEmailExists    = "user_email_already_exists"
	typePhoneExists    = "user_phone_already_exists"
	typeTargetExists   = "user_target_already_exists"
	typeUserNotFound   = "user_not_found"
	typeTargetNotFound = "user_target_not_found"
	typeNoProject      = "project_not_found"
	typeNoRoute        = "general_route_not_found" // 1.9 answers a page instead
	typeOtherProject   = "project_id_missing"      // also: the key belongs to a project whose id is spelt otherwise
	typeAPIOff         = "general_api_disabled"
	typeServiceOff     = "general_service_disabled"
	typeNoScope        = "general_unauthorized_scope"
	typeWrongKey       = "user_unauthorized"
	typeKeyExpired     = "project_key_expired"
	typePersonalData   = "password_personal_data"      // as recorded
	typePersonalData2  = "user_password_personal_data" // as the source of newer versions has it
	typeInvalid        = "general_argument_invalid"
	typeCredentials    = "user_invalid_credentials"
	typeBlocked        = "user_blocked"
)

// refusal is an answer that is no success.
type refusal struct {
	status int
	kind   string        // the answer's `type`; "" when the answer is not Appwrite's
	param  string        // the parameter that was refused, if the answer names one
	part   string        // the service that was asked: "account", "users"
	wait   time.Duration // how long the server asks to wait; 0: it does not say
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("the target answered %d", r.status)
	if r.kind != "" {
		s += " " + r.kind
	}
	if r.param != "" {
		s += " about " + r.param
	}
	return s
}

// refusalOf is the refusal that an error is.
func refusalOf(err error) (*refusal, bool) { return errors.AsType[*refusal](err) }

// is tells whether err is an answer of one of these types.
func is(err error, kinds ...string) bool {
	r, ok := refusalOf(err)
	if !ok {
		return false
	}
	for _, k := range kinds {
		if r.kind == k {
			return true
		}
	}
	return false
}

// readRefusal takes of an answer only words of the server's own: a type and the
// name of a parameter. The rest may repeat what was sent.
func readRefusal(status int, body []byte) *refusal {
	var answer struct{ Message, Type string }
	_ = json.Unmarshal(body, &answer) // an HTML page has no type
	r := &refusal{status: status}
	if wordLike(answer.Type) {
		r.kind = answer.Type
	}
	// "Invalid `email` param: …" and `Param "email" is not optional.`
	for _, form := range []struct{ before, after string }{{"Invalid `", "` param: "}, {`Param "`, `" is not optional`}} {
		rest, ok := strings.CutPrefix(answer.Message, form.before)
		name, _, found := strings.Cut(rest, form.after)
		if ok && found && wordLike(name) {
			r.param = name
		}
	}
	return r
}

// wordLike tells whether s is a name such as programs give, and so safe to print.
func wordLike(s string) bool {
	for i := range len(s) {
		if !letterOrDigit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
