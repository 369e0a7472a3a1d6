package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
)

func proveCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "prove",
		Usage:     "check known passwords against the source's hashes as the target will verify them; writes nothing",
		ArgsUsage: "FILE …",
		UsageText: "rehome prove users.json --hash-config hash-config.txt --known known.csv",
		Flags:     join(sourceFlags(), landingFlags(), targetFlags(), proofFlags(), outputFlags(), []cli.Flag{runsFlag(), hashMemoryFlag()}),
		Action: func(c *cli.Context) error {
			if c.String("known") == "" && !c.Bool("ask") {
				return usage("a CSV with the columns email and password will do", "prove needs --known FILE or --ask")
			}
			return surveyed(t, c, true, prove)
		},
	}
}

func prove(ctx context.Context, j *job) error {
	plan, err := j.plan()
	if err != nil {
		return err
	}
	j.started()
	findings, err := j.survey(ctx, plan)
	if err != nil {
		return err
	}
	j.proofs(findings.Proved)
	if err := j.proofError(j.summary.Proof); err != nil {
		return err
	}
	if err := j.remember(findings); err != nil {
		return err
	}
	next := j.withoutAnswers("import")
	if to := j.cli.String("to"); to != "" && to != "rehearsal" {
		next = j.dryRun()
	}
	j.say("next: %s", command(next...))
	return nil
}

// proofsShown bounds how many known accounts of one outcome are named; with --json
// every one is an event.
const proofsShown = 5

// proofs prints what was proved: the counts, and who did not match.
func (j *job) proofs(proved []migrate.Proved) {
	if c := j.summary.Proof; c != nil {
		j.result("%s: %s matched, %d unusable, %d absent, %d mismatched", plural(c.Known, "known account", "known accounts"), thousands(c.Matched), c.Unusable, c.Absent, c.Mismatched)
	}
	named := map[migrate.ProofOutcome]int{}
	for i, p := range proved {
		if p.Outcome == migrate.Matched {
			continue
		}
		if named[p.Outcome]++; named[p.Outcome] > proofsShown {
			continue
		}
		name := p.ID
		if name == "" { // given by name or address, which are nobody's business here
			name = fmt.Sprintf("account %d of those given", i+1)
		}
		j.result("  %s %s%s", p.Outcome, name, because(p))
	}
	for _, outcome := range []migrate.ProofOutcome{migrate.Mismatched, migrate.Unusable, migrate.Absent} {
		if more := named[outcome] - proofsShown; more > 0 {
			j.result("  … and %s more %s", thousands(more), outcome)
		}
	}
}

// because says why a known account did not match.
func because(p migrate.Proved) string {
	switch {
	case p.Problem != nil:
		return ": " + p.Problem.Detail
	case p.Outcome == migrate.Mismatched:
		return ": the password and the parameters do not make this hash"
	}
	return ": not in the source, or without a password hash there"
}
