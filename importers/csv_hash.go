package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rehome/identity"
)

// form is what the text of a hash column says about itself.
type hashForm int

const (
	hashIsNone   hashForm = iota // no password: empty, locked
	hashIsGone                   // there is one, but the export withholds its hash
	hashIsSelf                   // a hash that says what it is
	hashIsBare                   // hex or base64 of a digest's length: a hash, but which
	hashIsHidden                 // a plain password in a wrapping that says so
	hashIsPlain                  // nothing that is known; a plain password, as like as not
)

// formOf classifies a text; tags is set for hashIsSelf.
func formOf(s string) (f hashForm, tags string) {
	switch s {
	case "", "NULL", "null", `\N`, "*", "!", "!!", "x", "*LK*", "*NP*", "*0", "*1":
		return hashIsNone, ""
	case "UkVEQUNURUQ=": // base64 of REDACTED: Firebase's exporter lacked a permission
		return hashIsGone, ""
	}
	for _, p := range hashPrefixes {
		if p.fits(s) {
			return hashIsSelf, p.tags
		}
	}
	switch {
	case s[0] == '!': // Django, /etc/shadow
		return hashIsNone, ""
	case isHidden(s):
		return hashIsHidden, ""
	case len(s) == 20 && s[0] == '_' && strings.Trim(s[1:], "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == "":
		return hashIsSelf, "bsdi-crypt"
	case len(s) == 41 && s[0] == '*' && isHex(s[1:]):
		return hashIsSelf, "mysql41"
	case len(s) == 35 && strings.HasPrefix(s, "md5") && isHex(s[3:]):
		return hashIsSelf, "postgres-md5"
	case len(s) == 84 && strings.HasPrefix(s, "AQAAAA") && isBase64(s):
		return hashIsSelf, "aspnet-identity-v3"
	case len(s) > 33 && s[32] == ':' && isHex(s[:32]):
		return colonForm(s[33:])
	case isHex(s) && slices.Contains([]int{32, 40, 56, 64, 96, 128}, len(s)):
		return hashIsBare, ""
	case isBase64(s) && slices.Contains([]int{22, 27, 38, 43, 64, 86}, len(strings.TrimRight(s, "="))) && mixed(s):
		return hashIsBare, ""
	}
	return hashIsPlain, ""
}

// colonForm is what stands after 32 hex digits and a colon.
func colonForm(rest string) (hashForm, string) {
	switch {
	case len(rest) == 128 && isHex(rest):
		return hashIsSelf, "better-auth-scrypt"
	case len(rest) <= 64 && !strings.Contains(rest, ":"):
		return hashIsSelf, "joomla-md5 salted-md5 hmac-md5"
	}
	return hashIsPlain, ""
}

// isHidden recognises plain passwords that say so: of Firebase's emulator, of
// LDAP, of other tools.
func isHidden(s string) bool {
	for _, begins := range []string{"fakeHash:salt=", "{CLEARTEXT}", "{PLAIN}", "plaintext:"} {
		if len(s) >= len(begins) && strings.EqualFold(s[:len(begins)], begins) {
			return true
		}
	}
	return false
}

// mixed reports whether s has upper and lower case letters and digits, as base64
// of a digest does and a word of that length does not.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

// hashRule makes hashes of the cells of a row.
type hashRule struct {
	algorithm namedHash // --hash-algo; zero: not given
	words     hashWords // the same, with what stands behind it
	plaintext bool      // --plaintext
	names     map[string]namedHash
	own       int // bare texts that do not fit --hash-algo and were taken for what they look like
	locked    int
}

// read is the hash of a row; lost says that there is one which the source does
// not give. A problem comes with the hash as far as it is known.
func (h *hashRule) read(c *cells) (hash identity.Hash, lost bool, problem *identity.Problem) {
	text := strings.Trim(c[fieldHash], " \t\r\n\v\f")
	form, tags := formOf(text)
	switch form {
	case hashIsNone:
		if text != "" {
			h.locked++
		}
		return hash, false, nil
	case hashIsGone:
		return hash, true, nil
	}
	hash.Encoded = identity.Secret(text)
	named, problem := h.named(c)
	if problem != nil {
		return hash, false, problem
	}
	params, problem := readParams(c)
	if problem != nil {
		return hash, false, problem
	}
	hash.Params = params
	problem = h.tag(&hash, form, tags, named, c)
	return hash, false, problem
}

// named is the algorithm that the row itself names; zero when it names none.
func (h *hashRule) named(c *cells) (namedHash, *identity.Problem) {
	name := strings.TrimSpace(c[fieldAlgorithm])
	if name == "" {
		return namedHash{}, nil
	}
	named, ok := h.names[foldAlgorithm(name)]
	if !ok {
		return named, hashParams("hash_algorithm names no algorithm that is known")
	}
	return named, nil
}

// tag names the algorithm of a hash: what the row says, and for texts that do
// not say what they are, --hash-algo, and last what their form allows.
func (h *hashRule) tag(hash *identity.Hash, f hashForm, tags string, row namedHash, c *cells) *identity.Problem {
	switch {
	case row.algorithm == identity.Plaintext, h.algorithm.algorithm == identity.Plaintext && row.algorithm == "" && f != hashIsSelf, f == hashIsHidden:
		return h.plain(hash, c)
	case h.words.rules(f, tags, string(hash.Encoded)):
		return h.words.apply(hash)
	case f == hashIsSelf && row.algorithm != "" && !hasTag(tags, row.algorithm):
		return hashParams("hash_algorithm says %s, but the hash is of the form of %s", row.algorithm, firstTag(tags))
	case row.algorithm != "":
		return h.apply(hash, row)
	case f == hashIsSelf && hasTag(tags, h.algorithm.algorithm):
		return h.apply(hash, h.algorithm)
	case f == hashIsSelf:
		hash.Algorithm = firstTag(tags)
		return nil
	case h.algorithm.algorithm != "" && h.algorithm.fits(string(hash.Encoded)):
		return h.apply(hash, h.algorithm)
	case h.plaintext:
		return h.plain(hash, c)
	case f == hashIsBare:
		return h.bare(hash)
	}
	return hashParams("the text in the hash column has no form that is known; name it with --hash-algo")
}

// hasTag reports whether tag is one of tags.
func hasTag(tags string, tag identity.Algorithm) bool {
	return string(tag) == tags || strings.Contains(tags, " ") && tag != "" && slices.Contains(strings.Fields(tags), string(tag))
}

func firstTag(tags string) identity.Algorithm {
	first, _, _ := strings.Cut(tags, " ")
	return identity.Algorithm(first)
}

// apply gives a hash the algorithm that was named for it.
func (h *hashRule) apply(hash *identity.Hash, n namedHash) *identity.Problem {
	hash.Algorithm = n.algorithm
	if n.algorithm == identity.Bcrypt && len(hash.Encoded) == 31 && len(hash.Params.Salt) == 22 {
		hash.Algorithm = "fusionauth-bcrypt" // bcrypt in parts: factor, salt and digest in columns of their own
	}
	switch {
	case n.variant == "":
	case hash.Params.Variant == "":
		hash.Params.Variant = n.variant
	case foldAlgorithm(hash.Params.Variant) != foldAlgorithm(n.variant):
		return hashParams("the algorithm is given as %s, and the variant as another", n.variant)
	}
	if n.algorithm == identity.SHA && hash.Params.Variant == "" && h.algorithm.variant != "" && h.algorithm.fits(string(hash.Encoded)) {
		hash.Params.Variant = h.algorithm.variant
	}
	if n.algorithm == identity.SHA && hash.Params.Variant == "" {
		if len(hash.Encoded) != 40 || !isHex(string(hash.Encoded)) {
			return hashParams("sha needs its variant, such as sha256")
		}
		hash.Params.Variant = "sha1"
	}
	return nil
}

// bare takes 32 and 40 hex digits without a salt for MD5 and SHA-1: nothing else
// of note is stored so. Longer ones are too many things.
func (h *hashRule) bare(hash *identity.Hash) *identity.Problem {
	salted, text := hash.Params.Salt != "", string(hash.Encoded)
	digits := len(text)
	switch {
	case !isHex(text):
		return hashParams("the text may be a digest in base64; name its algorithm with --hash-algo")
	case salted:
		return hashParams("%d hex digits with a salt beside them may be several things; name the algorithm with --hash-algo, such as %s", digits, saltedNames[digits])
	case digits == 32:
		hash.Algorithm = identity.MD5
	case digits == 40:
		hash.Algorithm, hash.Params.Variant = identity.SHA, "sha1"
	default:
		return hashParams("%d hex digits may be %s; name the algorithm with --hash-algo", digits, bareNames[digits])
	}
	if h.algorithm.algorithm != "" {
		h.own++
	}
	return nil
}

var (
	bareNames = map[int]string{
		56: "sha224, sha512/224 or sha3-224", 64: "sha256, sha512/256, sha3-256, an HMAC, or salted",
		96: "sha384 or sha3-384", 128: "sha512, sha3-512, scrypt, or salted",
	}
	saltedNames = map[int]string{
		32: "salted-md5", 40: "salted-sha1", 56: "hmac-sha256", 64: "salted-sha256", 96: "salted-sha384", 128: "salted-sha512",
	}
)

// plain is a password in the clear: as it stands, never trimmed.
func (h *hashRule) plain(hash *identity.Hash, c *cells) *identity.Problem {
	if !h.plaintext {
		*hash = identity.Hash{}
		return hashParams("the hash column holds a plain password; --plaintext takes it as one")
	}
	password := c[fieldHash]
	if isHidden(strings.TrimSpace(password)) {
		i := strings.IndexAny(password, ":}")
		if strings.EqualFold(strings.TrimSpace(password)[:4], "fake") {
			*hash = identity.Hash{}
			return hashParams("the password is one of Firebase's emulator, in a form of its own")
		}
		password = password[i+1:]
	}
	*hash = identity.Hash{Algorithm: identity.Plaintext, Encoded: identity.Secret(password)}
	return nil
}

func hashParams(format string, args ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashParams, Detail: fmt.Sprintf(format, args...)}
}

// readParams takes the parameters of a hash from their columns and from
// hash_params, a JSON object as in the neutral file. Both may be there if they
// agree.
func readParams(c *cells) (identity.Params, *identity.Problem) {
	var p identity.Params
	if !hasParams(c) {
		return p, nil
	}
	if problem := paramsObject(&p, c[fieldParams]); problem != nil {
		return p, problem
	}
	for _, t := range []struct {
		of   field
		into *identity.Secret
	}{{fieldSalt, &p.Salt}, {fieldSaltSeparator, &p.SaltSeparator}, {fieldSignerKey, &p.SignerKey}} {
		if text := identity.Secret(c[t.of]); text != "" {
			if *t.into != "" && *t.into != text {
				return p, hashParams("%s and hash_params do not agree", t.of)
			}
			*t.into = text
		}
	}
	if variant := strings.TrimSpace(c[fieldVariant]); variant != "" {
		if p.Variant != "" && p.Variant != variant {
			return p, hashParams("variant and hash_params do not agree")
		}
		p.Variant = variant
	}
	return p, numberParams(&p, c)
}

func hasParams(c *cells) bool {
	for f := fieldSalt; f <= fieldVariant; f++ {
		if c[f] != "" {
			return true
		}
	}
	return c[fieldParams] != ""
}

func numberParams(p *identity.Params, c *cells) *identity.Problem {
	for _, t := range []struct {
		of   field
		into *int
	}{{fieldN, &p.N}, {fieldMemCost, &p.N}, {fieldR, &p.R}, {fieldP, &p.P}, {fieldKeyLength, &p.KeyLen}} {
		text := strings.TrimSpace(c[t.of])
		if text == "" {
			continue
		}
		n, err := strconv.ParseUint(text, 10, 31)
		if t.of == fieldMemCost && err == nil && n < 31 {
			n = 1 << n
		} else if t.of == fieldMemCost {
			return hashParams("mem_cost is no number from 0 to 30")
		}
		if err != nil {
			return hashParams("%s is no whole number", t.of)
		}
		if *t.into != 0 && *t.into != int(n) {
			return hashParams("%s is given twice, and not alike", t.of)
		}
		*t.into = int(n)
	}
	return nil
}

// paramsObject reads the cell hash_params.
func paramsObject(p *identity.Params, text string) *identity.Problem {
	if text == "" {
		return nil
	}
	var o struct {
		Salt          string `json:"salt"`
		SaltSeparator string `json:"salt_separator"`
		SignerKey     string `json:"signer_key"`
		N             int    `json:"n"`
		R             int    `json:"r"`
		P             int    `json:"p"`
		KeyLength     int    `json:"key_length"`
		Variant       string `json:"variant"`
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if !isJSON(text) || dec.Decode(&o) != nil {
		// The decoder's own words could quote a salt.
		return hashParams("hash_params is no JSON object of salt, salt_separator, signer_key, n, r, p, key_length and variant")
	}
	*p = identity.Params{
		Salt: identity.Secret(o.Salt), SaltSeparator: identity.Secret(o.SaltSeparator), SignerKey: identity.Secret(o.SignerKey),
		N: o.N, R: o.R, P: o.P, KeyLen: o.KeyLength, Variant: o.Variant,
	}
	return nil
}
