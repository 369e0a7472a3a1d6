package verifiers_test

import (
	"slices"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/verifiers"
)

func TestSpellings(t *testing.T) {
	phpass := identity.Hash{Algorithm: identity.PHPass}
	wordPress := identity.Hash{Algorithm: identity.PHPass, Params: identity.Params{Variant: "wordpress"}}
	for _, c := range []struct {
		name     string
		h        identity.Hash
		password string
		want     []string
	}{
		{"another source", phpass, ` it's `, []string{` it's `}},
		{"plain", wordPress, `its`, []string{`its`}},
		{"quote", wordPress, `it's`, []string{`it's`, `it\'s`}},
		{"all four", wordPress, " a\"\\b\t", []string{" a\"\\b\t", `a"\b`, " a\\\"\\\\b\t", `a\"\\b`}},
		{"NUL", wordPress, "a\x00", []string{"a\x00", "a", `a\0`}},
		{"6.8", identity.Hash{Algorithm: identity.WPBcrypt}, `it's`, []string{`it's`, `it\'s`}},
		{"better-auth", identity.Hash{Algorithm: forms.BetterAuthScrypt}, "\ufb01sh", []string{"\ufb01sh", "fish"}},
	} {
		if got := verifiers.Spellings(c.h, c.password); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// better-auth hashed the NFKC form (made by Python's unicodedata and hashlib).
func TestBetterAuthNormalises(t *testing.T) {
	h := identity.Hash{Algorithm: forms.BetterAuthScrypt, Encoded: "000102030405060708090a0b0c0d0e0f:cd5a0997aabafeecf6347572cce923f57c7cba2d9d801ac52548f567f4537df2509ac1681278aa141d1b7fe70931977777f6de058488e78838dbb336ac24651e"}
	var matched []int
	for i, s := range verifiers.Spellings(h, "\ufb01sh-\u00c5-\u00bdpw") {
		if ok, err := verifiers.Verify(h, s); err != nil {
			t.Fatal(err)
		} else if ok {
			matched = append(matched, i)
		}
	}
	if !slices.Equal(matched, []int{1}) {
		t.Errorf("the spellings that match are %v, want only the second", matched)
	}
}
