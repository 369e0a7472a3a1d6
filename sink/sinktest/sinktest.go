package sinktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"rehome/identity"
	"rehome/sink"
)

// Run puts a sink through the suite. open is called once for each part.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"judges", judges},
		{"lands", lands},
		{"lands twice", landsTwice},
		{"plans without writing", plansOnly},
		{"foresees whom users meet", foresees},
		{"foretells what will be there", foretells},
		{"rejects in its place", rejects},
		{"does nothing when cancelled before", cancelledBefore},
		{"stops between two users", cancelledBetween},
		{"lands from many workers", manyWorkers},
		{"finds its own after a lost answer", losesAnAnswer},
		{"gives out and goes on", givesOut},
		{"completes what was taken", completes},
		{"leaves a stranger untouched", stranger},
		{"names whose address it is", addressTaken},
		{"reads only what is there", readsAbsent},
		{"takes back", takesBack},
	} {
		t.Run(part.name, func(t *testing.T) {
			f := open(t)
			part.run(t, f)
			if err := f.Sink.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// judges: the same user, the same answer, from many goroutines.
func judges(t *testing.T, f Fixture) {
	us := append(users(9), f.Refused)
	first := f.landings(us, false)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i, l := range f.landings(us, false) {
				if spelled(t, l.Judgement) != spelled(t, first[i].Judgement) {
					t.Errorf("%s: judged %+v, then %+v", us[i].ID, first[i].Judgement, l.Judgement)
				}
			}
		})
	}
	group.Wait()
	for i, l := range first {
		lands := i < len(us)-1
		if l.Judgement.Verdict.Lands() != lands || (l.Judgement.Problem == nil) != lands {
			t.Errorf("%q: verdict %s, problem %v", us[i].ID, l.Judgement.Verdict, l.Judgement.Problem)
		}
	}
}

// spelled is a judgement as text, so that two can be compared.
func spelled(t *testing.T, j sink.Judgement) string {
	text, err := json.Marshal(j)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func lands(t *testing.T, f Fixture) {
	us := users(12)
	results := write(t, f, f.landings(us, false))
	for i, r := range results {
		want(t, us[i], r, sink.Created)
	}
	wantCount(t, f, len(us))
	wantStates(t, f, results)
}

// landsTwice: a second landing finds everybody there and touches nobody; one that
// may complete its own finds nothing to do.
func landsTwice(t *testing.T, f Fixture) {
	us := users(6)
	first := write(t, f, f.landings(us, false))
	before := lookAll(t, f, first)
	for _, r := range write(t, f, f.landings(us, false)) {
		if r.Outcome != sink.Existing || r.Problem != nil {
			t.Errorf("%s: %s %v, want existing", r.TargetID, r.Outcome, r.Problem)
		}
	}
	again := write(t, f, f.landings(us, true))
	for i, r := range again {
		if r.Outcome != sink.Recovered || r.State != first[i].State {
			t.Errorf("%s: %s, want recovered with the state of its first landing", r.TargetID, r.Outcome)
		}
	}
	wantCount(t, f, len(us))
	for id, text := range before {
		if f.Look(t, id) != text {
			t.Errorf("%s was touched", id)
		}
	}
}

func plansOnly(t *testing.T, f Fixture) {
	us := append(users(3), f.Refused)
	results, err := sink.DryRun(f.Sink).Write(t.Context(), f.landings(us, false))
	if err != nil || len(results) != len(us) {
		t.Fatalf("%d results, %v", len(results), err)
	}
	for i, r := range results {
		if planned := i < 3; (r.Outcome == sink.Planned) != planned || (r.Outcome == sink.Rejected) == planned {
			t.Errorf("%s: %s", us[i].ID, r.Outcome)
		}
	}
	wantCount(t, f, 0)
}

// foresees: what a Scout says of users is what a landing then does. A sink that is
// none plans everybody.
func foresees(t *testing.T, f Fixture) {
	us := []identity.User{user(0), guest(1), user(2), guest(4), user(5)}
	j, other := f.Sink.Judge(us[0]), f.Sink.Judge(user(90))
	f.Seed(t, j.TargetID, j.Keys.Email, "Somebody Else")
	f.Seed(t, other.TargetID, f.Sink.Judge(us[1]).Keys.Email, "Somebody Else")
	planned, err := sink.DryRun(f.Sink).Write(t.Context(), f.landings(us, false))
	if err != nil || len(planned) != len(us) {
		t.Fatalf("%d results, %v", len(planned), err)
	}
	wantCount(t, f, 2)
	_, scouts := f.Sink.(sink.Scout)
	for i, r := range write(t, f, f.landings(us, false)) {
		want := r.Outcome
		if want == sink.Created || !scouts {
			want = sink.Planned
		}
		if p := planned[i]; p.Outcome != want || scouts && fmt.Sprint(p.Problem) != fmt.Sprint(r.Problem) {
			t.Errorf("%s: planned %s %v, then %s %v", us[i].ID, p.Outcome, p.Problem, r.Outcome, r.Problem)
		}
	}
}

// rejects: a user that cannot land costs the others nothing, and no order.
func rejects(t *testing.T, f Fixture) {
	us := []identity.User{user(0), f.Refused, user(1), f.Refused, guest(2)}
	for i, r := range write(t, f, f.landings(us, false)) {
		if i%2 == 0 {
			want(t, us[i], r, sink.Created)
			continue
		}
		if r.Outcome != sink.Rejected || r.Problem == nil || r.State != (sink.State{}) {
			t.Errorf("%s: %s %v, want rejected, with a problem and no state", us[i].ID, r.Outcome, r.Problem)
		}
	}
	wantCount(t, f, 3)
}

func cancelledBefore(t *testing.T, f Fixture) {
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	results, err := f.Sink.Write(ctx, f.landings(users(3), false))
	if len(results) != 0 || !errors.Is(err, reason) {
		t.Errorf("%d results, %v; want none, and the cause of the cancelling", len(results), err)
	}
	wantCount(t, f, 0)
}

// cancelledBetween: whoever is there when Write has stopped has a result and is
// complete.
func cancelledBetween(t *testing.T, f Fixture) {
	f.Slow(t)
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	us := users(200)
	done := make(chan struct{})
	var results []sink.Result
	var err error
	go func() {
		defer close(done)
		results, err = f.Sink.Write(ctx, f.landings(us, false))
	}()
	for f.Count(t) < 3 {
		select {
		case <-done:
			t.Fatalf("Write ended by itself after %d results: %v", len(results), err)
		default:
		}
	}
	cancel(reason)
	<-done
	if !errors.Is(err, reason) {
		t.Errorf("error %v, want the cause of the cancelling", err)
	}
	if n := len(results); n < 3 || n == len(us) {
		t.Errorf("%d results of %d users", n, len(us))
	}
	for i, r := range results {
		want(t, us[i], r, sink.Created)
	}
	wantCount(t, f, len(results))
	wantStates(t, f, results)
}

func manyWorkers(t *testing.T, f Fixture) {
	f.Slow(t)
	us := users(40)
	var mu sync.Mutex
	var all []sink.Result
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			mine := us[w*5 : w*5+5]
			results, err := f.Sink.Write(t.Context(), f.landings(mine, false))
			if err != nil || len(results) != len(mine) {
				t.Errorf("%d results of %d, %v", len(results), len(mine), err)
			}
			for i, r := range results {
				want(t, mine[i], r, sink.Created)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, results...)
		})
	}
	group.Wait()
	wantCount(t, f, len(us))
	wantStates(t, f, all)
}

// losesAnAnswer: every change of the user is lost once.
func losesAnAnswer(t *testing.T, f Fixture) {
	us := users(6)
	var all []sink.Result
	for i := range us {
		f.Lose(t)
		results := write(t, f, f.landings(us[i:i+1], false))
		want(t, us[i], results[0], sink.Created)
		all = append(all, results...)
	}
	wantCount(t, f, len(us))
	wantStates(t, f, all)
}

// givesOut: the failure passes, has settled nobody, and says so; the same landing
// goes on where it stopped.
func givesOut(t *testing.T, f Fixture) {
	us := users(4)
	first := write(t, f, f.landings(us[:1], false))
	f.Fail(t, 1)
	results, err := f.Sink.Write(t.Context(), f.landings(us[1:], false))
	if len(results) != 0 {
		t.Errorf("%d results from a target that answered nothing", len(results))
	}
	transient, ok := errors.AsType[sink.Transient](err)
	if !ok || !transient.Transient() {
		t.Errorf("error %v, want a sink.Transient", err)
	}
	wantNoSecret(t, err)
	f.Mend(t)
	rest := write(t, f, f.landings(us[1:], true))
	for i, r := range rest {
		if r.Outcome != sink.Recovered && (i == 0 || r.Outcome != sink.Created) {
			t.Errorf("%s: %s %v", r.TargetID, r.Outcome, r.Problem)
		}
	}
	wantCount(t, f, len(us))
	wantStates(t, f, append(first, rest...))
}

// completes: a user left half made is completed by the next landing, wherever the
// target gave out, with a password and without.
func completes(t *testing.T, f Fixture) {
	var all []sink.Result
	for changes := 1; changes <= 5; changes++ {
		for _, u := range []identity.User{user(4 + 30*changes), guest(9 + 30*changes)} {
			f.Fail(t, changes)
			results, err := f.Sink.Write(t.Context(), f.landings([]identity.User{u}, false))
			f.Mend(t)
			outcome := sink.Created // it took fewer changes
			if err != nil {
				results, outcome = write(t, f, f.landings([]identity.User{u}, true)), sink.Recovered
			}
			want(t, u, results[0], outcome)
			all = append(all, results...)
		}
	}
	if all[0].Outcome != sink.Recovered {
		t.Error("the target gave out after the first change, and nothing was to be recovered")
	}
	wantCount(t, f, len(all))
	wantStates(t, f, all)
}

// stranger: a user who was there with the same id and address stays as it was,
// also when an earlier try of ours may have begun it.
func stranger(t *testing.T, f Fixture) {
	for i, u := range []identity.User{user(0), guest(1)} {
		j := f.Sink.Judge(u)
		f.Seed(t, j.TargetID, j.Keys.Email, "Somebody Else")
		before := f.Look(t, j.TargetID)
		for _, taken := range []bool{false, true} {
			r := write(t, f, f.landings([]identity.User{u}, taken))[0]
			if r.Outcome != sink.Existing || r.Problem != nil {
				t.Errorf("%s, taken %v: %s %v, want existing", u.ID, taken, r.Outcome, r.Problem)
			}
		}
		if before == "" || f.Look(t, j.TargetID) != before {
			t.Errorf("%s was touched", u.ID)
		}
		wantCount(t, f, i+1)
	}
}

// addressTaken: an address that another user has is named with that user's id.
func addressTaken(t *testing.T, f Fixture) {
	us := []identity.User{user(0), guest(1)}
	for _, u := range us {
		other := user(90 + len(u.Phone))
		id := f.Sink.Judge(other).TargetID
		f.Seed(t, id, f.Sink.Judge(u).Keys.Email, "Somebody Else")
		r := write(t, f, f.landings([]identity.User{u}, false))[0]
		if r.Outcome != sink.Rejected || r.Problem == nil || r.Problem.Code != identity.EmailTaken {
			t.Fatalf("%s: %s %v, want rejected as %s", u.ID, r.Outcome, r.Problem, identity.EmailTaken)
		}
		if !strings.Contains(r.Problem.Detail, id) {
			t.Errorf("the detail %q does not name %s", r.Problem.Detail, id)
		}
	}
	wantCount(t, f, len(us))
}

func readsAbsent(t *testing.T, f Fixture) {
	results := write(t, f, f.landings(users(2), false))
	absent := f.Sink.Judge(user(7)).TargetID
	found := read(t, f, []string{results[0].TargetID, absent, results[1].TargetID})
	if _, there := found[absent]; there || len(found) != 2 {
		t.Errorf("found %d users", len(found))
	}
	if found := read(t, f, []string{absent}); len(found) != 0 {
		t.Errorf("found %d users where there is none", len(found))
	}
}
