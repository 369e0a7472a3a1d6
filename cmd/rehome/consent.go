package main

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rehome/migrate"
	"rehome/sink"
)

// consent asks before the first write to a real target. The answer is a word on
// a terminal; without one it takes --yes.
func (j *job) consent(f *migrate.Findings, resumed string) error {
	if !j.target.real || j.cli.Bool("dry-run") {
		return nil
	}
	j.clear()
	for _, line := range j.target.origin {
		fmt.Fprintln(j.err, printable(line))
	}
	for _, line := range intent(j, f, resumed) {
		fmt.Fprintln(j.err, printable(line))
	}
	if j.cli.Bool("yes") {
		return nil
	}
	if !isTerminal(j.in) || !isTerminal(j.err) {
		return usage("rehome "+shellWords(append(typed(j.cli), "--yes")), "writing to %s needs consent, and there is no terminal to ask on", j.target.name)
	}
	fmt.Fprint(j.err, "write to this target? type yes: ")
	answer, err := bufio.NewReader(j.in).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != "yes" {
		return usage("nothing was written", "not confirmed")
	}
	return nil
}

// intent says what is about to happen, in counts.
func intent(j *job, f *migrate.Findings, resumed string) []string {
	v := f.Summary.Verdicts
	lines := []string{
		fmt.Sprintf("source: %s, %s", j.names(), plural(f.Summary.Records, "record", "records")),
		fmt.Sprintf("        %s keep their password, %s have none, %s must reset it (%s), %s cannot land",
			thousands(v[sink.Ready]+v[sink.Converted]), thousands(v[sink.Passwordless]), thousands(v[sink.NeedsReset]), j.fateOfResets(), thousands(v[sink.Blocked])),
	}
	if resumed != "" {
		lines = append(lines, "continues run "+resumed)
	}
	if j.cli.String("roles") == "labels" && len(f.Labels) > 0 {
		lines = append(lines, "labels become access rights there:")
		for _, label := range slices.Sorted(maps.Keys(f.Labels)) {
			lines = append(lines, fmt.Sprintf("        %s: %s", label, plural(f.Labels[label], "user", "users")))
		}
	}
	return lines
}

func (j *job) fateOfResets() string {
	if j.cli.Bool("without-password") {
		return "they land without it"
	}
	return "rejected; --without-password lands them"
}
