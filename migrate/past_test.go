package migrate_test

import (
	"errors"
	"slices"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// foretell knows the memory target's states beforehand; of users
// called Unforetold it does not.
func foretell(u identity.User) (s sink.State, known bool) {
	return state(u), u.Name != "Unforetold"
}

// TestDelta holds newer exports against what was landed.
func TestDelta(t *testing.T) {
	target, users := newMemory(), people(10)
	first := landed(t, target, users...)
	newer := append(slices.Clone(users[3:]), people(12)[10:]...) // three gone, two new
	newer[0].Name = "Renamed"
	newer[1].Hash.Encoded = "pw changed"
	newer[2].Hash.Encoded = "broken" // would not land any more
	newer[3].Name = "Unforetold"
	twice := newer[6] // the same user once more, and not as he was
	twice.Name = "Twice"
	newer = append(newer, twice)
	for _, c := range []struct {
		name string
		same bool
		from []identity.User
		want *migrate.DeltaCounts
	}{
		{"newer", true, newer, &migrate.DeltaCounts{Runs: []string{"one"}, Same: 3, Changed: 3, Vanished: 3, Untold: 1}},
		{"other settings", false, newer, &migrate.DeltaCounts{Runs: []string{"one"}, Vanished: 3, Untold: 7}},
		{"the same", true, users, &migrate.DeltaCounts{Runs: []string{"one"}, Same: 10}},
		{"another source", true, users[6:], nil},
		{"no user in common", true, people(20)[15:], nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			past := &migrate.Past{Foretell: foretell}
			if err := past.Add(first, "one", c.same); err != nil {
				t.Fatal(err)
			}
			p := plan(target, c.from...)
			p.Past = past
			got := mustSurvey(t, p).Delta
			if (got == nil) != (c.want == nil) || got != nil && (!slices.Equal(got.Runs, c.want.Runs) || got.Same != c.want.Same || got.Changed != c.want.Changed || got.Vanished != c.want.Vanished || got.Untold != c.want.Untold) {
				t.Fatalf("%+v, want %+v", got, c.want)
			}
			names, err := past.Names(100)
			if err != nil || c.want == nil && len(names) > 0 || c.want != nil && len(names) != c.want.Changed+c.want.Vanished {
				t.Errorf("named %v, %v", names, err)
			}
		})
	}
}

// TestDeltaOfSeveralRuns: of a user whom two runs landed the later counts.
func TestDeltaOfSeveralRuns(t *testing.T) {
	target, users := newMemory(), people(6)
	one := landed(t, target, users[:4]...)
	delete(target.users, "t-u0003")
	users[3].Name = "Other"
	two := landed(t, target, users[3:]...)
	past := &migrate.Past{Foretell: foretell}
	if err := errors.Join(past.Add(one, "one", true), past.Add(two, "two", true)); err != nil {
		t.Fatal(err)
	}
	p := plan(target, users[:5]...)
	p.Past = past
	if got := mustSurvey(t, p).Delta; got == nil || got.Same != 5 || got.Vanished != 1 || got.Changed != 0 {
		t.Errorf("%+v", got)
	}
	names, err := past.Names(1)
	if err != nil || len(names) != 1 || names[0].TargetID != "t-u0005" {
		t.Errorf("named %v, %v", names, err)
	}
}

// TestRetry feeds rows into a finished run, is killed after each of them, and goes
// on: whoever landed is skipped, and somebody else under an id that landed is not
// taken for him.
func TestRetry(t *testing.T) {
	for dies := range 8 {
		target, folder := newMemory(), t.TempDir()
		users := people(6)
		feed := func(rows ...identity.User) (migrate.Summary, error) {
			l := ledger(t, folder)
			defer l.Close()
			if err := l.Retry("sha256:y", []string{"retry"}); err != nil {
				t.Fatal(err)
			}
			p := plan(target, rows...)
			p.Workers, p.Ledger, p.Own = 1, l, &migrate.Past{Foretell: foretell}
			if err := p.Own.Add(l, "own", true); err != nil {
				t.Fatal(err)
			}
			f := mustSurvey(t, p)
			s, err := migrate.Run(t.Context(), p, f)
			if err == nil {
				if s.Predicted.Lands != s.Landed() || s.Predicted.Rejected != s.Rejected {
					t.Errorf("predicted %+v, came to %+v", *s.Predicted, s)
				}
				err = l.Finish(0)
			}
			return s, err
		}
		first := plan(target, users[:2]...)
		first.Ledger = ledger(t, folder)
		if _, err := migrate.Run(t.Context(), first, mustSurvey(t, first)); err != nil || first.Ledger.Finish(3) != nil || first.Ledger.Close() != nil {
			t.Fatal(err)
		}
		asked := 0
		target.fail = func(string, bool) error {
			if asked++; asked == dies+1 {
				return errors.New("killed")
			}
			return nil
		}
		rows := append(slices.Clone(users[2:]), users[0]) // one that the run landed before
		rows[4].Name = "Somebody else"
		_, err := feed(rows...)
		if (err == nil) != (dies >= 2*4) {
			t.Fatalf("died at %d: %v", dies, err)
		}
		target.fail = nil
		s, err := feed(rows...)
		if err != nil || s.Rejected != 1 || s.Problems[identity.IDDuplicate] != 1 || s.Landed() != 4 || len(target.users) != 6 || len(target.half) != 0 {
			t.Errorf("died at %d: %+v, %v; %d there, %d half made", dies, s, err, len(target.users), len(target.half))
		}
		l := ledger(t, folder)
		if n, err := l.Landed(); err != nil || n != 6 || !l.Finished() {
			t.Errorf("died at %d: %d landed, finished %v, %v", dies, n, l.Finished(), err)
		}
	}
}

// landed is the ledger of a run that landed users.
func landed(t *testing.T, target *memory, users ...identity.User) *migrate.Ledger {
	t.Helper()
	p := plan(target, users...)
	p.Ledger = ledger(t, t.TempDir())
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
	return p.Ledger
}
