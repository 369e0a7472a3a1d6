package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
	"rehome/sink"
)

// Remove deletes users that are still exactly as they were found, with their
// identities and sessions, in one transaction. It answers with those it spared and
// why: changed since, or other rows of the database hang on them that would go too
// (unless Config.Cascade) or forbid it. All others are gone, those who were not
// there any more among them. An error means that nobody was removed, or that it is
// not known; the same call does no harm twice.
func (s *Sink) Remove(ctx context.Context, users []sink.Found) (spared []sink.Result, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.transaction(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			spared, err = s.remove(ctx, tx, users)
			return err
		})
	})
	return spared, err
}

// Spares says whom of the users Remove would spare, and what hangs on any of them.
// What triggers do to other tables is found out by Remove alone.
func (s *Sink) Spares(ctx context.Context, users []sink.Found) (spared []sink.Result, hung []sink.Hung, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) error {
			doomed, changed, err := s.unchanged(ctx, tx, users, "")
			if err != nil {
				return err
			}
			w, err := s.reach(ctx, tx)
			if err != nil {
				return err
			}
			_, held, all, err := s.sort(ctx, tx, w, doomed, false)
			spared, hung = append(changed, held...), all
			return err
		})
	})
	return spared, hung, err
}

// Deleting names the triggers that fire when a user is deleted. What they do to other
// tables is seen only then: whoever they take rows of others with is spared.
func (s *Sink) Deleting(ctx context.Context) (triggers []string, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) error {
			w, err := s.reach(ctx, tx)
			triggers = w.triggers
			return err
		})
	})
	return triggers, err
}

func (s *Sink) remove(ctx context.Context, tx pgx.Tx, users []sink.Found) ([]sink.Result, error) {
	doomed, spared, err := s.unchanged(ctx, tx, users, " for update of u")
	if err != nil {
		return nil, err
	}
	values := func() []string { return valuesOf(doomed) }
	w, err := s.reach(ctx, tx)
	if err != nil {
		return nil, err
	}
	going, held, _, err := s.sort(ctx, tx, w, doomed, s.config.Cascade)
	if err != nil {
		return nil, &carrying{err, values}
	}
	kept, err := s.erase(ctx, tx, w, going)
	if err != nil {
		return nil, &carrying{err, values}
	}
	return slices.Concat(spared, held, kept), nil
}

// unchanged are those of users who are as they were found; the others are spared.
func (s *Sink) unchanged(ctx context.Context, tx pgx.Tx, users []sink.Found, lock string) (same []account, spared []sink.Result, err error) {
	want := map[string]sink.Found{}
	var ids []string
	for _, u := range users {
		want[u.TargetID], ids = u, append(ids, u.TargetID)
	}
	held, err := accounts(ctx, tx, s.layout.accounts+s.layout.byID+lock, s.known(ids))
	for _, a := range held {
		if u := want[a.ID]; a.state() == u.State && a.written().Equal(u.Created) {
			same = append(same, a)
			continue
		}
		spared = append(spared, spare(a.ID, identity.ChangedSince, "the user has changed since it was looked at"))
	}
	return same, spared, err
}

// sort says who can go, whom what hangs on them keeps there, and what hangs on any.
// Somebody who stays may hang on others who then have to stay as well. With try the
// database itself decides about rows that may keep somebody: those may go first.
func (s *Sink) sort(ctx context.Context, tx pgx.Tx, w web, doomed []account, try bool) (going []account, held []sink.Result, hung []sink.Hung, err error) {
	for going = doomed; ; {
		now, err := s.hanging(ctx, tx, w, idsIn(going))
		if err != nil {
			return nil, nil, nil, err
		}
		if held == nil {
			hung = now
		}
		kept := s.kept(now, try)
		if len(kept) == 0 {
			return going, held, hung, nil
		}
		held = append(held, kept...)
		going = slices.DeleteFunc(slices.Clone(going), func(a account) bool {
			return slices.ContainsFunc(kept, func(r sink.Result) bool { return r.TargetID == a.ID })
		})
	}
}

func idsIn(users []account) []string {
	ids := make([]string, len(users))
	for i, a := range users {
		ids[i] = a.ID
	}
	return ids
}

// kept are the users whom what hangs on them keeps there, and why.
func (s *Sink) kept(hung []sink.Hung, try bool) (spared []sink.Result) {
	var order []string
	why := map[string][]string{}
	for _, h := range hung {
		if h.Fate == sink.Loosens || s.config.Cascade && (h.Fate == sink.Goes || h.Rows == sink.Uncounted) || try && h.Fate == sink.Holds {
			continue
		}
		if why[h.TargetID] == nil {
			order = append(order, h.TargetID)
		}
		why[h.TargetID] = append(why[h.TargetID], hangs(h))
	}
	for _, id := range order {
		spared = append(spared, spare(id, identity.TargetRefused, "%s", strings.Join(why[id], "; ")))
	}
	return spared
}

// hangs puts into words what hangs on a user.
func hangs(h sink.Hung) string {
	rows := fmt.Sprintf("%d rows of %s", h.Rows, h.Table)
	switch {
	case h.Rows == sink.Uncounted:
		return "rows of " + h.Table + " may refer to the user, and we may not count them"
	case h.Rows == 1:
		rows = "1 row of " + h.Table
	}
	if h.Fate == sink.Holds {
		return rows + " must not lose the user (on delete restrict, or no action)"
	}
	return rows + " would go with the user (on delete cascade)"
}

func spare(id string, code identity.Code, words string, args ...any) sink.Result {
	return sink.Result{Outcome: sink.Rejected, TargetID: id, Problem: problem(code, words, args...)}
}

// erase deletes users and finds out who cannot be.
func (s *Sink) erase(ctx context.Context, tx pgx.Tx, w web, users []account) (spared []sink.Result, err error) {
	err = halves(users, func(some []account) error {
		err := savepoint(ctx, tx, func() error { return s.delete(ctx, tx, w, idsIn(some)) })
		if err != nil && aboutRow(err) && len(some) == 1 {
			spared = append(spared, spare(some[0].ID, identity.TargetRefused, "%s", refusal(err, some[0].values())))
			return nil
		}
		return err
	})
	return spared, err
}

// delete deletes users, all of them and, without Config.Cascade, nothing of anybody
// else: a trigger may do more than the references say.
func (s *Sink) delete(ctx context.Context, tx pgx.Tx, w web, ids []string) error {
	before, err := s.deletions(ctx, tx)
	if err != nil {
		return err
	}
	var done int64
	err = withTheirPath(ctx, tx, func() error {
		tag, err := tx.Exec(ctx, "delete from "+s.layout.users.name+" u where u.id operator(pg_catalog.=) any ($1::"+s.layout.idKind()+"[])", ids)
		done = tag.RowsAffected()
		return err
	})
	if err == nil && done < int64(len(ids)) {
		err = &silent{"a trigger or rule of " + s.layout.users.name + " keeps the row"}
	}
	if err != nil || s.config.Cascade {
		return err
	}
	after, err := s.deletions(ctx, tx)
	if err != nil {
		return err
	}
	return w.more(before, after, len(ids))
}

// deleted is a table and how many of its rows a transaction has deleted.
type deleted struct {
	name string
	rows int64
}

// deletions are the rows that this transaction has deleted so far, by table; what was
// rolled back counts too. The server counts them unless a superuser has told it not
// to (track_counts).
func (s *Sink) deletions(ctx context.Context, tx pgx.Tx) (map[uint32]deleted, error) {
	if s.config.Cascade {
		return nil, nil
	}
	found, err := tx.Query(ctx, "select x.relid::bigint, pg_catalog.quote_ident(x.schemaname) || '.' || pg_catalog.quote_ident(x.relname), x.n_tup_del from pg_catalog.pg_stat_xact_user_tables x where x.n_tup_del > 0")
	if err != nil {
		return nil, err
	}
	counts := map[uint32]deleted{}
	var oid int64
	var d deleted
	_, err = pgx.ForEachRow(found, []any{&oid, &d.name, &d.rows}, func() error {
		counts[uint32(oid)] = d
		return nil
	})
	return counts, err
}

// more says what else was deleted than so many users with their identities.
func (w web) more(before, after map[uint32]deleted, users int) error {
	var tables []string
	for oid, d := range after {
		d.rows -= before[oid].rows
		if oid == w.own[0] {
			d.rows -= int64(users)
		}
		if d.rows > 0 && oid != w.own[1] {
			tables = append(tables, fmt.Sprintf("%d of %s", d.rows, d.name))
		}
	}
	if len(tables) == 0 {
		return nil
	}
	slices.Sort(tables)
	return &silent{"a trigger would delete other rows with the user: " + strings.Join(tables, ", ")}
}
