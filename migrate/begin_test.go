package migrate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// dating is a target in memory that dates its users, and shows the landings it got.
type dating struct {
	*removable
	now   time.Time
	seen  map[string]sink.Landing
	other map[string]sink.Result // answers given instead
}

func newDating(now time.Time) *dating {
	r := &removable{memory: newMemory(), created: map[string]time.Time{}, refuses: map[string]*identity.Problem{}}
	return &dating{removable: r, now: now, seen: map[string]sink.Landing{}, other: map[string]sink.Result{}}
}

func (d *dating) Write(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var results []sink.Result
	for _, l := range users {
		d.seen[l.User.ID] = l
		r, instead := d.other[l.User.ID]
		if !instead {
			r = sink.Result{Outcome: sink.Created, State: state(l.User), Created: d.now}
			d.users["t-"+l.User.ID], d.created["t-"+l.User.ID] = l.User, d.now
		}
		r.TargetID = "t-" + l.User.ID
		results = append(results, r)
	}
	return results, nil
}

// day is the target's clock, which has nothing to do with ours.
var day = time.Date(2031, 2, 3, 4, 5, 6, 789e6, time.UTC)

// TestBeginning: when a run began is noted once, before anybody is taken, and given
// with every landing, after a kill as well.
func TestBeginning(t *testing.T) {
	folder, target := t.TempDir(), newDating(day.Add(time.Minute))
	target.other["u0001"] = sink.Result{Outcome: sink.Rejected, Problem: &identity.Problem{Code: identity.AccountUnclear}, Left: true}
	p := plan(target, people(3)...)
	p.Ledger = ledger(t, folder)
	if err := errors.Join(p.Ledger.Begin(time.Time{}), p.Ledger.Begin(day), p.Ledger.Begin(day.Add(time.Second))); err != nil {
		t.Fatal(err)
	}
	run(t, p)
	if err := p.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	p.Ledger = ledger(t, folder)
	if err := p.Ledger.Begin(day.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for id, l := range target.seen {
		if !l.Since.Equal(day) || l.Taken {
			t.Errorf("%s: since %v, taken %v", id, l.Since, l.Taken)
		}
	}
	target.seen = map[string]sink.Landing{}
	run(t, p)
	if l := target.seen["u0001"]; len(target.seen) != 1 || !l.Since.Equal(day) || !l.Taken {
		t.Errorf("after a kill: %+v", target.seen)
	}
	text, err := os.ReadFile(filepath.Join(folder, "ledger.jsonl"))
	if begins := strings.Count(string(text), `{"begin":{"since":"2031-02-03T04:05:06.789Z"}`); err != nil || begins != 1 || strings.Count(string(text), `{"begin":`) != 1 {
		t.Errorf("%v: the beginning stands %d times in\n%s", err, begins, text)
	}
}

// TestBeginningOfAnOlderRun: whoever is taken in a ledger without a beginning was
// taken before: the time the run knew of itself stays.
func TestBeginningOfAnOlderRun(t *testing.T) {
	folder, target := t.TempDir(), newDating(day)
	p := plan(target, people(1)...)
	p.Ledger = ledger(t, folder)
	if err := errors.Join(p.Ledger.Take([]string{"u0000"}), p.Ledger.Close()); err != nil {
		t.Fatal(err)
	}
	p.Ledger = ledger(t, folder)
	if err := p.Ledger.Begin(day); err != nil {
		t.Fatal(err)
	}
	run(t, p)
	if l := target.seen["u0000"]; !l.Since.IsZero() || !l.Taken {
		t.Errorf("%+v", l)
	}
}

// TestFree: whom the target answered that it has already, or will not have, no try
// has begun: the next one does not take what is there for its own.
func TestFree(t *testing.T) {
	folder, target := t.TempDir(), newDating(day)
	refused := &identity.Problem{Code: identity.EmailTaken}
	target.other["u0000"] = sink.Result{Outcome: sink.Existing}
	target.other["u0001"] = sink.Result{Outcome: sink.Rejected, Problem: refused}
	target.other["u0002"] = sink.Result{Outcome: sink.Rejected, Problem: refused, Left: true}
	p := plan(target, people(4)...)
	want := map[string]bool{"u0000": false, "u0001": false, "u0002": true}
	for range 3 {
		p.Ledger = ledger(t, folder)
		if landed, open := p.Ledger.Standing(); len(target.seen) > 0 && (landed != 1 || open != 1) {
			t.Errorf("%d landed, %d open", landed, open)
		}
		known := len(target.seen) > 0
		target.seen = map[string]sink.Landing{}
		run(t, p)
		for id, taken := range want {
			if l := target.seen[id]; l.Taken != (known && taken) {
				t.Errorf("%s: taken %v", id, l.Taken)
			}
		}
		if err := p.Ledger.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClaims: a run claims the account that it landed, not one that has its id.
func TestClaims(t *testing.T) {
	folder, target := t.TempDir(), newDating(day)
	p := plan(target, people(2)...)
	p.Ledger = ledger(t, folder)
	run(t, p)
	for _, c := range []struct {
		id      string
		created time.Time
		want    bool
	}{{"t-u0000", day, true}, {"t-u0000", day.Add(time.Millisecond), false}, {"t-u0007", day, false}} {
		if has, err := p.Ledger.Claims(c.id, c.created); has != c.want || err != nil {
			t.Errorf("%s of %v: %v %v", c.id, c.created, has, err)
		}
	}
	p = plan(target, people(3)...)
	p.Claimed = func(id string, created time.Time) string { return id + " " + created.Format(time.RFC3339Nano) }
	p.Ledger = ledger(t, t.TempDir())
	run(t, p)
	if l := target.seen["u0002"]; l.Claimed == nil || l.Claimed(day) != "t-u0002 2031-02-03T04:05:06.789Z" {
		t.Errorf("%+v", l)
	}
}

// TestUndoOfAnothers: who was deleted, and landed again by a run that nobody here
// knows of, is that run's. A run of an older rehome did not note the dates.
func TestUndoOfAnothers(t *testing.T) {
	for _, older := range []bool{false, true} {
		folder, target := t.TempDir(), newDating(day)
		if older {
			target.now = time.Time{}
		}
		p := plan(target, people(3)...)
		p.Ledger = ledger(t, folder)
		if err := p.Ledger.Begin(day.Add(-time.Minute)); err != nil {
			t.Fatal(err)
		}
		run(t, p)
		target.created["t-u0000"], target.created["t-u0001"], target.created["t-u0002"] = day, day.Add(time.Hour), day.Add(-time.Hour)
		var spared []string
		u := migrate.UndoPlan{Ledger: p.Ledger, Reader: target, Remover: target, Report: func(e migrate.Event) {
			if e.Spared != nil {
				spared = append(spared, e.Spared.TargetID+" "+e.Spared.Why)
			}
		}}
		counts, err := migrate.Undo(t.Context(), u)
		want := migrate.UndoCounts{Removed: 1, Kept: 2}
		if older { // all that can be told is who was there before the run
			want = migrate.UndoCounts{Removed: 2, Kept: 1}
		}
		if err != nil || counts != want {
			t.Errorf("older %v: %+v %v; spared %v", older, counts, err, spared)
		}
	}
}

func run(t *testing.T, p migrate.Plan) {
	t.Helper()
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
}
