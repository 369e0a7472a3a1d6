package identity_test

import (
	"testing"

	"rehome/identity"
)

func TestPosition(t *testing.T) {
	for want, p := range map[string]identity.Pos{
		"users.json: record 118":               {File: "users.json", Record: 118},
		"a: record 1.csv: record 7 (line 240)": {File: "a: record 1.csv", Record: 7, Line: 240},
	} {
		var back identity.Pos
		if text, err := p.MarshalText(); err != nil || string(text) != want || p.String() != want {
			t.Errorf("%q, want %q", text, want)
		}
		if err := back.UnmarshalText([]byte(want)); err != nil || back != p {
			t.Errorf("%q was read as %+v", want, back)
		}
	}
}
