package sinktest

import (
	"fmt"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
)

// write lands users and insists on a result for each.
func write(t *testing.T, f Fixture, ls []sink.Landing) []sink.Result {
	t.Helper()
	results, err := f.Sink.Write(t.Context(), ls)
	if err != nil || len(results) != len(ls) {
		t.Fatalf("Write: %d results of %d, %v", len(results), len(ls), err)
	}
	for i, r := range results {
		if r.TargetID != ls[i].Judgement.TargetID {
			t.Errorf("result %d is about %q, the landing about %q", i, r.TargetID, ls[i].Judgement.TargetID)
		}
		if r.Problem != nil {
			wantNoSecret(t, r.Problem)
		}
	}
	return results
}

func want(t *testing.T, u identity.User, r sink.Result, o sink.Outcome) {
	t.Helper()
	if r.Outcome != o || r.Problem != nil {
		t.Errorf("%s: %s %v, want %s", u.ID, r.Outcome, r.Problem, o)
	}
	if r.State.Credential == "" || r.State.Profile == "" {
		t.Errorf("%s: landed without a state", u.ID)
	}
}

func wantCount(t *testing.T, f Fixture, n int) {
	t.Helper()
	if got := f.Count(t); got != n {
		t.Errorf("the target holds %d users, want %d", got, n)
	}
}

// wantStates reads users back and compares with what the results said.
func wantStates(t *testing.T, f Fixture, results []sink.Result) {
	t.Helper()
	ids := make([]string, len(results))
	for i, r := range results {
		ids[i] = r.TargetID
	}
	found := read(t, f, ids)
	for _, r := range results {
		at, there := found[r.TargetID]
		switch {
		case !there:
			t.Errorf("%s is not there", r.TargetID)
		case at.State.Credential != r.State.Credential:
			t.Errorf("%s: the credential read back differs from what was landed", r.TargetID)
		case at.State.Profile != r.State.Profile:
			t.Errorf("%s: the profile read back differs:\n%s\n%s", r.TargetID, string(at.State.Profile), string(r.State.Profile))
		}
	}
}

// read reads users back, a hundred at a time.
func read(t *testing.T, f Fixture, ids []string) map[string]sink.Found {
	t.Helper()
	reader, ok := f.Sink.(sink.Reader)
	if !ok {
		t.Fatal("the sink is no sink.Reader")
	}
	all := map[string]sink.Found{}
	for ; len(ids) > 0; ids = ids[min(len(ids), 100):] {
		found, err := reader.Read(t.Context(), ids[:min(len(ids), 100)])
		if err != nil {
			t.Fatalf("Read: %v", err)
		}
		for _, one := range found {
			if one.SignedIn {
				t.Errorf("%s: nobody has signed in", one.TargetID)
			}
			all[one.TargetID] = one
		}
	}
	return all
}

func lookAll(t *testing.T, f Fixture, results []sink.Result) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, r := range results {
		texts[r.TargetID] = f.Look(t, r.TargetID)
	}
	return texts
}

// wantNoSecret looks for the hash in whatever a person may come to read.
func wantNoSecret(t *testing.T, v any) {
	t.Helper()
	hash, _ := forms.Example()
	if text := fmt.Sprintf("%v %+v", v, v); strings.Contains(text, string(hash.Encoded)) {
		t.Error("the hash is in an error")
	}
}
