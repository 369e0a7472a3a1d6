package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

var (
	errOffline   = errors.New("postgres: this sink has no connection string and only judges")
	errUnchecked = errors.New("postgres: nothing is written before Preflight has looked at the target: a bug in rehome, please report it")
	// errBadAccount may pass: PgBouncer puts its error "server conn crashed?" into the
	// middle of a row whose server died (seen with 1.18), and nothing but a bad line
	// spoils what json_build_object wrote.
	errBadAccount = errors.New("postgres: a user was read back in a form that is not ours")
)

// doubt is what we found at the target ourselves, and no waiting mends.
type doubt struct{ words, hint string }

func (d *doubt) Error() string { return d.words }

func doubtful(format string, args ...any) *doubt { return &doubt{words: fmt.Sprintf(format, args...)} }

// mend is a doubt with what its reader can do.
func (d *doubt) mend(format string, args ...any) *doubt {
	return &doubt{d.words, fmt.Sprintf(format, args...)}
}

// stop is a failure that ends a run, with what its reader can do.
type stop struct{ words, hint string }

func (s *stop) Error() string { return s.words }

// Hint says what to do; "" where we know nothing.
func (s *stop) Hint() string { return s.hint }

// weary is a failure that may pass: it has outlasted our patience, or somebody has
// to do something before the same command goes on.
type weary struct{ stop }

// Transient marks the error as one that may pass.
func (*weary) Transient() bool { return true }

// unsure is a commit that failed: even a server that says it gave up may have done
// the work. The next try finds out.
type unsure struct{ error }

func (u unsure) Unwrap() error { return u.error }

// state is the SQLSTATE of a server's answer; "" for every other error.
func state(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// silent is what a trigger does to a row of ours without an error of the server's.
type silent struct{ words string }

func (s *silent) Error() string { return s.words }

// aboutRow tells whether a server's answer concerns the rows of the statement, and
// not every row there is: wrong or too long data (22), constraints (23), an
// exception that a trigger raised (P0), what a trigger called (38, 39), the check
// of a view (44), a row too large for an index (54).
func aboutRow(err error) bool {
	code := state(err)
	if _, quiet := errors.AsType[*silent](err); quiet || len(code) != 5 {
		return quiet
	}
	switch code[:2] {
	case "22", "23", "38", "39", "44", "54", "P0":
		return true
	}
	return false
}

const uniqueViolation, foreignKeyViolation = "23505", "23503"

// explain puts an error that ends a run into a sentence with what to do. Errors
// that may pass become a sink.Transient. Of a server's answer only the message is
// repeated, of some kinds and if no value of a user is in it: details, hints and
// contexts quote whole rows and statements.
func (s *Sink) explain(err error) error {
	if err == nil {
		return nil
	}
	tells := telling(err)
	e, answered := errors.AsType[*pgconn.PgError](tells)
	found, ours := errors.AsType[*doubt](tells)
	var end stop
	switch {
	case ours:
		end = stop(*found)
	case answered:
		end = answer(e, s.values(err))
	default:
		end = unreached(tells, err)
	}
	end.words = s.Target() + ": " + end.words
	if passing(err) || state(err) == diskFull {
		return &weary{end}
	}
	return &end
}

// diskFull is no reason to wait, but the same command goes on once there is room.
const diskFull = "53100"

// values are what an answer of the server may hold and must not be repeated.
func (s *Sink) values(err error) (list []string) {
	if c, carries := errors.AsType[*carrying](err); carries {
		list = c.values()
	}
	if s.pool != nil {
		list = append(list, s.pool.Config().ConnConfig.Password)
	}
	return list
}

// answer words a server's answer.
func answer(e *pgconn.PgError, values []string) stop {
	words, ok := repeatable(e.Message, values)
	hint := ""
	if !ok {
		words, hint = "the server's words hold what may be somebody's, and are not repeated", "the server's own log has them; a trigger or a check of the database may have put values into them"
	}
	said := words + "; " + sqlState(e)
	switch e.Code[:min(len(e.Code), 2)] {
	case "28":
		return stop{"the server does not let the role in (user, password or pg_hba.conf); " + sqlState(e), "the user and password come from DATABASE_URL, PGUSER and PGPASSWORD, or the password file"}
	case "3D":
		return stop{"there is no such database; " + sqlState(e), "name another, or create it: rehome makes tables, never a database"}
	case "53":
		return stop{"the server has run out of something: " + said, "make room there; whoever landed is whole and in the ledger"}
	case "08", "0A", "25", "3F", "42", "55", "57":
		return stop{said, hint}
	}
	return stop{"the server refused a statement of ours; " + sqlState(e), ""}
}

// unreached words what is no answer: the attempt that tells, of all that were made.
func unreached(err, all error) stop {
	_, dialling := errors.AsType[*pgconn.ConnectError](all)
	switch {
	case unknownHost(err):
		return stop{"there is no host of that name", "mind the spelling in --to, DATABASE_URL or PGHOST; a name inside a private network is known there alone"}
	case errors.Is(err, errNoTLS):
		return stop{"the server takes no TLS, without which nothing is sent to another machine", "switch ssl on at the server, or go there through a tunnel that ends on this machine"}
	case untrusted(err):
		return stop{"the server's certificate is not the one that sslmode and sslrootcert ask for", "sslrootcert names the authority that signed it; sslmode=require encrypts without asking who is there"}
	case errors.Is(err, errBadAccount):
		return stop{"a user was read back in a form that is not ours, again and again", "something between here and the server spoils its answers: connect without it"}
	case dialling:
		return stop{"the server cannot be reached", "is it running, and are host and port right?"}
	case errors.Is(all, context.DeadlineExceeded) || pgconn.Timeout(all):
		return stop{"the server does not answer", ""}
	}
	return stop{"the connection was lost", ""}
}

func sqlState(e *pgconn.PgError) string { return "SQLSTATE " + e.Code }

// refusal words what a server said of one row: where it said it and, of a trigger's
// own words, which.
func refusal(err error, values []string) string {
	if done, ok := errors.AsType[*silent](err); ok {
		return done.words
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return "the database refused the row"
	}
	words := "the database refused the row"
	if name, ok := repeatable(e.SchemaName+"."+e.TableName, values); ok && e.TableName != "" {
		words += " of " + name
	}
	if name, ok := repeatable(e.ColumnName, values); ok && name != "" {
		words += ", column " + name
	}
	if name, ok := repeatable(e.ConstraintName, values); ok && name != "" {
		words += ", constraint " + name
	}
	if said, ok := repeatable(e.Message, values); ok && strings.HasPrefix(e.Code, "P0") {
		words += fmt.Sprintf(", with the words %q", said)
	}
	return words + "; " + sqlState(e)
}
