package appwrite

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// startedAnew has a server's database be started anew when it is asked for something
// for the nth time, and be back after so many more requests that need it.
func startedAnew(f *front, method, part string, nth, requests int) *atomic.Int64 {
	var asked, left, refused atomic.Int64
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			if r.Method == method && strings.HasSuffix(r.URL.Path, part) && asked.Add(1) == int64(nth) {
				left.Store(int64(requests))
			}
			cached := r.Method == http.MethodGet && r.URL.RawQuery == "" && f.look(nil, r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]) != ""
			if cached || left.Add(-1) < 0 {
				return 0, ""
			}
			refused.Add(1)
			return http.StatusInternalServerError, `{"message":"Server Error","code":500,"type":"general_unknown","version":"1.9.6"}`
		}
	})
	return &refused
}

// TestDatabaseStartedAnew: while the database is away every change is a 500, and the
// cache shows every user as if nothing were wrong. Nobody is to blame for that.
func TestDatabaseStartedAnew(t *testing.T) {
	for _, version := range versions {
		for _, step := range []struct{ method, part string }{
			{"POST", "/bcrypt"}, {"PATCH", "/status"}, {"PATCH", "/phone"}, {"PATCH", "/verification"}, {"PUT", "/labels"}, {"PATCH", "/prefs"},
		} {
			for _, requests := range []int{1, 6, 8} {
				s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Profile: Profile(version), Roles: Labels, Claims: Prefs})
				hurry(s, time.Minute)
				since := began(t, s)
				refused := startedAnew(f, step.method, step.part, 1, requests)
				r := land(t, s, sink.Landing{User: full(), Since: since})
				if r.Outcome != sink.Created || refused.Load() != int64(requests) {
					t.Errorf("%s, away for %d requests from %s on: %s %v", version, requests, step.part, r.Outcome, r.Problem)
					continue
				}
				wantState(t, s, r)
			}
		}
	}
}

// TestRemoveWhileDatabaseIsAway: likewise when users are taken back.
func TestRemoveWhileDatabaseIsAway(t *testing.T) {
	for _, requests := range []int{1, 6, 8} {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		hurry(s, time.Minute)
		found := landedAndRead(t, s, takenBack(5))
		startedAnew(f, "DELETE", "", 2, requests)
		if spared, err := s.Remove(t.Context(), found); err != nil || len(spared) > 0 || f.inner.Users() != 0 {
			t.Errorf("away for %d requests: spared %v, %d left, %v", requests, spared, f.inner.Users(), err)
		}
	}
}

// TestDatabaseAwayForGood: who waits in vain says that the target gave out, and
// rejects nobody.
func TestDatabaseAwayForGood(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	hurry(s, 200*time.Millisecond)
	since := began(t, s)
	startedAnew(f, "PATCH", "/status", 1, 1<<30)
	results, err := s.Write(t.Context(), []sink.Landing{{User: full(), Since: since}})
	if passing, ok := errors.AsType[sink.Transient](err); len(results) != 0 || !ok || !passing.Transient() {
		t.Errorf("%v %v", results, err)
	}
}

// TestRefusedByAWellServer: what this one user cannot have is said, and soon, if the
// database answers all the while.
func TestRefusedByAWellServer(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
	hurry(s, time.Minute)
	f.set(changes("PUT", "/labels", func() (int, string) {
		return http.StatusInternalServerError, `{"message":"Server Error","code":500,"type":"general_unknown","version":"1.9.6"}`
	}))
	r := landOne(t, s, full(), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused || f.look(t, "full") != "" {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	asked := 0
	for _, line := range f.requests() {
		if line == "PUT /v1/users/full/labels" {
			asked++
		}
	}
	if asked != 2*maxBroken {
		t.Errorf("asked %d times", asked)
	}
}

// TestGaveUpAfter: what is said of the time that was waited is true: the last try
// comes at its end, and whoever asks for more than is left is not waited for.
func TestGaveUpAfter(t *testing.T) {
	p := patience{total: 10 * time.Second, first: firstWait}
	var waited time.Duration
	tries := 1
	for ; ; tries++ {
		wait, tired := p.next(tries, waited, 0)
		if tired != nil {
			if tired.last = "last response: status 503"; waited != p.total || tired.Error() != "the target is unavailable: gave up after 10s (last response: status 503)" {
				t.Errorf("after %v: %v", waited, tired)
			}
			break
		}
		waited += wait
	}
	if tries < 6 {
		t.Errorf("%d tries", tries)
	}
	if _, tired := p.next(1, 4*time.Second, time.Hour); tired == nil || tired.Error() != "the target is unavailable: it asks to retry after 1h0m0s" {
		t.Errorf("%v", tired)
	}
	if wait, tired := p.next(1, 4*time.Second, 5*time.Second); tired != nil || wait != 5*time.Second {
		t.Errorf("%v %v", wait, tired)
	}
}
