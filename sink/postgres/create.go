package postgres

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations
var migrationFiles embed.FS

// migration is a step of our own tables, applied once and never changed afterwards.
// Its file is named "001.ledger.sql"; {schema} in it stands for the schema.
type migration struct {
	version int
	name    string // "ledger" for every layout, else the layout's
	sql     string
}

// migrations are the steps that a layout needs, in order, and the number of the
// last step of all.
func migrations(c Config) (steps []migration, last int, err error) {
	entries, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries { // sorted by name
		part := strings.Split(e.Name(), ".")
		text, err := migrationFiles.ReadFile("migrations/" + e.Name())
		if err != nil {
			return nil, 0, err
		}
		version, err := strconv.Atoi(part[0])
		if err != nil {
			return nil, 0, fmt.Errorf("postgres: migration %s has no number", e.Name())
		}
		last = version
		if name := part[1]; name == "ledger" || name == string(c.Layout) {
			steps = append(steps, migration{version, name, strings.ReplaceAll(string(text), "{schema}", quote(c.Schema))})
		}
	}
	return steps, last, nil
}

// Create makes the schema with our own tables, or what of them is missing, and
// answers what was done. Public may not even see them. Tables of Supabase Auth are
// never made: without its server they are of no use.
func (s *Sink) Create(ctx context.Context) (done []string, err error) {
	steps, _, err := migrations(s.config)
	if err != nil {
		return nil, err
	}
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.transaction(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			done, err = s.create(ctx, tx, steps)
			return err
		})
	})
	return done, err
}

// create makes everything in one transaction: half a schema is none. Two of them at
// once wait for each other.
func (s *Sink) create(ctx context.Context, tx pgx.Tx, steps []migration) (done []string, err error) {
	if _, err := tx.Exec(ctx, "select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('rehome'), pg_catalog.hashtext($1))", s.config.Schema); err != nil {
		return nil, err
	}
	made, err := s.createSchema(ctx, tx)
	if err != nil {
		return nil, err
	}
	if made {
		done = append(done, "schema "+s.config.Schema)
	}
	applied, err := s.versions(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		if applied[step.version] {
			continue
		}
		if err := s.apply(ctx, tx, step); err != nil {
			return nil, err
		}
		done = append(done, fmt.Sprintf("tables of step %d, %s", step.version, step.name))
	}
	return done, nil
}

// createSchema makes the schema and the table of the steps that were applied.
func (s *Sink) createSchema(ctx context.Context, tx pgx.Tx) (made bool, err error) {
	schema := quote(s.config.Schema)
	there, err := one[bool](ctx, tx, "select exists (select from pg_catalog.pg_namespace where nspname = $1)", s.config.Schema)
	if err != nil {
		return false, err
	}
	steps := schema + ".schema_versions"
	statement := "create table if not exists " + steps + " (version integer primary key, name pg_catalog.text not null, applied_at pg_catalog.timestamptz not null default pg_catalog.now());" +
		" revoke all on " + steps + " from public"
	if !there {
		statement = "create schema " + schema + "; revoke all on schema " + schema + " from public; " + statement
	}
	_, err = tx.Exec(ctx, statement)
	return !there, err
}

func (s *Sink) apply(ctx context.Context, tx pgx.Tx, step migration) error {
	if _, err := tx.Exec(ctx, step.sql); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "insert into "+quote(s.config.Schema)+".schema_versions (version, name) values ($1, $2)", step.version, step.name)
	return err
}

func (s *Sink) versions(ctx context.Context, tx pgx.Tx) (map[int]bool, error) {
	found, err := tx.Query(ctx, "select version from "+quote(s.config.Schema)+".schema_versions")
	if err != nil {
		return nil, err
	}
	numbers, err := pgx.CollectRows(found, pgx.RowTo[int])
	applied := map[int]bool{}
	for _, n := range numbers {
		applied[n] = true
	}
	return applied, err
}

// one asks for a single value.
func one[T any](ctx context.Context, tx pgx.Tx, query string, args ...any) (T, error) {
	found, err := tx.Query(ctx, query, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(found, pgx.RowTo[T])
}
