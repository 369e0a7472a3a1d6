package postgres

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"rehome/identity"
	"rehome/sink"
)

// Sink lands users in a database. Judge, Write, Read and Remove may be called from
// several goroutines at once, but not before Preflight and Begin have returned.
type Sink struct {
	config Config
	rules  rules
	layout layout
	pool   *pgxpool.Pool // nil: only judges
	target string

	// What Preflight and Begin found out.
	checked  bool
	ledger   bool // there is a ledger that we may write to
	absent   bool // there is no table of users yet
	capitals bool // the table holds addresses with capitals: look before every write
	bare     bool // the indexes are left out until Finish
	run      string

	clashes atomic.Bool // the last batch met users who were there before
	rows    sync.Pool   // *rows
}

// The contracts it keeps.
var (
	_ sink.Sink      = (*Sink)(nil)
	_ sink.Reader    = (*Sink)(nil)
	_ sink.Remover   = (*Sink)(nil)
	_ sink.Sparer    = (*Sink)(nil)
	_ sink.Scout     = (*Sink)(nil)
	_ sink.Prover    = (*Sink)(nil)
	_ sink.Transient = (*weary)(nil)
)

// New makes a sink without reaching anything; only the files that the connection
// string or PG* name are read. With no connection string it judges only, which is
// enough for a dry run.
func New(c Config) (*Sink, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Sink{
		config: c, layout: layoutOf(c),
		rules: rules{c.Layout, c.ID, c.Roles, c.Claims, c.Dates, c.ConfirmEmails, c.KeyInHash},
	}
	if c.DSN == "" {
		return s, nil
	}
	settings, err := parseDSN(c.DSN)
	if err != nil {
		return nil, err
	}
	settings.MinConns, settings.MinIdleConns, settings.MaxConns = 0, 0, int32(min(c.Workers, maxWorkers)+1)
	s.target = targetName(&settings.ConnConfig.Config)
	s.pool, err = pgxpool.NewWithConfig(context.Background(), settings)
	return s, err
}

// maxWorkers bounds the connections we would take from others.
const maxWorkers = 64

// Judge says what would become of a user here.
func (s *Sink) Judge(u identity.User) sink.Judgement {
	p := s.rules.plan(u)
	j := p.judgement
	j.Made = p
	return j
}

// Accepts says why a password could not be typed at the target's login. In the
// generic layout the application decides.
func (s *Sink) Accepts(h identity.Hash, password string) *identity.Problem {
	if s.config.Layout == Supabase {
		return supabaseAccepts(h, password)
	}
	return nil
}

// Target names the database without any secret: where, and which. It is the same
// for the same database.
func (s *Sink) Target() string { return s.target }

// Close gives the connections back.
func (s *Sink) Close() error {
	if s.pool != nil {
		s.pool.Close()
	}
	return nil
}
