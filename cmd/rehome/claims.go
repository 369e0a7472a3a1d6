package main

import (
	"os"
	"time"

	"rehome/migrate"
)

// slackness is how far the clock that dates files may be behind ours.
const slackness = time.Minute

// claims answers which other run says that it landed an account. Only one that has
// written its ledger since this run began can have been quicker. It is asked of the
// few whom an earlier try of this run had in hand, and reads the ledgers each time:
// the other run may be at work at this moment.
func (m *move) claims() func(targetID string, created time.Time) string {
	return func(targetID string, created time.Time) string {
		folders, err := migrate.Folders(m.cli.String("runs"))
		if err != nil {
			return "" // the folder was listed when the run began
		}
		for _, f := range folders {
			if f.Name() == m.folder.Name() || !m.rival(f) {
				continue
			}
			ledger, err := migrate.ReadLedger(f.Path)
			if err != nil {
				continue // rehome runs warns of one that cannot be read
			}
			if has, err := ledger.Claims(targetID, created); has && err == nil {
				return f.Name()
			}
		}
		return ""
	}
}

// rival reports whether a run went to the same target and has landed somebody, if
// anybody, since this one began.
func (m *move) rival(f migrate.Folder) bool {
	written, err := os.Stat(f.File("ledger.jsonl"))
	if err != nil || written.ModTime().Before(m.ledger.Move.Started.Add(-slackness)) {
		return false
	}
	begun, _, err := f.Peek()
	return err == nil && !begun.DryRun && begun.Target == m.target.identity
}
