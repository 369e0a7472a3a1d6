package importers

import (
	"rehome/identity"
	"rehome/identity/forms"
)

// takeApart reads the text of a user's hash, once for all who come after. What is
// wrong with it, whoever judges it says.
func takeApart(u *identity.User) { u.Form, _ = forms.Read(u.Hash) }

// settleHash gives a user's hash its tag: by the name that stands beside it, whoever's
// name that is, and else by what the text says of itself.
func settleHash(u *identity.User) *identity.Problem {
	h := &u.Hash
	if h.Encoded == "" {
		return nil
	}
	if h.Algorithm != identity.None {
		if named, ok := forms.Named(string(h.Algorithm)); ok {
			h.Algorithm = named.Algorithm
			if h.Params.Variant == "" {
				h.Params.Variant = named.Variant
			}
		}
		return nil
	}
	switch claim := forms.ClaimOf(string(h.Encoded)); claim.Kind {
	case forms.Nothing, forms.Locked:
		u.Hash = identity.Hash{}
	case forms.Withheld:
		u.Hash = identity.Hash{}
		u.Logins = append(u.Logins, identity.Login{Provider: identity.PasswordProvider})
	case forms.Known:
		h.Algorithm = claim.Tag()
	case forms.Bare:
		return hashParams("the text of the hash does not say which it is; name it in hash_algorithm")
	default:
		return hashParams("the text of the hash has no form that is known; name it in hash_algorithm")
	}
	return nil
}
