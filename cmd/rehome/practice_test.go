package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

// practiceServer is a rehearsal server that outlives a command, so that a second
// one finds what the first one did.
type practiceServer struct {
	*rehearsal.Server
	endpoint, project, key string
	listener               *rehearsal.Listener // nil: stopped
	instead                string              // see instead, in scripts
}

func startPractice(t *testing.T, profile, faults string, keys ...rehearsal.Key) *practiceServer {
	t.Helper()
	spec, err := rehearsal.ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	server, err := rehearsal.New(rehearsal.Config{Verify: verifiers.Verify, Profile: rehearsal.Profile(profile), Faults: spec, Seed: 7, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	p := &practiceServer{Server: server, project: server.Project(), key: string(server.Key())}
	if p.listener, err = rehearsal.Listen("127.0.0.1:0", p); err != nil {
		t.Fatal(err)
	}
	p.endpoint = p.listener.Endpoint()
	t.Cleanup(p.stop)
	return p
}

// ServeHTTP makes, once, another account in the place of one that is asked for, and
// does not answer.
func (p *practiceServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		ID string `json:"userId"`
	}
	if p.instead == "" || json.Unmarshal([]byte(p.instead), &wanted) != nil || r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, "/v1/users") {
		p.Server.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || !bytes.Contains(body, []byte(`"`+wanted.ID+`"`)) {
		p.Server.ServeHTTP(w, r)
		return
	}
	other := httptest.NewRequestWithContext(r.Context(), r.Method, "/v1/users", strings.NewReader(p.instead))
	other.Header = r.Header.Clone()
	p.instead = ""
	p.Server.ServeHTTP(httptest.NewRecorder(), other)
	panic(http.ErrAbortHandler)
}

func (p *practiceServer) stop() {
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// up starts it again where it was, if it was stopped.
func (p *practiceServer) up(t *testing.T) {
	t.Helper()
	if p.listener != nil {
		return
	}
	at, err := url.Parse(p.endpoint)
	if err == nil {
		p.listener, err = rehearsal.Listen(at.Host, p)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// users lists every user at the server, as the API shows them, without faults.
func (p *practiceServer) users(t *testing.T) []map[string]any {
	t.Helper()
	if err := p.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for {
		queries := url.Values{"queries[0]": {`{"method":"limit","values":[100]}`}}
		if len(all) > 0 {
			last, _ := json.Marshal(map[string]any{"method": "cursorAfter", "values": []any{all[len(all)-1]["$id"]}})
			queries.Set("queries[1]", string(last))
		}
		page := p.get(t, "/users?"+queries.Encode())
		all = append(all, page...)
		if len(page) < 100 {
			return all
		}
	}
}

func (p *practiceServer) get(t *testing.T, path string) []map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.endpoint+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Appwrite-Project", p.project)
	req.Header.Set("X-Appwrite-Key", p.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Users []map[string]any }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", path, res.Status, err)
	}
	return answer.Users
}

// importProcess is an import of a whole export by a process of its own.
func importProcess(t *testing.T, program string, server *practiceServer, folder string) *exec.Cmd {
	t.Helper()
	for _, name := range []string{"firebase-default.json", "firebase-default.hash-config.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), fixtures.Read("exports/firebase/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(program, "import", "firebase-default.json", "--hash-config", "firebase-default.hash-config.txt",
		"--to", "appwrite", "--no-proof", "--yes", "--claims", "prefs", "--dates", "prefs", "--quiet", "--json")
	c.Dir = folder
	c.Env = append(os.Environ(), "APPWRITE_ENDPOINT="+server.endpoint, "APPWRITE_PROJECT_ID="+server.project, "APPWRITE_API_KEY="+server.key)
	c.Stdout, c.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return c
}
