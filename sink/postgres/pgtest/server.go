package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/fixtures"
	"rehome/identity"
)

// Server is a Postgres for tests.
type Server struct {
	dsn func(database string) identity.Secret // of a superuser

	mu   sync.Mutex
	made int         // databases so far
	idle []*Database // given back

	// Where it is our own: its programs, its folder, and what ends it.
	bin, dir string
	settings []string
	leash    io.WriteCloser
	process  *exec.Cmd
}

// Start is the server that REHOME_TEST_DATABASE names, or else one of our own.
func Start(ctx context.Context) (*Server, error) {
	dsn := os.Getenv("REHOME_TEST_DATABASE")
	if dsn == "" {
		return Own(ctx)
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("REHOME_TEST_DATABASE is no connection string")
	}
	s := &Server{dsn: func(database string) identity.Secret {
		return Keywords(config.Host, int(config.Port), config.User, config.Password, database)
	}}
	return s, s.prepare(ctx)
}

// Own makes a cluster and serves it on a socket alone, with settings such as
// "fsync=on" beside those that make tests quick.
func Own(ctx context.Context, settings ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(shortTemp(), "rehome-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, settings: settings}
	s.dsn = func(database string) identity.Secret { return Keywords(dir, 5432, "rehome", "", database) }
	who, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "rehome", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir = who, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %v\n%s", err, out)
	}
	if err := s.serve(); err != nil {
		return nil, err
	}
	return s, s.prepare(ctx)
}

// quick is what a server may do that is thrown away: nothing outlives a power cut.
func quick() []string {
	return []string{"listen_addresses=", "fsync=off", "shared_buffers=64MB", "max_connections=80", "log_min_messages=fatal", "autovacuum=off"}
}

// keeper stands between us and the server: when this process ends, however it
// ends, its input does, and it stops the server and takes the folder away, unless
// it reads "keep".
const keeper = `"$@" & server=$!; read word; kill -INT $server; wait $server; test "$word" = keep || rm -rf "$PWD"`

func (s *Server) serve() error {
	who, err := unprivileged(s.dir)
	if err != nil {
		return err
	}
	args := []string{"-c", keeper, "sh", filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-k", s.dir}
	for _, setting := range append(quick(), s.settings...) {
		args = append(args, "-c", setting)
	}
	s.process = exec.Command("/bin/sh", args...)
	s.process.SysProcAttr, s.process.Dir = who, s.dir
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own
	s.process.Stdout, s.process.Stderr = log, log
	if s.leash, err = s.process.StdinPipe(); err != nil {
		return err
	}
	return s.process.Start()
}

// Stop ends a server of our own and takes its folder away.
func (s *Server) Stop() {
	if s.process != nil {
		_ = s.leash.Close()
		_ = s.process.Wait()
	}
}

var errNotOurs = errors.New("the server of REHOME_TEST_DATABASE is not crashed for a test: leave the variable out")

// Crash ends a server of our own without a word to anybody, as a power cut would
// but for the disk, and serves anew.
func (s *Server) Crash() error {
	if s.process == nil {
		return errNotOurs
	}
	pid, err := s.postmaster()
	if err != nil {
		return err
	}
	if err := quit(pid); err != nil {
		return err
	}
	_, _ = io.WriteString(s.leash, "keep\n")
	_ = s.leash.Close()
	_ = s.process.Wait()
	if err := os.Remove(filepath.Join(s.dir, "data", "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return s.serve()
}

// postmaster is the number of the server's first process.
func (s *Server) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// DSN is the connection string of a superuser.
func (s *Server) DSN(database string) identity.Secret { return s.dsn(database) }

// supabase holds Supabase Auth's tables, for databases to be copied from.
const supabase = "rehome_test_supabase"

// prepare waits until the server answers, and makes the template.
func (s *Server) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := s.wait(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "drop database if exists "+supabase); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "create database "+supabase+" encoding 'UTF8' template template0"); err != nil {
		return err
	}
	auth, err := Connect(ctx, s.dsn(supabase))
	if err != nil {
		return err
	}
	defer auth.Close(ctx)
	_, err = auth.Exec(ctx, string(fixtures.Read("supabase-auth/auth-schema-v2.196.0.sql"))+
		"; insert into auth.schema_migrations values ('20231117164230'), ('20260625000000')")
	return err
}

// wait connects as soon as the server answers.
func (s *Server) wait(ctx context.Context, database string) (*pgx.Conn, error) {
	for {
		conn, err := Connect(ctx, s.dsn(database))
		if err == nil {
			return conn, nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, fmt.Errorf("the server does not answer: %w", err)
		}
	}
}
