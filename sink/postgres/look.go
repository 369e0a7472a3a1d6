package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// Look says of each user, in order, what Write would make of it as the tables stand
// now: Planned, Existing, or Rejected with the problem that Write would give. It
// only reads. Where there is no connection, or no table yet, nobody is met.
func (s *Sink) Look(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	b := s.newBatch(users)
	b.reopen()
	if s.pool != nil && s.checked && !s.absent {
		err := s.repeat(ctx, func(ctx context.Context) error {
			b.reopen()
			return s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) error {
				return s.weigh(ctx, tx, b.open(), instant{})
			})
		})
		if err != nil {
			return nil, err
		}
	}
	for _, m := range b.open() {
		m.result = sink.Result{Outcome: sink.Planned, TargetID: m.plan.id}
	}
	return b.results(), nil
}
