package postgres

import (
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink/postgres/pgtest"
	"rehome/sink/sinktest"
)

func TestConformance(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			sinktest.Run(t, func(t *testing.T) sinktest.Fixture { return fixture(t, l, true) })
		})
	}
	t.Run("supabase without a ledger", func(t *testing.T) {
		sinktest.Run(t, func(t *testing.T) sinktest.Fixture { return fixture(t, Supabase, false) })
	})
}

// fixture is a sink that reaches its database through a proxy, three users a
// transaction.
func fixture(t *testing.T, l Layout, ledger bool) sinktest.Fixture {
	t.Helper()
	d := newDatabase(t, l)
	p := badLine(t, d, d.DSN)
	s := unopened(t, Config{Layout: l, DSN: p.DSN, Batch: 3, Workers: 8, Patience: 400 * time.Millisecond, Timeout: 10 * time.Second, Create: ledger})
	return prepared(t, d, p, s)
}

// unopened is a sink that has reached nothing yet.
func unopened(t *testing.T, c Config) *Sink {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// prepared begins a run before a database, behind a connection that can be spoilt.
func prepared(t *testing.T, d *database, p *pgtest.Proxy, s *Sink) sinktest.Fixture {
	t.Helper()
	l := s.config.Layout
	if _, err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(t.Context(), Run{Name: "conformance"}); err != nil {
		t.Fatal(err)
	}
	table := users(l)
	return sinktest.Fixture{
		Sink:    s,
		Refused: identity.User{ID: "nobody", Name: "No Body"},
		Count: func(t *testing.T) int {
			return len(d.text(t, "select coalesce(repeat('x', count(*)::int), '') from "+table))
		},
		// xmin is the transaction that wrote the row: it tells a row that was written
		// anew from one that was left alone.
		Look: func(t *testing.T, id string) string {
			return d.text(t, "select u.xmin::text || u::text from "+table+" u where id::text = $1", id)
		},
		Seed: func(t *testing.T, id, email, name string) { seed(t, d, l, id, email, name) },
		Slow: func(*testing.T) { p.Slow(3 * time.Millisecond) },
		Lose: func(*testing.T) { p.LoseNext() },
		Fail: func(_ *testing.T, n int) { p.Fail(n) },
		Mend: func(*testing.T) { p.Mend() },
	}
}

// seed puts a user there as somebody else would have.
func seed(t testing.TB, d *database, l Layout, id, email, name string) {
	t.Helper()
	const hash = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	if l == Generic {
		d.do(t, "insert into "+users(l)+" (id, email, email_key, name, password_format, password_hash) values ($1, $2, $2, $3, 'bcrypt', $4)", id, email, name, hash)
		return
	}
	s, err := New(Config{Layout: l})
	if err != nil {
		t.Fatal(err)
	}
	p := s.rules.plan(identity.User{ID: id, Email: email, Name: name, Hash: identity.Hash{Algorithm: identity.Bcrypt, Encoded: hash}})
	p.id = id
	var r rows
	r.fill([]*member{{plan: p}}, s.layout.appendRows, newInstant(time.Now()))
	sendRows(t, d, s.layout, r)
}
