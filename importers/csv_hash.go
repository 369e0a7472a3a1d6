package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// hashRule makes hashes of the cells of a row.
type hashRule struct {
	algorithm forms.Name // --hash-algo; zero: not given
	words     hashWords  // the same, with what stands behind it
	plaintext bool       // --plaintext
	own       int        // bare texts that do not fit --hash-algo and were taken for what they look like
	locked    int
}

// read is the hash of a row; lost says that there is one which the source does
// not give. A problem comes with the hash as far as it is known.
func (h *hashRule) read(c *cells) (hash identity.Hash, lost bool, problem *identity.Problem) {
	text := c[fieldHash]
	claim := forms.ClaimOf(text)
	switch claim.Kind {
	case forms.Locked:
		h.locked++
		return hash, false, nil
	case forms.Nothing:
		return hash, false, nil
	case forms.Withheld:
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
	problem = h.tag(&hash, claim, named)
	return hash, false, problem
}

// named is the algorithm that the row itself names; zero when it names none.
func (h *hashRule) named(c *cells) (forms.Name, *identity.Problem) {
	name := strings.TrimSpace(c[fieldAlgorithm])
	if name == "" {
		return forms.Name{}, nil
	}
	named, ok := forms.Named(name)
	if !ok {
		return named, hashParams("hash_algorithm is not the name of an algorithm that is known")
	}
	return named, nil
}

// tag names the algorithm of a hash: what the row says, and for texts that do
// not say what they are, --hash-algo, and last what their form allows.
func (h *hashRule) tag(hash *identity.Hash, claim forms.Claim, row forms.Name) *identity.Problem {
	self := claim.Kind == forms.Known
	digest := claim.Kind == forms.Bare || looksDigest(string(hash.Encoded))
	switch {
	case row.Algorithm == identity.Plaintext && (self || digest || masked(string(hash.Encoded))):
		return hashParams("hash_algorithm says that the text is a plain password, but it has the form of a hash or a mask")
	case row.Algorithm == identity.Plaintext, h.algorithm.Algorithm == identity.Plaintext && row.Algorithm == "" && !self, claim.Kind == forms.Clear:
		return h.plain(hash)
	case h.words.rules(claim, string(hash.Encoded)):
		return h.words.apply(hash)
	case row.Algorithm != "" && !claim.Allows(row.Algorithm):
		return hashParams("hash_algorithm says %s, but the hash is of the form of %s", row.Algorithm, claim.Tag())
	case row.Algorithm != "":
		return h.apply(hash, row)
	case self && h.algorithm.Algorithm != "" && claim.Allows(h.algorithm.Algorithm):
		return h.apply(hash, h.algorithm)
	case self:
		hash.Algorithm = claim.Tag()
		return nil
	case h.algorithm.Algorithm != "" && h.algorithm.Fits(string(hash.Encoded)):
		return h.apply(hash, h.algorithm)
	case h.plaintext && !digest && !masked(string(hash.Encoded)):
		return h.plain(hash)
	case claim.Kind == forms.Bare:
		return h.bare(hash)
	}
	return hashParams("the text in the hash column has no form that is known; name it with --hash-algo")
}

// apply gives a hash the algorithm that was named for it.
func (h *hashRule) apply(hash *identity.Hash, n forms.Name) *identity.Problem {
	hash.Algorithm = n.Algorithm
	if forms.InParts(*hash) {
		hash.Algorithm = forms.FusionAuthBcrypt // factor, salt and digest in columns of their own
	}
	switch {
	case n.Variant == "":
	case hash.Params.Variant == "":
		hash.Params.Variant = n.Variant
	case !forms.SameName(hash.Params.Variant, n.Variant):
		return hashParams("the algorithm is given as %s, and the variant as another", n.Variant)
	}
	if n.Algorithm != identity.SHA || hash.Params.Variant != "" {
		return nil
	}
	sha1 := forms.Name{Algorithm: identity.SHA, Variant: "sha1"}
	switch text := string(hash.Encoded); {
	case h.algorithm.Variant != "" && h.algorithm.Fits(text):
		hash.Params.Variant = h.algorithm.Variant
	case sha1.Fits(text) && forms.HexDigits(text) > 0:
		hash.Params.Variant = sha1.Variant
	default:
		return hashParams("sha needs its variant, such as sha256")
	}
	return nil
}

// bare takes 32 and 40 hex digits without a salt for MD5 and SHA-1: nothing else
// of note is stored so. Longer ones are too many things.
func (h *hashRule) bare(hash *identity.Hash) *identity.Problem {
	salted, digits := hash.Params.Salt != "", forms.HexDigits(string(hash.Encoded))
	switch {
	case digits == 0:
		return hashParams("the text may be a digest in base64; name its algorithm with --hash-algo")
	case salted:
		return hashParams("%d hex digits with a salt beside them may be several things; name the algorithm with --hash-algo, such as %s", digits, forms.SaltedName(digits))
	case digits == 2*forms.DigestSize("md5"):
		hash.Algorithm = identity.MD5
	case digits == 2*forms.DigestSize("sha1"):
		hash.Algorithm, hash.Params.Variant = identity.SHA, "sha1"
	default:
		return hashParams("%d hex digits may be %s; name the algorithm with --hash-algo", digits, forms.DigestNames(digits))
	}
	if h.algorithm.Algorithm != "" {
		h.own++
	}
	return nil
}

// plain is a password in the clear: as it stands, never trimmed.
func (h *hashRule) plain(hash *identity.Hash) *identity.Problem {
	text := string(hash.Encoded)
	*hash = identity.Hash{}
	if !h.plaintext {
		return hashParams("the hash column holds a plain password; --plaintext takes it as one")
	}
	if forms.ClaimOf(text).Kind == forms.Clear {
		password, ok := forms.Cleartext(text)
		if !ok {
			return hashParams("the password is one of Firebase's emulator, in a form of its own")
		}
		text = password
	}
	*hash = identity.Hash{Algorithm: identity.Plaintext, Encoded: identity.Secret(text)}
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
