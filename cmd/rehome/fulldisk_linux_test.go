package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rehome/sink"
)

// TestFullDisk runs an import whose run folder lies on a disk of 48 KiB: it stops
// when the ledger cannot be written, and whoever landed stands in the ledger, as
// landed or as taken. The small disk is a tmpfs in a mount namespace of its own.
func TestFullDisk(t *testing.T) {
	program := buildProgram(t)
	server := startPractice(t, "1.9", "")
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	c := command(t, program, server, folder)
	script := fmt.Sprintf(`mkdir disk && mount -t tmpfs -o size=48k none disk && %s "$@" --runs disk; code=$?; cp -r disk %s; exit $code`, program, kept)
	isolated := exec.Command("unshare", append([]string{"--map-root-user", "--user", "--mount", "sh", "-ec", "set +e; " + script, "sh"}, c.Args[1:]...)...)
	isolated.Dir, isolated.Env = folder, c.Env
	out, err := isolated.CombinedOutput()
	out = out[max(0, len(out)-2000):]
	if isolated.ProcessState == nil || isolated.ProcessState.ExitCode() != exitFailed {
		t.Fatalf("exit %v, want 1 (the test needs unshare from util-linux, and the right to make user namespaces)\n%s", err, out)
	}
	noted := map[string]bool{}
	ledgers, _ := filepath.Glob(filepath.Join(kept, "2*", "ledger.jsonl"))
	if len(ledgers) != 1 {
		t.Fatalf("ledgers %v\n%s", ledgers, out)
	}
	text, err := os.ReadFile(ledgers[0])
	if err != nil {
		t.Fatal(err)
	}
	noteLines(t, text, noted)
	there := server.users(t)
	if len(there) == 0 || len(there) == 299 {
		t.Fatalf("%d users landed: the disk was not full in between\n%s", len(there), out)
	}
	for _, u := range there {
		if id := u["$id"].(string); !noted[id] {
			t.Errorf("%s landed and is not in the ledger", id)
		}
	}
}

// noteLines collects the target ids that a ledger's whole lines name: a take line
// has the source's id, which is the target's where Appwrite takes it as it is.
func noteLines(t *testing.T, text []byte, noted map[string]bool) {
	t.Helper()
	for _, line := range wholeLines(text) {
		var l struct {
			Take   []string
			Settle *struct{ Target string }
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		for _, id := range l.Take {
			noted[id], noted[sink.DerivedID(id)] = true, true
		}
		if l.Settle != nil {
			noted[l.Settle.Target] = true
		}
	}
}

func wholeLines(text []byte) (lines [][]byte) {
	for begin, i := 0, 0; i < len(text); i++ {
		if text[i] == '\n' {
			lines, begin = append(lines, text[begin:i]), i+1
		}
	}
	return lines
}
