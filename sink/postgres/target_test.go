package postgres

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

func fresh(t testing.TB, d *database, c Config) *Sink {
	t.Helper()
	if c.DSN == "" {
		c.DSN = d.DSN
	}
	c.Patience = time.Second
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// role makes a role that may log in, and drops it when the test ends.
func (d *database) role(t *testing.T, options string) string {
	t.Helper()
	name := d.Name + "_role"
	d.do(t, "create role "+name+" login "+options)
	t.Cleanup(func() { // the test's own context is cancelled by now
		if _, err := d.Exec(context.Background(), "drop owned by "+name+"; drop role "+name); err != nil {
			t.Error(err)
		}
	})
	return name
}

func TestPreflight(t *testing.T) {
	d := newDatabase(t, Supabase)
	s := fresh(t, d, Config{Layout: Supabase, Create: true})
	info, err := s.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Version == "" || info.Now.IsZero() || info.TLS != "none (this machine)" || info.Pooler || info.Users != 0 || info.Schema != "20260625000000" ||
		len(info.Missing) != 1 || !info.Ledger || len(info.Triggers) != 0 {
		t.Errorf("%+v", info)
	}
	if err := s.Begin(t.Context(), Run{}); err != nil {
		t.Fatal(err)
	}
	write(t, s, landings(s, people(5), false))
	d.do(t, "create function public.noted() returns trigger language plpgsql as 'begin return new; end'; create trigger noted after insert on auth.users for each row execute function public.noted(); analyze auth.users")
	info, err = fresh(t, d, Config{Layout: Supabase}).Preflight(t.Context())
	if err != nil || info.Users != 5 || len(info.Missing) != 0 || len(info.Notes) != 1 || fmt.Sprint(info.Triggers) != "[noted on auth.users]" {
		t.Errorf("%+v %v", info, err)
	}
}

// told is what a person reads of an error: what is wrong, and what to do.
func told(err error) string {
	hinting, ok := errors.AsType[interface {
		error
		Hint() string
	}](err)
	if !ok || hinting.Hint() == "" {
		return fmt.Sprint(err)
	}
	return err.Error() + "\n" + hinting.Hint()
}

// TestDoubts: what is wrong with a target is said before anything is written.
func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		name   string
		layout Layout
		spoil  string // {role} stands for the role that the sink is
		role   string // options of a role of the test's own
		create bool
		want   string
	}{
		{"no tables", Generic, "select", "", false, "--create makes them"},
		{"no Supabase", Supabase, "drop schema auth cascade", "", false, "no database of Supabase Auth"},
		{"half-made", Supabase, "truncate auth.schema_migrations", "", false, "half made"},
		{"too old", Supabase, "delete from auth.schema_migrations; insert into auth.schema_migrations values ('20221215195800')", "", false, "is the oldest"},
		{"a column that is gone", Supabase, "alter table auth.identities drop column provider_id", "", false, `no column "provider_id"`},
		{"a column of another type", Supabase, "alter table auth.users alter column banned_until type timestamp", "", false, `the column "banned_until" of auth.users is of the type timestamp without time zone, where timestamptz was expected`},
		{"a column that insists", Supabase, "alter table auth.users add column pet text not null", "", false, `column "pet"`},
		{"read-only", Supabase, "alter role {role} set default_transaction_read_only = on; grant usage on schema auth to {role}", "", false, "read-only"},
		{"no right to the schema", Supabase, "select", "bypassrls", false, `grant usage on schema auth to "`},
		{"no rights", Supabase, "grant usage on schema auth to {role}; grant select on auth.schema_migrations to {role}", "bypassrls", false, "may not select on auth.users"},
		{"no right to insert", Supabase, "grant usage on schema auth to {role}; grant select on all tables in schema auth to {role}", "bypassrls", false, "may not insert on auth.users"},
		{"row security", Supabase, "grant usage on schema auth to {role}; grant all on all tables in schema auth to {role}; alter table auth.schema_migrations disable row level security", "", false, "row security of auth.users"},
		{"no right to create", Generic, "select", "nocreatedb", true, "may not create the schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := spoilt(t, c.layout)
			config := Config{Layout: c.layout, Create: c.create}
			if strings.Contains(c.spoil, "{role}") || c.role != "" {
				role := d.role(t, c.role)
				c.spoil = strings.ReplaceAll(c.spoil, "{role}", role)
				config.DSN = d.As(role)
			}
			d.do(t, c.spoil)
			s := fresh(t, d, config)
			_, err := s.Preflight(t.Context())
			if err == nil || !strings.Contains(told(err), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if !strings.Contains(told(err), "\n") {
				t.Errorf("%v: and what is to be done?", err)
			}
			if _, passing := errors.AsType[sink.Transient](err); passing {
				t.Error("waiting would not mend this")
			}
			if _, err := s.Write(t.Context(), nil); err == nil {
				t.Error("and still it writes")
			}
		})
	}
}

// TestSupabaseRole loads as a role like that of a hosted project: no superuser, but
// one that row security does not hold for.
func TestSupabaseRole(t *testing.T) {
	d := spoilt(t, Supabase)
	role := d.role(t, "bypassrls")
	d.do(t, "grant usage on schema auth to "+role+"; grant all on all tables in schema auth to "+role+"; grant create on database "+d.Name+" to "+role)
	s := opened(t, d, Config{Layout: Supabase, DSN: d.As(role)})
	results := write(t, s, landings(s, people(20), false))
	if count := outcomes(results); count[sink.Created] != 20 {
		t.Errorf("%v", count)
	}
	wantEqual(t, s, results)
	if got := d.text(t, "select coalesce(string_agg(grantee, ' '), '') from information_schema.role_table_grants where table_schema = 'rehome' and grantee <> $1", role); got != "" {
		t.Errorf("others may use the ledger: %s", got)
	}
}

func TestCreate(t *testing.T) {
	d := spoilt(t, Generic)
	var group sync.WaitGroup
	for range 4 {
		s := fresh(t, d, Config{Layout: Generic, Schema: `Odd "name"`})
		group.Go(func() {
			if _, err := s.Create(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := fresh(t, d, Config{Layout: Generic, Schema: `Odd "name"`})
	if done, err := s.Create(t.Context()); err != nil || len(done) != 0 {
		t.Errorf("made again: %v %v", done, err)
	}
	if _, err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(t.Context(), Run{}); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, s, write(t, s, landings(s, people(3), false)))
	d.do(t, `insert into "Odd ""name""".schema_versions values (99, 'of the future')`)
	if _, err := s.Preflight(t.Context()); err == nil || !strings.Contains(err.Error(), "newer rehome") {
		t.Errorf("%v", err)
	}
	if got := d.text(t, "select coalesce(string_agg(distinct grantee, ' '), '') from information_schema.role_table_grants where table_schema like 'Odd%' and grantee = 'PUBLIC'"); got != "" {
		t.Error("everybody may read the hashes")
	}
}

// TestConstraints: the generic table refuses what an application must not put
// there by mistake.
func TestConstraints(t *testing.T) {
	d := newDatabase(t, Generic)
	opened(t, d, Config{Layout: Generic})
	insert := func(column, value string) error {
		_, err := d.Exec(t.Context(), "insert into rehome.users (id, email, email_key, "+column+") values ('a', 'a@b.cd', 'a@b.cd', "+value+")")
		if err == nil {
			d.do(t, "delete from rehome.users")
		}
		return err
	}
	for column, value := range map[string]string{
		"phone": "'12025550123'", "name": "repeat('x', 257)", "password_hash": "'x'", "password_format": "'Bcrypt'", "password_params": "'[]'", "labels": "'{null}'", "prefs": "'1'",
		"created_at": "'infinity'", "last_sign_in_at": "'-infinity'", "source_id": "''", "phone_verified": "true",
	} {
		if err := insert(column, value); state(err) != "23514" {
			t.Errorf("%s = %s: %v", column, value, err)
		}
	}
	for _, row := range []string{"('-a', 'a@b.cd', 'a@b.cd')", "('a', 'A@b.cd', 'A@b.cd')", "('a', null, null)", "('a', 'a@b.cd', null)", "('a', 'a@b.cd', ' a@b.cd')"} {
		if _, err := d.Exec(t.Context(), "insert into rehome.users (id, email, email_key) values "+row); state(err) != "23514" {
			t.Errorf("%s: %v", row, err)
		}
	}
	if err := insert("labels", "'{a,b}'"); err != nil {
		t.Error(err)
	}
}

func TestEmptyTarget(t *testing.T) {
	d := newDatabase(t, Generic)
	config := Config{Layout: Generic, EmptyTarget: true, Create: true}
	indexes := func() string {
		return d.text(t, "select count(*)::text from pg_indexes where schemaname = 'rehome' and tablename in ('users', 'user_identities')")
	}
	s := opened(t, d, config, Run{Name: "one"})
	if indexes() != "0" {
		t.Errorf("%s indexes are left", indexes())
	}
	results := write(t, s, landings(s, people(50), false))
	if err := s.Finish(t.Context()); err != nil || indexes() != "5" {
		t.Errorf("%s indexes, %v", indexes(), err)
	}
	wantEqual(t, s, results)

	const constraints = "select count(*)::text from pg_constraint where conrelid in ('rehome.users'::regclass, 'rehome.user_identities'::regclass) and contype in ('p', 'u', 'f') and convalidated"
	t.Run("killed before the rows were held against a constraint", func(t *testing.T) {
		d := newDatabase(t, Generic)
		opened(t, d, config, Run{Name: "one"})
		s := opened(t, d, Config{Layout: Generic}, Run{Name: "two"})
		missing := genericIndexes("rehome")
		if _, err := d.Exec(t.Context(), missing[len(missing)-1].build()); err != nil || d.text(t, constraints) != "4" {
			t.Fatalf("%s constraints, %v", d.text(t, constraints), err)
		}
		if err := s.Begin(t.Context(), Run{Name: "two"}); err != nil || d.text(t, constraints) != "5" {
			t.Errorf("%s constraints, %v", d.text(t, constraints), err)
		}
	})
	t.Run("not empty", func(t *testing.T) {
		other := fresh(t, d, Config{Layout: Generic, EmptyTarget: true})
		if _, err := other.Preflight(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := other.Begin(t.Context(), Run{Name: "two"}); err == nil || !strings.Contains(told(err), "leave --empty-target out") {
			t.Errorf("%v", err)
		}
	})
	t.Run("resumed", func(t *testing.T) {
		s := opened(t, d, config, Run{Name: "one", Landed: 20, Open: 30})
		if indexes() != "5" {
			t.Errorf("%s indexes", indexes())
		}
		again := append(landings(s, people(60)[:50], true), landings(s, people(60)[50:], false)...)
		if count := outcomes(write(t, s, again)); count[sink.Recovered] != 50 || count[sink.Created] != 10 {
			t.Errorf("%v", count)
		}
	})
	t.Run("cut short", func(t *testing.T) {
		d := newDatabase(t, Generic)
		s := opened(t, d, config, Run{Name: "one"})
		write(t, s, landings(s, people(5), false))
		s = opened(t, d, Config{Layout: Generic}) // another run, without --empty-target
		if got := d.text(t, constraints); got != "5" {
			t.Errorf("%s constraints", got)
		}
		if count := outcomes(write(t, s, landings(s, people(6), false))); count[sink.Existing] != 5 || count[sink.Created] != 1 {
			t.Errorf("%v", count)
		}
	})
	t.Run("doubled", func(t *testing.T) {
		d := newDatabase(t, Generic)
		s := opened(t, d, config, Run{Name: "one"})
		write(t, s, landings(s, people(5), false))
		d.do(t, "insert into rehome.users (id, phone) values ('other', '+12025550003')")
		if err := s.Finish(t.Context()); err == nil || !strings.Contains(err.Error(), "users_phone_key") {
			t.Errorf("%v", err)
		}
	})
	t.Run("deleted meanwhile", func(t *testing.T) {
		d := newDatabase(t, Generic)
		s := opened(t, d, config, Run{Name: "one"})
		u := person(1)
		u.Logins = []identity.Login{{Provider: "google.com", Subject: "12345"}}
		write(t, s, landings(s, []identity.User{u}, false))
		d.do(t, "delete from rehome.users")
		if err := s.Finish(t.Context()); err == nil || !strings.Contains(told(err), "user_identities_user") || !strings.Contains(told(err), "delete the identities") {
			t.Errorf("%v", err)
		}
		d.do(t, "delete from rehome.user_identities")
		if err := s.Finish(t.Context()); err != nil || d.text(t, constraints) != "5" {
			t.Errorf("%s constraints, %v", d.text(t, constraints), err)
		}
	})
}

// TestRemove: who is as we left them goes, with everything that hangs on them; who
// has changed or is referred to stays.
func TestRemove(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			s := opened(t, d, Config{Layout: l})
			results := write(t, s, landings(s, people(12), false))
			ids := make([]string, len(results))
			for i, r := range results {
				ids[i] = r.TargetID
			}
			d.do(t, "create table public.orders (owner "+s.layout.idKind()+" references "+users(l)+")")
			d.do(t, "insert into public.orders select id from "+users(l)+" where id::text = $1", ids[3])
			d.do(t, "update "+users(l)+" set last_sign_in_at = now() where id::text = $1", ids[4])
			found, err := s.Read(t.Context(), append(ids, "not there", nilUUID[:35]+"9"))
			if err != nil || len(found) != len(ids) {
				t.Fatalf("%d found, %v", len(found), err)
			}
			d.do(t, "update "+users(l)+" set phone = null, email = email || 'x'"+map[Layout]string{Generic: ", email_key = email_key || 'x', phone_verified = false"}[l]+" where id::text = $1", ids[5])
			for _, f := range found {
				if f.SignedIn != (f.TargetID == ids[4]) {
					t.Errorf("%s: signed in %v", f.TargetID, f.SignedIn)
				}
				if i := indexOf(ids, f.TargetID); (f.State.Credential == results[i].State.Credential) == f.SignedIn {
					t.Errorf("%d: the credential does not tell that somebody signed in", i)
				}
			}
			spared, err := s.Remove(t.Context(), found)
			if err != nil || len(spared) != 2 {
				t.Fatalf("%v, %v", spared, err)
			}
			for _, r := range spared {
				if i := indexOf(ids, r.TargetID); i != 3 && i != 5 || r.Problem == nil {
					t.Errorf("%d spared: %v", i, r.Problem)
				}
			}
			if got := d.text(t, "select count(*)::text from "+users(l)); got != "2" {
				t.Errorf("%s users are left", got)
			}
			if got := d.text(t, "select count(distinct user_id)::text from "+s.layout.identities.name); got != "2" {
				t.Errorf("identities of %s users are left", got)
			}
			if spared, err := s.Remove(t.Context(), found[:3]); err != nil || len(spared) > 0 {
				t.Errorf("once more: %v %v", spared, err)
			}
		})
	}
}

func indexOf(ids []string, id string) int {
	for i := range ids {
		if ids[i] == id {
			return i
		}
	}
	return -1
}

// TestCheckTable finds what others left behind.
func TestCheckTable(t *testing.T) {
	d := newDatabase(t, Supabase)
	s := opened(t, d, Config{Layout: Supabase})
	results := write(t, s, landings(s, people(5), false))
	wantSound(t, s)
	d.do(t, "update auth.users set confirmation_token = null where id = $1::uuid", results[2].TargetID)
	d.do(t, "update auth.users set banned_until = 'infinity', raw_user_meta_data = '[]' where id <> $1::uuid", results[2].TargetID)
	broken, err := s.CheckTable(t.Context())
	if err != nil || len(broken) != 3 {
		t.Fatalf("%v %v", broken, err)
	}
	for _, b := range broken {
		if b.What == "confirmation_token is NULL" && (b.Rows != 1 || b.ID != results[2].TargetID) || b.What == "banned_until is infinite" && b.Rows != 4 {
			t.Errorf("%+v", b)
		}
	}
}

// TestUnreachable: no error repeats a password, whatever was wrong.
func TestUnreachable(t *testing.T) {
	d := newDatabase(t, Generic)
	p := badLine(t, d, d.DSN)
	const password = "hunter2-secret"
	for name, c := range map[string]struct {
		dsn     identity.Secret
		passing bool
		want    string
	}{
		"nobody there":    {"postgres://me:" + password + "@127.0.0.1:1/db", true, "cannot be reached"},
		"no TLS there":    {identity.Secret(strings.Replace(string(p.DSN), "sslmode=prefer", "sslmode=require", 1)) + " password=" + password, false, "takes no TLS"},
		"no such role":    {identity.Secret(strings.Replace(string(d.DSN), "user='"+d.Config().User+"'", "user=nobody_at_all", 1)) + " password=" + password, false, "does not let the role in"},
		"no such base":    {identity.Secret(strings.Replace(string(d.DSN), d.Name, "nothing_at_all", 1)) + " password=" + password, false, "no such database"},
		"not a string":    {"postgres://me:" + password + "@host:port:x/db", false, "cannot be read"},
		"in the clear":    {"postgres://me:" + password + "@192.0.2.1/db?sslmode=disable", false, "in the clear"},
		"no certificate":  {"postgres://me:" + password + "@192.0.2.1/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", false, "/nowhere/ca.pem"},
		"unescaped":       {"postgres://me:" + password + "%zz@host/db", false, "cannot be read"},
		"broken keywords": {"host=x password='" + password, false, "cannot be read"},
	} {
		s, err := New(Config{Layout: Generic, DSN: c.dsn, Patience: 300 * time.Millisecond})
		if err == nil {
			_, err = s.Preflight(t.Context())
			_ = s.Close()
		}
		_, passing := errors.AsType[sink.Transient](err)
		if err == nil || !strings.Contains(err.Error(), c.want) || passing != c.passing || strings.Contains(fmt.Sprintf("%+v", err), password) {
			t.Errorf("%s: %v (passing %v)", name, err, passing)
		}
	}
}

func TestTLS(t *testing.T) {
	for dsn, want := range map[string]string{ // what remains of each way: host, and T for TLS
		"postgres://h/d":                                     "h T",
		"postgres://h/d?sslmode=prefer":                      "h T",
		"postgres://h/d?sslmode=allow":                       "h T",
		"postgres://h/d?sslmode=verify-full":                 "h T",
		"postgres://h/d?sslmode=disable":                     "refused",
		"postgres://localhost/d?sslmode=disable":             "localhost -",
		"postgres://[::1]/d?sslmode=disable":                 "::1 -",
		"postgres://127.0.0.1,h/d?sslmode=disable":           "127.0.0.1 -",
		"postgres://localhost.example.com/d?sslmode=disable": "refused",
		"host=/var/run/postgresql dbname=d":                  "/var/run/postgresql -",
	} {
		c, err := parseDSN(identity.Secret(dsn))
		got := "refused"
		if err == nil {
			got = c.ConnConfig.Host + map[bool]string{true: " T", false: " -"}[c.ConnConfig.TLSConfig != nil]
			for _, f := range c.ConnConfig.Fallbacks {
				if f.TLSConfig == nil && !thisMachine(f.Host) {
					t.Errorf("%s: a way in the clear is left", dsn)
				}
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", dsn, got, want)
		}
	}
}

func TestHasPassword(t *testing.T) {
	for dsn, want := range map[string]bool{
		"host=h user=u password='a b'": true, "password=x host=h": true, "host=h PASSWORD = 'x'": true, "host=h sslpassword=x": true, "host=h\tpassword\t=\tx": true, "user:pw@host/db": true, "mysql://u:p@h/d": true,
		"postgres://h/d?sslmode=require&password=x": true, "postgres://h/d?pass%77ord=x": true, "postgres://h/d?%70assword=x": true, "postgres://h/d?sslpassword=x": true, "postgres://u:p%40x@h/d": true, "postgres://u:p/w@h/d": true, "postgres://u:p?w@h/d": true,
		"postgres://u%3Ap@h/d": true, "postgres://u:p@h/d?user=a@b": true, "https://u:p@host/v1": true, "PGPASSWORD=x host=h": true,
		"host=h passfile=/home/me/.pgpass": false, "postgres://h:5432/d?user=me@tenant": false, "postgres://me@h:5432/d?application_name=a@b": false, "postgres://h/d?sslmode=verify-full": false,
		"https://host:8443/v1": false, "users.json": false, "host=h:5432 user=me@tenant": false, "host=h user=password": false,
		"postgres://u:p@h/d": true, "postgresql://u:p@h/d": true, "postgres://h/d?password=x": true, "host=h password = x": true, "POSTGRES://u:p@h": true,
		"postgres://u@h/d": false, "postgres://h:5432/d": false, "host=h user=u": false, "postgres://u@[::1]:5432/d": false, "postgres": false,
	} {
		if HasPassword(dsn) != want {
			t.Errorf("%s: %v", dsn, !want)
		}
	}
}

// TestKept: what is said of a connection is what was checked.
func TestKept(t *testing.T) {
	authority := filepath.Join(t.TempDir(), "ca.pem")
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]string{
		"prefer": "not checked", "allow": "not checked", "require": "not checked", "require&sslrootcert=" + authority: "its name not",
		"verify-ca&sslrootcert=" + authority: "its name not", "verify-full&sslrootcert=" + authority: "certificate and name",
	} {
		for _, host := range []string{"db.example.test", "localhost", "localhost,db.example.test"} {
			c, err := parseDSN(identity.Secret("postgres://" + host + "/d?sslmode=" + mode))
			if err != nil {
				t.Fatal(err)
			}
			if got := kept(&c.ConnConfig.Config, true); !strings.Contains(got, want) {
				t.Errorf("%s at %s: %s", mode, host, got)
			}
		}
	}
}
