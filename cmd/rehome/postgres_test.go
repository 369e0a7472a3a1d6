package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"rehome/sink/postgres/pgtest"
)

// postgresServer is the one that the tests of this package share.
var postgresServer = sync.OnceValues(func() (*pgtest.Server, error) { return pgtest.Start(context.Background()) })

// startDatabase is a database of the test's own, empty or with the tables of
// Supabase Auth.
func startDatabase(t testing.TB, kind string) *pgtest.Database {
	t.Helper()
	server, err := postgresServer()
	if err != nil {
		t.Fatal(err)
	}
	create := server.Empty
	if kind == "supabase" {
		create = server.Supabase
	}
	d, err := create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Drop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// linesOf asks a database for texts.
func linesOf(t testing.TB, d *pgtest.Database, query string, args ...any) []string {
	t.Helper()
	found, err := d.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	texts, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return texts
}

// scriptBase is the database of a script.
type scriptBase struct {
	*pgtest.Database
	who string
}

func newScriptBase(t *testing.T, kind string) *scriptBase {
	t.Helper()
	b := &scriptBase{Database: startDatabase(t, kind)}
	b.who = b.Name + "_role"
	t.Setenv("DATABASE_URL", string(b.DSN))
	return b
}

// role makes a role, and is it from here on.
func (b *scriptBase) role(t *testing.T, options string) {
	t.Helper()
	b.rows(t, "create role {role} login "+options)
	t.Setenv("DATABASE_URL", string(b.As(b.who)))
	t.Cleanup(func() { // the test's own context is cancelled by now
		if _, err := b.Exec(context.Background(), "drop owned by "+b.who+"; drop role "+b.who); err != nil {
			t.Error(err)
		}
	})
}

// rows runs statements; of one that selects a single text, the texts.
func (b *scriptBase) rows(t *testing.T, statements string) []string {
	t.Helper()
	statements = strings.ReplaceAll(statements, "{role}", b.who)
	if strings.HasPrefix(statements, "select ") {
		return linesOf(t, b.Database, statements)
	}
	if _, err := b.Exec(t.Context(), statements); err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return nil
}

var serverVersion = regexp.MustCompile(`postgres \((generic|supabase)\) \d+(\.\d+)? at `)

// settle replaces what differs from server to server and from test to test.
func (b *scriptBase) settle(text string) string {
	c := b.Config()
	text = serverVersion.ReplaceAllString(text, "postgres ($1) 15.18 at ")
	return strings.NewReplacer(
		fmt.Sprintf("%s:%d/%s", c.Host, c.Port, b.Name), "/run/postgresql:5432/shop", b.who, "importer", b.Name, "shop",
	).Replace(text)
}

// TestPasswordTyped: a password on the command line is refused in every spelling, by
// every verb that takes a target, and never repeated.
func TestPasswordTyped(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("users.jsonl", []byte(`{"id":"a","email":"a@example.test"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const secret = "hunter2"
	for _, words := range [][]string{
		{"--to", "host=db user=me password=" + secret}, {"--to", "host=db password = '" + secret + "'"}, {"--to=host=db password=" + secret},
		{"--to", "host=db", "user=me", "password=" + secret}, {"--to", "postgres://me:" + secret + "@db/shop"}, {"--to", "postgres://db/shop?password=" + secret},
		{"--to", "postgres://db/shop?sslpassword=" + secret}, {"--to", "me:" + secret + "@db"}, {"--to", "mysql://me:" + secret + "@db/shop"}, {"--to", "https://me:" + secret + "@host/v1"},
		{"--to", "postgres://db/shop?pass%77ord=" + secret}, {"--endpoint", "https://me:" + secret + "@host/v1"}, {"PASSWORD=" + secret},
	} {
		for _, verb := range []string{"import", "inspect", "prove", "verify", "undo", "retry"} {
			if words[0] == "--endpoint" && verb == "prove" {
				continue
			}
			var out bytes.Buffer
			args := append([]string{"rehome", verb, "users.jsonl", "--layout", "generic"}, words...)
			if code := run(t.Context(), args, strings.NewReader(""), &out, &out); code != exitUsage || strings.Contains(out.String(), secret) {
				t.Errorf("%v: exit %d\n%s", args, code, out.String())
			}
		}
	}
}
