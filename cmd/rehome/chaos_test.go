package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/migrate"
)

// TestKilledImports kills imports with SIGKILL at random moments, against a
// server that loses answers and throttles, and continues them by the same
// command: every user must be there once, complete, and in the ledger.
// REHOME_CHAOS_ROUNDS=200 is the long form (make soak).
func TestKilledImports(t *testing.T) {
	rounds := 6
	if s := os.Getenv("REHOME_CHAOS_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	program := buildProgram(t)
	want := undisturbed(t, program)
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			killUntilDone(t, program, uint64(round), want)
		})
	}
}

func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rehome")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// outcome is what an import left at the server, comparable.
type outcome map[string]string

// undisturbed is what an import leaves that nobody disturbs.
func undisturbed(t *testing.T, program string) outcome {
	t.Helper()
	server := startPractice(t, "1.9", "")
	c := command(t, program, server, t.TempDir())
	if err := c.Run(); c.ProcessState.ExitCode() != exitRejected {
		t.Fatalf("the undisturbed import: %v\n%s", err, c.Stderr)
	}
	return left(t, server)
}

// left is every user at a server, without what differs from run to run.
func left(t *testing.T, server *practiceServer) outcome {
	t.Helper()
	o := outcome{}
	for _, u := range server.users(t) {
		for _, moving := range []string{"$createdAt", "$updatedAt", "registration", "passwordUpdate"} {
			delete(u, moving)
		}
		for _, target := range u["targets"].([]any) {
			for _, moving := range []string{"$id", "$createdAt", "$updatedAt"} {
				delete(target.(map[string]any), moving)
			}
		}
		text, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		o[u["$id"].(string)] = string(text)
	}
	return o
}

func command(t *testing.T, program string, server *practiceServer, folder string) *exec.Cmd {
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

func killUntilDone(t *testing.T, program string, seed uint64, want outcome) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	server := startPractice(t, "1.9", "lost=5%,503=5%,429=2%")
	folder := t.TempDir()
	for try := 0; ; try++ {
		if try > 100 {
			t.Fatal("not done after 100 tries")
		}
		c := command(t, program, server, folder)
		patience := time.Duration(30+random.IntN(1200)) * time.Millisecond
		if try > 8 {
			patience = time.Minute // by now there were enough kills
		}
		if !killAfter(t, c, patience) {
			break
		}
	}
	got := left(t, server)
	same(t, want, got)
	inLedger(t, folder, got)
}

// killAfter runs a command and kills it when it takes longer; it reports whether
// it had to.
func killAfter(t *testing.T, c *exec.Cmd, patience time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Process.Kill() })
	defer stop()
	err := c.Wait()
	if ctx.Err() != nil && !c.ProcessState.Exited() {
		return true
	}
	if code := c.ProcessState.ExitCode(); code != exitRejected && code != exitOK {
		t.Fatalf("exit %d, %v\n%s%s", code, err, c.Stdout, c.Stderr)
	}
	return false
}

func same(t *testing.T, want, got outcome) {
	t.Helper()
	for id, w := range want {
		if g, there := got[id]; !there {
			t.Errorf("%s is missing", id)
		} else if g != w {
			t.Errorf("%s is not complete:\n%s\n%s", id, g, w)
		}
	}
	for id := range got {
		if _, there := want[id]; !there {
			t.Errorf("%s is one too many", id)
		}
	}
}

// inLedger checks that exactly the server's users are settled as landed.
func inLedger(t *testing.T, folder string, there outcome) {
	t.Helper()
	folders, err := migrate.Folders(filepath.Join(folder, "rehome-runs"))
	if err != nil || len(folders) == 0 {
		t.Fatal("no run", err)
	}
	settled := map[string]int{}
	for _, f := range folders {
		text, err := os.ReadFile(f.File("ledger.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var l struct{ Settle *struct{ Target string } }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatalf("%s: %v", f.Name(), err)
			}
			if l.Settle != nil {
				settled[l.Settle.Target]++
			}
		}
	}
	for id := range there {
		if settled[id] != 1 {
			t.Errorf("%s stands %d times in the ledger", id, settled[id])
		}
		delete(settled, id)
	}
	if len(settled) > 0 {
		t.Errorf("in the ledger, not at the server: %v", settled)
	}
}
