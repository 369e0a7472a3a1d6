package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink/postgres/pgtest"
)

// TestKilledPostgresImports kills imports with SIGKILL at random moments and
// continues them by the same command, while connections are cut, answers to
// commits lost, server processes ended, tables locked and the whole server crashed
// (pg_ctl stop -m immediate), and inserts answered with SQLSTATEs that pass and that do
// not; every fourth time two imports of the same source at
// once, every third through PgBouncer in transaction mode. Whoever was to land
// must be there once, as an import leaves him that nobody disturbs, and stand in
// one ledger of the imports and in the ledger of the database.
// REHOME_SEEDS=300 is the long form (make soak); it needs PgBouncer (apt install
// pgbouncer).
func TestKilledPostgresImports(t *testing.T) {
	rounds := 2
	if s := os.Getenv("REHOME_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	c := &pgChaos{program: buildProgram(t), source: t.TempDir(), want: map[string]people{}}
	c.generate(t)
	for _, layout := range []string{"generic", "supabase"} {
		d := startDatabase(t, layout)
		w := worker{layout: layout, folder: t.TempDir(), dsn: d.DSN}
		if cmd := c.command(w); cmd.Run() == nil || cmd.ProcessState.ExitCode() != exitRejected {
			t.Fatalf("the undisturbed import: exit %d\n%s", cmd.ProcessState.ExitCode(), cmd.Stderr)
		}
		c.want[layout] = landedThere(t, d, layout)
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { c.round(t, uint64(seed)) })
	}
	t.Logf("%d imports killed, %d crashes, %d other disturbances", c.kills, c.crashes, c.others)
}

type pgChaos struct {
	program, source string
	want            map[string]people // by layout

	mu                     sync.Mutex
	kills, crashes, others int
}

// chaosUsers is enough for several batches of a thousand.
const chaosUsers = 6000

func (c *pgChaos) generate(t *testing.T) {
	t.Helper()
	out, err := os.Create(filepath.Join(c.source, "users.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	generator, err := builtGenerator()
	if err != nil {
		t.Fatal(err)
	}
	g := exec.Command(generator, "firebase", "-n", strconv.Itoa(chaosUsers), "-config-out", filepath.Join(c.source, "hash-config.txt"))
	g.Stdout = out
	if err := g.Run(); err != nil {
		t.Fatal(err)
	}
}

// worker is one who imports.
type worker struct {
	layout, folder string
	dsn            identity.Secret
}

func (c *pgChaos) command(w worker) *exec.Cmd {
	cmd := exec.Command(c.program, "import", filepath.Join(c.source, "users.json"), "--hash-config", filepath.Join(c.source, "hash-config.txt"),
		"--to", "postgres", "--layout", w.layout, "--create", "--no-proof", "--yes", "--claims", "prefs", "--quiet")
	cmd.Dir = w.folder
	cmd.Env = append(os.Environ(), "DATABASE_URL="+string(w.dsn))
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return cmd
}

func (c *pgChaos) round(t *testing.T, seed uint64) {
	layout := []string{"generic", "supabase"}[seed%2]
	d := startDatabase(t, layout)
	dsn := d.DSN
	if seed%3 == 2 {
		pooler, err := d.Pool(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer pooler.Stop()
		dsn = pooler.DSN
	}
	line, err := d.Proxy(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	workers := []worker{{layout, t.TempDir(), line.DSN}}
	if seed%4 == 3 {
		workers = append(workers, worker{layout, t.TempDir(), line.DSN})
	}
	ctx, done := context.WithCancel(t.Context())
	var group, imports sync.WaitGroup
	group.Go(func() { c.disturb(ctx, t, d, line, rand.New(rand.NewPCG(seed, 4))) })
	for i, w := range workers {
		imports.Go(func() { c.killUntilDone(t, w, rand.New(rand.NewPCG(seed, 5+uint64(i)))) })
	}
	imports.Wait()
	done()
	group.Wait()
	if err := d.Again(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, calm(t.Context(), d))
	samePeople(t, c.want[layout], landedThere(t, d, layout))
	inBothLedgers(t, d, layout, workers)
}

// killUntilDone imports until nobody kills the import any more and it comes to its
// end. A target that gave out is no end.
func (c *pgChaos) killUntilDone(t *testing.T, w worker, random *rand.Rand) {
	for try := 0; try < 100; try++ {
		patience := time.Duration(50+random.IntN(1500)) * time.Millisecond
		if try > 5 {
			patience = 5 * time.Minute // by now there were enough kills
		}
		cmd := c.command(w)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if err := cmd.Start(); err != nil {
			t.Error(err)
		}
		stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stop()
		cancel()
		switch code := cmd.ProcessState.ExitCode(); {
		case !cmd.ProcessState.Exited():
			c.count(&c.kills)
		case code == exitOK || code == exitRejected:
			return
		case code != exitTarget && !stoppedByState(cmd):
			t.Errorf("exit %d\n%s%s", code, cmd.Stdout, cmd.Stderr)
			return
		}
	}
	t.Error("not done after 100 tries")
}

func (c *pgChaos) count(what *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*what++
}

// disturb does harm at random until the imports are done, thirty times at most:
// often enough that the last tries have their share, which nobody kills.
func (c *pgChaos) disturb(ctx context.Context, t *testing.T, d *pgtest.Database, line *pgtest.Proxy, random *rand.Rand) {
	for range 30 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(random.IntN(400)) * time.Millisecond):
		}
		var err error
		switch random.IntN(9) {
		case 0, 1:
			line.Cut()
		case 2, 3, 4:
			line.LoseNext()
		case 5:
			_, err = d.Exec(ctx, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
		case 6:
			err = lockFor(ctx, d, time.Duration(random.IntN(500))*time.Millisecond)
		case 7:
			c.count(&c.crashes)
			err = d.Crash(ctx)
		case 8:
			err = raise(ctx, d, random)
		}
		c.count(&c.others)
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
}

// lockFor keeps everybody from writing for a while.
func lockFor(ctx context.Context, d *pgtest.Database, long time.Duration) error {
	_, err := d.Exec(ctx, fmt.Sprintf("do $$ begin if to_regclass('rehome.import_batches') is not null then lock table rehome.import_batches in exclusive mode; perform pg_sleep(%f); end if; end $$", long.Seconds()))
	return err
}

// people are users with everything that a database holds of them, by id.
type people map[string]string

func samePeople(t *testing.T, want, got people) {
	t.Helper()
	for id, w := range want {
		if g, there := got[id]; !there {
			t.Errorf("%s is lost", id)
		} else if g != w {
			t.Errorf("%s is not as it should be:\n%s\n%s", id, g, w)
		}
	}
	for id := range got {
		if _, there := want[id]; !there {
			t.Errorf("%s is one too many", id)
		}
	}
}

// landedThere is every user of a database with identities, without what differs
// from run to run.
func landedThere(t *testing.T, d *pgtest.Database, layout string) people {
	t.Helper()
	query := "select u.id || ' ' || (to_jsonb(u) - 'imported_at' - 'updated_at')::text || coalesce((select jsonb_agg(to_jsonb(i) order by provider, subject) from rehome.user_identities i where i.user_id = u.id)::text, '') from rehome.users u"
	if layout == "supabase" {
		query = "select u.id || ' ' || (to_jsonb(u) - 'updated_at')::text || coalesce((select jsonb_agg(to_jsonb(i) - 'id' - 'updated_at' order by provider, provider_id) from auth.identities i where i.user_id = u.id)::text, '') from auth.users u"
	}
	o := people{}
	for _, text := range linesOf(t, d, query) {
		id, rest, _ := strings.Cut(text, " ")
		o[id] = rest
	}
	return o
}

// inBothLedgers checks that each user stands once in the ledger of one import, and
// that the database's ledger counts as many for each import and altogether.
func inBothLedgers(t *testing.T, d *pgtest.Database, layout string, workers []worker) {
	t.Helper()
	table := map[string]string{"generic": "rehome.users", "supabase": "auth.users"}[layout]
	settled, runs := map[string]int{}, 0
	for _, w := range workers {
		folders, err := migrate.Folders(filepath.Join(w.folder, "rehome-runs"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			n := settledIn(t, f, settled)
			if got := linesOf(t, d, "select coalesce(sum(created), 0)::text from rehome.import_batches where run = $1", f.Name())[0]; got != strconv.Itoa(n) {
				t.Errorf("run %s: its own ledger has %d users, the database's %s of %q", f.Name(), n, got,
					linesOf(t, d, "select run || ' ' || committed_at || ' ' || created from rehome.import_batches order by committed_at"))
			}
			runs++
		}
	}
	if runs < len(workers) {
		t.Errorf("%d runs of %d imports", runs, len(workers))
	}
	for _, id := range linesOf(t, d, "select id::text from "+table) {
		if settled[id] != 1 {
			t.Errorf("%s stands %d times in the ledgers", id, settled[id])
		}
		delete(settled, id)
	}
	if len(settled) > 0 {
		t.Errorf("in a ledger, not in the table: %d", len(settled))
	}
	if got := linesOf(t, d, "select count(*) || ' users, ' || (select coalesce(sum(created), 0) from rehome.import_batches) || ' in the ledger' from "+table+
		" having count(*) <> (select coalesce(sum(created), 0) from rehome.import_batches)"); len(got) > 0 {
		t.Error(got[0])
	}
}

// settledIn counts the settle lines of a run.
func settledIn(t *testing.T, f migrate.Folder, settled map[string]int) (n int) {
	t.Helper()
	text, err := os.ReadFile(f.File("ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var l struct{ Settle *struct{ Target string } }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		if l.Settle != nil {
			settled[l.Settle.Target]++
			n++
		}
	}
	return n
}
