package appwrite

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// TestDateIsNoClock: the Date of an answer, which a proxy sets, says nothing about
// whose an account is: the disabled person whose creation was not answered is
// blocked, and the user of an hour ago is left alone.
func TestDateIsNoClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"ahead": 5 * time.Second, "behind": -5 * time.Second, "years ahead": 100_000 * time.Hour, "years behind": -100_000 * time.Hour,
	} {
		var back atomic.Int64
		s, f := rehearse(t, rehearsal.Config{Now: behind(&back), Date: func(now time.Time) time.Time { return now.Add(ahead) }}, Config{})
		old := withPassword(identity.User{ID: "old", Email: "old@example.com"})
		back.Store(int64(time.Hour))
		f.must(t, "POST", "/v1/users/md5", `{"userId":"old","email":"old@example.com","password":"`+passwordMD5+`"}`)
		back.Store(0)
		since := began(t, s)
		for _, id := range []string{"lost", "killed"} {
			u := withPassword(identity.User{ID: id, Email: id + "@example.com", Disabled: true})
			l := sink.Landing{User: u, Since: since, Taken: id == "killed"}
			if l.Taken {
				f.must(t, "POST", "/v1/users/md5", `{"userId":"killed","email":"killed@example.com","password":"`+passwordMD5+`"}`)
			} else {
				f.set(func(f *front) { f.lose = 1 })
			}
			r := land(t, s, l)
			if want := map[bool]sink.Outcome{false: sink.Created, true: sink.Recovered}[l.Taken]; r.Outcome != want || !strings.Contains(f.look(t, id), `"status":false`) {
				t.Errorf("%s, %s: %s %v", name, id, r.Outcome, r.Problem)
				continue
			}
			wantState(t, s, r)
		}
		if r := landSince(t, s, old, since); r.Outcome != sink.Existing {
			t.Errorf("%s: the user of an hour ago is %s %v", name, r.Outcome, r.Problem)
		}
	}
}

// TestMargin: machines of one server may disagree by seconds. An account that was
// made a little before the run began is ours if it looks so and nobody claims it;
// otherwise it is named, and that a disabled person can sign in is said.
func TestMargin(t *testing.T) {
	person := withPassword(identity.User{ID: "u", Email: "u@example.com", Name: "N", Disabled: true, EmailVerified: true})
	for _, c := range []struct {
		name   string
		ago    time.Duration
		change func(t *testing.T, s *Sink, f *front)
		claims string
		want   sink.Outcome
		code   identity.Code
	}{
		{"as we make it", 9 * time.Second, nil, "", sink.Recovered, ""},
		{"signed in since", 9 * time.Second, signsIn, "", sink.Recovered, ""},
		{"another run's", 9 * time.Second, nil, "20261121-231502-7f3a", sink.Rejected, identity.AccountOpen},
		{"edited", 9 * time.Second, patches("/name", `{"name":"Another"}`), "", sink.Rejected, identity.AccountOpen},
		{"preferences of the person", 9 * time.Second, patches("/prefs", `{"prefs":{"a":1}}`), "", sink.Rejected, identity.AccountOpen},
		{"edited and blocked", 9 * time.Second, func(t *testing.T, s *Sink, f *front) {
			patches("/name", `{"name":"Another"}`)(t, s, f)
			patches("/status", `{"status":false}`)(t, s, f)
		}, "", sink.Rejected, identity.AccountUnclear},
		{"long before", 11 * time.Second, nil, "", sink.Existing, ""},
	} {
		var back atomic.Int64
		s, f := rehearse(t, rehearsal.Config{Now: behind(&back)}, Config{Claims: Prefs})
		since := began(t, s)
		back.Store(int64(c.ago))
		f.must(t, "POST", "/v1/users/md5", `{"userId":"u","email":"u@example.com","name":"N","password":"`+passwordMD5+`"}`)
		back.Store(0)
		if c.change != nil {
			c.change(t, s, f)
		}
		before := f.look(t, "u")
		r := land(t, s, sink.Landing{User: person, Since: since, Taken: true, Claimed: func(time.Time) string { return c.claims }})
		if r.Outcome != c.want || r.Left != (c.want == sink.Rejected) {
			t.Errorf("%s: %s %v", c.name, r.Outcome, r.Problem)
		}
		if r.Problem != nil && (r.Problem.Code != c.code || !strings.Contains(r.Problem.Detail, `"u"`)) {
			t.Errorf("%s: %v", c.name, r.Problem)
		}
		if touched := f.look(t, "u") != before; touched != (c.want == sink.Recovered) {
			t.Errorf("%s: touched %v", c.name, touched)
		}
	}
}

// TestNoPasswordIsNoProof: an account with our id and another address is somebody
// else's, though neither has a password.
func TestNoPasswordIsNoProof(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	since := began(t, s)
	f.must(t, "POST", "/v1/users", `{"userId":"u","email":"another@example.com","name":"Another"}`)
	before := f.look(t, "u")
	r := land(t, s, sink.Landing{User: identity.User{ID: "u", Email: "u@example.com", Name: "N"}, Since: since, Taken: true})
	if r.Outcome != sink.Rejected || r.Problem == nil || r.Problem.Code != identity.AccountUnclear {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	if f.look(t, "u") != before {
		t.Error("the account was touched")
	}
}

// patches is a change by somebody else.
func patches(part, body string) func(*testing.T, *Sink, *front) {
	return func(t *testing.T, _ *Sink, f *front) { f.must(t, "PATCH", "/v1/users/u"+part, body) }
}

// passwordMD5 is the MD5 of "password", with which a person can sign in.
const passwordMD5 = "5f4dcc3b5aa765d61d8327deb882cf99"

func withPassword(u identity.User) identity.User {
	u.Hash = identity.Hash{Algorithm: identity.MD5, Encoded: passwordMD5}
	return u
}

// signsIn signs the person u in.
func signsIn(t *testing.T, s *Sink, _ *front) {
	t.Helper()
	if in, err := s.Login(t.Context(), "u@example.com", "password"); !in || err != nil {
		t.Fatalf("login: %v %v", in, err)
	}
}

// TestTwoRunsAtOnce: what a run at work at the same time says that it landed is its
// own, however alike; without its word, what was taken is ours.
func TestTwoRunsAtOnce(t *testing.T) {
	u := withPassword(identity.User{ID: "u", Email: "u@example.com", EmailVerified: true})
	for run, want := range map[string]sink.Outcome{"20261121-231502-7f3a": sink.Existing, "": sink.Recovered} {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		since := began(t, s)
		f.must(t, "POST", "/v1/users/md5", `{"userId":"u","email":"u@example.com","password":"`+passwordMD5+`"}`)
		r := land(t, s, sink.Landing{User: u, Since: since, Taken: true, Claimed: func(time.Time) string { return run }})
		if r.Outcome != want {
			t.Errorf("%q: %s %v", run, r.Outcome, r.Problem)
		}
	}
}

// TestUsedBetweenTries: a person who signs in, and edits, between a kill and the
// resume stays the one that the run began: what is missing is filled, nothing of
// the person's own is overwritten, and who is disabled is blocked.
func TestUsedBetweenTries(t *testing.T) {
	for _, version := range versions {
		for _, c := range []struct {
			name   string
			change func(*testing.T, *Sink, *front)
			has    []string // afterwards
		}{
			{"signed in", signsIn, []string{`"name":"N"`, `"phone":"+12025550123"`, `"phoneVerification":true`, `"emailVerification":true`, `"labels":["staff"]`, `"tier":"gold"`, rehashed}},
			{"a new password", patches("/password", `{"password":"another-one"}`), []string{rehashed, `"phone":"+12025550123"`, `"labels":["staff"]`}},
			{"another name", patches("/name", `{"name":"Another"}`), []string{`"name":"Another"`, `"phone":"+12025550123"`, `"labels":["staff"]`}},
			{"another number", patches("/phone", `{"number":"+12025550177"}`), []string{`"phone":"+12025550177"`, `"phoneVerification":false`, `"labels":["staff"]`}},
			{"another address", patches("/email", `{"email":"new@example.com"}`), []string{`"email":"new@example.com"`, `"emailVerification":false`, `"phoneVerification":true`}},
			{"preferences", patches("/prefs", `{"prefs":{"theme":"dark"}}`), []string{`"theme":"dark"`, `"labels":["staff"]`}},
		} {
			s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Profile: Profile(version), Roles: Labels, Claims: Prefs})
			since := began(t, s)
			u := withPassword(identity.User{
				ID: "u", Email: "u@example.com", EmailVerified: true, Phone: "+12025550123", PhoneVerified: true, Name: "N", Disabled: true,
				Labels: []string{"staff"}, Attributes: map[string]any{"tier": "gold"},
			})
			f.must(t, "POST", "/v1/users/md5", `{"userId":"u","email":"u@example.com","name":"N","password":"`+passwordMD5+`"}`)
			c.change(t, s, f)
			f.requests()
			r := landSince(t, s, u, since)
			after := f.look(t, "u")
			if r.Outcome != sink.Recovered || !strings.Contains(after, `"status":false`) {
				t.Errorf("%s %s: %s %v\n%s", version, c.name, r.Outcome, r.Problem, after)
			}
			for _, want := range c.has {
				if !strings.Contains(strings.ReplaceAll(after, `\/`, `/`), want) {
					t.Errorf("%s %s: no %s in\n%s", version, c.name, want, after)
				}
			}
			if asked := f.requests(); len(asked) < 3 || asked[2] != "PATCH /v1/users/u/status" { // after the create and the look
				t.Errorf("%s %s: %v", version, c.name, asked)
			}
		}
	}
}

// TestBlockedFirst: nobody who is disabled at the source can sign in for longer than
// it takes to say so.
func TestBlockedFirst(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
	f.must(t, "POST", "/v1/users", `{"userId":"other","email":"other@example.com"}`)
	f.requests()
	landOne(t, s, full(), false)
	if asked := f.requests(); len(asked) < 3 || asked[1] != "POST /v1/users/bcrypt" || asked[2] != "PATCH /v1/users/full/status" {
		t.Errorf("%v", asked)
	}
}

// TestUsedIsNotUnmade: an account that cannot be completed is not deleted once the
// person has signed in to it; that it is open is said.
func TestUsedIsNotUnmade(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
	since := began(t, s)
	f.must(t, "POST", "/v1/users/md5", `{"userId":"u","email":"u@example.com","password":"`+passwordMD5+`"}`)
	signsIn(t, s, f)
	f.set(changes("PATCH", "/status", func() (int, string) { return 400, `{"type":"general_argument_invalid"}` }))
	r := landSince(t, s, withPassword(identity.User{ID: "u", Email: "u@example.com", Disabled: true}), since)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.AccountOpen || !r.Left || f.look(t, "u") == "" {
		t.Errorf("%+v %v", r, r.Problem)
	}
}
