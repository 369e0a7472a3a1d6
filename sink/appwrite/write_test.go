package appwrite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// hurry makes the waits between tries short, and the patience as long as said.
func hurry(s *Sink, total time.Duration) *Sink {
	p := patience{total: total, first: time.Millisecond}
	s.client.patience, s.client.transport.patience = p, p
	return s
}

func landOne(t *testing.T, s *Sink, u identity.User, taken bool) sink.Result {
	t.Helper()
	return land(t, s, sink.Landing{User: u, Taken: taken})
}

// landSince is the landing of a resumed run.
func landSince(t *testing.T, s *Sink, u identity.User, since time.Time) sink.Result {
	t.Helper()
	return land(t, s, sink.Landing{User: u, Taken: true, Since: since})
}

func land(t *testing.T, s *Sink, l sink.Landing) sink.Result {
	t.Helper()
	results, err := s.Write(t.Context(), []sink.Landing{l})
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return results[0]
}

// wantState compares what a result says with what is read back.
func wantState(t *testing.T, s *Sink, r sink.Result) sink.Found {
	t.Helper()
	found, err := s.Read(t.Context(), []string{r.TargetID})
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: read %d, %v", r.TargetID, len(found), err)
	}
	if found[0].State != r.State {
		t.Errorf("%s: read back\n%s\nlanded\n%s", r.TargetID, string(found[0].State.Profile), string(r.State.Profile))
	}
	return found[0]
}

func full() identity.User {
	return withHash(identity.User{
		ID: "full", Email: "Full@Example.com", EmailVerified: true, Phone: "+12025550123", PhoneVerified: true, Name: "Zoë", Disabled: true,
		Labels: []string{"b", "a"}, Attributes: map[string]any{"tier": "gold", "nested": map[string]any{}, "n": 1.0},
		Created: time.Unix(1_600_000_000, 0),
	})
}

// TestRequests: one request for a user with nothing but an address and a hash, and
// for each thing more exactly one: the block first, the others in the order in which
// none undoes another.
func TestRequests(t *testing.T) {
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Profile: Profile(version), Roles: Labels, Claims: Prefs, Dates: Prefs})
		wantState(t, s, landOne(t, s, withHash(identity.User{ID: "plain", Email: "plain@example.com", Name: "P"}), false))
		if got := f.requests(); !slices.Equal(got, []string{"POST /v1/users/bcrypt", "GET /v1/users"}) {
			t.Errorf("%s: %v", version, got)
		}
		r := landOne(t, s, full(), false)
		want := []string{
			"GET /v1/users", // whose number it is
			"POST /v1/users/bcrypt", "PATCH /v1/users/full/status",
			"PATCH /v1/users/full/phone", "PATCH /v1/users/full/verification", "PATCH /v1/users/full/verification/phone",
			"PUT /v1/users/full/labels", "PATCH /v1/users/full/prefs",
		}
		if version == rehearsal.V15 { // which loses updates
			want = append(want, "GET /v1/users/full")
		}
		if got := f.requests(); !slices.Equal(got, want) {
			t.Errorf("%s:\n%v, want\n%v", version, got, want)
		}
		wantState(t, s, r)
		guest := identity.User{ID: "guest", Phone: "+12025550124", Name: "G"}
		wantState(t, s, landOne(t, s, guest, false))
		if got := f.requests(); !slices.Equal(got, []string{"GET /v1/users", "POST /v1/users", "GET /v1/users"}) {
			t.Errorf("%s: %v", version, got)
		}
	}
}

// TestLogins lands a hash of each kind and signs in with its password.
func TestLogins(t *testing.T) {
	for _, version := range versions {
		s, _ := rehearse(t, rehearsal.Config{Profile: version}, Config{AllowUndocumented: true})
		for i, kind := range kinds(t) {
			u := identity.User{ID: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@example.com", i), Hash: kind.hash()}
			r := landOne(t, s, u, false)
			if r.Outcome != sink.Created {
				t.Fatalf("%s %s: %s %v", version, kind.Algo, r.Outcome, r.Problem)
			}
			if found := wantState(t, s, r); found.SignedIn {
				t.Errorf("%s %s: signed in before anybody did", version, kind.Algo)
			}
			for _, try := range []struct {
				password string
				want     bool
			}{{*kind.Password + "x", false}, {*kind.Password, true}} {
				if !try.want && i > 0 {
					continue // one refusal is enough: each try computes a hash
				}
				if ok, err := s.Login(t.Context(), u.Email, try.password); ok != try.want || err != nil {
					t.Errorf("%s %s: login %v %v, want %v", version, kind.Algo, ok, err, try.want)
				}
			}
			found, err := s.Read(t.Context(), []string{u.ID})
			if err != nil || found[0].SignedIn != (u.Hash.Algorithm != identity.Argon2) || found[0].State.Profile != r.State.Profile {
				t.Errorf("%s %s: after signing in %+v %v", version, kind.Algo, found[0].SignedIn, err)
			}
			if changed := found[0].State.Credential != r.State.Credential; changed != found[0].SignedIn {
				t.Errorf("%s %s: credential changed: %v", version, kind.Algo, changed)
			}
		}
		if ok, err := s.Login(t.Context(), "user0@example.com", "short"); ok || err != nil {
			t.Errorf("a password that no login takes: %v %v", ok, err)
		}
	}
}

// kinds is one cheap vector of each kind, all of one password: the server hashes
// it anew at each first sign-in, but not always with another salt.
func kinds(t *testing.T) []vector {
	seen := map[string]bool{}
	var all []vector
	for line := range jsonLines("vectors/vectors.jsonl") {
		v := decode[vector](t, line)
		if v.Password == nil || *v.Password != "password" || !v.Verifies || endpoints[v.Algo] == "" || v.Algo == "wp-bcrypt" || seen[v.Algo] {
			continue
		}
		if _, bad := (rules{profile: Profile19, undocumented: true}).payload(identity.User{Hash: v.hash()}); bad != nil || strings.Contains(v.Hash, "m=65536") || v.Params.CPU > 1<<14 {
			continue
		}
		seen[v.Algo] = true
		all = append(all, v)
	}
	if len(all) != 10 {
		t.Fatalf("%d kinds of hash", len(all))
	}
	return all
}

// TestInTheWay: each conflict is named for what it is, with the other account, and
// leaves nothing behind.
func TestInTheWay(t *testing.T) {
	for _, server := range servers {
		s, f := rehearse(t, server, Config{})
		f.must(t, "POST", "/v1/users", `{"userId":"Other","email":"other@example.com","phone":"+12025550199"}`)
		for _, c := range []struct {
			name string
			user identity.User
			code identity.Code
		}{
			{"id", withHash(identity.User{ID: "Other", Email: "mine@example.com"}), identity.IDTaken},
			{"id of a user without address", identity.User{ID: "Other", Phone: "+12025550111"}, identity.IDTaken},
			{"e-mail", withHash(identity.User{ID: "mine", Email: "Other@example.com"}), identity.EmailTaken},
			{"phone", identity.User{ID: "mine", Phone: "+12025550199"}, identity.PhoneTaken},
		} {
			for _, taken := range []bool{false, true} {
				r := landOne(t, s, c.user, taken)
				if r.Outcome != sink.Rejected || r.Problem == nil || r.Problem.Code != c.code || !strings.Contains(r.Problem.Detail, `"Other"`) {
					t.Errorf("%s %s: %s %v", server.Profile, c.name, r.Outcome, r.Problem)
				}
			}
		}
		if n := f.inner.Users(); n != 1 {
			t.Errorf("%s: %d users", server.Profile, n)
		}
	}
}

// TestIdentityInTheWay: an address that a federated identity holds has a conflict
// of its own.
func TestIdentityInTheWay(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			switch {
			case r.Method == "POST":
				return 409, `{"message":"…","code":409,"type":"user_email_already_exists","version":"1.9.6"}`
			case r.URL.Path == "/v1/users/identities":
				return 200, `{"total":1,"identities":[{"$id":"ident1","userId":"iu","provider":"google"}]}`
			}
			return 0, ""
		}
	})
	r := landOne(t, s, withHash(identity.User{ID: "io", Email: "oauth@example.com"}), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.EmailTaken || !strings.Contains(r.Problem.Detail, `"iu"`) {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			if r.Method == "POST" {
				return 409, `{"message":"…","code":409,"type":"user_already_exists","version":"1.9.6"}`
			}
			return 0, ""
		}
	})
	r = landOne(t, s, withHash(identity.User{ID: "nobody", Email: "nobody@example.com"}), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.IDTaken {
		t.Errorf("a conflict with nobody: %s %v", r.Outcome, r.Problem)
	}
}

func TestPersonalData(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{Policies: rehearsal.Policies{PersonalData: true}}, Config{})
	r := landOne(t, s, withHash(identity.User{ID: "some-id", Email: "p@example.com"}), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.PolicyPersonal || f.inner.Users() != 0 {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
}

// TestServerErrors: a 500 that only this user meets is this user's; one that
// everybody meets is the server's, and may pass.
func TestServerErrors(t *testing.T) {
	const ill = `{"message":"Server Error","code":500,"type":"general_unknown","version":"1.9.6"}`
	fails := func(when func(*http.Request) bool) func(*front) {
		return func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				if when(r) {
					return 500, ill
				}
				return 0, ""
			}
		}
	}
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Roles: Labels})
		hurry(s, time.Minute)
		f.set(fails(func(r *http.Request) bool { return r.Method == "POST" }))
		r := landOne(t, s, full(), false)
		if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused {
			t.Errorf("a create: %s %v", r.Outcome, r.Problem)
		}
		f.set(fails(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/labels") }))
		other := full()
		other.ID, other.Email, other.Phone = "other", "other@example.com", "+12025550124"
		r = landOne(t, s, other, false)
		if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused || !strings.Contains(r.Problem.Detail, "labels") {
			t.Errorf("the labels: %s %v", r.Outcome, r.Problem)
		}
		if f.look(t, "other") != "" {
			t.Errorf("%s: a rejected user was left there", version)
		}
		hurry(s, 100*time.Millisecond)
		f.set(fails(func(r *http.Request) bool { return r.Method != "POST" }))
		_, err := s.Write(t.Context(), []sink.Landing{{User: full(), Taken: true}})
		if passing, ok := errors.AsType[sink.Transient](err); !ok || !passing.Transient() {
			t.Errorf("a server that is ill: %v", err)
		}
		f.set(func(f *front) { f.force = nil })
		if r = landOne(t, s, full(), true); r.Outcome != sink.Recovered {
			t.Errorf("the half-made user: %s %v", r.Outcome, r.Problem)
		}
		wantState(t, s, r)
	}
}

// TestPhoneRefused: a user whose number the server does not take is not left there
// without it.
func TestPhoneRefused(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/phone") && r.Method == "PATCH" && !strings.Contains(r.URL.Path, "verification") {
				return 400, "{\"message\":\"Invalid `number` param: …\",\"code\":400,\"type\":\"general_argument_invalid\"}"
			}
			return 0, ""
		}
	})
	r := landOne(t, s, full(), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused || !strings.Contains(r.Problem.Detail, "phone number") {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	if f.look(t, "full") != "" {
		t.Error("a rejected user was left there")
	}
}

// TestLostCreate: after a create without an answer comes a look, and only then
// another create; and who was there before stays somebody else's.
func TestLostCreate(t *testing.T) {
	var back atomic.Int64
	s, f := rehearse(t, rehearsal.Config{Now: behind(&back)}, Config{})
	back.Store(int64(time.Hour))
	f.must(t, "POST", "/v1/users/bcrypt", `{"userId":"v","email":"v@example.com","password":"`+bcryptHash+`"}`)
	back.Store(0)
	since := began(t, s)
	f.requests()
	f.set(func(f *front) { f.lose = 1 })
	u := withHash(identity.User{ID: "u", Email: "u@example.com", Disabled: true})
	if r := land(t, s, sink.Landing{User: u, Since: since}); r.Outcome != sink.Created {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	if got := f.requests(); !slices.Equal(got, []string{"POST /v1/users/bcrypt", "GET /v1/users/u", "PATCH /v1/users/u/status"}) {
		t.Errorf("%v", got)
	}
	before := f.look(t, "v")
	f.set(func(f *front) { f.lose = 1 })
	u.ID, u.Email = "v", "v@example.com"
	if r := land(t, s, sink.Landing{User: u, Since: since}); r.Outcome != sink.Existing || f.look(t, "v") != before {
		t.Errorf("somebody's user of an hour ago: %s %v", r.Outcome, r.Problem)
	}
}

// TestNeverBlindly: no create is sent twice without a look in between, whatever
// came instead of an answer.
func TestNeverBlindly(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	hurry(s, time.Minute)
	for _, code := range []int{408, 500, 502, 503, 504} {
		times := 2
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				if r.Method != "POST" || times == 0 {
					return 0, ""
				}
				times--
				return code, "{}"
			}
		})
		f.requests()
		id := fmt.Sprint("u", code)
		if r := landOne(t, s, withHash(identity.User{ID: id, Email: id + "@example.com"}), false); r.Outcome != sink.Created {
			t.Errorf("%d: %s %v", code, r.Outcome, r.Problem)
		}
		create, look := "POST /v1/users/bcrypt", "GET /v1/users/"+id
		if got := f.requests(); !slices.Equal(got, []string{create, look, create, look, create}) {
			t.Errorf("%d: %v", code, got)
		}
	}
	f.set(func(f *front) { f.force, f.down = nil, true })
	hurry(s, 100*time.Millisecond)
	if _, err := s.Write(t.Context(), []sink.Landing{{User: someone(1)}}); err == nil {
		t.Error("landed on a server that is down")
	}
	creates := 0
	for _, line := range f.requests() {
		if strings.HasPrefix(line, "POST") {
			creates++
		}
	}
	if creates != 1 {
		t.Errorf("%d creates without an answer to a look in between", creates)
	}
}

// TestRefused: what the server says of one user alone is that user's problem, by
// the parameter's name and without its value.
func TestRefused(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.set(func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			return 400, "{\"message\":\"Invalid `phone` param: +12025550100 is nobody's\",\"code\":400,\"type\":\"general_argument_invalid\"}"
		}
	})
	r := landOne(t, s, identity.User{ID: "a", Phone: "+12025550100"}, false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused || !strings.Contains(r.Problem.Detail, "about phone") || strings.Contains(r.Problem.Detail, "+1202") {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
}

// TestOlderThanTheRun: a user without a password who was there before the run is
// nobody's to complete, however alike.
func TestOlderThanTheRun(t *testing.T) {
	u := identity.User{ID: "old", Email: "old@example.com", EmailVerified: true}
	for since, want := range map[time.Time]sink.Outcome{
		{}:                              sink.Rejected,  // not known
		time.Now().Add(5 * time.Second): sink.Recovered, // within what clocks may be apart
		time.Now().Add(time.Hour):       sink.Existing,
		time.Now().Add(-1 * time.Hour):  sink.Recovered,
	} {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		if _, err := s.Preflight(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.must(t, "POST", "/v1/users", `{"userId":"old","email":"old@example.com"}`)
		before := f.look(t, "old")
		if r := landSince(t, s, u, since); r.Outcome != want {
			t.Errorf("since %v: %s", since, r.Outcome)
		}
		if touched := f.look(t, "old") != before; touched != (want == sink.Recovered) {
			t.Errorf("since %v: touched %v", since, touched)
		}
	}
}

// TestBeginningUnknown: where it is not known when the run began, a hash can show
// that an account is ours, and nothing else can.
func TestBeginningUnknown(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.must(t, "POST", "/v1/users", `{"userId":"u","email":"u@example.com"}`)
	u := identity.User{ID: "u", Email: "u@example.com", EmailVerified: true}
	if r := landOne(t, s, u, true); r.Outcome != sink.Rejected || r.Problem.Code != identity.AccountUnclear || !r.Left {
		t.Errorf("%+v", r)
	}
	f.set(func(f *front) { f.lose = 1 })
	if r := landOne(t, s, u, false); r.Outcome != sink.Rejected || r.Problem.Code != identity.AccountUnclear {
		t.Errorf("after a conflict that was not heard: %s %v", r.Outcome, r.Problem)
	}
	f.set(func(f *front) { f.lose = 1 })
	if r := landOne(t, s, withHash(identity.User{ID: "v", Email: "v@example.com"}), false); r.Outcome != sink.Created {
		t.Errorf("ours by its hash: %s %v", r.Outcome, r.Problem)
	}
}

// TestFaults: whatever goes wrong on the way, everybody lands once and whole.
func TestFaults(t *testing.T) {
	faults, err := rehearsal.ParseFaults("lost=8%,reset=4%,503=5%,429=2%,500=4%,half=4%,slow=2%@2ms")
	if err != nil {
		t.Fatal(err)
	}
	for seed, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version, Faults: faults, Seed: uint64(seed)}, Config{Workers: 8, Roles: Labels, Dates: Prefs})
		hurry(s, time.Minute)
		results := landMany(t, s, 200)
		for _, r := range results {
			if r.Outcome != sink.Created {
				t.Errorf("%s %s: %s %v", version, r.TargetID, r.Outcome, r.Problem)
				continue
			}
			wantState(t, s, r)
			if a, err := s.client.get(t.Context(), r.TargetID); err != nil || !a.reaches(a.Email) || !a.reaches(a.Phone) {
				t.Errorf("%s %s: %v, targets %v", version, r.TargetID, err, a.Targets)
			}
		}
		if n := f.inner.Users(); n != 200 || len(results) != n {
			t.Errorf("%s: %d users, %d results", version, n, len(results))
		}
	}
}

func landMany(t *testing.T, s *Sink, n int) []sink.Result {
	t.Helper()
	var mu sync.Mutex
	var all []sink.Result
	var group sync.WaitGroup
	const workers = 8
	since := began(t, s)
	for w := range workers {
		group.Go(func() {
			for i := w; i < n; i += workers {
				results, err := s.Write(t.Context(), []sink.Landing{{User: someone(i), Since: since}})
				if err != nil {
					t.Errorf("user %d: %v", i, err)
					return
				}
				mu.Lock()
				all = append(all, results...)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return all
}

func someone(i int) identity.User {
	u := withHash(identity.User{ID: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@example.com", i), EmailVerified: i%2 == 0, Disabled: i%7 == 0, Created: time.Unix(int64(i+1), 0)})
	if i%3 == 0 {
		u.Phone, u.Labels = fmt.Sprintf("+1202555%04d", i), []string{"member"}
	}
	if i%4 == 0 {
		u.Hash = identity.Hash{}
	}
	return u
}

// TestDrain: a target that gave out is not waited for once the run is cancelled.
func TestDrain(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Patience: 300 * time.Millisecond})
	f.set(func(f *front) { f.left = 1 })
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { cancel(reason) })
	results, err := s.Write(ctx, []sink.Landing{{User: full()}, {User: someone(1)}})
	if _, weary := errors.AsType[*weary](err); len(results) != 0 || !weary && !errors.Is(err, reason) {
		t.Errorf("%d results, %v", len(results), err)
	}
}
