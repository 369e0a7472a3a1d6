package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// Read looks users up by their ids at the target. Ids that this layout could not
// have are not there.
func (s *Sink) Read(ctx context.Context, ids []string) ([]sink.Found, error) {
	var held []account
	err := s.repeat(ctx, func(ctx context.Context) error {
		return s.reading(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			held, err = accounts(ctx, tx, s.layout.accounts+s.layout.byID, s.known(ids))
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	found := make([]sink.Found, len(held))
	for i, a := range held {
		found[i] = sink.Found{TargetID: a.ID, State: a.state(), SignedIn: a.SignedIn, Created: a.written()}
	}
	return found, nil
}

// known are the ids that the table could hold: a text that is no UUID would fail
// the whole statement.
func (s *Sink) known(ids []string) []string {
	legal := idFormOf(s.config.Layout).legal
	var known []string
	for _, id := range ids {
		if spelt, ok := legal(id); ok && spelt == id {
			known = append(known, id)
		}
	}
	return known
}

// repeat does what changes nothing, or all or nothing, until it is done or
// patience ends.
func (s *Sink) repeat(ctx context.Context, do func(context.Context) error) error {
	return s.repeatFor(ctx, s.config.Patience, do)
}

func (s *Sink) repeatFor(ctx context.Context, total time.Duration, do func(context.Context) error) error {
	if s.pool == nil {
		return errOffline
	}
	p := patience{total: total}
	for {
		err := s.limited(ctx, do)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !passing(err) || p.over():
			return s.explain(err)
		}
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
}

func (s *Sink) limited(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, slack*s.config.Timeout)
	defer cancel()
	return do(ctx)
}

// savepoint does something; after a refusal the transaction is where it was.
func savepoint(ctx context.Context, tx pgx.Tx, do func() error) error {
	if _, err := tx.Exec(ctx, "savepoint rows"); err != nil {
		return err
	}
	err := do()
	end := "release savepoint rows"
	if err != nil {
		end = "rollback to savepoint rows"
	}
	if err != nil && !aboutRow(err) {
		return err
	}
	if _, failed := tx.Exec(ctx, end); failed != nil {
		return failed
	}
	return err
}
