package migrate_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"rehome/migrate"
)

// planted are the ways to have a name of a run mean another file.
var planted = map[string]func(other, name string) error{"symbolic link": os.Symlink, "hard link": os.Link}

// TestLinksAreNotFollowed: whatever a run makes or adds to, what somebody else put in
// its place is not written through.
func TestLinksAreNotFollowed(t *testing.T) {
	const theirs = `{"move":{"version":1}}` + "\n"
	writes := map[string]func(runs, folder string) error{
		"2020/ledger.jsonl": func(_, folder string) error {
			l, err := migrate.OpenLedger(folder)
			if err == nil {
				err = errors.Join(l.Finish(0), l.Close())
			}
			return err
		},
		"2020/list": func(_, folder string) error {
			f, err := migrate.CreateFile(filepath.Join(folder, "list"))
			if err != nil {
				return err
			}
			_, err = f.WriteString("ours")
			return errors.Join(err, f.Close())
		},
		"2020/lock":  func(_, folder string) error { f := migrate.Folder{Path: folder}; return f.Lock() },
		"2020/lists": func(_, folder string) error { return migrate.MakeFolder(filepath.Join(folder, "lists")) },
		".gate":      func(runs, _ string) error { _, err := migrate.Gate(runs); return err },
		".gitignore": func(runs, _ string) error { _, err := migrate.Gate(runs); return err },
		"proofs": func(runs, _ string) error {
			f, err := migrate.AddFile(runs, "proofs")
			if err != nil {
				return err
			}
			_, err = f.WriteString("ours")
			return errors.Join(err, f.Close())
		},
	}
	for how, plant := range planted {
		for name, write := range writes {
			t.Run(how+"/"+name, func(t *testing.T) {
				top := t.TempDir()
				runs, victim := filepath.Join(top, "runs"), filepath.Join(top, "victim")
				folder := filepath.Join(runs, "2020")
				must(t, os.MkdirAll(folder, 0o700))
				must(t, os.WriteFile(filepath.Join(folder, "run.key"), make([]byte, 32), 0o600))
				must(t, os.WriteFile(victim, []byte(theirs), 0o600))
				must(t, plant(victim, filepath.Join(runs, name)))
				t.Logf("%v", write(runs, folder))
				if text, err := os.ReadFile(victim); string(text) != theirs {
					t.Errorf("the other file holds %q, %v", text, err)
				}
			})
		}
	}
}

// TestDanglingLinksMakeNothing: a link to nowhere is not the way to make a file there.
func TestDanglingLinksMakeNothing(t *testing.T) {
	top := t.TempDir()
	runs, victim := filepath.Join(top, "runs"), filepath.Join(top, "victim")
	must(t, os.Mkdir(runs, 0o700))
	for _, name := range []string{".gitignore", ".gate", "lock", "proofs"} {
		must(t, os.Symlink(victim, filepath.Join(runs, name)))
	}
	_, gate := migrate.Gate(runs)
	_, add := migrate.AddFile(runs, "proofs")
	folder := migrate.Folder{Path: runs}
	if lock := folder.Lock(); gate == nil || add == nil || lock == nil {
		t.Errorf("taken for files of their own: %v, %v, %v", gate, add, lock)
	}
	if _, err := os.Lstat(victim); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file was made: %v", err)
	}
}

// TestLinkedLedgersAreSeen: a run whose ledger is a link is not passed over, or its
// users would land a second time.
func TestLinkedLedgersAreSeen(t *testing.T) {
	top := t.TempDir()
	runs, folder := filepath.Join(top, "runs"), filepath.Join(top, "runs", "2020")
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.Symlink(filepath.Join(top, "victim"), filepath.Join(folder, "ledger.jsonl")))
	if _, _, _, err := migrate.Unfinished(runs, migrate.Move{}); err == nil {
		t.Error("the ledger was passed over")
	}
	if _, err := migrate.OpenFolder(runs, "2020"); err != nil {
		t.Error(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
