package report

import (
	"fmt"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// clock is a clock that moves only when told to.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) wait(d time.Duration) { c.at = c.at.Add(d) }

var begun = time.Date(2026, 11, 21, 23, 15, 2, 0, time.UTC)

// people of the fixed run, by what becomes of them: one of each kind of ten.
func settledRecord(i int) migrate.Settled {
	user := identity.User{ID: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("person%d@example.com", i), Name: "A Person"}
	s := migrate.Settled{
		ID: user.ID, TargetID: user.ID, Position: identity.Pos{File: "users.json", Record: i + 1}, Algorithm: identity.Bcrypt,
		Verdict: sink.Ready, Endpoint: "bcrypt", Outcome: sink.Created, Losses: []identity.Code{identity.LossCreated},
	}
	if i == 0 {
		s.Reset = identity.PasswordLength // a known password that is of no use there
	}
	switch i % 10 {
	case 5:
		s.Verdict, s.Algorithm, s.Endpoint = sink.Passwordless, "", "users"
	case 6:
		s.Verdict, s.Reset, s.Problem = sink.NeedsReset, identity.HashUnsupported, &identity.Problem{Code: identity.HashUnsupported, Detail: "no"}
	case 7:
		user.Logins = []identity.Login{{Provider: identity.PasswordProvider}}
		s.Verdict, s.Algorithm, s.Reset = sink.Passwordless, "", identity.LossPasswordGone
	case 8:
		s.Outcome = sink.Existing
	case 9:
		s.Verdict, s.Outcome, s.Problem, s.Losses = sink.Blocked, sink.Rejected, &identity.Problem{Code: identity.EmailInvalid, Detail: "no"}, nil
	}
	s.Record = &identity.Record{Pos: s.Position, User: user}
	return s
}

// watched follows a made-up run of n records at 200 a second, with a target that
// throttles, fails and falls silent for a while.
func watched(n int, details bool) *Watch {
	c := &clock{begun}
	w := NewWatch(c.now, details)
	w.Event(migrate.Event{Started: &migrate.Started{Schema: 1, Verb: "import"}})
	w.Event(migrate.Event{Progress: &migrate.Progress{Stage: "survey", Records: 64}})
	c.wait(2 * time.Second)
	w.Event(migrate.Event{Progress: &migrate.Progress{Stage: "survey", Records: n}})
	for i := range n {
		c.wait(5 * time.Millisecond)
		if i == n/2 {
			w.Event(migrate.Event{Progress: &migrate.Progress{Stage: "move", Of: n, Pace: &sink.Pace{Throttled: 3, Failed: 2, Down: true}}})
			c.wait(time.Second)
		}
		s := settledRecord(i)
		w.Event(migrate.Event{Settled: &s})
	}
	w.Event(migrate.Event{Progress: &migrate.Progress{Stage: "verify", Records: 10, Of: n}})
	c.wait(300 * time.Millisecond)
	w.Event(migrate.Event{Progress: &migrate.Progress{Stage: "verify", Records: n / 2, Of: n}})
	return w
}

// fixed is the report of a made-up run that has something under every heading.
func fixed() Document {
	const n = 1000
	d := Document{
		Program: "rehome v1.2.3", Run: "20261121-231502-7f3a", Kind: Import, State: Done, Begun: begun, Ended: begun.Add(64 * time.Second),
		Source:   Source{Files: []string{"users.json"}, From: "firebase", Digest: "sha256:87b627640c28225cc85644339780cef975327580f27ef5b8602413e43326742f"},
		Target:   "appwrite 1.9.6 at https://cloud.example/v1, project shop",
		Settings: map[string]string{"id": "auto", "claims": "drop", "plaintext": "false", "limit": "0", "schema": "rehome", "layout": "", "region": "DE"},
		Finished: migrate.Summary{
			Verb: "import", Records: n, Created: 800, Existing: 100, Rejected: 100, Run: "20261121-231502-7f3a", Exit: 3,
			Verdicts:   map[sink.Verdict]int{sink.Ready: 600, sink.Passwordless: 200, sink.NeedsReset: 100, sink.Blocked: 100},
			Algorithms: map[identity.Algorithm]int{identity.Bcrypt: 800}, Problems: map[identity.Code]int{identity.HashUnsupported: 100, identity.EmailInvalid: 100},
			Losses: map[identity.Code]int{identity.LossCreated: 900}, SignIns: map[string]int{"password": 900, "google.com": 100},
			People:    &migrate.People{Keep: 499, Bare: 100, Reset: 201, Untouched: 100, NotMoved: 100, Confirm: 40, Disabled: 1},
			Endpoints: map[string]int{"bcrypt": 500}, Proof: &migrate.ProofCounts{Known: 4, Matched: 2, Unusable: 1, Absent: 1},
			Verified: &migrate.VerifyCounts{Of: 800, Read: 400, Equal: 399, SignedIn: 1}, Logins: &migrate.LoginCounts{Tried: 2, OK: 2},
			Canaries: &migrate.LoginCounts{Tried: 1, OK: 1}, Predicted: &migrate.Prediction{Lands: 900, Rejected: 100},
			Delta: &migrate.DeltaCounts{Runs: []string{"20261120-231502-11aa"}, Same: 98, Changed: 1, Vanished: 1},
		},
		Notices: []string{"phone numbers without a country: 3; the first is that of mary@example.com"},
		Retries: []Retry{{Begun: begun.Add(time.Hour), Ended: begun.Add(time.Hour), Finished: migrate.Summary{Verb: "retry", Records: 3, Created: 2, Rejected: 1}}},
		Next: []Step{
			{Words: "100 records were rejected.", Command: "rehome retry 20261121-231502-7f3a rejects.csv"},
			{Words: "200 people need a new password."},
		},
	}
	watched(n, true).Fill(&d)
	d.Details.Rejected, d.Details.RejectedCut = d.Details.Rejected[:3], 97
	d.Details.Resets, d.Details.ResetsCut = d.Details.Resets[:3], 198
	return complete(d)
}
