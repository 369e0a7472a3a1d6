package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/sink"
)

// repairBatch is how many records a worker takes at once: few of them lack something.
const repairBatch = 20

// openRepair opens the run's own source, read as the run read it: a ledger holds only
// seals, and what a user lacks stands nowhere else.
func (j *job) openRepair(t terminal, move migrate.Move) (err error) {
	c := j.cli
	if err := sameReading(c, move); err != nil {
		return err
	}
	files := append([]string{c.String("repair")}, c.Args().Tail()...)
	for _, name := range files {
		if err := j.source.add(c.Context, name, t, c.String("runs")); err != nil {
			return err
		}
	}
	if err := j.source.configure(c, !c.Bool("without-password")); err != nil {
		return err
	}
	j.source.reading.hear(j.say)
	if j.picks, err = newPicks(c); err != nil {
		return err
	}
	is := settings(j)
	for _, name := range landingSettings {
		if _, known := move.Settings[name]; !known { // an earlier rehome did not ask for it
			delete(is, name)
		}
	}
	if what := difference(move.Settings, is); what != "" {
		return usage("give the flags of the import again", "run %s was made with other settings: %s", j.run, what)
	}
	return nil
}

// onlyRepair refuses flags that say how FILE is read where there is none. Variables may
// be meant for other verbs.
func onlyRepair(c *cli.Context) error {
	for _, f := range join(sourceFlags(), landingFlags()) {
		name, byVariable := f.Names()[0], false
		if d, has := f.(cli.DocGenerationFlag); has {
			byVariable = slices.ContainsFunc(d.GetEnvVars(), func(v string) bool { return os.Getenv(v) != "" })
		}
		if c.IsSet(name) && !byVariable {
			return usage("leave it out, or name the import's file with --repair", "--%s says what to make of a file, and verify reads none without --repair", name)
		}
	}
	return nil
}

// sameReading sets the flags that say how FILE is read and what lands to what they were
// for the run, and refuses others.
func sameReading(c *cli.Context, m migrate.Move) error {
	was := map[string]string{"from": m.From}
	for _, name := range landingSettings {
		if value, known := m.Settings[name]; known {
			was[name] = value
		}
	}
	for name, value := range was {
		is := fmt.Sprint(c.Value(name))
		switch {
		case is == value:
		case c.IsSet(name):
			return usage("leave it out: FILE is read as the run read it", "--%s was %q, is %q", name, value, is)
		default:
			if err := c.Set(name, value); err != nil {
				return fmt.Errorf("--%s: %w", name, err)
			}
		}
	}
	return nil
}

// repair fills what users of the run lack at the target from the run's own source.
func (j *job) repair(ctx context.Context, ledger *migrate.Ledger, again []string) error {
	plan, err := j.repairPlan(ledger)
	if err != nil {
		return err
	}
	findings, err := migrate.Survey(ctx, plan.Plan)
	if err != nil {
		return err
	}
	if findings.Digest != ledger.Move.Source {
		return usage("name the very file that was imported", "%s is not what run %s moved: its bytes are others", j.names(), j.run)
	}
	progress := func(p migrate.Progress) { j.event(migrate.Event{Progress: &p}) }
	if plan.Lacking, _, _, err = migrate.FindLacking(ctx, ledger, plan.Reader, progress); err != nil {
		return err
	}
	if plan.Lacking.Count() > 0 {
		if err := j.agree("fill up these users? type yes: ", j.repairIntent(plan.Lacking.Count())); err != nil {
			return err
		}
	}
	j.listener = append(j.listener, j.nameRepaired)
	counts, err := migrate.Repair(ctx, plan, findings)
	j.summary.Repaired = &counts
	if code := exitCode(err); code == exitInterrupted || code == exitTarget {
		return failed(code, "to go on: "+command(again...), err)
	}
	if err != nil {
		return err
	}
	j.result("%s", repairWords(counts))
	return nil
}

func (j *job) repairPlan(ledger *migrate.Ledger) (p migrate.RepairPlan, err error) {
	if p.Plan, err = j.plan(); err != nil {
		return p, err
	}
	var reads, mends bool
	p.Reader, reads = j.target.sink.(sink.Reader)
	p.Mender, mends = j.target.sink.(sink.Mender)
	if !reads || !mends {
		return p, errors.New("users of this target cannot be repaired")
	}
	p.Ledger, p.Batch = ledger, repairBatch
	p.Workers, err = j.target.crew("auto")
	return p, err
}

func (j *job) repairIntent(lacking int) []string {
	return append(slices.Clone(j.target.origin),
		fmt.Sprintf("run:    %s; the profile of %s there is not as it landed", j.run, plural(lacking, "user", "users")),
		"        what stands there as the target makes it is filled from "+j.names()+": an empty phone number, name, labels or preferences;",
		"        an address or number counts as verified again only if it is the very one; whoever is disabled in the source is blocked;",
		"        no other value is replaced, no password is set, and nobody is made")
}

// nameRepaired prints what became of a user.
func (j *job) nameRepaired(e migrate.Event) {
	if e.Repaired == nil {
		return
	}
	words := map[migrate.RepairOutcome]string{
		migrate.RepairedWhole:  "filled, and as it landed",
		migrate.RepairedPartly: "filled in part: another value stands beside it, and was left",
		migrate.RepairLeft:     "left as it is: nothing was empty, and other values stand there",
	}[e.Repaired.Outcome]
	if e.Repaired.Problem != nil {
		words = "refused: " + e.Repaired.Problem.Detail
	}
	j.result("%s: %s", e.Repaired.TargetID, words)
}

func repairWords(c migrate.RepairCounts) string {
	if c.Lacking == 0 {
		return "every profile is as it landed: there is nothing to fill"
	}
	words := fmt.Sprintf("repaired: %s of %s, %s in part, %s left, %s refused", thousands(c.Whole), plural(c.Lacking, "user", "users"), thousands(c.Partly), thousands(c.Left), thousands(c.Refused))
	if c.Untold > 0 {
		words += fmt.Sprintf("; %s not in the source as they landed, and left", were(c.Untold))
	}
	return words
}
