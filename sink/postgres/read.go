package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
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
		written, _ := time.Parse(moment, a.Stamp) // nought where the row does not say
		found[i] = sink.Found{TargetID: a.ID, State: a.state(), SignedIn: a.SignedIn, Created: written}
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

// Remove deletes users that are still exactly as they were found, with their
// identities and sessions, in one transaction. It answers with those it spared and
// why: changed since, or other rows of the database refer to them. All others are
// gone, those who were not there any more among them. An error means that nobody
// was removed, or that it is not known; the same call does no harm twice.
func (s *Sink) Remove(ctx context.Context, users []sink.Found) (spared []sink.Result, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.transaction(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			spared, err = s.remove(ctx, tx, users)
			return err
		})
	})
	return spared, err
}

func (s *Sink) remove(ctx context.Context, tx pgx.Tx, users []sink.Found) ([]sink.Result, error) {
	want := map[string]sink.State{}
	var ids []string
	for _, u := range users {
		want[u.TargetID], ids = u.State, append(ids, u.TargetID)
	}
	held, err := accounts(ctx, tx, s.layout.accounts+s.layout.byID+" for update of u", s.known(ids))
	if err != nil {
		return nil, err
	}
	var spared []sink.Result
	var doomed []account
	for _, a := range held {
		if a.state() == want[a.ID] {
			doomed = append(doomed, a)
			continue
		}
		spared = append(spared, spare(a.ID, identity.ChangedSince, "the user has changed since it was looked at"))
	}
	more, err := s.erase(ctx, tx, doomed)
	if err != nil {
		return nil, &carrying{err, func() []string { return valuesOf(doomed) }}
	}
	return append(spared, more...), nil
}

func spare(id string, code identity.Code, words string, args ...any) sink.Result {
	return sink.Result{Outcome: sink.Rejected, TargetID: id, Problem: problem(code, words, args...)}
}

// erase deletes users and finds out who cannot be.
func (s *Sink) erase(ctx context.Context, tx pgx.Tx, users []account) (spared []sink.Result, err error) {
	kind := s.layout.idKind()
	err = halves(users, func(some []account) error {
		ids := make([]string, len(some))
		for i, a := range some {
			ids[i] = a.ID
		}
		err := savepoint(ctx, tx, func() error {
			return withTheirPath(ctx, tx, func() error {
				_, err := tx.Exec(ctx, "delete from "+s.layout.users.name+" u where u.id operator(pg_catalog.=) any ($1::"+kind+"[])", ids)
				return err
			})
		})
		if err != nil && aboutRow(err) && len(some) == 1 {
			spared = append(spared, spare(some[0].ID, identity.TargetRefused, "%s", refusal(err, some[0].values())))
			return nil
		}
		return err
	})
	return spared, err
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
