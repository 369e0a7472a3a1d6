package postgres

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
	"rehome/sink/postgres/pgtest"
)

// server is the one that the tests of this package share.
var server = sync.OnceValues(func() (*pgtest.Server, error) { return pgtest.Start(context.Background()) })

// database is an empty database of the test's own; in the supabase layout with the
// auth server's tables.
type database struct{ *pgtest.Database }

func newDatabase(t testing.TB, l Layout) *database {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatal(err)
	}
	d := databaseOf(t, s, l)
	t.Cleanup(func() {
		if err := d.Return(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// spoilt is a database that no other test comes to see.
func spoilt(t testing.TB, l Layout) *database {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatal(err)
	}
	d := databaseOf(t, s, l)
	t.Cleanup(func() {
		if err := d.Leave(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func databaseOf(t testing.TB, s *pgtest.Server, l Layout) *database {
	t.Helper()
	create := s.Empty
	if l == Supabase {
		create = s.Supabase
	}
	d, err := create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &database{d}
}

// badLine is a connection to a database that can be cut, and more.
func badLine(t testing.TB, d *database, behind identity.Secret) *pgtest.Proxy {
	t.Helper()
	p, err := d.Proxy(behind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// do runs statements.
func (d *database) do(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := d.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// text asks for a single text; "" where there is no row.
func (d *database) text(t testing.TB, sql string, args ...any) string {
	t.Helper()
	found, err := d.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	texts, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// users is the table of a layout.
func users(l Layout) string { return layoutOf(Config{Layout: l, Schema: defaultSchema}).users.name }

// opened is a sink before a database, looked at and ready to write.
func opened(t testing.TB, d *database, c Config, r ...Run) *Sink {
	t.Helper()
	s := looked(t, d, c)
	if err := s.Begin(t.Context(), append(r, Run{})[0]); err != nil {
		t.Fatal(err)
	}
	return s
}

// looked is a sink that has looked at a database.
func looked(t testing.TB, d *database, c Config) *Sink {
	t.Helper()
	if c.DSN == "" {
		c.DSN = d.DSN
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Second
	}
	c.Create = true
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
