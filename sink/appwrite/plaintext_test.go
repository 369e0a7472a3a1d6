package appwrite

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

func plain(id, password string) identity.User {
	return identity.User{
		ID: id, Email: id + "@example.com", EmailVerified: true, Name: "P", Labels: []string{"a"},
		Hash: identity.Hash{Algorithm: identity.Plaintext, Encoded: identity.Secret(password)},
	}
}

func TestPlaintextVerdicts(t *testing.T) {
	for _, c := range []struct {
		password string
		verdict  sink.Verdict
		code     identity.Code
	}{
		{"12345678", sink.Ready, ""}, {"pässwör", sink.Ready, ""}, {" blanks ", sink.Ready, ""}, {strings.Repeat("x", 256), sink.Ready, ""},
		{"1234567", sink.NeedsReset, identity.PasswordLength}, {strings.Repeat("x", 257), sink.NeedsReset, identity.PasswordLength},
		{"\xff2345678", sink.NeedsReset, identity.TextInvalid}, {"1234\x005678", sink.NeedsReset, identity.TextInvalid},
	} {
		for _, profile := range []Profile{Profile15, Profile19} {
			j := rules{profile: profile}.plan(plain("a", c.password)).judgement
			if j.Verdict != c.verdict || j.Problem != nil && j.Problem.Code != c.code || (j.Problem == nil) != (c.code == "") {
				t.Errorf("%s %q: %s %v", profile, c.password, j.Verdict, j.Problem)
			}
			if j.Verdict == sink.Ready && j.Endpoint != "users" {
				t.Errorf("%q goes to %q", c.password, j.Endpoint)
			}
			if j.Problem != nil && (strings.Contains(j.Problem.Detail, c.password) || strings.Contains(j.Problem.Detail, fmt.Sprint(len(c.password)))) {
				t.Errorf("%q: the detail tells of it: %s", c.password, j.Problem.Detail)
			}
		}
	}
	phone := plain("a", "12345678")
	phone.Email, phone.Phone = "", "+12025550123"
	if j := (rules{profile: Profile19}).plan(phone).judgement; j.Verdict != sink.Blocked || j.Problem.Code != identity.EmailMissing {
		t.Errorf("without an address: %s %v", j.Verdict, j.Problem)
	}
}

// TestPlaintextLands: one request makes the account with its phone number; what is
// read back is what the result says, before and after signing in, which makes no
// new hash; and the password is nowhere in the state.
func TestPlaintextLands(t *testing.T) {
	const password = "plain as day"
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Roles: Labels})
		u := plain("plain", password)
		u.Phone = "+12025550123"
		r := landOne(t, s, u, false)
		if r.Outcome != sink.Created || strings.Contains(string(r.State.Credential), password) || !strings.Contains(string(r.State.Credential), rehashed) {
			t.Fatalf("%s: %s %v %s", version, r.Outcome, r.Problem, string(r.State.Credential))
		}
		if got := f.requests(); len(got) != 3 || got[0] != "POST /v1/users" || got[1] != "PATCH /v1/users/plain/verification" || got[2] != "PUT /v1/users/plain/labels" {
			t.Errorf("%s: %v", version, got)
		}
		wantState(t, s, r)
		for _, try := range []struct {
			password string
			want     bool
		}{{password, true}, {"plain as dax", false}} {
			if ok, err := s.Login(t.Context(), u.Email, try.password); ok != try.want || err != nil {
				t.Errorf("%s: login %v %v, want %v", version, ok, err, try.want)
			}
		}
		wantState(t, s, r)
	}
}

// TestPlaintextAgain: a create whose answer was lost is found; an account that an
// earlier try began is completed if it is younger than the run, and left alone if
// it is older, or if no try of ours began it, or if it may be another's.
func TestPlaintextAgain(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
	if _, err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	since := began(t, s)
	f.set(func(f *front) { f.lose = 1 })
	u, ago, ahead := plain("lost", "its answer was lost"), time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	for _, try := range []struct {
		name string
		land sink.Landing
		want sink.Outcome
	}{
		{"answer lost", sink.Landing{User: u, Since: since}, sink.Created},
		{"begun by us", sink.Landing{User: u, Taken: true, Since: ago}, sink.Recovered},
		{"older than the run", sink.Landing{User: u, Taken: true, Since: ahead}, sink.Existing},
		{"begun by nobody", sink.Landing{User: u}, sink.Existing},
	} {
		r := land(t, s, try.land)
		if r.Outcome != try.want {
			t.Errorf("%s: %s %v", try.name, r.Outcome, r.Problem)
		}
		if r.Outcome == sink.Created || r.Outcome == sink.Recovered {
			wantState(t, s, r)
		}
	}
	f.must(t, http.MethodPost, "/v1/users/md5", `{"userId":"other","email":"other@example.com","name":"P","password":"5f4dcc3b5aa765d61d8327deb882cf99"}`)
	if r := landSince(t, s, plain("other", "its answer was lost"), time.Now().Add(time.Second)); r.Outcome != sink.Rejected || r.Problem.Code != identity.AccountUnclear {
		t.Errorf("an account with a hash: %s %v", r.Outcome, r.Problem)
	}
}

// TestPlaintextRefused: a policy of the project refuses a password; what is said of
// it does not repeat it.
func TestPlaintextRefused(t *testing.T) {
	s, _ := rehearse(t, rehearsal.Config{Policies: rehearsal.Policies{PersonalData: true, Dictionary: []string{"password1234"}}}, Config{})
	for _, password := range []string{"password1234", "refused-by-name"} {
		r := landOne(t, s, plain("refused", password), false)
		if r.Outcome != sink.Rejected || r.Problem == nil || strings.Contains(r.Problem.Detail, password) {
			t.Errorf("%q: %s %v", password, r.Outcome, r.Problem)
		}
	}
}

// TestPasswordPolicies: what a project asks of plain passwords is found out before
// anybody lands, without making anybody, and a dry run says of each password what the
// landing then does.
func TestPasswordPolicies(t *testing.T) {
	passwords := []string{"password", "uncommon-pass-77", "Str0ng-enough!", "weakpassword", "NoDigits-here"}
	for _, version := range versions {
		for _, c := range []struct {
			name                 string
			policies             rehearsal.Policies
			scopes               []string // nil: all
			strength, dictionary Answer
		}{
			{"none", rehearsal.Policies{}, nil, Off, Off},
			{"none, few scopes", rehearsal.Policies{}, []string{"users.read", "users.write"}, Off, Off},
			{"dictionary", rehearsal.Policies{Dictionary: []string{"password", "12345678"}}, nil, Off, On},
			{"dictionary, few scopes", rehearsal.Policies{Dictionary: []string{"password", "12345678"}}, []string{"users.read", "users.write"}, Off, On},
			{"strength", rehearsal.Policies{Strength: &rehearsal.Strength{Min: 10, Upper: true, Number: true}}, nil, On, Off},
			{"strength, few scopes", rehearsal.Policies{Strength: &rehearsal.Strength{Min: 10, Upper: true, Number: true}}, []string{"users.read", "users.write"}, On, Unknown},
		} {
			if version == rehearsal.V15 && c.policies.Strength != nil {
				continue
			}
			s, f := rehearse(t, rehearsal.Config{Profile: version, Policies: c.policies, Keys: []rehearsal.Key{{Secret: "standard_ours", Scopes: c.scopes}}}, Config{})
			if _, err := s.Preflight(t.Context()); err != nil {
				t.Fatal(err)
			}
			p, err := s.Examine(t.Context())
			if err != nil || p.Strength != c.strength || p.Dictionary != c.dictionary || f.inner.Users() != 0 {
				t.Errorf("%s %s: strength %s, dictionary %s, %v, %d users", version, c.name, p.Strength, p.Dictionary, err, f.inner.Users())
			}
			if said := strings.Contains(strings.Join(p.Notes(), "\n"), "policies for new passwords"); said != (p.Strength != Off || p.Dictionary != Off) {
				t.Errorf("%s %s: said %v", version, c.name, said)
			}
			foretoldAndLanded(t, s, f, passwords)
		}
	}
}

func foretoldAndLanded(t *testing.T, s *Sink, f *front, passwords []string) {
	t.Helper()
	for i, password := range passwords {
		u := plain(fmt.Sprintf("p%d", i), password)
		users := f.inner.Users()
		planned, err := sink.DryRun(s).Write(t.Context(), []sink.Landing{{User: u, Judgement: s.Judge(u)}})
		if err != nil || f.inner.Users() != users {
			t.Fatalf("%v, %d users", err, f.inner.Users())
		}
		r := landOne(t, s, u, false)
		lands := planned[0].Outcome == sink.Planned
		if lands != (r.Outcome == sink.Created) || !lands && (planned[0].Problem.Code != identity.PolicyPassword || r.Problem.Code != identity.PolicyPassword) {
			t.Errorf("%q: planned %s %v, landed %s %v", password, planned[0].Outcome, planned[0].Problem, r.Outcome, r.Problem)
		}
	}
}

// rehashed is how the server's own hashes begin.
const rehashed = "$argon2id$v=19$m=65536,t=4,p=3$"
