package postgres

import (
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/sinktest"
)

//go:embed testdata/shadows.sql
var shadows string

// listener notes every statement that the driver sends, and the path that its names
// are looked up on. COPY does not pass here.
type listener struct {
	mu    sync.Mutex
	seen  map[string]bool
	paths map[*pgx.Conn]string
	loose []string // statements that ran with another path than ours
}

func (l *listener) TraceQueryStart(ctx context.Context, conn *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[q.SQL] = true
	for _, path := range []string{ourPath, theirPath} {
		if strings.Contains(q.SQL, path) {
			l.paths[conn] = path
			return ctx
		}
	}
	switch word, _, _ := strings.Cut(q.SQL, " "); word {
	case "commit", "rollback", "savepoint", "release", "delete", "update":
	default:
		if l.paths[conn] != ourPath {
			l.loose = append(l.loose, q.SQL)
		}
	}
	return ctx
}

func (*listener) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// overhear has a sink tell a listener what it sends.
func overhear(t *testing.T, s *Sink, l *listener) {
	t.Helper()
	c := s.pool.Config()
	c.ConnConfig.Tracer = l
	s.pool.Close()
	var err error
	if s.pool, err = pgxpool.NewWithConfig(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// hostile is a database of whose schema public somebody else has made a trap, and
// how our role reaches it.
func hostile(t *testing.T, l Layout) (*database, identity.Secret) {
	t.Helper()
	d := spoilt(t, l)
	role := d.role(t, "bypassrls")
	d.do(t, "grant create on database "+d.Name+" to "+role+"; grant usage on schema public to "+role)
	if l == Supabase {
		d.do(t, "grant usage on schema auth to "+role+"; grant all on all tables in schema auth to "+role)
	}
	d.do(t, strings.ReplaceAll(shadows, "{names}", "array['"+strings.Join(calledNames(), "','")+"']"))
	d.do(t, "alter role "+role+" set search_path = public, pg_catalog")
	return d, d.As(role)
}

// calledNames are the names of functions that our statements call.
func calledNames() []string {
	return strings.Fields("array_position btrim cardinality char_length clock_timestamp current_database current_setting format_type has_any_column_privilege pg_partition_root pg_partition_tree quote_ident" +
		" has_database_privilege has_schema_privilege has_table_privilege hashtext isfinite jsonb_typeof lower now octet_length pg_advisory_xact_lock" +
		" pg_backend_pid pg_is_in_recovery row_security_active timezone to_char to_json to_regclass unnest")
}

// TestShadows runs everything that a sink does where each function, operator and
// type of our statements has a look-alike that fits at least as well.
func TestShadows(t *testing.T) {
	heard := &listener{seen: map[string]bool{}, paths: map[*pgx.Conn]string{}}
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			sinktest.Run(t, func(t *testing.T) sinktest.Fixture {
				d, dsn := hostile(t, l)
				p := badLine(t, d, dsn)
				s := unopened(t, Config{Layout: l, DSN: p.DSN, Batch: 3, Workers: 8, Patience: 400 * time.Millisecond, Timeout: 10 * time.Second, Create: true})
				overhear(t, s, heard)
				return prepared(t, d, p, s)
			})
		})
		t.Run(string(l)+", what a program does besides", func(t *testing.T) { ofAProgram(t, l, heard) })
	}
	for _, statement := range heard.loose {
		t.Errorf("names are looked up in schemas of others: %s", statement)
	}
	called := map[string]bool{}
	for statement := range heard.seen {
		for _, name := range unqualified(statement) {
			t.Errorf("%q has no schema in: %s", name, statement)
		}
		for _, name := range calls(statement) {
			called[name] = true
		}
	}
	for name := range called {
		if !slices.Contains(append(calledNames(), "count", "sum", "min", "max", "json_agg", "json_build_object", "json_build_array"), name) {
			t.Errorf("%s is called, and nobody has planted one", name)
		}
	}
}

// ofAProgram goes through what the conformance suite does not come to.
func ofAProgram(t *testing.T, l Layout, heard *listener) {
	d, dsn := hostile(t, l)
	c := Config{Layout: l, DSN: dsn, Patience: time.Second, Create: true, EmptyTarget: l == Generic}
	s := unopened(t, c)
	overhear(t, s, heard)
	ready := func(r Run) {
		t.Helper()
		if _, err := s.Preflight(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Begin(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	ready(Run{Name: "one"})
	results := write(t, s, landings(s, people(4), false))
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready(Run{Name: "one", Landed: 4})
	again := write(t, s, landings(s, people(4), true))
	if count := outcomes(again); count[sink.Recovered] != 4 {
		t.Errorf("%v", count)
	}
	if broken, err := s.CheckTable(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("%v %v", broken, err)
	}
	if got := d.text(t, "select coalesce(pg_catalog.string_agg(pg_catalog.pg_describe_object(classid, objid, 0), ', '), '') from pg_catalog.pg_depend"+
		" where deptype = 'n' and refclassid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass) and classid not in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass)"+
		" and objid in (select oid from pg_catalog.pg_constraint where connamespace::regnamespace::pg_catalog.text = 'rehome' union select attrelid from pg_catalog.pg_attribute where attrelid::regclass::pg_catalog.text like 'rehome.%')"); got != "" {
		t.Errorf("our tables are built on what others planted: %s", got)
	}
	found, err := s.Read(t.Context(), idsOf(results))
	if err != nil || len(found) != 4 {
		t.Fatalf("%d, %v", len(found), err)
	}
	emptied(t, d, l)
	for i, r := range mended(t, s, people(4)) {
		if r.Outcome != sink.Recovered || r.State.Profile != results[i].State.Profile {
			t.Errorf("mended: %s %v", r.Outcome, r.Problem)
		}
	}
	d.do(t, "create table public.posts (owner "+s.layout.idKind()+" references "+users(l)+" on delete cascade); grant select on public.posts to public")
	d.do(t, "insert into public.posts select id from "+users(l)+" where id::pg_catalog.text = $1", found[0].TargetID)
	if foretold, hung, err := s.Spares(t.Context(), found); err != nil || len(foretold) != 1 || len(hung) != 1 {
		t.Errorf("%v %v %v", foretold, hung, err)
	}
	if _, err := s.Deleting(t.Context()); err != nil {
		t.Error(err)
	}
	if spared, err := s.Remove(t.Context(), found); err != nil || len(spared) != 1 {
		t.Errorf("%v %v", spared, err)
	}
	d.do(t, "drop table public.posts")
}

// emptied takes people's names, and unblocks them.
func emptied(t *testing.T, d *database, l Layout) {
	t.Helper()
	d.do(t, "begin; set local search_path = app; update "+users(l)+" set "+map[Layout]string{Generic: "name = null, disabled = false", Supabase: "raw_user_meta_data = null, banned_until = null"}[l]+"; commit")
}

func mended(t *testing.T, s *Sink, people []identity.User) []sink.Result {
	t.Helper()
	results, err := s.Mend(t.Context(), landings(s, people, true))
	if err != nil || len(results) != len(people) {
		t.Fatalf("%d of %d: %v", len(results), len(people), err)
	}
	return results
}

func idsOf(results []sink.Result) (ids []string) {
	for _, r := range results {
		ids = append(ids, r.TargetID)
	}
	return ids
}

// Calls, casts and names after them in a statement; words of the grammar that look
// like one of them name nothing.
var (
	call      = regexp.MustCompile(`([\w.]+)\(`)
	cast      = regexp.MustCompile(`::([\w.]+)`)
	isGrammar = regexp.MustCompile(`^(any|as|check|coalesce|conflict|exists|filter|from|in|into|k|c|own|hang|key|operator|or|and|values|nullif|not|boolean|int|bigint|double|interval|\w+\.(users|user_identities|import_batches|import_refusals|schema_versions))$`)
	isTable   = regexp.MustCompile(`^(create|alter|drop) `)
)

// calls are the functions that a statement calls, without their schema.
func calls(statement string) (names []string) {
	if isTable.MatchString(statement) || strings.HasPrefix(statement, "\n") || strings.HasPrefix(statement, "--") {
		return nil // their expressions are looked for in the catalog
	}
	for _, m := range call.FindAllStringSubmatch(statement, -1) {
		if name, ok := strings.CutPrefix(m[1], "pg_catalog."); ok {
			names = append(names, name)
		}
	}
	return names
}

// unqualified are the functions and types that a statement names without a schema.
func unqualified(statement string) (names []string) {
	if isTable.MatchString(statement) || strings.HasPrefix(statement, "--") {
		return nil
	}
	for _, m := range slices.Concat(call.FindAllStringSubmatch(statement, -1), cast.FindAllStringSubmatch(statement, -1)) {
		if !isGrammar.MatchString(m[1]) && !strings.HasPrefix(m[1], "pg_catalog.") {
			names = append(names, m[1])
		}
	}
	return names
}

// TestTriggersHaveTheirPath: triggers of the application find what it calls by its
// bare name, as in every other session.
func TestTriggersHaveTheirPath(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := spoilt(t, l)
			opened(t, d, Config{Layout: l})
			d.do(t, "create schema app; create table app.profiles (id text); alter database "+d.Name+" set search_path = app")
			for event, statement := range map[string]string{"insert": "insert into profiles values (new.id); return new", "delete": "delete from profiles p where p.id = old.id::text; return old", "update": "update profiles set id = id; return new"} {
				d.do(t, "create function app."+event+"ed() returns trigger language plpgsql as 'begin "+statement+"; end';"+
					" create trigger "+event+"ed before "+event+" on "+users(l)+" for each row execute function app."+event+"ed()")
			}
			s := opened(t, d, Config{Layout: l, Cascade: true})
			results := write(t, s, landings(s, people(3), false))
			if count := outcomes(results); count[sink.Created] != 3 || d.text(t, "select count(*)::text from app.profiles") != "3" {
				t.Errorf("%v", count)
			}
			found, err := s.Read(t.Context(), idsOf(results))
			if err != nil {
				t.Fatal(err)
			}
			emptied(t, d, l)
			mended(t, s, people(3))
			if spared, err := s.Remove(t.Context(), found); err != nil || len(spared) > 0 || d.text(t, "select count(*)::text from app.profiles") != "0" {
				t.Errorf("%v %v", spared, err)
			}
		})
	}
}
