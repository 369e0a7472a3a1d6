package sinktest

import (
	"testing"
	"time"

	"rehome/sink"
)

// foretells: what a sink says beforehand that the target will hold is what it
// holds. A sink that knows nothing beforehand says so.
func foretells(t *testing.T, f Fixture) {
	oracle, ok := f.Sink.(sink.Foreteller)
	if !ok {
		return
	}
	us := users(12)
	for i := range us {
		us[i].Created = time.Date(2020, 1, 2, 3, 4, 5, 678_901_000, time.UTC).Add(time.Duration(i) * time.Hour)
		us[i].LastSignIn = us[i].Created.Add(time.Minute)
		us[i].Labels = []string{"editor"}
		us[i].Attributes = map[string]any{"tier": "gold", "n": i}
	}
	for i, r := range write(t, f, f.landings(us, false)) {
		want(t, us[i], r, sink.Created)
		if state, known := oracle.Foretell(us[i]); !known || state != r.State {
			t.Errorf("%s: foretold %v, and it holds something else", us[i].ID, known)
		}
	}
	never := us[0]
	never.ID, never.Email = "never", "no address"
	if j := f.Sink.Judge(never); !j.Verdict.Lands() {
		if _, known := oracle.Foretell(never); known {
			t.Error("it is foretold what the target will hold of a user who cannot land")
		}
	}
}
