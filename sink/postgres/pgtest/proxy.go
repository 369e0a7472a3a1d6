package pgtest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
)

// Proxy stands between a sink and the server, reads the messages of both, and can
// be slow, lose the answer to a commit, spoil a row, or give out. A commit is the statement
// "commit", in a message of its own.
type Proxy struct {
	DSN identity.Secret // through it

	listener net.Listener
	network  string
	address  string // of the server

	mu    sync.Mutex
	slow  time.Duration
	lose  bool // the answer to the next commit
	spoil bool // the next row
	left  int  // commits until it gives out; 0: never
	start int  // attempts to connect until it has started
	down  bool
	conns map[net.Conn]bool
	group sync.WaitGroup
}

// Proxy serves on loopback what is behind a connection string.
func (d *Database) Proxy(behind identity.Secret) (*Proxy, error) {
	config, err := pgx.ParseConfig(string(behind))
	if err != nil {
		return nil, err
	}
	p := &Proxy{network: "tcp", address: net.JoinHostPort(config.Host, fmt.Sprint(config.Port)), conns: map[net.Conn]bool{}}
	if strings.HasPrefix(config.Host, "/") {
		p.network, p.address = "unix", fmt.Sprintf("%s/.s.PGSQL.%d", config.Host, config.Port)
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.DSN = Keywords("127.0.0.1", p.listener.Addr().(*net.TCPAddr).Port, config.User, config.Password, d.Name) + " sslmode=prefer"
	p.group.Go(p.serve)
	return p, nil
}

// Close ends all connections and takes no more.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut()
	p.group.Wait()
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() { p.relay(client) })
	}
}

// keep notes an open connection; none are kept while the target is down.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return !p.down
}

// Cut ends all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

func (p *Proxy) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(p.network, p.address)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.keep(client) || !p.keep(server) {
		return
	}
	answers := &answers{of: p}
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
func (p *Proxy) questions(client, server net.Conn, a *answers) {
	first, err := message(client, false)
	if err == nil && len(first) == 8 { // asks for TLS
		_, _ = client.Write([]byte("N"))
		first, err = message(client, false)
	}
	if err != nil {
		return
	}
	if p.starts() {
		_, _ = client.Write([]byte("E\x00\x00\x00\x3eSFATAL\x00VFATAL\x00C57P03\x00Mthe database system is starting up\x00\x00"))
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
			a.lost.Store(true)
		}
	}
}

// starts reports whether the server is still starting, to whoever connects now.
func (p *Proxy) starts() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start == 0 {
		return false
	}
	p.start--
	return true
}

func (p *Proxy) pause() {
	p.mu.Lock()
	d := p.slow
	p.mu.Unlock()
	time.Sleep(d)
}

// loses tells whether the answer to this commit is to be lost.
func (p *Proxy) loses() bool {
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
	of   *Proxy
	lost atomic.Bool
}

// relay passes answers on, until one is to be lost: then it waits for the server to
// have done the work, and cuts the connection instead.
func (a *answers) relay(server, client net.Conn) {
	for {
		m, err := message(server, true)
		if err != nil {
			return
		}
		if a.lost.Load() {
			if m[0] == 'Z' { // ready for the next: it is done
				a.of.gaveOut()
				return
			}
			continue
		}
		spoilt := m[0] == 'D' && a.of.spoils(m)
		if _, err := client.Write(m); err != nil || spoilt {
			return
		}
	}
}

// spoils writes an error over the end of a row, if the next one is to be spoilt, as
// PgBouncer does whose server died while it was passing on the row.
func (p *Proxy) spoils(row []byte) bool {
	const answer = "E\x00\x00\x00\x1fSFATAL\x00C08P01\x00Mserver co"
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.spoil || len(row) < 2*len(answer) {
		return false
	}
	p.spoil = false
	copy(row[len(row)-len(answer):], answer)
	return true
}

// gaveOut takes the target down once its last change is done.
func (p *Proxy) gaveOut() {
	p.mu.Lock()
	down := p.down
	p.mu.Unlock()
	if down {
		p.Cut()
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

// Start makes the server be starting, to the next n who connect.
func (p *Proxy) Start(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start = n
}

// Fail makes the server do n more commits, and give out with the last.
func (p *Proxy) Fail(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = n
}

// Mend makes it serve as before.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.down = 0, false
}

// Slow makes every question late.
func (p *Proxy) Slow(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slow = d
}

// LoseNext loses the answer to the next commit: its work is done, and the
// connection cut.
func (p *Proxy) LoseNext() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = true
}

// SpoilNext spoils the end of the next row that the server sends, and cuts the
// connection.
func (p *Proxy) SpoilNext() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spoil = true
}
