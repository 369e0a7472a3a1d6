package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/migrate"
)

func inspectCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "read everything and count: hash formats, problems, sign-in methods, what would be lost; writes nothing",
		ArgsUsage: "FILE …",
		UsageText: "rehome inspect users.json\n   rehome inspect users.json --hash-config hash-config.txt --json",
		Flags:     join(sourceFlags(), landingFlags(), targetFlags(), outputFlags(), []cli.Flag{runsFlag()}),
		Action: func(c *cli.Context) error {
			return surveyed(t, c, false, inspect)
		},
	}
}

func inspect(ctx context.Context, j *job) error {
	plan, err := j.plan()
	if err != nil {
		return err
	}
	j.started()
	_, err = j.survey(ctx, plan)
	if err != nil {
		return err
	}
	j.counts(j.summary)
	j.unsigned()
	if j.provable() {
		j.say("Prove that the passwords are right: write a few that you know into known.csv (columns email and password).")
		j.say("next: %s", command(j.proving()...))
		return nil
	}
	j.say("Nobody has a password hash. See in practice what an import would come to.")
	j.say("next: %s", command(typedFor(j.cli, "import", "to", "layout", "schema", "create", "empty-target", "confirm-emails")...))
	return nil
}

// isUnsigned reports whether Firebase's hashes stand there without the project's
// parameters.
func (j *job) isUnsigned() bool {
	return j.summary.Problems[identity.HashParams] > 0 && j.source.reading.firebase.Hash.SignerKey == "" && j.source.format == importers.FormatFirebase
}

// unsigned says what to do about that.
func (j *job) unsigned() {
	if j.isUnsigned() {
		j.say("the project's password hash parameters are not given: no password can be judged or moved; paste them into hash-config.txt and give it with --hash-config, or, where nobody can get them, land these people for a reset with --without-password")
	}
}

// counts prints what the survey counted.
func (j *job) counts(s migrate.Summary) {
	if j.json {
		return
	}
	j.result("%s", j.headline(s))
	j.result("%s in %s (%s), judged for %s", plural(s.Records, "record", "records"), j.names(), j.source.format, j.target.name)
	explain := func(c identity.Code) string {
		info, _ := identity.Lookup(c)
		return info.Means
	}
	for _, text := range []string{
		tabulate(j.out, "password at the target", s.Verdicts, nil),
		tabulate(j.out, "hash format", s.Algorithms, nil),
		tabulate(j.out, "sign-in at the source", s.SignIns, nil),
		tabulate(j.out, "problem", s.Problems, explain),
		tabulate(j.out, "lost on the way", s.Losses, explain),
	} {
		if text != "" {
			fmt.Fprintln(j.out, text)
		}
	}
}
