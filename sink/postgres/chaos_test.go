//go:build chaos && unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// The tests of this file take their time, and need PgBouncer (apt install
// pgbouncer) beside the programs of Postgres:
//
//	go test -tags chaos -run 'Pooler|Crash|Chaos' ./sink/postgres
//
// REHOME_SEEDS is how often each of the random ones is done; 20 unless it is set.

// pooler serves a database in transaction mode, with fewer connections to the
// server than we have to it.
func pooler(t *testing.T, d *database) identity.Secret {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer"
	}
	dir, err := os.MkdirTemp(shortTemp(), "rehome-pgb-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	who, err := unprivileged(dir)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	c := d.Config()
	file := filepath.Join(dir, "pgbouncer.ini")
	settings := fmt.Sprintf("[databases]\n%s = host=%s port=%d user=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nlogfile = %s/log\n",
		d.name, c.Host, c.Port, c.User, port, dir)
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	supervise(t, func() *exec.Cmd {
		serve := exec.Command(program, file)
		serve.SysProcAttr = who
		return serve
	})
	dsn := keywords("127.0.0.1", port, c.User, "", d.name) + " sslmode=disable"
	for {
		conn, err := connect(t.Context(), dsn)
		if err == nil {
			_ = conn.Close(t.Context())
			return dsn
		}
		if sleep(t.Context(), 20*time.Millisecond) != nil {
			t.Fatal(err)
		}
	}
}

// supervise runs a program, and again when it ends, as a service would be: PgBouncer
// 1.18 gives up ("bad client state") when a request to cancel is cut off.
func supervise(t *testing.T, program func() *exec.Cmd) {
	ctx, stop := context.WithCancel(context.Background())
	first := program()
	if err := first.Start(); err != nil {
		t.Fatalf("%v; apt install pgbouncer", err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for serve := first; ; {
			kill := context.AfterFunc(ctx, func() { _ = serve.Process.Kill() })
			_ = serve.Wait()
			if kill(); ctx.Err() != nil {
				return
			}
			if serve = program(); serve.Start() != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		stop()
		group.Wait()
	})
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
		s := opened(t, d, Config{Layout: Generic, DSN: pooler(t, d), EmptyTarget: true, Run: "x", Schema: "a b"})
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

// TestPoolerChaos is TestChaos with a pooler behind the proxy.
func TestPoolerChaos(t *testing.T) {
	for seed := range seeds(t) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) {
				d := newDatabase(t, l)
				behind, err := connect(t.Context(), pooler(t, d))
				if err != nil {
					t.Fatal(err)
				}
				defer behind.Close(t.Context())
				p := newProxy(t, &database{Conn: behind, name: d.name})
				chaos(t, d, p, l, seed)
			})
		}
	}
}

// TestCrash ends the server at once, as a power cut would but for the disk, and
// starts it again, while people land.
func TestCrash(t *testing.T) {
	own := &cluster{}
	if err := own.start(); err != nil {
		t.Fatal(err)
	}
	defer func() { own.stop() }()
	if err := own.prepare(); err != nil {
		t.Fatal(err)
	}
	for seed := range seeds(t) {
		for _, l := range []Layout{Generic, Supabase} {
			t.Run(fmt.Sprintf("%s %d", l, seed), func(t *testing.T) { crash(t, own, l, seed) })
		}
	}
}

func crash(t *testing.T, own *cluster, l Layout, seed uint64) {
	admin, err := connect(t.Context(), own.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("crash_%s_%d", l, seed)
	from := map[Layout]string{Generic: "template0", Supabase: template}[l]
	if _, err := admin.Exec(t.Context(), "create database "+name+" encoding 'UTF8' template "+from); err != nil {
		t.Fatal(err)
	}
	_ = admin.Close(t.Context())
	s := opened(t, nil, Config{Layout: l, DSN: own.dsn(name), Batch: 20, Patience: time.Minute})
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
		if err := own.restart(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if count := outcomes(all); count[sink.Created] != n {
		t.Errorf("%v", count)
	}
	conn, err := connect(t.Context(), own.dsn(name))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	wantCounts(t, &database{Conn: conn}, l, n)
	wantEqual(t, s, all)
}

// restart ends the server without a word to anybody, and serves anew.
func (c *cluster) restart() error {
	text, err := os.ReadFile(filepath.Join(c.dir, "data", "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		return err
	}
	c.halt()
	if err := os.Remove(filepath.Join(c.dir, "data", "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return c.serve()
}
