package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rehearsing is a block of a page that starts a rehearsal server, as far as the line
// that takes its exports in.
var rehearsing = regexp.MustCompile("(?s)```sh\n(mkfifo[^`]*?rehome rehearse [^`]*?\neval [^\n]*)")

// TestRehearseIsWaitedFor: after the lines of the guide the server answers to what was
// exported, in every shell that there is, however long it took to start.
func TestRehearseIsWaitedFor(t *testing.T) {
	slow := filepath.Join(t.TempDir(), "rehome")
	program := buildProgram(t)
	must(t, os.WriteFile(slow, []byte("#!/bin/sh\nsleep 0.3\nexec "+program+" \"$@\"\n"), 0o700))
	for _, page := range []string{"README.md", "docs/rehearse-a-night.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		must(t, err)
		block := rehearsing.FindSubmatch(text)
		if block == nil {
			t.Fatalf("%s starts no rehearsal server", page)
		}
		for _, shell := range []string{"sh", "bash"} {
			t.Run(page+"/"+shell, func(t *testing.T) { rehearseIn(t, shell, string(block[1]), filepath.Dir(slow)) })
		}
	}
}

func rehearseIn(t *testing.T, shell, lines, path string) {
	lines = strings.Replace(lines, "rehome rehearse --faults lost=5%,503=5%,429=2%@1s", "rehome rehearse --listen 127.0.0.1:0", 1)
	cmd := exec.Command(shell, "-ec", lines+"\necho \"$APPWRITE_ENDPOINT $APPWRITE_PROJECT_ID $APPWRITE_API_KEY $!\"")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "APPWRITE_ENDPOINT=")
	cmd.Stderr = os.Stderr // not a pipe of ours, which the server would hold open
	out, err := cmd.Output()
	must(t, err)
	words := strings.Fields(string(out))
	if len(words) != 4 {
		t.Fatalf("exported: %q", words)
	}
	server, err := os.FindProcess(atoi(t, words[3]))
	must(t, err)
	defer func() { _ = server.Signal(os.Interrupt) }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, words[0]+"/users", nil)
	must(t, err)
	req.Header.Set("X-Appwrite-Project", words[1])
	req.Header.Set("X-Appwrite-Key", words[2])
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	if res.Body.Close(); res.StatusCode != http.StatusOK {
		t.Errorf("the server answers %s", res.Status)
	}
}
