package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/report"
)

func runsCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "runs",
		Usage:     "list runs: source, target, state, counts, how to continue each",
		UsageText: "rehome runs\n   rehome runs --mend 20261121-231502-7f3a",
		Flags:     append(outputFlags(), &cli.StringFlag{Name: "mend", Usage: "write the damaged ledger of `RUN` anew, without the lines that are damaged"}, runsFlag()),
		Action: func(c *cli.Context) error {
			if c.IsSet("mend") {
				return mend(newVoice(t, c), c.String("runs"), c.String("mend"))
			}
			return listRuns(t, c)
		},
	}
}

// runLine is a run as the list shows it.
type runLine struct {
	Run      string   `json:"run"`
	Source   []string `json:"source"`
	Target   string   `json:"target"`
	State    string   `json:"state"` // finished, unfinished, running, dry run, undone, undo unfinished, retry unfinished, damaged
	Landed   int      `json:"landed"`
	Continue string   `json:"continue,omitempty"`
}

func listRuns(t terminal, c *cli.Context) error {
	folders, err := runsByAge(c.String("runs"))
	if err != nil {
		return err
	}
	var lines []runLine
	for _, f := range folders {
		line, err := describeRun(f)
		if err != nil {
			fmt.Fprintln(t.err, shown(t.err, fmt.Sprintf("rehome: warning: %s: %s", f.Name(), err)))
		}
		switch d, is := errors.AsType[*migrate.Damage](err); {
		case is:
			line.State, line.Landed = "damaged", 0
			if d.Mendable() {
				line.Continue = mending(d)
			}
		case err != nil:
			continue
		}
		lines = append(lines, line)
	}
	if c.Bool("json") {
		return eachAsJSON(t, lines)
	}
	if len(lines) == 0 {
		fmt.Fprintln(t.out, shown(t.out, "no runs under "+c.String("runs")))
		return nil
	}
	return printRuns(t, lines)
}

// runsByAge lists runs, the oldest first. Their names do not say it within a second.
func runsByAge(runs string) ([]migrate.Folder, error) {
	folders, err := migrate.Folders(runs)
	if err != nil {
		return nil, err
	}
	begun := map[string]time.Time{}
	for _, f := range folders {
		if m, _, err := f.Peek(); err == nil { // listRuns warns of one that cannot be read
			begun[f.Path] = m.Started
		}
	}
	slices.SortStableFunc(folders, func(a, b migrate.Folder) int { return begun[a.Path].Compare(begun[b.Path]) })
	return folders, nil
}

func eachAsJSON(t terminal, lines []runLine) error {
	encoder := json.NewEncoder(report.VisibleJSON(t.out))
	for _, l := range lines {
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// leastTable is the fewest columns that a table of runs is readable in.
const leastTable = 72

func printRuns(t terminal, lines []runLine) error {
	text := runsTable(t, lines)
	if isTerminal(t.out) && columns(t.out) < leastTable {
		text = runsList(lines)
	}
	if _, err := fmt.Fprintln(t.out, text); err != nil {
		return err
	}
	for _, l := range lines {
		if l.Continue != "" {
			fmt.Fprintf(t.out, "continue %s: %s\n", l.Run, report.Visible(l.Continue))
		}
	}
	return nil
}

func runsTable(t terminal, lines []runLine) string {
	w, widest := newTable("run", "source", "target", "state", "landed"), 0
	for _, l := range lines {
		w.AppendRow(table.Row{l.Run, report.Visible(strings.Join(l.Source, " ")), report.Visible(l.Target), l.State, thousands(l.Landed)})
		widest = max(widest, len(l.Run)+len(l.State)+len("  1,000,000"))
	}
	half := room(t.out, widest+4*len("  ")) / 2
	w.SetColumnConfigs([]table.ColumnConfig{prose(2, half), prose(3, half), rightward(5)})
	return rendered(w)
}

func runsList(lines []runLine) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n  %s landed\n  from %s\n  to %s", l.Run, l.State, thousands(l.Landed), report.Visible(strings.Join(l.Source, " ")), report.Visible(l.Target))
	}
	return b.String()
}

func describeRun(f migrate.Folder) (runLine, error) {
	ledger, err := migrate.ReadLedger(f.Path)
	if err != nil {
		return runLine{Run: f.Name()}, err
	}
	landed, err := ledger.Landed()
	line := runLine{Run: f.Name(), Source: ledger.Move.Files, Target: ledger.Move.Target, State: "finished", Landed: landed}
	if ledger.Move.DryRun {
		line.State = "dry run"
	}
	begun, undone := ledger.TakenBack()
	retry, retrying := ledger.Retrying()
	switch {
	case err != nil || ledger.Move.DryRun:
		return line, err
	case undone: // whoever still counts as landed was spared
		line.State = "undone"
		return line, nil
	case begun:
		line.State, line.Continue = "undo unfinished", onEarlier("undo", line.Run, ledger.Move.Command)
	case retrying:
		line.State, line.Continue = "retry unfinished", goingOn(retry)
	case ledger.Finished():
		return line, nil
	default:
		line.State, line.Continue = "unfinished", goingOn(ledger.Move.Command)
	}
	if err := f.Lock(); errors.Is(err, migrate.ErrLocked) {
		line.State, line.Continue = "running", ""
	} else if err != nil {
		return line, err
	}
	return line, f.Unlock()
}

func purgeCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "purge",
		Usage:     "remove what holds personal data in a run (rejects, resets, ids); keeps ledger and report",
		ArgsUsage: "RUN",
		UsageText: "rehome purge 20261121-231502-7f3a",
		Flags:     append(outputFlags(), runsFlag()),
		Action: func(c *cli.Context) error {
			name, err := oneArgument(c, "RUN")
			if err != nil {
				return err
			}
			return purge(newVoice(t, c), c.String("runs"), name)
		},
	}
}

func purge(v *voice, runs, name string) error {
	folder, err := migrate.OpenFolder(runs, name)
	if err != nil {
		return usage(listing(runs), "%s", err)
	}
	if err := folder.Lock(); err != nil {
		return err
	}
	defer func() { _ = folder.Unlock() }()
	for _, file := range report.Personal {
		err := os.Remove(folder.File(file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", file, plain(err))
		}
		if err == nil {
			v.result("removed %s", folder.File(file))
		}
	}
	if err := os.RemoveAll(folder.File(report.RetryName)); err != nil {
		return fmt.Errorf("%s: %w", report.RetryName, plain(err))
	}
	changed, err := report.Anonymous(folder.Path)
	if changed {
		v.result("removed people's ids and masked addresses from %s", folder.File(report.HTMLName))
	}
	return err
}
