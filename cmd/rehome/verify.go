package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/sink"
)

func verifyCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "after an import: read users back and compare them with what the run landed; writes nothing",
		ArgsUsage: "RUN",
		UsageText: "rehome verify 20261121-231502-7f3a\n   rehome verify 20261121-231502-7f3a --sample 400",
		Flags:     join(targetFlags(), []cli.Flag{number("sample", 0, "read back `N` users, chosen at random, instead of all"), runsFlag()}, outputFlags()),
		Action: func(c *cli.Context) error {
			name, err := oneArgument(c, "RUN")
			if err != nil {
				return err
			}
			return verify(c.Context, t, c, name)
		},
	}
}

func verify(ctx context.Context, t terminal, c *cli.Context, name string) (err error) {
	folder, err := migrate.OpenFolder(c.String("runs"), name)
	if err != nil {
		return usage("rehome runs lists them", "%s", err)
	}
	ledger, err := migrate.ReadLedger(folder.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", folder.Name(), err)
	}
	j := &job{voice: newVoice(t, c), cli: c, verb: "verify", begun: time.Now(), run: folder.Name()}
	if j.target, err = sameTarget(ctx, c, ledger.Move); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.target.close()) }()
	j.event(migrate.Event{Started: &migrate.Started{Schema: migrate.Schema, Verb: j.verb, Target: j.target.name, Run: j.run}})
	return j.end(j.verifyRun(ctx, ledger))
}

func (j *job) verifyRun(ctx context.Context, ledger *migrate.Ledger) error {
	reader, ok := j.target.sink.(sink.Reader)
	if !ok {
		return errors.New("this target cannot be read back")
	}
	counts, differences, err := migrate.Verify(ctx, ledger, reader, j.cli.Int("sample"), func(p migrate.Progress) { j.event(migrate.Event{Progress: &p}) })
	j.summary.Verified = &counts
	if err != nil {
		return err
	}
	j.result("read back: %s, %s equal, %s signed in since, %s changed, %s missing", plural(counts.Read, "user", "users"),
		thousands(counts.Equal), thousands(counts.SignedIn), thousands(counts.Changed), thousands(counts.Missing))
	return j.differences(counts, differences)
}

// sameTarget opens the target of a run, and no other.
func sameTarget(ctx context.Context, c *cli.Context, m migrate.Move) (*target, error) {
	if strings.HasPrefix(m.Target, "rehearsal ") {
		return nil, usage("rehearse against a server that stays: rehome rehearse", "the target of this run was a rehearsal in memory, and is gone")
	}
	if c.String("to") == "" {
		if err := sameKind(c, m); err != nil {
			return nil, err
		}
	}
	target, err := openTarget(ctx, c)
	if err != nil {
		return nil, err
	}
	if target.identity != m.Target {
		return nil, errors.Join(usage("set the same endpoint and project as for the import", "this run went to %s, not to %s", m.Target, target.identity), target.close())
	}
	return target, nil
}

// sameKind sets the flags of the run's own kind of target.
func sameKind(c *cli.Context, m migrate.Move) error {
	if !strings.HasPrefix(m.Target, "postgres ") {
		return c.Set("to", "appwrite")
	}
	return errors.Join(c.Set("to", "postgres"), c.Set("layout", m.Settings["layout"]), c.Set("schema", m.Settings["schema"]))
}
