package verifiers

import (
	"fmt"
	"slices"

	"rehome/identity"
	"rehome/identity/forms"
)

// Check reports what is wrong with a hash: its form, its parameters, and the bounds of
// its cost. It is cheap, and nil for a hash that Verify can answer for, and for no
// password at all.
func Check(h identity.Hash) *identity.Problem {
	return CheckUser(identity.User{Hash: h})
}

// CheckUser is Check of a user's hash, which his importer may have taken apart.
func CheckUser(u identity.User) *identity.Problem {
	if u.Hash.IsZero() {
		return nil
	}
	_, p := recipeOf(u.Hash, u.Form)
	return p
}

// Verify reports whether the password made the hash. It is dear: it computes the
// digest of the password. A hash that is malformed matches no password, and no
// password is made by none: false without an error. An error says that this hash
// cannot be answered for here (a parameter is missing, the cost is over the bound);
// it holds no secret. Verify never panics, and computes nothing before Check's bounds
// hold.
func Verify(h identity.Hash, password string) (bool, error) {
	return (*Memory)(nil).Verify(h, password)
}

// Algorithms lists every tag that can be verified, sorted.
func Algorithms() []identity.Algorithm { return slices.Sorted(slices.Values(forms.Algorithms())) }

// lacking is the problem of parameters that are missing or make no sense.
func lacking(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashParams, Detail: fmt.Sprintf(format, a...)}
}
