package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// mendable is a target whose users can be completed: names are filled where they are
// empty. It foretells nothing of a user called Unforetold.
type mendable struct {
	*memory
	mended int
	most   int // it fails behind so many; 0: never
}

func (m *mendable) Foretell(u identity.User) (sink.State, bool) { return foretell(u) }

func (m *mendable) Mend(ctx context.Context, users []sink.Landing) (results []sink.Result, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range users {
		if m.most > 0 && m.mended == m.most {
			return results, errors.New("stopped")
		}
		m.mended++
		id := l.Judgement.TargetID
		u, there := m.users[id]
		if !there {
			return results, fmt.Errorf("%s is to be mended, and is not there", id)
		}
		if u.Name == "" {
			u.Name = l.User.Name
		}
		m.users[id] = u
		results = append(results, sink.Result{Outcome: sink.Recovered, TargetID: id, State: state(u)})
	}
	return results, nil
}

// lackingUsers lands people, and takes the names of some and edits others.
func lackingUsers(t *testing.T) (*mendable, *migrate.Ledger, []identity.User) {
	t.Helper()
	target, users := &mendable{memory: newMemory()}, people(200)
	users[150].Name = "Unforetold"
	p := plan(target, users...)
	p.Ledger = ledger(t, t.TempDir())
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		edit(target.memory, n, func(u *identity.User) { u.Name = "" })
	}
	edit(target.memory, 100, func(u *identity.User) { u.Name = "Other" })
	edit(target.memory, 101, func(u *identity.User) { u.Name, u.Email = "", "other@example.com" })
	edit(target.memory, 102, func(u *identity.User) { u.Hash.Encoded = "z" })                                      // no profile
	edit(target.memory, 103, func(u *identity.User) { u.Hash, u.Name = identity.Hash{Algorithm: "rehashed"}, "" }) // signed in, too
	edit(target.memory, 104, func(u *identity.User) { u.Name = "" })                                               // not in the source as it landed
	edit(target.memory, 150, func(u *identity.User) { u.Name = "" })                                               // what it landed as cannot be foretold
	target.users["t-stranger"] = identity.User{ID: "stranger", Email: "stranger@example.com"}                      // nobody's
	delete(target.users, "t-u0105")                                                                                // gone
	source := append(users[:104:104], identity.User{ID: "u0104", Email: "mended@example.com", Name: "Mended", Hash: users[104].Hash})
	source = append(source, users[105:]...)
	source = append(source, identity.User{ID: "stranger", Email: "stranger@example.com", Name: "Stranger", Hash: users[0].Hash})
	source = append(source, identity.User{ID: "u0000", Email: "u0000@example.com", Name: "Twice", Hash: users[0].Hash})
	return target, p.Ledger, source
}

func repairOf(t *testing.T, target *mendable, l *migrate.Ledger, source ...identity.User) (migrate.RepairCounts, map[string]migrate.RepairOutcome, error) {
	t.Helper()
	said := map[string]migrate.RepairOutcome{}
	p := migrate.RepairPlan{Plan: plan(target, source...), Reader: target, Mender: target}
	p.Ledger, p.Batch = l, 7
	p.Report = func(e migrate.Event) {
		if e.Repaired != nil {
			said[e.Repaired.TargetID] = e.Repaired.Outcome
		}
	}
	var err error
	if p.Lacking, _, _, err = migrate.FindLacking(t.Context(), l, target, nil); err != nil {
		t.Fatal(err)
	}
	counts, err := migrate.Repair(t.Context(), p, mustSurvey(t, p.Plan))
	return counts, said, err
}

// TestRepair fills what is empty, and touches nobody else.
func TestRepair(t *testing.T) {
	target, l, source := lackingUsers(t)
	before := maps.Clone(target.users)
	counts, said, err := repairOf(t, target, l, source...)
	want := migrate.RepairCounts{Lacking: 105, Whole: 102, Partly: 1, Left: 1, Untold: 1}
	if err != nil || counts != want || len(said) != 104 {
		t.Errorf("%+v, want %+v; %d named, %v", counts, want, len(said), err)
	}
	for id, outcome := range map[string]migrate.RepairOutcome{
		"t-u0000": migrate.RepairedWhole, "t-u0100": migrate.RepairLeft, "t-u0101": migrate.RepairedPartly, "t-u0103": migrate.RepairedWhole, "t-u0150": migrate.RepairedWhole, "t-u0104": "",
	} {
		if said[id] != outcome {
			t.Errorf("%s: %q, want %q", id, said[id], outcome)
		}
	}
	for id, was := range before {
		is := target.users[id]
		if was.Name == "" && id != "t-u0104" && id != "t-stranger" {
			was.Name = is.Name
		}
		if state(was) != state(is) {
			t.Errorf("%s was %+v, is %+v", id, was, is)
		}
	}
	if target.users["t-u0000"].Name != "User 0" {
		t.Errorf("u0000 is called %q", target.users["t-u0000"].Name)
	}
	again, _, err := repairOf(t, target, l, source...)
	if want := (migrate.RepairCounts{Lacking: 3, Left: 2, Untold: 1}); err != nil || again != want {
		t.Errorf("again: %+v, want %+v; %v", again, want, err)
	}
}

// TestRepairBrokenOff: what was filled before it broke off is counted, and the same
// repair goes on.
func TestRepairBrokenOff(t *testing.T) {
	target, l, source := lackingUsers(t)
	target.most = 40
	counts, said, err := repairOf(t, target, l, source...)
	if err == nil || counts.Whole+counts.Partly+counts.Left != 40 || len(said) != 40 || counts.Untold != 0 {
		t.Errorf("%+v, %d named, %v", counts, len(said), err)
	}
	target.most = 0
	rest, _, err := repairOf(t, target, l, source...)
	if err != nil || counts.Whole+rest.Whole != 102 {
		t.Errorf("%+v and then %+v, %v", counts, rest, err)
	}
}
