package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/report"
)

// TestNothingLeaks looks through everything that runs leave behind — output,
// events, run folders — for hashes, salts, keys and passwords, in good runs and
// in bad ones. Only the rejects may hold what the source held.
func TestNothingLeaks(t *testing.T) {
	t.Chdir(t.TempDir())
	server := startPractice(t, "1.9", "lost=5%,503=5%,500=2%")
	secrets := secretsOf(t, server)
	var printed bytes.Buffer
	for _, name := range []string{"firebase-default.json", "firebase-default.hash-config.txt", "firebase-default.passwords.csv", "firebase-nondefault.hash-config.txt"} {
		if err := os.WriteFile(name, fixtures.Read("exports/firebase/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("APPWRITE_ENDPOINT", server.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	for _, line := range []string{
		"rehome inspect firebase-default.json --hash-config firebase-default.hash-config.txt --json",
		"rehome prove firebase-default.json --hash-config firebase-nondefault.hash-config.txt --known few.csv",
		"rehome import firebase-default.json --hash-config firebase-default.hash-config.txt --known few.csv --to appwrite --yes --json",
		"rehome import firebase-default.json --hash-config firebase-default.hash-config.txt --known few.csv --to appwrite --yes --claims prefs --new-run",
		"rehome import firebase-default.json --hash-config firebase-nondefault.hash-config.txt --json",
		"rehome verify RUN --json",
		"rehome retry RUN rejects.csv --hash-config firebase-default.hash-config.txt --yes --json",
		"rehome runs",
		"rehome import firebase-default.json --hash-key " + secrets["signer key"][0],
	} {
		run(context.Background(), strings.Fields(strings.Replace(line, "RUN", anyRun(t), 1)), strings.NewReader(""), &printed, &printed)
	}
	texts := map[string]string{"the output": printed.String()}
	readAll(t, "rehome-runs", texts)
	if len(texts) < 10 {
		t.Fatalf("only %d files were looked at", len(texts))
	}
	for where, text := range texts {
		for kind, list := range secrets {
			for _, secret := range list {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds a %s", where, kind)
				}
			}
		}
	}
}

func anyRun(t *testing.T) string {
	t.Helper()
	folders, err := runsByAge("rehome-runs")
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) == 0 {
		return "none"
	}
	return folders[0].Name()
}

// secretsOf collects what must not be seen, and writes few.csv with two known accounts.
func secretsOf(t *testing.T, server *practiceServer) map[string][]string {
	t.Helper()
	var export struct {
		Users []struct{ PasswordHash, Salt string }
	}
	if err := json.Unmarshal(fixtures.Read("exports/firebase/firebase-default.json"), &export); err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]string{"API key": {server.key}}
	for _, u := range export.Users {
		if u.PasswordHash != "" {
			secrets["hash"] = append(secrets["hash"], u.PasswordHash)
			secrets["salt"] = append(secrets["salt"], u.Salt)
		}
	}
	for _, name := range []string{"default", "nondefault"} {
		config := string(fixtures.Read("exports/firebase/firebase-" + name + ".hash-config.txt"))
		_, rest, _ := strings.Cut(config, "base64_signer_key: ")
		key, _, _ := strings.Cut(rest, ",")
		secrets["signer key"] = append(secrets["signer key"], key)
	}
	rows, err := csv.NewReader(bytes.NewReader(fixtures.Read("exports/firebase/firebase-default.passwords.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var few strings.Builder
	w := csv.NewWriter(&few)
	for i, row := range rows {
		if i < 3 {
			_ = w.Write(row)
		}
		if i > 0 && len(row[3]) >= 10 {
			secrets["password"] = append(secrets["password"], row[3])
		}
	}
	w.Flush()
	if err := os.WriteFile("few.csv", []byte(few.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return secrets
}

// readAll reads every file of the runs but the rejects, and checks who may read it.
func readAll(t *testing.T, root string, texts map[string]string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		if d.IsDir() || d.Name() == report.RejectsName {
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
