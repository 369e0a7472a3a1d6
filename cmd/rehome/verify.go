package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/migrate"
	"rehome/verifiers"
)

func verifyCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "after an import: read users back and compare them with what the run landed; writes nothing, but with --canaries or --repair",
		ArgsUsage: "RUN",
		UsageText: "rehome verify 20261121-231502-7f3a\n   rehome verify 20261121-231502-7f3a --sample 400\n   rehome verify 20261121-231502-7f3a --canaries\n   rehome verify 20261121-231502-7f3a --repair users.json --hash-config hash-config.txt",
		Flags: join(targetFlags(), sourceFlags(), landingFlags(), []cli.Flag{
			&cli.StringFlag{Name: "repair", Usage: "fill what users lack there from the import's own `FILE`, read with the same flags; never over another value"},
			number("sample", 0, "read back `N` users, chosen at random, instead of all"),
			canariesFlag(),
			hashMemoryFlag(),
			decision("yes", "do not ask for consent to --canaries or --repair"),
			runsFlag(),
		}, outputFlags()),
		Action: func(c *cli.Context) error {
			if c.IsSet("repair") && c.NArg() > 1 { // a source of several files
				return verify(c.Context, t, c, c.Args().First())
			}
			name, err := oneArgument(c, "RUN")
			if err != nil {
				return err
			}
			return verify(c.Context, t, c, name)
		},
	}
}

func verify(ctx context.Context, t terminal, c *cli.Context, name string) (err error) {
	folder, ledger, err := readRun(c.String("runs"), name)
	if err != nil {
		return err
	}
	j := &job{voice: newVoice(t, c), cli: c, verb: "verify", begun: time.Now(), run: folder.Name(), source: &source{}}
	j.unsealed(ledger)
	if err := verifyFlags(c); err != nil {
		return err
	}
	again := typed(c)
	if c.IsSet("repair") {
		if err := folder.Lock(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, j.source.close(), folder.Unlock()) }()
		if err := j.openRepair(t, ledger.Move); err != nil {
			return err
		}
	}
	if j.memory, err = hashMemory(c, j.warn); err != nil {
		return err
	}
	if j.target, err = sameTarget(ctx, c, j.memory, ledger.Move); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.target.close()) }()
	canaries, err := j.canaries(landedAt(folder))
	if err == nil {
		err = j.askForCanaries(canaries)
	}
	if err != nil {
		return err
	}
	return j.end(j.lookBack(ctx, ledger, canaries, again))
}

// verifyFlags refuses what cannot be meant.
func verifyFlags(c *cli.Context) error {
	switch repair := c.IsSet("repair"); {
	case c.Int("sample") < 0:
		return usage("use a number of users, or leave it out to read back all", "--sample %d is not a number of users", c.Int("sample"))
	case repair && c.Int("sample") > 0:
		return usage("leave --sample out: --repair looks at everybody", "--sample and --repair do not go together")
	case !repair:
		return onlyRepair(c)
	}
	return nil
}

// readRun opens a run to look at. A damaged ledger is met before anybody is asked
// anything.
func readRun(runs, name string) (folder migrate.Folder, ledger *migrate.Ledger, err error) {
	if folder, err = migrate.OpenFolder(runs, name); err != nil {
		return folder, nil, usage(listing(runs), "%s", err)
	}
	if ledger, err = migrate.ReadLedger(folder.Path); err == nil {
		_, err = ledger.Landed()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", folder.Name(), err)
	}
	return folder, ledger, err
}

// lookBack repairs what is to be repaired, and says how the run's users are then.
func (j *job) lookBack(ctx context.Context, ledger *migrate.Ledger, canaries []identity.Algorithm, again []string) (err error) {
	j.event(migrate.Event{Started: &migrate.Started{Schema: migrate.Schema, Verb: j.verb, Target: j.target.name, Run: j.run}})
	if j.cli.IsSet("repair") {
		if err := j.repair(ctx, ledger, again); err != nil {
			return err
		}
	}
	err = j.verifyRun(ctx, ledger)
	if code := exitCode(err); code == exitOK || code == exitProof {
		err = errors.Join(err, j.tryCanaries(ctx, canaries))
	}
	if err == nil && j.summary.Verified.Read > 0 {
		j.say("take the run back: %s", j.onRun("undo"))
	}
	return err
}

// verifyRun reads users back.
func (j *job) verifyRun(ctx context.Context, ledger *migrate.Ledger) error {
	reader, ok := j.target.witness()
	if !ok {
		return errors.New("this target cannot be read back")
	}
	if begun, _ := ledger.TakenBack(); begun {
		j.say("users of this run were taken back; those are not expected at the target")
	}
	counts, differences, err := migrate.Verify(ctx, ledger, reader, j.cli.Int("sample"), func(p migrate.Progress) { j.event(migrate.Event{Progress: &p}) })
	j.summary.Verified = &counts
	if err != nil {
		return err
	}
	for i, d := range differences {
		j.event(migrate.Event{Differs: &differences[i]})
		j.result("%s: %s", d.TargetID, differenceWords(d))
	}
	j.result("%s", comparison(counts))
	if counts.Of > 0 {
		j.result("%s", confidence(counts.Missing+counts.Changed, counts.Read+counts.Missing))
	}
	if bad := counts.Missing + counts.Changed; bad > 0 {
		err = failed(exitProof, "look at the users named above; somebody may have edited or deleted them",
			errors.New(plural(bad, "user differs", "users differ")+" from what the run landed"))
	}
	return errors.Join(err, j.sound(ctx))
}

func differenceWords(d migrate.Difference) string {
	if d.What == migrate.WhatMissing {
		return "is not there any more"
	}
	return changeWords(d.Part, d.SignedIn)
}

// changeWords says which part of a user was changed.
func changeWords(part migrate.Part, signedIn bool) string {
	words := map[migrate.Part]string{
		migrate.PartProfile:  "the profile was changed since",
		migrate.PartPassword: "the password was changed since",
		migrate.PartBoth:     "the profile and the password were changed since",
	}[part]
	if signedIn {
		words += ", and the person has signed in"
	}
	return words
}

// comparison is what the reading back has shown. Whoever has signed in since is
// told apart: there the target holds another hash, as it should.
func comparison(c migrate.VerifyCounts) string {
	asked := c.Read + c.Missing
	of := thousands(asked)
	if c.Of > 0 {
		of = thousands(c.Of)
	}
	words := thousands(c.Read) + " of " + of + " users read back"
	switch {
	case asked == 0:
		return "nobody of this run is expected at the target"
	case c.Equal == asked:
		return words + ", all equal"
	}
	both := ""
	if c.Both > 0 {
		both = fmt.Sprintf(" (%s of them both)", thousands(c.Both))
	}
	return fmt.Sprintf("%s: %s equal, %s signed in or used since, %s changed%s, %s missing", words,
		thousands(c.Equal), thousands(c.SignedIn), thousands(c.Changed), both, thousands(c.Missing))
}

// sameTarget opens the target of a run, and no other.
func sameTarget(ctx context.Context, c *cli.Context, memory *verifiers.Memory, m migrate.Move) (*target, error) {
	if strings.HasPrefix(m.Target, "rehearsal ") {
		return nil, usage("rehearse against a server that stays: rehome rehearse", "the target of this run was a rehearsal in memory, and is gone")
	}
	if c.String("to") == "" {
		if err := sameKind(c, m); err != nil {
			return nil, err
		}
	}
	if isPostgres(c.String("to")) != strings.HasPrefix(m.Target, "postgres ") {
		return nil, usage("leave --to out, or give that of the import", "this run went to %s, not to %s", m.Target, c.String("to"))
	}
	target, err := openTarget(ctx, c, memory)
	if err != nil {
		return nil, err
	}
	if target.identity != m.Target {
		return nil, errors.Join(usage("give the same target and settings as for the import", "this run went to %s, not to %s", m.Target, target.identity), target.close())
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
