package postgres

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"rehome/identity"
)

// proxy stands between a sink and the server, reads the messages of both, and can
// be slow, lose the answer to a commit, or give out.
type proxy struct {
	listener net.Listener
	network  string
	address  string // of the server
	dsn      identity.Secret

	mu    sync.Mutex
	slow  time.Duration
	lose  bool // the answer to the next commit
	left  int  // commits until it gives out; 0: never
	down  bool
	conns map[net.Conn]bool
	group sync.WaitGroup
}

func newProxy(t testing.TB, d *database) *proxy {
	t.Helper()
	config := d.Config()
	p := &proxy{network: "tcp", address: net.JoinHostPort(config.Host, fmt.Sprint(config.Port)), conns: map[net.Conn]bool{}}
	if strings.HasPrefix(config.Host, "/") {
		p.network, p.address = "unix", fmt.Sprintf("%s/.s.PGSQL.%d", config.Host, config.Port)
	}
	var err error
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.dsn = keywords("127.0.0.1", p.listener.Addr().(*net.TCPAddr).Port, config.User, config.Password, d.name) + " sslmode=disable"
	p.group.Go(p.serve)
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.cut()
		p.group.Wait()
	})
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() { p.relay(client) })
	}
}

// keep notes an open connection; none are kept while the target is down.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return !p.down
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

func (p *proxy) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(p.network, p.address)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.keep(client) || !p.keep(server) {
		return
	}
	answers := &answers{}
	var group sync.WaitGroup
	group.Go(func() {
		defer client.Close()
		defer server.Close()
		answers.relay(server, client)
	})
	p.questions(client, server, answers)
	_ = client.Close()
	_ = server.Close()
	group.Wait()
}

// questions passes on what the client sends: a startup message without a type, and
// then messages with one.
func (p *proxy) questions(client, server net.Conn, a *answers) {
	first, err := message(client, false)
	if err == nil && len(first) == 8 { // asks for TLS
		_, _ = client.Write([]byte("N"))
		first, err = message(client, false)
	}
	if err != nil {
		return
	}
	for {
		if _, err := server.Write(first); err != nil {
			return
		}
		m, err := message(client, true)
		if err != nil {
			return
		}
		if first = m; m[0] == 'Q' || m[0] == 'S' {
			p.pause()
		}
		if m[0] == 'Q' && string(m[5:]) == "commit\x00" && p.loses() {
			a.lose(p)
		}
	}
}

func (p *proxy) pause() {
	p.mu.Lock()
	d := p.slow
	p.mu.Unlock()
	time.Sleep(d)
}

// loses tells whether the answer to this commit is to be lost.
func (p *proxy) loses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = p.down || p.left == 1
	lose := p.lose || p.left == 1
	p.lose = false
	if p.left > 0 {
		p.left--
	}
	return lose
}

// answers are what the server sends on one connection.
type answers struct {
	mu   sync.Mutex
	lost *proxy
}

func (a *answers) lose(p *proxy) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = p
}

// relay passes answers on, until one is to be lost: then it waits for the server to
// have done the work, and cuts the connection instead.
func (a *answers) relay(server, client net.Conn) {
	for {
		m, err := message(server, true)
		if err != nil {
			return
		}
		a.mu.Lock()
		p := a.lost
		a.mu.Unlock()
		if p == nil {
			if _, err := client.Write(m); err != nil {
				return
			}
			continue
		}
		if m[0] == 'Z' { // ready for the next: it is done
			p.gaveOut()
			return
		}
	}
}

// gaveOut takes the target down once its last change is done.
func (p *proxy) gaveOut() {
	p.mu.Lock()
	down := p.down
	p.mu.Unlock()
	if down {
		p.cut()
	}
}

// message reads one message of the protocol, with its head.
func message(r io.Reader, typed bool) ([]byte, error) {
	head := 4
	if typed {
		head = 5
	}
	m := make([]byte, head)
	if _, err := io.ReadFull(r, m); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(m[head-4:])) - 4
	if n < 0 || n > 1<<28 {
		return nil, io.ErrUnexpectedEOF
	}
	m = append(m, make([]byte, n)...)
	_, err := io.ReadFull(r, m[head:])
	return m, err
}

// fail makes the server do n more commits, and give out with the last.
func (p *proxy) fail(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = n
}

func (p *proxy) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.down = 0, false
}

func (p *proxy) setSlow(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slow = d
}

func (p *proxy) loseNext() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = true
}
