package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rehome/identity"
	"rehome/sink/rehearsal"
)

// storming stands before a server: as soon as a user is made there, the person signs
// in, more than once at the same time.
type storming struct {
	*practiceServer
	group sync.WaitGroup
}

func (s *storming) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	s.practiceServer.ServeHTTP(answer, r)
	if made := r.Method == http.MethodPost && r.URL.Path == "/v1/users/md5" && answer.Code == http.StatusCreated; made && !strings.Contains(answer.Body.String(), "rehome-canary") {
		_, rest, _ := strings.Cut(answer.Body.String(), `"email":"`)
		address, _, _ := strings.Cut(rest, `"`)
		for range 2 {
			s.group.Go(func() { s.signIn(address) })
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// signIn is the person's, with whatever password: the server takes any.
func (s *storming) signIn(address string) (status int) {
	r := httptest.NewRequest(http.MethodPost, "/v1/account/sessions/email", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":"whatever"}`, address)))
	r.Header.Set("X-Appwrite-Project", s.project)
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.practiceServer.ServeHTTP(answer, r)
	return answer.Code
}

// stormServer serves a server of profile 1.5, which loses updates, in a storm.
func stormServer(t *testing.T, config rehearsal.Config) *storming {
	t.Helper()
	config.Verify = func(identity.Hash, string) (bool, error) { return true, nil }
	server, err := rehearsal.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &storming{practiceServer: &practiceServer{Server: server, project: server.Project(), key: string(server.Key())}}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	s.endpoint = listener.URL + "/v1"
	return s
}

// TestSignInsDuringImport: people who sign in while they are imported into an
// Appwrite 1.5, which then undoes what is changed meanwhile, have everything in the
// end, and whoever is disabled is out.
func TestSignInsDuringImport(t *testing.T) {
	for _, config := range []rehearsal.Config{{Profile: rehearsal.V15, LostUpdates: true}, {Profile: rehearsal.V19}} {
		t.Run(string(config.Profile), func(t *testing.T) {
			s := stormServer(t, config)
			folder := t.TempDir()
			t.Chdir(folder)
			t.Setenv("APPWRITE_ENDPOINT", s.endpoint)
			t.Setenv("APPWRITE_PROJECT_ID", s.project)
			t.Setenv("APPWRITE_API_KEY", s.key)
			var people []identity.User
			var source []byte
			for i := range 8 {
				u := identity.User{
					ID: fmt.Sprintf("p%02d", i), Email: fmt.Sprintf("p%02d@mail.example.com", i), EmailVerified: true, Name: "Person", Disabled: i%2 == 0,
					Phone: fmt.Sprintf("+1202%07d", i), PhoneVerified: true, Labels: []string{"staff"}, Attributes: map[string]any{"tier": "gold"},
					Hash: identity.Hash{Algorithm: identity.MD5, Encoded: md5OfIt},
				}
				line, err := identity.EncodeNeutral(u)
				if err != nil {
					t.Fatal(err)
				}
				people, source = append(people, u), append(append(source, line...), '\n')
			}
			if err := os.WriteFile(filepath.Join(folder, "people.jsonl"), source, 0o600); err != nil {
				t.Fatal(err)
			}
			scene := &undoScene{s.practiceServer, t, len(people)}
			scene.must(exitOK, "import", "people.jsonl", "--to", "appwrite", "--no-proof", "--yes", "--claims", "prefs", "--roles", "labels", "--workers", "8")
			s.group.Wait()
			wantWhole(t, s, people)
		})
	}
}

// wantWhole checks that everybody has everything, and that the disabled are out.
func wantWhole(t *testing.T, s *storming, people []identity.User) {
	t.Helper()
	signedIn := 0
	there := map[string]rehearsal.User{}
	for u := range s.All() {
		there[u.ID] = u
		if u.Algorithm == "argon2" {
			signedIn++
		}
	}
	for _, p := range people {
		u := there[p.ID]
		if u.Blocked != p.Disabled || u.Phone != p.Phone || !u.PhoneVerified || !u.EmailVerified || u.Name != p.Name || !slices.Equal(u.Labels, p.Labels) || u.Prefs != `{"tier":"gold"}` {
			t.Errorf("disabled %v: %+v", p.Disabled, u)
		}
		if in := s.signIn(p.Email) == http.StatusCreated; in == p.Disabled {
			t.Errorf("%s signs in: %v, disabled: %v", p.ID, in, p.Disabled)
		}
	}
	if len(there) != len(people) || signedIn < len(people)/2 {
		t.Errorf("%d users, %d signed in meanwhile", len(there), signedIn)
	}
}

// refusing stands before a server and refuses to block or delete one user.
type refusing struct{ *practiceServer }

func (s refusing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	blocks := r.Method == http.MethodPatch && r.URL.Path == "/v1/users/p00/status"
	if deletes := r.Method == http.MethodDelete && r.URL.Path == "/v1/users/p00"; blocks || deletes {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"message":"no","code":400,"type":"general_argument_invalid"}`))
		return
	}
	s.practiceServer.ServeHTTP(w, r)
}

// TestOpenAccountIsSaid: an account that could be neither completed nor taken back
// lets a person in who is disabled at the source. The end of the import says so, and
// what to do, and the rejects name the person.
func TestOpenAccountIsSaid(t *testing.T) {
	server := serveFor(t, rehearsal.Config{})
	listener := httptest.NewServer(refusing{server})
	t.Cleanup(listener.Close)
	t.Chdir(t.TempDir())
	t.Setenv("APPWRITE_ENDPOINT", listener.URL+"/v1")
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	source := `{"id":"p00","email":"p00@mail.example.com","disabled":true,"hash_algorithm":"md5","password_hash":"` + md5OfIt + `"}` + "\n" +
		`{"id":"p01","email":"p01@mail.example.com","disabled":true,"hash_algorithm":"md5","password_hash":"` + md5OfIt + `"}` + "\n"
	if err := os.WriteFile("people.jsonl", []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errw bytes.Buffer
	code := run(t.Context(), []string{"rehome", "import", "people.jsonl", "--to", "appwrite", "--no-proof", "--yes"}, strings.NewReader(""), &out, &errw)
	if code != exitRejected || !strings.Contains(out.String(), "1 account is OPEN at the target although disabled at the source: block by hand") {
		t.Errorf("exit %d\n%s%s", code, out.String(), errw.String())
	}
	lists, err := filepath.Glob("rehome-runs/*/rejects.csv")
	if err != nil || len(lists) != 1 {
		t.Fatalf("%v %v", lists, err)
	}
	rejects, err := os.ReadFile(lists[0])
	if err != nil || !strings.Contains(string(rejects), "account-open") || !strings.Contains(string(rejects), "p00") || strings.Contains(string(rejects), "p01") {
		t.Errorf("%v\n%s", err, rejects)
	}
}
