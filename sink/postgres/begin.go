package postgres

import (
	"context"
	"errors"
)

// Run is the run that begins, or goes on, and what its own ledger says of it.
type Run struct {
	// Name is the run's in the ledger of the database, of at most 200 bytes; empty:
	// nothing that lands is recognised as its own later. Optional.
	Name string
	// Landed counts the users whom the run's own ledger says it has landed, and Open
	// those whom it had in hand when it ended. Nought for a new run.
	Landed, Open int
}

// maxRun is the longest name of a run, in bytes.
const maxRun = 200

var errBadRun = errors.New("postgres: the run's name must be text of at most 200 bytes")

// Begin makes the target ready for Write, after Preflight and after everybody has
// agreed: it is the first thing that changes something.
//
// With Config.Create it makes the tables of ours that are missing. With
// Config.EmptyTarget it drops the indexes of an empty table; a table that holds
// users is refused, unless this very run has put them there: then the indexes that
// are missing are built and the run goes on as any other. So does every run that
// finds indexes missing, which an earlier one left out and never came to build.
//
// While indexes are missing nothing else may write to the tables.
//
// The two ledgers of the run, its own and the one in the database, must agree, or
// nothing is done.
func (s *Sink) Begin(ctx context.Context, r Run) error {
	switch {
	case !s.checked:
		return errUnchecked
	case len(r.Name) > maxRun || !goodText(r.Name):
		return errBadRun
	}
	s.run = r.Name
	if s.config.Create {
		if _, err := s.Create(ctx); err != nil {
			return err
		}
		s.ledger, s.absent = true, false
	}
	if err := s.agree(ctx, r); err != nil {
		return err
	}
	if s.config.Layout != Generic {
		return nil
	}
	missing, err := s.missingIndexes(ctx)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return s.build(ctx, missing)
	}
	if !s.config.EmptyTarget {
		return nil
	}
	return s.repeat(ctx, s.strip)
}

// Finish builds what Begin has dropped, and has the planner look at the tables. It
// may take minutes for millions of users. Without Config.EmptyTarget it does
// nothing.
func (s *Sink) Finish(ctx context.Context) error {
	if !s.bare {
		return nil
	}
	missing, err := s.missingIndexes(ctx)
	if err == nil {
		err = s.build(ctx, missing)
	}
	s.bare = err != nil
	return err
}
