package appwrite

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// use is something that happens to an account after it was landed, without its
// hash, its address or anything else of what was landed being another.
type use struct {
	name, shows string
	only        rehearsal.Profile // "": both
	do          func(t *testing.T, f *front, id string)
}

func uses() []use {
	ask := func(method, path, body string) func(*testing.T, *front, string) {
		return func(t *testing.T, f *front, id string) {
			f.must(t, method, strings.ReplaceAll("/v1"+path, "ID", id), strings.ReplaceAll(body, "ID", id))
		}
	}
	return []use{
		{"token", usedLog, "", signInByToken},
		{"server-session", usedSession, "", func(t *testing.T, f *front, id string) {
			for range 2 { // 1.5 lists the latest only when another follows
				f.must(t, "POST", "/v1/users/"+id+"/sessions", `{}`)
			}
		}},
		{"signed-out", usedLog, "", func(t *testing.T, f *front, id string) {
			signInByToken(t, f, id)
			f.must(t, "DELETE", "/v1/users/"+id+"/sessions", "")
		}},
		{"team", usedTeam, "", ask("POST", "/teams/team/memberships", `{"userId":"ID","roles":["owner"]}`)},
		{"mfa", usedMFA, "", ask("PATCH", "/users/ID/mfa", `{"mfa":true}`)},
		{"target", usedTarget, "", ask("POST", "/users/ID/targets", `{"targetId":"t-ID","providerType":"email","identifier":"other-ID@example.com"}`)},
		{"push", usedTarget, "", ask("POST", "/users/ID/targets", `{"targetId":"p-ID","providerType":"push","identifier":"device-of-ID"}`)},
		{"impersonator", usedImpersonate, rehearsal.V19, ask("PATCH", "/users/ID/impersonator", `{"impersonator":true}`)},
		{"identity", usedIdentity, "", func(t *testing.T, f *front, id string) {
			if !f.inner.AddIdentity(rehearsal.Identity{ID: "i-" + id, UserID: id, Provider: "google", UID: "g-" + id, Email: id + "@gmail.com"}) {
				t.Fatal("no such user")
			}
		}},
	}
}

// signInByToken is what a magic URL, a code or a custom token come down to: the
// person redeems a secret, as a guest.
func signInByToken(t *testing.T, f *front, id string) {
	t.Helper()
	var token struct{ Secret string }
	if err := json.Unmarshal([]byte(f.must(t, "POST", "/v1/users/"+id+"/tokens", `{}`)), &token); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/v1/account/sessions/token", strings.NewReader(fmt.Sprintf(`{"userId":%q,"secret":%q}`, id, token.Secret)))
	r.Header.Set("X-Appwrite-Project", f.inner.Project())
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	if f.inner.ServeHTTP(answer, r); answer.Code != 201 {
		t.Fatalf("sign-in by token: %d %s", answer.Code, answer.Body)
	}
}

// TestTraces: whoever shows any trace of use is seen by who looks closely, and is
// spared by Remove; whoever shows none goes.
func TestTraces(t *testing.T) {
	for _, server := range servers {
		t.Run(string(server.Profile)+string(server.Database), func(t *testing.T) {
			t.Parallel()
			server.Keys = []rehearsal.Key{{Secret: "standard_all"}, {Secret: "standard_users", Scopes: []string{"users.read", "users.write"}}}
			s, f := rehearse(t, server, Config{Key: "standard_users"})
			f.must(t, "POST", "/v1/teams", `{"teamId":"team","name":"Team"}`)
			shows := map[string]string{"unused": "", "unused-too": ""}
			var users []identity.User
			for _, u := range uses() {
				if u.only == "" || u.only == server.Profile {
					shows[u.name] = u.shows
				}
			}
			for name := range shows {
				users = append(users, identity.User{
					ID: name, Email: name + "@example.com", EmailVerified: true,
					Hash: identity.Hash{Algorithm: identity.MD5, Encoded: "7c6a180b36896a0a8c02787eeafb0e4c"},
				})
			}
			landed := landedAndRead(t, s, users)
			for _, u := range uses() {
				if _, there := shows[u.name]; there {
					u.do(t, f, u.name)
				}
			}
			found, err := s.Closely().Read(t.Context(), slices.Collect(maps.Keys(shows)))
			if err != nil || len(found) != len(shows) {
				t.Fatal(len(found), err)
			}
			seen := map[string]string{}
			for _, u := range found {
				seen[u.TargetID] = u.Used
			}
			if !maps.Equal(seen, shows) {
				t.Errorf("seen: %v\nwant: %v", seen, shows)
			}
			sparesTheUsed(t, s, f, landed, shows)
		})
	}
}

func sparesTheUsed(t *testing.T, s *Sink, f *front, landed []sink.Found, shows map[string]string) {
	t.Helper()
	spared, err := s.Remove(t.Context(), landed)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range spared {
		if r.Problem == nil || r.Problem.Code != identity.SignedIn || r.Problem.Detail != shows[r.TargetID] {
			t.Errorf("%s spared: %v", r.TargetID, r.Problem)
		}
	}
	if left := f.inner.Users(); len(spared) != len(shows)-2 || left != len(spared) {
		t.Errorf("%d spared, %d left; want %d", len(spared), left, len(shows)-2)
	}
}

// TestUnseenTraces: a key that may not list what it takes to tell who has used an
// account deletes nobody, and is told so with the way out.
func TestUnseenTraces(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	found := landedAndRead(t, s, takenBack(3))
	for _, part := range []string{"/sessions", "/memberships", "/logs", "/users/identities"} {
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				if strings.HasSuffix(r.URL.Path, part) {
					return 401, `{"type":"general_unauthorized_scope"}`
				}
				return 0, ""
			}
		})
		_, removing := s.Remove(t.Context(), found)
		_, reading := s.Closely().Read(t.Context(), []string{"back000"})
		for _, err := range []error{removing, reading} {
			if err == nil || !strings.Contains(err.Error(), "may not list") || hintOf(err) == "" {
				t.Errorf("%s: %v", part, err)
			}
		}
	}
	if f.inner.Users() != 3 {
		t.Errorf("%d users left of 3", f.inner.Users())
	}
}
