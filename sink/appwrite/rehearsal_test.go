package appwrite

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink/rehearsal"
	"rehome/sink/sinktest"
	"rehome/verifiers"
)

// front stands before a rehearsal server. It checks that every request is one
// that the recorded servers accepted, notes it, and fails in the ways asked for.
type front struct {
	t      *testing.T
	inner  *rehearsal.Server
	shapes shapes

	mu    sync.Mutex
	slow  time.Duration
	lose  int  // changes whose answers are to be lost
	left  int  // changes until the target gives out; 0: it does not
	down  bool // no answer to anything
	mute  bool // no Date in the answers
	force func(*http.Request) (status int, body string)
	log   []string
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	slow, down, force := f.slow, f.down, f.force
	f.log = append(f.log, r.Method+" "+r.URL.Path)
	f.mu.Unlock()
	if down {
		panic(http.ErrAbortHandler)
	}
	time.Sleep(slow)
	f.shapes.check(f.t, r)
	if force != nil {
		if status, body := force(r); status != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return
		}
	}
	answer := httptest.NewRecorder()
	f.inner.ServeHTTP(answer, r)
	if f.swallows(r) {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	if f.mute {
		w.Header()["Date"] = nil
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// swallows tells whether the answer to a change is to be lost.
func (f *front) swallows(r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method == http.MethodGet || r.Header.Get("X-Appwrite-Key") == "" {
		return false
	}
	if f.lose > 0 {
		f.lose--
		return true
	}
	if f.left > 0 {
		f.left--
		f.down = f.left == 0
	}
	return f.down
}

func (f *front) set(change func(*front)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// requests are those since the last call.
func (f *front) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	return log
}

// ask sends a request to the server behind the front, as somebody else.
func (f *front) ask(method, path, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Appwrite-Project", f.inner.Project())
	r.Header.Set("X-Appwrite-Key", string(f.inner.Key()))
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	f.inner.ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}

// must is ask for what cannot be refused.
func (f *front) must(t *testing.T, method, path, body string) string {
	t.Helper()
	code, answer := f.ask(method, path, body)
	if code > 299 {
		t.Fatalf("%s %s: %d %s", method, path, code, answer)
	}
	return answer
}

func (f *front) look(_ *testing.T, id string) string {
	code, body := f.ask("GET", "/v1/users/"+id, "")
	if code != http.StatusOK {
		return ""
	}
	return body
}

// rehearse starts a server behind a front, and a sink before it.
func rehearse(t *testing.T, server rehearsal.Config, c Config) (*Sink, *front) {
	t.Helper()
	if server.Profile == "" {
		server.Profile = rehearsal.V19
	}
	if server.Verify == nil {
		server.Verify = verifiers.Verify
	}
	inner, err := rehearsal.New(server)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, inner: inner, shapes: acceptedShapes(t, Profile(server.Profile))}
	listener := httptest.NewServer(f)
	t.Cleanup(listener.Close)
	c.Endpoint, c.Project = listener.URL+"/v1", inner.Project()
	if c.Key == "" {
		c.Key = inner.Key()
	}
	if c.Patience == 0 {
		c.Patience = 1000 * time.Millisecond
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, f
}

var versions = []rehearsal.Profile{rehearsal.V15, rehearsal.V19}

// servers are the versions with the databases under them that differ for us.
var servers = []rehearsal.Config{{Profile: rehearsal.V15}, {Profile: rehearsal.V19}, {Profile: rehearsal.V19, Database: rehearsal.Postgres}}

func TestConformance(t *testing.T) {
	for _, server := range servers {
		t.Run(string(server.Profile)+string(server.Database), func(t *testing.T) {
			t.Parallel()
			sinktest.Run(t, func(t *testing.T) sinktest.Fixture { return fixture(t, server) })
		})
	}
}

func fixture(t *testing.T, server rehearsal.Config) sinktest.Fixture {
	var back atomic.Int64
	server.Now = behind(&back)
	s, f := rehearse(t, server, Config{})
	if info, err := s.Preflight(t.Context()); err != nil || info.Profile != Profile(server.Profile) {
		t.Fatalf("%+v %v", info, err)
	}
	return fixtureOf(t, s, f, &back)
}

// behind is a clock that is some nanoseconds slow.
func behind(back *atomic.Int64) func() time.Time {
	return func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }
}

// began is when a run of the sink has begun.
func began(t *testing.T, s *Sink) time.Time {
	t.Helper()
	since, err := s.Begin(t.Context())
	if err != nil || since.IsZero() {
		t.Fatalf("begun at %v, %v", since, err)
	}
	return since
}

func fixtureOf(t *testing.T, s *Sink, f *front, back *atomic.Int64) sinktest.Fixture {
	return sinktest.Fixture{
		Sink:    s,
		Since:   began(t, s),
		Refused: identity.User{ID: "refused", Email: "no address"},
		Count:   func(*testing.T) int { return f.inner.Users() },
		Look:    f.look,
		Seed: func(t *testing.T, id, email, name string) {
			back.Store(int64(time.Hour))
			defer back.Store(0)
			f.must(t, "POST", "/v1/users/md5", fmt.Sprintf(`{"userId":%q,"email":%q,"name":%q,"password":"5f4dcc3b5aa765d61d8327deb882cf99"}`, id, email, name))
		},
		Slow: func(*testing.T) { f.set(func(f *front) { f.slow = 3 * time.Millisecond }) },
		Lose: func(*testing.T) { f.set(func(f *front) { f.lose = 1 }) },
		Fail: func(_ *testing.T, n int) { f.set(func(f *front) { f.left = n }) },
		Mend: func(*testing.T) { f.set(func(f *front) { f.left, f.down = 0, false }) },
	}
}

// TestConformanceWithFaults: the same suite against a server that loses answers,
// throttles, half makes users and is slow.
func TestConformanceWithFaults(t *testing.T) {
	faults, err := rehearsal.ParseFaults("lost=3%,reset=2%,503=3%,429=2%,500=1%,half=1%,slow=2%@1ms")
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range servers {
		t.Run(string(server.Profile)+string(server.Database), func(t *testing.T) {
			t.Parallel()
			sinktest.Run(t, func(t *testing.T) sinktest.Fixture { return faulty(t, server, faults) })
		})
	}
}

// faulty is a fixture whose server is kind only while the test itself looks or
// puts somebody there.
func faulty(t *testing.T, server rehearsal.Config, faults rehearsal.Faults) sinktest.Fixture {
	var back atomic.Int64
	server.Now = behind(&back)
	s, f := rehearse(t, server, Config{Patience: 2 * time.Second})
	if _, err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	set := func(to rehearsal.Faults) {
		if err := f.inner.SetFaults(to); err != nil {
			t.Fatal(err)
		}
	}
	x := fixtureOf(t, s, f, &back)
	set(faults)
	look, seed := x.Look, x.Seed
	x.Look = func(t *testing.T, id string) string {
		set(nil)
		defer set(faults)
		return look(t, id)
	}
	x.Seed = func(t *testing.T, id, email, name string) {
		set(nil)
		defer set(faults)
		seed(t, id, email, name)
	}
	return x
}
