package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// removable is a target in memory that takes users back, and dates them.
type removable struct {
	*memory
	created map[string]time.Time
	refuses map[string]*identity.Problem
	before  func() error // asked before each deletion
}

func (r *removable) Read(ctx context.Context, ids []string) ([]sink.Found, error) {
	found, err := r.memory.Read(ctx, ids)
	for i := range found {
		found[i].Created = r.created[found[i].TargetID]
	}
	return found, err
}

func (r *removable) Remove(ctx context.Context, users []sink.Found) (spared []sink.Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, u := range users {
		if r.before != nil {
			if err := r.before(); err != nil {
				return spared, err
			}
		}
		if ctx.Err() != nil {
			return spared, context.Cause(ctx)
		}
		if bad := r.refuses[u.TargetID]; bad != nil {
			spared = append(spared, sink.Result{Outcome: sink.Rejected, TargetID: u.TargetID, Problem: bad})
			continue
		}
		delete(r.users, u.TargetID)
	}
	return spared, nil
}

// imported lands n users in a run of its own.
func imported(t *testing.T, folder string, n int) *removable {
	t.Helper()
	target := &removable{memory: newMemory(), created: map[string]time.Time{}, refuses: map[string]*identity.Problem{}}
	p := plan(target, people(n)...)
	p.Ledger = ledger(t, folder)
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Ledger.Finish(0), p.Ledger.Close()); err != nil {
		t.Fatal(err)
	}
	return target
}

func left(target *removable) (ids []string) {
	for id := range target.users {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// TestUndo deletes what is as it was landed and nothing else, says whom it spared,
// and leaves a ledger that knows of nobody else.
func TestUndo(t *testing.T) {
	folder := t.TempDir()
	target := imported(t, folder, 250)
	target.users["t-stranger"] = identity.User{ID: "stranger"}
	edit(target.memory, 1, func(u *identity.User) { u.Name = "Other" })
	edit(target.memory, 2, func(u *identity.User) { u.Hash = identity.Hash{Algorithm: "rehashed", Encoded: "y"} })
	delete(target.users, "t-u0003")
	edit(target.memory, 8, func(u *identity.User) { u.Hash, u.Name = identity.Hash{Algorithm: "rehashed", Encoded: "y"}, "Other" })
	target.refuses["t-u0004"] = &identity.Problem{Code: identity.TargetRefused, Detail: "orders refer to the user"}
	target.refuses["t-u0005"] = &identity.Problem{Code: identity.SignedIn}
	target.refuses["t-u0006"] = &identity.Problem{Code: identity.ChangedSince}
	l := ledger(t, folder)
	p := migrate.UndoPlan{Ledger: l, Reader: target, Remover: target, Workers: 3, DryRun: true}
	p.Claimed = func(id string) string { return map[string]string{"u0007": "20261121-000000-beef"}[id] }
	spared := map[string]string{}
	p.Report = func(e migrate.Event) {
		if e.Spared != nil {
			spared[e.Spared.TargetID] = e.Spared.Why + " " + e.Spared.Detail
			if e.Spared.Part != "" {
				spared[e.Spared.TargetID] = fmt.Sprint(e.Spared.Why, " ", e.Spared.Part, " ", e.Spared.SignedIn)
			}
		}
	}
	before, err := os.ReadFile(filepath.Join(folder, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := migrate.Undo(t.Context(), p)
	if want := (migrate.UndoCounts{Planned: 245, Gone: 1, SignedIn: 1, Changed: 2, Kept: 1}); err != nil || got != want || len(target.users) != 250 {
		t.Errorf("dry run: %+v, %v; %d left", got, err, len(target.users))
	}
	if after, err := os.ReadFile(filepath.Join(folder, "ledger.jsonl")); err != nil || string(after) != string(before) {
		t.Errorf("a dry run wrote to the ledger (%v)", err)
	}
	p.DryRun = false
	got, err = migrate.Undo(t.Context(), p)
	if want := (migrate.UndoCounts{Removed: 242, Gone: 1, SignedIn: 2, Changed: 3, Kept: 2}); err != nil || got != want || got.Spared() != 7 {
		t.Errorf("%+v, want %+v; %v", got, want, err)
	}
	for id, why := range map[string]string{
		"t-u0001": "changed profile false", "t-u0002": "signed-in ", "t-u0004": "kept orders refer to the user", "t-u0005": "signed-in ", "t-u0006": "changed ",
		"t-u0008": "changed profile true", "t-u0007": "kept run 20261121-000000-beef has landed this user again",
	} {
		if spared[id] != why {
			t.Errorf("%s: %q, want %q", id, spared[id], why)
		}
	}
	want := []string{"t-stranger", "t-u0001", "t-u0002", "t-u0004", "t-u0005", "t-u0006", "t-u0007", "t-u0008"}
	if !slices.Equal(left(target), want) {
		t.Errorf("left: %v", left(target))
	}
	if err := errors.Join(l.FinishUndo(3), l.Close()); err != nil {
		t.Fatal(err)
	}
	undoneLedger(t, folder, target, 7)
}

// undoneLedger: after an undo the ledger holds the spared as landed and nobody
// else, and the run is never continued.
func undoneLedger(t *testing.T, folder string, target *removable, kept int) {
	t.Helper()
	l := ledger(t, folder)
	if begun, done := l.TakenBack(); !begun || !done {
		t.Errorf("taken back: begun %v, done %v", begun, done)
	}
	landed := 0
	for i := range 250 {
		switch l.State(fmt.Sprintf("u%04d", i)) {
		case migrate.Landed:
			landed++
		case migrate.Taken:
			t.Errorf("u%04d counts as taken", i)
		}
	}
	if n, err := l.Landed(); err != nil || n != kept || landed != kept {
		t.Errorf("%d landed by the file, %d by state, want %d; %v", n, landed, kept, err)
	}
	counts, _, err := migrate.Verify(t.Context(), l, target, 0, nil)
	if err != nil || counts.Read != kept || counts.Missing != 0 {
		t.Errorf("verify expects %+v, want %d; %v", counts, kept, err)
	}
	has, err := l.Landings()
	if err != nil || has("u0000") || kept > 0 && !has("u0001") {
		t.Errorf("landings: %v %v, %v", has("u0000"), has("u0001"), err)
	}
	if _, _, found, err := migrate.Unfinished(filepath.Dir(folder), migrate.Move{Source: "sha256:x", Target: "memory"}); err != nil || found {
		t.Errorf("an import would continue it (%v)", err)
	}
}

// TestUndoOfHalfRuns: of users met half made, only those go that the target dates
// from after the run's beginning.
func TestUndoOfHalfRuns(t *testing.T) {
	folder, began := t.TempDir(), time.Date(2026, 11, 21, 23, 15, 2, 0, time.UTC)
	target := &removable{memory: newMemory(), created: map[string]time.Time{
		"t-u0000": began.Add(300 * time.Millisecond), "t-u0001": began.Add(-time.Millisecond), "t-u0003": began.Add(-time.Hour),
	}}
	l, err := migrate.CreateLedger(folder, migrate.Move{Source: "sha256:x", Target: "memory", Since: began})
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range people(4) {
		target.users["t-"+u.ID] = u
		outcome := sink.Recovered
		if i == 3 {
			outcome = sink.Created
		}
		if err := l.Settle(u.ID, sink.Result{Outcome: outcome, TargetID: "t-" + u.ID, State: state(u)}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := migrate.Undo(t.Context(), migrate.UndoPlan{Ledger: l, Reader: target, Remover: target})
	if want := (migrate.UndoCounts{Removed: 1, Kept: 3}); err != nil || got != want || target.users["t-u0000"].ID != "" {
		t.Errorf("%+v, want %+v; %v", got, want, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = ledger(t, folder)
	if begun, done := l.TakenBack(); !begun || done || !l.Finished() {
		t.Errorf("begun %v, done %v, finished %v; want an undo that has not ended, which no import continues", begun, done, l.Finished())
	}
}

// TestUndoBrokenOff breaks an undo off at random again and again, cancelled or with
// the ledger cut within its last lines as a kill leaves it; it ends as one that
// nobody disturbed.
func TestUndoBrokenOff(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		folder := t.TempDir()
		target := imported(t, folder, 250)
		for _, i := range []int{1, 130, 249} {
			edit(target.memory, i, func(u *identity.User) { u.Name = "Other" })
		}
		var sum migrate.UndoCounts
		for try := 0; ; try++ {
			counts, err := undoUntil(t, folder, target, 20+random.IntN(120), random.IntN(2) == 0)
			sum.Removed, sum.Gone, sum.Changed = sum.Removed+counts.Removed, sum.Gone+counts.Gone, counts.Changed
			if err == nil {
				break
			}
			if !errors.Is(err, errStop) || try > 100 {
				t.Fatalf("seed %d: %v", seed, err)
			}
			cutTail(t, folder, random.IntN(60))
		}
		if want := []string{"t-u0001", "t-u0130", "t-u0249"}; !slices.Equal(left(target), want) || sum.Changed != 3 || sum.Removed+sum.Gone < 247 {
			t.Errorf("seed %d: left %v, %+v", seed, left(target), sum)
		}
		undoneLedger(t, folder, target, 3)
	}
}

var errStop = errors.New("stop")

// undoUntil takes back until so many are deleted, and then fails or is cancelled.
func undoUntil(t *testing.T, folder string, target *removable, most int, cancels bool) (migrate.UndoCounts, error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var mu sync.Mutex
	target.before = func() error {
		mu.Lock()
		defer mu.Unlock()
		if most--; most >= 0 {
			return nil
		}
		if !cancels {
			return errStop
		}
		cancel(errStop)
		return nil
	}
	l := ledger(t, folder)
	counts, err := migrate.Undo(ctx, migrate.UndoPlan{Ledger: l, Reader: target, Remover: target, Workers: 2})
	if err == nil {
		err = l.FinishUndo(3)
	}
	if closed := l.Close(); closed != nil {
		t.Fatal(closed)
	}
	return counts, err
}

// cutTail cuts bytes off the ledger's last line, never more.
func cutTail(t *testing.T, folder string, n int) {
	t.Helper()
	path := filepath.Join(folder, "ledger.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin := slices.Index(text[max(0, len(text)-n-1):len(text)-1], '\n')
	if begin >= 0 {
		n = min(n, n-begin)
	}
	if err := os.Truncate(path, int64(len(text)-n)); err != nil {
		t.Fatal(err)
	}
}

// TestUndoneComesBack: a new run lands again whom an undo has taken back, and what
// lands again in the same run counts again.
func TestUndoneComesBack(t *testing.T) {
	folder := t.TempDir()
	target := imported(t, folder, 120)
	l := ledger(t, folder)
	if _, err := migrate.Undo(t.Context(), migrate.UndoPlan{Ledger: l, Reader: target, Remover: target}); err != nil || len(target.users) != 0 {
		t.Fatal(err)
	}
	p := plan(target, people(120)...)
	p.Ledger = ledger(t, t.TempDir())
	if got, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil || got.Created != 120 {
		t.Errorf("created %d, %v", got.Created, err)
	}
	u := people(1)[0]
	if err := errors.Join(l.Take([]string{u.ID}), l.Settle(u.ID, sink.Result{Outcome: sink.Created, TargetID: "t-" + u.ID, State: state(u)}), l.Close()); err != nil {
		t.Fatal(err)
	}
	l = ledger(t, folder)
	if n, err := l.Landed(); n != 1 || err != nil || l.State(u.ID) != migrate.Landed || l.State("u0001") != migrate.Unknown {
		t.Errorf("%d landed, %v; %v %v", n, err, l.State(u.ID), l.State("u0001"))
	}
	counts, _, err := migrate.Verify(t.Context(), l, target, 0, nil)
	if want := (migrate.VerifyCounts{Read: 1, Equal: 1}); err != nil || counts != want {
		t.Errorf("%+v, %v", counts, err)
	}
}
