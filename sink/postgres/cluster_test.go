package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/fixtures"
	"rehome/identity"
)

// The tests run on a real Postgres: a private cluster on a socket in a temporary
// folder, or the server that REHOME_TEST_DATABASE names, whose role must be a
// superuser.

// cluster is a server for the tests of this package.
type cluster struct {
	dsn  func(database string) identity.Secret // of the superuser
	stop func()
	made atomic.Int64

	bin, dir string // its programs and its folder, where it is our own
	halt     func() // ends the server
}

var server = sync.OnceValues(startCluster)

var started atomic.Pointer[cluster]

func TestMain(m *testing.M) {
	code := m.Run()
	if c := started.Load(); c != nil {
		c.stop()
	}
	os.Exit(code)
}

var errNoServer = errors.New("these tests need a Postgres server: install its programs (apt install postgresql, brew install postgresql), put initdb and postgres into PATH, or set REHOME_TEST_DATABASE to the connection string of a superuser")

func startCluster() (*cluster, error) {
	c := &cluster{stop: func() {}}
	if dsn := os.Getenv("REHOME_TEST_DATABASE"); dsn != "" {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			return nil, errors.New("REHOME_TEST_DATABASE is no connection string")
		}
		c.dsn = func(database string) identity.Secret {
			return keywords(config.Host, int(config.Port), config.User, config.Password, database)
		}
	} else if err := c.start(); err != nil {
		return nil, err
	}
	started.Store(c)
	return c, c.prepare()
}

func keywords(host string, port int, user, password, database string) identity.Secret {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	return identity.Secret(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s", quote(host), port, quote(user), quote(password), quote(database)))
}

// programs finds the folder of initdb and postgres, the newest where there are
// several.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), nil
		}
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/local/opt/postgresql*/bin/initdb"} {
		matches, _ := filepath.Glob(pattern)
		found = append(found, matches...)
	}
	if len(found) == 0 {
		return "", errNoServer
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })), nil
}

// start makes a cluster and serves it on a socket alone. A shell stands between:
// when this process ends, however it ends, the shell's input does, and it stops
// the server.
func (c *cluster) start() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(shortTemp(), "rehome-pg-")
	if err != nil {
		return err
	}
	who, err := unprivileged(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "rehome", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir = who, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %v\n%s", err, out)
	}
	c.bin, c.dir = bin, dir
	c.stop = func() {
		c.halt()
		_ = os.RemoveAll(dir)
	}
	c.dsn = func(database string) identity.Secret { return keywords(dir, 5432, "rehome", "", database) }
	return c.serve()
}

// serve starts the server of a cluster of our own.
func (c *cluster) serve() error {
	who, err := unprivileged(c.dir)
	if err != nil {
		return err
	}
	serve := exec.Command("/bin/sh", "-c", `"$@" & server=$!; read line; kill -INT $server; wait $server`, "sh",
		filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB", "-c", "max_connections=80", "-c", "log_min_messages=fatal")
	serve.SysProcAttr, serve.Dir = who, c.dir
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	serve.Stdout, serve.Stderr = log, log
	leash, err := serve.StdinPipe()
	if err != nil {
		return err
	}
	c.halt = func() {
		_ = leash.Close()
		_ = serve.Wait()
		_ = log.Close()
	}
	return serve.Start()
}

// shortTemp is a folder with a short name: a socket's path has 107 bytes at most.
func shortTemp() string {
	if _, err := os.Stat("/tmp"); err == nil {
		return "/tmp"
	}
	return ""
}

// template holds Supabase Auth's tables, for databases to be copied from.
const template = "rehome_test_supabase"

// prepare waits until the server answers, and makes the template.
func (c *cluster) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var conn *pgx.Conn
	for err := errNoServer; err != nil; {
		if conn, err = connect(ctx, c.dsn("postgres")); err != nil && sleep(ctx, 20*time.Millisecond) != nil {
			return fmt.Errorf("the server does not answer: %w", err)
		}
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "drop database if exists "+template); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "create database "+template+" encoding 'UTF8' template template0"); err != nil {
		return err
	}
	auth, err := connect(ctx, c.dsn(template))
	if err != nil {
		return err
	}
	defer auth.Close(ctx)
	_, err = auth.Exec(ctx, string(fixtures.Read("supabase-auth/auth-schema-v2.196.0.sql"))+"; insert into auth.schema_migrations values ('"+oldestAuth+"'), ('20260625000000')")
	return err
}

func connect(ctx context.Context, dsn identity.Secret) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(string(dsn))
	if err != nil {
		return nil, err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return pgx.ConnectConfig(ctx, config)
}

// database is an empty database of the test's own; in the supabase layout with the
// auth server's tables.
type database struct {
	dsn  identity.Secret
	name string
	*pgx.Conn
}

func newDatabase(t testing.TB, l Layout) *database {
	t.Helper()
	c, err := server()
	if err != nil {
		t.Fatal(err)
	}
	from := "template0"
	if l == Supabase {
		from = template
	}
	admin, err := connect(t.Context(), c.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	d := &database{name: fmt.Sprintf("rehome_test_%d_%d", os.Getpid(), c.made.Add(1))}
	d.dsn = c.dsn(d.name)
	if _, err := admin.Exec(t.Context(), "create database "+d.name+" encoding 'UTF8' template "+from); err != nil {
		t.Fatal(err)
	}
	if d.Conn, err = connect(t.Context(), d.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // t's is cancelled by now
		_ = d.Conn.Close(ctx)
		_, _ = admin.Exec(ctx, "drop database "+d.name+" with (force)")
		_ = admin.Close(ctx)
	})
	return d
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
func opened(t testing.TB, d *database, c Config) *Sink {
	t.Helper()
	if c.DSN == "" {
		c.DSN = d.dsn
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
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
