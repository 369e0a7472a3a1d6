package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"rehome/sink"
)

// The ledger in the database (migrations/001.ledger.sql): one row for each batch
// that was committed, in the same transaction as its users. Where there is none
// (no right to create it in somebody else's database), a try is recognised by its
// rows instead: at least once and harmless twice, where the ledger makes it once.

func (s *Sink) batches() string  { return quote(s.config.Schema) + ".import_batches" }
func (s *Sink) refusals() string { return quote(s.config.Schema) + ".import_refusals" }

// enter begins a try: it takes the moment of the transaction and, where the commit
// of an earlier try was not answered, puts the batch into the ledger, unless that
// try did. One that is still being committed keeps this statement waiting until it
// is known what became of it.
func (s *Sink) enter(ctx context.Context, tx pgx.Tx, b *batch) (now instant, done bool, err error) {
	query, args := "select pg_catalog.now()", []any(nil)
	if s.ledger && b.unsure() {
		query = "insert into " + s.batches() + " (id, run, users) values ($1::pg_catalog.uuid, $2, $3) on conflict (id) do nothing returning pg_catalog.now()"
		args = []any{b.id, s.run, len(b.members)}
	}
	found, err := tx.Query(ctx, query, args...)
	if err != nil {
		return now, false, err
	}
	times, err := pgx.CollectRows(found, pgx.RowTo[time.Time])
	if err != nil || len(times) == 0 {
		return now, err == nil, err
	}
	return newInstant(times[0].UTC()), false, nil
}

// leave notes in the ledger what the batch has come to.
func (s *Sink) leave(ctx context.Context, tx pgx.Tx, b *batch) error {
	if !s.ledger {
		return nil
	}
	count := map[sink.Outcome]int{}
	for _, m := range b.members {
		count[m.result.Outcome]++
	}
	_, err := tx.Exec(ctx, "insert into "+s.batches()+" (id, run, users, created, existing, refused) values ($1::pg_catalog.uuid, $2, $3, $4, $5, $6)"+
		" on conflict (id) do update set created = excluded.created, existing = excluded.existing, refused = excluded.refused",
		b.id, s.run, len(b.members), count[sink.Created], count[sink.Existing]+count[sink.Recovered], count[sink.Rejected])
	if err != nil || count[sink.Rejected] == 0 {
		return err
	}
	return s.noteRefusals(ctx, tx, b)
}

// noteRefusals keeps who was refused, by whom and why: in the database, for those
// who look there.
func (s *Sink) noteRefusals(ctx context.Context, tx pgx.Tx, b *batch) error {
	var ids, codes, details []string
	for _, m := range b.members {
		if bad := m.result.Problem; m.result.Outcome == sink.Rejected && bad != nil && goodText(m.User.ID) {
			ids, codes, details = append(ids, m.User.ID), append(codes, string(bad.Code)), append(details, bad.Detail)
		}
	}
	_, err := tx.Exec(ctx, "insert into "+s.refusals()+" (batch_id, source_id, code, detail) select $1::pg_catalog.uuid, * from rows from (pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[]), pg_catalog.unnest($4::pg_catalog.text[])) r",
		b.id, ids, codes, details)
	return err
}

// sameMoment tells whether another batch has begun in the very microsecond of this
// one: the next try has another. It is not rare: of 16,000 transactions of six
// clients thirty shared theirs (pgbench, two cores).
func sameMoment(err error) bool {
	e, answered := errors.AsType[*pgconn.PgError](err)
	return answered && e.Code == uniqueViolation && e.ConstraintName == "import_batches_moment"
}

// landed counts the users that the ledger says this run landed.
func (s *Sink) landed(ctx context.Context, tx pgx.Tx) (int, error) {
	n, err := one[int64](ctx, tx, "select coalesce(pg_catalog.sum(created), 0)::bigint from "+s.batches()+" where run = $1", s.run)
	return int(n), err
}

// agree compares the two ledgers of a run. Whoever the run's own calls landed was
// committed together with a count here, and nobody was counted here whom the run's
// own did not have in hand. Where that does not hold, one of the two is not what it
// was, and what is in the table cannot be told apart from what others put there.
func (s *Sink) agree(ctx context.Context, r Run) error {
	if !s.ledger || r.Name == "" {
		return nil
	}
	return s.repeat(ctx, func(ctx context.Context) error {
		var n int
		err := s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			n, err = s.landed(ctx, tx)
			return err
		})
		switch {
		case err != nil:
			return err
		case n < r.Landed:
			return doubtful("the two ledgers of run %s disagree: its own says that %d users landed, the one in the database says %d", r.Name, r.Landed, n).
				mend("this is another database, or it was restored from before, or the run began without a ledger there; --new-run begins anew and leaves whoever is there alone")
		case n > r.Landed+r.Open:
			return doubtful("the two ledgers of run %s disagree: the one in the database says that %d users landed, its own knows of %d and had %d in hand", r.Name, n, r.Landed, r.Open).
				mend("the run folder is a copy from before, or its ledger was cut; --new-run begins anew and leaves whoever is there alone")
		}
		return nil
	})
}

// written are the moments, of those given, at which batches of this run were
// written: a row and its batch have the moment of their transaction in common.
func (s *Sink) written(ctx context.Context, tx pgx.Tx, moments []string) (map[string]bool, error) {
	found, err := tx.Query(ctx, "select distinct "+asMoment("committed_at")+" from "+s.batches()+" where run = $1 and committed_at = any($2::pg_catalog.timestamptz[])", s.run, moments)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(found, pgx.RowTo[string])
	set := map[string]bool{}
	for _, m := range list {
		set[m] = true
	}
	return set, err
}
