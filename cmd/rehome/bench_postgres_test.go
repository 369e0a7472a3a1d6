//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rehome/sink/postgres/pgtest"
)

// BenchmarkPostgresImport moves an export of a million users into the generic
// layout, as a process of its own with survey, parsing and ledger, beside psql's
// \copy of CSV files of the very same rows into the same table with its indexes.
// Both go to the same server, in turn, REHOME_ROUNDS (3) times; the medians are
// printed, with the ratios of each round to the \copy of that round. The read-back
// is a sample: \copy has none. The floor is what the server alone takes: finished
// rows in two streams into bare tables, and the indexes at the end.
//
//	go test -run '^$' -bench PostgresImport -timeout 60m ./cmd/rehome
func BenchmarkPostgresImport(b *testing.B) {
	folder := b.TempDir()
	program := filepath.Join(b.TempDir(), "rehome")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	b.Chdir(folder)
	generate(b, "users.json", "-config-out", "hash-config.txt")
	server, err := pgtest.Own(b.Context(), "fsync=on", "autovacuum=on", "shared_buffers=256MB", "max_wal_size=4GB", "max_connections=20")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Stop)
	d, err := server.Empty(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	r := &rival{b: b, d: d, program: program}
	r.imported("--quiet")
	r.users = linesOf(b, d, "select count(*)::text from rehome.users")[0]
	r.psql(`\copy rehome.users to 'users.csv' csv`, `\copy rehome.user_identities to 'identities.csv' csv`,
		`\copy (select * from rehome.users where hashtext(id) % 2 = 0) to 'first.csv' csv`, `\copy (select * from rehome.users where hashtext(id) % 2 <> 0) to 'second.csv' csv`)
	var copies, floors, plain, bare []spent
	for range rounds() {
		copies = append(copies, r.copied())
		floors = append(floors, r.floor())
		plain = append(plain, r.imported("--quiet"))
		bare = append(bare, r.imported("--quiet", "--empty-target"))
	}
	for b.Loop() { // the rounds are the benchmark
		runtime.KeepAlive(r)
	}
	r.report("copy", copies, copies)
	r.report("floor", floors, copies)
	r.report("import", plain, copies)
	r.report("empty-target", bare, copies)
	if _, err := exec.LookPath("pgloader"); err == nil {
		r.loaded(copies)
	}
}

func rounds() int {
	n, err := strconv.Atoi(os.Getenv("REHOME_ROUNDS"))
	if err != nil {
		return 3
	}
	return n
}

// rival runs both sides.
type rival struct {
	b       *testing.B
	d       *pgtest.Database
	program string
	users   string // landed by an import
}

// spent is what a process took.
type spent struct {
	wall, cpu time.Duration
	resident  int64 // MiB
}

func (r *rival) run(c *exec.Cmd) spent {
	r.b.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	began := time.Now()
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() != exitRejected {
		r.b.Fatalf("%s: %v\n%s", c.Args[0], err, said.String())
	}
	s := spent{wall: time.Since(began), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.resident = usage.Maxrss >> 10 // Linux counts KiB
	}
	return s
}

func (r *rival) do(statement string) {
	r.b.Helper()
	if _, err := r.d.Exec(r.b.Context(), statement); err != nil {
		r.b.Fatal(err)
	}
}

// imported is an import into no tables at all: it makes them.
func (r *rival) imported(flags ...string) spent {
	r.do("drop schema if exists rehome cascade")
	r.do("checkpoint")
	c := exec.Command(r.program, append([]string{"import", "users.json", "--hash-config", "hash-config.txt", "--to", "postgres", "--layout", "generic", "--create",
		"--no-proof", "--yes", "--sample", "400", "--runs", r.b.TempDir()}, flags...)...)
	c.Env = append(os.Environ(), "DATABASE_URL="+string(r.d.DSN))
	return r.run(c)
}

// copied is psql's way, into the tables that an import has made.
func (r *rival) copied() spent {
	r.do("truncate rehome.users cascade")
	r.do("checkpoint")
	return r.psql(`\copy rehome.users from 'users.csv' csv`, `\copy rehome.user_identities from 'identities.csv' csv`)
}

// The indexes and constraints of the two tables, as statements that make them and
// drop them, in the order in which they are made. A plain index has no constraint.
const (
	makers = `select 'alter table ' || conrelid::regclass || ' add constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
		where connamespace = 'rehome'::regnamespace and conrelid in ('rehome.users'::regclass, 'rehome.user_identities'::regclass) and contype in ('p', 'u', 'f') order by contype <> 'p', contype = 'f'`
	droppers = `select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname from pg_constraint
		where connamespace = 'rehome'::regnamespace and conrelid in ('rehome.users'::regclass, 'rehome.user_identities'::regclass) and contype in ('p', 'u', 'f') order by contype = 'f' desc`
)

// floor is the least that a load of finished rows takes.
func (r *rival) floor() spent {
	r.do("truncate rehome.users cascade")
	build := append([]string{"set maintenance_work_mem = '256MB'"}, linesOf(r.b, r.d, makers)...)
	build = append(build, "create index user_identities_user_id on rehome.user_identities (user_id)")
	for _, statement := range append(linesOf(r.b, r.d, droppers), "drop index rehome.user_identities_user_id", "checkpoint") {
		r.do(statement)
	}
	began := time.Now()
	var first, second spent
	var group sync.WaitGroup
	group.Go(func() { first = r.psql(`\copy rehome.users from 'first.csv' csv`) })
	second = r.psql(`\copy rehome.users from 'second.csv' csv`, `\copy rehome.user_identities from 'identities.csv' csv`)
	group.Wait()
	last := r.psql(build...)
	return spent{time.Since(began), first.cpu + second.cpu + last.cpu, first.resident}
}

func (r *rival) psql(commands ...string) spent {
	c := r.d.Config()
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", c.Host, "-p", fmt.Sprint(c.Port), "-U", c.User, "-d", r.d.Name}
	for _, command := range commands {
		args = append(args, "-c", command)
	}
	return r.run(exec.Command("psql", args...))
}

// report prints medians; the ratio is that of each round.
func (r *rival) report(name string, side, copies []spent) {
	var ratios, rates []float64
	var cpu []time.Duration
	resident, n := int64(0), r.landed()
	for i, s := range side {
		rates = append(rates, n/s.wall.Seconds())
		ratios = append(ratios, copies[i].wall.Seconds()/s.wall.Seconds())
		cpu, resident = append(cpu, s.cpu), max(resident, s.resident)
	}
	r.b.ReportMetric(middle(rates), name+"-users/s")
	r.b.ReportMetric(middle(ratios), name+"×copy")
	r.b.ReportMetric(middle(cpu).Seconds(), name+"-cpu-s")
	r.b.ReportMetric(float64(resident), name+"-MiB")
	r.b.Logf("%s: ratios %.2f", name, ratios)
}

func (r *rival) landed() float64 {
	n, err := strconv.ParseFloat(r.users, 64)
	if err != nil {
		r.b.Fatal(err)
	}
	return n
}

func middle[T float64 | time.Duration](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// loaded is pgloader with the first hundred thousand rows, once: it takes long.
func (r *rival) loaded(copies []spent) {
	const rows = 100_000
	text, err := os.ReadFile("users.csv")
	if err != nil {
		r.b.Fatal(err)
	}
	head := bytes.Join(bytes.SplitAfterN(text, []byte("\n"), rows+1)[:rows], nil)
	c := r.d.Config()
	columns := strings.Join(linesOf(r.b, r.d, "select attname::text from pg_attribute where attrelid = 'rehome.users'::regclass and attnum > 0 order by attnum"), ", ")
	command := fmt.Sprintf("load csv from 'head.csv' (%s) into postgresql://%s@unix:%s:%d/%s target table rehome.users with fields optionally enclosed by '\"', fields terminated by ',';",
		strings.ReplaceAll(columns, ", ", " [null if blanks], ")+" [null if blanks]", c.User, c.Host, c.Port, r.d.Name)
	for name, data := range map[string][]byte{"head.csv": head, "pgloader.load": []byte(command)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			r.b.Fatal(err)
		}
	}
	r.do("truncate rehome.users cascade")
	s := r.run(exec.Command("pgloader", "pgloader.load"))
	got := linesOf(r.b, r.d, "select count(*)::text from rehome.users")[0]
	rate := rows / s.wall.Seconds()
	r.b.ReportMetric(rate, "pgloader-users/s")
	r.b.ReportMetric(rate/(r.landed()/copies[len(copies)-1].wall.Seconds()), "pgloader×copy")
	r.b.Logf("pgloader: %s of %d rows in %s", got, rows, s.wall)
}
