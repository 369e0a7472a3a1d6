package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/importers"
	"rehome/sink"
	"rehome/sink/postgres/pgtest"
)

// landings prepares users as the engine does, those who cannot land left out.
func landings(s *Sink, us []identity.User, taken bool) (ls []sink.Landing) {
	for _, u := range us {
		if j := s.Judge(u); j.Verdict.Lands() {
			ls = append(ls, sink.Landing{User: u, Judgement: j, Taken: taken})
		}
	}
	return ls
}

// write lands users and insists on a result for each.
func write(t testing.TB, s *Sink, ls []sink.Landing) []sink.Result {
	t.Helper()
	results, err := s.Write(t.Context(), ls)
	if err != nil || len(results) != len(ls) {
		t.Fatalf("%d results of %d: %v", len(results), len(ls), err)
	}
	return results
}

func outcomes(results []sink.Result) map[sink.Outcome]int {
	count := map[sink.Outcome]int{}
	for _, r := range results {
		count[r.Outcome]++
	}
	return count
}

// wantEqual reads users back and compares every value with what their results say.
func wantEqual(t testing.TB, s *Sink, results []sink.Result) {
	t.Helper()
	for page := range slices.Chunk(results, 100) {
		var ids []string
		for _, r := range page {
			if r.Outcome == sink.Created || r.Outcome == sink.Recovered {
				ids = append(ids, r.TargetID)
			}
		}
		found, err := s.Read(t.Context(), ids)
		if err != nil || len(found) != len(ids) {
			t.Fatalf("found %d of %d: %v", len(found), len(ids), err)
		}
		states := map[string]sink.Found{}
		for _, f := range found {
			states[f.TargetID] = f
		}
		for _, r := range page {
			if f, there := states[r.TargetID]; there && (f.State != r.State || f.SignedIn) {
				t.Fatalf("%s is\n%.2000s %.2000s\nwant\n%.2000s %.2000s", r.TargetID, string(f.State.Credential), string(f.State.Profile), string(r.State.Credential), string(r.State.Profile))
			}
		}
	}
}

func wantSound(t testing.TB, s *Sink) {
	t.Helper()
	if broken, err := s.CheckTable(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("the table would break the server: %v %v", broken, err)
	}
}

// sources are the exports of the fixtures, as their importers read them.
func sources(t testing.TB) map[string][]identity.User {
	t.Helper()
	config, err := importers.ParseHashConfig(fixtures.Read("exports/firebase/firebase-default.hash-config.txt"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := importers.ParseHashConfig(fixtures.Read("exports/firebase/firebase-nondefault.hash-config.txt"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) *bytes.Reader { return bytes.NewReader(fixtures.Read("exports/" + name)) }
	sites := func() ([]importers.Input, error) {
		return []importers.Input{{Name: "wp.sql", Reader: file("wordpress/wp67.users.default.sql")}}, nil
	}
	return map[string][]identity.User{
		"firebase":          good(t, importers.Firebase(file("firebase/firebase-default.json"), "x", importers.FirebaseConfig{Hash: config})),
		"firebase, another": good(t, importers.Firebase(file("firebase/firebase-nondefault.json"), "x", importers.FirebaseConfig{Hash: other})),
		"wordpress":         good(t, importers.WordPress(sites, importers.WordPressConfig{})),
		"csv":               good(t, importers.CSV(file("csv/plain-comma.csv"), "x", importers.CSVConfig{})),
	}
}

func good(t testing.TB, records identity.Records) (us []identity.User) {
	t.Helper()
	for r, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		if r.Problem == nil {
			us = append(us, r.User)
		}
	}
	return us
}

// TestExportsLand takes every export into both layouts and reads every value back.
func TestExportsLand(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		for name, us := range sources(t) {
			t.Run(string(l)+" "+name, func(t *testing.T) {
				s := opened(t, newDatabase(t, l), Config{Layout: l, Roles: Labels, Claims: Prefs, Dates: Prefs})
				verdicts := map[sink.Verdict]int{}
				for _, u := range us {
					verdicts[s.Judge(u).Verdict]++
				}
				ls := landings(s, us, false)
				results := write(t, s, ls)
				count := outcomes(results)
				t.Logf("%d users: %v, %v", len(us), verdicts, count)
				for i, r := range results {
					// Some addresses are there twice: the survey sees to that.
					if r.Outcome == sink.Rejected && !slices.Contains([]identity.Code{identity.EmailTaken, identity.PhoneTaken, identity.IDTaken, identity.LoginTaken}, r.Problem.Code) {
						t.Errorf("%s: %v", ls[i].User.ID, r.Problem)
					}
				}
				if count[sink.Created] < len(ls)*9/10 || name != "wordpress" && len(ls) < len(us)/3 {
					t.Error("too few landed")
				}
				wantEqual(t, s, results)
				wantSound(t, s)
				again := outcomes(write(t, s, ls))
				if again[sink.Existing] != count[sink.Created] || again[sink.Created] > 0 {
					t.Errorf("a second time: %v", again)
				}
			})
		}
	}
}

// TestHostileValues: whatever is in a user, it lands and reads back equal, or is
// refused by the judge; no batch ever breaks.
func TestHostileValues(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			s := opened(t, newDatabase(t, l), Config{Layout: l, Roles: Labels, Claims: Prefs, Dates: Prefs, Batch: 100})
			random := rand.New(rand.NewPCG(3, 5))
			var us []identity.User
			for i := range 4000 {
				u := randomUser(random)
				u.ID = fmt.Sprintf("%s#%d", u.ID, i) // else most would be the same few people
				if u.Email != "" {
					u.Email = fmt.Sprintf("%d%s", i, strings.TrimSpace(u.Email))
				}
				for j := range u.Logins {
					u.Logins[j].Subject += fmt.Sprint(i, " ", j)
				}
				us = append(us, u)
			}
			us = append(us, identity.User{ID: "big", Email: "big@example.test", Name: strings.Repeat("Ann'😀\\.\t", 1<<17)})
			ls := landings(s, us, false)
			results := write(t, s, ls)
			for i, r := range results {
				if r.Outcome == sink.Rejected && !strings.HasSuffix(string(r.Problem.Code), "-taken") {
					t.Errorf("%.300v: %v", ls[i].User, r.Problem)
				}
			}
			count := outcomes(results)
			t.Logf("%d of %d users: %v", len(ls), len(us), count)
			if count[sink.Created] < 500 {
				t.Error("too few landed")
			}
			wantEqual(t, s, results)
			wantSound(t, s)
		})
	}
}

func person(n int) identity.User {
	return identity.User{
		ID: fmt.Sprintf("person-%d", n), Email: fmt.Sprintf("Person.%d@Example.com", n), EmailVerified: true, Phone: fmt.Sprintf("+1202555%04d", n), PhoneVerified: true,
		Name: fmt.Sprintf("Person Nº %d", n), Created: time.Unix(1.5e9+int64(n), 123456789), Hash: identity.Hash{Algorithm: identity.Bcrypt, Encoded: bcryptHash},
		Logins: []identity.Login{{Provider: "google.com", Subject: fmt.Sprint(1000 + n), Email: "p@gmail.example"}},
	}
}

func people(n int) (us []identity.User) {
	for i := range n {
		us = append(us, person(i))
	}
	return us
}

// TestConflicts: whoever finds an id, address, number or provider's account in
// somebody else's hands is refused, and the other is named.
func TestConflicts(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			s := opened(t, d, Config{Layout: l})
			us := people(40)
			write(t, s, landings(s, us[:4], false))
			us[10].ID, us[11].Email, us[12].Phone, us[13].Logins = us[0].ID, strings.ToUpper(us[1].Email), us[2].Phone, us[3].Logins
			us[20].Email = us[21].Email // in the same batch
			want := map[int]struct {
				code  identity.Code
				owner int
			}{10: {identity.IDTaken, 0}, 11: {identity.EmailTaken, 1}, 12: {identity.PhoneTaken, 2}, 13: {identity.LoginTaken, 3}, 21: {identity.EmailTaken, 20}}
			results := write(t, s, landings(s, us[4:], false))
			for i, r := range results {
				w, clash := want[i+4]
				switch {
				case !clash && r.Outcome != sink.Created:
					t.Errorf("%d: %s %v", i+4, r.Outcome, r.Problem)
				case clash && (r.Problem == nil || r.Problem.Code != w.code || !strings.Contains(r.Problem.Detail, s.Judge(us[w.owner]).TargetID)):
					t.Errorf("%d: %s %v, want %s naming %d", i+4, r.Outcome, r.Problem, w.code, w.owner)
				}
			}
			if got := d.text(t, "select string_agg(code, ' ' order by code) from rehome.import_refusals"); got != "email-taken email-taken id-taken login-taken phone-taken" {
				t.Errorf("refusals in the database: %s", got)
			}
			wantEqual(t, s, results)
		})
	}
}

// TestCapitals: an address that another tool stored with capitals is the same
// address, which no index of Supabase Auth's knows.
func TestCapitals(t *testing.T) {
	d := newDatabase(t, Supabase)
	seed(t, d, Supabase, nilUUID[:35]+"1", "x", "Somebody Else")
	d.do(t, "update auth.users set email = 'Person.1@EXAMPLE.com'")
	s := opened(t, d, Config{Layout: Supabase})
	results := write(t, s, landings(s, people(3), false))
	if r := results[1]; r.Problem == nil || r.Problem.Code != identity.EmailTaken || outcomes(results)[sink.Created] != 2 {
		t.Errorf("%v", results)
	}
}

// TestTriggers: a trigger that cannot bear one user costs the others nothing, and
// may say why, but not repeat the hash.
func TestTriggers(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		for name, body := range map[string]string{
			"not null":       "insert into public.profiles values (nullif(new.email, 'person.7@example.com'))",
			"raise":          "if lower(new.email) like 'person.7@%' then raise exception 'no sevens, says the trigger'; end if",
			"raise the row":  "if lower(new.email) like 'person.7@%' then raise exception 'cannot take %', new; end if",
			"left out":       "if lower(new.email) like 'person.7@%' then return null; end if",
			"after the fact": "if lower(new.email) like 'person.7@%' then return null; end if",
		} {
			t.Run(string(l)+" "+name, func(t *testing.T) {
				d := newDatabase(t, l)
				s := opened(t, d, Config{Layout: l})
				d.do(t, `create table public.profiles (email text not null);
					create function public.welcome() returns trigger language plpgsql as $$ begin `+strings.Replace(body, "new.email,", "lower(new.email),", 1)+`; return new; end $$;
					create trigger welcome `+map[bool]string{true: "before", false: "after"}[name == "left out"]+` insert on `+users(l)+` for each row execute function public.welcome()`)
				results := write(t, s, landings(s, people(50), false))
				for i, r := range results {
					refused := i == 7 && name != "after the fact"
					if (r.Outcome == sink.Rejected) != refused {
						t.Errorf("%d: %s %v", i, r.Outcome, r.Problem)
					}
					if r.Problem != nil && quotes(r.Problem.Detail, []string{bcryptHash}) {
						t.Errorf("the hash is in %q", r.Problem.Detail)
					}
				}
				if detail := results[7].Problem; detail != nil {
					t.Log(detail)
				}
				wantEqual(t, s, results)
			})
		}
	}
}

// TestDeferred: a constraint that would speak at the commit speaks in time.
func TestDeferred(t *testing.T) {
	d := newDatabase(t, Generic)
	s := opened(t, d, Config{Layout: Generic})
	d.do(t, `create table public.members (email text primary key);
		insert into public.members select 'person.' || n || '@example.com' from generate_series(0, 19) n where n <> 7;
		alter table rehome.users add foreign key (email_key) references public.members deferrable initially deferred`)
	results := write(t, s, landings(s, people(20), false))
	if count := outcomes(results); count[sink.Created] != 19 || results[7].Outcome != sink.Rejected {
		t.Errorf("%v %v", count, results[7].Problem)
	}
}

// TestTwoAtOnce: two sinks land the same people at the same time, and nobody twice.
func TestTwoAtOnce(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			const n = 600
			var mu sync.Mutex
			total := map[sink.Outcome]int{}
			var group sync.WaitGroup
			opened(t, d, Config{Layout: l})
			for range 2 {
				s := opened(t, d, Config{Layout: l, Batch: 20, Patience: time.Minute})
				for half := range 2 {
					group.Go(func() {
						results, err := s.Write(t.Context(), landings(s, people(n)[half*n/2:(half+1)*n/2], false))
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						for o, count := range outcomes(results) {
							total[o] += count
						}
					})
				}
			}
			group.Wait()
			if total[sink.Created] != n || total[sink.Existing] != n {
				t.Errorf("%v, want %d created and as many existing", total, n)
			}
			wantCounts(t, d, l, n)
		})
	}
}

// wantCounts compares the table with the ledger beside it.
func wantCounts(t testing.TB, d *database, l Layout, n int) {
	t.Helper()
	if got := d.text(t, "select count(*)::text || ' ' || (select coalesce(sum(created), 0) from rehome.import_batches) from "+users(l)); got != fmt.Sprintf("%d %d", n, n) {
		t.Errorf("users and ledger: %s, want %d both", got, n)
	}
}

// TestChaos cuts connections and ends server processes at random while people
// land; afterwards everybody is there once, and the ledger says so.
func TestChaos(t *testing.T) {
	for seed := range uint64(4) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) {
				d := newDatabase(t, l)
				chaos(t, d, badLine(t, d, d.DSN), l, seed)
			})
		}
	}
}

func chaos(t *testing.T, d *database, p *pgtest.Proxy, l Layout, seed uint64) {
	// Statements give up after a fifth of a second, where a lock may be held for half.
	s := opened(t, d, Config{Layout: l, DSN: p.DSN, Batch: 7, Patience: time.Minute, Timeout: 200 * time.Millisecond}, Run{Name: "chaos"})
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { disturb(t, d, p, rand.New(rand.NewPCG(seed, 1)), done) })
	const n = 210
	ls := landings(s, people(n), false)
	var writers sync.WaitGroup
	results := make([][]sink.Result, 2)
	for w := range results {
		writers.Go(func() {
			var err error
			if results[w], err = s.Write(t.Context(), ls[w*n/2:(w+1)*n/2]); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	close(done)
	group.Wait()
	all := slices.Concat(results...)
	if count := outcomes(all); count[sink.Created] != n {
		t.Errorf("%v", count)
	}
	wantCounts(t, d, l, n)
	wantEqual(t, s, all)
}

// disturb does harm ten times, or until done is closed.
func disturb(t *testing.T, d *database, p *pgtest.Proxy, random *rand.Rand, done <-chan struct{}) {
	for range 10 {
		select {
		case <-done:
			return
		case <-time.After(time.Duration(random.IntN(20)) * time.Millisecond):
		}
		switch random.IntN(5) {
		case 0:
			p.Cut()
		case 1, 2:
			p.LoseNext()
		case 3:
			_, err := d.Exec(t.Context(), fmt.Sprintf("begin; lock table rehome.import_batches in exclusive mode; select pg_sleep(%f); commit", random.Float64()/2))
			if err != nil {
				t.Error(err)
			}
		case 4:
			_, err := d.Exec(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestLocked: what is locked for too long is a failure that passes, and leaves
// nothing behind.
func TestLocked(t *testing.T) {
	d := newDatabase(t, Generic)
	s := opened(t, d, Config{Layout: Generic, Timeout: 100 * time.Millisecond, Patience: 300 * time.Millisecond})
	tx, err := d.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "lock table rehome.users in exclusive mode"); err != nil {
		t.Fatal(err)
	}
	results, err := s.Write(t.Context(), landings(s, people(3), false))
	if transient, ok := errors.AsType[sink.Transient](err); !ok || !transient.Transient() || len(results) != 0 {
		t.Errorf("%d results, %v", len(results), err)
	}
	t.Log(err)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if count := outcomes(write(t, s, landings(s, people(3), false))); count[sink.Created] != 3 {
		t.Errorf("%v", count)
	}
}
