package verifiers_test

import (
	"testing"

	"rehome/identity"
	"rehome/verifiers"
)

// TestMake: what is made has the form its verifier wants, is verified with its
// password and no other, and is never the same twice where there is a salt.
func TestMake(t *testing.T) {
	const password = "Canary-7f3a-Ärger"
	unsalted := map[identity.Algorithm]bool{identity.MD5: true, identity.SHA: true, identity.Plaintext: true}
	for _, a := range []identity.Algorithm{
		identity.Argon2, identity.Bcrypt, identity.MD5, identity.PHPass, identity.Scrypt, identity.ScryptFirebase, identity.SHA, identity.Plaintext,
	} {
		t.Run(string(a), func(t *testing.T) {
			h, err := verifiers.Make(a, password)
			if err != nil || h.Algorithm != a {
				t.Fatalf("%v, %v", h.Algorithm, err)
			}
			if problem := verifiers.Check(h); problem != nil {
				t.Errorf("what was made is refused: %v", problem)
			}
			if right, err := verifiers.Verify(h, password); !right || err != nil {
				t.Errorf("its own password: %v, %v", right, err)
			}
			if right, _ := verifiers.Verify(h, password+"x"); right {
				t.Error("another password is taken")
			}
			if again, err := verifiers.Make(a, password); err != nil || (again == h) != unsalted[a] {
				t.Errorf("made twice: the same %v, %v", again == h, err)
			}
		})
	}
	for _, a := range []identity.Algorithm{identity.None, identity.WPBcrypt, "drupal7"} {
		if _, err := verifiers.Make(a, password); err == nil {
			t.Errorf("%q was made", a)
		}
	}
}
