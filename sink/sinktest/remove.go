package sinktest

import (
	"testing"

	"rehome/sink"
)

// takesBack: whoever is as he was found goes, also when an answer is lost; whoever
// has changed since stays, and so does everybody else.
func takesBack(t *testing.T, f Fixture) {
	remover, ok := f.Sink.(sink.Remover)
	if !ok {
		return // a target that nobody can be taken back from
	}
	stranger := f.Sink.Judge(user(90))
	f.Seed(t, stranger.TargetID, stranger.Keys.Email, "A Stranger")
	us := users(6)
	results := write(t, f, f.landings(us, false))
	ids := make([]string, len(results))
	for i, r := range results {
		ids[i] = r.TargetID
	}
	there := read(t, f, ids)
	found := make([]sink.Found, 0, len(ids)+1)
	for i, id := range ids {
		one := there[id]
		if i == 2 {
			one.State.Profile += "changed since"
		}
		found = append(found, one)
	}
	before := f.Look(t, ids[2])
	f.Lose(t)
	for range 2 { // the second time they are gone already
		spared, err := remover.Remove(t.Context(), found)
		if err != nil || len(spared) != 1 || spared[0].TargetID != ids[2] || spared[0].Outcome != sink.Rejected || spared[0].Problem == nil {
			t.Fatalf("spared %v, %v; want the one who changed", spared, err)
		}
		wantCount(t, f, 2)
	}
	if f.Look(t, ids[2]) != before {
		t.Error("the user who was spared was touched")
	}
	for i, r := range write(t, f, f.landings(us, false)) {
		if i != 2 {
			want(t, us[i], r, sink.Created)
		} else if r.Outcome != sink.Existing {
			t.Errorf("who was spared: %s, want existing", r.Outcome)
		}
	}
	wantCount(t, f, len(us)+1)
}
