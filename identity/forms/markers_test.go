package forms

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"rehome/identity"
)

const (
	bcryptText = "$2y$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW"
	argon2Text = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	phpassText = "$P$BVUgpggk9Y9uCJuglua9yHYHZS8tXk0"
)

// Whatever other programs put around a hash, it is the same hash, and says so.
func TestMarkers(t *testing.T) {
	for marked, bare := range map[string]string{
		"{bcrypt}" + bcryptText: bcryptText, "{BCRYPT}" + bcryptText: bcryptText, "{BLF-CRYPT}" + bcryptText: bcryptText,
		"Bcrypt:" + bcryptText: bcryptText, "1|" + bcryptText: bcryptText, bcryptText + ":0": bcryptText,
		"{ARGON2ID}" + argon2Text: argon2Text, "argon2id:" + argon2Text: argon2Text,
		"phpass:" + phpassText + ":": phpassText, base64.StdEncoding.EncodeToString([]byte(phpassText)): phpassText,
		base64.RawStdEncoding.EncodeToString([]byte(bcryptText))[:60] + "\n" + base64.RawStdEncoding.EncodeToString([]byte(bcryptText))[60:]: bcryptText,
		fmt.Sprintf(`a:1:{s:4:"hash";s:60:"%s";}`, bcryptText):                                                                               bcryptText,
	} {
		c := ClaimOf(" " + marked + "\r\n")
		if want := ClaimOf(bare).Tag(); c.Kind != Known || !c.Marked || c.Tag() != want {
			t.Errorf("%s: %+v, want %s", marked, c, want)
			continue
		}
		h := identity.Hash{Algorithm: c.Tag(), Encoded: identity.Secret(marked)}
		if got := Text(h); got != bare {
			t.Errorf("%s: the text is %s", marked, got)
		}
		if _, p := Read(h); p != nil {
			t.Errorf("%s: %v", marked, p)
		}
	}
}

// No digest is taken for a text in base64, whatever its bytes: one in 65,536 begins as
// "$2" does.
func TestDigestsAreNotMarked(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	b := make([]byte, 64)
	for range 200_000 {
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		copy(b, []string{"$2a$", "$P$B", "$1$x", "a:1:"}[random.IntN(4)])
		text := base64.StdEncoding.EncodeToString(b)
		if c := ClaimOf(text); c.Kind == Known {
			t.Fatalf("%s is taken for %s", text, c.Tag())
		}
	}
}

// TestMagentoArgon2 keeps anybody from being promised a password on a reading that no
// known answer has confirmed.
func TestMagentoArgon2(t *testing.T) {
	text := strings.Repeat("5a", 32) + ":Kq7Zt2Lm9Xc4Vb8N:3_32_2_67108864"
	f, problem := Read(identity.Hash{Algorithm: Magento, Encoded: identity.Secret(text)})
	if f != nil || problem == nil || problem.Code != identity.HashUnsupported {
		t.Errorf("%v %v", f, problem)
	}
}
