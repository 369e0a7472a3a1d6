package migrate_test

import (
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// supabaseLike is a target that lets nobody in with an address that is not confirmed.
type supabaseLike struct{ *memory }

func (s supabaseLike) Judge(u identity.User) sink.Judgement {
	j := s.memory.Judge(u)
	if !u.EmailVerified {
		j.Losses = append(j.Losses, identity.LossUnverified)
	}
	return j
}

// TestPeople counts one of every kind, beforehand and afterwards: what is said
// before a move is what is said after it.
func TestPeople(t *testing.T) {
	users := people(12)
	for i := range users {
		users[i].EmailVerified = true
	}
	users[1].EmailVerified = false                          // keeps it, confirms first
	users[2].Disabled = true                                // keeps it, of no use
	users[3].Disabled, users[3].EmailVerified = true, false // the same, counted once
	users[4].Hash = identity.Hash{}                         // has none
	users[5].Hash.Algorithm = "never"                       // needs a new one
	users[6].Hash = identity.Hash{}                         // has one that did not come along
	users[6].Logins = []identity.Login{{Provider: identity.PasswordProvider}}
	users[8].Email = users[7].Email // gives way
	users[9].ID = "excluded"
	p := plan(supabaseLike{newMemory()}, users...)
	p.WithoutPassword = true
	p.Pick = func() func(identity.User) bool { return func(u identity.User) bool { return u.ID != "excluded" } }
	p.Known = []migrate.Known{
		{ID: "u0000", Password: "pw0"}, {ID: "u0010", Password: " pw10 "}, {Email: users[10].Email, Password: " pw10 "},
		{ID: "u0008", Password: " pw8 "}, {ID: "u0005", Password: "pw5"},
	}
	f := mustSurvey(t, p)
	want := migrate.People{Keep: 6, Bare: 1, Reset: 3, NotMoved: 1, LeftOut: 1, Confirm: 1, Disabled: 2}
	if *f.Summary.People != want {
		t.Errorf("foretold %+v, want %+v", *f.Summary.People, want)
	}
	reasons := map[identity.Code]int{}
	p.Report = func(e migrate.Event) {
		if e.Settled != nil && e.Settled.Reset != "" {
			reasons[e.Settled.Reset]++
		}
	}
	got, err := migrate.Run(t.Context(), p, f)
	if err != nil || *got.People != want {
		t.Errorf("came to %+v, want %+v (%v)", *got.People, want, err)
	}
	if len(reasons) != 3 || reasons[identity.HashUnsupported] != 1 || reasons[identity.LossPasswordGone] != 1 || reasons[identity.PasswordSpelling] != 1 {
		t.Errorf("reasons %v", reasons)
	}
	again, err := migrate.Run(t.Context(), p, f)
	want = migrate.People{Untouched: 7, Reset: 3, NotMoved: 1, LeftOut: 1}
	if err != nil || *again.People != want {
		t.Errorf("again: %+v, want %+v (%v)", *again.People, want, err)
	}
}

// TestReadBackCounts takes nobody for somebody who keeps the password and was not
// found as landed, whatever the numbers are.
func TestReadBackCounts(t *testing.T) {
	for _, c := range []struct {
		found migrate.VerifyCounts
		want  migrate.People
	}{
		{migrate.VerifyCounts{Read: 8, Equal: 7, SignedIn: 1}, migrate.People{Keep: 5, Bare: 2, Reset: 1, NotMoved: 1, Confirm: 2, Disabled: 1}},
		{migrate.VerifyCounts{Read: 7, Equal: 5, Changed: 2, Missing: 1}, migrate.People{Keep: 2, Bare: 2, Reset: 1, Differ: 3, NotMoved: 1, Confirm: 2, Disabled: 1}},
		{migrate.VerifyCounts{Read: 8, Changed: 8}, migrate.People{Differ: 8, NotMoved: 1, Confirm: 2, Disabled: 1}},
	} {
		s := migrate.Summary{People: &migrate.People{Keep: 5, Bare: 2, Reset: 1, NotMoved: 1, Confirm: 2, Disabled: 1}}
		if s.ReadBack(c.found); *s.People != c.want || *s.Verified != c.found {
			t.Errorf("%+v: %+v, want %+v", c.found, *s.People, c.want)
		}
	}
}

// TestWithoutPassword lands whoever lacks nothing but a usable hash, whatever is
// wrong with it and whoever found that out; the problem keeps its code. Whoever
// lacks more is blocked, and told what.
func TestWithoutPassword(t *testing.T) {
	users := people(9)
	problems := map[string]identity.Code{
		"u0000": identity.HashParams, "u0001": identity.HashMalformed, "u0002": identity.HashCost, "u0003": identity.HashUnsupported, // of the importer
		"u0004": identity.RecordUnreadable,
	}
	users[5].Hash.Algorithm = "never"
	users[6].Hash.Encoded = "broken"
	users[7].Email = ""
	users[8].Hash.Algorithm, users[8].Phone = "never", "bad"
	for _, without := range []bool{false, true} {
		p := plan(newMemory(), users...)
		p.Sink = choosy{newMemory()}
		p.WithoutPassword = without
		p.Source = spoilt(p.Source, problems)
		p.Pick = func() func(identity.User) bool { return func(u identity.User) bool { return u.ID != "u0003" } }
		settled := map[string]*migrate.Settled{}
		p.Report = func(e migrate.Event) {
			if e.Settled != nil {
				settled[e.Settled.ID] = e.Settled
			}
		}
		if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]identity.Code{
			"u0000": identity.HashParams, "u0001": identity.HashMalformed, "u0002": identity.HashCost,
			"u0005": identity.HashUnsupported, "u0006": identity.HashMalformed, "u0007": identity.EmailMissing,
		} {
			s := settled[id]
			if s.Problem == nil || s.Problem.Code != want {
				t.Errorf("%s: %v, want %s", id, s.Problem, want)
			}
			if lands := s.Outcome == sink.Created; lands != without || lands && (s.Verdict != sink.NeedsReset || s.Reset != want) {
				t.Errorf("without password %v: %s: %s, %s, reset %q", without, id, s.Outcome, s.Verdict, s.Reset)
			}
		}
		if s := settled["u0003"]; s.Outcome != sink.Skipped || s.Problem.Code != identity.Excluded {
			t.Errorf("left out on request: %s, %v", s.Outcome, s.Problem)
		}
		if s := settled["u0004"]; s.Outcome != sink.Rejected || s.Verdict != sink.Blocked {
			t.Errorf("unreadable: %s, %s", s.Outcome, s.Verdict)
		}
		want := map[bool]identity.Code{false: identity.HashUnsupported, true: identity.PhoneInvalid}[without]
		if s := settled["u0008"]; s.Outcome != sink.Rejected || s.Problem.Code != want || without && s.Verdict != sink.Blocked {
			t.Errorf("without password %v: lacks more: %s, %s, %v", without, s.Outcome, s.Verdict, s.Problem)
		}
	}
}

// choosy is a target that looks at the phone number last.
type choosy struct{ *memory }

func (c choosy) Judge(u identity.User) sink.Judgement {
	j := c.memory.Judge(u)
	if j.Verdict.Lands() && u.Phone == "bad" {
		j.Verdict, j.Problem = sink.Blocked, &identity.Problem{Code: identity.PhoneInvalid, Detail: "bad"}
	}
	return j
}

// spoilt gives records a problem that an importer found.
func spoilt(source func() (migrate.Pass, error), problems map[string]identity.Code) func() (migrate.Pass, error) {
	return func() (migrate.Pass, error) {
		pass, err := source()
		records := pass.Records
		pass.Records = func(yield func(identity.Record, error) bool) {
			for rec, err := range records {
				if code, bad := problems[rec.User.ID]; bad {
					rec.Problem = &identity.Problem{Code: code, Detail: "found by the importer"}
				}
				if !yield(rec, err) {
					return
				}
			}
		}
		return pass, err
	}
}
