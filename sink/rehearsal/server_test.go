package rehearsal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/verifiers"
)

const md5Body = `{"userId":"%s","email":"%s@example.com","password":"7c6a180b36896a0a8c02787eeafb0e4c"}` // of "password1"

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no verifier":       {},
		"unknown profile":   {Verify: verifiers.Verify, Profile: "1.7"},
		"empty key":         {Verify: verifiers.Verify, Keys: []Key{{}}},
		"negative capacity": {Verify: verifiers.Verify, Capacity: Capacity{Slots: -1}},
		"too many faults":   {Verify: verifiers.Verify, Faults: Faults{{Kind: Lost, Share: 0.7}, {Kind: Reset, Share: 0.7}}},
		"unknown fault":     {Verify: verifiers.Verify, Faults: Faults{{Kind: "flood", Share: 0.1}}},
	} {
		if s, err := New(cfg); err == nil || s != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFreshProjectAndKey(t *testing.T) {
	var seen []string
	for range 2 {
		s, err := New(Config{Verify: verifiers.Verify})
		if err != nil {
			t.Fatal(err)
		}
		if !idText(s.Project(), 36) || !strings.HasPrefix(string(s.Key()), "standard_") || s.Version() != "1.9.6" {
			t.Errorf("project %q, version %q", s.Project(), s.Version())
		}
		if strings.Contains(fmt.Sprint(s.Key()), string(s.Key())) {
			t.Error("the key prints itself")
		}
		seen = append(seen, s.Project()+string(s.Key()))
	}
	if seen[0] == seen[1] {
		t.Error("two servers have the same project and key")
	}
}

func TestListenRefuses(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", ""} {
		if l, err := Listen(addr, http.NotFoundHandler()); err == nil {
			l.Close()
			t.Errorf("%q: accepted", addr)
		}
	}
}

// A close waits for the request under way and ends idle connections.
func TestListenCloses(t *testing.T) {
	s := bare(t, Config{Capacity: Capacity{Service: 50 * time.Millisecond}})
	l, err := Listen("localhost:0", s)
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		close(began)
		r, err := http.Get(l.Endpoint() + "/health/version")
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
		}
		answer <- err
	}()
	<-began
	for s.Counts().Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(l.URL(), "http://")); err == nil {
		t.Error("still listening")
	}
}

// What a client sees of each fault, and what was done.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		spec   string
		status int // 0: no answer
		users  int
		header string
	}{
		{"lost=100%", 0, 1, ""},
		{"reset=100%", 0, 0, ""},
		{"half=100%", 500, 1, ""},
		{"500=100%", 500, 0, ""},
		{"503=100%", 503, 0, ""},
		{"429=100%@1500ms", 429, 0, "2"},
		{"429=100%", 429, 0, ""},
		{"slow=100%@10ms", 201, 1, ""},
		{"db=100%", 500, 0, ""},
		{"", 201, 1, ""},
	} {
		t.Run(c.spec, func(t *testing.T) {
			faults, err := ParseFaults(c.spec)
			if err != nil {
				t.Fatal(err)
			}
			s := bare(t, Config{Faults: faults, Seed: 7})
			l, err := Listen("127.0.0.1:0", s)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			r, err := http.NewRequest("POST", l.Endpoint()+"/users/md5", strings.NewReader(fmt.Sprintf(md5Body, "a", "a")))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Appwrite-Project", s.Project())
			r.Header.Set("X-Appwrite-Key", string(s.Key()))
			r.Header.Set("Content-Type", "application/json")
			status := 0
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				defer answer.Body.Close()
				status = answer.StatusCode
				if got := answer.Header.Get("Retry-After"); got != c.header {
					t.Errorf("Retry-After: want %q, got %q", c.header, got)
				}
			}
			if status != c.status || s.Users() != c.users {
				t.Errorf("want status %d and %d users, got %d and %d (%v)", c.status, c.users, status, s.Users(), err)
			}
			for u := range s.All() {
				if (len(u.Targets) == 0) != strings.HasPrefix(c.spec, "half") {
					t.Errorf("targets: %v", u.Targets)
				}
			}
			if n := s.Counts().Faults; c.spec != "" && n[faults[0].Kind] != 1 {
				t.Errorf("counts: %v", n)
			}
		})
	}
}

func TestFaultsAreRepeatable(t *testing.T) {
	faults, err := ParseFaults("500=30%,503=10%, 429=5%@2s")
	if err != nil {
		t.Fatal(err)
	}
	if got := faults.String(); got != "500=30%,503=10%,429=5%@2s" {
		t.Errorf("written as %q", got)
	}
	var runs [3]string
	for i, seed := range []uint64{1, 1, 2} {
		s := bare(t, Config{Faults: faults, Seed: seed})
		for range 200 {
			w, _ := ask(t, s, "GET", "/v1/users", "")
			runs[i] += fmt.Sprint(w.Code, " ")
		}
	}
	if runs[0] != runs[1] || runs[0] == runs[2] {
		t.Error("the seed does not decide")
	}
	for _, status := range []string{"200", "500", "503", "429"} {
		if !strings.Contains(runs[0], status) {
			t.Errorf("no %s in 200 requests", status)
		}
	}
}

func TestParseFaultsRefuses(t *testing.T) {
	for _, spec := range []string{"lost", "lost=", "lost=x%", "lost=-1%", "lost=101%", "lost=NaN%", "flood=5%", "429=5%@", "429=5%@-1s", "slow=5%", "lost=60%,reset=60%", "lost=5%;reset=5%", ","} {
		if f, err := ParseFaults(spec); err == nil {
			t.Errorf("%q: accepted as %v", spec, f)
		}
	}
}

// A crowd slows everyone.
func TestCapacity(t *testing.T) {
	g := newGate(Capacity{Slots: 2, Service: time.Millisecond, Droop: 0.5}, true)
	first, second := g.enter(t.Context()), g.enter(t.Context())
	if g.service() != time.Millisecond {
		t.Errorf("alone: %v", g.service())
	}
	g.queue(6)
	if g.service() != 2*time.Millisecond {
		t.Errorf("with four waiting for two slots: %v", g.service())
	}
	first()
	second()
}

// What a server has taken up it ends, though the client has hung up; what waits
// for a worker is dropped by 1.9 and done by 1.5.
func TestClientGoneInTheQueue(t *testing.T) {
	for profile, queued := range map[Profile]int{V15: http.StatusOK, V19: http.StatusNotFound} {
		s := bare(t, Config{Profile: profile, Capacity: Capacity{Slots: 1, Service: 100 * time.Millisecond}})
		l, err := Listen("127.0.0.1:0", s)
		if err != nil {
			t.Fatal(err)
		}
		hasty := &http.Client{Timeout: 30 * time.Millisecond}
		for _, id := range []string{"taken", "queued"} {
			if _, err := hasty.Do(request(t, s, l, "POST", "/users/md5", fmt.Sprintf(md5Body, id, id))); err == nil {
				t.Error("the answer came in no time")
			}
		}
		for id, want := range map[string]int{"taken": http.StatusOK, "queued": queued} {
			answer, err := http.DefaultClient.Do(request(t, s, l, "GET", "/users/"+id, ""))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("%s: %s: %d, not %d", profile, id, answer.StatusCode, want)
			}
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

func request(t *testing.T, s *Server, l *Listener, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, l.Endpoint()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Appwrite-Project", s.Project())
	r.Header.Set("X-Appwrite-Key", string(s.Key()))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// The body is bounded, announced or not.
func TestBodyBounds(t *testing.T) {
	s := bare(t, Config{})
	l, err := Listen("127.0.0.1:0", s)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	huge := io.MultiReader(strings.NewReader(`{"userId":"`), io.LimitReader(zeros{}, maxBody))
	r, _ := http.NewRequest("POST", l.Endpoint()+"/users", huge) // chunked
	r.Header.Set("X-Appwrite-Project", s.Project())
	r.Header.Set("X-Appwrite-Key", string(s.Key()))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("chunked: status %d", answer.StatusCode)
	}
	w, _ := ask(t, s, "POST", "/v1/users", `{"userId":[`+strings.Repeat("1,", maxValues)+`1]}`)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "is not optional") {
		t.Errorf("a million values: %d %s", w.Code, w.Body)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// A request cut off inside its body does nothing; one whose client leaves before
// the answer is done all the same.
func TestClientGone(t *testing.T) {
	s := bare(t, Config{Profile: V15})
	l, err := Listen("127.0.0.1:0", s)
	if err != nil {
		t.Fatal(err)
	}
	send := func(id string, cut int) {
		body := fmt.Sprintf(md5Body, id, id)
		conn, err := net.Dial("tcp", strings.TrimPrefix(l.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/users/md5 HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: %s\r\nX-Appwrite-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			s.Project(), string(s.Key()), len(body), body[:len(body)-cut])
		if cut == 0 {
			_, _ = bufio.NewReader(conn).Peek(1) // the answer has begun
		}
		conn.Close()
	}
	send("whole", 0)
	send("cut", 5)
	for s.Counts().Requests < 2 {
		time.Sleep(time.Millisecond)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for u := range s.All() {
		ids = append(ids, u.ID)
	}
	if fmt.Sprint(ids) != "[whole]" {
		t.Errorf("users: %v", ids)
	}
}

// What the verifier cannot answer for is a server error, and tells nobody why.
func TestVerifierErrors(t *testing.T) {
	s := bare(t, Config{Verify: func(identity.Hash, string) (bool, error) { return false, errors.New("7c6a180b is a secret") }})
	ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
	w, got := ask(t, s, "POST", "/v1/account/sessions/email", `{"email":"a@example.com","password":"password1"}`, guest, "")
	if w.Code != 500 || got["type"] != "general_unknown" || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Without its database the server shows the users it has, one by one, and does
// nothing else; when the database is back, all is as before.
func TestOutage(t *testing.T) {
	for _, p := range []Profile{V15, V19} {
		now := startOfTime
		s := bare(t, Config{Profile: p, Seed: 7, Now: func() time.Time { return now }})
		ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
		faults, err := ParseFaults("db=100%@10s")
		if err != nil || s.SetFaults(faults) != nil || faults.String() != "db=100%@10s" {
			t.Fatal(faults, err)
		}
		begun := status(s, "GET", "/v1/users", "")
		if err := s.SetFaults(nil); err != nil || begun != http.StatusInternalServerError {
			t.Fatal(begun, err)
		}
		for _, c := range []struct {
			method, path, body string
			out, back          int
		}{
			{"GET", "/v1/users/a", "", 200, 200},
			{"GET", "/v1/users/nobody", "", 500, 404},
			{"GET", "/v1/users?queries[0]=%7B%22method%22%3A%22equal%22%2C%22attribute%22%3A%22%24id%22%2C%22values%22%3A%5B%22a%22%5D%7D", "", 500, 200},
			{"PATCH", "/v1/users/a/name", `{"name":"b"}`, 500, 200},
			{"POST", "/v1/users/md5", fmt.Sprintf(md5Body, "c", "c"), 500, 201},
			{"POST", "/v1/users/md5", `{}`, 400, 400},
			{"GET", "/v1/health", "", 200, 200},
			{"DELETE", "/v1/users/a", "", 500, 204},
		} {
			now = startOfTime.Add(9 * time.Second)
			if got := status(s, c.method, c.path, c.body); got != c.out {
				t.Errorf("%s: %s %s during an outage: %d, want %d", p, c.method, c.path, got, c.out)
			}
			now = startOfTime.Add(10 * time.Second)
			if got := status(s, c.method, c.path, c.body); got != c.back {
				t.Errorf("%s: %s %s after it: %d, want %d", p, c.method, c.path, got, c.back)
			}
		}
	}
}
