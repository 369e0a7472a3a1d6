package appwrite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// takenBack are people with hashes of the password "password1", and two whose
// sign-in leaves no trace in the hash: one has argon2, one no password.
func takenBack(n int) []identity.User {
	users := make([]identity.User, n)
	for i := range users {
		users[i] = identity.User{
			ID: fmt.Sprintf("back%03d", i), Email: fmt.Sprintf("back%03d@example.com", i), Name: "Somebody",
			Hash: identity.Hash{Algorithm: identity.MD5, Encoded: "7c6a180b36896a0a8c02787eeafb0e4c"},
		}
	}
	users[0].Hash = identity.Hash{Algorithm: identity.Argon2, Encoded: "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"}
	users[1].Hash = identity.Hash{}
	return users
}

// landedAndRead lands users and reads them back.
func landedAndRead(t *testing.T, s *Sink, users []identity.User) []sink.Found {
	t.Helper()
	var ids []string
	for _, u := range users {
		r, err := s.Write(t.Context(), []sink.Landing{{User: u, Judgement: s.Judge(u)}})
		if err != nil || r[0].Outcome != sink.Created {
			t.Fatalf("%s: %v, %v", u.ID, r, err)
		}
		ids = append(ids, r[0].TargetID)
	}
	found, err := s.Read(t.Context(), ids)
	if err != nil || len(found) != len(users) {
		t.Fatalf("%d read, %v", len(found), err)
	}
	return found
}

// TestRemove: whoever is as he was found goes; whoever has signed in, in any way
// that leaves a trace, or was edited, stays; who is not there is gone.
func TestRemove(t *testing.T) {
	for _, server := range servers {
		t.Run(string(server.Profile)+string(server.Database), func(t *testing.T) {
			t.Parallel()
			s, f := rehearse(t, server, Config{})
			found := landedAndRead(t, s, takenBack(9))
			for _, id := range []string{"back000", "back001", "back000", "back001"} { // 1.5 lists the latest only when another follows
				f.must(t, "POST", "/v1/users/"+id+"/sessions", `{}`)
			}
			if in, err := s.Login(t.Context(), "back002@example.com", "password1"); !in || err != nil {
				t.Fatalf("login: %v, %v", in, err)
			}
			f.must(t, "PATCH", "/v1/users/back003/name", `{"name":"Another"}`)
			f.must(t, "DELETE", "/v1/users/back004", "")
			f.must(t, "DELETE", "/v1/users/back005", "") // and somebody else's comes in its place
			f.must(t, "POST", "/v1/users", `{"userId":"BACK005"}`)
			f.requests()
			spared, err := s.Remove(t.Context(), found)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]identity.Code{
				"back000": identity.SignedIn, "back001": identity.SignedIn, "back002": identity.SignedIn, "back003": identity.ChangedSince,
			}
			for _, r := range spared {
				if r.Outcome != sink.Rejected || r.Problem == nil || r.Problem.Code != want[r.TargetID] {
					t.Errorf("%s spared: %v %v", r.TargetID, r.Outcome, r.Problem)
				}
				delete(want, r.TargetID)
			}
			if len(want) > 0 {
				t.Errorf("not spared: %v", want)
			}
			var left []string
			for u := range f.inner.All() {
				left = append(left, u.ID)
			}
			if slices.Sort(left); !slices.Equal(left, []string{"BACK005", "back000", "back001", "back002", "back003"}) {
				t.Errorf("left: %v", left)
			}
			asked := f.requests()
			for i, r := range asked { // nothing comes between the last look and the deletion
				if path, deletes := strings.CutPrefix(r, "DELETE "); deletes && asked[i-1] != "GET "+path {
					t.Errorf("before %s: %s", r, asked[i-1])
				}
			}
			if spared, err := s.Remove(t.Context(), found[6:]); err != nil || len(spared) > 0 {
				t.Errorf("once more: %v, %v", spared, err)
			}
		})
	}
}

// TestRemoveUnderFaults: lost answers, throttles and refusals of a while end as
// without them.
func TestRemoveUnderFaults(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{Seed: 5}, Config{Patience: 20e9})
	found := landedAndRead(t, s, takenBack(25))
	faults, err := rehearsal.ParseFaults("lost=8%,reset=4%,503=4%,429=4%,500=2%")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.inner.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	spared, err := s.Remove(t.Context(), found)
	if err != nil || len(spared) > 0 || f.inner.Users() != 0 {
		t.Errorf("spared %v, %d left, %v", spared, f.inner.Users(), err)
	}
}

// TestRemoveRefused: what the target will not delete is spared and named; what it
// refuses to everybody ends the call.
func TestRemoveRefused(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Patience: 20e9})
	found := landedAndRead(t, s, takenBack(4))
	refuse := func(status int, body string) func(*http.Request) (int, string) {
		return func(r *http.Request) (int, string) {
			if r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "2") {
				return status, body
			}
			return 0, ""
		}
	}
	f.set(func(f *front) { f.force = refuse(401, `{"type":"general_unauthorized_scope"}`) })
	if _, err := s.Remove(t.Context(), found); err == nil || f.inner.Users() != 2 {
		t.Errorf("%d left, %v", f.inner.Users(), err)
	}
	f.set(func(f *front) { f.force = refuse(412, `{"type":"user_is_needed"}`) })
	spared, err := s.Remove(t.Context(), found)
	if err != nil || len(spared) != 1 || spared[0].TargetID != "back002" || spared[0].Problem.Code != identity.TargetRefused {
		t.Errorf("%v, %v", spared, err)
	}
}

// TestRemoveCancelled: the user in hand is finished, no other is begun.
func TestRemoveCancelled(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	found := landedAndRead(t, s, takenBack(20))
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "007") {
				cancel(reason)
			}
			return 0, ""
		}
	})
	_, err := s.Remove(ctx, found)
	if !errors.Is(err, reason) || f.inner.Users() != 12 {
		t.Errorf("%d left, %v; want 12, and the cause", f.inner.Users(), err)
	}
}

// TestLandAfterRemove: up to 1.6 the targets of deleted users go later. Whoever
// lands in the meantime waits for that, and has one of his own in the end.
func TestLandAfterRemove(t *testing.T) {
	var ticks atomic.Int64 // no two moments are the same
	clock := func() time.Time { return time.Now().Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	s, f := rehearse(t, rehearsal.Config{Profile: rehearsal.V15, CleanUp: 400 * time.Millisecond, Now: clock}, Config{Patience: 20e9})
	users := takenBack(3)
	found := landedAndRead(t, s, users)
	if spared, err := s.Remove(t.Context(), found); err != nil || len(spared) > 0 {
		t.Fatal(spared, err)
	}
	again := landedAndRead(t, s, users)
	f.inner.Settle()
	for u := range f.inner.All() {
		if len(u.Targets) != 1 || u.Targets[0].Identifier != u.Email {
			t.Errorf("%s: targets %v", u.ID, u.Targets)
		}
	}
	if len(again) != len(users) || s.workerLate.Load() {
		t.Errorf("%d users, in vain %v", len(again), s.workerLate.Load())
	}
}

// TestLandBesideLeftovers: a worker that stands still holds an import up once.
func TestLandBesideLeftovers(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{Profile: rehearsal.V15, CleanUp: time.Hour}, Config{Patience: 300 * time.Millisecond})
	users := takenBack(6)
	if _, err := s.Remove(t.Context(), landedAndRead(t, s, users)); err != nil {
		t.Fatal(err)
	}
	f.requests()
	landedAndRead(t, s, users)
	asked := 0
	for _, r := range f.requests() {
		if strings.HasSuffix(r, "/targets") {
			asked++
		}
	}
	if !s.workerLate.Load() || asked > 2*len(users)+4 {
		t.Errorf("in vain %v, asked %d times", s.workerLate.Load(), asked)
	}
}
