package postgres

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Info is what a target says of itself.
type Info struct {
	Version string // of the server: "15.18"
	User    string // the role we are
	// Now is the database's clock: what a run that begins now gives back as
	// Landing.Since when it is resumed.
	Now time.Time
	// TLS says how the connection is kept: in the clear on this machine, or encrypted,
	// and whether the server has shown that it is the one that was meant.
	TLS string
	// Pooler is set when something stands between us and the server.
	Pooler bool
	// Users is the planner's estimate of the users already there; -1: not known.
	Users int
	// Schema is the last migration of Supabase Auth; empty in the generic layout.
	Schema string
	// Triggers of the target's own that fire for every row we write.
	Triggers []string
	// Missing is what Begin would make, in words.
	Missing []string
	// Ledger is set when batches are noted in the database, or will be once Begin
	// has made the table: then each lands exactly once.
	Ledger bool
	// Notes are what the operator should know, a sentence each.
	Notes []string
}

// firstPatience is how long the first statements are repeated: a wrong address
// should not take two minutes to say so.
const firstPatience = 10 * time.Second

// Preflight looks whether a move can work, and changes nothing. An error says what
// is in the way and what to do; it is a sink.Transient when the target is down.
func (s *Sink) Preflight(ctx context.Context) (Info, error) {
	if s.pool == nil {
		return Info{}, errOffline
	}
	var info Info
	err := s.repeatFor(ctx, min(firstPatience, s.config.Patience), func(ctx context.Context) (err error) {
		info, err = s.look(ctx)
		return err
	})
	s.checked = err == nil
	s.absent = s.config.Layout == Generic && len(info.Missing) > 0
	return info, err
}

// look asks in one transaction that may only read.
func (s *Sink) look(ctx context.Context) (Info, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return Info{}, err
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: s.beginQuery() + "; set transaction read only"})
	if err != nil {
		return Info{}, err
	}
	defer s.rollback(tx)
	p := &preflight{sink: s, tx: tx}
	_, encrypted := conn.Conn().PgConn().Conn().(*tls.Conn)
	p.info.TLS = kept(&s.pool.Config().ConnConfig.Config, encrypted)
	for _, step := range []func(context.Context) error{p.server, p.pooler(conn.Conn().PgConn().PID()), p.auth, p.own, p.tables, p.fill} {
		if err := step(ctx); err != nil {
			return p.info, err
		}
	}
	return p.info, nil
}

// kept says how a connection is kept. The driver gives every way to a server the same
// checks: none but for encryption with sslmode=prefer and require, the certificate's
// authority with verify-ca (or require and an sslrootcert), its name too with
// verify-full.
func kept(c *pgconn.Config, encrypted bool) string {
	if !encrypted {
		return "none (this machine)"
	}
	ways := []*tls.Config{c.TLSConfig}
	for _, f := range c.Fallbacks {
		ways = append(ways, f.TLSConfig)
	}
	at := slices.IndexFunc(ways, func(way *tls.Config) bool { return way != nil })
	switch {
	case at >= 0 && !ways[at].InsecureSkipVerify:
		return "encrypted, certificate and name of the server checked (sslmode=verify-full)"
	case at >= 0 && ways[at].VerifyPeerCertificate != nil:
		return "encrypted, certificate of the server checked, its name not (sslmode=verify-ca)"
	}
	return "encrypted, certificate of the server not checked: somebody in between could pose as it; sslmode=verify-full checks"
}

// preflight is one look at a target.
type preflight struct {
	sink *Sink
	tx   pgx.Tx
	info Info
}

func (p *preflight) note(words string) { p.info.Notes = append(p.info.Notes, words) }

// oldest is the oldest server that is looked at by anybody: its own project ended
// support for 12 in 2024.
const oldest = 120000

// server asks who is there.
func (p *preflight) server(ctx context.Context) error {
	found, err := p.tx.Query(ctx, "select pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_version_num')::int, current_user::pg_catalog.text, pg_catalog.current_setting('server_encoding'),"+
		" pg_catalog.clock_timestamp(), pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only')::boolean")
	if err != nil {
		return err
	}
	var number int
	var encoding string
	var standby, readOnly bool
	_, err = pgx.CollectExactlyOneRow(found, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&p.info.Version, &number, &p.info.User, &encoding, &p.info.Now, &standby, &readOnly)
	})
	p.info.Version, _, _ = strings.Cut(p.info.Version, " ") // Debian adds its own
	p.info.Now = p.info.Now.UTC()
	switch {
	case err != nil:
		return err
	case number < oldest:
		return doubtful("the server is Postgres %s; 12 is the oldest that this works with", p.info.Version)
	case encoding != "UTF8":
		return doubtful("the database keeps text as %s, which has no place for most letters", encoding).mend("the database must be made with the encoding UTF8")
	case standby:
		return doubtful("the server is a standby, which takes no writes").mend("connect to the primary")
	case readOnly:
		return doubtful("transactions are read-only here by default (default_transaction_read_only)").
			mend("somebody may have meant that; if not: alter role … set default_transaction_read_only = off, or come as another role")
	}
	return nil
}

// pooler compares the process that answers with the one that greeted us.
func (p *preflight) pooler(greeted uint32) func(context.Context) error {
	return func(ctx context.Context) error {
		pid, err := one[int](ctx, p.tx, "select pg_catalog.pg_backend_pid()")
		p.info.Pooler = uint32(pid) != greeted
		return err
	}
}
