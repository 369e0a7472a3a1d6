package appwrite

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

// lines are connections to one server that speak HTTP/1.1, each used by one request
// at a time and kept. net/http's own hand each request and each answer to two
// goroutines a connection, which is half of all the processor time that a create
// takes; here the worker itself writes and reads. Dialling, TLS and the reading of
// answers are the standard library's.
//
// It refuses what is not needed here: proxies (see pool), redirects, HTTP/2, requests
// whose body is not in memory, and to send anything twice. A connection that the
// server closed while it lay idle is found by a look before it is used; one that is
// closed at the very moment of use looks like a lost answer, and is treated so.
type lines struct {
	dial    func(ctx context.Context) (net.Conn, error)
	timeout time.Duration // of an answer

	mu   sync.Mutex
	idle []*line // the longest idle first
}

// line is one connection.
type line struct {
	net.Conn
	in    *bufio.Reader
	bound io.LimitedReader // what may still come of an answer
	out   []byte
	since time.Time // when it fell idle
}

const (
	idleLong   = time.Second           // after this a connection is looked at before it is used
	idleMost   = 90 * time.Second      // after this it is not used again
	glance     = 20 * time.Millisecond // how long the look takes: on a busy machine less would be over before it began
	dialing    = 10 * time.Second      // for a connection, and again for its TLS
	maxMessage = maxAnswer + 1<<20
)

// newLines makes lines to address, host and port; in the clear where secure is nil.
// An answer, from the request to the end of the body, may take so long; then the
// error is os.ErrDeadlineExceeded. It does no I/O.
func newLines(address string, secure *tls.Config, timeout time.Duration) *lines {
	dialer := &net.Dialer{Timeout: dialing, KeepAlive: 30 * time.Second}
	dial := func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", address) }
	if secure == nil {
		return &lines{dial: dial, timeout: timeout}
	}
	return &lines{timeout: timeout, dial: func(ctx context.Context) (net.Conn, error) {
		conn, err := dial(ctx)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, dialing)
		defer cancel()
		secured := tls.Client(conn, secure)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secured, nil
	}}
}

// RoundTrip sends a request and reads the answer's header. The body must be read to
// its end and closed, for the connection to be kept.
func (p *lines) RoundTrip(req *http.Request) (*http.Response, error) {
	l, err := p.take(req.Context())
	if err != nil {
		return nil, err
	}
	_ = l.SetDeadline(time.Now().Add(p.timeout))
	stop := context.AfterFunc(req.Context(), func() { _ = l.SetDeadline(time.Unix(1, 0)) })
	res, err := l.exchange(req)
	if err != nil {
		stop()
		_ = l.Close()
		return nil, err
	}
	res.Body = &tail{ReadCloser: res.Body, lines: p, line: l, stop: stop, last: res.Close}
	return res, nil
}

// take is an idle connection, the last used first, or a new one.
func (p *lines) take(ctx context.Context) (*line, error) {
	for l := p.pop(); l != nil; l = p.pop() {
		if l.alive() {
			return l, nil
		}
		_ = l.Close()
	}
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	l := &line{Conn: conn}
	l.bound.R = conn
	l.in = bufio.NewReader(&l.bound)
	return l, nil
}

func (p *lines) pop() *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	l := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return l
}

// alive tells whether a connection can be used: nothing came while it lay idle, not
// even its end.
func (l *line) alive() bool {
	switch idle := time.Since(l.since); {
	case idle < idleLong:
		return l.in.Buffered() == 0
	case idle > idleMost:
		return false
	}
	l.bound.N = 1
	_ = l.SetReadDeadline(time.Now().Add(glance))
	_, err := l.in.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// put keeps a connection, and closes those that nobody will use again.
func (p *lines) put(l *line) {
	now := time.Now()
	l.since = now
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, l)
	for len(p.idle) > 0 && now.Sub(p.idle[0].since) > idleMost {
		_ = p.idle[0].Close()
		p.idle = slices.Delete(p.idle, 0, 1)
	}
}

// CloseIdleConnections closes what nobody uses.
func (p *lines) CloseIdleConnections() {
	for l := p.pop(); l != nil; l = p.pop() {
		_ = l.Close()
	}
}

// exchange writes a request in one piece and reads the header of its answer.
func (l *line) exchange(req *http.Request) (*http.Response, error) {
	if err := l.compose(req); err != nil {
		return nil, err
	}
	if _, err := l.Write(l.out); err != nil {
		return nil, err
	}
	for {
		l.bound.N = maxMessage
		res, err := http.ReadResponse(l.in, req)
		if err != nil || res.StatusCode > 199 {
			return res, err
		}
	}
}

// compose writes a request as HTTP/1.1 has it (RFC 9112, section 3). Values were
// checked where they came from; a line break in one is a bug, and goes nowhere.
func (l *line) compose(req *http.Request) error {
	b := append(append(append(append(l.out[:0], req.Method...), ' '), req.URL.RequestURI()...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, req.URL.Host...), "\r\n"...)
	for name, values := range req.Header {
		if !headerSafeName(name) || len(values) != 1 || !headerSafe(values[0]) {
			return errors.New("appwrite: a request holds a header that cannot be sent: a bug in rehome, please report it")
		}
		b = append(append(append(append(b, name...), ": "...), values[0]...), "\r\n"...)
	}
	if req.Body != nil {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), req.ContentLength, 10), "\r\n"...)
	}
	b = append(b, "\r\n"...)
	if req.Body != nil {
		at := len(b)
		b = slices.Grow(b, int(req.ContentLength))[:at+int(req.ContentLength)]
		if _, err := io.ReadFull(req.Body, b[at:]); err != nil {
			return err
		}
	}
	l.out = b
	return nil
}

func headerSafeName(name string) bool {
	for i := range len(name) {
		if !letterOrDigit(name[i]) && name[i] != '-' {
			return false
		}
	}
	return name != ""
}

// tail is the body of an answer, which gives the connection back.
type tail struct {
	io.ReadCloser
	lines *lines
	line  *line
	stop  func() bool
	last  bool // the server closes the connection after this
	ended bool
}

func (t *tail) Read(b []byte) (int, error) {
	n, err := t.ReadCloser.Read(b)
	t.ended = t.ended || err == io.EOF
	return n, err
}

func (t *tail) Close() error {
	err := t.ReadCloser.Close()
	if t.stop() && t.ended && !t.last && err == nil {
		t.lines.put(t.line)
		return nil
	}
	return errors.Join(err, t.line.Close())
}
