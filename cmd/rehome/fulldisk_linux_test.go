package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rehome/report"
	"rehome/sink"
)

// TestFullDisk runs an import whose run folder lies on a disk of 48 KiB: it stops
// when the ledger cannot be written, and whoever landed stands in the ledger, as
// landed or as taken. The small disk is a tmpfs, in a mount namespace of its own if
// one can be made.
func TestFullDisk(t *testing.T) {
	program := buildProgram(t)
	server := startPractice(t, "1.9", "")
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	c := importProcess(t, program, server, folder)
	code, out := onDisk(t, c, "48k", kept)
	if code != exitFailed {
		t.Fatalf("exit %d, want 1 (the test needs to be root, or unshare from util-linux and the right to make user namespaces)\n%s", code, out)
	}
	onlyFull(t, out)
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

// onDisk runs a command whose run folder lies on a disk of its own, and copies that
// at the end.
func onDisk(t *testing.T, c *exec.Cmd, size, kept string) (code int, out string) {
	t.Helper()
	script := fmt.Sprintf(`mkdir -p disk && mount -t tmpfs -o size=%s none disk || exit 99; trap 'umount disk' EXIT; %s "$@" --runs disk; code=$?; cp -r disk %s; exit $code`, size, c.Path, kept)
	words := slices.Concat(mounting(), []string{"sh", "-c", script, "sh"}, c.Args[1:])
	isolated := exec.Command(words[0], words[1:]...)
	var said strings.Builder
	isolated.Dir, isolated.Env, isolated.Stderr = c.Dir, c.Env, &said
	if err := isolated.Run(); isolated.ProcessState == nil {
		t.Fatal(err)
	}
	return isolated.ProcessState.ExitCode(), said.String()
}

// mounting are the words before a command that may mount a disk: none where root may
// and namespaces may not be made, as in a chroot.
func mounting() []string {
	words := []string{"unshare", "--map-root-user", "--user", "--mount"}
	if exec.Command(words[0], append(words[1:], "true")...).Run() == nil {
		return words
	}
	return nil
}

// onlyFull: of a full disk there is one line, and one that says what to do.
func onlyFull(t *testing.T, out string) {
	t.Helper()
	var said []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "rehome: ") || len(said) > 0 { // behind the words of consent
			said = append(said, strings.TrimSpace(line))
		}
	}
	if len(said) != 2 || !strings.Contains(said[0], "rehome: error: the disk that disk/2") || !strings.HasPrefix(said[1], "rehome: hint: make room there; the same command then goes on: rehome import firebase-default.json") {
		t.Errorf("of a full disk it is said: %q", said)
	}
}

// TestReportDoesNotFit runs an import whose last file does not fit on the disk, and
// mends that: with the verb that writes the report again, and with the same command.
func TestReportDoesNotFit(t *testing.T) {
	program := buildProgram(t)
	run := func(size, kept string) (*practiceServer, *exec.Cmd, int, string) {
		server := startPractice(t, "1.9", "")
		c := importProcess(t, program, server, filepath.Dir(kept))
		c.Args = append(c.Args, "--limit", "12")
		code, out := onDisk(t, c, size, kept)
		return server, c, code, out
	}
	kept := filepath.Join(t.TempDir(), "kept")
	if _, _, code, out := run("10m", kept); code != exitOK && code != exitRejected {
		t.Fatalf("exit %d\n%s", code, out)
	}
	pages := 0
	for _, path := range glob(t, kept, "2*", "*") {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			pages += int(info.Size()+4095) / 4096
		}
	}
	for size := pages - 2; ; size-- {
		kept = filepath.Join(t.TempDir(), "kept")
		_, c, code, out := run(fmt.Sprintf("%dk", 4*size), kept)
		if len(glob(t, kept, "2*", report.HTMLName)) == 1 {
			continue // the ledger's pages, or the folder's, were counted too generously
		}
		if code != exitFailed || len(glob(t, kept, "2*", report.JSONName)) != 1 {
			t.Fatalf("exit %d, no report.json: what did not fit was not the last file\n%s", code, out)
		}
		onlyFull(t, out)
		mendReport(t, program, c, kept)
		return
	}
}

func mendReport(t *testing.T, program string, c *exec.Cmd, kept string) {
	t.Helper()
	again := filepath.Join(t.TempDir(), "runs")
	if err := os.CopyFS(again, os.DirFS(kept)); err != nil {
		t.Fatal(err)
	}
	run := filepath.Base(filepath.Dir(glob(t, kept, "2*", "ledger.jsonl")[0]))
	out, err := exec.Command(program, "report", run, "--runs", kept).CombinedOutput()
	if listed, _ := exec.Command(program, "runs", "--json", "--runs", kept).Output(); err != nil || len(glob(t, kept, run, report.HTMLName)) != 1 || !strings.Contains(string(listed), `"state":"finished"`) {
		t.Errorf("report: %v\n%s\n%s", err, out, listed)
	}
	same := exec.Command(program, append(c.Args[1:], "--runs", again)...)
	same.Dir, same.Env = c.Dir, c.Env
	out, err = same.CombinedOutput()
	listed, _ := exec.Command(program, "runs", "--json", "--runs", again).Output()
	if code := same.ProcessState.ExitCode(); code != exitOK && code != exitRejected || len(glob(t, again, run, report.HTMLName)) != 1 || strings.Count(string(listed), "\n") != 1 || !strings.Contains(string(listed), `"state":"finished"`) {
		t.Errorf("the same command: %v\n%s\n%s", err, out, listed)
	}
}

func glob(t *testing.T, parts ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return found
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
