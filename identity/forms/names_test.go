package forms

import (
	"strings"
	"testing"

	"rehome/identity"
)

// Every tag can be named, whatever the case and the signs, and no two rows share a
// name.
func TestNames(t *testing.T) {
	owner := map[string]identity.Algorithm{}
	for _, r := range table {
		spelt := strings.ToUpper(strings.ReplaceAll(string(r.tag), "-", " _"))
		if n, ok := Named(spelt); !ok || n.Algorithm != r.tag || n.Variant != "" {
			t.Errorf("%s is %+v", spelt, n)
		}
		for name := range strings.FieldsSeq(r.names + " " + fold(string(r.tag))) {
			if fold(name) != name {
				t.Errorf("%s: the name %q is not folded", r.tag, name)
			}
			if other := owner[name]; other != "" {
				t.Errorf("%q is both %s and %s", name, other, r.tag)
			}
			owner[name] = r.tag
		}
	}
	for name, want := range map[string]Name{
		"SHA-512/256": {identity.SHA, "sha512/256"}, "SHA256": {identity.SHA, "sha256"}, "sha3_224": {identity.SHA, "sha3-224"},
		"Bcrypt": {identity.Bcrypt, ""}, "argon2ID": {identity.Argon2, ""}, "PBKDF2-HMAC-SHA512": {PBKDF2, "sha512"}, "salted-md5": {SaltedMD5, ""},
	} {
		if got, ok := Named(name); !ok || got != want {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
	for _, name := range []string{"", "rot13", "  "} {
		if got, ok := Named(name); ok {
			t.Errorf("%q is %+v", name, got)
		}
	}
}
