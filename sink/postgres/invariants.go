package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Broken is something in the tables of Supabase Auth that its server cannot bear.
type Broken struct {
	What string // "confirmation_token is NULL"
	Rows int
	ID   string // of one of them
}

// invariant is a condition that no row may meet.
type invariant struct{ what, table, condition string }

// supabaseInvariants were each seen to break a login, and most of them the list of
// all users for everybody (fixtures/supabase-auth).
func supabaseInvariants() []invariant {
	users, identities := "auth.users", "auth.identities"
	list := []invariant{
		{"created_at is infinite", users, "not pg_catalog.isfinite(t.created_at)"},
		{"updated_at is infinite", users, "not pg_catalog.isfinite(t.updated_at)"},
		{"banned_until is infinite", users, "not pg_catalog.isfinite(t.banned_until)"},
		{"raw_user_meta_data is no object", users, "pg_catalog.jsonb_typeof(t.raw_user_meta_data) not in ('object', 'null')"},
		{"raw_app_meta_data is no object", users, "pg_catalog.jsonb_typeof(t.raw_app_meta_data) not in ('object', 'null')"},
	}
	for _, column := range []string{
		"confirmation_token", "recovery_token", "email_change_token_new", "email_change", "phone_change", "phone_change_token",
		"email_change_token_current", "reauthentication_token", "email_change_confirm_status", "role", "aud", "created_at", "updated_at",
	} {
		list = append(list, invariant{column + " is NULL", users, "t." + column + " is null"})
	}
	return append(list,
		invariant{"created_at of an identity is NULL", identities, "t.created_at is null"},
		invariant{"updated_at of an identity is NULL", identities, "t.updated_at is null"})
}

// CheckTable looks through the whole of Supabase Auth's tables, rows of others
// included, for what breaks its server; one bad row breaks the list of users for
// everybody. In the generic layout the tables have constraints, and nothing is
// found.
func (s *Sink) CheckTable(ctx context.Context) (found []Broken, err error) {
	if s.config.Layout != Supabase {
		return nil, nil
	}
	all := supabaseInvariants()
	for _, table := range []string{"auth.users", "auth.identities"} {
		var broken []Broken
		err := s.repeat(ctx, func(ctx context.Context) error {
			return s.reading(ctx, beginUnhurried, func(tx pgx.Tx) (err error) {
				broken, err = s.broken(ctx, tx, table, all)
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		found = append(found, broken...)
	}
	return found, nil
}

// broken counts, for all conditions of a table at once.
func (s *Sink) broken(ctx context.Context, tx pgx.Tx, table string, all []invariant) (found []Broken, err error) {
	var counts, whats []string
	for _, i := range all {
		if i.table == table {
			counts = append(counts, "pg_catalog.count(*) filter (where "+i.condition+"), coalesce(pg_catalog.min(t.id::pg_catalog.text) filter (where "+i.condition+"), '')")
			whats = append(whats, i.what)
		}
	}
	rows, err := tx.Query(ctx, "select "+strings.Join(counts, ", ")+" from "+table+" t")
	if err != nil {
		return nil, err
	}
	_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
		into := make([]any, 0, 2*len(whats))
		results := make([]Broken, len(whats))
		for i, what := range whats {
			results[i].What = what
			into = append(into, &results[i].Rows, &results[i].ID)
		}
		err := row.Scan(into...)
		for _, b := range results {
			if b.Rows > 0 {
				found = append(found, b)
			}
		}
		return struct{}{}, err
	})
	return found, err
}
