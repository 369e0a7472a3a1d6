package main

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/sink/postgres"
)

// run is the whole program as a function of its surroundings.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	app := newApp(terminal{in, out, errw})
	args, named := flagsFirst(app, args)
	app.Metadata = map[string]any{typedKey: named}
	err := app.RunContext(ctx, args)
	if err != nil && exitCode(err) != exitRejected {
		printError(errw, err)
	}
	return exitCode(err)
}

// terminal is where a verb reads from and writes to: results on out, words on err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

const appUsage = `move user accounts with their password hashes

a practice run that touches nothing, then the report before, then the move:
  rehome import users.json --hash-config hash-config.txt --known known.csv
  rehome import users.json --hash-config hash-config.txt --known known.csv --to appwrite --dry-run
  rehome import users.json --hash-config hash-config.txt --known known.csv --to appwrite`

// newApp is everything that is urfave/cli. Its own exits are switched off:
// errors become exit codes in one place (exitCode).
func newApp(t terminal) *cli.App {
	app := &cli.App{
		Name:   "rehome",
		Usage:  appUsage,
		Reader: t.in, Writer: t.out, ErrWriter: t.err,
		HideVersion:     true,
		HideHelpCommand: true,
		ExitErrHandler:  func(*cli.Context, error) {},
		OnUsageError:    onUsageError,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usage("run: rehome --help", "there is no verb %q", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
		Commands: []*cli.Command{
			inspectCommand(t), identifyCommand(t), proveCommand(t), solveCommand(t), importCommand(t), verifyCommand(t), retryCommand(t), undoCommand(t),
			reportCommand(t), runsCommand(t), purgeCommand(t), convertCommand(t), rehearseCommand(t), explainCommand(t), versionCommand(t),
		},
	}
	app.Commands = append(app.Commands, completionCommand(t, app))
	app.CustomAppHelpTemplate = appHelp(app)
	for _, c := range app.Commands {
		c.OnUsageError = onUsageError
		c.HideHelpCommand = true
		c.Before = refusePasswords
		c.CustomHelpTemplate = helpText(c)
	}
	return app
}

// refusePasswords refuses a password where a target or a file is named, before
// anything is said about it: whatever is said repeats what was typed.
func refusePasswords(c *cli.Context) error {
	for _, typed := range append(c.Args().Slice(), c.String("to"), c.String("endpoint")) {
		if postgres.HasPassword(typed) {
			return usage("put it into DATABASE_URL, PGPASSWORD or the password file; of Appwrite the key into APPWRITE_API_KEY", "a password must not stand on the command line: it would show in the process list")
		}
	}
	return nil
}

func onUsageError(c *cli.Context, err error, _ bool) error {
	name := "rehome"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != "rehome" {
		name += " " + c.Command.Name
	}
	return usage("run: "+name+" --help", "%s", err)
}

// flagsFirst moves flags before the other arguments of a verb, since urfave/cli
// v2 ignores, without a word, what follows the first of those. People type flags
// behind FILE. It answers the names of the flags, too.
func flagsFirst(app *cli.App, args []string) (moved, named []string) {
	if len(args) < 2 {
		return args, nil
	}
	command := app.Command(args[1])
	if command == nil {
		return args, nil
	}
	var flags, others []string
	for rest := args[2:]; len(rest) > 0; rest = rest[1:] {
		arg := rest[0]
		if arg == "--" {
			others = append(others, rest[1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			others = append(others, arg)
			continue
		}
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		flags, named = append(flags, arg), append(named, name)
		if wantsValue(command, arg) && len(rest) > 1 {
			rest = rest[1:]
			flags = append(flags, rest[0])
		}
	}
	moved = append(append([]string{}, args[:2]...), flags...)
	return append(append(moved, "--"), others...), named
}

// wantsValue reports whether the argument after this flag is its value.
func wantsValue(command *cli.Command, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	for _, f := range command.Flags {
		for _, n := range f.Names() {
			if n == name {
				_, isBool := f.(*cli.BoolFlag)
				return !isBool
			}
		}
	}
	return false
}

// oneArgument is that of a verb that takes exactly one argument.
func oneArgument(c *cli.Context, what string) (string, error) {
	if c.NArg() != 1 {
		return "", usage("run: rehome "+c.Command.Name+" --help", "%s needs exactly one %s, not %d", c.Command.Name, what, c.NArg())
	}
	return c.Args().First(), nil
}
