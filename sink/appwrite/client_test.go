package appwrite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

const secretKey identity.Secret = "standard_5ecret5ecret"

// TestPreflight: what is wrong with a key or a project is said in a sentence, and
// nothing is written.
func TestPreflight(t *testing.T) {
	for _, version := range versions {
		for _, c := range []struct {
			name   string
			key    rehearsal.Key
			change func(*Sink)
			want   string // part of the error; "": none
		}{
			{"fine", rehearsal.Key{Scopes: []string{"users.read", "users.write"}}, nil, ""},
			{"read only", rehearsal.Key{Scopes: []string{"users.read"}}, nil, "lacks the scope users.write"},
			{"write only", rehearsal.Key{Scopes: []string{"users.write"}}, nil, "lacks the scope users.read"},
			{"neither", rehearsal.Key{Scopes: []string{"databases.read"}}, nil, "lacks the scopes users.read and users.write"},
			{"expired", rehearsal.Key{Expires: time.Unix(1, 0)}, nil, "has expired"},
			{"wrong key", rehearsal.Key{}, func(s *Sink) { s.client.key = "standard_another" }, "not one of the project"},
			{"wrong project", rehearsal.Key{}, func(s *Sink) { s.client.project = "another" }, `no project "another"`},
			{"wrong path", rehearsal.Key{}, func(s *Sink) { s.client.base = s.client.base.JoinPath("v2") }, "mostly ends in /v1"},
		} {
			c.key.Secret = secretKey
			s, f := rehearse(t, rehearsal.Config{Profile: version, Keys: []rehearsal.Key{c.key}}, Config{Profile: Profile15})
			if c.name == "wrong path" {
				f.shapes.any = true
			}
			if c.change != nil {
				c.change(s)
			}
			info, err := s.Preflight(t.Context())
			if c.want == "" {
				if err != nil || info.Version != f.inner.Version() || info.Profile != Profile(version) || s.rules.profile != info.Profile {
					t.Errorf("%s: %+v %v", version, info, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s %s: %v, want …%s…", version, c.name, err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), string(secretKey)) {
				t.Errorf("%s %s: the key is in the error", version, c.name)
			}
			if _, passing := errors.AsType[sink.Transient](err); passing {
				t.Errorf("%s %s: passing", version, c.name)
			}
			if f.inner.Users() != 0 {
				t.Errorf("%s %s: wrote", version, c.name)
			}
		}
	}
}

// TestOtherServers: whatever else may answer at an address.
func TestOtherServers(t *testing.T) {
	var reached atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer elsewhere.Close()
	for _, c := range []struct {
		name    string
		serve   http.HandlerFunc
		want    string
		passing bool
	}{
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusPermanentRedirect)
		}, "never followed", false},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html>") }, "not as Appwrite does", false},
		{"an old one", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version":"1.4.13"}`) }, "1.5 is the oldest", false},
		{"something else", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version":"GO-5.1"}`) }, "none of Appwrite's", false},
		{"a proxy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "is unavailable", true},
		{"a crowd", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "is unavailable", true},
		{"nobody", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "is unavailable", true},
		{"too much", func(w http.ResponseWriter, _ *http.Request) {
			chunk := make([]byte, 1<<20)
			for range 40 {
				_, _ = w.Write(chunk)
			}
		}, "32 MiB", false},
	} {
		server := httptest.NewServer(c.serve)
		s, err := New(Config{Endpoint: server.URL + "/v1", Project: "p", Key: secretKey, Patience: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Preflight(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), string(secretKey)) {
			t.Errorf("%s: %v, want …%s…", c.name, err, c.want)
		}
		if _, passing := errors.AsType[sink.Transient](err); passing != c.passing {
			t.Errorf("%s: passing %v", c.name, passing)
		}
		server.Close()
	}
	if reached.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// TestDown: nobody listens.
func TestDown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	s, err := New(Config{Endpoint: "http://" + address + "/v1", Project: "p", Key: secretKey, Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	secret := "person@example.com"
	for name, try := range map[string]func() error{
		"preflight": func() error { _, err := s.Preflight(t.Context()); return err },
		"write": func() error {
			_, err := s.Write(t.Context(), []sink.Landing{{User: withHash(identity.User{ID: "a", Email: secret, Phone: "+12025550100"})}})
			return err
		},
		"read":  func() error { _, err := s.Read(t.Context(), []string{secret}); return err },
		"login": func() error { _, err := s.Login(t.Context(), secret, "password"); return err },
	} {
		err := try()
		if passing, ok := errors.AsType[sink.Transient](err); !ok || !passing.Transient() {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "refused") || strings.Contains(text, "person") || strings.Contains(text, "2025550100") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeyLost: a key that is withdrawn while users land ends the run for good.
func TestKeyLost(t *testing.T) {
	s, _ := rehearse(t, rehearsal.Config{}, Config{})
	s.client.key = "standard_withdrawn"
	results, err := s.Write(t.Context(), []sink.Landing{{User: someone(1)}, {User: someone(2)}})
	_, passing := errors.AsType[sink.Transient](err)
	if len(results) != 0 || err == nil || passing || strings.Contains(err.Error(), "withdrawn") {
		t.Errorf("%d results, %v", len(results), err)
	}
}

// TestConnections: as many as Workers says, kept, whatever the answers and however
// many ask at once.
func TestConnections(t *testing.T) {
	inner, err := rehearsal.New(rehearsal.Config{Verify: func(identity.Hash, string) (bool, error) { return false, nil }})
	if err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(inner)
	server.Config.ConnState = countNew(&opened)
	server.Start()
	defer server.Close()
	s, err := New(Config{Endpoint: server.URL + "/v1", Project: inner.Project(), Key: inner.Key(), Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	landMany(t, s, 100)
	landMany(t, s, 100)              // all of them 409
	if n := opened.Load(); n > 4+2 { // net/http gives one up when its writer is kept waiting for 50 ms
		t.Errorf("%d connections for 4 workers", n)
	}
	if inner.Users() != 100 {
		t.Errorf("%d users", inner.Users())
	}
}

func countNew(opened *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
}

// TestConnectionsFound: without a setting, no more than were ever in flight.
func TestConnectionsFound(t *testing.T) {
	s := staged(t, rehearsal.Capacity{Slots: 8, Service: 2 * time.Millisecond}, nil)
	defer s.close()
	r := s.run(t, 0, 600*time.Millisecond)
	if r.connections > r.highest+2 || r.connections < 2 {
		t.Errorf("%d connections, at most %d requests in flight", r.connections, r.highest)
	}
}

func TestAskedWait(t *testing.T) {
	const now = "Sat, 21 Nov 2026 20:15:00 GMT"
	reset := fmt.Sprint(time.Date(2026, 11, 21, 20, 15, 7, 0, time.UTC).Unix())
	for _, c := range []struct {
		status              int
		date, retry, resets string
		want                time.Duration
	}{
		{429, now, "5", "", 5 * time.Second},
		{503, "", "5", "", 5 * time.Second},
		{503, now, "Sat, 21 Nov 2026 20:15:09 GMT", "", 9 * time.Second},
		{503, now, "Sat, 21 Nov 2026 20:14:00 GMT", "", 0},
		{429, now, "", reset, 7 * time.Second},
		{200, now, "", reset, 0},
		{429, now, "soon", "later", 0},
		{429, "", "", reset, 0},
		{429, now, "-5", "", 0},
		{429, now, "99999999999999999999", "", 0},
	} {
		res := &http.Response{StatusCode: c.status, Header: http.Header{}}
		res.Header.Set("Date", c.date)
		res.Header.Set("Retry-After", c.retry)
		res.Header.Set("X-RateLimit-Reset", c.resets)
		if got := askedWait(res); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestWaits(t *testing.T) {
	p := patience{total: time.Minute, first: firstWait}
	for try, want := range map[int]time.Duration{1: firstWait, 2: 3 * firstWait, 3: 9 * firstWait, 20: longWait, 1 << 30: longWait} {
		for range 20 {
			if got := p.wait(try); got < want/2 || got > want {
				t.Errorf("after try %d: %v, want between %v and %v", try, got, want/2, want)
			}
		}
	}
}

// TestRefusalWords: only names come through from an answer.
func TestRefusalWords(t *testing.T) {
	for body, want := range map[string]string{
		"{\"message\":\"Invalid `email` param: Value must be a valid email address\",\"type\":\"general_argument_invalid\"}": "the target answered 400 general_argument_invalid about email",
		`{"message":"Param \"userId\" is not optional.","type":"general_argument_invalid"}`:                                  "the target answered 400 general_argument_invalid about userId",
		"{\"message\":\"Invalid `a secret` param: x\",\"type\":\"a secret\"}":                                                "the target answered 400",
		`<!doctype html>`: "the target answered 400",
		`[]`:              "the target answered 400",
	} {
		if got := readRefusal(400, []byte(body)).Error(); got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}

// TestAskedTooMuch: an answer that asks for more time than there is patience ends
// it at once; one that asks for less is tried again.
func TestAskedTooMuch(t *testing.T) {
	for asked, want := range map[string]int64{"0": 2, "1": 1, "3600": 1} {
		var requests atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if requests.Add(1) == 1 {
				w.Header().Set("Retry-After", asked)
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			fmt.Fprint(w, `{"users":[]}`)
		}))
		s, err := New(Config{Endpoint: server.URL + "/v1", Project: "p", Key: secretKey, Patience: 900 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Read(t.Context(), []string{"a"})
		if _, passing := errors.AsType[sink.Transient](err); passing != (want == 1) || requests.Load() != want {
			t.Errorf("asked to wait %s s: %d requests, %v", asked, requests.Load(), err)
		}
		server.Close()
	}
}
