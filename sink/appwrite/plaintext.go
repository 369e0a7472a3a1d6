package appwrite

import (
	"strings"
	"unicode/utf8"

	"rehome/identity"
	"rehome/sink"
)

// takePlaintext takes a password that the source holds in the clear and the
// operator allowed. POST /users hashes it; it is bound by what the login takes.
func takePlaintext(h identity.Hash) (payload, *identity.Problem) {
	password := string(h.Encoded)
	if accepts(h, password) != nil { // whose words tell how long it is
		return payload{}, problem(identity.PasswordLength, "Appwrite takes passwords of %d to %d bytes, and this one is shorter or longer", minPassword, maxPassword)
	}
	if !utf8.ValidString(password) || strings.IndexByte(password, 0) >= 0 {
		return payload{}, problem(identity.TextInvalid, "the password is no text that JSON and the server's database can carry")
	}
	return payload{password: h.Encoded, plain: true}, nil
}

// refusedPassword is the problem of a plain password that a policy refuses.
func refusedPassword() *identity.Problem {
	return problem(identity.PolicyPassword, "the project's policies for new passwords (strength, dictionary) refuse this plain password")
}

// judged is the last word of the path where the user would be sent.
func (p payload) judged() string {
	if p.endpoint == "" {
		return "users"
	}
	return p.endpoint
}

// settled is what the target holds of a user that was landed. What the server made
// of a plain password cannot be foretold, and is taken from its own word.
func (p plan) settled(a account) sink.State {
	s := p.state()
	if p.hash.plain {
		s.Credential = canonical(a.credential())
	}
	return s
}
