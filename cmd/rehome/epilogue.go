package main

import (
	"errors"
	"time"

	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

// document writes report.json.
func (m *move) document(err error) error {
	summary := m.summary
	if err != nil && summary.Exit != exitRejected {
		summary.Error = printable(err.Error())
	}
	return report.WriteJSON(m.folder.Path, report.Document{
		Program: "rehome " + version(), Begun: m.begun.UTC(), Ended: time.Now().UTC(),
		Source: report.Source{Files: m.header.Files, From: m.header.From, Digest: m.header.Source},
		Target: m.target.name, Settings: m.header.Settings, Finished: summary, Notices: *m.source.reading.notices,
	})
}

// epilogue says how it ended, where everything is, and what to type next.
func (m *move) epilogue(err error) {
	s := m.summary
	v := s.Verdicts
	m.result("%s: %s created, %s existing, %s recovered, %s skipped, %s planned, %s rejected", plural(s.Records, "record", "records"),
		thousands(s.Created), thousands(s.Existing), thousands(s.Recovered), thousands(s.Skipped), thousands(s.Planned), thousands(s.Rejected))
	m.result("passwords: %s work there, %s have none, %s need a reset, %s blocked", thousands(v[sink.Ready]+v[sink.Converted]),
		thousands(v[sink.Passwordless]), thousands(v[sink.NeedsReset]), thousands(v[sink.Blocked]))
	if c := s.Verified; c != nil {
		m.result("read back: %s, %s equal", plural(c.Read, "user", "users"), thousands(c.Equal))
	}
	if c := s.Logins; c != nil {
		m.result("logged in: %d of %s", c.OK, plural(c.Tried, "known account", "known accounts"))
	}
	m.result("report: %s", m.folder.File(report.JSONName))
	if m.files.Rejected() > 0 {
		m.say("rejects: %s (holds hashes: keep it to yourself)", m.folder.File(report.RejectsName))
	}
	if m.files.Resets() > 0 {
		m.say("%s a new password: %s", plural(m.files.Resets(), "person needs", "people need"), m.folder.File(report.ResetsName))
	}
	m.next(err)
}

// next names the command that comes next.
func (m *move) next(err error) {
	code := exitCode(err)
	done := code == exitOK || code == exitRejected
	switch {
	case m.cli.Bool("dry-run") && done:
		m.say("nothing was written; the same command without --dry-run does it")
	case !m.target.real && done:
		m.say("that was practice, nothing was touched; next: rehome import %s --to appwrite --dry-run", m.again())
	case done:
		m.say("check it again any time: rehome verify %s", m.run)
	}
}

// resumable adds the command that goes on to a failure after which it can.
func (m *move) resumable(err error) error {
	again := "to go on: rehome " + shellWords(typed(m.cli))
	switch code := exitCode(err); {
	case m.cli.Bool("dry-run") || !m.target.real:
		return err
	case code == exitInterrupted || code == exitTarget:
		return failed(code, again, err)
	case errors.Is(err, migrate.ErrTooManyRejected):
		return failed(code, "mend what is wrong with them, or raise --max-errors; "+again, err)
	case errors.Is(err, errChanged) || errors.Is(err, migrate.ErrSourceChanged):
		return failed(code, "what landed is in the ledger; export again to a file that nobody writes to, and import that", err)
	}
	return err
}
