package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"rehome/report"
)

// A command that is printed is there to be copied: it ends its line, says what was
// said the first time, and holds no secret.

// command is a command line of rehome for a POSIX shell, or one that reads $'…' where
// words hold what would not be seen.
func command(words ...string) string { return "rehome " + shellWords(words) }

// typed is the command line as it was typed, but for consent, which is given anew.
func typed(c *cli.Context) []string { return typedFor(c, c.Command.Name) }

// resuming is the command line that goes on with what was begun.
func resuming(c *cli.Context) []string { return typedFor(c, c.Command.Name, "new-run") }

// typedFor is the command line of a verb that means the same: the same files and
// every flag that the verb has and that was given, but for those to leave out.
func typedFor(c *cli.Context, verb string, leave ...string) []string {
	words := []string{verb}
	for _, file := range retyped(c.Args().Slice()) {
		if len(file) > 1 && file[0] == '-' { // which would be a flag
			file = "./" + file
		}
		words = append(words, file)
	}
	return append(words, givenFlags(c, verb, leave...)...)
}

// givenFlags are the flags that were given and that a verb has.
func givenFlags(c *cli.Context, verb string, leave ...string) (words []string) {
	for _, f := range c.App.Command(verb).Flags {
		name := f.Names()[0]
		if !given(c, f) || name == "yes" || slices.Contains(leave, name) || isSecret(name) && !strings.HasPrefix(c.String(name), "@") {
			continue
		}
		_, isBool := f.(*cli.BoolFlag)
		switch value := fmt.Sprint(c.Value(name)); {
		case isBool && value == "true":
			words = append(words, "--"+name)
		case isBool:
			words = append(words, "--"+name+"=false")
		case value != "": // a variable may be set to nothing
			words = append(words, "--"+name, value)
		}
	}
	return words
}

func isSecret(flag string) bool { return flag == "hash-key" || flag == "salt-separator" }

// given reports whether a flag was typed, or set by its variable. A variable that
// says how to read is left where it is: what was typed has to suit the source.
func given(c *cli.Context, f cli.Flag) bool {
	name := f.Names()[0]
	if isTyped(c, name) {
		return true
	}
	if (name == "endpoint" || name == "project") && c.String("to") != "appwrite" {
		return false // of a target that this is not about
	}
	reads := slices.ContainsFunc(sourceFlags(), func(s cli.Flag) bool { return s.Names()[0] == name })
	variables, ok := f.(cli.DocGenerationFlag)
	return ok && !reads && slices.ContainsFunc(variables.GetEnvVars(), func(v string) bool { return os.Getenv(v) != "" })
}

// typedKey is where the names of the flags that were typed are kept: urfave/cli does
// not tell them from those set by a variable, or by ourselves.
const typedKey = "typed"

func isTyped(c *cli.Context, flag string) bool {
	names, _ := c.App.Metadata[typedKey].([]string)
	return slices.Contains(names, flag)
}

// onRun is the command of a verb on a run, at the same target. A run knows the kind of
// its target, so only what that does not say is repeated.
func (j *job) onRun(verb string, args ...string) string {
	var leave []string
	for _, f := range j.cli.App.Command(verb).Flags {
		name := f.Names()[0]
		repeated := name == "runs" || isTyped(j.cli, name) && (verb == "retry" && slices.Contains(firebaseNames, name) || !isKind(j.cli.String("to")) && slices.Contains(kindFlags, name) || slices.Contains(placeFlags, name))
		if !repeated {
			leave = append(leave, name)
		}
	}
	return command(slices.Concat([]string{verb, j.run}, args, givenFlags(j.cli, verb, leave...))...)
}

// The flags that say where a run went: the kind of target, and which of the kind.
var (
	kindFlags  = []string{"to", "layout", "schema"}
	placeFlags = []string{"endpoint", "project", "api-key-file", "runs"}
)

// isKind reports whether --to names no more than a kind of target.
func isKind(to string) bool { return to == "appwrite" || to == "postgres" }

// onEarlier is the command of a verb on a run of which the command that began it is
// known.
func onEarlier(verb, run string, begun []string) string {
	words, to := []string{verb, run}, ""
	for i := 0; i+1 < len(begun); i++ {
		if begun[i] == "--to" {
			to = begun[i+1]
		}
	}
	for i := 0; i+1 < len(begun); i++ {
		name, isFlag := strings.CutPrefix(begun[i], "--")
		if isFlag && (slices.Contains(placeFlags, name) || !isKind(to) && slices.Contains(kindFlags, name)) {
			words = append(words, begun[i], begun[i+1])
		}
	}
	return command(words...)
}

// goingOn is the command that continues a run, by the one that began it. What it was
// to stop at is left out: whoever goes on has seen that.
func goingOn(begun []string) string {
	var words []string
	for i := 0; i < len(begun); i++ {
		switch begun[i] {
		case "--new-run":
		case "--max-errors":
			i++ // and its value
		default:
			words = append(words, begun[i])
		}
	}
	return command(words...)
}

// listing is the hint at the list of runs.
func listing(runs string) string {
	words := []string{"runs"}
	if runs != defaultRuns {
		words = append(words, "--runs", runs)
	}
	return "list them: " + command(words...)
}

// shellWords quotes arguments for a shell.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " ")
}

func shellWord(w string) string {
	switch {
	case report.Visible(w) != w: // bash, zsh and ksh read $'…'; sh has no way to write it
		return "$'" + escapedWord(w) + "'"
	case w == "" || w[0] == '=' || strings.ContainsFunc(w, isSpecial):
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}

// isSpecial reports whether a shell may read a character as something of its own.
func isSpecial(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,", r)
}

// escapedWord writes the bytes of what would not be seen in octal.
func escapedWord(w string) string {
	var b strings.Builder
	for i, r := range w {
		_, size := utf8.DecodeRuneInString(w[i:])
		switch text := w[i : i+size]; {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + text)
		case report.Visible(text) != text:
			for _, c := range []byte(text) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}
