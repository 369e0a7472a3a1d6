//go:build chaos && unix

package postgres

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/postgres/pgtest"
)

// The tests of this file take their time, and need PgBouncer (apt install
// pgbouncer) beside the programs of Postgres:
//
//	go test -tags chaos -run 'Pooler|Crash|Chaos' ./sink/postgres
//
// REHOME_SEEDS is how often each of the random ones is done; 20 unless it is set.

// pooler is PgBouncer before a database.
func pooler(t *testing.T, d *database) identity.Secret {
	t.Helper()
	p, err := d.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p.DSN
}

func TestPooler(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		t.Run(string(l), func(t *testing.T) {
			d := newDatabase(t, l)
			dsn := pooler(t, d)
			const writers, each = 6, 200
			var mu sync.Mutex
			var all []sink.Result
			s := opened(t, d, Config{Layout: l, DSN: dsn, Batch: 25, Workers: writers, Patience: time.Minute})
			var group sync.WaitGroup
			for w := range writers {
				group.Go(func() {
					results, err := s.Write(t.Context(), landings(s, people(writers * each)[w*each:(w+1)*each], false))
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					all = append(all, results...)
				})
			}
			group.Wait()
			if count := outcomes(all); count[sink.Created] != writers*each {
				t.Errorf("%v", count)
			}
			wantEqual(t, s, all)
			wantSound(t, s)
			wantCounts(t, d, l, writers*each)
			info, err := s.Preflight(t.Context())
			if err != nil || !info.Pooler {
				t.Errorf("the pooler is not seen: %+v %v", info, err)
			}
			found, err := s.Read(t.Context(), []string{all[0].TargetID})
			if err != nil {
				t.Fatal(err)
			}
			if spared, err := s.Remove(t.Context(), found); err != nil || len(spared) > 0 {
				t.Errorf("%v %v", spared, err)
			}
		})
	}
	t.Run("empty target", func(t *testing.T) {
		d := newDatabase(t, Generic)
		s := opened(t, d, Config{Layout: Generic, DSN: pooler(t, d), EmptyTarget: true, Schema: "a b"}, Run{Name: "x"})
		results := write(t, s, landings(s, people(50), false))
		if err := s.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, s, results)
		if got := d.text(t, "select string_agg(indexname, ' ' order by 1) from pg_indexes where schemaname = 'a b' and tablename = 'users'"); strings.Count(got, " ") != 2 {
			t.Errorf("indexes: %s", got)
		}
	})
}

func seeds(t *testing.T) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv("REHOME_SEEDS"), 10, 32)
	if err != nil {
		return 20
	}
	return n
}

// TestPoolerChaos is TestChaos with a pooler behind the bad line, and with locks
// that are held until statements give up.
func TestPoolerChaos(t *testing.T) {
	for seed := range seeds(t) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) {
				d := newDatabase(t, l)
				chaos(t, d, badLine(t, d, pooler(t, d)), l, seed+1000)
			})
		}
	}
}

// TestLineChaos is TestChaos, more often.
func TestLineChaos(t *testing.T) {
	for seed := range seeds(t) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) {
				d := newDatabase(t, l)
				chaos(t, d, badLine(t, d, d.DSN), l, seed+2000)
			})
		}
	}
}

// TestCrash ends the server at once, as a power cut would but for the disk, and
// starts it again, while people land.
func TestCrash(t *testing.T) {
	own, err := pgtest.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Stop()
	for seed := range seeds(t) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) { crash(t, databaseOf(t, own, l), l, seed) })
		}
	}
}

func crash(t *testing.T, d *database, l Layout, seed uint64) {
	s := opened(t, d, Config{Layout: l, Batch: 20, Patience: time.Minute}, Run{Name: "crash"})
	const n = 4000
	ls := landings(s, people(n), false)
	var all []sink.Result
	done := make(chan error, 1)
	go func() {
		var err error
		all, err = s.Write(t.Context(), ls)
		done <- err
	}()
	random := rand.New(rand.NewPCG(seed, 2))
	for range 3 {
		if sleep(t.Context(), time.Duration(20+random.IntN(150))*time.Millisecond) != nil {
			t.Fatal("cancelled")
		}
		if err := d.Crash(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if count := outcomes(all); count[sink.Created] != n {
		t.Errorf("%v", count)
	}
	wantCounts(t, d, l, n)
	wantEqual(t, s, all)
}
