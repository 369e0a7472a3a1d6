package appwrite

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// hintOf is what an error says to do.
func hintOf(err error) string {
	h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err)
	if !ok {
		return ""
	}
	return h.Hint()
}

// TestScopes: a missing scope is named, and a key of elsewhere is told from one
// that may do nothing.
func TestScopes(t *testing.T) {
	for _, version := range versions {
		for _, c := range []struct {
			key    string
			scopes []string
			want   string
		}{
			{"", []string{"users.read", "users.write"}, ""},
			{"", []string{"users.read"}, "the API key lacks the scope users.write"},
			{"", []string{"users.write"}, "the API key lacks the scope users.read"},
			{"", []string{"sessions.write"}, "the API key lacks the scopes users.read and users.write"},
			{"standard_elsewhere", nil, "the API key is not one of the project"},
			{"elsewhere", nil, "the API key is not one of the project"},
		} {
			s, f := rehearse(t, rehearsal.Config{Profile: version, Keys: []rehearsal.Key{{Secret: "standard_ours", Scopes: c.scopes}}}, Config{Key: identity.Secret(c.key)})
			_, err := s.Preflight(t.Context())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want) || hintOf(err) == "") {
				t.Errorf("%s %v %q: %v", version, c.scopes, c.key, err)
			}
			if f.inner.Users() != 0 {
				t.Error("the preflight made somebody")
			}
		}
	}
}

// TestExamine: what a project is like is found out without changing anything there.
func TestExamine(t *testing.T) {
	users := []rehearsal.Policies{{}, {NoEmailPassword: true}, {PersonalData: true}}
	for _, server := range servers {
		for _, policies := range users {
			for _, people := range []int{0, 3} {
				server.Policies = policies
				s, f := rehearse(t, server, Config{})
				for i := range people {
					f.must(t, "POST", "/v1/users", `{"userId":"`+strings.Repeat("u", i+1)+`"}`)
				}
				p, err := s.Examine(t.Context())
				want := Project{Profile: Profile19, Users: people, Login: On, Account: On, Personal: Off, Mends: true, Strength: Off, Dictionary: Off}
				if policies.NoEmailPassword {
					want.Login = Off
				}
				if policies.PersonalData {
					want.Personal = On
				}
				if people == 0 {
					want.Personal = Unknown
				}
				if err != nil || p != want || f.inner.Users() != people {
					t.Errorf("%s: %+v %v, want %+v; %d users now", server.Profile, p, err, want, f.inner.Users())
				}
				if doubt := p.Doubt() != nil; doubt != (want.Personal == On) {
					t.Errorf("%+v: doubt %v", p, doubt)
				}
			}
		}
	}
}

// TestExamineCounts: the server counts to 5,000.
func TestExamineCounts(t *testing.T) {
	for users, want := range map[int]string{0: "no users", 1: "one user", 999: "999 users", 4999: "4,999 users", MaxUsers: "5,000 users or more"} {
		if got := (Project{Users: users}).users(); !strings.HasPrefix(got, want) {
			t.Errorf("%d: %s", users, got)
		}
	}
}

// TestExamineLimited: a login that is throttled is no reason to stop, and nobody's
// share of tries is used.
func TestExamineLimited(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{Abuse: true}, Config{})
	for range 12 { // more than one address may try in an hour
		if p, err := s.Examine(t.Context()); err != nil || p.Login != On {
			t.Errorf("%+v %v", p, err)
		}
	}
	hurry(s, 20*time.Millisecond)
	f.set(changes("POST", "/email", func() (int, string) {
		return http.StatusTooManyRequests, `{"type":"general_rate_limit_exceeded"}`
	}))
	if p, err := s.Examine(t.Context()); err != nil || p.Login != Unknown {
		t.Errorf("%+v %v", p, err)
	}
}

// TestMends: up to 1.7 messaging targets have a scope of their own.
func TestMends(t *testing.T) {
	for version, mends := range map[rehearsal.Profile]bool{rehearsal.V15: false, rehearsal.V19: true} {
		s, _ := rehearse(t, rehearsal.Config{Profile: version, Keys: []rehearsal.Key{{Secret: "standard_ours", Scopes: []string{"users.read", "users.write"}}}}, Config{})
		p, err := s.Examine(t.Context())
		said := strings.Contains(strings.Join(p.Notes(), "\n"), "targets.write")
		if err != nil || p.Mends != mends || said == mends {
			t.Errorf("%s: %+v %v", version, p, err)
		}
	}
}

// TestPolicyCanary: where nobody is there to ask under, a canary is, and it is gone
// afterwards, whatever happens to its answers.
func TestPolicyCanary(t *testing.T) {
	faults, err := rehearsal.ParseFaults("lost=20%,503=10%,half=10%,500=5%,429=5%")
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range servers {
		for _, on := range []bool{false, true} {
			for seed := range 10 {
				server.Policies.PersonalData, server.Faults, server.Seed = on, faults, uint64(seed)
				s, f := rehearse(t, server, Config{})
				hurry(s, time.Minute)
				_, err := s.Begin(t.Context())
				if refused := err != nil; refused != on || on && (!errors.Is(err, errPersonal) || hintOf(err) == "") {
					t.Errorf("%s, policy %v: %v", server.Profile, on, err)
				}
				if n := f.inner.Users(); n != 0 {
					t.Errorf("%s: %d users left", server.Profile, n)
				}
			}
		}
	}
}

// TestPolicyCanaryLeft: what a kill left behind is cleared away by the next try; a
// person's own user of that name is not.
func TestPolicyCanaryLeft(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.must(t, "POST", "/v1/users/md5", `{"userId":"`+trialID+`","email":"`+trialEmail+`","password":"`+trialHash+`"}`)
	if p, err := s.Examine(t.Context()); err != nil || p.Users != 1 {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := s.Begin(t.Context()); err != nil || f.inner.Users() != 0 {
		t.Errorf("%v, %d users left", err, f.inner.Users())
	}
	f.must(t, "POST", "/v1/users/md5", `{"userId":"`+trialID+`","email":"bird@example.com","password":"`+trialHash+`"}`)
	if _, err := s.Begin(t.Context()); err != nil || f.inner.Users() != 1 {
		t.Errorf("%v, %d users left", err, f.inner.Users())
	}
}

// TestPolicyOfAnIllServer: nothing is said of a policy that could not be asked for.
func TestPolicyOfAnIllServer(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	hurry(s, 50*time.Millisecond)
	f.set(changes("POST", "/md5", func() (int, string) { return http.StatusServiceUnavailable, "" }))
	_, err := s.Begin(t.Context())
	if passing, ok := errors.AsType[sink.Transient](err); !ok || !passing.Transient() {
		t.Errorf("%v", err)
	}
}

// TestPolicyUntold: a canary that is refused for its address is no reason to stop.
func TestPolicyUntold(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	f.set(changes("POST", "/md5", func() (int, string) {
		return http.StatusBadRequest, `{"type":"user_email_disposable"}`
	}))
	if _, err := s.Begin(t.Context()); err != nil {
		t.Error(err)
	}
	s, f = rehearse(t, rehearsal.Config{}, Config{})
	f.set(changes("POST", "/md5", func() (int, string) {
		return http.StatusUnauthorized, `{"type":"project_key_expired"}`
	}))
	if _, err := s.Begin(t.Context()); err == nil {
		t.Error("begun with a key that has expired")
	}
}

// TestPlainErrors: what a project's settings and a mistyped id make of every request
// is said with what to do about it, and not as a bare answer.
func TestPlainErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		policies rehearsal.Policies
		project  func(string) string
		ask      func(*Sink) error
		want     string
	}{
		{"another letter case", rehearsal.Policies{}, strings.ToUpper, preflight, "is not spelt"},
		{"REST off", rehearsal.Policies{NoREST: true}, nil, preflight, "REST protocol"},
		{"account service off", rehearsal.Policies{NoAccount: true}, nil, func(s *Sink) error {
			_, err := s.Login(t.Context(), "a@b.cd", "password")
			return err
		}, "the account service of the project"},
	} {
		s, f := rehearse(t, rehearsal.Config{Project: "project-a1", Policies: c.policies}, Config{})
		if c.project != nil {
			s.client.project = c.project(s.client.project)
		}
		err := c.ask(s)
		if err == nil || !strings.Contains(err.Error(), c.want) || hintOf(err) == "" {
			t.Errorf("%s: %v; hint %q", c.name, err, hintOf(err))
		}
		if p, err := s.Examine(t.Context()); c.policies.NoAccount && (err != nil || p.Account != Off || !strings.Contains(strings.Join(p.Notes(), "\n"), "SWITCHED OFF")) {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
		if f.inner.Users() != 0 {
			t.Errorf("%s: somebody was made", c.name)
		}
	}
}

func preflight(s *Sink) error {
	_, err := s.Preflight(context.Background())
	return err
}
