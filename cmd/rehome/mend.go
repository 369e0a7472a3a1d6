package main

import (
	"errors"
	"fmt"

	"rehome/migrate"
)

// afterDamage is how to go on when a ledger is not as it was written.
func afterDamage(d *migrate.Damage) string {
	if d.Mendable() {
		return "put ledger.jsonl back from a copy of " + shellWords([]string{d.Folder}) + "; if there is none, leave out what is damaged and look up at the target who is in doubt: " + mending(d)
	}
	return "put ledger.jsonl and run.key back from a copy of " + shellWords([]string{d.Folder}) + "; if there is none, move that folder away and import again: whoever is at the target is left as is, and who was in flight when the run stopped may be there half made"
}

func mending(d *migrate.Damage) string { return command("runs", "--mend", d.Folder) }

// mend writes the damaged ledger of a run anew.
func mend(v *voice, runs, name string) error {
	folder, err := migrate.OpenFolder(runs, name)
	if err != nil {
		return usage(listing(runs), "%s", err)
	}
	if err := folder.Lock(); err != nil {
		return err
	}
	m, err := migrate.MendLedger(folder.Path)
	if err = errors.Join(err, folder.Unlock()); err != nil {
		return fmt.Errorf("%s: %w", folder.Name(), err)
	}
	if m.Damage == nil {
		v.result("the ledger of run %s is as it was written: there is nothing to mend", folder.Name())
		return nil
	}
	v.result("%s: %s", folder.Name(), m.Damage)
	v.result("%s left out, %s kept; the ledger as it was: %s", plural(m.Left, "line was", "lines were"), thousands(m.Kept), m.Aside)
	line, err := describeRun(folder)
	if err == nil && line.Continue != "" {
		v.say("to go on, and look up at the target who is in doubt: %s", line.Continue)
	}
	return err
}

// unsealed says, of a ledger that an earlier rehome began, what cannot be told.
func (v *voice) unsealed(l *migrate.Ledger) {
	if l.Unsealed() {
		v.say("the ledger of this run was begun by an earlier rehome, without seals on its lines: a damage to those cannot be told")
	}
}
