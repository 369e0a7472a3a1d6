package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

func TestRunSettlesEverything(t *testing.T) {
	users := people(10)
	users[1].Hash = identity.Hash{}
	users[2].Hash.Algorithm = "never"
	users[3].Email = ""
	users[4].Hash.Encoded = "broken"
	users[6].Email = strings.ToUpper(users[5].Email)
	target := newMemory()
	target.users["t-u0007"] = users[7]
	for _, without := range []bool{false, true} {
		p := plan(target, users...)
		p.WithoutPassword = without
		f := mustSurvey(t, p)
		got, err := migrate.Run(t.Context(), p, f)
		if err != nil {
			t.Fatal(err)
		}
		wantCreated, wantExisting, wantRejected := 5, 1, 4
		if without { // the second run finds the first one's users there
			wantCreated, wantExisting, wantRejected = 3, 6, 1
		}
		if got.Created != wantCreated || got.Existing != wantExisting || got.Rejected != wantRejected {
			t.Errorf("without password %v: created %d, existing %d, rejected %d; want %d, %d, %d", without, got.Created, got.Existing, got.Rejected, wantCreated, wantExisting, wantRejected)
		}
		if p := got.Predicted; p.Lands != got.Landed() || p.Rejected != got.Rejected {
			t.Errorf("without password %v: predicted %+v, landed %d, rejected %d", without, *p, got.Landed(), got.Rejected)
		}
		wantVerdicts := map[sink.Verdict]int{sink.Ready: 5, sink.Passwordless: 1, sink.NeedsReset: 2, sink.Blocked: 2}
		if without { // nothing but the hash keeps the one without an address
			wantVerdicts = map[sink.Verdict]int{sink.Ready: 5, sink.Passwordless: 1, sink.NeedsReset: 3, sink.Blocked: 1}
		}
		for v, n := range wantVerdicts {
			if got.Verdicts[v] != n || f.Summary.Verdicts[v] != n {
				t.Errorf("without password %v: %s: survey %d, move %d, want %d", without, v, f.Summary.Verdicts[v], got.Verdicts[v], n)
			}
		}
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	target := newMemory()
	p := plan(sink.DryRun(target), people(5)...)
	got, err := migrate.Run(t.Context(), p, mustSurvey(t, p))
	if err != nil || got.Planned != 5 || len(target.users) != 0 {
		t.Errorf("planned %d, landed %d, err %v", got.Planned, len(target.users), err)
	}
}

// TestDuplicates names who wins: whose password works, else who lands, else the
// first; the others are blocked and name the winner.
func TestDuplicates(t *testing.T) {
	works := identity.Hash{Algorithm: "test", Encoded: "x"}
	never := identity.Hash{Algorithm: "never", Encoded: "x"}
	users := []identity.User{
		{ID: "1", Email: "a@example.com"},
		{ID: "2", Email: "A@example.com", Hash: works},
		{ID: "3", Email: "b@example.com", Hash: never},
		{ID: "4", Email: "b@example.com"},
		{ID: "5", Phone: "+15550001111"},
		{ID: "6", Phone: "+15550001111"},
		{ID: "7", Email: "c@example.com", Hash: works},
		{ID: "7", Email: "d@example.com", Hash: works},
		{ID: "9", Email: "e@example.com", Phone: "+15550001111"},               // lands without the number
		{ID: "10", Email: "f@example.com", Phone: "+15550002222", Hash: never}, // does not land, so the number is free
		{ID: "11", Email: "A@example.com", Phone: "+15550002222"},              // nor does this one
		{ID: "12", Email: "g@example.com", Phone: "+15550002222"},
		{ID: "13", Email: "h@example.com", Phone: "+15550002222", Hash: works},
	}
	target := newMemory()
	p := plan(target, users...)
	settled := map[string]*migrate.Settled{}
	p.Report = func(e migrate.Event) {
		if e.Settled != nil {
			settled[e.Settled.Position.String()] = e.Settled
		}
	}
	f := mustSurvey(t, p)
	done, err := migrate.Run(t.Context(), p, f)
	if err != nil || !maps.Equal(done.Losses, f.Summary.Losses) || !maps.Equal(done.Problems, f.Summary.Problems) || done.Landed() != f.Predicted.Lands {
		t.Errorf("%v; foretold %v %v, came about %v %v", err, f.Summary.Losses, f.Summary.Problems, done.Losses, done.Problems)
	}
	want := map[int]struct {
		code   identity.Code
		winner int
	}{1: {identity.EmailDuplicate, 2}, 3: {identity.EmailDuplicate, 4}, 6: {identity.PhoneDuplicate, 5}, 8: {identity.IDDuplicate, 7}, 10: {identity.HashUnsupported, 0}, 11: {identity.EmailDuplicate, 2}}
	phoneless := map[int]bool{9: true, 13: true}
	for i := range users {
		s := settled[identity.Pos{File: "users.json", Record: i + 1}.String()]
		w, loses := want[i+1]
		if !loses {
			dropped := slices.Contains(s.Losses, identity.LossPhone)
			if s.Outcome != sink.Created || dropped != phoneless[i+1] || dropped && target.users[s.TargetID].Phone != "" || s.Record.User.Phone != users[i].Phone {
				t.Errorf("record %d: %s, %v, losses %v, as landed %+v", i+1, s.Outcome, s.Problem, s.Losses, target.users[s.TargetID])
			}
			continue
		}
		named := w.winner == 0 || strings.Contains(s.Problem.Detail, fmt.Sprintf("record %d,", w.winner))
		if s.Outcome != sink.Rejected || s.Problem.Code != w.code || !named {
			t.Errorf("record %d: %s %s %v; want %s because of record %d", i+1, s.Outcome, s.Verdict, s.Problem, w.code, w.winner)
		}
	}
}

// TestLabels: consent is asked for the rights that would be given, and nobody gets
// any who does not land.
func TestLabels(t *testing.T) {
	users := people(6)
	for i := range users {
		users[i].Labels = []string{"admin", fmt.Sprintf("l%d", i%2)}
	}
	users[1].Email = ""             // blocked
	users[2].Email = users[0].Email // a duplicate
	users[3].Hash.Algorithm = "never"
	p := plan(newMemory(), users...)
	p.Pick = func() func(identity.User) bool {
		return func(u identity.User) bool { return u.ID != users[4].ID }
	}
	if got := mustSurvey(t, p).Labels; !maps.Equal(got, map[string]int{"admin": 2, "l0": 1, "l1": 1}) {
		t.Errorf("%v", got)
	}
}

// TestManyDuplicatesSpill makes more claims than are held in memory.
func TestManyDuplicatesSpill(t *testing.T) {
	const n = 300_000
	users := make([]identity.User, n)
	for i := range users {
		users[i] = identity.User{ID: fmt.Sprint(i), Email: fmt.Sprintf("u%d@example.com", i%(n-1000))}
	}
	p := plan(newMemory(), users...)
	p.TempDir = t.TempDir()
	f := mustSurvey(t, p)
	if got := f.Summary.Problems[identity.EmailDuplicate]; got != 1000 {
		t.Errorf("%d duplicates found, want 1000", got)
	}
	left, err := os.ReadDir(p.TempDir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestProof(t *testing.T) {
	users := people(6)
	users[1].Hash.Encoded = "broken"
	users[2].Hash.Algorithm = "never"
	users[3].Hash.Algorithm = "uncomputable"
	users[4].Hash = identity.Hash{}
	p := plan(newMemory(), users...)
	p.Known = []migrate.Known{
		{ID: "u0000", Password: "pw0"},
		{Email: "U0000@example.com", Password: "wrong"},
		{Email: "u0000@example.com", Password: " pw0 "},
		{ID: "u0001", Password: "x"},
		{ID: "u0002", Password: "pw2"},
		{ID: "u0003", Password: "pw3"},
		{ID: "u0004", Password: "pw4"},
		{ID: "u0005", Email: "other@example.com", Password: "pw5"},
		{ID: "nobody", Password: "x"},
	}
	want := []migrate.ProofOutcome{migrate.Matched, migrate.Mismatched, migrate.Unusable, migrate.Mismatched, migrate.Unusable, migrate.Unusable, migrate.Absent, migrate.Absent, migrate.Absent}
	f := mustSurvey(t, p)
	for i, got := range f.Proved {
		if got.Outcome != want[i] {
			t.Errorf("known account %d: %s, want %s", i+1, got.Outcome, want[i])
		}
	}
	if c := *f.Summary.Proof; c != (migrate.ProofCounts{Known: 9, Matched: 1, Mismatched: 2, Unusable: 3, Absent: 3, UnusableRight: 2}) {
		t.Errorf("counts %+v", c)
	}
}

// TestProofOfTheBlocked: a known account that cannot land is of no use at the target,
// be it a duplicate, and its right password is found right all the same; one whose
// record is broken is not absent.
func TestProofOfTheBlocked(t *testing.T) {
	users := people(4)
	users[1].Email = users[0].Email
	users[2].Email = ""
	p := plan(newMemory(), users...)
	source := p.Source
	p.Source = func() (migrate.Pass, error) {
		pass, err := source()
		records := pass.Records
		pass.Records = func(yield func(identity.Record, error) bool) {
			for rec, err := range records {
				if rec.User.ID == "u0003" {
					rec.Problem = &identity.Problem{Code: identity.HashParams, Detail: "which kind of hash is not said"}
				}
				if !yield(rec, err) {
					return
				}
			}
		}
		return pass, err
	}
	for i := range users {
		p.Known = append(p.Known, migrate.Known{ID: users[i].ID, Password: identity.Secret(fmt.Sprintf("pw%d", i))})
	}
	f := mustSurvey(t, p)
	want := []identity.Code{"", identity.EmailDuplicate, identity.EmailMissing, identity.HashParams}
	for i, got := range f.Proved {
		usable := want[i] == ""
		if usable != (got.Outcome == migrate.Matched) || !usable && (got.Outcome != migrate.Unusable || got.Problem == nil || got.Problem.Code != want[i]) {
			t.Errorf("known account %d: %s %v, want %s", i+1, got.Outcome, got.Problem, want[i])
		}
	}
	if c := *f.Summary.Proof; c != (migrate.ProofCounts{Known: 4, Matched: 1, Unusable: 3, UnusableRight: 2}) || c.Right() != 3 {
		t.Errorf("counts %+v", c)
	}
}

// TestKilledAnywhere cuts the ledger of an interrupted run after every byte: the
// same run, continued, must end with every user landed once and none claimed
// that was there before.
func TestKilledAnywhere(t *testing.T) {
	users := people(20)
	folder := t.TempDir()
	target := newMemory()
	target.users["t-u0003"] = users[3]
	dies := 0
	target.fail = func(string, bool) error {
		if dies++; dies > 19 {
			return errors.New("the target died")
		}
		return nil
	}
	p := plan(target, users...)
	p.Ledger = ledger(t, folder)
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err == nil {
		t.Fatal("the target's death went unnoticed")
	}
	_ = p.Ledger.Close()
	whole, err := os.ReadFile(filepath.Join(folder, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	first := strings.IndexByte(string(whole), '\n') + 1
	for cut := first; cut <= len(whole); cut++ {
		continueFrom(t, target, users, folder, whole[:cut])
	}
}

// continueFrom finishes a copy of the interrupted run with this much of its ledger.
func continueFrom(t *testing.T, was *memory, users []identity.User, folder string, torn []byte) {
	t.Helper()
	target := newMemory()
	for id, u := range was.users {
		target.users[id] = u
	}
	for id := range was.half {
		target.half[id] = true
	}
	if err := os.WriteFile(filepath.Join(folder, "ledger.jsonl"), torn, 0o600); err != nil {
		t.Fatal(err)
	}
	p := plan(target, users...)
	p.Ledger = ledger(t, folder)
	defer p.Ledger.Close()
	got, err := migrate.Run(t.Context(), p, mustSurvey(t, p))
	if err != nil {
		t.Fatalf("cut at %d: %v", len(torn), err)
	}
	if len(target.users) != len(users) || got.Rejected != 0 {
		t.Fatalf("cut at %d: %d users there, %d rejected", len(torn), len(target.users), got.Rejected)
	}
	if strings.Contains(string(torn), `{"settle":{"id":"u0003"`) {
		t.Fatalf("cut at %d: the ledger claims a user that was there before", len(torn))
	}
	// A user is half made only if its take was cut off: then it is not ours to touch.
	lines := string(torn[:strings.LastIndexByte(string(torn), '\n')+1])
	for id := range target.half {
		if strings.Contains(lines, `"`+strings.TrimPrefix(id, "t-")+`"`) {
			t.Fatalf("cut at %d: %s was taken and stays half made", len(torn), id)
		}
	}
}

func TestSecondRunSkips(t *testing.T) {
	target, folder, users := newMemory(), t.TempDir(), people(20)
	for round, want := range []migrate.Summary{{Created: 20}, {Skipped: 20}} {
		p := plan(target, users...)
		p.Ledger = ledger(t, folder)
		got, err := migrate.Run(t.Context(), p, mustSurvey(t, p))
		_ = p.Ledger.Close()
		if err != nil || got.Created != want.Created || got.Skipped != want.Skipped {
			t.Errorf("round %d: created %d, skipped %d, %v", round, got.Created, got.Skipped, err)
		}
	}
}

func TestInterrupted(t *testing.T) {
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	target := newMemory()
	n := 0
	target.fail = func(_ string, half bool) error {
		if n++; n == 11 {
			cancel(why)
		}
		return nil
	}
	folder := t.TempDir()
	p := plan(target, people(200)...)
	p.Ledger = ledger(t, folder)
	got, err := migrate.Run(ctx, p, mustSurvey(t, p))
	if !errors.Is(err, why) {
		t.Errorf("err %v", err)
	}
	if got.Created != len(target.users) || got.Created >= 200 || len(target.half) != 0 {
		t.Errorf("created %d, there %d, half made %d", got.Created, len(target.users), len(target.half))
	}
}

func TestFailuresNameTheirCause(t *testing.T) {
	sinkDied, sourceDied := errors.New("sink died"), errors.New("source died")
	t.Run("sink", func(t *testing.T) {
		target := newMemory()
		target.fail = func(string, bool) error { return sinkDied }
		p := plan(target, people(50)...)
		if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); !errors.Is(err, sinkDied) {
			t.Errorf("err %v", err)
		}
	})
	t.Run("source", func(t *testing.T) {
		p := plan(newMemory(), people(50)...)
		f := mustSurvey(t, p)
		whole := p.Source
		p.Source = func() (migrate.Pass, error) {
			pass, err := whole()
			records := pass.Records
			pass.Records = func(yield func(identity.Record, error) bool) {
				n := 0
				for r, err := range records {
					if n++; n > 20 {
						yield(identity.Record{}, sourceDied)
						return
					}
					if !yield(r, err) {
						return
					}
				}
			}
			return pass, err
		}
		got, err := migrate.Run(t.Context(), p, f)
		if !errors.Is(err, sourceDied) || got.Created > 20 || got.Created != len(p.Sink.(*memory).users) {
			t.Errorf("created %d, there %d, err %v", got.Created, len(p.Sink.(*memory).users), err)
		}
	})
	t.Run("ledger", func(t *testing.T) {
		p := plan(newMemory(), people(50)...)
		p.Ledger = ledger(t, t.TempDir())
		_ = p.Ledger.Close() // what cannot be recorded must not land
		if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err == nil || len(p.Sink.(*memory).users) != 0 {
			t.Errorf("landed %d, err %v", len(p.Sink.(*memory).users), err)
		}
	})
	t.Run("changed", func(t *testing.T) {
		p := plan(newMemory(), people(50)...)
		f := mustSurvey(t, p)
		p.Source = source(people(51)...)
		if _, err := migrate.Run(t.Context(), p, f); !errors.Is(err, migrate.ErrSourceChanged) {
			t.Errorf("err %v", err)
		}
	})
}

func TestVerify(t *testing.T) {
	target, folder, users := newMemory(), t.TempDir(), people(250)
	p := plan(target, users...)
	p.Ledger = ledger(t, folder)
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
	check := func(sample int, want migrate.VerifyCounts) {
		t.Helper()
		got, _, err := migrate.Verify(t.Context(), p.Ledger, target, sample, nil)
		if err != nil || got != want {
			t.Errorf("%+v, want %+v; %v", got, want, err)
		}
	}
	check(0, migrate.VerifyCounts{Read: 250, Equal: 250})
	check(30, migrate.VerifyCounts{Of: 250, Read: 30, Equal: 30})
	delete(target.users, "t-u0000")
	edit(target, 1, func(u *identity.User) { u.Name = "Other" })
	edit(target, 2, func(u *identity.User) { u.Hash = identity.Hash{Algorithm: "rehashed", Encoded: "y"} })
	edit(target, 3, func(u *identity.User) { u.Hash.Encoded = "z" })
	check(0, migrate.VerifyCounts{Read: 249, Equal: 246, Changed: 2, SignedIn: 1, Missing: 1})
	// Who signed in is held against the profile all the same.
	edit(target, 4, func(u *identity.User) { u.Hash, u.Name = identity.Hash{Algorithm: "rehashed", Encoded: "y"}, "Other" })
	edit(target, 5, func(u *identity.User) { u.Hash.Encoded, u.Name = "z", "Other" })
	check(0, migrate.VerifyCounts{Read: 249, Equal: 244, Changed: 4, SignedIn: 2, Both: 1, Missing: 1})
	_, differences, err := migrate.Verify(t.Context(), p.Ledger, target, 0, nil)
	slices.SortFunc(differences, func(a, b migrate.Difference) int { return strings.Compare(a.TargetID, b.TargetID) })
	want := []migrate.Difference{
		{TargetID: "t-u0000", What: migrate.WhatMissing},
		{"t-u0001", migrate.WhatChanged, migrate.PartProfile, false},
		{"t-u0003", migrate.WhatChanged, migrate.PartPassword, false},
		{"t-u0004", migrate.WhatChanged, migrate.PartProfile, true},
		{"t-u0005", migrate.WhatChanged, migrate.PartBoth, false},
	}
	if err != nil || !slices.Equal(differences, want) {
		t.Errorf("%+v, want %+v; %v", differences, want, err)
	}
}

func edit(m *memory, n int, do func(*identity.User)) {
	id := fmt.Sprintf("t-u%04d", n)
	u := m.users[id]
	do(&u)
	m.users[id] = u
}

// TestDamagedLedger refuses whatever is not ours, except a torn tail.
func TestDamagedLedger(t *testing.T) {
	folder := t.TempDir()
	l := ledger(t, folder)
	if err := errors.Join(l.Take([]string{"a", "b"}), l.Settle("a", sink.Result{Outcome: sink.Created, TargetID: "t-a"}), l.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "ledger.jsonl")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reopen := func(text string) (*migrate.Ledger, error) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return migrate.OpenLedger(folder)
	}
	for _, damaged := range []string{"", "garbage\n", `{"take":["a"]}` + "\n", string(good) + "garbage\n" + "{}\n", `{"move":{"version":99}}` + "\n"} {
		if l, err := reopen(damaged); err == nil {
			_ = l.Close()
			t.Errorf("%q was taken for a ledger", damaged)
		}
	}
	for _, behind := range []string{"garbage\n", `{"settle":{"id":"b","tar` + "\n", "{}\n"} {
		_, err := reopen(string(good) + behind)
		if d, is := errors.AsType[*migrate.Damage](err); !is || d.Line != 4 {
			t.Errorf("%q behind: %v, want line 4 as damaged", behind, err)
		}
	}
	// A sample is drawn of what the ledger says: every line of it counts, wanted or not.
	if err := os.WriteFile(path, []byte(string(good)+`{"settle":{"id":"b","tar`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := migrate.ReadLedger(folder)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := read.Landed(); err == nil {
		t.Errorf("%d are counted in a damaged ledger", n)
	}
	if _, _, err := migrate.Verify(t.Context(), read, newMemory(), 1, nil); err == nil {
		t.Error("a sample was drawn of a damaged ledger")
	}
	torn, err := reopen(string(good) + `{"settle":{"id":"b"`)
	if err != nil {
		t.Fatal(err)
	}
	defer torn.Close()
	if torn.State("a") != migrate.Landed || torn.State("b") != migrate.Taken || torn.State("c") != migrate.Unknown {
		t.Errorf("states %v %v %v", torn.State("a"), torn.State("b"), torn.State("c"))
	}
	if now, _ := os.ReadFile(path); string(now) != string(good) {
		t.Error("the torn tail was not cut off")
	}
}

func TestLockedRun(t *testing.T) {
	runs := t.TempDir()
	first, err := migrate.NewFolder(runs)
	if err != nil {
		t.Fatal(err)
	}
	second := migrate.Folder{Path: first.Path}
	if err := second.Lock(); !errors.Is(err, migrate.ErrLocked) {
		t.Errorf("err %v", err)
	}
	if err := errors.Join(first.Unlock(), second.Lock(), second.Unlock()); err != nil {
		t.Error(err)
	}
}

func TestUnfinished(t *testing.T) {
	runs := t.TempDir()
	begin := func(source string, finished bool) migrate.Folder {
		f, err := migrate.NewFolder(runs)
		if err != nil {
			t.Fatal(err)
		}
		l, err := migrate.CreateLedger(f.Path, migrate.Move{Source: source, Target: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if finished {
			err = l.Finish(0)
		}
		if err := errors.Join(err, l.Close(), f.Unlock()); err != nil {
			t.Fatal(err)
		}
		return f
	}
	begin("a", true)
	want := begin("b", false)
	begin("c", false)
	for source, there := range map[string]bool{"a": false, "b": true, "d": false} {
		f, _, found, err := migrate.Unfinished(runs, migrate.Move{Source: source, Target: "x"})
		if err != nil || found != there || there && f.Path != want.Path {
			t.Errorf("%s: %v %v %v", source, f.Path, found, err)
		}
	}
}

// TestSecretsStayOut looks for hashes in the ledger of a run.
func TestSecretsStayOut(t *testing.T) {
	folder, users := t.TempDir(), people(40)
	for i := range users {
		users[i].Hash.Encoded = identity.Secret(fmt.Sprintf("hash-%x", rand.Uint64()))
	}
	p := plan(newMemory(), users...)
	p.Ledger = ledger(t, folder)
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if strings.Contains(string(text), string(u.Hash.Encoded)) {
			t.Fatal("a hash stands in the ledger")
		}
	}
}
