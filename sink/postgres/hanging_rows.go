package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// hanging counts what hangs on users: rows that go with them, and of what refers to
// those, the rows that stay or keep them there.
func (s *Sink) hanging(ctx context.Context, tx pgx.Tx, w web, ids []string) ([]sink.Hung, error) {
	if len(ids) == 0 || len(w.references) == 0 {
		return nil, nil
	}
	found, err := tx.Query(ctx, w.counting(s.layout), ids)
	if err != nil {
		return nil, err
	}
	labels := w.labels()
	all, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (h sink.Hung, err error) {
		var part, rows int64
		err = row.Scan(&h.TargetID, &part, &h.Fate, &rows)
		h.Table, h.Rows = labels[uint32(part)], int(rows)
		return h, err
	})
	if err != nil {
		return nil, err
	}
	return w.blind(whole(all), ids), nil
}

// counting is one statement that follows every reference that we may read:
//
//	own    the users themselves
//	hang   for each of them, the place of every row that goes: the user's own, then
//	       from each row the rows that refer to it. A row comes once, so that
//	       references in a circle end.
//
// It selects the user, the table, the fate and the number of rows.
func (w web) counting(l layout) string {
	var steps []string
	counts := []string{fmt.Sprintf("select h.usr, h.part::bigint, '%s', pg_catalog.count(*) from hang h where h.part <> %d and %s group by 1, 2", sink.Goes, w.own[1], strangers("h.part", "h.tid"))}
	for _, r := range w.references {
		switch {
		case !r.Readable:
		case r.deletes():
			steps = append(steps, "select t.tableoid, t.ctid::pg_catalog.text from "+r.joined()+" where "+r.beginsAt())
		default:
			counts = append(counts, fmt.Sprintf("select h.usr, t.tableoid::bigint, '%s', pg_catalog.count(*) from hang h cross join %s where %s and %s group by 1, 2", r.fate(), r.joined(), r.beginsAt(), strangers("t.tableoid", "t.ctid::pg_catalog.text")))
		}
	}
	follow := ""
	if len(steps) > 0 {
		follow = " union select h.usr, c.part, c.tid from hang h cross join lateral (" + strings.Join(steps, " union all ") + ") c(part, tid)"
	}
	const own = "own(usr, part, tid) as (select u.id::pg_catalog.text, u.tableoid, u.ctid::pg_catalog.text from "
	return "with recursive " + own + l.users.name + " u where " + l.byID + "), hang(usr, part, tid) as (select o.usr, o.part, o.tid from own o" + follow + ") " + strings.Join(counts, " union all ")
}

// strangers is a condition: the row is not of the users asked about.
func strangers(part, tid string) string {
	return "not exists (select from own o where o.part = " + part + " and o.tid = " + tid + ")"
}

// joined is what a reference refers to, p, with the rows that refer to it, t.
func (r reference) joined() string {
	pairs := make([]string, len(r.Columns))
	for i := range r.Columns {
		pairs[i] = "p." + r.Keys[i] + " " + r.Equal[i] + " t." + r.Columns[i]
	}
	return only(r.ParentWhole) + r.ParentName + " p join " + only(r.Whole) + r.Name + " t on " + strings.Join(pairs, " and ")
}

// only keeps tables out that inherit from another: references do not see them.
func only(partitioned bool) string {
	if partitioned {
		return ""
	}
	return "only "
}

// beginsAt is a condition: p is the row that h has come to.
func (r reference) beginsAt() string {
	parts := make([]string, len(r.OfParents))
	for i, oid := range r.OfParents {
		parts[i] = strconv.FormatUint(uint64(oid), 10)
	}
	return "h.part in (" + strings.Join(parts, ", ") + ") and p.tableoid = h.part and p.ctid = h.tid::pg_catalog.tid"
}

// labels are the names of tables, a partition having that of the whole.
func (w web) labels() map[uint32]string {
	names := map[uint32]string{}
	for _, r := range w.references {
		for _, part := range r.Partitions {
			names[part] = r.Label
		}
	}
	return names
}

// whole adds up what hangs on a user in partitions of one table, and by several
// references, and puts it in order.
func whole(all []sink.Hung) (sum []sink.Hung) {
	at := map[sink.Hung]int{}
	for _, h := range all {
		key := sink.Hung{TargetID: h.TargetID, Table: h.Table, Fate: h.Fate}
		if i, seen := at[key]; seen {
			sum[i].Rows += h.Rows
			continue
		}
		at[key] = len(sum)
		sum = append(sum, h)
	}
	slices.SortFunc(sum, func(a, b sink.Hung) int {
		return cmp.Or(cmp.Compare(a.TargetID, b.TargetID), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Fate, b.Fate))
	})
	return sum
}

// blind adds what we may not read: on users themselves it may hang on each, and
// further on it may where a row was found that it would refer to.
func (w web) blind(hung []sink.Hung, ids []string) []sink.Hung {
	labels, seen := w.labels(), slices.Clone(hung)
	for _, r := range w.references {
		if r.Readable {
			continue
		}
		unseen := sink.Hung{Table: r.Label, Rows: sink.Uncounted, Fate: r.fate()}
		if overlap(w.own[:], r.OfParents) {
			for _, id := range ids {
				unseen.TargetID = id
				hung = append(hung, unseen)
			}
			continue
		}
		for _, h := range seen {
			if h.Fate == sink.Goes && h.Table == labels[r.Parent] {
				unseen.TargetID = h.TargetID
				hung = append(hung, unseen)
			}
		}
	}
	return hung
}
