package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/verifiers"
)

// exchange is a line of a recording; see fixtures/README.md.
type exchange struct {
	Name      string
	Note      string
	Project   string
	Shortened any `json:"request_shortened"`
	Request   struct {
		Method, Path string
		Headers      map[string]string
		Body         any
		RawBody      *string
	}
	Response *struct {
		Status  int
		Headers map[string]any
		Body    any
	}
}

func recording(t testing.TB, version string) []exchange {
	var all []exchange
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read("exchanges/" + version + ".x.jsonl")))
	dec.UseNumber()
	for {
		var e exchange
		if err := dec.Decode(&e); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}

// replays keeps what one project's replay needs to know.
type replay struct {
	t      testing.TB
	server *Server
	ids    map[string]string // recorded random id → ours
	token  string            // secret of the newest token
}

func newReplay(t testing.TB, version string, abuse bool) *replay {
	return &replay{t: t, ids: map[string]string{}, server: bare(t, Config{
		Verify: verifyOnce, Profile: Profile(version), Abuse: abuse, Now: halfPast(),
		Keys: []Key{
			{Secret: "standard_full"},
			{Secret: "standard_readonly", Scopes: []string{"users.read"}},
			{Secret: "standard_writeonly", Scopes: []string{"users.write"}},
			{Secret: "standard_users", Scopes: []string{"users.read", "users.write"}},
			{Secret: "standard_noscope", Scopes: []string{"documents.read"}},
			{Secret: "standard_expired", Expires: startOfTime},
		},
	})}
}

// halfPast is a clock that runs from the middle of an hour, so that no hour ends
// during a test.
func halfPast() func() time.Time {
	start := time.Now()
	return func() time.Time { return time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC).Add(time.Since(start)) }
}

// memoised hashes each plain password once: the recordings hash the same few
// some two hundred times.
var memoised = func() func(string) string {
	var mu sync.Mutex
	known := map[string]string{}
	return func(password string) string {
		mu.Lock()
		defer mu.Unlock()
		if known[password] == "" {
			known[password] = argon2id(password)
		}
		return known[password]
	}
}()

// verifyOnce answers the same question once: both recordings ask for the same
// dear hashes.
var verifyOnce = func() func(identity.Hash, string) (bool, error) {
	type question struct {
		hash     identity.Hash
		password string
	}
	type answer struct {
		once sync.Once
		ok   bool
		err  error
	}
	var known sync.Map
	return func(h identity.Hash, password string) (bool, error) {
		v, _ := known.LoadOrStore(question{h, password}, new(answer))
		a := v.(*answer)
		a.once.Do(func() { a.ok, a.err = verifiers.Verify(h, password) })
		return a.ok, a.err
	}
}()

// send sends a recorded request and returns status, headers and decoded body.
func (r *replay) send(e exchange) (*httptest.ResponseRecorder, any) {
	if strings.HasSuffix(e.Name, "later") {
		r.server.Settle()
	}
	r.server.SetPolicies(settingsOf(e.Name))
	var body io.Reader
	if e.Request.RawBody != nil {
		body = strings.NewReader(*e.Request.RawBody)
	} else if e.Request.Body != nil {
		text, err := json.Marshal(e.Request.Body)
		if err != nil {
			r.t.Fatal(err)
		}
		body = strings.NewReader(r.fill(string(text)))
	}
	req := httptest.NewRequest(e.Request.Method, "http://localhost"+r.fill(e.Request.Path), body)
	req.RemoteAddr = "127.0.0.1:1"
	for name, v := range e.Request.Headers {
		req.Header.Set(name, r.fill(v))
	}
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, req)
	var got any
	dec := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	dec.UseNumber()
	if w.Body.Len() > 0 && dec.Decode(&got) != nil {
		got = w.Body.String()
	}
	if o, ok := got.(map[string]any); ok && strings.HasSuffix(e.Request.Path, "/tokens") && w.Code == 201 {
		r.token, _ = o["secret"].(string)
	}
	return w, got
}

var keyPlaceholder = regexp.MustCompile(`<key:(\w+)>`)

func (r *replay) fill(s string) string {
	s = keyPlaceholder.ReplaceAllString(s, "standard_$1")
	s = strings.NewReplacer("<project>", "theproject", "<key of another project>", "standard_other", "<token-secret>", r.token).Replace(s)
	return hexID.ReplaceAllStringFunc(s, func(id string) string {
		if ours, ok := r.ids[id]; ok {
			return ours
		}
		return id
	})
}

var (
	hexID  = regexp.MustCompile(`\b[0-9a-f]{20}\b`)
	isDate = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$`)
	isMade = regexp.MustCompile(`^\$argon2id\$v=19\$m=(65536,t=4,p=3|7168,t=5,p=1)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$`)
	secret = regexp.MustCompile(`^([0-9a-f]{64}|[0-9a-f]{256}|[A-Za-z0-9+/]{80,}={0,2}|<[a-z-]*secret>)$`)
	code   = regexp.MustCompile(`^([0-9a-f]{10}|<code>)$`)
	cut    = regexp.MustCompile(`(?s)^<string of (\d+) chars: (.*)…>$`)
)

// differs compares a recorded value with ours. What is random or bound to time
// counts as equal when both are of the same form: ids of 20 hex digits, dates,
// argon2id strings made by the server, session and token secrets, recovery
// codes, JWTs, phpass's random_state; and in profile 1.5 an access date that is
// there or not yet, since it is written after the answer. Texts and lists that the recording cut
// short are compared as far as they go. It returns where and how they differ.
func (r *replay) differs(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: want an object, got %.80v", at, got)
		}
		for k := range w {
			if _, ok := g[k]; !ok {
				return at + "." + k + ": missing"
			}
			if d := r.differs(at+"."+k, w[k], g[k]); d != "" {
				return d
			}
		}
		for k := range g {
			if _, ok := w[k]; !ok {
				return at + "." + k + ": too much"
			}
		}
		return ""
	case []any:
		return r.listDiffers(at, w, got)
	case string:
		if g, ok := got.(string); ok {
			return r.textDiffers(at, w, g)
		}
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Sprintf("%s: want %.200v, got %.200v", at, want, got)
	}
	return ""
}

var itemsInAll = regexp.MustCompile(`^<… (\d+) items in all>$`)

func (r *replay) listDiffers(at string, want []any, got any) string {
	g, ok := got.([]any)
	if !ok {
		return fmt.Sprintf("%s: want a list, got %.80v", at, got)
	}
	n := len(want)
	if n > 0 {
		if note, ok := want[n-1].(string); ok && itemsInAll.MatchString(note) {
			if total := itemsInAll.FindStringSubmatch(note)[1]; total != strconv.Itoa(len(g)) {
				return fmt.Sprintf("%s: want %s items, got %d", at, total, len(g))
			}
			want, g = want[:n-1], g[:n-1]
		}
	}
	if len(want) != len(g) {
		return fmt.Sprintf("%s: want %d items, got %d", at, len(want), len(g))
	}
	for i := range want {
		if d := r.differs(fmt.Sprintf("%s[%d]", at, i), want[i], g[i]); d != "" {
			return d
		}
	}
	return ""
}

func (r *replay) textDiffers(at, want, got string) string {
	if hexID.MatchString(want) && len(want) == 20 && hexID.MatchString(got) && len(got) == 20 {
		r.ids[want] = got
		return ""
	}
	for _, form := range []*regexp.Regexp{isDate, isMade, secret, code} {
		if form.MatchString(want) && form.MatchString(got) {
			return ""
		}
	}
	if strings.HasSuffix(at, ".accessedAt") && r.server.rules.accessedAt && (want == "" || got == "") {
		return ""
	}
	if strings.HasSuffix(at, ".random_state") || strings.HasSuffix(at, ".jwt") || strings.HasSuffix(at, ".secret") && len(want) == len(got) {
		return ""
	}
	if m := cut.FindStringSubmatch(want); m != nil {
		n, _ := strconv.Atoi(m[1])
		if len([]rune(got)) == n && strings.HasPrefix(got, m[2]) || len(got) == n {
			return ""
		}
	}
	if strings.ReplaceAll(want, "<project>", "theproject") != got {
		return fmt.Sprintf("%s: want %.300q, got %.300q", at, want, got)
	}
	return ""
}

// compare sends a recorded request and says how the answer differs from the
// recorded one; "" is not at all, or nothing to compare with.
func (r *replay) compare(e exchange) string {
	w, got := r.send(e)
	switch {
	case e.Response == nil:
		return ""
	case w.Code != e.Response.Status:
		return fmt.Sprintf("status: want %d, got %d: %.200s", e.Response.Status, w.Code, w.Body)
	case e.Response.Body == nil:
		return ""
	}
	return r.differs("", e.Response.Body, got)
}
