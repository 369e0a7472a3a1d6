package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rehome/migrate"
	"rehome/sink/rehearsal"
)

// undoScene is a server with strangers, and a run of n users of whom the first 50
// have signed in and the next 20 were edited since.
type undoScene struct {
	*practiceServer
	t *testing.T
	n int
}

const (
	strangers = 30
	signedIn  = 50
	edited    = 20
	md5OfIt   = "7c6a180b36896a0a8c02787eeafb0e4c"                             // of password1
	bcryptOf  = "$2y$08$PDbMtV18J1KOBI9tIYabBuyUwBrtXPGhLxCy9pWP6xkldVOKLrLKy" // of secret
)

// newUndoScene works in the test's current folder.
func newUndoScene(t *testing.T, n int) *undoScene {
	t.Helper()
	s := &undoScene{startPractice(t, "1.9", ""), t, n}
	t.Setenv("APPWRITE_ENDPOINT", s.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", s.project)
	t.Setenv("APPWRITE_API_KEY", s.key)
	for i := range strangers {
		s.ask("POST", "/users/md5", `{"userId":"stranger%02d","email":"stranger%02d@example.com","password":"`+md5OfIt+`"}`, i, i)
	}
	writeUndoSource(t, n, "md5", md5OfIt)
	s.must(exitOK, "import", "users.jsonl", "--to", "appwrite", "--no-proof", "--yes", "--sample", "100")
	for i := range signedIn {
		s.ask("POST", "/account/sessions/email", `{"email":"u%05d@example.com","password":"password1"}`, i)
	}
	for i := range edited {
		s.ask("PATCH", "/users/u%05d/name", `{"name":"Somebody %d"}`, signedIn+i, i)
	}
	return s
}

// writeUndoSource writes users.jsonl, n users with the same hash.
func writeUndoSource(t *testing.T, n int, algorithm, hash string) {
	t.Helper()
	var source bytes.Buffer
	for i := range n {
		fmt.Fprintf(&source, `{"id":"u%05d","email":"u%05d@example.com","name":"Person %d","hash_algorithm":"%s","password_hash":"%s"}`+"\n", i, i, i, algorithm, hash)
	}
	if err := os.WriteFile("users.jsonl", source.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// must runs a verb in process.
func (s *undoScene) must(want int, args ...string) {
	s.t.Helper()
	var out, errw bytes.Buffer
	if code := run(s.t.Context(), append([]string{"rehome", args[0], "--quiet"}, args[1:]...), strings.NewReader(""), &out, &errw); code != want {
		s.t.Fatalf("%v: exit %d, want %d\n%s", args, code, want, errw.String())
	}
}

// ask is for what somebody else does; the numbers fill in path and body.
func (s *undoScene) ask(method, path, body string, numbers ...any) {
	s.t.Helper()
	text := strings.SplitN(fmt.Sprintf(path+"\n"+body, numbers...), "\n", 2)
	req := httptest.NewRequest(method, "/v1"+text[0], strings.NewReader(text[1]))
	req.Header.Set("X-Appwrite-Project", s.project)
	req.Header.Set("X-Appwrite-Key", s.key)
	req.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, req)
	if answer.Code > 299 {
		s.t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
}

// run runs a verb in process and answers its events.
func (s *undoScene) run(want int, args ...string) (events []migrate.Event) {
	s.t.Helper()
	return s.runUntil(s.t.Context(), want, args...)
}

func (s *undoScene) runUntil(ctx context.Context, want int, args ...string) (events []migrate.Event) {
	s.t.Helper()
	var out, errw bytes.Buffer
	code := run(ctx, append([]string{"rehome", args[0], "--quiet", "--json"}, args[1:]...), strings.NewReader(""), &out, &errw)
	if code != want {
		s.t.Fatalf("%v: exit %d, want %d\n%s", args, code, want, errw.String())
	}
	return eventsIn(s.t, out.Bytes())
}

func eventsIn(t *testing.T, text []byte) (events []migrate.Event) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var e migrate.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// runName is the run's.
func (s *undoScene) runName() string {
	s.t.Helper()
	folders, err := migrate.Folders("rehome-runs")
	if err != nil || len(folders) != 1 {
		s.t.Fatalf("%d runs, %v", len(folders), err)
	}
	return folders[0].Name()
}

// wantUndone: everybody is gone but for strangers, those who signed in and those
// who were edited; the run is over and expects nobody else.
func (s *undoScene) wantUndone(undo []migrate.Event) {
	s.t.Helper()
	spared := map[string]string{}
	for _, e := range undo {
		if e.Spared != nil {
			spared[e.Spared.TargetID] = e.Spared.Why
		}
	}
	there := map[string]bool{}
	for u := range s.All() {
		there[u.ID] = true
	}
	if len(there) != strangers+signedIn+edited || len(spared) != signedIn+edited {
		s.t.Errorf("%d users are left, %d were listed", len(there), len(spared))
	}
	for i := range signedIn + edited {
		id, why := fmt.Sprintf("u%05d", i), migrate.WhySignedIn
		if i >= signedIn {
			why = migrate.WhyChanged
		}
		if spared[id] != why || !there[id] {
			s.t.Errorf("%s: listed as %q, there %v; want %s", id, spared[id], there[id], why)
		}
	}
	for i := range strangers {
		if id := fmt.Sprintf("stranger%02d", i); !there[id] {
			s.t.Errorf("%s is gone", id)
		}
	}
	checked := s.run(exitProof, "verify", s.runName())
	if v := checked[len(checked)-1].Finished.Verified; v.Missing != 0 || v.Read != signedIn+edited || v.SignedIn != signedIn || v.Changed != edited {
		s.t.Errorf("verify afterwards: %+v", v)
	}
}

// TestCancelledUndo breaks an undo off by Ctrl-C several times.
func TestCancelledUndo(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newUndoScene(t, 1200)
	for left := s.Users() - 150; left > 400; left -= 250 {
		ctx, cancel := context.WithCancelCause(t.Context())
		watching := make(chan struct{})
		go func() {
			defer close(watching)
			for s.Users() > left && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			cancel(errInterrupted)
		}()
		events := s.runUntil(ctx, exitInterrupted, "undo", s.runName(), "--yes", "--workers", "2")
		<-watching
		if got := events[len(events)-1].Finished; got == nil || got.Undone == nil || s.Users() > left {
			t.Fatalf("%+v, %d users left", got, s.Users())
		}
		s.wantGoingOn()
	}
	s.wantUndone(s.run(exitRejected, "undo", s.runName(), "--yes"))
}

// wantGoingOn: the list of runs says that the undo has not come to its end, and how
// it goes on.
func (s *undoScene) wantGoingOn() {
	s.t.Helper()
	var out bytes.Buffer
	if code := run(s.t.Context(), []string{"rehome", "runs"}, strings.NewReader(""), &out, &out); code != exitOK {
		s.t.Fatalf("exit %d\n%s", code, out.String())
	}
	name := s.runName()
	next := "continue " + name + ": rehome undo " + name + " --endpoint " + s.endpoint + " --project " + s.project + "\n"
	if list := out.String(); !strings.Contains(list, "undo unfinished") || !strings.Contains(list, next) {
		s.t.Errorf("rehome runs:\n%s\nwant …%s", list, next)
	}
}

// TestUndoKilledAtItsEnd: nobody is left to take back, and only the word that it is
// over was never written.
func TestUndoKilledAtItsEnd(t *testing.T) {
	t.Chdir(t.TempDir())
	s := &undoScene{startPractice(t, "1.9", ""), t, 3}
	t.Setenv("APPWRITE_ENDPOINT", s.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", s.project)
	t.Setenv("APPWRITE_API_KEY", s.key)
	writeUndoSource(t, 3, "md5", md5OfIt)
	s.must(exitOK, "import", "users.jsonl", "--to", "appwrite", "--no-proof", "--yes")
	s.must(exitOK, "undo", s.runName(), "--yes")
	path := filepath.Join("rehome-runs", s.runName(), "ledger.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.TrimSuffix(text, []byte("\n"))
	if err := os.Truncate(path, int64(bytes.LastIndexByte(whole, '\n')+5)); err != nil {
		t.Fatal(err)
	}
	s.wantGoingOn()
	s.must(exitOK, "undo", s.runName(), "--yes")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, text) {
		t.Errorf("the ledger ends otherwise (%v):\n%s", err, after)
	}
}

// TestUndoInPostgres: the same in a database, in transactions.
func TestUndoInPostgres(t *testing.T) {
	for layout, users := range map[string]string{"generic": "rehome.users", "supabase": "auth.users"} {
		t.Run(layout, func(t *testing.T) {
			t.Chdir(t.TempDir())
			d := startDatabase(t, layout)
			t.Setenv("DATABASE_URL", string(d.DSN))
			s := &undoScene{t: t}
			writeUndoSource(t, 300, "bcrypt", bcryptOf)
			s.must(exitOK, "import", "users.jsonl", "--to", "postgres", "--layout", layout, "--create", "--no-proof", "--yes")
			email := func(from, to int) string { return fmt.Sprintf("email between 'u%05d@' and 'u%05d@'", from, to) }
			for _, change := range []string{"set last_sign_in_at = now() where " + email(0, 5), "set phone = '+12025550100' where " + email(10, 11)} {
				if _, err := d.Exec(t.Context(), "update "+users+" "+change); err != nil {
					t.Fatal(err)
				}
			}
			events := s.run(exitRejected, "undo", s.runName(), "--yes")
			want := migrate.UndoCounts{Removed: 294, SignedIn: 5, Changed: 1}
			if got := events[len(events)-1].Finished.Undone; got == nil || *got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			if left := linesOf(t, d, "select count(*)::text from "+users); left[0] != "6" {
				t.Errorf("%s users are left", left[0])
			}
		})
	}
}

// TestKilledUndo kills undos with SIGKILL at random moments, against a server that
// loses answers and throttles.
func TestKilledUndo(t *testing.T) {
	t.Chdir(home)
	program := buildProgram(t)
	t.Chdir(t.TempDir())
	s := newUndoScene(t, 400)
	faults, err := rehearsal.ParseFaults("lost=5%,reset=3%,503=5%,429=2%")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	random, kills := rand.New(rand.NewPCG(11, 4)), 0
	for range 6 {
		c := exec.CommandContext(t.Context(), program, "undo", s.runName(), "--yes", "--quiet", "--workers", "4")
		if s.killAt(c, s.Counts().Requests+int64(random.IntN(450))) {
			kills++
		}
	}
	if err := s.SetFaults(nil); err != nil || kills < 3 {
		t.Fatalf("%d kills, %v", kills, err)
	}
	s.wantUndone(s.run(exitRejected, "undo", s.runName(), "--yes"))
}

// killAt runs a command and kills it once the server has had so many requests; it
// reports whether it came to that.
func (s *undoScene) killAt(c *exec.Cmd, requests int64) bool {
	s.t.Helper()
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Wait() // killed, or done
	}()
	for {
		select {
		case <-ended:
			return !c.ProcessState.Exited()
		case <-time.After(time.Millisecond):
			if s.Counts().Requests >= requests {
				_ = c.Process.Kill()
			}
		}
	}
}

// TestUndoOfAnotherRunsUsers: a run kept elsewhere has landed the same people again,
// under the same ids. They are not this run's to take back.
func TestUndoOfAnotherRunsUsers(t *testing.T) {
	for layout, users := range map[string]string{"generic": "rehome.users", "supabase": "auth.users"} {
		for _, ledger := range []string{"--create", ""} {
			if layout == "generic" && ledger == "" {
				continue
			}
			t.Run(layout+" "+ledger, func(t *testing.T) {
				t.Chdir(t.TempDir())
				d := startDatabase(t, layout)
				t.Setenv("DATABASE_URL", string(d.DSN))
				s := &undoScene{t: t}
				source := ""
				for i := range 12 {
					source += fmt.Sprintf(`{"id":"u%d","email":"u%d@example.com","created_at":"2020-02-03T04:05:06Z","hash_algorithm":"bcrypt","password_hash":"%s"}`+"\n", i, i, bcryptOf)
				}
				if err := os.WriteFile("users.jsonl", []byte(source), 0o600); err != nil {
					t.Fatal(err)
				}
				imports := strings.Fields("import users.jsonl --to postgres --no-proof --yes --layout " + layout + " " + ledger)
				s.must(exitOK, imports...)
				if _, err := d.Exec(t.Context(), "delete from "+users); err != nil {
					t.Fatal(err)
				}
				s.must(exitOK, append(imports, "--runs", "elsewhere")...)
				for _, dry := range []string{"--dry-run", "--yes"} {
					events := s.run(exitRejected, "undo", s.runName(), dry)
					want := migrate.UndoCounts{Kept: 12}
					if got := events[len(events)-1].Finished.Undone; got == nil || *got != want {
						t.Errorf("%s: %+v, want %+v", dry, got, want)
					}
				}
				if left := linesOf(t, d, "select count(*)::text from "+users); left[0] != "12" {
					t.Errorf("%s users are left", left[0])
				}
			})
		}
	}
}
