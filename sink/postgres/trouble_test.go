package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/postgres/pgtest"
)

// TestLedgersAgree: a run goes on only where its own ledger and the one in the
// database can both be true.
func TestLedgersAgree(t *testing.T) {
	d := newDatabase(t, Generic)
	s := opened(t, d, Config{Layout: Generic, Batch: 5}, Run{Name: "one"})
	write(t, s, landings(s, people(20), false))
	for _, c := range []struct {
		run  Run
		want string
	}{
		{Run{Name: "one", Landed: 20}, ""},
		{Run{Name: "one", Landed: 15, Open: 5}, ""},
		{Run{Name: "one", Open: 40}, ""},
		{Run{Name: "two"}, ""},
		{Run{}, ""},
		{Run{Name: "one", Landed: 21}, "its own says that 21 users landed, the one in the database says 20"},
		{Run{Name: "two", Landed: 1, Open: 5}, "the one in the database says 0"},
		{Run{Name: "one", Landed: 10, Open: 9}, "knows of 10 and had 9 in hand"},
		{Run{Name: "one"}, "says that 20 users landed"},
		{Run{Name: strings.Repeat("x", 201)}, "at most 200 bytes"},
		{Run{Name: "a\x00b"}, "at most 200 bytes"},
	} {
		err := looked(t, d, Config{Layout: Generic}).Begin(t.Context(), c.run)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.run, err, c.want)
		}
		if _, passing := errors.AsType[sink.Transient](err); passing {
			t.Errorf("%+v: waiting would not mend this", c.run)
		}
	}
}

// TestMomentsApart: no two batches share a moment, by which the rows of one run are
// told from another's; who meets one that is taken tries again.
func TestMomentsApart(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			first := opened(t, d, Config{Layout: l}, Run{Name: "one"})
			write(t, first, landings(first, people(4)[:2], false))
			d.do(t, `create sequence rehome.tries; create function rehome.moment() returns timestamptz volatile language sql as
				$$ select case when nextval('rehome.tries') = 1 then (select max(committed_at) from rehome.import_batches) else now() end $$;
				alter table rehome.import_batches alter column committed_at set default rehome.moment()`)
			second := opened(t, d, Config{Layout: l}, Run{Name: "two"})
			results := write(t, second, landings(second, people(4)[2:], false))
			if count := outcomes(results); count[sink.Created] != 2 {
				t.Errorf("%v", count)
			}
			wantEqual(t, second, results)
			if got := d.text(t, "select last_value || ' tries, ' || (select count(distinct committed_at) from rehome.import_batches) || ' moments' from rehome.tries"); got != "2 tries, 2 moments" {
				t.Error(got)
			}
		})
	}
}

// TestSpoiltRow: a row whose end is something else, and a connection that ends with
// it, is a lost connection and no doubt about the table.
func TestSpoiltRow(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			line := badLine(t, d, d.DSN)
			s := opened(t, d, Config{Layout: l, DSN: line.DSN})
			landed := write(t, s, landings(s, people(5), false))
			line.SpoilNext()
			wantEqual(t, s, landed)
			line.SpoilNext()
			for _, r := range write(t, s, landings(s, people(5), true)) {
				if r.Outcome != sink.Recovered && r.Outcome != sink.Existing {
					t.Errorf("%s: %s", r.TargetID, r.Outcome)
				}
			}
		})
	}
}

// TestRecoveredByItsOwnRun: who was begun by one run and landed by another belongs
// to the other.
func TestRecoveredByItsOwnRun(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			first := opened(t, d, Config{Layout: l}, Run{Name: "one"})
			write(t, first, landings(first, people(6)[:3], false))
			second := opened(t, d, Config{Layout: l}, Run{Name: "two"})
			write(t, second, landings(second, people(6)[3:], false))
			again := opened(t, d, Config{Layout: l}, Run{Name: "one", Open: 6})
			for i, r := range write(t, again, landings(again, people(6), true)) {
				if want := map[bool]sink.Outcome{true: sink.Recovered, false: sink.Existing}[i < 3]; r.Outcome != want {
					t.Errorf("%d: %s, want %s", i, r.Outcome, want)
				}
			}
		})
	}
}

// TestLook: a look beforehand says what Write then does, and changes nothing.
func TestLook(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			if met, err := looked(t, d, Config{Layout: l}).Look(t.Context(), landings(offline(t, Config{Layout: l}), people(2), false)); err != nil || outcomes(met)[sink.Planned] != 2 {
				t.Errorf("before there are tables: %v %v", met, err)
			}
			s := opened(t, d, Config{Layout: l})
			us := people(6)
			write(t, s, landings(s, us[:2], false))
			us[2].Email, us[3].Phone = us[0].Email, us[1].Phone
			met, err := s.Look(t.Context(), landings(s, us, false))
			if err != nil {
				t.Fatal(err)
			}
			wantCounts(t, d, l, 2)
			for i, r := range write(t, s, landings(s, us, false)) {
				if r.Outcome == sink.Created {
					r.Outcome, r.State = sink.Planned, sink.State{}
				}
				if fmt.Sprint(met[i].Outcome, met[i].TargetID, met[i].Problem) != fmt.Sprint(r.Outcome, r.TargetID, r.Problem) {
					t.Errorf("%d: seen %v, became %v", i, met[i], r)
				}
			}
		})
	}
}

// TestFullDisk: a disk that is full ends the run with what to do; whoever landed
// before is whole and in the ledger, and once there is room the rest lands.
func TestFullDisk(t *testing.T) {
	own, err := pgtest.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Stop()
	d := databaseOf(t, own, Generic)
	s := opened(t, d, Config{Layout: Generic, Batch: 10}, Run{Name: "one"})
	ls := landings(s, people(1000), false)
	before := write(t, s, ls[:20])
	empty, err := d.Fill(t.Context(), "rehome.users")
	if err != nil {
		t.Fatal(err)
	}
	more, err := s.Write(t.Context(), ls[20:])
	if transient, ok := errors.AsType[sink.Transient](err); !ok || !transient.Transient() || len(more) == len(ls)-20 {
		t.Errorf("%d results, %v", len(more), err)
	}
	if text := told(err); !strings.Contains(text, "No space left on device") || !strings.Contains(text, "make room") {
		t.Error(text)
	}
	t.Log(told(err))
	if err := empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, d, Generic, 20+len(more))
	all := append(append(before, more...), write(t, s, ls[20+len(more):])...)
	if count := outcomes(all); count[sink.Created] != len(ls) {
		t.Errorf("%v", count)
	}
	wantCounts(t, d, Generic, len(ls))
	wantEqual(t, s, all)
}

// TestReadOnlyMeanwhile: a server that stops taking writes in the middle of a run
// ends it; nothing is half written.
func TestReadOnlyMeanwhile(t *testing.T) {
	d := spoilt(t, Generic)
	role := d.role(t, "")
	d.do(t, "grant create on database "+d.Name+" to "+role)
	s := opened(t, d, Config{Layout: Generic, DSN: d.As(role), Patience: 300 * time.Millisecond})
	write(t, s, landings(s, people(3), false))
	d.do(t, "alter role "+role+" set default_transaction_read_only = on")
	d.do(t, "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role)
	results, err := s.Write(t.Context(), landings(s, people(9), false))
	if err == nil || len(results) > 0 || !strings.Contains(err.Error(), "read-only transaction") {
		t.Errorf("%d results, %v", len(results), err)
	}
	wantCounts(t, d, Generic, 3)
}

// TestNobodyPasses: a trigger that fails for everyone refuses everyone, each by
// name, and leaves nothing behind.
func TestNobodyPasses(t *testing.T) {
	d := newDatabase(t, Supabase)
	s := opened(t, d, Config{Layout: Supabase, Batch: 16})
	d.do(t, `create function public.welcome() returns trigger language plpgsql as $$ begin insert into public.profiles values (new.id); return new; end $$;
		create trigger welcome after insert on auth.users for each row execute function public.welcome()`)
	_, err := s.Write(t.Context(), landings(s, people(20), false))
	if err == nil || !strings.Contains(err.Error(), `relation "public.profiles" does not exist`) {
		t.Errorf("%v", err)
	}
	wantCounts(t, d, Supabase, 0)
	d.do(t, "create table public.profiles (id uuid check (false))")
	results := write(t, s, landings(s, people(20), false))
	for _, r := range results {
		if r.Outcome != sink.Rejected || !strings.Contains(r.Problem.Detail, "public.profiles") {
			t.Errorf("%s %v", r.Outcome, r.Problem)
		}
	}
	wantCounts(t, d, Supabase, 0)
}

// TestStarting: a server that is starting is waited for, over TCP and with libpq's
// own sslmode, where the driver tries twice and joins two errors.
func TestStarting(t *testing.T) {
	d := newDatabase(t, Generic)
	for _, mode := range []string{"disable", "prefer", "allow"} {
		p := badLine(t, d, d.DSN)
		s := opened(t, d, Config{Layout: Generic, DSN: identity.Secret(strings.Replace(string(p.DSN), "prefer", mode, 1)), Patience: 5 * time.Second})
		p.Start(4)
		p.Cut()
		results, err := s.Write(t.Context(), landings(s, people(3), true))
		if err != nil || len(results) != 3 {
			t.Errorf("sslmode=%s: %d results, %v", mode, len(results), err)
		}
		p.Start(100)
		p.Cut()
		s.config.Patience = 300 * time.Millisecond
		_, err = s.Write(t.Context(), landings(s, people(3), true))
		if _, passing := errors.AsType[sink.Transient](err); !passing || !strings.Contains(err.Error(), "starting up; SQLSTATE 57P03") {
			t.Errorf("sslmode=%s: %v (passing %v)", mode, err, passing)
		}
	}
}

// TestWaits: what is tried again, by SQLSTATE and by type, of one attempt or several.
func TestWaits(t *testing.T) {
	starting := &pgconn.PgError{Code: "57P03", Message: "the database system is starting up"}
	unknown, failing := &net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}, &net.DNSError{Err: "server misbehaving", Name: "h", IsTemporary: true}
	for name, c := range map[string]struct {
		errs []error // of the ways to connect
		want bool
	}{
		"starting":                                {[]error{starting}, true},
		"no TLS, and starting":                    {[]error{errNoTLS, starting}, true},
		"starting, and no TLS":                    {[]error{starting, errNoTLS}, true},
		"no TLS":                                  {[]error{errNoTLS}, false},
		"no TLS at either address":                {[]error{errNoTLS, fmt.Errorf("tls error: %w", errNoTLS)}, false},
		"words that say TLS":                      {[]error{errors.New("server refused TLS connection")}, true},
		"no such host":                            {[]error{unknown}, false},
		"neither host":                            {[]error{unknown, unknown}, false},
		"one host, and nobody listens there":      {[]error{unknown, syscall.ECONNREFUSED}, true},
		"nobody answers who such a host is":       {[]error{failing}, true},
		"a wrong password":                        {[]error{&pgconn.PgError{Code: "28P01"}}, false},
		"no TLS, and a wrong password":            {[]error{errNoTLS, &pgconn.PgError{Code: "28P01"}}, false},
		"a certificate of somebody else":          {[]error{x509.UnknownAuthorityError{}}, false},
		"a certificate, and a server that starts": {[]error{x509.UnknownAuthorityError{}, starting}, true},
		"too many clients":                        {[]error{errNoTLS, &pgconn.PgError{Code: "53300"}}, true},
	} {
		for _, err := range []error{connecting(t, c.errs...), fmt.Errorf("begin: %w", connecting(t, c.errs...))} {
			if got := passing(err); got != c.want {
				t.Errorf("%s: passing %v", name, got)
			}
		}
	}
}

// connecting is the driver's error for attempts that failed so.
func connecting(t *testing.T, errs ...error) error {
	t.Helper()
	c, err := pgconn.ParseConfig("host=" + strings.Repeat("127.0.0.1,", len(errs)-1) + "127.0.0.1 sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	c.DialFunc = func(context.Context, string, string) (net.Conn, error) {
		err := errs[0]
		errs = errs[1:]
		return nil, err
	}
	if _, err = pgconn.ConnectConfig(t.Context(), c); err == nil {
		t.Fatal("connected")
	}
	return err
}
