package main

import (
	"errors"
	"time"

	"rehome/migrate"
	"rehome/report"
)

// document writes report.json and report.html, however the run ended.
func (m *move) document(err error) error {
	summary := m.summary
	if err != nil && summary.Exit != exitRejected {
		summary.Error = printable(err.Error())
	}
	d := report.Document{
		Program: "rehome " + version(), Run: m.run, Kind: m.kind(), State: state(summary.Exit), Begun: m.begun.UTC(), Ended: time.Now().UTC(),
		Source: report.Source{Files: m.header.Files, From: m.header.From, Digest: m.header.Source},
		Target: m.target.name, Settings: m.header.Settings, Finished: summary, Notices: *m.source.reading.notices,
		Earlier: m.earlierProof,
	}
	m.watch.Fill(&d)
	d.Next = m.steps(d.State)
	m.sentence = report.Sentence(d)
	err = report.Save(m.folder.Path, d)
	m.reported = err == nil
	return err
}

// kind says what the run was for.
func (m *move) kind() report.Kind {
	switch {
	case m.cli.Bool("dry-run"):
		return report.DryRun
	case !m.target.real:
		return report.Practice
	}
	return report.Import
}

// state says how far a run came that ended with this code.
func state(exit int) report.State {
	switch exit {
	case exitOK, exitRejected, exitProof:
		return report.Done
	case exitInterrupted, exitTarget:
		return report.Stopped
	}
	return report.Failed
}

// steps are what to do next, in order.
func (m *move) steps(s report.State) []report.Step {
	again := command(resuming(m.cli)...)
	switch {
	case (m.cli.Bool("dry-run") || !m.target.real) && s == report.Done:
		return []report.Step{m.onward()}
	case m.cli.Bool("dry-run"):
		return []report.Step{{Words: "Mend what ended it, and look again.", Command: again}}
	case !m.target.real:
		return []report.Step{{Words: "That was practice, and its target is gone with it. Practise again.", Command: again}}
	case s == report.Stopped:
		return append([]report.Step{{Words: "Go on: the same command continues this run. Nobody is lost or doubled.", Command: again}}, m.undoStep())
	case s == report.Failed:
		again = command(typedFor(m.cli, m.verb, "new-run", "max-errors")...) // which may have ended it
		return append([]report.Step{{Words: "Mend what ended it; the same command then continues this run.", Command: again}}, m.undoStep())
	}
	return m.afterwards()
}

// afterwards is what follows a migration that came to its end.
func (m *move) afterwards() (list []report.Step) {
	if m.files.Rejected() > 0 {
		list = append(list, report.Step{
			Words:   plural(m.files.Rejected(), "record was", "records were") + " rejected. Mend the file in a spreadsheet and land the rest in the same run. It holds hashes: keep it to yourself.",
			Command: m.onRun("retry", m.folder.File(report.RejectsName)),
		})
	}
	if m.files.Resets() > 0 {
		list = append(list, report.Step{Words: plural(m.files.Resets(), "person needs", "people need") + " a new password. Write to everyone in " + m.folder.File(report.ResetsName) + ", which is sorted by reason."})
	}
	return append(list,
		report.Step{Words: "Check any time that everybody is still as landed.", Command: m.onRun("verify")},
		m.undoStep(),
		report.Step{Words: "When rejects and resets are dealt with, remove what holds personal data from the run folder. Ledger and report stay.", Command: m.onRun("purge")},
	)
}

func (m *move) undoStep() report.Step {
	return report.Step{Words: "If it was a mistake, take it back: this deletes exactly what this run created, and spares who has signed in or changed since.", Command: m.onRun("undo")}
}

// noteUndo says in a run's report that the run was taken back. A run that was
// killed has none.
func noteUndo(folder migrate.Folder, counts migrate.UndoCounts) error {
	d, err := report.Read(folder.Path)
	if errors.Is(err, report.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	d.TakenBack(counts)
	return report.Save(folder.Path, d)
}
