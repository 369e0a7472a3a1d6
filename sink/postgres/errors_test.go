package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"rehome/sink"
)

// TestExplain: what a server says ends a run with what to do, or passes; rows never
// come along.
func TestExplain(t *testing.T) {
	s := fresh(t, nil, Config{Layout: Generic, DSN: "postgres://me:hunter2@localhost:1/db"})
	for _, c := range []struct {
		err     error
		passing bool
		want    string
	}{
		{&pgconn.PgError{Code: "53100", Message: `could not extend file "base/5/1": No space left on device`}, true, "No space left on device"},
		{&pgconn.PgError{Code: "53300", Message: "sorry, too many clients already"}, true, "too many clients"},
		{&pgconn.PgError{Code: "25006", Message: "cannot execute COPY FROM in a read-only transaction"}, false, "read-only transaction"},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for table users"}, false, "permission denied for table users"},
		{&pgconn.PgError{Code: "42P05", Message: `prepared statement "x" already exists`}, false, "42P05"},
		{&pgconn.PgError{Code: "40P01", Message: "deadlock detected"}, true, "40P01"},
		{&pgconn.PgError{Code: "55P03", Message: "canceling statement due to lock timeout"}, true, "lock timeout"},
		{&pgconn.PgError{Code: "57014", Message: "canceling statement due to statement timeout"}, true, "statement timeout"},
		{&pgconn.PgError{Code: "57P01", Message: "terminating connection due to administrator command"}, true, "terminating connection"},
		{&pgconn.PgError{Code: "28P01", Message: "password authentication failed"}, false, "does not let the role in"},
		{&pgconn.PgError{Code: "XX000", Message: "row hunter2"}, false, "refused a statement of ours; SQLSTATE XX000"},
		{&pgconn.PgError{Code: "23514", Message: "hunter2", Detail: "hunter2"}, false, "refused a statement of ours"},
		{unsure{&pgconn.PgError{Code: "23514", Message: "hunter2"}}, true, "refused a statement of ours"},
		{unsure{io.ErrUnexpectedEOF}, true, "connection was lost"},
		{fmt.Errorf("wrapped: %w", io.EOF), true, "connection was lost"},
		{connecting(t, &net.DNSError{Err: "no such host", Name: "db.example.test", IsNotFound: true}), false, "no host of that name"},
		{connecting(t, &net.DNSError{Err: "server misbehaving", Name: "db.example.test", IsTemporary: true}), true, "cannot be reached"},
		{connecting(t, errNoTLS, &pgconn.PgError{Code: "57P03", Message: "the database system is starting up"}), true, "starting up; SQLSTATE 57P03"},
		{connecting(t, errNoTLS), false, "takes no TLS"},
		{context.DeadlineExceeded, true, "does not answer"},
		{doubtful("no ledger there"), false, "no ledger there"},
	} {
		err := s.explain(c.err)
		_, passing := errors.AsType[sink.Transient](err)
		if passing != c.passing || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v (passing %v)", c.err, err, passing)
		}
	}
	if s.explain(nil) != nil {
		t.Error("nothing is wrong, and explained")
	}
}

func TestRefusal(t *testing.T) {
	const hash = "$2y$10$6rX8d30EBUQcZ7CAHOc0s"
	for _, c := range []struct {
		err  error
		want string
	}{
		{&pgconn.PgError{Code: "23502", SchemaName: "public", TableName: "profiles", ColumnName: "name", Message: hash, Detail: hash}, "the database refused the row of public.profiles, column name; SQLSTATE 23502"},
		{&pgconn.PgError{Code: "23514", ConstraintName: "adults"}, "the database refused the row, constraint adults; SQLSTATE 23514"},
		{&pgconn.PgError{Code: "P0001", Message: "no sevens"}, `the database refused the row, with the words "no sevens"; SQLSTATE P0001`},
		{&pgconn.PgError{Code: "P0001", Message: "not " + hash[5:15]}, "the database refused the row; SQLSTATE P0001"},
		{&pgconn.PgError{Code: "P0001", Message: strings.Repeat("é", 300)}, `the database refused the row, with the words "` + strings.Repeat("é", 200) + `"; SQLSTATE P0001`},
		{&silent{"a trigger of auth.users leaves the row out"}, "a trigger of auth.users leaves the row out"},
		{io.EOF, "the database refused the row"},
	} {
		if got := refusal(c.err, []string{"", "ab", hash}); got != c.want {
			t.Errorf("%v: %s", c.err, got)
		}
	}
}
