package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// index is one that the generic layout may do without while it is filled: keeping
// indexes up is half of the cost of a load (measured: 1.7 to 2.1 times as fast
// with the indexes built at the end).
type index struct {
	table, name, definition string // no definition: a plain index
	joins                   bool   // the two tables: after everything else, and validated in a step of its own
}

// genericIndexes are in the order in which they are built; they are dropped in the
// other, since the last one needs the first.
func genericIndexes(schema string) []index {
	users, identities := genericTables(schema)
	return []index{
		{users.name, "users_pkey", "primary key (id)", false},
		{users.name, "users_email_key_key", "unique (email_key)", false},
		{users.name, "users_phone_key", "unique (phone)", false},
		{identities.name, "user_identities_pkey", "primary key (provider, subject)", false},
		{identities.name, "user_identities_user_id", "", false},
		{identities.name, "user_identities_user", "foreign key (user_id) references " + users.name + " on delete cascade not valid", true},
	}
}

func (i index) build() string {
	if i.definition == "" {
		return "create index " + i.name + " on " + i.table + " (user_id)"
	}
	// One that is there already was never validated.
	return "alter table " + i.table + " drop constraint if exists " + i.name + ", add constraint " + i.name + " " + i.definition
}

// validate holds the rows against a constraint that was added without.
func (i index) validate() string { return "alter table " + i.table + " validate constraint " + i.name }

func (i index) drop(schema string) string {
	if i.definition == "" {
		return "drop index if exists " + quote(schema) + "." + i.name
	}
	return "alter table " + i.table + " drop constraint if exists " + i.name
}

func (s *Sink) missingIndexes(ctx context.Context) (missing []index, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) error {
			missing = nil
			there, err := s.relations(ctx, tx)
			for _, i := range genericIndexes(s.config.Schema) {
				if !there[i.name] {
					missing = append(missing, i)
				}
			}
			return err
		})
	})
	return missing, err
}

// relations are the names of all indexes and constraints of the schema; one that the
// rows have not been held against is none yet.
func (s *Sink) relations(ctx context.Context, tx pgx.Tx) (map[string]bool, error) {
	found, err := tx.Query(ctx, "select c.relname::pg_catalog.text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'i'"+
		" union select k.conname::pg_catalog.text from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace where n.nspname = $1 and k.convalidated", s.config.Schema)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	return there, err
}

var errNotEmpty = &doubt{"--empty-target is for an empty table, and this one holds users", "leave --empty-target out"}

// strip drops the indexes of an empty table, in a transaction that keeps everybody
// else out while it looks.
func (s *Sink) strip(ctx context.Context) error {
	bare := false
	err := s.transaction(ctx, s.beginQuery(), func(tx pgx.Tx) error {
		users, identities := s.layout.users.name, s.layout.identities.name
		if _, err := tx.Exec(ctx, "lock table "+users+", "+identities+" in access exclusive mode"); err != nil {
			return err
		}
		full, err := one[bool](ctx, tx, "select exists (select from "+users+") or exists (select from "+identities+")")
		if err != nil {
			return err
		}
		if full {
			return s.resumed(ctx, tx)
		}
		bare = true
		return s.drop(ctx, tx)
	})
	s.bare = bare && err == nil
	return err
}

func (s *Sink) drop(ctx context.Context, tx pgx.Tx) error {
	for _, i := range slices.Backward(genericIndexes(s.config.Schema)) {
		if _, err := tx.Exec(ctx, i.drop(s.config.Schema)); err != nil {
			return err
		}
	}
	return nil
}

// resumed allows a table that holds what this run put there.
func (s *Sink) resumed(ctx context.Context, tx pgx.Tx) error {
	n, err := s.landed(ctx, tx)
	if err == nil && (n == 0 || s.run == "") {
		return errNotEmpty
	}
	return err
}

// build makes what is missing: the indexes of the two tables side by side, and what
// joins the tables last.
func (s *Sink) build(ctx context.Context, missing []index) error {
	var group errgroup.Group
	group.Go(func() error { return s.buildEach(ctx, ofTable(missing, s.layout.users)) })
	group.Go(func() error {
		if err := s.buildEach(ctx, ofTable(missing, s.layout.identities)); err != nil {
			return err
		}
		return s.analyze(ctx, s.layout.identities)
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return s.join(ctx, slices.DeleteFunc(slices.Clone(missing), func(i index) bool { return !i.joins }))
}

// ofTable are the indexes of one table alone.
func ofTable(missing []index, t table) []index {
	return slices.DeleteFunc(slices.Clone(missing), func(i index) bool { return i.joins || i.table != t.name })
}

// join makes what joins the tables. While the rows of one are held against those of
// the other, the planner looks at the larger: neither locks the other out.
func (s *Sink) join(ctx context.Context, missing []index) error {
	if err := s.buildEach(ctx, missing); err != nil {
		return err
	}
	var group errgroup.Group
	group.Go(func() error { return s.analyze(ctx, s.layout.users) })
	for _, i := range missing {
		group.Go(func() error { return s.enforce(ctx, i, i.validate()) })
	}
	return group.Wait()
}

// analyze has the planner look at a table.
func (s *Sink) analyze(ctx context.Context, t table) error {
	return s.explain(s.unhurried(ctx, "analyze "+t.name))
}

// buildEach makes indexes, each in a transaction of its own so that an interrupted
// one costs only itself.
func (s *Sink) buildEach(ctx context.Context, indexes []index) error {
	for _, i := range indexes {
		if err := s.enforce(ctx, i, i.build()); err != nil {
			return err
		}
	}
	return nil
}

// enforce runs a statement that the rows may not allow.
func (s *Sink) enforce(ctx context.Context, i index, statement string) error {
	err := s.unhurried(ctx, statement)
	switch state(err) {
	case uniqueViolation:
		return &stop{
			fmt.Sprintf("%s: the index %s cannot be built: two rows of the table have the same key; somebody else has written to it meanwhile", s.Target(), i.name),
			"delete one of the two; the same command builds what is missing",
		}
	case foreignKeyViolation:
		return &stop{
			fmt.Sprintf("%s: the constraint %s does not hold: an identity belongs to nobody; somebody else has deleted users meanwhile", s.Target(), i.name),
			"delete the identities whose user_id is not in the users' table; the same command builds what is missing",
		}
	}
	return s.explain(err)
}

// beginUnhurried begins a transaction whose statements have no limit at the server.
const beginUnhurried = "begin; " + ourPath + "; set local statement_timeout = 0; set local lock_timeout = 0; set local maintenance_work_mem = '256MB'"

// unhurried runs a statement of the database's own length, with more memory for
// sorting than servers give by default.
func (s *Sink) unhurried(ctx context.Context, statement string) error {
	return s.transaction(ctx, beginUnhurried, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
}
