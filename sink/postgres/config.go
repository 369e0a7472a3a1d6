package postgres

import (
	"errors"
	"fmt"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// Config says which database users land in, and how.
type Config struct {
	// Layout is the tables that users land in. Required.
	Layout Layout
	// Schema holds our own tables: the ledger and, in the generic layout, the
	// users; empty: "rehome". Supabase Auth's tables are always in "auth". Optional.
	Schema string

	// ID says what id a user has at the target; empty: auto. The generic layout
	// takes ids of 1 to 128 characters; Supabase Auth takes UUIDs only, so that auto
	// derives one from any other id. Optional.
	ID sink.IDRule
	// Roles says where a user's roles and groups go: Drop, or Labels (generic: the
	// column labels; supabase: "labels" in the app metadata, which only the server
	// can change and which stands in every token). Optional.
	Roles Place
	// Claims says where custom claims and attributes go: Drop, or Prefs (generic:
	// the column prefs; supabase: "claims" in the app metadata). Optional.
	Claims Place
	// Dates says where the date of the last sign-in goes in the supabase layout,
	// whose own column must stay empty until somebody signs in there: Drop, or Prefs
	// ("last_sign_in_at" in the app metadata). The date of sign-up always has its
	// column, and the generic layout has one for both. Optional.
	Dates Place
	// ConfirmEmails counts every e-mail address as confirmed, in the supabase
	// layout. Supabase Auth lets nobody in with an unconfirmed address. It also lets
	// whoever registered somebody else's address keep that account. Optional.
	ConfirmEmails bool
	// KeyInHash writes the project's signer key into every row of the generic
	// layout. Otherwise it stays out, and the application keeps it in its own
	// settings: whoever reads the table alone then cannot try passwords. Optional.
	KeyInHash bool

	// DSN is a connection string, URL or keywords; what it leaves out comes from
	// PG* and the password file, as with psql. Empty: the sink only judges.
	DSN identity.Secret
	// Create has Begin make the schema and the tables of ours that are missing.
	// Optional.
	Create bool
	// EmptyTarget leaves the indexes of the generic layout out until Finish; the
	// table must be empty. Optional.
	EmptyTarget bool
	// Cascade has Remove take rows of other tables with the users whom they hang on.
	// Without it, those users are spared. Optional.
	Cascade bool
	// Batch is the number of users in a transaction; 0: 2,000. Optional.
	Batch int
	// Workers is how many Writes run at once, and so how many connections are
	// kept; 0: 2. More gain little: the server's upkeep of indexes is the limit.
	// Optional.
	Workers int
	// Patience is how long a transaction is repeated while the target is down or
	// its rows are locked; 0: two minutes. Optional.
	Patience time.Duration
	// Timeout bounds one statement, at the server; 0: one minute. Optional.
	Timeout time.Duration
}

// Layout is a set of tables.
type Layout string

// The layouts.
const (
	Generic  Layout = "generic"
	Supabase Layout = "supabase"
)

// Place is where something of a user goes that may be a right.
type Place string

// The places. The empty Place is Drop.
const (
	Drop   Place = "drop"   // it is not carried, and counted as a loss
	Labels Place = "labels" // among the labels
	Prefs  Place = "prefs"  // in the JSON beside the user
)

const (
	defaultSchema   = "rehome"
	defaultBatch    = 2000
	defaultWorkers  = 2
	defaultPatience = 2 * time.Minute
	defaultTimeout  = time.Minute
)

// maxSchema is the longest name that Postgres keeps, in bytes (NAMEDATALEN - 1).
const maxSchema = 63

// withDefaults fills in what was left out and refuses what makes no sense.
func (c Config) withDefaults() (Config, error) {
	if c.Schema == "" {
		c.Schema = defaultSchema
	}
	for _, p := range []struct {
		what  string
		place *Place
		other Place
	}{{"roles", &c.Roles, Labels}, {"claims", &c.Claims, Prefs}, {"dates", &c.Dates, Prefs}} {
		if err := oneOf(p.what, p.place, p.other); err != nil {
			return c, err
		}
	}
	if c.Batch < 0 || c.Workers < 0 || c.Patience < 0 || c.Timeout < 0 {
		return c, errors.New("postgres: batch, workers, patience and timeout must not be negative")
	}
	c.Batch, c.Workers = orElse(c.Batch, defaultBatch), orElse(c.Workers, defaultWorkers)
	c.Patience, c.Timeout = orElse(c.Patience, defaultPatience), orElse(c.Timeout, defaultTimeout)
	return c, c.check()
}

func orElse[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

func (c Config) check() error {
	switch {
	case c.Layout == "":
		return errors.New("postgres: the layout is not given; use generic or supabase")
	case c.Layout != Generic && c.Layout != Supabase:
		return fmt.Errorf("postgres: unknown layout %q; use generic or supabase", string(c.Layout))
	case len(c.Schema) > maxSchema || !goodText(c.Schema):
		return fmt.Errorf("postgres: the name of the schema must be text of 1 to %d bytes", maxSchema)
	case c.Layout == Supabase && c.Schema == supabaseSchema:
		return errors.New("postgres: the schema auth belongs to Supabase Auth; our ledger needs another, such as rehome")
	case c.Layout == Generic && c.ConfirmEmails:
		return errors.New("postgres: confirming addresses is for the supabase layout; in the generic one the application decides who may sign in")
	case c.Layout == Supabase && c.EmptyTarget:
		return errors.New("postgres: an empty target is for the generic layout; the indexes of auth.users are not ours to drop")
	case c.Layout == Supabase && c.KeyInHash:
		return errors.New("postgres: in the supabase layout the signer key always stands in the hash")
	}
	return idFormOf(c.Layout).check(c.ID)
}

func oneOf(what string, p *Place, other Place) error {
	if *p == "" {
		*p = Drop
	}
	if *p != Drop && *p != other {
		return fmt.Errorf("postgres: %s go to %q or %q, not %q", what, other, Drop, *p)
	}
	return nil
}
