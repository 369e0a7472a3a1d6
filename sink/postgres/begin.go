package postgres

import "context"

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
func (s *Sink) Begin(ctx context.Context) error {
	if !s.checked {
		return errUnchecked
	}
	if s.config.Create {
		if _, err := s.Create(ctx); err != nil {
			return err
		}
		s.ledger = true
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
