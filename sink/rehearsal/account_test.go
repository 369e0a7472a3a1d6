package rehearsal

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// person is somebody with a browser: requests carry the project and the cookies.
type person struct {
	t       *testing.T
	s       *Server
	cookies []*http.Cookie
}

func (p *person) ask(method, path, body string) (int, map[string]any) {
	p.t.Helper()
	header := []string{guest, ""}
	for _, c := range p.cookies {
		header = append(header, "Cookie", c.Name+"="+c.Value)
	}
	w, got := ask(p.t, p.s, method, path, body, header...)
	p.keep(w)
	return w.Code, got
}

func (p *person) keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if !strings.HasSuffix(c.Name, "_legacy") {
			p.cookies = []*http.Cookie{c}
			if c.MaxAge < 0 {
				p.cookies = nil
			}
		}
	}
}

// What a migrated person does first, in both profiles.
func TestAccount(t *testing.T) {
	for _, profile := range []Profile{V15, V19} {
		s := bare(t, Config{Profile: profile})
		p := &person{t: t, s: s}
		for i, step := range []struct {
			method, path, body string
			status             int
			has                string
		}{
			{"GET", "/v1/account", "", 401, "general_unauthorized_scope"},
			{"POST", "/v1/account", `{"userId":"p","email":"P@example.com","password":"password1","name":"Pat"}`, 201, "email:p@example.com"},
			{"POST", "/v1/account", `{"userId":"p","email":"p@example.com","password":"password1"}`, 409, "user_already_exists"},
			{"POST", "/v1/account", `{"userId":"q","email":"q@example.com"}`, 400, `Param "password" is not optional`},
			{"POST", "/v1/account/sessions/email", `{"email":"p@example.com","password":"password2"}`, 401, "user_invalid_credentials"},
			{"POST", "/v1/account/sessions/email", `{"email":"p@example.com","password":"password1"}`, 201, "secret: "},
			{"POST", "/v1/account/sessions/email", `{"email":"p@example.com","password":"password1"}`, 401, "user_session_already_exists"},
			{"GET", "/v1/account", "", 200, "name:Pat"},
			{"GET", "/v1/account/prefs", "", 200, "map[]"},
			{"PATCH", "/v1/account/prefs", `{"prefs":{"theme":"dark"}}`, 200, "name:Pat"},
			{"GET", "/v1/account/prefs", "", 200, "theme:dark"},
			{"GET", "/v1/account/sessions", "", 200, "current:true"},
			{"GET", "/v1/users/p", "", 401, "missing scope"},
			{"DELETE", "/v1/account/sessions/nosuch", "", 404, "user_session_not_found"},
			{"DELETE", "/v1/account/sessions/current", "", 204, ""},
			{"GET", "/v1/account", "", 401, "general_unauthorized_scope"},
		} {
			status, got := p.ask(step.method, step.path, step.body)
			if status != step.status || !strings.Contains(fmt.Sprint(got), step.has) {
				t.Errorf("%s: step %d, %s %s: want %d with %q, got %d %v", profile, i, step.method, step.path, step.status, step.has, status, got)
			}
			if strings.Contains(fmt.Sprint(got), "argon2") {
				t.Errorf("%s: step %d shows a person the hash", profile, i)
			}
		}
	}
}

// A session opened any way is the same person: by token, by JWT, by a server; a
// key beside it is refused.
func TestSessionWays(t *testing.T) {
	s := bare(t, Config{})
	ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
	_, token := ask(t, s, "POST", "/v1/users/a/tokens", `{"length":16}`)
	use := fmt.Sprintf(`{"userId":"a","secret":"%s"}`, token["secret"])
	w, _ := ask(t, s, "POST", "/v1/account/sessions/token", use, guest, "")
	p := &person{t: t, s: s}
	p.keep(w)
	if status, got := p.ask("GET", "/v1/account", ""); status != 200 || got["$id"] != "a" {
		t.Errorf("by token: %d %v", status, got)
	}
	if w, got := ask(t, s, "POST", "/v1/account/sessions/token", use, guest, ""); w.Code != 401 || got["type"] != "user_invalid_token" {
		t.Errorf("a token used twice: %d %v", w.Code, got)
	}
	_, jwt := ask(t, s, "POST", "/v1/users/a/jwts", `{}`)
	bearer := fmt.Sprint(jwt["jwt"])
	if w, got := ask(t, s, "GET", "/v1/account", "", guest, "", "X-Appwrite-JWT", bearer); w.Code != 200 || got["$id"] != "a" {
		t.Errorf("by JWT: %d %v", w.Code, got)
	}
	if w, got := ask(t, s, "GET", "/v1/account", "", guest, "", "X-Appwrite-JWT", bearer+"x"); w.Code != 401 || got["type"] != "user_jwt_invalid" {
		t.Errorf("a JWT tampered with: %d %v", w.Code, got)
	}
	_, session := ask(t, s, "POST", "/v1/users/a/sessions", `{}`)
	secret := fmt.Sprint(session["secret"])
	if w, got := ask(t, s, "GET", "/v1/account", "", guest, "", "X-Appwrite-Session", secret); w.Code != 200 || got["$id"] != "a" {
		t.Errorf("by a server's session: %d %v", w.Code, got)
	}
	if w, got := ask(t, s, "GET", "/v1/users/a", "", "X-Appwrite-Session", secret); w.Code != 403 || got["type"] != "user_api_key_and_session_set" {
		t.Errorf("key and session: %d %v", w.Code, got)
	}
	ask(t, s, "PATCH", "/v1/users/a/status", `{"status":false}`)
	if w, got := ask(t, s, "GET", "/v1/account", "", guest, "", "X-Appwrite-Session", secret); w.Code != 403 || got["type"] != "user_blocked" {
		t.Errorf("blocked: %d %v", w.Code, got)
	}
}

// The first good login rewrites the hash into a real argon2id string; the second
// changes nothing more, and neither does a failed one.
func TestRehash(t *testing.T) {
	s := bare(t, Config{})
	s.hasher.make = argon2id
	ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
	login := func(password string) int {
		w, _ := ask(t, s, "POST", "/v1/account/sessions/email", `{"email":"a@example.com","password":"`+password+`"}`)
		return w.Code
	}
	hash := func() string {
		_, got := ask(t, s, "GET", "/v1/users/a", "")
		return fmt.Sprint(got["hash"], " ", got["password"])
	}
	imported := hash()
	if login("password2") != 401 || hash() != imported {
		t.Errorf("after a failed login: %s", hash())
	}
	if login("password1") != 201 {
		t.Fatal("the password does not log in")
	}
	made := hash()
	if !strings.HasPrefix(made, "argon2 $argon2id$v=19$m=65536,t=4,p=3$") {
		t.Fatalf("after the first login: %s", made)
	}
	_, stored, _ := strings.Cut(made, " ")
	if ok, bad := s.passwordVerify(stored, "password1"); !ok || bad != nil {
		t.Error("the string that was made does not verify")
	}
	if login("password1") != 201 || login("password2") != 401 || hash() != made {
		t.Errorf("after further logins: %s", hash())
	}
}

// In profile 1.5 what belonged to a deleted user goes later: recreated at once, a
// user shows the former target, which the worker then takes away.
func TestLateCleanUp(t *testing.T) {
	for profile, targets := range map[Profile]int{V15: 0, V19: 1} {
		s := bare(t, Config{Profile: profile})
		body := fmt.Sprintf(md5Body, "a", "a")
		_, first := ask(t, s, "POST", "/v1/users/md5", body)
		ask(t, s, "DELETE", "/v1/users/a", "")
		_, again := ask(t, s, "POST", "/v1/users/md5", body)
		if same := fmt.Sprint(first["targets"]) == fmt.Sprint(again["targets"]); same != (profile == V15) {
			t.Errorf("%s: recreated with targets %v", profile, again["targets"])
		}
		s.Settle()
		_, got := ask(t, s, "GET", "/v1/users/a/targets", "")
		if got["total"] != float64(targets) {
			t.Errorf("%s: %v targets in the end", profile, got["total"])
		}
		checkStore(t, s.store)
	}
}

// A page of more than 500 users is refused by 1.9, whatever limit was asked for.
func TestPageBound(t *testing.T) {
	for profile, want := range map[Profile]int{V15: 200, V19: 400} {
		s := bare(t, Config{Profile: profile})
		for n := range int64(501) {
			fill(t, s, n)
		}
		w, _ := ask(t, s, "GET", `/v1/users?queries[0]={"method":"limit","values":[1000]}`, "")
		if w.Code != want {
			t.Errorf("%s: 501 users on a page: %d", profile, w.Code)
		}
		w, _ = ask(t, s, "GET", `/v1/users?queries[0]={"method":"limit","values":[1000]}&queries[1]={"method":"offset","values":[1]}`, "")
		if w.Code != 200 {
			t.Errorf("%s: 500 users on a page: %d", profile, w.Code)
		}
		if n := readAll(t, s, 100); n != 501 {
			t.Errorf("%s: %d users by cursor", profile, n)
		}
	}
}

// Totals stop at 5,000; offsets and cursors go beyond.
func TestTotalStops(t *testing.T) {
	s := bare(t, Config{})
	for n := range int64(5010) {
		fill(t, s, n)
	}
	for query, want := range map[string]float64{
		"":              5000,
		"search=User":   5000,
		"search=nobody": 0,
		`queries[0]={"method":"offset","values":[5009]}`:                                           5000,
		`queries[0]={"method":"startsWith","attribute":"email","values":["user-5009"]}`:            1,
		`queries[0]={"method":"notEqual","attribute":"email","values":["user-5009@example.com"]}`:  5000,
		`queries[0]={"method":"equal","attribute":"email","values":["user-5009@example.com","x"]}`: 1,
	} {
		w, got := ask(t, s, "GET", "/v1/users?"+query, "")
		if w.Code != 200 || got["total"] != want {
			t.Errorf("%s: %d, total %v", query, w.Code, got["total"])
		}
	}
	if n := readAll(t, s, 500); n != 5010 {
		t.Errorf("%d users by cursor", n)
	}
}

// A password that many share is hashed a few times; the strings differ from one
// call to the next, verify, and are not kept by the password.
func TestHasherTakesTurns(t *testing.T) {
	n := 0
	h := newHasher([32]byte{}, nil)
	h.make = func(password string) string { n++; return fmt.Sprint(password, "-", n) }
	last := ""
	for range 20 {
		s := h.hash("password1")
		if s == last {
			t.Errorf("%s twice in a row", s)
		}
		last = s
	}
	if n != turns || h.hash("password2") != fmt.Sprint("password2-", n) {
		t.Errorf("hashed %d times", n)
	}
	for range 2 * mostKnown {
		h.hash(fresh(8))
	}
	if len(h.known) > mostKnown {
		t.Errorf("%d passwords known", len(h.known))
	}
}
