package rehearsal

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestControl(t *testing.T) {
	s := bare(t, Config{})
	h := s.Control()
	door := func(method, path, body, host, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(body))
		r.Header.Set("X-Appwrite-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	const here = "127.0.0.1:8091"
	for _, c := range []struct {
		method, path, body, host, key string
		status                        int
		has                           string
	}{
		{"GET", "/counts", "", here, "standard_full", 200, `"users":0`},
		{"GET", "/counts", "", "localhost", "standard_full", 200, `"requests":0`},
		{"GET", "/counts", "", "rebound.example", "standard_full", 403, "loopback"},
		{"GET", "/counts", "", "127.0.0.1.example:80", "standard_full", 403, "loopback"},
		{"GET", "/counts", "", here, "", 401, "API key"},
		{"GET", "/counts", "", here, "standard_other", 401, "API key"},
		{"GET", "/nothing", "", here, "", 401, "API key"},
		{"PUT", "/faults", "lost=5%,429=1%@2s", here, "standard_full", 204, ""},
		{"PUT", "/faults", "flood=5%", here, "standard_full", 400, "unknown"},
		{"GET", "/faults", "", here, "standard_full", 200, "lost=5%,429=1%@2s"},
		{"PUT", "/faults", "", here, "standard_full", 204, ""},
		{"GET", "/state", "", here, "standard_full", 200, `"version":"1.9.6"`},
		{"POST", "/settle", "", here, "standard_full", 204, ""},
		{"GET", "/nothing", "", here, "standard_full", 404, ""},
	} {
		w := door(c.method, c.path, c.body, c.host, c.key)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("%s %s to %s: %d %s", c.method, c.path, c.host, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "standard_full") {
			t.Errorf("%s %s shows the key", c.method, c.path)
		}
	}
}
