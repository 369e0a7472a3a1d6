package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/report"
)

func reportCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "write the report of a run again, as .html, .json or .md; of a run that was killed, what its ledger knows",
		ArgsUsage: "RUN",
		UsageText: "rehome report 20261121-231502-7f3a\n   rehome report 20261121-231502-7f3a --out report.md",
		Flags:     append(outputFlags(), text("out", "`FILE` to write; its ending says the format: .html, .json or .md; left out, the run's own report.html"), runsFlag()),
		Action: func(c *cli.Context) error {
			name, err := oneArgument(c, "RUN")
			if err != nil {
				return err
			}
			return writeReport(newVoice(t, c), c.String("runs"), name, c.String("out"))
		},
	}
}

func writeReport(v *voice, runs, name, out string) error {
	if _, ok := report.RenderFor(out); !ok && out != "" {
		return usage("name it report.html, report.json or report.md", "--out %s: the ending says the format", out)
	}
	folder, err := migrate.OpenFolder(runs, name)
	if err != nil {
		return usage(listing(runs), "%s", err)
	}
	d, err := documentOf(folder)
	if err != nil {
		return fmt.Errorf("%s: %w", folder.Name(), err)
	}
	out = cmp.Or(out, folder.File(report.HTMLName))
	render, _ := report.RenderFor(out)
	if err := place(folder, out, render, d); err != nil {
		return err
	}
	v.result("report: %s", out)
	if own(folder, out) && d.Ledger == nil && d.State == report.Done {
		return concludeRun(folder, d.Finished.Exit)
	}
	return nil
}

// concludeRun notes the end of a run that came to it and could not write its report.
func concludeRun(folder migrate.Folder, exit int) (err error) {
	if _, finished, err := folder.Peek(); finished || err != nil {
		return err
	}
	if err := folder.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Unlock()) }()
	ledger, err := migrate.OpenLedger(folder.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", folder.Name(), err)
	}
	if !ledger.Finished() {
		err = ledger.Finish(exit)
	}
	return errors.Join(err, ledger.Close())
}

// place writes the file. It replaces only what is the run's own report.
func place(folder migrate.Folder, out string, render report.Render, d report.Document) error {
	if own(folder, out) {
		return report.Replace(out, render, d)
	}
	err := report.Write(out, render, d)
	if errors.Is(err, fs.ErrExist) {
		return usage("name another file, or remove that one", "--out %s: the file exists", out)
	}
	if err != nil {
		return fmt.Errorf("--out %s: %w", out, plain(err))
	}
	return nil
}

// own reports whether a path is a report in the run's own folder.
func own(folder migrate.Folder, path string) bool {
	name := filepath.Base(path)
	if name != report.JSONName && name != report.HTMLName && name != report.MarkdownName {
		return false
	}
	here, err := filepath.Abs(folder.Path)
	there, err2 := filepath.Abs(filepath.Dir(path))
	return err == nil && err2 == nil && here == there
}

// documentOf is the report of a run, or what its ledger knows.
func documentOf(folder migrate.Folder) (report.Document, error) {
	d, err := report.Read(folder.Path)
	if !errors.Is(err, report.ErrNone) {
		return d, err
	}
	begun, _, err := folder.Peek()
	if err != nil {
		return d, err
	}
	line, err := describeRun(folder)
	if err != nil {
		return d, err
	}
	d = report.Document{
		Schema: migrate.Schema, Program: "rehome " + version(), Run: line.Run, State: report.Unfinished, Begun: begun.Started,
		Source: report.Source{Files: begun.Files, From: begun.From, Digest: begun.Source}, Target: begun.Target, Settings: begun.Settings,
		Finished: migrate.Summary{Verb: "import", Run: line.Run}, Ledger: &report.Ledger{Landed: line.Landed},
	}
	return guessed(d, line, begun), nil
}

// guessed adds what follows from the ledger: what kind of run it was, how far it
// came, and what to do.
func guessed(d report.Document, line runLine, begun migrate.Move) report.Document {
	again := goingOn(begun.Command)
	d.Kind = report.Import
	switch {
	case begun.DryRun:
		d.Kind = report.DryRun
		d.Next = []report.Step{{Words: "Nothing was written. Look again.", Command: again}}
	case strings.HasPrefix(begun.Target, "rehearsal "):
		d.Kind = report.Practice
		d.Next = []report.Step{{Words: "That was practice, and its target is gone with it. Practise again.", Command: again}}
	case line.State == "running":
		d.Next = []report.Step{{Words: "Wait for the process that holds it; it writes the whole report at its end."}}
	case line.State == "undo unfinished":
		d.Next = []report.Step{{Words: "Finish taking it back.", Command: line.Continue}}
	case line.State == "undone":
		d.Next = nil
	case line.State == "unfinished":
		d.Next = []report.Step{
			{Words: "Go on: the same command continues this run. Nobody is lost or doubled.", Command: line.Continue},
			{Words: "If it was a mistake, take it back: this deletes exactly what this run created, and spares who has signed in or changed since.", Command: onEarlier("undo", line.Run, begun.Command)},
		}
	default:
		d.Next = []report.Step{{Words: "Check that everybody is as landed.", Command: onEarlier("verify", line.Run, begun.Command)}}
	}
	switch line.State {
	case "running":
		d.State = report.Running
	case "finished", "undone":
		d.State = report.Done
	}
	return d
}
