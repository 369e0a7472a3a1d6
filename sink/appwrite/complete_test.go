package appwrite

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// changes forces an answer on one kind of request, and does something before.
func changes(method, part string, do func() (int, string)) func(*front) {
	return func(f *front) {
		f.force = func(r *http.Request) (int, string) {
			if r.Method == method && strings.HasSuffix(r.URL.Path, part) {
				return do()
			}
			return 0, ""
		}
	}
}

// TestEarlierImport: an account with our id, address, name and hash that is older
// than the run is an earlier import's, whole or half made, and no business of ours.
func TestEarlierImport(t *testing.T) {
	for _, version := range versions {
		back := time.Hour
		s, f := rehearse(t, rehearsal.Config{Profile: version, Now: func() time.Time { return time.Now().Add(-back) }}, Config{Roles: Labels})
		half := withHash(identity.User{ID: "half", Email: "half@example.com", Labels: []string{"member"}, Disabled: true})
		whole := withHash(identity.User{ID: "whole", Email: "whole@example.com"})
		for _, u := range []identity.User{half, whole} {
			f.must(t, "POST", "/v1/users/bcrypt", `{"userId":"`+u.ID+`","email":"`+u.Email+`","password":"`+bcryptHash+`"}`)
		}
		back = 0
		for _, u := range []identity.User{half, whole} {
			before := f.look(t, u.ID)
			if r := landSince(t, s, u, time.Now().Add(-time.Minute)); r.Outcome != sink.Existing || f.look(t, u.ID) != before {
				t.Errorf("%s %s: %s, touched: %v", version, u.ID, r.Outcome, f.look(t, u.ID) != before)
			}
		}
		f.must(t, "POST", "/v1/users/bcrypt", `{"userId":"ours","email":"ours@example.com","password":"`+bcryptHash+`"}`)
		half.ID, half.Email = "ours", "ours@example.com"
		r := landSince(t, s, half, time.Now().Add(-time.Minute))
		if r.Outcome != sink.Recovered {
			t.Errorf("%s: of this run: %s %v", version, r.Outcome, r.Problem)
		}
		wantState(t, s, r)
	}
}

// TestUndoneChange: a change whose answer was lost and which the server does
// later, over the next one, is noticed and done again.
func TestUndoneChange(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{Profile: rehearsal.V15}, Config{Roles: Labels})
	times := 0
	f.set(changes("PATCH", "/status", func() (int, string) {
		if times++; times == 1 {
			return http.StatusBadGateway, "" // the server is at it still …
		}
		f.must(t, "PUT", "/v1/users/full/labels", `{"labels":[]}`) // … and writes back what it read at first
		return 0, ""
	}))
	r := landOne(t, s, full(), false)
	if r.Outcome != sink.Created {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
	wantState(t, s, r)
}

// TestUndoneForEver: somebody who undoes every change is no reason to go on.
func TestUndoneForEver(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
	answered := 0
	f.set(changes("PATCH", "/status", func() (int, string) {
		if answered++; answered%2 == 1 {
			return http.StatusBadGateway, ""
		}
		return http.StatusOK, "{}"
	}))
	r := landOne(t, s, full(), false)
	if r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused || f.look(t, "full") != "" {
		t.Errorf("%s %v", r.Outcome, r.Problem)
	}
}

// TestDeletedMeanwhile: a user whom somebody deletes while we complete it is that
// user's problem, at every step.
func TestDeletedMeanwhile(t *testing.T) {
	for _, step := range []struct{ method, part string }{{"PATCH", "/phone"}, {"PATCH", "/verification"}, {"PUT", "/labels"}, {"PATCH", "/status"}} {
		s, f := rehearse(t, rehearsal.Config{}, Config{Roles: Labels})
		f.set(changes(step.method, step.part, func() (int, string) {
			f.ask("DELETE", "/v1/users/full", "")
			return 0, ""
		}))
		if r := landOne(t, s, full(), false); r.Outcome != sink.Rejected || r.Problem.Code != identity.TargetRefused {
			t.Errorf("%s: %s %v", step.part, r.Outcome, r.Problem)
		}
	}
}

// TestNumberTakenMeanwhile: while a run was interrupted, somebody else got the
// number of a user it had begun, who lands without.
func TestNumberTakenMeanwhile(t *testing.T) {
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{})
		f.must(t, "POST", "/v1/users/bcrypt", `{"userId":"full","email":"full@example.com","name":"Zoë","password":"`+bcryptHash+`"}`)
		f.must(t, "POST", "/v1/users", `{"userId":"Other","phone":"+12025550123"}`)
		r := landSince(t, s, full(), time.Now().Add(-time.Minute))
		if r.Outcome != sink.Recovered || !slices.Contains(r.Losses, identity.LossPhone) || f.inner.Users() != 2 {
			t.Errorf("%s: %s %v, losses %v, %d users", version, r.Outcome, r.Problem, r.Losses, f.inner.Users())
		}
		wantState(t, s, r)
	}
}

// TestTargets: a user without the messaging target that its creation owed lands
// when it gets it, or when there are reasons why it cannot; not when the server is
// of two minds.
func TestTargets(t *testing.T) {
	const refused = `{"message":"…","code":0,"type":"%s"}`
	for _, c := range []struct {
		name   string
		status int
		kind   string
		want   sink.Outcome
	}{
		{"made", 0, "", sink.Created},
		{"somebody else's", 409, "user_target_already_exists", sink.Created},
		{"no scope for it", 401, "general_unauthorized_scope", sink.Created},
		{"broken", 500, "general_unknown", sink.Rejected},
		{"refused", 400, "general_argument_invalid", sink.Rejected},
	} {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		hurry(s, time.Minute)
		f.shapes.any = true
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				switch {
				case r.Method == "POST" && r.URL.Path == "/v1/users/bcrypt":
					_ = f.inner.SetFaults(rehearsal.Faults{{Kind: rehearsal.Half, Share: 1}})
				case r.Method == "POST" && c.status != 0:
					return c.status, strings.Replace(refused, "%s", c.kind, 1)
				default:
					_ = f.inner.SetFaults(nil)
				}
				return 0, ""
			}
		})
		r := landOne(t, s, withHash(identity.User{ID: "u", Email: "u@example.com"}), false)
		if r.Outcome != c.want {
			t.Errorf("%s: %s %v", c.name, r.Outcome, r.Problem)
		}
		if there := f.look(t, "u") != ""; there != (c.want == sink.Created) {
			t.Errorf("%s: there: %v", c.name, there)
		}
	}
}

// TestNumberOfTheDeleted: up to 1.6 the number of a deleted user is free only when
// the server's worker has come to it. One that never comes is waited for once, and
// the person lands without the number.
func TestNumberOfTheDeleted(t *testing.T) {
	for cleanUp, late := range map[time.Duration]bool{100 * time.Millisecond: false, time.Hour: true} {
		s, f := rehearse(t, rehearsal.Config{Profile: rehearsal.V15, CleanUp: cleanUp}, Config{Profile: Profile15})
		hurry(s, 500*time.Millisecond)
		for i := range 3 {
			u := full()
			u.ID, u.Email, u.Phone = fmt.Sprint("u", i), fmt.Sprintf("u%d@example.com", i), fmt.Sprintf("+1202555010%d", i)
			if r := landOne(t, s, u, false); r.Outcome != sink.Created {
				t.Fatalf("%s %v", r.Outcome, r.Problem)
			}
			f.must(t, "DELETE", "/v1/users/"+u.ID, "")
			u.ID += "-again"
			u.Email = "again-" + u.Email
			r := landOne(t, s, u, false)
			if r.Outcome != sink.Created || slices.Contains(r.Losses, identity.LossPhone) != late {
				t.Errorf("worker after %v: %s %v, losses %v", cleanUp, r.Outcome, r.Problem, r.Losses)
			}
			wantState(t, s, r)
		}
		if s.workerLate.Load() != late {
			t.Errorf("worker after %v: in vain %v", cleanUp, s.workerLate.Load())
		}
	}
}
