package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/importers"
)

// A search shows no hash, salt, key or password, whether it finds anything or not;
// what it writes is the project's parameters, for their owner alone.
func TestSolveKeepsSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	right := fixtures.Read("exports/firebase/firebase-nondefault.hash-config.txt")
	config, err := importers.ParseHashConfig(right)
	if err != nil {
		t.Fatal(err)
	}
	const password, salt, digest = "quartz.ferry69134", "Kx4!9f_salt", "9a0364b9e99bb480dd25e1f0284c8555"
	for name, text := range map[string][]byte{
		"users.json":    fixtures.Read("exports/firebase/firebase-nondefault.json"),
		"exchanged.txt": bytes.Replace(bytes.Replace(right, []byte("rounds: 6"), []byte("rounds: 12"), 1), []byte("mem_cost: 12"), []byte("mem_cost: 6"), 1),
		"known.csv":     []byte("id,password\nJzOWbEZ8xkNHRZ9p5iHJGj3ysptc," + password + "\n"),
		"users.csv":     []byte("id,email,password_hash,nonce\nJzOWbEZ8xkNHRZ9p5iHJGj3ysptc,a@example.com," + digest + "," + salt + "\n"),
	} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var printed bytes.Buffer
	for _, c := range []struct {
		line string
		exit int
	}{
		{"rehome solve users.json --hash-config exchanged.txt --known known.csv", exitOK},
		{"rehome solve users.json --hash-config exchanged.txt --known known.csv --json", exitOK},
		{"rehome solve users.csv --known known.csv --hash-algo md5 --limit 1", exitProof},
		{"rehome solve users.json --hash-key " + string(config.SignerKey) + " --known known.csv", exitUsage},
	} {
		if got := run(context.Background(), strings.Fields(c.line), strings.NewReader(""), &printed, &printed); got != c.exit {
			t.Errorf("%.60s: exit %d, want %d", c.line, got, c.exit)
		}
	}
	for kind, secret := range map[string]string{"key": string(config.SignerKey), "password": password, "salt": salt, "hash": digest} {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("the %s is shown", kind)
		}
	}
	for _, name := range []string{"hash-config.txt", "hash-config-2.txt"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(text, right) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v and equals what the console showed: %t (%v)", name, info.Mode(), bytes.Equal(text, right), err)
		}
	}
}
