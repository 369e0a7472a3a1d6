package main

import (
	"errors"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
)

// counts says what became of the records.
func (m *move) counts() {
	s := m.summary
	m.result("%s: %s created, %s existing, %s recovered, %s skipped, %s planned, %s rejected", plural(s.Records, "record", "records"),
		thousands(s.Created), thousands(s.Existing), thousands(s.Recovered), thousands(s.Skipped), thousands(s.Planned), thousands(s.Rejected))
	m.foretold()
	if c := s.Verified; c != nil {
		m.result("read back: %s, %s equal", plural(c.Read, "user", "users"), thousands(c.Equal))
		if c.Of > 0 {
			m.result("%s", confidence(c.Missing+c.Changed, c.Read+c.Missing))
		}
	}
	if c := s.Logins; c != nil {
		m.result("logged in: %d of %s", c.OK, plural(c.Tried, "known account", "known accounts"))
	}
	m.delta()
}

// foretold holds what the survey said against what came of it. A dry run has
// nothing to hold it against, and what was broken off is not the prediction's fault.
func (m *move) foretold() {
	s := m.summary
	if s.Predicted == nil || m.cli.Bool("dry-run") || s.Landed()+s.Rejected+s.Problems[identity.Excluded] < m.findings.Summary.Records {
		return
	}
	why := ""
	if less := s.Predicted.Lands - s.Landed(); less > 0 {
		why = ": the target refused " + plural(less, "user that its rules let", "users that its rules let") + " through, see the rejects"
	}
	m.result("predicted %s landed / actual %s%s", thousands(s.Predicted.Lands), thousands(s.Landed()), why)
}

// epilogue says how it ended, where everything is, and what to type next.
func (m *move) epilogue(err error) {
	if m.sentence != "" {
		m.result("%s", m.sentence)
	}
	m.counts()
	if m.reported {
		m.result("report: %s", m.folder.File(report.HTMLName))
	}
	if m.files.Rejected() > 0 {
		m.say("rejects: %s (holds hashes: keep it to yourself)", m.folder.File(report.RejectsName))
	}
	m.leftOpen()
	if m.files.Resets() > 0 {
		m.say("%s a new password: %s", plural(m.files.Resets(), "person needs", "people need"), m.folder.File(report.ResetsName))
	}
	m.next(err)
}

// leftOpen says that people who are disabled at the source can sign in at the target,
// and what to do about that now.
func (j *job) leftOpen() {
	if n := j.summary.Problems[identity.AccountOpen]; n > 0 {
		j.result("%s OPEN at the target although disabled at the source: block by hand whoever is listed as %s in %s (Appwrite console: Auth, the user, block account)",
			plural(n, "account is", "accounts are"), identity.AccountOpen, report.RejectsName)
	}
}

// next names the command that comes next.
func (m *move) next(err error) {
	code := exitCode(err)
	done := code == exitOK || code == exitRejected
	switch {
	case (m.cli.Bool("dry-run") || !m.target.real) && done:
		step := m.onward()
		m.say("%s", step.Words)
		m.say("next: %s", step.Command)
	case done:
		if m.files.Rejected() > 0 {
			m.say("mend the rejects and hand them back: %s", m.onRun("retry", m.folder.File(report.RejectsName)))
		}
		m.say("check it again any time: %s", m.onRun("verify"))
		m.say("take it back: %s", m.onRun("undo"))
	}
}

// resumable adds the command that goes on to a failure after which it can.
func (m *move) resumable(err error) error {
	again := "to go on: " + command(resuming(m.cli)...)
	switch code := exitCode(err); {
	case m.cli.Bool("dry-run") || !m.target.real:
		return err
	case code == exitInterrupted || code == exitTarget:
		if hint := hintOf(err); hint != "" { // what the target wants done first
			again = hint + "; " + again
		}
		return failed(code, again, err)
	case errors.Is(err, migrate.ErrTooManyRejected):
		on := typedFor(m.cli, m.cli.Command.Name, "new-run", "max-errors")
		return failed(code, "mend what is wrong with them; to go on in spite of them: "+command(on...), err)
	case errors.Is(err, errChanged) || errors.Is(err, migrate.ErrSourceChanged):
		return failed(code, "what landed is in the ledger; export again to a file that nobody writes to, and import that", err)
	}
	return err
}
