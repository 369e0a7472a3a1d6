package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"rehome/migrate"
	"rehome/sink"
	"rehome/sink/postgres"
)

// hanging adds up what hangs on the users of a run, by table.
type hanging []migrate.Hanging

// add counts what hangs on one user.
func (h *hanging) add(one sink.Hung) {
	at := slices.IndexFunc(*h, func(o migrate.Hanging) bool { return o.Table == one.Table && o.Fate == one.Fate })
	if at < 0 {
		at, _ = slices.BinarySearchFunc(*h, one, func(o migrate.Hanging, one sink.Hung) int {
			return cmp.Or(cmp.Compare(o.Table, one.Table), cmp.Compare(o.Fate, one.Fate))
		})
		*h = slices.Insert(*h, at, migrate.Hanging{Table: one.Table, Fate: one.Fate})
	}
	o := &(*h)[at]
	o.Users++
	if o.Rows += one.Rows; one.Rows == sink.Uncounted || o.Uncounted {
		o.Rows, o.Uncounted = 0, true
	}
}

// foresee goes through the run's users beforehand: what hangs on them is known before
// anybody agrees to anything.
func (u *takeBack) foresee(ctx context.Context) error {
	if _, able := u.target.sink.(sink.Sparer); !able || u.dry || u.landed == 0 {
		return nil
	}
	plan, err := u.plan()
	if err != nil {
		return err
	}
	plan.DryRun, plan.Report = true, nil
	counts, err := migrate.Undo(ctx, plan)
	u.foreseen = counts
	return err
}

// hangs says what hangs on the users, and what becomes of it.
func (u *takeBack) hangs() (lines []string) {
	if len(u.hung) == 0 {
		return nil
	}
	lines = append(lines, "        other rows of the database hang on them:")
	for _, h := range u.hung {
		lines = append(lines, "        "+u.fate(h))
	}
	return lines
}

func (u *takeBack) fate(h migrate.Hanging) string {
	cascade, what := u.cli.Bool("cascade"), fmt.Sprintf("%s: %s on %s, which ", h.Table, plural(h.Rows, "row", "rows"), plural(h.Users, "user", "users"))
	if h.Uncounted {
		what = fmt.Sprintf("%s: rows that this role cannot count, perhaps on %s, which ", h.Table, plural(h.Users, "user", "users"))
	}
	switch {
	case h.Fate == sink.Loosens:
		return what + "stay, and no longer refer to them"
	case h.Fate == sink.Holds:
		return what + "must not lose them, so they are spared"
	case cascade:
		return what + "are deleted with them"
	}
	return what + "would be deleted with them, so they are spared; --cascade deletes both"
}

// triggers warns of what nobody can foresee.
func (u *takeBack) triggers(ctx context.Context) ([]string, error) {
	s, is := u.target.sink.(*postgres.Sink)
	if !is || u.landed == 0 {
		return nil, nil
	}
	names, err := s.Deleting(ctx)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	then := "whoever they delete rows of other tables with is spared"
	if u.cli.Bool("cascade") {
		then = "whatever they do to other tables is done"
	}
	return []string{"        triggers fire when a user is deleted (" + strings.Join(names, ", ") + "): " + then}, nil
}
