package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/report"
)

func explainCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "a problem code in full; without one, all of them in a line each",
		ArgsUsage: "[CODE]",
		UsageText: "rehome explain hash-unsupported\n   rehome explain",
		Action:    func(c *cli.Context) error { return explain(t, c) },
	}
}

// explain prints a code's entry of the catalogue, docs/problems.md.
func explain(t terminal, c *cli.Context) error {
	if c.NArg() == 0 {
		return listCodes(t)
	}
	name, err := oneArgument(c, "code")
	if err != nil {
		return err
	}
	info, known := identity.Lookup(identity.Code(name))
	if !known {
		return usage("list them: rehome explain", "there is no code %q", report.Visible(name))
	}
	_, err = fmt.Fprintln(t.out, shown(t.out, fmt.Sprintf("%s, a %s\n\n%s\n\nwho:  %s\ndo:   %s", info.Code, kind(info), info.Means, info.Concerns(), info.Fix)))
	return err
}

func listCodes(t terminal) error {
	for _, info := range identity.Codes() {
		if _, err := fmt.Fprintln(t.out, shown(t.out, fmt.Sprintf("%-22s %-8s %s", info.Code, kind(info), info.Means))); err != nil {
			return err
		}
	}
	return nil
}

// kind is what a code is about, in a word.
func kind(info identity.CodeInfo) string {
	if info.Loss {
		return "loss"
	}
	return "problem"
}
