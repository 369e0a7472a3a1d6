package verifiers_test

import (
	"fmt"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
)

// tagged is what identification is expected to find for the vectors whose text is
// not of a form of its own: found among the candidates, and not certain.
var ambiguous = map[string]bool{
	"md5": true, "sha": true, "scrypt": true, "scrypt-modified": true, "des-crypt": true, "nthash": true, "pbkdf2-raw": true,
	"keycloak-pbkdf2": true, "mysql323": true, "joomla-md5": true, "salted-md5": true, "salted-sha256": true, "hmac-sha256": true,
	"double-md5": true, "django-unsalted-md5": true,
}

// Every right hash of the vectors is identified: with certainty where its form is
// its own, among the candidates otherwise.
func TestIdentifyVectors(t *testing.T) {
	for _, name := range []string{"vectors.jsonl", "public-vectors.jsonl"} {
		for _, v := range readVectors(t, name) {
			if !v.ShouldVerify {
				continue
			}
			want := v.hash().Algorithm
			if want == forms.DjangoUnsaltedMD5 {
				want = identity.MD5 // the same text, the same digest
			}
			// a raw derived key may have any length; these have none of a digest
			odd := (v.Algo == "scrypt" || v.Algo == "scrypt-modified") && !strings.Contains(" 64 128 88 86 ", fmt.Sprintf(" %d ", len(v.Hash)))
			if odd {
				continue
			}
			got := forms.Identify(v.Hash)
			if found := find(got, want, v.Params.Version); found == nil && !pbkdf2Odd(v) {
				t.Errorf("%s %s: identified as %s", v.ID, v.Algo, names(got))
			} else if found != nil && found.Certain == ambiguous[v.Algo] {
				t.Errorf("%s %s: certain is %t", v.ID, v.Algo, found.Certain)
			}
			if len(got) > 1 && got[0].Certain {
				t.Errorf("%s: one of several candidates is certain", v.ID)
			}
		}
	}
}

// pbkdf2Odd: 40 hex digits are rarely PBKDF2.
func pbkdf2Odd(v vector) bool { return v.Algo == "pbkdf2-raw" && v.Params.Length == 20 }

func find(all []forms.Candidate, tag identity.Algorithm, variant string) *forms.Candidate {
	for i, c := range all {
		if c.Algorithm == tag && (variant == "" || c.Variant == variant) {
			return &all[i]
		}
	}
	return nil
}

func names(all []forms.Candidate) string {
	var s []string
	for _, c := range all {
		s = append(s, fmt.Sprintf("%s %s %t", c.Algorithm, c.Variant, c.Certain))
	}
	return strings.Join(s, ", ")
}

func TestIdentifyForms(t *testing.T) {
	for _, f := range others {
		got := forms.Identify(f.encoded)
		c := find(got, f.tag, "")
		self := f.params == (identity.Params{}) || strings.HasPrefix(f.encoded, "$") || strings.HasPrefix(f.encoded, "pbkdf2:")
		switch {
		case c == nil && !self: // nothing but its columns says what it is
		case c == nil:
			t.Errorf("%s %s: identified as %s", f.tag, f.encoded, names(got))
		case self && !c.Certain && f.tag != forms.MySQL41:
			t.Errorf("%s %s: not certain: %s", f.tag, f.encoded, names(got))
		}
	}
}

func TestIdentify(t *testing.T) {
	const sha1 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
	for _, c := range []struct{ text, want string }{
		{"", " empty true"},
		{"NULL", " empty true"},
		{`\N`, " empty true"},
		{"*", " locked true"},
		{"!", " locked true"},
		{"!!", " locked true"},
		{"x", " locked true"},
		{"*LK*", " locked true"},
		{"*0", " locked true"},
		{"!unusableWiPbcejb", " locked true"},
		{"UkVEQUNURUQ=", " redacted true"},
		{"fakeHash:salt=fakeSaltabc:password=password", " plain true"},
		{"{CLEARTEXT}password", " plain true"},
		{"plaintext-password", " plain false"},
		{"correct horse", " plain false"},
		{"5f4dcc3b5aa765d61d8327deb882cf99", "md5  false, salted-md5  false, double-md5  false, nthash  false"},
		{sha1, "sha sha1 false, salted-sha1  false, mysql41  false"},
		{" " + sha1 + "\n", "sha sha1 false, salted-sha1  false, mysql41  false"},
		{strings.Repeat("ab", 28), "sha sha224 false, sha sha512/224 false, sha sha3-224 false"},
		{strings.Repeat("ab", 48), "sha sha384 false, sha sha3-384 false, salted-sha384  false"},
		{"W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "sha sha1 false"},
		{"$2$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", "bcrypt  false"},
		{"$2y$10$", "bcrypt  false"},
		{"\t$2y$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", "bcrypt  true"},
		{"$2y$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", "bcrypt  true"},
		{"$2y$31$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", "bcrypt  true"}, // too dear, and bcrypt all the same
		{"$wp$2y$10$v719Zyb/5DiglXjaGmtVoO.58ZfZLBkfIyjXnYyIbWYYFsofeucua", "wp-bcrypt  true"},
		{"U$S$DalDvLOXt/CzpFdOYZWFbMdEiFvKFvLvHTw3blyOexgJyzYt.UAL", "drupal7  true"},
		{"48c/R8JAv757A", "des-crypt  false"},
		{"password12345", "des-crypt  false"},
		{"{ssha}KIgjuCAh/bF2IfnN1URmaHWOtHfZIM+C", "ldap-ssha  true"},
		{"$scrypt$ln=16,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdDEy$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ", "passlib-scrypt  true"},
		{"$scrypt$ln=16,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdDEy$c2FsdHNhbHRzYWx0", "kratos-scrypt  true"},
	} {
		if got := names(forms.Identify(c.text)); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// White space is left aside and reported.
func TestIdentifyReportsWhiteSpace(t *testing.T) {
	for _, c := range forms.Identify("$P$BVUgpggk9Y9uCJuglua9yHYHZS8tXk0\r\n") {
		if c.Algorithm != identity.PHPass || !c.Certain || !strings.Contains(c.Note, "white space") {
			t.Errorf("%+v", c)
		}
	}
}

// What is said to settle an ambiguity is never empty.
func TestAmbiguousSaysWhatSettlesIt(t *testing.T) {
	for _, v := range readVectors(t, "vectors.jsonl") {
		for _, c := range forms.Identify(v.Hash) {
			if !c.Certain && c.Note == "" {
				t.Errorf("%s %s: %s is uncertain without a word", v.ID, v.Algo, c.Algorithm)
			}
		}
	}
}
