package postgres

import (
	"rehome/identity"
	"rehome/identity/forms"
)

// genericHash is a hash as the generic layout keeps it, which keeps every one: the
// application verifies it, with package verifiers or another library. The text
// describes itself where its family has such a form; what it cannot carry stands in
// password_params, under the names of the neutral file.
func (r rules) genericHash(form identity.Form, h identity.Hash) (identity.Hash, *identity.Problem) {
	if !goodParams(h.Params) {
		return h, problem(identity.HashParams, "the parameters of the hash hold bytes that are not text; write them in base64 and say so")
	}
	switch f := form.(type) {
	case *forms.Bcrypt:
		return respelt(h, identity.Bcrypt, f.MCF()), nil
	case *forms.Argon2:
		return respelt(h, identity.Argon2, f.PHC()), nil
	case *forms.Firebase: // whose settings are all in the text
		return respelt(h, h.Algorithm, r.genericFirebase(f)), nil
	}
	h.Encoded = identity.Secret(forms.Text(h))
	if !r.keyInHash {
		h.Params.SignerKey = ""
	}
	return h, nil
}

// genericFirebase leaves the project's key out, unless it was asked for or the
// source itself has it in each hash, where keys may differ.
func (r rules) genericFirebase(f *forms.Firebase) string {
	if r.keyInHash || f.KeyInside {
		return f.FBScrypt()
	}
	return f.Keyless()
}

func goodParams(p identity.Params) bool {
	for _, text := range []string{string(p.Salt), string(p.SaltSeparator), string(p.SignerKey), p.Variant} {
		if !goodText(text) || len(text) > maxStored {
			return false
		}
	}
	return true
}

// paramsOf are parameters as the row holds them; "" for none.
func paramsOf(p identity.Params) object {
	if p == (identity.Params{}) {
		return ""
	}
	values := map[string]any{}
	for name, text := range map[string]string{
		"salt": string(p.Salt), "salt_separator": string(p.SaltSeparator), "signer_key": string(p.SignerKey), "variant": p.Variant,
	} {
		if text != "" {
			values[name] = text
		}
	}
	for name, n := range map[string]int{"n": p.N, "r": p.R, "p": p.P, "key_length": p.KeyLen} {
		if n != 0 {
			values[name] = n
		}
	}
	params, _ := objectOf(values) // bounded by goodParams
	return params
}
