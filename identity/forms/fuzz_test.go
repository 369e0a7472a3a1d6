package forms

import (
	"fmt"
	"strings"
	"testing"

	"rehome/identity"
)

// FuzzRead: whatever the text and the parameters, reading ends with a form or a
// problem, tells nothing of the text, and the text without its markers is the same
// hash.
func FuzzRead(f *testing.F) {
	for _, text := range []string{bcryptText, argon2Text, phpassText, "a:2:{s:4:\"hash\";s:32:\"f108321a7e1a478af85435972f0275c9\";s:4:\"salt\";s:3:\"s;x\";}", "s2:ab:cd", "{SHA-256}{x}00"} {
		for i := range table {
			f.Add(i, text, "salt", "sha256 salt=hex", 16384, 8, 1)
		}
	}
	f.Fuzz(func(t *testing.T, tag int, text, salt, variant string, n, r, p int) {
		h := identity.Hash{Algorithm: table[(tag%len(table)+len(table))%len(table)].tag, Encoded: identity.Secret(text)}
		h.Params = identity.Params{Salt: identity.Secret(salt), Variant: variant, N: n, R: r, P: p}
		form, problem := Read(h)
		if (form == nil) == (problem == nil) && !h.IsZero() {
			t.Fatalf("%s: %v and %v", h.Algorithm, form, problem)
		}
		if problem != nil {
			if len(text) > 12 && strings.Contains(problem.Detail, text) {
				t.Errorf("%s: the problem holds the hash", h.Algorithm)
			}
			return
		}
		if shown := fmt.Sprintf("%v %+v %#v %s %d", form, form, form, form, form); strings.Contains(shown, text) && len(text) > 30 {
			t.Errorf("%s: the form shows the hash", h.Algorithm)
		}
		bare := h
		bare.Encoded = identity.Secret(Text(h))
		if again, problem := Read(bare); problem != nil || fmt.Sprintf("%T", again) != fmt.Sprintf("%T", form) {
			t.Errorf("%s: without markers it is %v (%v)", h.Algorithm, again, problem)
		}
	})
}

// FuzzClaimOf: a text that says what it is, is one of the tags there are; and what is
// told of it does not hold it.
func FuzzClaimOf(f *testing.F) {
	for _, text := range []string{bcryptText, "{bcrypt}" + argon2Text, "  " + phpassText, "!", "UkVEQUNURUQ=", "", "$"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := ClaimOf(text)
		if (c.Kind == Known) != (len(c.Tags) > 0) {
			t.Errorf("%v with %d tags", c.Kind, len(c.Tags))
		}
		for _, tag := range c.Tags {
			if rows[tag] == nil || !c.Allows(tag) {
				t.Errorf("%s is not a tag that the claim allows", tag)
			}
		}
		if len(Identify(text)) == 0 {
			t.Error("identify has no word for it")
		}
	})
}
