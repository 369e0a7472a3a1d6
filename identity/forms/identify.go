package forms

import (
	"fmt"
	"strings"

	"rehome/identity"
)

// Candidate is what a hash string may be.
type Candidate struct {
	Algorithm identity.Algorithm // None where the text is no hash at all
	// Variant is the digest of a sha hash ("sha1" … "sha3-512"), or, without an
	// algorithm, what the text is instead: "empty", "locked", "redacted" or "plain".
	Variant string
	Certain bool   // the text says so by itself
	Note    string // what would settle it, or what to know; never holds the text
}

// What a text may be that is no hash.
const (
	NotEmpty    = "empty"
	NotLocked   = "locked"
	NotRedacted = "redacted"
	NotPlain    = "plain"
)

// Identify says what a hash string may be, by its form alone. The most likely
// candidate comes first; there is always one. White space around the text and
// other programs' markers are left aside and reported.
//
// A form is recognised by how it begins and then read whole, so that a text that
// only begins like a hash is never certain.
func Identify(text string) []Candidate {
	c := ClaimOf(text)
	found := c.candidates()
	if c.Marked {
		note(found, "a marker of another program was left aside")
	}
	if strings.Trim(text, asciiSpace) != text {
		note(found, "white space around the text was left aside; programs that verify it as it stands would not")
	}
	return found
}

func (c Claim) candidates() []Candidate {
	none := map[Kind]string{Nothing: NotEmpty, Locked: NotLocked, Withheld: NotRedacted, Clear: NotPlain}
	switch variant, is := none[c.Kind]; {
	case is:
		return []Candidate{{Variant: variant, Certain: true, Note: c.why}}
	case c.Kind == Known:
		return c.readable()
	}
	var found []Candidate
	if isHex(c.text) {
		found = hexCandidates(len(c.text))
	}
	if len(found) == 0 && len(c.text) == 13 && cryptText(c.text) {
		found = []Candidate{{Algorithm: DESCrypt, Note: "thirteen letters of its alphabet, as many a word is; name the algorithm, or prove a known password"}}
	}
	if len(found) == 0 {
		if b, ok := DecodeBase64(c.text); ok {
			found = base64Candidates(len(b))
		}
	}
	if len(found) == 0 {
		return []Candidate{{Variant: NotPlain, Note: "not a form of hash that is known here; perhaps a plain password"}}
	}
	return found
}

// readable asks the reader of each tag. The text settles it when exactly one can
// read it; a hash that lacks parameters is read all the same.
func (c Claim) readable() []Candidate {
	var read, broken []Candidate
	for _, tag := range c.Tags {
		r := rows[tag]
		_, p := r.form(input{tag: tag, text: c.text})
		switch {
		case p == nil:
			read = append(read, Candidate{Algorithm: tag, Note: r.note})
		case p.Code == identity.HashMalformed:
			broken = append(broken, Candidate{Algorithm: tag, Note: "begins like one, but is damaged: " + p.Detail})
		default:
			read = append(read, Candidate{Algorithm: tag, Note: join(r.note, p.Detail)})
		}
	}
	if len(read) == 0 {
		return broken
	}
	for i := range read {
		read[i].Certain = len(read) == 1 && read[i].Algorithm != JoomlaMD5 && read[i].Algorithm != SaltedMD5
	}
	return read
}

// hexCandidates names the digests of so many hex digits, the most likely first.
func hexCandidates(digits int) []Candidate {
	var found []Candidate
	switch digits {
	case 16:
		found = candidates(MySQL323)
	case 32:
		found = candidates(identity.MD5, SaltedMD5, DoubleMD5, NTHash)
	case 40:
		found = append(shas("sha1"), candidates(SaltedSHA1, MySQL41)...)
	case 56:
		found = shas("sha224", "sha512/224", "sha3-224")
	case 64:
		found = append(shas("sha256", "sha512/256", "sha3-256"), candidates(SaltedSHA256, HMACSHA256, PBKDF2, identity.Scrypt)...)
	case 96:
		found = append(shas("sha384", "sha3-384"), candidates(SaltedSHA384)...)
	case 128:
		found = append(shas("sha512", "sha3-512"), candidates(SaltedSHA512, HMACSHA512, identity.Scrypt, PBKDF2)...)
	}
	note(found, fmt.Sprintf("%d hex digits: %s; a column of salts beside it means a salted form", digits, settle))
	return found
}

// base64Candidates names the digests of so many bytes.
func base64Candidates(size int) []Candidate {
	var found []Candidate
	switch size {
	case 16:
		found = candidates(identity.MD5)
	case 20:
		found = shas("sha1")
	case 28:
		found = shas("sha224", "sha512/224", "sha3-224")
	case 32:
		found = append(shas("sha256", "sha512/256", "sha3-256"), candidates(KeycloakPBKDF2, PBKDF2, identity.ScryptFirebase)...)
	case 48:
		found = append(shas("sha384", "sha3-384"), candidates(identity.ScryptFirebase)...)
	case 64:
		found = append(candidates(identity.ScryptFirebase), append(shas("sha512", "sha3-512"), candidates(KeycloakPBKDF2, PBKDF2)...)...)
	}
	note(found, fmt.Sprintf("base64 of %d bytes: %s; Firebase's needs a salt and the project's settings beside it", size, settle))
	return found
}

func candidates(tags ...identity.Algorithm) (found []Candidate) {
	for _, tag := range tags {
		found = append(found, Candidate{Algorithm: tag})
	}
	return found
}

func shas(digests ...string) (found []Candidate) {
	for _, d := range digests {
		found = append(found, Candidate{Algorithm: identity.SHA, Variant: d})
	}
	return found
}

func note(found []Candidate, text string) {
	for i := range found {
		found[i].Note = join(text, found[i].Note)
	}
}

func join(notes ...string) string {
	var said []string
	for _, n := range notes {
		if n != "" {
			said = append(said, n)
		}
	}
	return strings.Join(said, "; ")
}
