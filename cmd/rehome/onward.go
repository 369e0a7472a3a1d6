package main

import (
	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/report"
	"rehome/sink/appwrite"
)

// onward is what comes after a run that wrote to no real target: the same step on the
// terminal and in the report.
func (m *move) onward() report.Step {
	switch {
	case !m.cli.Bool("dry-run"):
		return report.Step{Words: "That was practice, nothing was touched. See what a real target would say, without writing to it.", Command: command(m.dryRun()...)}
	case !m.target.real:
		return report.Step{Words: "Nothing was written, and no target was asked. " + variables(m.cli) + ", and ask it.", Command: command(m.asking()...)}
	case m.provable() && !m.isProved() && !m.cli.Bool("no-proof"):
		return report.Step{Words: "Nothing was written. Before that, prove that the passwords work: write a few that you know into known.csv (columns email and password).", Command: command(m.proving()...)}
	}
	return report.Step{Words: "Nothing was written. The same without --dry-run does it; it asks before it writes.", Command: command(m.withoutAnswers("import", "dry-run")...)}
}

// provable reports whether anybody has a hash that a known password could be tried on.
func (j *job) provable() bool {
	return len(j.summary.Algorithms) > 0 || j.summary.Problems[identity.HashParams] > 0
}

// isProved reports whether a proof stands that an import would find again.
func (j *job) isProved() bool {
	p := j.summary.Proof
	return j.earlierProof != nil || p != nil && p.Matched > 0 && p.Mismatched == 0
}

// variables says which of them name the target.
func variables(c *cli.Context) string {
	if isPostgres(c.String("to")) {
		return "Set DATABASE_URL, or PGHOST, PGDATABASE and their sisters"
	}
	return "Set APPWRITE_ENDPOINT, APPWRITE_PROJECT_ID and APPWRITE_API_KEY"
}

// dryRun is the command that asks a target, without writing to it: the one that was
// named, or an Appwrite; by its rules alone where nothing says how to reach it.
func (j *job) dryRun() []string {
	to := j.cli.String("to")
	if to == "" || to == "rehearsal" {
		to = "appwrite"
	}
	words := append(j.withoutAnswers("import", "to", "profile", "dry-run", "new-run"), "--to", to, "--dry-run")
	var config appwrite.Config
	if _, err := project(j.cli, &config); isPostgres(to) || err == nil && missing(config) == "" {
		return words
	}
	profile := j.cli.String("profile")
	if profile == "" {
		profile = string(appwrite.Profile19)
	}
	return append(words, "--profile", profile)
}

// asking is a dry run that was judged by rules alone, at the target.
func (j *job) asking() []string {
	to := j.cli.String("to")
	if to == "" {
		to = "appwrite"
	}
	words := append(j.withoutAnswers("import", "to", "profile"), "--to", to)
	if isPostgres(to) && !j.cli.Bool("create") {
		words = append(words, "--create") // our tables are in no database before
	}
	return words
}

// proving is the command that proves the passwords of the same source, read in the
// same way, by the rules of the same target.
func (j *job) proving() []string {
	words := append(typedFor(j.cli, "prove", "known", "ask"), "--known", "known.csv")
	if j.isUnsigned() {
		words = append(words, "--hash-config", "hash-config.txt")
	}
	return words
}

// withoutAnswers is the command line of a verb without the known passwords that are
// gone once they were read: from standard input, or from a person. A proof that held
// is remembered.
func (j *job) withoutAnswers(verb string, leave ...string) []string {
	leave = append(leave, "ask")
	if j.cli.String("known") == "-" {
		leave = append(leave, "known")
	}
	return typedFor(j.cli, verb, leave...)
}
