package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

// consent asks before the first write to a real target. The answer is a word on
// a terminal; without one it takes --yes.
func (j *job) consent(f *migrate.Findings, resumed string) error {
	j.stranded(f)
	if !j.target.real {
		return nil
	}
	if j.cli.Bool("dry-run") {
		for _, line := range slices.Concat(j.target.origin, j.unverified(f)) {
			j.say("%s", line)
		}
		return nil
	}
	return j.agree("write to this target? type yes: ", slices.Concat(j.target.origin, intent(j, f, resumed)))
}

// agree says what is about to happen, and asks; where there is nobody to ask it
// wants --yes.
func (j *job) agree(question string, lines []string) error {
	j.clear()
	for _, line := range lines {
		fmt.Fprintln(j.err, shown(j.err, line))
	}
	if j.cli.Bool("yes") {
		return nil
	}
	if !isTerminal(j.in) || !isTerminal(j.err) {
		return usage("if that is what you want: "+command(append(typed(j.cli), "--yes")...), "writing to %s needs consent, and there is no terminal to ask on", j.target.name)
	}
	fmt.Fprint(j.err, question)
	answer, err := askLine(j.cli.Context, j.in)
	if errors.Is(err, errInterrupted) {
		fmt.Fprintln(j.err)
		return failed(exitInterrupted, "nothing was written; to be asked again: "+command(typed(j.cli)...), err)
	}
	if err != nil || strings.TrimSpace(answer) != "yes" {
		return usage("nothing was written", "not confirmed")
	}
	return nil
}

// intent says what is about to happen, in counts.
func intent(j *job, f *migrate.Findings, resumed string) []string {
	lines := []string{
		fmt.Sprintf("source: %s, %s", j.names(), plural(f.Summary.Records, "record", "records")),
		"        " + j.headline(f.Summary),
	}
	if n := f.Summary.Verdicts[sink.NeedsReset]; n > 0 && !j.cli.Bool("without-password") {
		lines = append(lines, fmt.Sprintf("        %s a password that can never work there; --without-password lands such people for a reset", plural(n, "person has", "people have")))
	}
	lines = append(lines, j.unverified(f)...)
	if n := f.Summary.Algorithms[identity.Plaintext]; n > 0 {
		lines = append(lines, fmt.Sprintf("        %s plain: rules of the target for new passwords (length, dictionary, strength) are applied to each", plural(n, "password is", "passwords are")))
	}
	if j.cli.Bool("canaries") {
		lines = append(lines, canaryWords(nil)...)
	}
	if resumed != "" {
		lines = append(lines, "continues run "+resumed)
	}
	if j.cli.String("roles") == "labels" && len(f.Labels) > 0 {
		lines = append(lines, "labels become access rights there:")
		for _, label := range slices.Sorted(maps.Keys(f.Labels)) {
			lines = append(lines, fmt.Sprintf("        %s: %s", report.Visible(label), plural(f.Labels[label], "user", "users")))
		}
	}
	return lines
}

// headline is what the survey has to say of passwords.
func (j *job) headline(s migrate.Summary) string {
	return report.Headline{People: *s.People, Basis: report.Basis{Proof: s.Proof, Earlier: j.earlierProof}, Foretold: true}.String()
}
