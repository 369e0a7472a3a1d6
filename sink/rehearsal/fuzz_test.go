package rehearsal

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// fuzzed is a server with a few users, for profile p.
func fuzzed(t testing.TB, p Profile) *Server {
	s := bare(t, Config{Profile: p})
	ask(t, s, "POST", "/v1/users", `{"userId":"alice","email":"alice@example.com","phone":"+15551000001","name":"Alice","password":"password1"}`)
	ask(t, s, "POST", "/v1/users/sha", `{"userId":"bob","email":"bob@example.com","password":"0b14d501a594442a01c6859541bcb3e8164d183d32937b851835442f69d5c94e","passwordVersion":"sha256"}`)
	ask(t, s, "PUT", "/v1/users/alice/labels", `{"labels":["vip"]}`)
	return s
}

// mayFail are the answers of 500 that the real servers give too: an explicit
// null where PHP wants a text, hash options that the hash class refuses, a key
// named $id in preferences, a body that is a bare text or number.
func mayFail(r, body string) bool {
	v, ok := decode(body)
	if ok && v.kind != isArray {
		return true
	}
	for _, name := range []string{"name", "email", "passwordVersion"} {
		if one, found := v.get(name); found && one.kind == isNull {
			return true
		}
	}
	for _, path := range []string{"/sha", "/scrypt", "/scrypt-modified", "/prefs", "/sessions", "/sessions/email", "/targets/", "/identities"} {
		if strings.Contains(r, path) {
			return true
		}
	}
	return strings.Contains(r, "text form") // which JSON is not, nor anything else without a bracket
}

func check(t *testing.T, w *httptest.ResponseRecorder, what, body string) {
	if w.Code == 500 && !mayFail(what, body) {
		t.Errorf("%s: 500: %s", what, w.Body)
	}
	kind := w.Header().Get("Content-Type")
	if strings.HasPrefix(kind, "application/json") && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s: not JSON: %q", what, w.Body)
	}
	if !utf8.Valid(w.Body.Bytes()) {
		t.Errorf("%s: not UTF-8: %q", what, w.Body)
	}
}

var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"}

func FuzzRequest(f *testing.F) {
	f.Add(uint8(1), "/v1/users/md5", "application/json", `{"userId":"x","email":"x@example.com","password":"7c6a180b36896a0a8c02787eeafb0e4c"}`)
	f.Add(uint8(1), "/v1/users", "application/json", `{"userId":"unique()","email":null,"name":null}`)
	f.Add(uint8(1), "/v1/users/scrypt", "application/json", `{"userId":"x","email":"x@example.com","password":"00000000","passwordSalt":"s","passwordCpu":1e9,"passwordMemory":1,"passwordParallel":1,"passwordLength":64}`)
	f.Add(uint8(3), "/v1/users/alice/prefs", "application/json", `{"prefs":{"$id":"x","é":"/","n":1.50}}`)
	f.Add(uint8(3), "/v1/users/alice/email", "application/x-www-form-urlencoded", "email=a%40b.c&email=")
	f.Add(uint8(2), "/v1/users/alice/labels", "application/json", `{"labels":{"0":"a","1":"a"}}`)
	f.Add(uint8(1), "/v1/account/sessions/email", "application/json; charset=utf-8", `{"email":"alice@example.com","password":"wrong-password"}`)
	f.Add(uint8(4), "/v1/users//targets/%00", "", "")
	f.Add(uint8(6), "/v1/users", "", "")
	servers := []*Server{fuzzed(f, V15), fuzzed(f, V19)}
	f.Fuzz(func(t *testing.T, method uint8, path, kind, body string) {
		for _, s := range servers {
			r := httptest.NewRequest(methods[int(method)%len(methods)], "/", strings.NewReader(body))
			r.URL.Path = path
			r.Header.Set("Content-Type", kind)
			r.Header.Set("X-Appwrite-Project", s.Project())
			r.Header.Set("X-Appwrite-Key", string(s.Key()))
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			check(t, w, r.Method+" "+path, body)
		}
	})
}

func FuzzQueries(f *testing.F) {
	for _, q := range []string{
		`{"method":"equal","attribute":"email","values":["alice@example.com"]}`,
		`{"method":"limit","values":[2]}`,
		`{"method":"offset","values":["1"]}`,
		`{"method":"cursorAfter","values":["alice"]}`,
		`{"method":"cursorBefore","values":["bob"]}`,
		`{"method":"or","values":[{"method":"isNull","attribute":"phone"},{"method":"between","attribute":"$createdAt","values":["2020-01-01","2099-01-01"]}]}`,
		`{"method":"orderDesc","attribute":"name"}`,
		`{"method":"contains","attribute":"labels","values":["vip"]}`,
		`{"method":"search","attribute":"name","values":["Al"]}`,
		`equal("email", ["alice@example.com", 'b\'c'])`,
		`limit(2)`,
	} {
		f.Add(q, "Ali", "1.4.0")
		f.Add(q, "", "")
	}
	servers := []*Server{fuzzed(f, V15), fuzzed(f, V19)}
	f.Fuzz(func(t *testing.T, q, search, format string) {
		for _, s := range servers {
			for _, path := range []string{"/v1/users", "/v1/users/alice/targets", "/v1/users/alice/logs", "/v1/users/identities"} {
				r := httptest.NewRequest("GET", path, nil)
				v := r.URL.Query()
				v["queries[]"] = []string{q, `{"method":"limit","values":[3]}`}
				v.Set("search", search)
				r.URL.RawQuery = v.Encode()
				r.Header.Set("X-Appwrite-Project", s.Project())
				r.Header.Set("X-Appwrite-Key", string(s.Key()))
				r.Header.Set("X-Appwrite-Response-Format", format)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				form := ""
				if format != "" && parseVersion(format) < version(1, 5, 0) {
					form = "text form"
				}
				check(t, w, path+" queries in "+form, "")
			}
		}
	})
}

// FuzzHeaders looks at what decides who asks.
func FuzzHeaders(f *testing.F) {
	f.Add("theproject", "standard_full", "", "", "", "", "")
	f.Add("console", "dynamic_x", "a_session_theproject=eyJpZCI6ImFsaWNlIn0", "a.b.c", "https://evil.example", `{"a_session_theproject":"e30="}`, "2.0.0")
	servers := []*Server{fuzzed(f, V15), fuzzed(f, V19)}
	f.Fuzz(func(t *testing.T, project, key, cookie, jwt, origin, fallback, format string) {
		for _, s := range servers {
			for _, method := range []string{"GET", "POST"} {
				r := httptest.NewRequest(method, "/v1/users", nil)
				for name, v := range map[string]string{
					"X-Appwrite-Project": project, "X-Appwrite-Key": key, "Cookie": cookie, "X-Appwrite-JWT": jwt,
					"Origin": origin, "X-Fallback-Cookies": fallback, "X-Appwrite-Response-Format": format,
				} {
					r.Header.Set(name, v)
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				check(t, w, method+" /v1/users", "")
				if known := key == "standard_full" && project == s.Project(); w.Code == 200 && !known {
					t.Errorf("project %q, key %q: let in", project, key)
				}
			}
		}
	})
}

// FuzzDecode compares the decoder with encoding/json: what both take, they must
// read alike, and what we print must be JSON again.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0,1.5e3,"\u00e9\ud83d\ude80"],"b":null}`, `[[[]]]`, `"\ud800"`, `TRUE`, `{"a":1,"a":2}`, "\"\x00\"", `01`, `-`, `1e`, `9223372036854775808`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := decode(s)
		if std := json.Valid([]byte(s)); ok && !std && !slices.Contains([]string{"true", "false", "null"}, strings.ToLower(strings.TrimSpace(s))) && !strings.ContainsAny(strings.ToLower(s), "tfn") {
			t.Errorf("%q: taken, encoding/json refuses it", s)
		} else if !ok && std && utf8.ValidString(s) && !strings.Contains(strings.ToLower(s), `\ud`) && strings.Count(s, "[")+strings.Count(s, "{") < maxDepth {
			t.Errorf("%q: refused, encoding/json takes it", s)
		}
		if !ok {
			return
		}
		for _, ascii := range []bool{false, true} {
			text := string(v.appendJSON(nil, ascii))
			if v.finite() && !json.Valid([]byte(text)) {
				t.Errorf("%q: printed as %q", s, text)
			}
		}
	})
}

// FuzzArgon2Form: whatever passes for an argon2 string must be one that the
// bounds hold for.
func FuzzForms(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=4,p=3$a1lTZGFCc2dHWUhzdXJhVg$66ZaPGNZI9+ILDERGrcJI0ErwyP2XaCyefUn9j3zxDg")
	f.Add("$argon2i$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")
	f.Add("$6$rounds=10000001$salt$" + strings.Repeat("a", 86))
	f.Fuzz(func(t *testing.T, s string) {
		if strings.HasPrefix(s, "$argon2id$") || strings.HasPrefix(s, "$argon2i$") {
			argon2Form(s)
		}
		if tag := cryptTag(s); tag != "" && len(s) > 200 {
			t.Errorf("%q: taken for %s", s, tag)
		}
		(emailCheck{trim: true}).ok(text(s))
		(phoneCheck{parsed: true}).ok(text(s))
		parseForm(s)
	})
}
