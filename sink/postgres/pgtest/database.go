package pgtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
)

// Database is a database of a test's own.
type Database struct {
	*pgx.Conn // of a superuser; for one goroutine at a time
	Name      string
	DSN       identity.Secret

	server   *Server
	template string
}

// Empty is an empty database.
func (s *Server) Empty(ctx context.Context) (*Database, error) { return s.take(ctx, "template0") }

// Supabase is a database with the tables of Supabase Auth, and nobody in them.
func (s *Server) Supabase(ctx context.Context) (*Database, error) { return s.take(ctx, supabase) }

// take gives out a database that was given back, or makes one.
func (s *Server) take(ctx context.Context, template string) (*Database, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, d := range s.idle {
		if d.template == template {
			s.idle = slices.Delete(s.idle, i, i+1)
			return d, nil
		}
	}
	return s.create(ctx, template)
}

func (s *Server) create(ctx context.Context, template string) (*Database, error) {
	s.made++
	d := &Database{Name: fmt.Sprintf("rehome_test_%d_%d", os.Getpid(), s.made), server: s, template: template}
	d.DSN = s.dsn(d.Name)
	err := s.do(ctx, "create database "+d.Name+" encoding 'UTF8' template "+template)
	if err == nil {
		d.Conn, err = Connect(ctx, d.DSN)
	}
	return d, err
}

// do runs a statement that no database can run of itself.
func (s *Server) do(ctx context.Context, statement string) error {
	admin, err := s.wait(ctx, "postgres")
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	_, err = admin.Exec(ctx, statement)
	return err
}

// Crash crashes the server, as Server.Crash does, and connects anew.
func (d *Database) Crash(ctx context.Context) error {
	if err := d.server.Crash(); err != nil {
		return err
	}
	return d.Again(ctx)
}

// Again connects anew, after the server has crashed.
func (d *Database) Again(ctx context.Context) error {
	_ = d.Close(ctx)
	conn, err := d.server.wait(ctx, d.Name)
	if err == nil {
		d.Conn = conn
	}
	return err
}

// tidy makes a database as it was: what tests make lies in the schemas rehome and
// public, and users in Supabase Auth's. It takes a tenth of the time of a new one.
const tidy = "drop schema if exists rehome cascade; drop schema public cascade; create schema public;" +
	"do $$ begin if to_regclass('auth.users') is not null then truncate auth.users cascade; end if; end $$"

// Return gives a database back whose other schemas are as they were, for the next
// test. It is dropped where it cannot be tidied.
func (d *Database) Return() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := d.Exec(ctx, tidy); err != nil {
		return d.Drop()
	}
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	d.server.idle = append(d.server.idle, d)
	return nil
}

// Leave is done with a database that nobody else should come to see. It goes with
// the server where that is ours: dropping one takes as long as making it.
func (d *Database) Leave() error {
	if d.server.process == nil {
		return d.Drop()
	}
	return d.Close(context.Background()) // a test's own is cancelled by now
}

// Drop takes the database away, whoever is connected to it.
func (d *Database) Drop() error {
	ctx := context.Background() // a test's own is cancelled by now
	_ = d.Close(ctx)
	return d.server.do(ctx, "drop database "+d.Name+" with (force)")
}

// As is the connection string of another role, without a password.
func (d *Database) As(role string) identity.Secret {
	c := d.Config()
	return Keywords(c.Host, int(c.Port), role, "", d.Name)
}

// Connect reaches a database with nothing prepared.
func Connect(ctx context.Context, dsn identity.Secret) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(string(dsn))
	if err != nil {
		return nil, err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return pgx.ConnectConfig(ctx, config)
}

// Keywords is a connection string.
func Keywords(host string, port int, user, password, database string) identity.Secret {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	return identity.Secret(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s", quote(host), port, quote(user), quote(password), quote(database)))
}
