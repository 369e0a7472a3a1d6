package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/sink"
)

// hangingCase is a database in which something hangs on users: {users} and {id} are
// their table and the type of their ids, {0} … the ids of the first of twelve.
type hangingCase struct {
	name    string
	sql     string
	layouts []Layout // none: both
	spared  []int
	hung    string // user, table, rows and fate, sorted
	keeps   string // a query for what must not change
	cascade []int  // whom even Cascade spares
	trigger bool   // found out by Remove alone
	role    bool   // by a role that is no superuser
}

func hangingCases() []hangingCase {
	const posts = "create table public.posts (id int primary key, owner {id} references {users} on delete cascade); insert into public.posts values (1, {3}), (2, {3}), (3, {4});"
	return []hangingCase{
		{name: "nothing", sql: "create table public.posts (owner {id} references {users} on delete cascade)", keeps: "select 'x'"},
		{name: "rows that go", sql: posts, spared: []int{3, 4}, hung: "3 public.posts 2 deleted, 4 public.posts 1 deleted", keeps: "select count(*)::text from public.posts"},
		{name: "rows of another schema, with a name to be quoted", sql: `create schema "My App"; create table "My App"."Posts ""x""" ("Owner" {id} references {users} on delete cascade); insert into "My App"."Posts ""x""" values ({0})`,
			spared: []int{0}, hung: `0 "My App"."Posts ""x""" 1 deleted`, keeps: `select count(*)::text from "My App"."Posts ""x"""`},
		{name: "rows that hang on rows that go", sql: posts + "create table public.likes (post int references public.posts on delete cascade); insert into public.likes select 1 from generate_series(1, 5); insert into public.likes values (3)",
			spared: []int{3, 4}, hung: "3 public.likes 5 deleted, 3 public.posts 2 deleted, 4 public.likes 1 deleted, 4 public.posts 1 deleted", keeps: "select count(*)::text from public.likes"},
		{name: "rows that hang on an identity", sql: "create table public.links (provider text, subject text, foreign key (provider, subject) references {identities} on delete cascade); insert into public.links select provider, subject from {identities} where user_id = {5}",
			layouts: []Layout{Generic}, spared: []int{5}, hung: "5 public.links 1 deleted", keeps: "select count(*)::text from public.links"},
		{name: "rows that hang on an identity", sql: "create table public.links (identity uuid references auth.identities on delete cascade); insert into public.links select id from auth.identities where user_id = {5} and provider = 'google'",
			layouts: []Layout{Supabase}, spared: []int{5}, hung: "5 public.links 1 deleted", keeps: "select count(*)::text from public.links"},
		{name: "a session", sql: "insert into auth.sessions (id, user_id) values (gen_random_uuid(), {2})", layouts: []Layout{Supabase}, spared: []int{2}, hung: "2 auth.sessions 1 deleted", keeps: "select count(*)::text from auth.sessions"},
		{name: "restrict", sql: "create table public.orders (owner {id} references {users} on delete restrict); insert into public.orders values ({1}), ({1})",
			spared: []int{1}, cascade: []int{1}, hung: "1 public.orders 2 refused", keeps: "select count(*)::text from public.orders"},
		{name: "no action, looked at in the end", sql: "create table public.orders (owner {id} references {users} deferrable initially deferred); insert into public.orders values ({1})",
			spared: []int{1}, cascade: []int{1}, hung: "1 public.orders 1 refused", keeps: "select count(*)::text from public.orders"},
		{name: "no action on rows that go with the same user", sql: posts + "create table public.seen (post int references public.posts on delete cascade, by {id} references {users}); insert into public.seen values (1, {3})",
			spared: []int{3, 4}, hung: "3 public.posts 2 deleted, 3 public.seen 1 deleted, 3 public.seen 1 refused, 4 public.posts 1 deleted", cascade: []int{3}, keeps: "select count(*)::text from public.seen"},
		{name: "set null and set default", sql: "create table public.notes (owner {id} references {users} on delete set null, editor {id} default null references {users} on delete set default); insert into public.notes values ({1}, {2}), ({1}, null)",
			hung: "1 public.notes 2 unlinked, 2 public.notes 1 unlinked", keeps: "select count(*)::text from public.notes"},
		{name: "set null where null is refused", sql: "create table public.notes (owner {id} not null references {users} on delete set null); insert into public.notes values ({1})",
			spared: []int{1}, cascade: []int{1}, trigger: true, hung: "1 public.notes 1 unlinked", keeps: "select owner::text from public.notes"},
		{name: "a reference to the address", sql: "create table public.mails (address text references {users} (email_key) on delete cascade); insert into public.mails select email_key from {users} where id = {6}",
			layouts: []Layout{Generic}, spared: []int{6}, hung: "6 public.mails 1 deleted", keeps: "select count(*)::text from public.mails"},
		{name: "a reference to the number", sql: "create table public.calls (phone text references {users} (phone) on delete cascade on update cascade); insert into public.calls select phone from {users} where id = {6}",
			spared: []int{6}, hung: "6 public.calls 1 deleted", keeps: "select count(*)::text from public.calls"},
		{name: "a key of two columns", sql: "alter table {users} add unique (id, created_at); create table public.pairs (a {id}, b timestamptz, foreign key (b, a) references {users} (created_at, id) on delete cascade); insert into public.pairs select id, created_at from {users} where id in ({0}, {7})",
			spared: []int{0, 7}, hung: "0 public.pairs 1 deleted, 7 public.pairs 1 deleted", keeps: "select count(*)::text from public.pairs"},
		{name: "a table in partitions", sql: "create table public.events (owner {id} references {users} on delete cascade, day int) partition by range (day); create table public.events1 partition of public.events for values from (0) to (10);" +
			" create table public.events2 partition of public.events for values from (10) to (20); insert into public.events values ({2}, 1), ({2}, 11), ({8}, 12)",
			spared: []int{2, 8}, hung: "2 public.events 2 deleted, 8 public.events 1 deleted", keeps: "select count(*)::text from public.events"},
		{name: "a partition alone", sql: "create table public.events (owner {id}, day int) partition by range (day); create table public.events1 partition of public.events for values from (0) to (10);" +
			" create table public.events2 partition of public.events for values from (10) to (20); alter table public.events1 add foreign key (owner) references {users} on delete cascade; insert into public.events values ({2}, 1), ({8}, 12)",
			spared: []int{2}, hung: "2 public.events 1 deleted", keeps: "select count(*)::text from public.events"},
		{name: "rows that hang on rows in partitions", sql: "create table public.events (id int, owner {id} references {users} on delete cascade, primary key (id)) partition by range (id); create table public.events1 partition of public.events for values from (0) to (10);" +
			" create table public.marks (event int references public.events on delete cascade); insert into public.events values (1, {2}); insert into public.marks values (1), (1)",
			spared: []int{2}, hung: "2 public.events 1 deleted, 2 public.marks 2 deleted", keeps: "select count(*)::text from public.marks"},
		{name: "answers to answers", sql: "create table public.comments (id int primary key, owner {id} references {users} on delete cascade, parent int references public.comments on delete cascade);" +
			" insert into public.comments values (1, {9}, null), (2, null, 1), (3, null, 2), (4, null, 3), (5, null, null)",
			spared: []int{9}, hung: "9 public.comments 4 deleted", keeps: "select count(*)::text from public.comments"},
		{name: "a circle", sql: "create table public.a (id int primary key, owner {id} references {users} on delete cascade, b int); create table public.b (id int primary key, a int references public.a on delete cascade);" +
			" alter table public.a add foreign key (b) references public.b on delete cascade; insert into public.a values (1, {9}, null); insert into public.b values (1, 1); update public.a set b = 1",
			spared: []int{9}, hung: "9 public.a 1 deleted, 9 public.b 1 deleted", keeps: "select count(*)::text from public.b"},
		{name: "users on users, all of the run", sql: "alter table {users} add invited_by {id} references {users} on delete cascade; update {users} set invited_by = {0} where id in ({1}, {2}); update {users} set invited_by = {2} where id = {3}", keeps: "select 'x'"},
		{name: "a stranger on a user", sql: "alter table {users} add invited_by {id} references {users} on delete cascade; update {users} set invited_by = {0} where id = {1}; update {users} set invited_by = {1} where id = {stranger}",
			spared: []int{0, 1}, hung: "0 {usersplain} 1 deleted, 1 {usersplain} 1 deleted", keeps: "select count(*)::text from {users} where id in ({0}, {1}, {stranger})"},
		{name: "a user who stays, on a user", sql: posts + "alter table {users} add invited_by {id} references {users} on delete cascade; update {users} set invited_by = {0} where id = {3}",
			spared: []int{0, 3, 4}, hung: "0 public.posts 2 deleted, 3 public.posts 2 deleted, 4 public.posts 1 deleted", keeps: "select count(*)::text from {users} where id in ({0}, {3}, {4})"},
		{name: "a trigger", trigger: true, sql: "create table public.posts (owner {id}); insert into public.posts values ({3}), ({3});" +
			" create function public.sweep() returns trigger language plpgsql as 'begin delete from public.posts where owner = old.id; return old; end'; create trigger sweep after delete on {users} for each row execute function public.sweep()",
			spared: []int{3}, keeps: "select count(*)::text from public.posts"},
		{name: "a trigger that writes down who went", trigger: true, sql: "create table public.log (who text); create function public.note() returns trigger language plpgsql as 'begin insert into public.log values (old.id::text); return old; end';" +
			" create trigger note before delete on {users} for each row execute function public.note()", keeps: "select 'x'"},
		{name: "a trigger that keeps somebody", trigger: true, sql: "create function public.keep() returns trigger language plpgsql as $$ begin if old.id = {4} then return null; end if; return old; end $$; create trigger keep before delete on {users} for each row execute function public.keep()",
			spared: []int{4}, cascade: []int{4}, keeps: "select 'x'"},
		{name: "rows that we have no right to count", role: true, sql: "create table public.secrets (owner {id} references {users} on delete cascade)",
			spared: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, hung: everyone("public.secrets -1 deleted"), keeps: "select count(*)::text from {users}"},
		{name: "rows of a schema that we may not use", role: true, sql: "create schema closed; create table closed.secrets (owner {id} references {users} on delete cascade); grant select on closed.secrets to public",
			spared: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, hung: everyone("closed.secrets -1 deleted"), keeps: "select count(*)::text from {users}"},
		{name: "rows that row security hides", role: true, layouts: []Layout{Generic}, sql: "create table public.secrets (owner {id} references {users} on delete cascade); grant select on public.secrets to public; alter table public.secrets enable row level security; alter role {role} nobypassrls; alter table {users} disable row level security; alter table {identities} disable row level security",
			spared: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, hung: everyone("public.secrets -1 deleted"), keeps: "select count(*)::text from {users}"},
		{name: "rows that we may not count, on rows that we may", role: true, sql: posts + "grant select on public.posts to public; create table public.secrets (post int references public.posts on delete cascade)",
			spared: []int{3, 4}, hung: "3 public.posts 2 deleted, 3 public.secrets -1 deleted, 4 public.posts 1 deleted, 4 public.secrets -1 deleted", keeps: "select count(*)::text from public.posts"},
	}
}

func everyone(words string) string {
	var all []string
	for i := range 12 {
		all = append(all, fmt.Sprintf("%d %s", i, words))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// hangingScene has landed twelve people, the sixth with an identity at Google, beside
// a stranger, and made what the case says.
func hangingScene(t *testing.T, l Layout, c hangingCase) (s *Sink, d *database, ids []string, fill func(string) string) {
	t.Helper()
	take := newDatabase
	if strings.Contains(c.sql, "alter table {users}") || strings.Contains(c.sql, "create schema") || c.role {
		take = spoilt
	}
	d = take(t, l)
	role, owner := "", opened(t, d, Config{Layout: l})
	if c.role {
		role = d.role(t, "bypassrls")
	}
	all := people(12)
	for i := range all {
		all[i].Logins = nil
	}
	all[5].Logins = []identity.Login{{Provider: "google.com", Subject: "g-5"}}
	ids = idsOf(write(t, owner, landings(owner, all, false)))
	stranger := map[Layout]string{Generic: "stranger", Supabase: "11111111-2222-4333-8444-555555555555"}[l]
	seed(t, d, l, stranger, "stranger@example.org", "A Stranger")
	pairs := []string{"{users}", users(l), "{identities}", owner.layout.identities.name, "{usersplain}", strings.ReplaceAll(users(l), `"`, ""), "{id}", owner.layout.idKind(), "{stranger}", "'" + stranger + "'", "{role}", role}
	for i, id := range ids {
		pairs = append(pairs, fmt.Sprintf("{%d}", i), "'"+id+"'")
	}
	fill = strings.NewReplacer(pairs...).Replace
	d.do(t, fill(c.sql))
	config := Config{Layout: l}
	if c.role {
		schema := map[Layout]string{Generic: "rehome", Supabase: "auth"}[l]
		d.do(t, "grant usage on schema "+schema+", public to "+role+"; grant all on all tables in schema "+schema+" to "+role+"; grant create on database "+d.Name+" to "+role)
		if l == Supabase {
			d.do(t, "grant usage on schema rehome to "+role+"; grant all on all tables in schema rehome to "+role)
		}
		config.DSN = d.As(role)
	}
	return looked(t, d, config), d, ids, fill
}

// TestHanging: whoever other rows hang on stays, with the rows; a dry run says so
// beforehand, and in numbers. Asked to, the rows go too, and only those stay whom the
// database keeps.
func TestHanging(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		for _, c := range hangingCases() {
			if c.layouts != nil && !slices.Contains(c.layouts, l) {
				continue
			}
			t.Run(string(l)+" "+c.name, func(t *testing.T) {
				s, d, ids, fill := hangingScene(t, l, c)
				found, err := s.Read(t.Context(), ids)
				if err != nil || len(found) != len(ids) {
					t.Fatalf("%d, %v", len(found), err)
				}
				before := d.text(t, fill(c.keeps))
				foretold, hung, err := s.Spares(t.Context(), found)
				if err != nil {
					t.Fatal(err)
				}
				if got := hungWords(hung, ids); got != fill(c.hung) {
					t.Errorf("hangs: %s\nwant:  %s", got, fill(c.hung))
				}
				if got := sparedAmong(t, foretold, ids); !slices.Equal(got, c.spared) && !c.trigger {
					t.Errorf("foretold %v, want %v", got, c.spared)
				}
				spared, err := s.Remove(t.Context(), found)
				if err != nil {
					t.Fatal(err)
				}
				if got := sparedAmong(t, spared, ids); !slices.Equal(got, c.spared) {
					t.Errorf("spared %v, want %v", got, c.spared)
				}
				if after := d.text(t, fill(c.keeps)); after != before {
					t.Errorf("%s rows before, %s after", before, after)
				}
				if left := d.text(t, "select count(*)::text from "+users(l)); left != fmt.Sprint(len(c.spared)+1) {
					t.Errorf("%s users are left", left)
				}
				s.config.Cascade = true
				if spared, err = s.Remove(t.Context(), found); err != nil {
					t.Fatal(err)
				}
				if got := sparedAmong(t, spared, ids); !slices.Equal(got, c.cascade) {
					t.Errorf("spared %v of whom all was to go, want %v", got, c.cascade)
				}
			})
		}
	}
}

func sparedAmong(t *testing.T, spared []sink.Result, ids []string) (at []int) {
	t.Helper()
	for _, r := range spared {
		if r.Problem == nil || r.Problem.Detail == "" {
			t.Errorf("%s is spared, and nobody says why", r.TargetID)
		}
		at = append(at, slices.Index(ids, r.TargetID))
	}
	slices.Sort(at)
	return at
}

func hungWords(hung []sink.Hung, ids []string) string {
	words := make([]string, len(hung))
	for i, h := range hung {
		words[i] = fmt.Sprintf("%d %s %d %s", slices.Index(ids, h.TargetID), h.Table, h.Rows, h.Fate)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
