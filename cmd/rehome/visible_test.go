//go:build !race

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingSteersATerminal puts hostile text wherever a source or a person has a
// say, and reads everything that any verb prints, as words and as events.
func TestNothingSteersATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	const nasty = "\u009b31m\u202e\u2066\u200e\u061c\x7f"
	name := "us" + nasty + "ers.csv"
	rows := fmt.Sprintf("id,email,name,roles,password_hash,%s\n%[1]s1,a%[1]s@example.com,%[1]s,r%[1]s,plain%[1]s,x\n2,b@example.com,\"B\nrehome: error: forged\",\"r\nlabels\",$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy,y\n", nasty)
	for path, text := range map[string]string{name: rows, "known.csv": "id,password\n" + nasty + "1,secret99\n\"2\nrehome: error: forged\",secret98\n2,secret97\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := startPractice(t, "1.9", "")
	t.Setenv("APPWRITE_ENDPOINT", server.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	for _, words := range [][]string{
		{"inspect", name, "--from", "csv"}, {"prove", name, "--known", "known.csv"}, {"solve", name, "--known", "known.csv"},
		{"import", name, "--no-proof"}, {"import", name, "--without-password", "--roles", "labels", "--to", "appwrite", "--no-proof"},
		{"import", name, "--without-password", "--roles", "labels", "--to", "appwrite", "--no-proof", "--yes", "--report-details"},
		{"runs"}, {"inspect", nasty}, {nasty}, {"import", name, "--to", nasty}, {"import", name, "--runs", nasty}, {"runs", "--runs", nasty},
		{"explain", nasty}, {"identify"}, {"import", name, "--map", nasty}, {"import", name, "--delimiter", nasty}, {"import", name, "--from", nasty},
		{"import", name, "--id", nasty}, {"convert", name, "--out", "a.txt"}, {"verify", nasty}, {"report", nasty, "--out", nasty}, {"inspect", name, "--" + nasty},
	} {
		for _, more := range [][]string{nil, {"--json"}} {
			var out, errw bytes.Buffer
			run(context.Background(), append(append([]string{"rehome"}, words...), more...), strings.NewReader("$1$"+nasty+"\n"), &out, &errw)
			for stream, text := range map[string]string{"stdout": out.String(), "stderr": errw.String()} {
				if i := strings.IndexFunc(text, steers); i >= 0 {
					t.Errorf("%q %q: %s: …%q", words, more, stream, text[max(0, i-80):min(len(text), i+20)])
				}
				if strings.Contains(text, "\nrehome: error: forged") {
					t.Errorf("%q %q: %s: a line of its own: %s", words, more, stream, text)
				}
			}
		}
	}
	reports, _ := filepath.Glob("rehome-runs/*/report.*")
	for _, path := range reports {
		text, err := os.ReadFile(path)
		if err != nil || strings.ContainsFunc(string(text), steers) {
			t.Errorf("%s steers (%v)", path, err)
		}
	}
	if len(reports) < 4 {
		t.Errorf("%d reports", len(reports))
	}
}
