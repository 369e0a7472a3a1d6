package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/sink"
)

// settle tries a batch's transaction until it is done, or patience ends. A try
// whose commit was not answered is settled by the next one: the row that it left
// in the ledger, or did not leave, says what became of it.
func (s *Sink) settle(ctx context.Context, b *batch) ([]sink.Result, error) {
	if b.reopen(); len(b.open()) == 0 {
		return b.results(), nil
	}
	p := patience{total: s.config.Patience}
	for {
		results, err := s.try(ctx, b)
		switch {
		case errors.Is(err, errRefused):
			b.careful = true
			continue
		case err == nil, !passing(err), ctx.Err() != nil:
			return results, err
		}
		if p.over() {
			return nil, err
		}
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// slack is what a try may take beyond what the server allows its statements: a
// server that is gone does not say so.
const slack = 3

// try is one transaction. It is all or nothing, so nobody is ever half made.
func (s *Sink) try(ctx context.Context, b *batch) ([]sink.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, slack*s.config.Timeout)
	defer cancel()
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: s.beginQuery()})
	if err != nil {
		return nil, err
	}
	defer s.rollback(tx)
	results, err := s.within(ctx, tx, b)
	if err != nil {
		return nil, &carrying{err, b.values}
	}
	return results, nil
}

// within is a try's transaction, from its beginning to its commit.
func (s *Sink) within(ctx context.Context, tx pgx.Tx, b *batch) ([]sink.Result, error) {
	now, done, err := s.enter(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	if done {
		return b.left, nil
	}
	b.reopen()
	if err := s.fill(ctx, tx, b, now); err != nil {
		return nil, err
	}
	if err := s.leave(ctx, tx, b); err != nil {
		return nil, err
	}
	results := b.results()
	if err := tx.Commit(ctx); err != nil {
		b.left, b.leftNow = results, now
		return nil, unsure{err}
	}
	return results, nil
}

// transaction does something in a transaction of its own, all or nothing.
func (s *Sink) transaction(ctx context.Context, begin string, do func(pgx.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return err
	}
	defer s.rollback(tx)
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return unsure{err}
	}
	return nil
}

// reading is a transaction that only reads.
func (s *Sink) reading(ctx context.Context, begin string, do func(pgx.Tx) error) error {
	return s.transaction(ctx, begin+"; set transaction read only", do)
}

// Where a statement's names are looked up. Whoever may create something in a schema
// on the search path, "public" in most databases, can give it a function or an
// operator that fits a call better than the system's own, and then runs it with our
// role's rights and with the hashes it is called with. So in ours nothing is found
// but what belongs to the system, and statements name functions and types with
// their schema besides.
//
// Rows that come and go fire triggers of the table's owner, which may have been
// written for the path of the database: they get it. The statement that fires them
// names nothing that could be something else.
const (
	ourPath   = "set local search_path = pg_catalog, pg_temp"
	theirPath = "set local search_path to default"
)

// rollback ends what was not committed; after a commit it does nothing.
func (s *Sink) rollback(tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Timeout)
	defer cancel()
	_ = tx.Rollback(ctx) // a connection that cannot even do this is thrown away
}

// lockWait is how long a statement waits for a row or table that somebody else
// holds; then the transaction lets go of its own and tries again.
const lockWait = 10 * time.Second

// beginQuery begins a transaction with limits of its own, since those of a session
// are not ours behind a pooler. Constraints that were put off until the commit
// speak at once, where the row can still be found. Compiling a statement that follows
// every reference took the server two seconds, and running it a hundredth of that.
func (s *Sink) beginQuery() string {
	return fmt.Sprintf("begin; "+ourPath+"; set local jit = off; set local statement_timeout = %d; set local lock_timeout = %d; set local idle_in_transaction_session_timeout = %d; set constraints all immediate",
		s.config.Timeout.Milliseconds(), min(lockWait, s.config.Timeout).Milliseconds(), s.config.Timeout.Milliseconds())
}

// fill puts the users into the tables. Nearly always nobody is in the way, and one
// COPY does it; only when that was refused, or when some may be there already,
// everyone is looked up first.
func (s *Sink) fill(ctx context.Context, tx pgx.Tx, b *batch, now instant) error {
	if s.mayClash(b) {
		return s.fillCarefully(ctx, tx, b, now)
	}
	err := s.copyRows(ctx, tx, b.open(), now)
	switch {
	case err == nil:
		s.created(b.open(), now)
	case aboutRow(err):
		s.clashes.Store(true)
		return errRefused
	}
	return err
}

// errRefused ends a try of which a row was refused: the next one, at once, finds
// out which.
var errRefused = errors.New("a row was refused")

// mayClash: an earlier try may have landed some, the table is known to hold what a
// unique index does not see, or the batch before met users who were there.
func (s *Sink) mayClash(b *batch) bool {
	for _, m := range b.members {
		if m.Taken {
			return true
		}
	}
	return b.careful || b.unsure() || s.capitals || s.clashes.Load()
}

// created settles members whose rows have just been written.
func (s *Sink) created(members []*member, now instant) {
	for _, m := range members {
		m.settled(sink.Created, s.rules.account(m.plan, now))
	}
}

// copy writes the rows of members under a savepoint: after a failure the
// transaction is where it was before.
func (s *Sink) copy(ctx context.Context, tx pgx.Tx, members []*member, now instant) error {
	if len(members) == 0 {
		return nil
	}
	return savepoint(ctx, tx, func() error { return s.copyRows(ctx, tx, members, now) })
}
