package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// The ledger in the database (migrations/001.ledger.sql): one row for each batch
// that was committed, in the same transaction as its users. Where there is none
// (no right to create it in somebody else's database), a try is recognised by its
// rows instead: at least once and harmless twice, where the ledger makes it once.

func (s *Sink) batches() string  { return quote(s.config.Schema) + ".import_batches" }
func (s *Sink) refusals() string { return quote(s.config.Schema) + ".import_refusals" }

// enter begins a try: it puts the batch into the ledger, unless an earlier try did,
// and takes the moment of the transaction. A try that is still being committed
// keeps this statement waiting until it is known what became of it.
func (s *Sink) enter(ctx context.Context, tx pgx.Tx, b *batch) (now instant, done bool, err error) {
	query, args := "select now()", []any(nil)
	if s.ledger {
		query = "insert into " + s.batches() + " (id, run, users) values ($1::uuid, $2, $3) on conflict do nothing returning now()"
		args = []any{b.id, s.config.Run, len(b.members)}
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
	_, err := tx.Exec(ctx, "update "+s.batches()+" set created = $2, existing = $3, refused = $4 where id = $1::uuid",
		b.id, count[sink.Created], count[sink.Existing]+count[sink.Recovered], count[sink.Rejected])
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
	_, err := tx.Exec(ctx, "insert into "+s.refusals()+" (batch_id, source_id, code, detail) select $1::uuid, * from unnest($2::text[], $3::text[], $4::text[])",
		b.id, ids, codes, details)
	return err
}

// landed counts the users that the ledger says this run landed.
func (s *Sink) landed(ctx context.Context, q querier) (int, error) {
	found, err := q.Query(ctx, "select coalesce(sum(created), 0)::bigint from "+s.batches()+" where run = $1", s.config.Run)
	if err != nil {
		return 0, err
	}
	n, err := pgx.CollectExactlyOneRow(found, pgx.RowTo[int64])
	return int(n), err
}
