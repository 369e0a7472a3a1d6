package report

import (
	"errors"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// Files writes the lists of a run while its records settle:
//
//	rejects.csv  what did not land, as the source held it, with the reason
//	resets.csv   who landed and cannot use the old password
//	ids.csv      old id → new id of everyone who landed
//
// They are begun anew by every try of a run and are whole when it finishes.
type Files struct {
	rejects, resets, ids *table
	unusable             map[string]identity.Code // by source id, from the proof
	err                  error
}

// Create begins the files in a run's folder.
func Create(folder string) (*Files, error) {
	f := &Files{unusable: map[string]identity.Code{}}
	var errs [3]error
	f.rejects, errs[0] = newTable(folder, RejectsName, append(append([]string{}, identity.NeutralFields...), "_reason", "_hint", "_position", "_raw")...)
	f.resets, errs[1] = newTable(folder, ResetsName, "id", "email", "name", "reason")
	f.ids, errs[2] = newTable(folder, IDsName, "id", "target_id")
	return f, errors.Join(errs[:]...)
}

// Event takes what belongs into a file. The first failure is kept for Close.
func (f *Files) Event(e migrate.Event) {
	switch {
	case e.Proved != nil && e.Proved.Outcome == migrate.Unusable && e.Proved.Problem != nil:
		f.unusable[e.Proved.User.ID] = e.Proved.Problem.Code
	case e.Settled != nil:
		f.err = errors.Join(f.err, f.settled(*e.Settled))
	}
}

func (f *Files) settled(s migrate.Settled) error {
	if s.Outcome == sink.Rejected {
		return f.reject(s)
	}
	if s.Problem != nil && s.Problem.Code == identity.Excluded {
		return nil
	}
	var err error
	if s.Outcome != sink.Planned {
		err = f.ids.write(s.ID, s.TargetID)
	}
	if reason := f.reset(s); reason != "" {
		err = errors.Join(err, f.resets.write(s.ID, s.Record.User.Email, s.Record.User.Name, string(reason)))
	}
	return err
}

// reset is why a user who landed needs a new password; "" if the old one works
// as far as we know.
func (f *Files) reset(s migrate.Settled) identity.Code {
	switch {
	case s.Verdict == sink.NeedsReset && s.Problem != nil:
		return s.Problem.Code
	case s.Record.User.PasswordLost():
		return identity.LossPasswordGone
	}
	return f.unusable[s.ID]
}

// reject hands a record back. The project's signer key is left out: it is in the
// operator's hands already.
func (f *Files) reject(s migrate.Settled) error {
	user := s.Record.User
	user.Hash.Params.SignerKey = ""
	cells, err := identity.NeutralCells(user)
	if err != nil {
		return err
	}
	reason, hint := string(s.Verdict), ""
	if s.Problem != nil {
		reason = string(s.Problem.Code) + ": " + s.Problem.Detail
		info, _ := identity.Lookup(s.Problem.Code)
		hint = info.Fix
	}
	return f.rejects.write(append(cells, reason, hint, s.Position.String(), string(s.Record.Raw))...)
}

// Rejected and Resets count the rows written.
func (f *Files) Rejected() int { return f.rejects.rows }

// Resets counts who needs a new password.
func (f *Files) Resets() int { return f.resets.rows }

// Close finishes the files and answers the first failure of any.
func (f *Files) Close() error {
	return errors.Join(f.err, f.rejects.close(), f.resets.close(), f.ids.close())
}
