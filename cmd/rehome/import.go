package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/sink"
)

func importCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "move users to the target; the same command again resumes; without --to, a practice run that touches nothing",
		ArgsUsage: "FILE …",
		UsageText: "rehome import users.json --hash-config hash-config.txt --known known.csv\n   rehome import users.json --hash-config hash-config.txt --known known.csv --to appwrite --dry-run\n   rehome import users.json --hash-config hash-config.txt --known known.csv --to appwrite",
		Flags: join(sourceFlags(), landingFlags(), targetFlags(), proofFlags(), []cli.Flag{
			decision("no-proof", "import without a proof that the passwords work"),
			decision("yes", "do not ask for consent"),
			toggle("dry-run", "the validation report: everything but the writing"),
			textDefault("workers", "auto", "users in flight at the target: `N` or auto"),
			rateFlag(),
			text("max-errors", "stop when `N` records, or P% of them, were rejected"),
			decision("new-run", "begin anew although an unfinished run of this move exists"),
			textDefault("logins", "20", "on the rehearsal server, log `N` matched known accounts in, or all"),
			number("sample", 0, "read back `N` users after the move instead of all"),
			canariesFlag(),
			hashMemoryFlag(),
			runsFlag(),
		}, outputFlags()),
		Action: func(c *cli.Context) error { return surveyed(t, c, true, importUsers) },
	}
}

// importUsers is the migration: survey, consent, move, read-back.
func importUsers(ctx context.Context, j *job) error {
	plan, err := j.importPlan()
	if err != nil {
		return err
	}
	if j.cli.Bool("dry-run") && !j.target.real {
		j.say("offline: judged by the rules of %s alone; no target is asked, so nobody who is there already is met", j.target.rules)
	}
	j.started()
	findings, err := j.survey(ctx, plan)
	if err != nil {
		return err
	}
	j.unsigned()
	if !j.quiet && len(findings.Proved) > 0 {
		j.proofs(findings.Proved)
	}
	if err := j.proofError(findings.Summary.Proof); err != nil {
		return err
	}
	if err := j.proven(); err != nil {
		return err
	}
	if err := j.remember(findings); err != nil {
		return err
	}
	m, err := j.begin(findings)
	if err != nil {
		return err
	}
	m.past = plan.Past
	return m.finish(m.move(ctx, plan))
}

// scouts is how many questions about users already there a dry run asks at once: an
// Appwrite 1.5 on two cores needs all of one for a list.
const scouts = 4

// importPlan is the shared plan with what only an import can say.
func (j *job) importPlan() (migrate.Plan, error) {
	plan, err := j.plan()
	if err != nil {
		return plan, err
	}
	if plan.Workers, err = j.target.crew(j.cli.String("workers")); err != nil {
		return plan, err
	}
	if plan.MaxRejected, err = maxRejected(j.cli.String("max-errors")); err != nil {
		return plan, err
	}
	if _, err = logins(j.cli.String("logins")); err != nil {
		return plan, err
	}
	if _, err = j.canaries(nil); err != nil {
		return plan, err
	}
	plan.Batch = j.target.batch
	if j.cli.Bool("dry-run") {
		plan.Sink = sink.DryRun(plan.Sink)
		plan.Batch, plan.Workers = 100, 0 // as many as a target is asked about at once
		if j.target.real {
			plan.Workers = scouts
		}
	}
	plan.Past, err = j.earlier()
	return plan, err
}
