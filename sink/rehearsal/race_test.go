package rehearsal

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"rehome/identity"
)

const crowd = 64

// together runs f for each of the crowd at once and collects the statuses.
func together(f func(i int) int) map[int]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	statuses := map[int]int{}
	for i := range crowd {
		wg.Go(func() {
			<-start
			status := f(i)
			mu.Lock()
			statuses[status]++
			mu.Unlock()
		})
	}
	close(start)
	wg.Wait()
	return statuses
}

// status sends a request without a test's help, which may not be used from many
// goroutines.
func status(s *Server, method, path, body string) int {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Appwrite-Project", s.Project())
	r.Header.Set("X-Appwrite-Key", string(s.Key()))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

// Sixty-four clients want the same id, address, number or all of them: one gets it.
func TestOneWins(t *testing.T) {
	for name, body := range map[string]func(round, i int) string{
		"id": func(round, i int) string {
			return fmt.Sprintf(`{"userId":"id-%d","email":"id-%d-%d@example.com"}`, round, round, i)
		},
		"id case": func(round, i int) string { return fmt.Sprintf(`{"userId":"%s-%d"}`, mixedCase("abcdef", i), round) },
		"email": func(round, i int) string {
			return fmt.Sprintf(`{"userId":"e-%d-%d","email":"%s%d@example.com"}`, round, i, mixedCase("abcdef", i), round)
		},
		"phone": func(round, i int) string {
			return fmt.Sprintf(`{"userId":"p-%d-%d","phone":"+1555000%04d"}`, round, i, round)
		},
		"user": func(round, i int) string {
			return fmt.Sprintf(`{"userId":"u-%d","email":"u-%d@example.com","phone":"+1555001%04d"}`, round, round, round)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := bare(t, Config{})
			for round := range 8 {
				got := together(func(i int) int { return status(s, "POST", "/v1/users", body(round, i)) })
				if got[http.StatusCreated] != 1 || got[http.StatusConflict] != crowd-1 {
					t.Errorf("round %d: %v", round, got)
				}
			}
			if s.Users() != 8 {
				t.Errorf("%d users", s.Users())
			}
		})
	}
}

// mixedCase writes s with the letters in capitals that the bits of n name.
func mixedCase(s string, n int) string {
	b := []byte(s)
	for i := range b {
		if n>>i&1 == 1 {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// Updates of one user at once are all kept, unless the switch plays the server
// that loses them.
func TestParallelUpdates(t *testing.T) {
	updates := []struct{ method, path, body string }{
		{"PATCH", "name", `{"name":"after"}`},
		{"PUT", "labels", `{"labels":["x"]}`},
		{"PATCH", "prefs", `{"prefs":{"a":1}}`},
		{"PATCH", "status", `{"status":false}`},
		{"PATCH", "verification", `{"emailVerification":true}`},
		{"PATCH", "phone", `{"number":"+15550009999"}`},
	}
	for _, lossy := range []bool{false, true} {
		s := bare(t, Config{Profile: V15, LostUpdates: lossy})
		ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
		got := together(func(i int) int {
			u := updates[i%len(updates)]
			if i >= len(updates) {
				return status(s, "GET", "/v1/users/a", "")
			}
			return status(s, u.method, "/v1/users/a/"+u.path, u.body)
		})
		if got[http.StatusOK] != crowd {
			t.Errorf("lossy %v: %v", lossy, got)
		}
		for u := range s.All() {
			kept := 0
			for _, k := range []bool{u.Name == "after", len(u.Labels) == 1, u.Prefs == `{"a":1}`, u.Blocked, u.EmailVerified, u.Phone != ""} {
				if k {
					kept++
				}
			}
			if all := kept == len(updates); all == lossy {
				t.Errorf("lossy %v: %d of %d updates kept", lossy, kept, len(updates))
			}
		}
	}
}

// A sign-in that replaces an imported hash writes the whole user back as it had read
// it, over what was changed while it verified and hashed; the messaging target of a
// number stays, and so does the session.
func TestSignInLosesUpdates(t *testing.T) {
	for _, lossy := range []bool{false, true} {
		verifying, blocked := make(chan struct{}), make(chan struct{})
		s := bare(t, Config{Profile: V15, LostUpdates: lossy, Verify: func(identity.Hash, string) (bool, error) {
			close(verifying)
			<-blocked
			return true, nil
		}})
		ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
		var group sync.WaitGroup
		group.Go(func() {
			ask(t, s, "POST", "/v1/account/sessions/email", `{"email":"a@example.com","password":"password"}`)
		})
		<-verifying
		ask(t, s, "PATCH", "/v1/users/a/status", `{"status":false}`)
		ask(t, s, "PATCH", "/v1/users/a/phone", `{"number":"+15550009999"}`)
		close(blocked)
		group.Wait()
		checkStore(t, s.store)
		for u := range s.All() {
			if lost := !u.Blocked && u.Phone == ""; lost != lossy || u.Sessions != 1 || u.Algorithm != "argon2" || len(u.Targets) != 2 {
				t.Errorf("lossy %v: %+v", lossy, u)
			}
		}
		if again := status(s, "PATCH", "/v1/users/a/phone", `{"number":"+15550009999"}`); again != http.StatusConflict {
			t.Errorf("lossy %v: the number again: %d", lossy, again)
		}
	}
}

// Everybody does everything to the same few users; nothing breaks, and what is
// left fits together.
func TestMelee(t *testing.T) {
	for _, c := range []Config{{Profile: V15}, {Profile: V15, LostUpdates: true}, {Profile: V19}} {
		s := bare(t, c)
		together(func(i int) int {
			for n := range 40 {
				id := fmt.Sprintf("u%d", (i+n)%5)
				steps := []struct{ method, path, body string }{
					{"POST", "/v1/users/md5", fmt.Sprintf(md5Body, id, id)},
					{"PATCH", "/v1/users/" + id + "/email", fmt.Sprintf(`{"email":"%s-%d@example.com"}`, id, n)},
					{"PATCH", "/v1/users/" + id + "/phone", fmt.Sprintf(`{"number":"+1555%07d"}`, i)},
					{"POST", "/v1/users/" + id + "/targets", fmt.Sprintf(`{"targetId":"unique()","providerType":"push","identifier":"t%d"}`, n)},
					{"POST", "/v1/users/" + id + "/sessions", `{}`},
					{"GET", "/v1/users?search=example", ""},
					{"GET", "/v1/users/" + id, ""},
					{"DELETE", "/v1/users/" + id, ""},
				}
				u := steps[(i*7+n)%len(steps)]
				status(s, u.method, u.path, u.body)
			}
			return 0
		})
		s.Settle()
		checkStore(t, s.store)
	}
}

// checkStore looks for indexes that do not lead where they should.
func checkStore(t *testing.T, s *store) {
	t.Helper()
	count, targets := 0, 0
	for _, u := range s.users {
		if u == nil {
			continue
		}
		count++
		if s.find(u.id) != u || u.is(hasEmail) && s.at(byAddress, u.email) != u || u.is(hasPhone) && s.at(byNumber, u.phone) != u {
			t.Errorf("user %s is not where the indexes say", u.id)
		}
		targets += len(u.targets)
		for _, one := range u.targets {
			if _, owner, ok := s.holder(one.identifier); !ok || owner != u.id {
				t.Errorf("target %s of %s belongs to %q", one.identifier, u.id, owner)
			}
		}
	}
	if count != s.count || s.ids.used != count || s.targets.used != targets || len(s.strays) != 0 {
		t.Errorf("%d users, count %d, ids %d, targets %d of %d, strays %d", count, s.count, s.ids.used, s.targets.used, targets, len(s.strays))
	}
}
