package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"rehome/identity"
)

// Pooler is PgBouncer before a database, in transaction mode, with fewer
// connections to the server than we have to it.
type Pooler struct {
	DSN identity.Secret

	dir   string
	stop  func()
	group sync.WaitGroup
}

var errNoPooler = errors.New("these tests need PgBouncer: apt install pgbouncer")

// Pool serves a database.
func (d *Database) Pool(ctx context.Context) (*Pooler, error) {
	program, err := bouncer()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(shortTemp(), "rehome-pgb-")
	if err != nil {
		return nil, err
	}
	who, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := d.Config()
	file := filepath.Join(dir, "pgbouncer.ini")
	settings := fmt.Sprintf("[databases]\n%s = host=%s port=%d user=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nserver_login_retry = 0.2\nlogfile = %s/log\n",
		d.Name, c.Host, c.Port, c.User, port, dir)
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		return nil, err
	}
	p := &Pooler{dir: dir, DSN: Keywords("127.0.0.1", port, c.User, "", d.Name) + " sslmode=disable"}
	err = p.supervise(func() *exec.Cmd {
		serve := exec.Command(program, file)
		serve.SysProcAttr = who
		return serve
	})
	if err != nil {
		return nil, err
	}
	return p, p.wait(ctx)
}

func bouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoPooler
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// supervise runs a program, and again when it ends, as a service would be: PgBouncer
// 1.18 gives up ("bad client state") when a request to cancel is cut off.
func (p *Pooler) supervise(program func() *exec.Cmd) error {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	first := program()
	if err := first.Start(); err != nil {
		return err
	}
	p.group.Go(func() {
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
	return nil
}

func (p *Pooler) wait(ctx context.Context) error {
	for {
		conn, err := Connect(ctx, p.DSN)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// Stop ends it.
func (p *Pooler) Stop() {
	p.stop()
	p.group.Wait()
	_ = os.RemoveAll(p.dir)
}
