package appwrite

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// TestMend: what a landed user lacks is filled, and nothing else is done: nobody is
// made, no other account is touched, what somebody has set otherwise stays.
func TestMend(t *testing.T) {
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Profile: Profile(version), Roles: Labels, Claims: Prefs})
		u := full()
		made := landOne(t, s, u, false)
		other := withHash(identity.User{ID: "other", Email: "other@example.com", Name: "O", Labels: []string{"staff"}, Disabled: true})
		landOne(t, s, other, false)
		f.must(t, "PATCH", "/v1/users/full/status", `{"status":true}`)
		f.must(t, "PUT", "/v1/users/full/labels", `{"labels":[]}`)
		f.must(t, "PATCH", "/v1/users/full/verification", `{"emailVerification":false}`)
		f.must(t, "PATCH", "/v1/users/other/name", `{"name":"Another"}`)
		f.must(t, "PUT", "/v1/users/other/labels", `{"labels":["vip"]}`)
		absent := withHash(identity.User{ID: "absent", Email: "absent@example.com"})
		results, err := s.Mend(t.Context(), []sink.Landing{
			{User: u, Created: made.Created}, {User: other}, {User: absent}, {User: other, Created: made.Created.Add(-time.Hour)},
		})
		if err != nil || len(results) != 4 {
			t.Fatalf("%v %v", results, err)
		}
		for i, want := range []sink.Outcome{sink.Recovered, sink.Recovered, sink.Rejected, sink.Rejected} {
			if results[i].Outcome != want {
				t.Errorf("%s %d: %s %v", version, i, results[i].Outcome, results[i].Problem)
			}
		}
		wantState(t, s, results[0])
		if there := f.look(t, "other"); !strings.Contains(there, `"name":"Another"`) || !strings.Contains(there, `"labels":["vip"]`) || !strings.Contains(there, `"status":false`) {
			t.Errorf("%s: %s", version, there)
		}
		if n := f.inner.Users(); n != 2 {
			t.Errorf("%s: %d users", version, n)
		}
	}
}

// TestNumberLost: a sign-in that was under way undoes what was changed meanwhile, and
// leaves the messaging target of a number that the user has no more, over which the
// server refuses the number. The target goes first, if the key may delete it; without
// that the account, which the person uses, is left, and the key's scope is named.
func TestNumberLost(t *testing.T) {
	for scope, want := range map[string]sink.Outcome{"targets.write": sink.Created, "users.read": sink.Rejected} {
		verifying, changed, signedIn := make(chan struct{}), make(chan struct{}), make(chan struct{})
		s, f := rehearse(t, rehearsal.Config{
			Profile: rehearsal.V15, LostUpdates: true, Keys: []rehearsal.Key{{Secret: secretKey, Scopes: []string{"users.read", "users.write", scope}}},
			Verify: func(identity.Hash, string) (bool, error) {
				close(verifying)
				<-changed
				return true, nil
			},
		}, Config{Profile: Profile15, Roles: Labels})
		hurry(s, time.Minute)
		f.shapes.any = true // the ids of targets are the server's own
		guest, err := New(Config{Endpoint: s.client.base.String(), Project: s.client.project, Key: secretKey})
		if err != nil {
			t.Fatal(err)
		}
		var begin, end sync.Once
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/verification/phone"):
					end.Do(func() { close(changed); <-signedIn })
				case strings.HasSuffix(r.URL.Path, "/phone"):
					begin.Do(func() {
						go func() {
							defer close(signedIn)
							if in, err := guest.Login(t.Context(), "u@example.com", "password"); !in || err != nil {
								t.Errorf("the sign-in: %v %v", in, err)
							}
						}()
						<-verifying
					})
				}
				return 0, ""
			}
		})
		u := withPassword(identity.User{ID: "u", Email: "u@example.com", Phone: "+12025550123", PhoneVerified: true, Labels: []string{"staff"}})
		r := landOne(t, s, u, false)
		if r.Outcome != want {
			t.Errorf("%s: %s %v", scope, r.Outcome, r.Problem)
		}
		if r.Outcome == sink.Rejected && (!strings.Contains(r.Problem.Detail, "targets.write") || !r.Left) {
			t.Errorf("%v", r.Problem)
		}
		there := f.look(t, "u")
		if strings.Contains(there, `"phone":"+12025550123"`) != (want == sink.Created) {
			t.Errorf("%s: %s", scope, there)
		}
		if !strings.Contains(there, `"labels":["staff"]`) || !strings.Contains(there, `argon2id`) {
			t.Errorf("%s: %s", scope, there)
		}
	}
}
