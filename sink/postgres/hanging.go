package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// What hangs on a user: rows of other tables that refer to it, and rows that refer
// to those. A foreign key says what becomes of them, and its columns may be any that
// are unique there: an application may refer to an address as well as to an id.

// reference is a foreign key.
type reference struct {
	Table, Parent         uint32 // oids; of a table in partitions, the whole
	Name, ParentName      string // with their schemas, quoted
	Action                string // pg_constraint.confdeltype
	Columns, Keys         []string
	Equal                 []string // the operators that compare them
	Whole, ParentWhole    bool     // in partitions, which the name alone stands for all of
	Readable              bool     // we may count its rows, and no row security hides any
	Label                 string   // of the table as people know it: the whole, where it is a partition
	Partitions, OfParents []uint32 // tables that hold rows of either
}

// deletes reports whether its rows go with what they refer to.
func (r reference) deletes() bool { return r.Action == "c" }

func (r reference) fate() sink.Fate {
	switch r.Action {
	case "c":
		return sink.Goes
	case "n", "d":
		return sink.Loosens
	}
	return sink.Holds
}

// referencesQuery reads every foreign key of the database. One that a partition has
// of the whole is read once, with the whole.
const referencesQuery = `select k.conrelid::bigint, k.confrelid::bigint,
	pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname),
	pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname),
	k.confdeltype::pg_catalog.text,
	array (select pg_catalog.quote_ident(a.attname) from pg_catalog.unnest(k.conkey) with ordinality c(number, place)
		join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.number order by c.place),
	array (select pg_catalog.quote_ident(a.attname) from pg_catalog.unnest(k.confkey) with ordinality c(number, place)
		join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.number order by c.place),
	array (select 'operator(' || pg_catalog.quote_ident(opn.nspname) || '.' || o.oprname || ')' from pg_catalog.unnest(k.conpfeqop) with ordinality c(number, place)
		join pg_catalog.pg_operator o on o.oid = c.number join pg_catalog.pg_namespace opn on opn.oid = o.oprnamespace order by c.place),
	t.relkind = 'p', p.relkind = 'p',
	pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(t.oid, 'select') and not pg_catalog.row_security_active(t.oid)
		and pg_catalog.has_schema_privilege(pn.oid, 'usage') and pg_catalog.has_table_privilege(p.oid, 'select') and not pg_catalog.row_security_active(p.oid),
	coalesce((select pg_catalog.quote_ident(wn.nspname) || '.' || pg_catalog.quote_ident(w.relname) from pg_catalog.pg_class w join pg_catalog.pg_namespace wn on wn.oid = w.relnamespace
		where t.relispartition and w.oid = pg_catalog.pg_partition_root(t.oid)), pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname)),
	array (select x.relid::bigint from pg_catalog.pg_partition_tree(t.oid) x union select t.oid::bigint),
	array (select x.relid::bigint from pg_catalog.pg_partition_tree(p.oid) x union select p.oid::bigint)
from pg_catalog.pg_constraint k
	join pg_catalog.pg_class t on t.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = t.relnamespace
	join pg_catalog.pg_class p on p.oid = k.confrelid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
where k.contype = 'f' and k.conparentid = 0
order by 3, k.conname`

// web is what may hang on users of a layout, and what fires when they are deleted.
type web struct {
	own        [2]uint32   // users and identities
	references []reference // to whatever goes with a user
	triggers   []string    // of the tables that lose rows
}

// reach reads what may hang on users.
func (s *Sink) reach(ctx context.Context, tx pgx.Tx) (w web, err error) {
	for i, t := range []table{s.layout.users, s.layout.identities} {
		oid, err := one[int64](ctx, tx, "select pg_catalog.to_regclass($1)::bigint", t.name)
		if err != nil {
			return w, err
		}
		w.own[i] = uint32(oid)
	}
	found, err := tx.Query(ctx, referencesQuery)
	if err != nil {
		return w, err
	}
	all, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (r reference, err error) {
		var table, parent int64
		var partitions, ofParents []int64
		err = row.Scan(&table, &parent, &r.Name, &r.ParentName, &r.Action, &r.Columns, &r.Keys, &r.Equal, &r.Whole, &r.ParentWhole, &r.Readable, &r.Label, &partitions, &ofParents)
		r.Table, r.Parent, r.Partitions, r.OfParents = uint32(table), uint32(parent), oids(partitions), oids(ofParents)
		return r, err
	})
	if err != nil {
		return w, err
	}
	tables := w.spread(all)
	w.triggers, err = triggersOf(ctx, tx, tables)
	return w, err
}

func oids(list []int64) []uint32 {
	short := make([]uint32, len(list))
	for i, n := range list {
		short[i] = uint32(n)
	}
	return short
}

// spread keeps the references to whatever may go with a user, and answers the tables
// that may lose rows.
func (w *web) spread(all []reference) []uint32 {
	going := slices.Clone(w.own[:])
	for grown := true; grown; {
		grown = false
		for _, r := range all {
			if !r.deletes() || !overlap(going, r.OfParents) || subset(r.Partitions, going) {
				continue
			}
			going, grown = append(going, r.Partitions...), true
		}
	}
	for _, r := range all {
		if overlap(going, r.OfParents) {
			w.references = append(w.references, r)
		}
	}
	return going
}

func overlap(a, b []uint32) bool {
	return slices.ContainsFunc(a, func(n uint32) bool { return slices.Contains(b, n) })
}

func subset(a, of []uint32) bool {
	return !slices.ContainsFunc(a, func(n uint32) bool { return !slices.Contains(of, n) })
}

// triggersOf are the triggers of tables that fire when a row of them is deleted.
func triggersOf(ctx context.Context, tx pgx.Tx, tables []uint32) ([]string, error) {
	const fired = "select pg_catalog.quote_ident(g.tgname) || ' on ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname)" +
		" from pg_catalog.pg_trigger g join pg_catalog.pg_class t on t.oid = g.tgrelid join pg_catalog.pg_namespace n on n.oid = t.relnamespace" +
		" where g.tgrelid = any($1::pg_catalog.oid[]) and not g.tgisinternal and g.tgenabled in ('O', 'A') and g.tgtype & 8 <> 0 order by 1"
	found, err := tx.Query(ctx, fired, tables)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[string])
}
