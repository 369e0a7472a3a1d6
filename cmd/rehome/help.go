package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// about puts flags under a heading of the help.
func about(heading string, flags ...cli.Flag) []cli.Flag {
	for _, f := range flags {
		switch f := f.(type) {
		case *cli.StringFlag:
			f.Category = heading
		case *cli.IntFlag:
			f.Category = heading
		case *cli.BoolFlag:
			f.Category = heading
		case *cli.DurationFlag:
			f.Category = heading
		}
	}
	return flags
}

// helpText is the help of a verb: what it does, examples, then its flags under
// their headings. It stands in for urfave's template, which it must not look
// like: it holds no braces.
func helpText(c *cli.Command) string {
	var b strings.Builder
	usage := strings.TrimSpace("rehome " + c.Name + " " + c.ArgsUsage)
	if len(c.Flags) > 0 {
		usage += " [flags]"
	}
	fmt.Fprintf(&b, "%s\n\n%s\n", usage, wrapped(c.Usage, 0))
	if c.UsageText != "" {
		b.WriteString("\nexamples:\n")
		for line := range strings.Lines(c.UsageText) {
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(line))
		}
	}
	heading := "\n"
	for _, f := range c.Flags {
		if h := headingOf(f); h != heading {
			heading = h
			fmt.Fprintf(&b, "\n%s:\n", h)
		}
		b.WriteString(flagHelp(f))
	}
	return b.String()
}

// appHelp is the help of the program.
func appHelp(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\nverbs:\n", "rehome VERB [FILE] [flags]", app.Usage)
	for _, c := range app.Commands {
		fmt.Fprintf(&b, "  %-11s %s\n", c.Name, wrapped(c.Usage, 14))
	}
	b.WriteString("\nrehome VERB --help tells a verb's flags.\n")
	return b.String()
}

func headingOf(f cli.Flag) string {
	if c, ok := f.(cli.CategorizableFlag); ok && c.GetCategory() != "" {
		return c.GetCategory()
	}
	return "flags"
}

// Columns of the help: where the words of a flag begin, and where lines end.
const (
	helpIndent = 26
	helpWidth  = 80
)

// flagHelp is a flag's entry: its name and value, what it does, what holds when
// it is left out, and its variable.
func flagHelp(f cli.Flag) string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	value, words := placeholder(d.GetUsage())
	name := "  --" + f.Names()[0]
	if d.TakesValue() {
		name += " " + value
		if left := strings.Trim(d.GetDefaultText(), `"`); left != "" && left != "0" {
			words += " (left out: " + left + ")"
		}
	}
	for _, v := range d.GetEnvVars() {
		words += " [$" + v + "]"
	}
	if len(name) >= helpIndent-1 {
		return name + "\n" + strings.Repeat(" ", helpIndent) + wrapped(words, helpIndent) + "\n"
	}
	return fmt.Sprintf("%-*s%s\n", helpIndent, name, wrapped(words, helpIndent))
}

// placeholder takes the name of a flag's value out of its usage, where it stands
// in backquotes.
func placeholder(usage string) (value, words string) {
	before, rest, quoted := strings.Cut(usage, "`")
	value, after, closed := strings.Cut(rest, "`")
	if !quoted || !closed {
		return "VALUE", usage
	}
	return value, before + value + after
}

// wrapped breaks text into lines that end before helpWidth, the second and later
// ones indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		width := len([]rune(word))
		switch {
		case i == 0:
		case column+1+width > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return b.String()
}
