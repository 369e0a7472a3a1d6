package rehearsal

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"rehome/verifiers"
)

var startOfTime = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// bare is a server with one key and the real verifiers.
func bare(t testing.TB, cfg Config) *Server {
	t.Helper()
	if cfg.Verify == nil {
		cfg.Verify = verifiers.Verify
	}
	if cfg.Project == "" {
		cfg.Project = "theproject"
	}
	if cfg.Keys == nil {
		cfg.Keys = []Key{{Secret: "standard_full"}}
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.hasher.make = memoised
	return s
}

// ask sends one request with the key and decodes the answer's object.
func ask(t testing.TB, s *Server, method, path, body string, header ...string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Appwrite-Project", s.Project())
	r.Header.Set("X-Appwrite-Key", string(s.Key()))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var got map[string]any
	if w.Body.Len() > 0 && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w, got
}

const guest = "X-Appwrite-Key"

// readAll walks all users by cursor and says how many there were.
func readAll(t testing.TB, s *Server, page int) int {
	read, after := 0, ""
	for {
		q := url.Values{"queries[0]": {`{"method":"limit","values":[` + strconv.Itoa(page) + `]}`}}
		if after != "" {
			q.Set("queries[1]", `{"method":"cursorAfter","values":["`+after+`"]}`)
		}
		w, got := ask(t, s, "GET", "/v1/users?"+q.Encode(), "")
		if w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
		users := got["users"].([]any)
		read += len(users)
		if len(users) < page {
			return read
		}
		after = users[len(users)-1].(map[string]any)["$id"].(string)
	}
}
