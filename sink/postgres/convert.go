package postgres

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"rehome/identity"
)

// stored is a hash as a row holds it.
type stored struct {
	identity.Hash      // spelt as the target reads it
	converted     bool // otherwise than at the source
}

// convert is the table of what becomes of each kind of hash: as it stands, after a
// lossless change of spelling, or never, with the reason.
func (r rules) convert(h identity.Hash) (stored, *identity.Problem) {
	if !goodText(string(h.Encoded)) || len(h.Encoded) > maxStored {
		return stored{}, problem(identity.HashMalformed, "the hash holds a NUL, is no valid UTF-8 or has more than %d bytes", maxStored)
	}
	bare, bad := undress(h)
	if bad != nil {
		return stored{}, bad
	}
	s := stored{Hash: bare}
	if r.layout == Supabase {
		s.Hash, bad = supabaseHash(bare)
	} else {
		s.Hash, bad = r.genericHash(bare)
	}
	s.converted = s.Algorithm != h.Algorithm || s.Encoded != h.Encoded
	return s, bad
}

// maxStored is the longest stored text of the generic layout, in bytes.
const maxStored = 4096

// undress takes bcrypt and argon2 out of the clothes that some programs put them
// in. Everything else stays as it is.
func undress(h identity.Hash) (identity.Hash, *identity.Problem) {
	text := string(h.Encoded)
	switch h.Algorithm {
	case "django-bcrypt":
		return cut(h, identity.Bcrypt, "bcrypt$")
	case "django-argon2":
		return cut(h, identity.Argon2, "argon2")
	case "ldap-argon2":
		return cut(h, identity.Argon2, "{ARGON2}")
	case "ldap-crypt":
		if scheme := "{CRYPT}"; len(text) > len(scheme) && strings.HasPrefix(text[len(scheme):], "$2") {
			return cut(h, identity.Bcrypt, scheme)
		}
	case "fusionauth-bcrypt":
		return fromFusionAuth(h)
	case "keycloak-argon2":
		return fromKeycloak(h)
	}
	return h, nil
}

// cut takes a scheme off, which is written in any case.
func cut(h identity.Hash, a identity.Algorithm, scheme string) (identity.Hash, *identity.Problem) {
	text := string(h.Encoded)
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		return h, problem(identity.HashMalformed, "the hash does not begin with %s", scheme)
	}
	return dressed(h, a, text[len(scheme):]), nil
}

// dressed is a hash in another spelling. What its variant says of passwords at the
// source holds for it still: whoever verifies it asks.
func dressed(h identity.Hash, a identity.Algorithm, text string) identity.Hash {
	return identity.Hash{Algorithm: a, Encoded: identity.Secret(text), Params: identity.Params{Variant: spelling(h.Params.Variant)}}
}

// ofSource tells the words of a variant that say nothing of the hash, but in which
// spelling the source hashed passwords: "wordpress", "password=latin1". Most
// passwords are the same in all spellings; a proof looks at the others.
func ofSource(word string) bool { return word == "wordpress" || strings.HasPrefix(word, "password=") }

// spelling is what such words are in a variant.
func spelling(variant string) string {
	if variant == "" {
		return ""
	}
	return strings.Join(slices.DeleteFunc(strings.Fields(variant), func(word string) bool { return !ofSource(word) }), " ")
}

// fromFusionAuth puts together what FusionAuth stores in columns: N is the cost.
func fromFusionAuth(h identity.Hash) (identity.Hash, *identity.Problem) {
	if h.Params.Salt == "" || h.Params.N < minBcryptCost || h.Params.N > 31 {
		return h, problem(identity.HashParams, "a FusionAuth bcrypt hash needs its salt and its factor, 4 to 31 (as N)")
	}
	text := fmt.Sprintf("$2a$%02d$%s%s", h.Params.N, string(h.Params.Salt), string(h.Encoded))
	return dressed(h, identity.Bcrypt, text), nil
}

// fromKeycloak puts together what Keycloak stores as JSON: N is the memory in
// KiB, R the passes, P the lanes; the variant has type and version where they are
// not "id" and "1.3". Its base64 is padded, the PHC string's is not.
func fromKeycloak(h identity.Hash) (identity.Hash, *identity.Problem) {
	kind, version := "argon2id", 19
	for _, word := range strings.Fields(h.Params.Variant) {
		switch {
		case word == "id", word == "1.3", ofSource(word):
		case word == "i", word == "d":
			kind = "argon2" + word
		case word == "1.0":
			version = 16
		default:
			return h, problem(identity.HashParams, "the variant has a word that is none of Keycloak's types id, i, d and versions 1.3, 1.0")
		}
	}
	salt, ok1 := decode64(string(h.Params.Salt))
	digest, ok2 := decode64(string(h.Encoded))
	if !ok1 || !ok2 || len(salt) == 0 {
		return h, problem(identity.HashParams, "a Keycloak hash needs its salt, and both are base64")
	}
	text := fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", kind, version, h.Params.N, h.Params.R, h.Params.P,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(digest))
	return dressed(h, identity.Argon2, text), nil
}
