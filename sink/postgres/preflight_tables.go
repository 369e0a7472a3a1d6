package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// oldestAuth is the migration of Supabase Auth (2.116.0) that gave identities the
// columns we write; before it, id was the provider's.
const oldestAuth = "20231117164230"

// auth asks for the version of Supabase Auth's tables.
func (p *preflight) auth(ctx context.Context) error {
	if p.sink.config.Layout != Supabase {
		return nil
	}
	there, err := p.exists(ctx, "auth.schema_migrations")
	if err != nil {
		return err
	}
	if !there {
		return doubtful("there is no table auth.schema_migrations: this is no database of Supabase Auth, or its server has never run here").mend("check the connection string; for a table of your own, --layout generic")
	}
	if err := p.may(ctx, "auth.schema_migrations", "select"); err != nil {
		return err
	}
	if err := p.rowSecurity(ctx, table{name: "auth.schema_migrations"}); err != nil {
		return err
	}
	p.info.Schema, err = one[string](ctx, p.tx, "select coalesce(pg_catalog.max(version), '')::pg_catalog.text from auth.schema_migrations")
	switch {
	case err != nil:
		return err
	case p.info.Schema == "":
		return doubtful("auth.schema_migrations is empty: the tables are half made").mend("start the auth server once: it makes them")
	case p.info.Schema < oldestAuth:
		return doubtful("the tables of Supabase Auth are of migration %s; %s (2.116.0) is the oldest that this works with", p.info.Schema, oldestAuth).mend("update the auth server and start it once")
	}
	return nil
}

// own looks for the tables of ours: the ledger, and the users of the generic layout.
func (p *preflight) own(ctx context.Context) error {
	steps, last, err := migrations(p.sink.config)
	if err != nil {
		return err
	}
	there, err := p.exists(ctx, quote(p.sink.config.Schema)+".schema_versions")
	if err != nil {
		return err
	}
	applied := map[int]bool{}
	if there {
		if applied, err = p.sink.versions(ctx, p.tx); err != nil {
			return err
		}
	}
	for _, step := range steps {
		if !applied[step.version] {
			p.info.Missing = append(p.info.Missing, fmt.Sprintf("the tables of step %d (%s) in the schema %q", step.version, step.name, p.sink.config.Schema))
		}
	}
	for version := range applied {
		if version > last {
			return doubtful("the schema %q was made by a newer rehome (step %d)", p.sink.config.Schema, version).mend("update rehome, or name another schema with --schema")
		}
	}
	return p.missing(ctx)
}

// missing decides what it means that tables of ours are not there.
func (p *preflight) missing(ctx context.Context) error {
	c := p.sink.config
	switch {
	case len(p.info.Missing) == 0:
		p.sink.ledger = true
	case c.Create:
		return p.mayCreate(ctx)
	case c.Layout == Generic:
		return doubtful("the tables of the generic layout are not in the schema %q", c.Schema).mend("--create makes them")
	default:
		p.sink.ledger, p.info.Missing = false, nil
		p.note(fmt.Sprintf("there is no ledger in the schema %q (--create makes it): after a lost connection users are recognised by their rows instead", c.Schema))
	}
	p.info.Ledger = p.sink.ledger || c.Create
	if !p.sink.ledger {
		return nil
	}
	for _, need := range []struct{ table, rights string }{{p.sink.batches(), "select,insert,update"}, {p.sink.refusals(), "insert"}} {
		if err := p.may(ctx, need.table, strings.Split(need.rights, ",")...); err != nil {
			return err
		}
	}
	return nil
}

func (p *preflight) mayCreate(ctx context.Context) error {
	p.info.Ledger = true
	schema := p.sink.config.Schema
	may, err := one[bool](ctx, p.tx, "select case when n.oid is null then pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create') else pg_catalog.has_schema_privilege(n.oid, 'create') end"+
		" from (select) x left join pg_catalog.pg_namespace n on n.nspname = $1", schema)
	if err == nil && !may {
		return doubtful("the role %q may not create the schema %q with its tables here", p.info.User, schema).mend("the owner of the database can allow it: grant create on database %s to %s", quote(p.sink.pool.Config().ConnConfig.Database), quote(p.info.User))
	}
	return err
}

func (p *preflight) exists(ctx context.Context, table string) (bool, error) {
	there, err := one[bool](ctx, p.tx, "select pg_catalog.to_regclass($1) is not null", table)
	if state(err) == "42501" { // it may not look into the schema
		schema, _, _ := strings.Cut(table, ".")
		return false, doubtful("the role %q may not use the schema of %s", p.info.User, table).
			mend("the owner of the schema can allow it: grant usage on schema %s to %s", schema, quote(p.info.User))
	}
	return there, err
}

// may asks for rights on a table.
func (p *preflight) may(ctx context.Context, table string, rights ...string) error {
	for _, right := range rights {
		may, err := one[bool](ctx, p.tx, "select pg_catalog.has_table_privilege($1, $2)", table, right)
		if err != nil {
			return err
		}
		if !may {
			return doubtful("the role %q may not %s on %s", p.info.User, right, table).mend("the owner of the table can allow it: grant %s on %s to %s", right, table, quote(p.info.User))
		}
	}
	return nil
}

// tables looks at the two tables that users land in, unless Begin is to make them.
func (p *preflight) tables(ctx context.Context) error {
	if p.sink.config.Layout == Generic && len(p.info.Missing) > 0 {
		return nil
	}
	for _, t := range []table{p.sink.layout.users, p.sink.layout.identities} {
		there, err := p.exists(ctx, t.name)
		switch {
		case err != nil:
			return err
		case !there:
			return doubtful("there is no table %s", t.name)
		}
		for _, look := range []func(context.Context, table) error{p.columns, p.rights, p.rowSecurity, p.triggers} {
			if err := look(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

const otherTable = "for a table of your own, --schema names another schema; Supabase Auth's is made by its server"

// columns compares a table's columns with those we write: each must be there, of the
// type we send and writable, and no other may insist on a value.
func (p *preflight) columns(ctx context.Context, t table) error {
	found, err := p.tx.Query(ctx, "select a.attname::pg_catalog.text, pg_catalog.format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null),"+
		" a.attgenerated <> '' or a.attidentity = 'a', a.attnotnull and not a.atthasdef and a.attidentity = ''"+
		" from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped", t.name)
	if err != nil {
		return err
	}
	type held struct {
		Name, Kind        string
		Generated, Insist bool
	}
	columns, err := pgx.CollectRows(found, pgx.RowToStructByPos[held])
	if err != nil {
		return err
	}
	byName := map[string]held{}
	for _, c := range columns {
		byName[c.Name] = c
	}
	for _, c := range t.columns {
		there, ok := byName[c.name]
		if !ok || there.Generated {
			return doubtful("%s has no column %q that can be written: it is not the table that this was made for", t.name, c.name).mend(otherTable)
		}
		if !c.takes(there.Kind) {
			return doubtful("the column %q of %s is of the type %s, where %s was expected: it is not the table that this was made for", c.name, t.name, there.Kind, c.kind).mend(otherTable)
		}
		delete(byName, c.name)
	}
	for name, c := range byName {
		if c.Insist {
			return doubtful("%s has a column %q that must not be empty and has no default: it is not the table that this was made for", t.name, name).mend("give the column a default, or let it be null: no source has a value for it")
		}
	}
	return nil
}

func (p *preflight) rights(ctx context.Context, t table) error {
	return p.may(ctx, t.name, "select", "insert", "delete")
}

// rowSecurity: a role that row security holds for sees no rows where there are
// some, and may not COPY.
func (p *preflight) rowSecurity(ctx context.Context, t table) error {
	active, err := one[bool](ctx, p.tx, "select pg_catalog.row_security_active($1)", t.name)
	if err == nil && active {
		return doubtful("row security of %s holds for the role %q: it would see an empty table where there are users", t.name, p.info.User).
			mend("come as the owner of the table, or as a role with bypassrls (at Supabase: postgres)")
	}
	return err
}

func (p *preflight) triggers(ctx context.Context, t table) error {
	found, err := p.tx.Query(ctx, "select tgname::pg_catalog.text from pg_catalog.pg_trigger where tgrelid = pg_catalog.to_regclass($1) and not tgisinternal and tgenabled in ('O', 'A') and tgtype & 4 <> 0 order by 1", t.name)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	for _, name := range names {
		p.info.Triggers = append(p.info.Triggers, name+" on "+t.name)
	}
	if len(names) > 0 {
		p.note(fmt.Sprintf("%s has triggers of its own, which fire for every user: %s", t.name, strings.Join(names, ", ")))
	}
	return err
}

// fill looks how full the table is, and for addresses that would be found twice.
func (p *preflight) fill(ctx context.Context) error {
	p.info.Users = -1
	if p.sink.config.Layout == Generic && len(p.info.Missing) > 0 {
		p.info.Users = 0
		return nil
	}
	n, err := one[float64](ctx, p.tx, "select case when exists (select from "+p.sink.layout.users.name+") then reltuples else 0 end::double precision from pg_catalog.pg_class where oid = pg_catalog.to_regclass($1)", p.sink.layout.users.name)
	if err != nil {
		return err
	}
	p.info.Users = int(n)
	if p.sink.config.Layout != Supabase {
		return nil
	}
	p.sink.capitals, err = one[bool](ctx, p.tx, "select exists (select from auth.users where email <> pg_catalog.lower(email::pg_catalog.text))")
	if p.sink.capitals {
		p.note("auth.users holds addresses with capitals, which Supabase Auth itself never writes; each user is compared with them, which is slower")
	}
	return err
}
