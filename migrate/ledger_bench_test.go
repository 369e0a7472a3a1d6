package migrate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"rehome/migrate"
	"rehome/sink"
)

// BenchmarkOpenLedger reopens the ledger of a run that was stopped, of
// REHOME_LEDGER_USERS users (200,000): every user has a take line, and all but
// every hundredth a settle line.
func BenchmarkOpenLedger(b *testing.B) {
	users := 200_000
	if s := os.Getenv("REHOME_LEDGER_USERS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		users = n
	}
	folder := b.TempDir()
	size := writeLedger(b, folder, users)
	b.SetBytes(size)
	for b.Loop() {
		runtime.GC()
		l, err := migrate.OpenLedger(folder)
		if err != nil {
			b.Fatal(err)
		}
		checkStates(b, l, users)
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(users), "users")
	b.ReportMetric(float64(mapped())/(1<<20), "MiB-from-system")
}

// mapped is what the Go runtime has taken from the system, less what it gave back.
func mapped() uint64 {
	read := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(read)
	return read[0].Value.Uint64() - read[1].Value.Uint64()
}

// BenchmarkVerifyLedger counts what landed, as verify and undo read it.
func BenchmarkVerifyLedger(b *testing.B) {
	folder := b.TempDir()
	b.SetBytes(writeLedger(b, folder, 200_000))
	for b.Loop() {
		l, err := migrate.ReadLedger(folder)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := l.Landed(); err != nil || n != 198_000 {
			b.Fatal(n, err)
		}
	}
}

func checkStates(tb testing.TB, l *migrate.Ledger, users int) {
	for _, n := range []int{0, 1, 99, 100, users / 2, users - 1} {
		want := migrate.Landed
		if n%100 == 0 {
			want = migrate.Taken
		}
		if got := l.State(benchID(n)); got != want {
			tb.Fatalf("user %d: state %d, want %d", n, got, want)
		}
	}
	if got := l.State(benchID(users)); got != migrate.Unknown {
		tb.Fatalf("a user who never came has state %d", got)
	}
}

// benchID is of the length of Firebase's ids.
func benchID(n int) string { return fmt.Sprintf("u%027d", n) }

// writeLedger writes the ledger of a run that was stopped, in the bytes that a run
// writes, and answers its size.
func writeLedger(tb testing.TB, folder string, users int) int64 {
	tb.Helper()
	l, err := migrate.CreateLedger(folder, migrate.Move{Source: "sha256:x", Target: "t", Started: time.Now()})
	if err != nil {
		tb.Fatal(err)
	}
	for n := range users {
		id := benchID(n)
		err := l.Take([]string{id})
		if err == nil && n%100 != 0 {
			err = l.Settle(id, sink.Result{Outcome: sink.Created, TargetID: id})
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(folder, "ledger.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

// BenchmarkAppend takes and settles users, one after another.
func BenchmarkAppend(b *testing.B) {
	l, err := migrate.CreateLedger(b.TempDir(), migrate.Move{})
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		id := benchID(n)
		err := l.Take([]string{id})
		if err == nil {
			err = l.Settle(id, sink.Result{Outcome: sink.Created, TargetID: id})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}
