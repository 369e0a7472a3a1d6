package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
	"rehome/sink/postgres"
)

// isPostgres reports whether --to names a Postgres.
func isPostgres(to string) bool {
	return to == "postgres" || strings.HasPrefix(to, "postgres://") || strings.HasPrefix(to, "postgresql://")
}

// openPostgres reaches a database and looks whether a move can work. A verb that
// does not write needs no database: the layout's rules judge.
func openPostgres(ctx context.Context, c *cli.Context) (*target, error) {
	config, origin, err := database(c)
	if err != nil {
		return nil, err
	}
	s, err := postgres.New(config)
	if err != nil {
		return nil, usage("", "%s", strings.TrimPrefix(err.Error(), "postgres: "))
	}
	layout := postgresLayout(config.Layout)
	if config.DSN == "" {
		return &target{sink: s, name: layout + ", offline", identity: layout, rules: layout, close: s.Close}, nil
	}
	info, err := s.Preflight(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	name := fmt.Sprintf("%s %s at %s", layout, info.Version, s.Target())
	return &target{
		sink: s, name: name, identity: layout + " " + s.Target() + " " + config.Schema, rules: layout, real: true, clock: info.Now, batch: config.Batch, workers: postgresWorkers,
		origin: append([]string{"target: " + name + ", as " + info.User + ", connection " + info.TLS, "        " + origin}, notes(info)...),
		begin: func(ctx context.Context, l *migrate.Ledger, run string) error {
			landed, open := l.Standing()
			return s.Begin(ctx, postgres.Run{Name: run, Landed: landed, Open: open})
		},
		finish: s.Finish, sound: func(ctx context.Context) error { return sound(ctx, s) }, close: s.Close,
	}, nil
}

// sound looks through the whole of Supabase Auth's tables, rows of others included,
// for what its server cannot bear.
func sound(ctx context.Context, s *postgres.Sink) error {
	broken, err := s.CheckTable(ctx)
	if err != nil || len(broken) == 0 {
		return err
	}
	words := make([]string, len(broken))
	for i, b := range broken {
		words[i] = fmt.Sprintf("%s in %s, such as %s", b.What, plural(b.Rows, "row", "rows"), b.ID)
	}
	return failed(exitProof, "mend those rows, whoever wrote them: one alone breaks the list of all users",
		errors.New("the tables hold what breaks Supabase Auth: "+strings.Join(words, "; ")))
}

// sound asks a target that can break as a whole whether it does.
func (j *job) sound(ctx context.Context) error {
	if j.target.sound == nil {
		return nil
	}
	return j.target.sound(ctx)
}

// unverified says what becomes of addresses that the source calls unverified, at a
// target that lets nobody in with one.
func (j *job) unverified(f *migrate.Findings) []string {
	if j.target.rules != postgresLayout(postgres.Supabase) {
		return nil
	}
	if j.cli.Bool("confirm-emails") {
		return []string{"        --confirm-emails: every e-mail address counts as confirmed; whoever signed up with somebody else's keeps that account"}
	}
	var lines []string
	if n := f.Summary.Losses[identity.LossUnverified]; n > 0 {
		lines = append(lines, fmt.Sprintf("        %s an address that was not verified: Supabase Auth answers 400 to their logins and sends nothing, until the application has asked for a message (/resend, /otp, /recover or /signup) and they have confirmed by it; --confirm-emails counts every e-mail address as confirmed", plural(n, "user has", "users have")))
	}
	if n := f.Summary.Losses[identity.LossAtProvider]; n > 0 {
		lines = append(lines, fmt.Sprintf("        %s the password should they come back through a provider such as Google before they have confirmed: rehome explain %s", plural(n, "user loses", "users lose"), identity.LossAtProvider))
	}
	return lines
}

// stranded says plainly that passwords cannot move to Supabase Auth, where that is
// so: of WordPress it is nearly everybody.
func (j *job) stranded(f *migrate.Findings) {
	if n := f.Summary.Problems[identity.HashUnsupported]; n > 0 && j.target.rules == postgresLayout(postgres.Supabase) {
		j.say("%s cannot move: Supabase Auth verifies bcrypt, argon2 and Firebase's scrypt, and no other hash (of WordPress neither $P$ nor $wp$2y$)", plural(n, "password", "passwords"))
	}
}

// postgresLayout names the rules of a layout.
func postgresLayout(l postgres.Layout) string { return "postgres (" + string(l) + ")" }

// notes is what a person should know of a database before agreeing.
func notes(info postgres.Info) (lines []string) {
	for _, n := range info.Notes {
		lines = append(lines, "        "+n)
	}
	for _, m := range info.Missing {
		lines = append(lines, "        will be made: "+m)
	}
	return lines
}

// postgresBatch is the users in one transaction.
const postgresBatch = 1000

// postgresWorkers is how many transactions are of use at once: one in preparation,
// one at the server and one being committed. The upkeep of indexes is a database's
// limit, and each more takes 15 MiB.
const postgresWorkers = 3

// database reads where to and how.
func database(c *cli.Context) (config postgres.Config, origin string, err error) {
	if c.String("layout") == "" {
		return config, "", usage("--layout generic (a table of your own) or --layout supabase (Supabase Auth)", "--to postgres needs a --layout")
	}
	config = postgres.Config{
		Layout: postgres.Layout(c.String("layout")), Schema: c.String("schema"), ID: sink.IDRule(c.String("id")),
		Roles: postgres.Place(c.String("roles")), Claims: postgres.Place(c.String("claims")), Dates: postgres.Place(c.String("dates")),
		ConfirmEmails: c.Bool("confirm-emails"), Create: c.Bool("create"), EmptyTarget: c.Bool("empty-target"), Cascade: c.Bool("cascade"),
		Batch: postgresBatch, Workers: postgresWorkers, Patience: c.Duration("patience"),
	}
	if w := c.String("workers"); w != "" && w != "auto" {
		if config.Workers, err = workers(w); err != nil {
			return config, "", err
		}
	}
	config.DSN, origin, err = dsn(c)
	return config, origin, err
}

// dsn finds the connection string. One with a password on the command line would
// show in the process list.
func dsn(c *cli.Context) (identity.Secret, string, error) {
	to := c.String("to")
	if to != "postgres" {
		return identity.Secret(to), "database from --to", nil
	}
	if url := os.Getenv("DATABASE_URL"); url != "" {
		return identity.Secret(url), "database from DATABASE_URL", nil
	}
	if named := cmp.Or(os.Getenv("PGHOST"), os.Getenv("PGDATABASE"), os.Getenv("PGSERVICE")); named != "" || writes(c) {
		return "postgres://", "database from PG…", nil
	}
	return "", "", nil
}
