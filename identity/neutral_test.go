package identity_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"rehome/identity"
)

var full = identity.User{
	ID: "1", Username: "ann", Email: "Ann@example.com", Phone: "+15550001111", Name: "Ann \"A\" <b>\n", EmailVerified: true, Disabled: true,
	Created: time.Date(2020, 1, 2, 3, 4, 5, 6e6, time.UTC), LastSignIn: time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC),
	Hash:   identity.Hash{Algorithm: identity.Scrypt, Encoded: "abc", Params: identity.Params{Salt: "s", SaltSeparator: "t", SignerKey: "k", N: 16384, R: 8, P: 1, KeyLen: 64, Variant: "v"}},
	Labels: []string{"admin", "x,y"}, Attributes: map[string]any{"tier": "gold", "deep": map[string]any{"a": []any{"b", true, nil}}},
	Logins: []identity.Login{{Provider: "google.com", Subject: "17", Email: "ann@example.org"}}, Factors: []string{"totp"}, Photo: "https://example.com/a.png",
}

func TestNeutralRoundTrip(t *testing.T) {
	for name, u := range map[string]identity.User{"full": full, "empty": {}, "id only": {ID: "=1+1"}} {
		t.Run(name, func(t *testing.T) {
			line, err := identity.EncodeNeutral(u)
			if err != nil {
				t.Fatal(err)
			}
			fromLine, err := identity.DecodeNeutral(line)
			if err != nil || !reflect.DeepEqual(fromLine, u) {
				t.Errorf("line %s: %v", line, err)
			}
			cells, err := identity.NeutralCells(u)
			if err != nil {
				t.Fatal(err)
			}
			byName := map[string]string{}
			for i, field := range identity.NeutralFields {
				byName[field] = cells[i]
			}
			fromCells, err := identity.FromNeutralCells(func(f string) string { return byName[f] })
			if err != nil || !reflect.DeepEqual(fromCells, u) {
				t.Errorf("cells %q: %v", cells, err)
			}
		})
	}
}

// TestNeutralAbsent says that absent is absent: no empty strings, no nulls.
func TestNeutralAbsent(t *testing.T) {
	line, err := identity.EncodeNeutral(identity.User{ID: "1"})
	if err != nil || string(line) != `{"id":"1","disabled":false}` {
		t.Errorf("%s, %v", line, err)
	}
}

func TestNeutralRefuses(t *testing.T) {
	for _, line := range []string{``, `17`, `{"id":5}`, `{"id":"1","surprise":2}`, `{"id":"1"} {"id":"2"}`, `{"created_at":"yesterday"}`} {
		if u, err := identity.DecodeNeutral([]byte(line)); err == nil {
			t.Errorf("%q was read as %+v", line, u)
		}
	}
	smuggler := func(f string) string { return map[string]string{"id": "a", "disabled": `false,"id":"b"`}[f] }
	if u, err := identity.FromNeutralCells(smuggler); err == nil {
		t.Errorf("a cell smuggled %+v in", u)
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	seen := map[identity.Code]bool{}
	for _, c := range identity.Codes() {
		if seen[c.Code] || c.Means == "" || c.Fix == "" || !strings.HasSuffix(c.Means, ".") || !strings.HasSuffix(c.Fix, ".") {
			t.Errorf("%s is there twice or says too little", c.Code)
		}
		seen[c.Code] = true
		if found, ok := identity.Lookup(c.Code); !ok || found != c {
			t.Errorf("%s is not found", c.Code)
		}
	}
	if len(seen) > 64 {
		t.Errorf("%d codes; package migrate counts losses in 64 bits", len(seen))
	}
}
