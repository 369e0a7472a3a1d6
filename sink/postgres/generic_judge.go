package postgres

import (
	"strings"

	"rehome/identity"
)

// The generic layout keeps every hash: the application verifies it, with package
// verifiers or another library. The text describes itself where its family has
// such a form; what it cannot carry stands in password_params, under the names of
// the neutral file. What nothing can verify is told by verifiers.Check, which a
// survey asks of every hash.
func (r rules) genericHash(h identity.Hash) (identity.Hash, *identity.Problem) {
	switch {
	case !validTag(string(h.Algorithm)):
		return h, problem(identity.HashUnsupported, "the algorithm named for this hash is none that is known")
	case h.Encoded == "":
		return h, problem(identity.HashMalformed, "there are parameters of a hash, but no hash")
	case !goodParams(h.Params):
		return h, problem(identity.HashParams, "the parameters of the hash hold bytes that are no text; write them in base64 and say so")
	}
	if h.Algorithm == identity.ScryptFirebase {
		return r.genericFirebase(h)
	}
	if !r.keyInHash {
		h.Params.SignerKey = ""
	}
	return h, nil
}

// genericFirebase leaves the project's key out, unless it was asked for or the
// source itself has it in each hash, where keys may differ.
func (r rules) genericFirebase(h identity.Hash) (identity.Hash, *identity.Problem) {
	f, bad := readFirebase(h)
	if bad != nil {
		return h, bad
	}
	text := f.keyless()
	if r.keyInHash || f.keyInside {
		text = f.fbscrypt()
	}
	return dressed(h, h.Algorithm, string(text)), nil
}

// maxTag is the longest name of an algorithm, in characters.
const maxTag = 64

// validTag reports whether a tag is words of letters and digits between dashes.
func validTag(s string) bool {
	for word := range strings.SplitSeq(s, "-") {
		for i := range len(word) {
			if c := word[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z') {
				return false
			}
		}
		if word == "" {
			return false
		}
	}
	return len(s) <= maxTag
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
