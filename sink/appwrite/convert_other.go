package appwrite

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"rehome/identity"
)

// convertOther takes what no endpoint takes as it stands and some take in another
// spelling: other programs' forms of the same computations. The form must be what
// its program writes; the rest is judged as the hash that it is.
func (r rules) convertOther(h identity.Hash) (payload, *identity.Problem) {
	switch h.Algorithm {
	case "ldap-md5", "ldap-sha", "ldap-sha256", "ldap-sha384", "ldap-sha512":
		return r.fromLDAPDigest(h)
	case "ldap-crypt":
		return r.fromLDAPCrypt(h)
	case "ldap-argon2":
		return r.behind(h, "{argon2}", identity.Argon2)
	case "django-argon2":
		return r.behind(h, "argon2", identity.Argon2)
	case "django-bcrypt":
		return r.behind(h, "bcrypt$", identity.Bcrypt)
	case "django-unsalted-md5", "django-unsalted-sha1":
		return r.fromDjangoUnsalted(h)
	case "django-scrypt", "werkzeug-scrypt", "passlib-scrypt", "kratos-scrypt", "better-auth-scrypt":
		return r.fromScryptDialect(h)
	case "kratos-digest":
		return r.fromKratosDigest(h)
	case "kratos-crypt":
		return r.fromKratosCrypt(h)
	case "keycloak-argon2":
		return fromKeycloakArgon2(h)
	case "fusionauth-bcrypt":
		return fromFusionAuth(h)
	}
	return never("%s", reason(h.Algorithm))
}

// behind takes a hash that stands after a word, in any case where the word is an
// LDAP scheme.
func (r rules) behind(h identity.Hash, word string, a identity.Algorithm) (payload, *identity.Problem) {
	s := string(h.Encoded)
	if len(s) < len(word) || s[:len(word)] != word && !(word[0] == '{' && strings.EqualFold(s[:len(word)], word)) {
		return malformed("the hash does not begin with %s", word)
	}
	return r.convert(identity.Hash{Algorithm: a, Encoded: identity.Secret(s[len(word):])})
}

// fromLDAPDigest takes {SHA} and the like: padded base64 of the digest.
func (r rules) fromLDAPDigest(h identity.Hash) (payload, *identity.Problem) {
	name := strings.TrimPrefix(string(h.Algorithm), "ldap-")
	_, text, found := strings.Cut(string(h.Encoded), "}")
	if !found || !strings.EqualFold(string(h.Encoded[:len(h.Encoded)-len(text)]), "{"+name+"}") {
		return malformed("the hash does not begin with {%s}", strings.ToUpper(name))
	}
	if name == "sha" {
		name = "sha1"
	}
	return r.fromPadded(text, name)
}

// fromPadded takes an unsalted digest in padded base64, and nothing else.
func (r rules) fromPadded(text, name string) (payload, *identity.Problem) {
	b, ok := paddedBase64(text)
	if !ok {
		return malformed("the digest is no padded base64")
	}
	return r.fromHex(hex.EncodeToString(b), name)
}

// fromHex takes an unsalted digest in hex by its name.
func (r rules) fromHex(text, name string) (payload, *identity.Problem) {
	h := identity.Hash{Algorithm: identity.MD5, Encoded: identity.Secret(text)}
	if name != "md5" {
		h.Algorithm, h.Params.Variant = identity.SHA, name
	}
	return r.convert(h)
}

// fromLDAPCrypt judges what stands after {CRYPT} by its beginning, as crypt(3) does.
func (r rules) fromLDAPCrypt(h identity.Hash) (payload, *identity.Problem) {
	const scheme = "{crypt}"
	rest := string(h.Encoded[min(len(h.Encoded), len(scheme)):])
	for _, form := range []struct {
		begins string
		tag    identity.Algorithm
	}{
		{"$1$", "md5-crypt"}, {"$5$", "sha256-crypt"}, {"$6$", "sha512-crypt"}, {"$2", identity.Bcrypt}, {"_", "bsdi-crypt"},
		{"$y$", "yescrypt"}, {"$gy$", "gost-yescrypt"}, {"$7$", "scrypt-crypt7"}, {"$md5", "sunmd5"},
	} {
		if strings.HasPrefix(rest, form.begins) {
			return r.behind(h, scheme, form.tag)
		}
	}
	if len(rest) == 13 {
		return r.behind(h, scheme, "des-crypt")
	}
	return malformed("after {CRYPT} stands no form of crypt(3)")
}

// fromDjangoUnsalted takes sha1$$hex, md5$$hex and, as Django once wrote MD5, hex
// alone. Django compares texts: capitals never matched there either.
func (r rules) fromDjangoUnsalted(h identity.Hash) (payload, *identity.Problem) {
	name := strings.TrimPrefix(string(h.Algorithm), "django-unsalted-")
	text, marked := strings.CutPrefix(string(h.Encoded), name+"$$")
	if !marked && name != "md5" || strings.ToLower(text) != text {
		return malformed("the hash is not %s$$ and lower-case hexadecimal digits", name)
	}
	if lower, ok := hexForm(text, len(text)); !ok || lower == "" {
		return malformed("the digest is not hexadecimal")
	}
	return r.fromHex(text, name)
}

// fromKratosDigest takes $md5$value, and $digest$pf=format$salt$value if the format
// puts nothing beside the password.
func (r rules) fromKratosDigest(h identity.Hash) (payload, *identity.Problem) {
	part := strings.Split(string(h.Encoded), "$")
	known := len(part) > 2 && part[0] == "" && (part[1] == "md5" || part[1] == "sha1" || part[1] == "sha256" || part[1] == "sha512")
	switch {
	case known && len(part) == 3 && part[1] == "md5":
		return r.fromPadded(part[2], "md5")
	case !known || len(part) != 5:
		return malformed("the hash is not $md5$value or $digest$pf=format$salt$value")
	}
	pf, named := strings.CutPrefix(part[2], "pf=")
	format, ok1 := paddedBase64(pf)
	salt, ok2 := paddedBase64(part[3])
	switch {
	case !named || !ok1 || !ok2:
		return malformed("format and salt of the hash are not padded base64")
	case strings.ReplaceAll(string(format), "{SALT}", string(salt)) != "{PASSWORD}":
		return never("this digest is salted, and Appwrite has no field for the salt of a digest")
	}
	return r.fromPadded(part[4], part[1])
}

// fromKratosCrypt takes $md5-crypt$, $sha256-crypt$ and $sha512-crypt$ for what
// crypt(3) calls $1$, $5$ and $6$.
func (r rules) fromKratosCrypt(h identity.Hash) (payload, *identity.Problem) {
	kind, rest, found := strings.Cut(strings.TrimPrefix(string(h.Encoded), "$"), "$")
	mark := map[string]string{"md5-crypt": "$1$", "sha256-crypt": "$5$", "sha512-crypt": "$6$"}[kind]
	if mark == "" || !found || !strings.HasPrefix(string(h.Encoded), "$") {
		return malformed("the hash does not begin with $md5-crypt$, $sha256-crypt$ or $sha512-crypt$")
	}
	return r.convert(identity.Hash{Algorithm: identity.Algorithm(kind), Encoded: identity.Secret(mark + rest)})
}

// fromKeycloakArgon2 writes the PHC string of a credential of Keycloak 25 and
// later: value and salt in base64, N the memory in KiB, R the passes, P the lanes.
func fromKeycloakArgon2(h identity.Hash) (payload, *identity.Problem) {
	p := h.Params
	value, ok1 := paddedBase64(string(h.Encoded))
	salt, ok2 := paddedBase64(string(p.Salt))
	switch {
	case p.Salt == "" || p.N < 1 || p.R < 1 || p.P < 1:
		return lacking("a Keycloak argon2 hash needs its salt, memory in KiB (N), iterations (R) and parallelism (P)")
	case !ok1 || !ok2:
		return malformed("value and salt of a Keycloak hash are padded base64")
	}
	kind, version := "id", "19"
	for _, word := range readWords(p.Variant).rest {
		switch word {
		case "id", "i", "d":
			kind = word
		case "1.3":
			version = "19"
		case "1.0":
			version = "16"
		default:
			return lacking("the variant has a word that is none of Keycloak's types id, i, d and versions 1.3, 1.0")
		}
	}
	bare := base64.RawStdEncoding.EncodeToString
	text := fmt.Sprintf("$argon2%s$v=%s$m=%d,t=%d,p=%d$%s$%s", kind, version, p.N, p.R, p.P, bare(salt), bare(value))
	return fromArgon2(identity.Hash{Algorithm: identity.Argon2, Encoded: identity.Secret(text)})
}

// fromFusionAuth puts bcrypt together from FusionAuth's columns: the digest of 31
// characters, the salt of 22, and N, the factor.
func fromFusionAuth(h identity.Hash) (payload, *identity.Problem) {
	p := h.Params
	switch {
	case p.Salt == "" || p.N == 0:
		return lacking("a FusionAuth bcrypt hash needs its salt and its factor (as N)")
	case p.N < 4 || p.N > 31:
		return lacking("the factor of a bcrypt hash is 4 to 31")
	case len(p.Salt) != 22 || len(h.Encoded) != 31:
		return malformed("a FusionAuth bcrypt hash is a salt of 22 characters and a digest of 31")
	}
	text := fmt.Sprintf("$2a$%02d$%s%s", p.N, string(p.Salt), string(h.Encoded))
	return fromBcrypt(identity.Hash{Algorithm: identity.Bcrypt, Encoded: identity.Secret(text)})
}
