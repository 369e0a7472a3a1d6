//go:build !race

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// TestFirebaseFixtures takes every Firebase export through the whole pipeline and
// logs its known accounts in. The race detector would make the scrypt of it take
// minutes; goroutines are watched elsewhere.
func TestFirebaseFixtures(t *testing.T) {
	for _, f := range []struct {
		file, project, logins string
		landed, matched       int
	}{
		// Of the 300 accounts one shares another's address, the password of one has
		// six bytes, which Appwrite's login refuses, and 12 who match are disabled. In
		// the CSV the exporter broke two rows.
		{"firebase-default.json", "default", "all", 299, 220},
		{"firebase-default.csv", "default", "20", 297, 12},
		{"firebase-default.by-firebase-tools-11.20.0.json", "default", "20", 299, 13},
		{"firebase-default.by-firebase-tools-11.20.0.csv", "default", "20", 297, 12},
		{"firebase-default.by-firebase-tools-13.0.0.json", "default", "20", 299, 13},
		{"firebase-default.by-firebase-tools-13.0.0.csv", "default", "20", 297, 12},
		{"firebase-default.admin-sdk-list-users-sample.json", "default", "20", 20, 17},
		{"firebase-nondefault.json", "nondefault", "20", 12, 0},
		{"firebase-nondefault.csv", "nondefault", "20", 12, 0},
		{"firebase-nondefault.admin-sdk-list-users.json", "nondefault", "20", 10, 0},
	} {
		t.Run(f.file, func(t *testing.T) {
			got := imported(t, f.file, f.project, "--logins", f.logins)
			if got.Created != f.landed || got.Proof.Matched != f.matched || got.Proof.Mismatched != 0 {
				t.Errorf("landed %d, matched %d, mismatched %d; want %d, %d, 0", got.Created, got.Proof.Matched, got.Proof.Mismatched, f.landed, f.matched)
			}
			if v := got.Verified; v == nil || v.Read != got.Created || v.Equal != got.Created {
				t.Errorf("read back %+v of %d", v, got.Created)
			}
			if l := got.Logins; f.matched > 0 && (l == nil || l.OK != l.Tried || l.Tried < min(10, f.matched) || f.logins == "all" && l.Tried != f.matched-12) {
				t.Errorf("logged in %+v of %d", l, f.matched)
			}
			if f.matched == 0 && got.Verdicts[sink.NeedsReset] != 60-f.landed {
				t.Errorf("%d need a reset", got.Verdicts[sink.NeedsReset])
			}
		})
	}
}

// TestWordPressLogins takes an upgraded WordPress through the pipeline with every
// password there is: who has a hash that Appwrite takes logs in, the others are
// named, and so is one who would but shares an address, and does not land.
func TestWordPressLogins(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"wp68-upgraded.full.sql.gz", "wp68-upgraded.passwords.csv"} {
		if err := os.WriteFile(name, fixtures.Read("exports/wordpress/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := finished(t, "rehome import wp68-upgraded.full.sql.gz --known wp68-upgraded.passwords.csv --logins all --json --quiet")
	if p := got.Proof; p.Matched != 22 || p.Unusable != 42 || p.Mismatched != 0 {
		t.Errorf("proof %+v", p)
	}
	if l := got.Logins; l == nil || l.Tried != l.OK || l.OK != 22 {
		t.Errorf("logins %+v", l)
	}
	if v := got.Verified; v.Read != got.Created || v.Equal != got.Created || got.Records != got.Created+got.Rejected {
		t.Errorf("%d records, %d created, %d rejected, read back %+v", got.Records, got.Created, got.Rejected, v)
	}
}

// imported runs an import of a fixture on the rehearsal server and returns its
// finished event.
func imported(t *testing.T, file, project string, flags ...string) migrate.Summary {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range []string{file, "firebase-" + project + ".hash-config.txt", "firebase-" + project + ".passwords.csv"} {
		if err := os.WriteFile(name, fixtures.Read("exports/firebase/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if file != "firebase-default.json" && !strings.Contains(file, "sample") {
		few(t, "firebase-"+project+".passwords.csv")
	}
	return finished(t, "rehome import "+file+" --hash-config firebase-"+project+".hash-config.txt --known firebase-"+project+
		".passwords.csv --json --quiet "+strings.Join(flags, " "))
}

// finished runs a command and returns its last event.
func finished(t *testing.T, line string) migrate.Summary {
	t.Helper()
	var out, errw bytes.Buffer
	if code := run(context.Background(), strings.Fields(line), nil, &out, &errw); code != exitOK && code != exitRejected {
		t.Fatalf("exit %d\n%s", code, errw.String())
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	var last migrate.Event
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil || last.Finished == nil {
		t.Fatalf("the last event is %s", lines[len(lines)-1])
	}
	s := *last.Finished
	if p := s.Predicted; p == nil || p.Lands != s.Landed() || p.Rejected != s.Rejected {
		t.Errorf("%s: predicted %+v, landed %d, rejected %d", line, p, s.Landed(), s.Rejected)
	}
	return s
}

// few keeps the first known accounts: each costs a scrypt of 16 MiB, and that the
// files hold the same users is tested beside their reader.
func few(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if err := os.WriteFile(name, bytes.Join(lines[:min(len(lines), 14)], nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAdminSDKIsTheSameUsers: what the Admin SDK and the CLI both list lands as the
// same users, the other spelling of its hashes converted.
func TestAdminSDKIsTheSameUsers(t *testing.T) {
	convert := func(file string) map[string]identity.User {
		t.Chdir(t.TempDir())
		for _, name := range []string{file, "firebase-default.hash-config.txt"} {
			if err := os.WriteFile(name, fixtures.Read("exports/firebase/"+name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if code := run(context.Background(), []string{"rehome", "convert", file, "--hash-config", "firebase-default.hash-config.txt", "--out", "users.jsonl", "--quiet"}, nil, os.Stderr, os.Stderr); code != exitOK {
			t.Fatalf("%s: exit %d", file, code)
		}
		text, err := os.ReadFile(filepath.Join(".", "users.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		users := map[string]identity.User{}
		for line := range bytes.Lines(text) {
			u, err := identity.DecodeNeutral(bytes.TrimSpace(line))
			if err != nil {
				t.Fatal(err)
			}
			users[u.ID] = u
		}
		return users
	}
	cli, sdk := convert("firebase-default.json"), convert("firebase-default.admin-sdk-list-users-sample.json")
	both := 0
	for id, a := range sdk {
		b, there := cli[id]
		if !there {
			continue
		}
		both++
		if a.Email != b.Email || a.Phone != b.Phone || a.Name != b.Name || a.EmailVerified != b.EmailVerified || a.Disabled != b.Disabled {
			t.Errorf("%s differs", id)
		}
	}
	if both == 0 {
		t.Error("the two exports share nobody")
	}
	if got := imported(t, "firebase-default.admin-sdk-list-users-sample.json", "default"); got.Verdicts[sink.Converted] == 0 {
		t.Errorf("nothing was converted: %v", got.Verdicts)
	}
}
