package report

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"rehome/identity"
	"rehome/migrate"
)

// TestLinksAreNotWrittenThrough: lists and reports are files of their own, whatever
// somebody put in their places; a link goes, and what it points to stays as it is.
func TestLinksAreNotWrittenThrough(t *testing.T) {
	for how, plant := range map[string]func(other, name string) error{"symbolic": os.Symlink, "hard": os.Link} {
		t.Run(how, func(t *testing.T) {
			top := t.TempDir()
			folder, victim := filepath.Join(top, "run"), filepath.Join(top, "victim")
			err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(victim, []byte("theirs"), 0o600))
			for _, name := range []string{RejectsName, ResetsName, IDsName, JSONName, HTMLName, MarkdownName} {
				err = errors.Join(err, plant(victim, filepath.Join(folder, name)), plant(victim, filepath.Join(folder, name+aside)))
			}
			if err = errors.Join(err, writeAll(folder)); err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(victim); string(text) != "theirs" {
				t.Errorf("the other file holds %.80q, %v", text, err)
			}
			if len(rows(t, folder, ResetsName)) < 3 {
				t.Error("the resets are not there")
			}
		})
	}
}

// writeAll has everything written that a run and its retry write.
func writeAll(folder string) error {
	f, err := Create(folder)
	if err != nil {
		return err
	}
	f.Event(migrate.Event{Proved: &migrate.Proved{Outcome: migrate.Unusable, User: identity.User{ID: "u0"}, Problem: &identity.Problem{Code: identity.PasswordLength}}})
	for i := range 20 {
		s := settledRecord(i)
		f.Event(migrate.Event{Settled: &s})
	}
	if err := errors.Join(f.Close(), Save(folder, fixed()), Replace(filepath.Join(folder, MarkdownName), Markdown, fixed())); err != nil {
		return err
	}
	retried := filepath.Join(folder, RetryName)
	if err := migrate.MakeFolder(retried); err != nil {
		return err
	}
	again, err := Create(retried)
	if err != nil {
		return err
	}
	if err := again.Close(); err != nil {
		return err
	}
	_, err = Mend(folder, retried, Fed{})
	return err
}
