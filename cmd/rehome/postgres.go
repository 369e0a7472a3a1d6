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
		return nil, usage("--layout generic (a table of your own) or supabase (Supabase Auth)", "%s", err)
	}
	layout := "postgres (" + string(config.Layout) + ")"
	if config.DSN == "" {
		return &target{sink: s, name: layout + ", offline", identity: layout, rules: layout, close: s.Close}, nil
	}
	info, err := s.Preflight(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	name := fmt.Sprintf("%s %s at %s", layout, info.Version, s.Target())
	return &target{
		sink: s, name: name, identity: layout + " " + s.Target() + " " + config.Schema, rules: layout, real: true, clock: info.Now, batch: config.Batch,
		origin: append([]string{"target: " + name + ", as " + info.User + ", connection " + info.TLS, "        " + origin}, notes(info)...),
		begin:  s.Begin, finish: s.Finish, close: s.Close,
	}, nil
}

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

// database reads where to and how.
func database(c *cli.Context) (config postgres.Config, origin string, err error) {
	if c.String("layout") == "" {
		return config, "", usage("--layout generic (a table of your own) or --layout supabase (Supabase Auth)", "--to postgres needs a --layout")
	}
	config = postgres.Config{
		Layout: postgres.Layout(c.String("layout")), Schema: c.String("schema"), ID: sink.IDRule(c.String("id")),
		Roles: postgres.Place(c.String("roles")), Claims: postgres.Place(c.String("claims")), Dates: postgres.Place(c.String("dates")),
		ConfirmEmails: c.Bool("confirm-emails"), Create: c.Bool("create"), EmptyTarget: c.Bool("empty-target"),
		Batch: postgresBatch, Patience: c.Duration("patience"),
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
		if postgres.HasPassword(to) {
			return "", "", usage("put it into DATABASE_URL, PGPASSWORD or the password file", "--to must not hold a password: it would show in the process list")
		}
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
