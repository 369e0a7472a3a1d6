//go:build pgbouncer && unix

package postgres

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// The tests of this file need PgBouncer (apt install pgbouncer) beside Postgres:
//
//	go test -tags pgbouncer -run Pooler ./sink/postgres

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
	serve := exec.Command(program, file)
	serve.SysProcAttr = who
	if err := serve.Start(); err != nil {
		t.Fatalf("%v; apt install pgbouncer", err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
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
