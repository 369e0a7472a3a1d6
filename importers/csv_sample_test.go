package importers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"rehome/identity"
)

// A text that is no known hash is a password only where somebody says so, and where it
// can be one.
func TestPlaintextIsDoubted(t *testing.T) {
	const bcrypt = "$2y$05$G57fBXRSNdo8eekgA/eExOwAXt7H15sl61xGAYfWYvEHaVWFd/H2m"
	long := strings.Repeat("0123456789abcdef", 64) // PBKDF2 of 512 bytes
	for name, c := range map[string]struct {
		texts       string // of the hash column
		plaintext   bool
		want        string // what the refusal says; "": none
		landed      int    // as plain passwords
		noPlaintext bool   // the hint must not name --plaintext
	}{
		"passwords":               {texts: "correct horse|battery staple", want: "seems to hold plain passwords"},
		"passwords, said":         {texts: "correct horse|battery staple", plaintext: true, landed: 2},
		"masks":                   {texts: "**********|**********", want: "masks", noPlaintext: true},
		"masks, said":             {texts: "**********|••••••", plaintext: true, want: "does not hold plain passwords"},
		"hashes, said":            {texts: bcrypt + "|wcf2:" + bcrypt, plaintext: true, want: "does not hold plain passwords"},
		"long digests":            {texts: long + "|" + long, noPlaintext: true},
		"long digests, said":      {texts: long + "|" + long, plaintext: true, want: "does not hold plain passwords"},
		"one text for all":        {texts: "changeme|changeme|changeme", want: "no passwords either", noPlaintext: true},
		"one text for all, said":  {texts: "changeme|changeme|changeme|other", plaintext: true, want: "same text stands there for 3"},
		"one hash among them":     {texts: "aa:bb|cc:dd|ee:ff|" + bcrypt, want: "no passwords either", noPlaintext: true},
		"one digest, said":        {texts: "correct horse|battery staple|" + long, plaintext: true, landed: 2},
		"a hash among them, said": {texts: "correct horse|battery staple|" + bcrypt, plaintext: true, landed: 2},
		"one mask, said":          {texts: "correct horse|battery staple|*****", plaintext: true, landed: 2},
		"Moodle's, nobody's hash": {texts: bcrypt + "|not cached|to be generated"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("id,email,password\n")
			for i, text := range strings.Split(c.texts, "|") {
				fmt.Fprintf(&b, "%d,u%d@example.com,%s\n", i, i, text)
			}
			landed := 0
			var failed error
			for rec, err := range CSV(strings.NewReader(b.String()), "users.csv", CSVConfig{Plaintext: c.plaintext}) {
				failed = err
				if err == nil && rec.User.Hash.Algorithm == identity.Plaintext {
					landed++
				}
			}
			source, refused := errors.AsType[*SourceError](failed)
			if refused != (c.want != "") || refused && !strings.Contains(source.Says, c.want) {
				t.Fatalf("%v, want %q", failed, c.want)
			}
			if refused && c.noPlaintext && strings.Contains(source.Advice, "--plaintext") {
				t.Errorf("advises %s", source.Advice)
			}
			if landed != c.landed {
				t.Errorf("%d landed as plain passwords, want %d", landed, c.landed)
			}
		})
	}
}

// A row that says plaintext is doubted alike.
func TestPlaintextOfARow(t *testing.T) {
	for _, text := range []string{strings.Repeat("ab", 16), strings.Repeat("ab", 200), "*****", "$2y$05$G57fBXRSNdo8eekgA/eExOwAXt7H15sl61xGAYfWYvEHaVWFd/H2m"} {
		_, problem, _ := oneUser(t, "id,email,hash_algorithm,password", "1,a@x.test,plaintext,"+text, CSVConfig{Plaintext: false})
		if problem == nil || problem.Code != identity.HashParams {
			t.Errorf("%.12s…: %v", text, problem)
		}
	}
}
