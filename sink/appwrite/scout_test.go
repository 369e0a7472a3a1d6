package appwrite

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// crowd are users of whom each meets somebody else in another way, or nobody.
func crowd() []identity.User {
	hashed := func(id, email, phone string) identity.User {
		return withHash(identity.User{ID: id, Email: email, Phone: phone})
	}
	return []identity.User{
		hashed("new", "new@example.com", "+12025550001"),
		hashed("there", "There@example.com", ""),
		hashed("there2", "other@example.com", "+12025550199"),
		hashed("Else", "mine@example.com", ""),
		hashed("mine1", "OTHER@example.com", ""),
		hashed("mine2", "mine2@example.com", "+12025550199"),
		{ID: "mine3", Phone: "+12025550199"},
		{ID: "mine4", Email: "other@example.com", Phone: "+12025550199"},
		{ID: "guest", Email: "guest@example.com", Phone: "+12025550002"},
		{ID: "phone-only", Phone: "+12025550188"},
		hashed("mine5", "federated@example.com", ""),
		{ID: "mine6", Email: "federated@example.com"},
		{ID: "anonymous"},
	}
}

func populate(t *testing.T, f *front) {
	for _, body := range []string{
		`{"userId":"there","email":"there@example.com","name":"Somebody"}`,
		`{"userId":"Else","email":"else@example.com"}`,
		`{"userId":"Other","email":"other@example.com","phone":"+12025550199"}`,
		`{"userId":"phone-only","phone":"+12025550188"}`,
		`{"userId":"signed","email":"signed@example.com"}`,
	} {
		f.must(t, "POST", "/v1/users", body)
	}
	if !f.inner.AddIdentity(rehearsal.Identity{ID: "i", UserID: "signed", Provider: "google", UID: "1", Email: "federated@example.com"}) {
		t.Fatal("no identity")
	}
}

// TestDryRunIsTheRun: what a dry run says of everybody is what the run then does.
func TestDryRunIsTheRun(t *testing.T) {
	for _, server := range servers {
		s, f := rehearse(t, server, Config{})
		populate(t, f)
		users := crowd()
		users = append(users, withHash(identity.User{ID: "ELSE", Email: "mine7@example.com"}))
		before := f.inner.Users()
		planned := dryRun(t, s, users)
		for _, line := range f.requests() {
			if !strings.HasPrefix(line, "GET ") {
				t.Errorf("%s: a dry run sent %s", server.Profile, line)
			}
		}
		if f.inner.Users() != before {
			t.Fatalf("%s: a dry run made somebody", server.Profile)
		}
		counts := map[sink.Outcome]int{}
		for i, u := range users {
			p, r := planned[i], landOne(t, s, u, false)
			if p.Outcome == sink.Planned {
				p.Outcome = sink.Created
			}
			unseen := u.ID == "ELSE" && server.Database == rehearsal.Postgres // the id in another letter case
			if p.Outcome != r.Outcome || p.TargetID != r.TargetID && !unseen || fmt.Sprint(p.Problem) != fmt.Sprint(r.Problem) || !slices.Equal(p.Losses, r.Losses) {
				t.Errorf("%s %s: planned %s %v, landed %s %v", server.Profile, u.ID, p.Outcome, p.Problem, r.Outcome, r.Problem)
			}
			counts[r.Outcome]++
		}
		if counts[sink.Created] != 5 || counts[sink.Existing] != 2 || counts[sink.Rejected] != len(users)-7 {
			t.Errorf("%s: %v", server.Profile, counts)
		}
	}
}

func dryRun(t *testing.T, s *Sink, users []identity.User) []sink.Result {
	t.Helper()
	landings := make([]sink.Landing, len(users))
	for i, u := range users {
		landings[i] = sink.Landing{User: u, Judgement: s.Judge(u)}
	}
	results, err := sink.DryRun(s).Write(t.Context(), landings)
	if err != nil || len(results) != len(users) {
		t.Fatalf("%d results of %d, %v", len(results), len(users), err)
	}
	return results
}

// TestLookInBatches: few requests for many users, each with no more values than the
// server takes and no longer than what stands before it does.
func TestLookInBatches(t *testing.T) {
	for _, length := range []int{20, 220} {
		s, f := rehearse(t, rehearsal.Config{Profile: rehearsal.V15}, Config{})
		var users []identity.User
		for i := range 250 {
			email := fmt.Sprintf("user%d@", i)
			for len(email) < length {
				email += "long+label."
			}
			email = strings.ReplaceAll(email, "+", "x") + "example.com"
			users = append(users, withHash(identity.User{ID: fmt.Sprintf("user%d", i), Email: email, Phone: fmt.Sprintf("+1202555%04d", i)}))
		}
		f.must(t, "POST", "/v1/users", fmt.Sprintf(`{"userId":"holder","email":%q}`, users[123].Email))
		longest := 0
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) { longest = max(longest, len(r.RequestURI)); return 0, "" }
		})
		planned := dryRun(t, s, users)
		at := slices.IndexFunc(planned, func(r sink.Result) bool { return r.Outcome != sink.Planned })
		if at != 123 || planned[at].Problem.Code != identity.EmailTaken || !strings.Contains(planned[at].Problem.Detail, `"holder"`) {
			t.Errorf("length %d: %d %+v", length, at, planned[at])
		}
		requests := len(f.requests())
		if most := map[int]int{20: 12, 220: 40}[length]; requests > most || longest > 8<<10 {
			t.Errorf("length %d: %d requests, the longest of %d bytes", length, requests, longest)
		}
	}
}

// TestManyIdentities: a person may have more than one identity of an address, so
// that the owners of many addresses do not fit one page.
func TestManyIdentities(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.must(t, "POST", "/v1/users", `{"userId":"signed","email":"signed@example.com"}`)
	var users []identity.User
	for i := range 60 {
		u := withHash(identity.User{ID: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@example.com", i)})
		users = append(users, u)
		for _, provider := range []string{"google", "github"} {
			f.inner.AddIdentity(rehearsal.Identity{ID: fmt.Sprint(provider, i), UserID: "signed", Provider: provider, UID: fmt.Sprint(i), Email: u.Email})
		}
	}
	for i, r := range dryRun(t, s, users) {
		if r.Outcome != sink.Rejected || r.Problem.Code != identity.EmailTaken {
			t.Errorf("%d: %s", i, r.Outcome)
		}
	}
}

// TestLookOffline: without a target nobody is met.
func TestLookOffline(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range dryRun(t, s, crowd()) {
		if r.Outcome != sink.Planned {
			t.Errorf("%s: %s", r.TargetID, r.Outcome)
		}
	}
}
