package verifiers_test

import (
	"strings"
	"sync"
	"testing"

	"rehome/identity"
	"rehome/verifiers"
)

// costly are hashes of every family that allocates by its parameters: 16 MiB each.
var costly = []identity.Hash{
	{Algorithm: "argon2", Encoded: "$argon2id$v=19$m=16384,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0"},
	{Algorithm: "argon2", Encoded: "$argon2d$v=16$m=16384,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0"},
	{Algorithm: "django-argon2", Encoded: "argon2$argon2id$v=19$m=16384,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0"},
	{Algorithm: "ldap-argon2", Encoded: "{ARGON2}$argon2i$v=19$m=16384,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0"},
	{Algorithm: "keycloak-argon2", Encoded: "c2FsdHNhbHRzYWx0", Params: identity.Params{N: 16384, R: 1, P: 1, Salt: "c2FsdHNhbHRzYWx0"}},
	{Algorithm: "scrypt", Encoded: identity.Secret(strings.Repeat("ab", 32)), Params: identity.Params{N: 16384, R: 8, P: 1, Salt: "salt"}},
	{Algorithm: "scrypt-firebase", Encoded: "c2FsdHNhbHRzYWx0", Params: identity.Params{N: 16384, R: 8, P: 1, Salt: "c2FsdHNhbHRzYWx0", SignerKey: "c2FsdHNhbHRzYWx0"}},
	{Algorithm: "werkzeug-scrypt", Encoded: identity.Secret("scrypt:16384:8:1$salt$" + strings.Repeat("ab", 64))},
	{Algorithm: "passlib-scrypt", Encoded: "$scrypt$ln=14,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$LF4iTSSjId8I9DEcthSaaVUws8gluhsQ4a8DAqfOB6E"},
	{Algorithm: "scrypt-crypt7", Encoded: "$7$C6..../....salt$" + identity.Secret(strings.Repeat(".", 43))},
	{Algorithm: "yescrypt", Encoded: "$y$jB5$GeRT0N7wX65aI/x3DiDme.$" + identity.Secret(strings.Repeat(".", 43))},
	{Algorithm: "gost-yescrypt", Encoded: "$gy$jB5$GeRT0N7wX65aI/x3DiDme.$" + identity.Secret(strings.Repeat(".", 43))},
	{Algorithm: "prehashed", Encoded: "$argon2id$v=19$m=16384,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0", Params: identity.Params{Variant: "md5(password)"}},
}

// What is held at one time, garbage included, never exceeds the budget, whatever
// the family and however many ask at once.
func TestMemoryIsBounded(t *testing.T) {
	const budget = 40 << 20
	memory := verifiers.NewMemory(budget)
	var askers sync.WaitGroup
	for _, h := range costly {
		if need, _ := verifiers.Cost(h); need < 16<<20 {
			t.Errorf("%s asks for %d bytes: it is not counted", h.Algorithm, need)
		}
		for range 3 {
			askers.Go(func() {
				if _, err := memory.Verify(h, "password"); err != nil {
					t.Errorf("%s: %v", h.Algorithm, err)
				}
			})
		}
	}
	askers.Wait()
	if peak := memory.Peak(); peak > budget || peak < 32<<20 {
		t.Errorf("%d bytes were held at the peak, of a budget of %d", peak, budget)
	}
}

// A hash that needs more than the whole budget is not started.
func TestMemoryRefusesWhatNeverFits(t *testing.T) {
	h := identity.Hash{Algorithm: identity.Argon2, Encoded: "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0"}
	memory := verifiers.NewMemory(256 << 20)
	_, err := memory.Verify(h, "password")
	p, _ := err.(*identity.Problem)
	if p == nil || p.Code != identity.HashCost || !strings.Contains(p.Detail, "--hash-memory") {
		t.Errorf("%v", err)
	}
	if peak := memory.Peak(); peak != 0 {
		t.Errorf("%d bytes were taken", peak)
	}
}
