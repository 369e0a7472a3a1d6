package identity

import "time"

// User is one person of a source, normalised. Zero values mean "the source does
// not say": no field is invented, and none is promoted (an address is verified
// only where the source says so).
type User struct {
	ID       string // the source's own id: the key of everything
	Username string // the source's login name, where it is not the id
	Email    string // as the source spells it
	Phone    string // E.164 where it could be made so
	Name     string // as displayed

	EmailVerified, PhoneVerified, Disabled bool

	Created, LastSignIn time.Time // UTC; zero when the source does not say
	Hash                Hash      // zero: no password
	Form                Form      // Hash taken apart by package forms, once; nil: nobody has yet
	Labels              []string  // roles and groups: rights, so they land only when asked
	Attributes          map[string]any
	Logins              []Login  // federated identities; reported, rarely landable
	Factors             []string // kinds of second factors enrolled ("totp", "phone"); their secrets never come out of a source
	Photo               string   // URL of a picture
}

// Anonymous reports whether the account has nothing a person could sign in
// with: no name, address, provider or password.
func (u User) Anonymous() bool {
	return u.Username == "" && u.Email == "" && u.Phone == "" && len(u.Logins) == 0 && u.Hash.IsZero()
}

// PasswordLost reports whether the source says that there is a password but
// does not give its hash.
func (u User) PasswordLost() bool {
	if !u.Hash.IsZero() {
		return false
	}
	for _, l := range u.Logins {
		if l.Provider == PasswordProvider {
			return true
		}
	}
	return false
}

// PasswordProvider is the Login of a user whose source names a password but
// keeps its hash back. A user with a hash needs no such login.
const PasswordProvider = "password"

// Login is an identity of the user at another provider.
type Login struct {
	Provider string `json:"provider"` // as the source names it: "google.com"
	Subject  string `json:"subject,omitempty"`
	Email    string `json:"email,omitempty"`
}
