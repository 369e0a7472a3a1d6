package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// Files writes the lists of a run while its records settle:
//
//	rejects.csv  what did not land, as the source held it, with the reason
//	resets.csv   who landed and cannot use the old password, sorted by reason
//	ids.csv      old id → new id of everyone who landed
//
// They are begun anew by every try of a run and are whole when it finishes. Of a
// run that was killed they hold what had settled, the resets in that order.
type Files struct {
	folder               string
	rejects, resets, ids *table
	reasons              map[identity.Code]bool // that stand in the resets
	err                  error                  // the first failure
}

// Create begins the files in a run's folder. The report of an earlier try is
// removed: should this one be killed, it would tell of another.
func Create(folder string) (*Files, error) {
	f := &Files{folder: folder, reasons: map[identity.Code]bool{}}
	var errs [3]error
	f.rejects, errs[0] = newTable(folder, RejectsName, rejectsHeader()...)
	f.resets, errs[1] = newTable(folder, ResetsName, "id", "email", "name", "reason")
	f.ids, errs[2] = newTable(folder, IDsName, "id", "target_id")
	return f, errors.Join(append(errs[:], forget(folder))...)
}

// forget removes the report of an earlier try.
func forget(folder string) error {
	for _, name := range []string{JSONName, HTMLName} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

// Event takes what belongs into a file. The first failure is kept for Close.
func (f *Files) Event(e migrate.Event) {
	if e.Settled != nil && f.err == nil {
		f.err = f.settled(*e.Settled)
	}
}

func (f *Files) settled(s migrate.Settled) error {
	if s.Outcome == sink.Rejected {
		return f.reject(s)
	}
	if isExcluded(s) {
		return nil
	}
	var err error
	if s.Outcome != sink.Planned {
		err = f.ids.write(s.ID, s.TargetID)
	}
	if s.Reset != "" {
		f.reasons[s.Reset] = true
		err = errors.Join(err, f.resets.write(s.ID, s.Record.User.Email, s.Record.User.Name, string(s.Reset)))
	}
	return err
}

// rejectsHeader names the columns of the rejects.
func rejectsHeader() []string {
	return append(append([]string{}, identity.NeutralFields...), "_reason", "_hint", "_position", "_raw")
}

// reject hands a record back. The project's signer key is left out: it is in the
// operator's hands already. A row of a rejects file is handed back as somebody
// mended it, and keeps its place in the source it came from.
func (f *Files) reject(s migrate.Settled) error {
	user := s.Record.User
	user.Hash.Params.SignerKey = ""
	cells, err := identity.NeutralCells(user)
	if err != nil {
		return err
	}
	position, raw := s.Position.String(), s.Record.Raw
	if back := s.Record.Reject; back != nil {
		for i, cell := range back.Cells {
			cells[i] = string(cell)
		}
		raw = back.Raw
		if back.Position != "" {
			position = back.Position
		}
	}
	reason, hint := reasonOf(s)
	return f.rejects.write(append(cells, reason, hint, position, string(raw))...)
}

// reasonOf says why a record was rejected, and what to do.
func reasonOf(s migrate.Settled) (reason, hint string) {
	if s.Problem == nil {
		return string(s.Verdict), ""
	}
	info, _ := identity.Lookup(s.Problem.Code)
	return string(s.Problem.Code) + ": " + s.Problem.Detail, info.Fix
}

// Rejected and Resets count the rows written.
func (f *Files) Rejected() int { return f.rejects.rows }

// Resets counts who needs a new password.
func (f *Files) Resets() int { return f.resets.rows }

// Close finishes the files and answers the first failure of any.
func (f *Files) Close() error {
	err := errors.Join(f.err, f.rejects.close(), f.resets.close(), f.ids.close())
	if err != nil || len(f.reasons) < 2 {
		return err
	}
	return f.sortResets()
}
