package verifiers

import (
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
// candidate comes first; there is always one. White space around the text is
// left aside and reported: no program verifies a hash that holds it.
//
// A form is recognised by how it begins and then checked whole by its verifier,
// so that a text that only begins like a hash is never certain.
func Identify(encoded string) []Candidate {
	bare := strings.Trim(encoded, asciiSpace)
	found := identify(bare)
	if bare != encoded {
		for i := range found {
			found[i].Certain = false
			found[i].Note = joinNotes("white space around the text was left aside; with it the hash would never verify", found[i].Note)
		}
	}
	return found
}

const asciiSpace = " \t\n\v\f\r"

func identify(s string) []Candidate {
	if c, ok := identifyNone(s); ok {
		return []Candidate{c}
	}
	for _, f := range prefixes {
		if f.fits(s) {
			return f.candidates(s)
		}
	}
	if found := identifyShape(s); len(found) > 0 {
		return found
	}
	return []Candidate{{Variant: NotPlain, Note: "no form of hash that is known here; perhaps a plain password"}}
}

func joinNotes(notes ...string) string {
	var said []string
	for _, n := range notes {
		if n != "" {
			said = append(said, n)
		}
	}
	return strings.Join(said, "; ")
}

// identifyNone recognises what stands in a hash column instead of a hash.
func identifyNone(s string) (Candidate, bool) {
	switch s {
	case "":
		return Candidate{Variant: NotEmpty, Certain: true, Note: "no password"}, true
	case "NULL", "null", "undefined", `\N`:
		return Candidate{Variant: NotEmpty, Certain: true, Note: "the word for no value, written out by an export"}, true
	case "*", "!", "!!", "x", "*LK*", "*NP*", "*0", "*1":
		return Candidate{Variant: NotLocked, Certain: true, Note: "a locked account: no password matches"}, true
	case "UkVEQUNURUQ=":
		return Candidate{Variant: NotRedacted, Certain: true, Note: `base64 of "REDACTED": whoever exported from Firebase lacked the permission to read hashes`}, true
	}
	if strings.HasPrefix(s, "!") {
		return Candidate{Variant: NotLocked, Certain: true, Note: "an unusable password, as Django and shadow files mark it"}, true
	}
	for _, begin := range []string{"fakehash:salt=", "{cleartext}", "{plain}", "plaintext:"} {
		if hasFold(s, begin) {
			return Candidate{Variant: NotPlain, Certain: true, Note: "holds the password itself, in plain text"}, true
		}
	}
	return Candidate{}, false
}

// hasFold is strings.HasPrefix without regard to the case of ASCII letters;
// prefix is lower-case.
func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
