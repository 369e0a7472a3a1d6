package verifiers

import (
	"iter"
	"slices"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// What costs next to nothing: the hash as it was given, and everything that is a
// handful of digests.

// cheapWork is what a cheap trial counts against the bound of the work: taking
// the text apart costs more than the digest.
const cheapWork = 16

// given is the hash as it was given, with the password in other spellings.
func (s *search) given(yield func(trial) bool) {
	tries := []trial{{hash: s.Hash, spelt: s.spelt[0]}}
	for _, text := range Spellings(s.Hash, s.Password)[1:] {
		tries = append(tries, trial{hash: s.Hash, spelt: spelt{"", text}}) // the variant says so already
	}
	for _, other := range s.spelt[1:] {
		h := s.Hash
		h.Params.Variant = withoutSpelling(h.Params.Variant)
		tries = append(tries, trial{hash: h, spelt: other})
	}
	for _, t := range tries {
		if t.kind = asGiven; t.price() && t.recipe.work <= s.Work && !yield(t) {
			return
		}
	}
}

// withoutSpelling leaves the words out that say how a password is spelt.
func withoutSpelling(variant string) string {
	var rest []string
	for _, word := range strings.Fields(variant) {
		if forms.OfSource(word) == "" {
			rest = append(rest, word)
		}
	}
	return strings.Join(rest, " ")
}

// cheap is every digest and HMAC, in every reading of the texts.
func (s *search) cheap(yield func(trial) bool) {
	left := s.Work / cheapWork
	for _, base := range s.bases {
		another := base.Encoded == s.Hash.Encoded && base.Params.Salt != s.Hash.Params.Salt
		for _, spelt := range s.spelt {
			for t := range digestTrials(base, spelt, !another) {
				if left == 0 {
					return
				}
				if left--; !yield(t) {
					return
				}
			}
		}
	}
}

// digestTrials are the digests of one reading and spelling; without a salt only
// if that is asked for.
func digestTrials(base identity.Hash, spelt spelt, plain bool) iter.Seq[trial] {
	return func(yield func(trial) bool) {
		d := digestSearch{base: base, bare: forms.Apart(base), spelt: spelt, yield: yield}
		d.names, d.salts = digestsOfSize(d.bare.Encoded), saltWords(d.bare.Params)
		_ = (!plain || d.plain()) && d.salted(slices.Values(usualTexts)) && d.hmac() && d.keyed() && d.salted(unusualTexts)
	}
}

// digestSearch makes the digests of one reading and spelling. Its methods answer
// false when no more are wanted.
type digestSearch struct {
	base, bare   identity.Hash // bare has the salt apart
	spelt        spelt
	names, salts []string // digests of the length; words for the salt
	yield        func(trial) bool
}

func (d *digestSearch) try(k kind, tag identity.Algorithm, words ...string) bool {
	t := trial{kind: k, hash: d.base, spelt: d.spelt}
	t.hash.Algorithm, t.hash.Params.Variant = tag, strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	if k == digests && d.base.Params.Salt != "" {
		t.hash.Params.Salt, t.numbers = "", "salt=none"
	}
	return d.yield(t)
}

// digestsOfSize names the digests that a text can be, by its length.
func digestsOfSize(encoded identity.Secret) (names []string) {
	for _, name := range digestNames {
		if _, ok := forms.DecodeDigest(string(encoded), forms.DigestSize(name)); ok {
			names = append(names, name)
		}
	}
	return names
}

var digestNames = strings.Fields("md5 sha1 sha256 sha512 sha224 sha384 sha3-256 sha3-512 sha3-224 sha3-384 sha512/256 sha512/224")

// saltedTags and hmacTags are the digests that there are such tags for.
var (
	saltedTags = map[string]identity.Algorithm{"md5": forms.SaltedMD5, "sha1": forms.SaltedSHA1, "sha256": forms.SaltedSHA256, "sha384": forms.SaltedSHA384, "sha512": forms.SaltedSHA512}
	hmacTags   = map[string]identity.Algorithm{"md5": forms.HMACMD5, "sha1": forms.HMACSHA1, "sha256": forms.HMACSHA256, "sha384": forms.HMACSHA384, "sha512": forms.HMACSHA512}
)

// saltWords are the words for the ways in which a salt can be written; none
// without a salt.
func saltWords(p identity.Params) (words []string) {
	if p.Salt == "" {
		return nil
	}
	words = append(words, "")
	text := string(p.Salt)
	if unhex([]byte(text)) != nil {
		words = append(words, "salt=hex")
	}
	if b, ok := forms.DecodeBase64(text); ok && len(b) > 0 {
		word := "salt=base64"
		if strings.ContainsAny(text, "-_") {
			word = "salt=base64url"
		}
		words = append(words, word)
	}
	return words
}

// plain is digests of the password alone.
func (d *digestSearch) plain() bool {
	for _, name := range d.names {
		if name == "md5" && !d.try(digests, identity.MD5) || name != "md5" && !d.try(digests, identity.SHA, name) {
			return false
		}
		tag, ok := saltedTags[name]
		seen := distinct(d.spelt.text, identity.Params{})
		for _, text := range passwordTerms {
			switch {
			case !ok || !seen(text):
			case tag == forms.SaltedMD5 && text == "md5(password)":
				ok = d.try(digests, forms.DoubleMD5)
			case !d.try(digests, tag, text):
				return false
			}
		}
	}
	return true
}

// salted is digests of texts that are made of salt and password.
func (d *digestSearch) salted(texts iter.Seq[string]) bool {
	for _, salt := range d.salts {
		for _, name := range d.names {
			tag, ok := saltedTags[name]
			if !ok {
				continue
			}
			params := d.bare.Params
			params.Variant = salt
			seen := distinct(d.spelt.text, params)
			for text := range texts {
				if seen(text) && !d.try(saltedDigests, tag, text, salt) {
					return false
				}
			}
		}
	}
	return true
}

// hmac is HMACs between salt and password, both ways.
func (d *digestSearch) hmac() bool {
	for _, salt := range d.salts {
		for _, name := range d.names {
			tag, ok := hmacTags[name]
			if !ok {
				continue
			}
			if !d.try(hmacs, tag, "key=salt", salt) || !d.try(hmacs, tag, "key=password", salt) {
				return false
			}
			for _, text := range hmacTexts {
				if !d.try(hmacs, tag, text, "key=salt", salt) {
					return false
				}
			}
		}
	}
	return true
}

// keyed is HMACs with a key of their own.
func (d *digestSearch) keyed() bool {
	if d.bare.Params.SignerKey == "" {
		return true
	}
	for _, name := range d.names {
		tag, ok := hmacTags[name]
		for _, key := range []string{"", "key=hex", "key=base64"} {
			for _, salt := range append([]string{""}, d.salts...) {
				for _, text := range append([]string{"", "salt+password", "password+salt"}, hmacTexts...) {
					if ok && !d.try(hmacs, tag, text, key, salt) {
						return false
					}
				}
			}
		}
	}
	return true
}

// distinct answers whether an expression makes a text that none before it made.
// It leaves out what can make no text at all.
func distinct(password string, params identity.Params) func(text string) bool {
	salt, problem := forms.Salt(params)
	if problem != nil {
		salt = nil
	}
	had := map[string]bool{password: true}
	return func(text string) bool {
		e, _, p := readExpression(text, salt)
		if p != nil {
			return false
		}
		made := string(e([]byte(password)))
		if had[made] || made == "" {
			return false
		}
		had[made] = true
		return true
	}
}
