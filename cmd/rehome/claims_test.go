package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	"rehome/migrate"
	"rehome/sink/rehearsal"
)

// away stands before a server that makes nobody, but for a trial user, while it is
// down.
type away struct {
	*practiceServer
	down atomic.Bool
}

func (s *away) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.down.Load() && r.Method == http.MethodPost && r.URL.Path == "/v1/users/md5" {
		body, _ := io.ReadAll(r.Body)
		if !bytes.Contains(body, []byte("rehome-canary")) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	s.practiceServer.ServeHTTP(w, r)
}

// TestLandedByTheOtherRun: a run that had a user in hand when it stopped, and finds the
// user whom another run has landed meanwhile, leaves it to that one.
func TestLandedByTheOtherRun(t *testing.T) {
	server := serveFor(t, rehearsal.Config{})
	s := &away{practiceServer: server}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	t.Chdir(t.TempDir())
	t.Setenv("APPWRITE_ENDPOINT", listener.URL+"/v1")
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	source := `{"id":"p00","email":"p00@mail.example.com","email_verified":true,"hash_algorithm":"md5","password_hash":"` + md5OfIt + `"}` + "\n"
	if err := os.WriteFile("people.jsonl", []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	scene := &undoScene{server, t, 1}
	again := []string{"import", "people.jsonl", "--to", "appwrite", "--no-proof", "--yes", "--patience", "200ms"}
	s.down.Store(true)
	scene.run(exitTarget, again...)
	s.down.Store(false)
	if landed := last(scene.run(exitOK, append(again, "--new-run")...)); landed.Created != 1 {
		t.Fatalf("the second run: %+v", landed)
	}
	first := last(scene.run(exitOK, again...))
	if first.Existing != 1 || first.Recovered != 0 {
		t.Errorf("the first run takes it for its own: %d existing, %d recovered", first.Existing, first.Recovered)
	}
}

func last(events []migrate.Event) migrate.Summary { return *events[len(events)-1].Finished }

// TestUndoLeavesAnotherFoldersUsers: users who were deleted, and landed anew under the
// same ids by a run that is kept in another folder, are not the first run's to delete.
func TestUndoLeavesAnotherFoldersUsers(t *testing.T) {
	server := serveFor(t, rehearsal.Config{})
	t.Chdir(t.TempDir())
	t.Setenv("APPWRITE_ENDPOINT", server.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	scene := &undoScene{server, t, 5}
	writeUndoSource(t, 5, "md5", md5OfIt)
	scene.must(exitOK, "import", "users.jsonl", "--to", "appwrite", "--no-proof", "--yes")
	for i := range 4 { // the fifth stays the first run's
		scene.ask("DELETE", "/users/u%05d", "", i)
	}
	scene.must(exitOK, "import", "users.jsonl", "--to", "appwrite", "--no-proof", "--yes", "--runs", "elsewhere")
	undone := last(scene.run(exitRejected, "undo", scene.runName(), "--yes")).Undone
	if undone == nil || undone.Removed != 1 || undone.Kept != 4 || server.Users() != 4 {
		t.Errorf("%+v, %d users are left", undone, server.Users())
	}
}
