package appwrite

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/sink/rehearsal"
)

// hangUp ends a text after which a speaker hangs up.
const hangUp = "<hang up>"

// speaker is a server that answers every request with the next text.
func speaker(t *testing.T, answers ...string) (address string, opened *atomic.Int64, heard func() []string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	opened = &atomic.Int64{}
	requests := make(chan string, 100)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			opened.Add(1)
			in := bufio.NewReader(conn)
			for len(answers) > 0 {
				req, err := http.ReadRequest(in)
				if err != nil {
					break
				}
				body, _ := io.ReadAll(req.Body)
				requests <- fmt.Sprintf("%s %s %s %s", req.Method, req.RequestURI, req.Host, body)
				text := answers[0]
				answers = answers[1:]
				text, last := strings.CutSuffix(text, hangUp)
				_, _ = io.WriteString(conn, text)
				if last {
					break
				}
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String(), opened, func() (all []string) {
		for {
			select {
			case r := <-requests:
				all = append(all, r)
			default:
				return all
			}
		}
	}
}

// call sends a request over lines and reads the answer whole.
func call(t *testing.T, p http.RoundTripper, address, method, body string) (int, string, error) {
	t.Helper()
	return callWithin(t.Context(), t, p, address, method, body)
}

func callWithin(ctx context.Context, t *testing.T, p http.RoundTripper, address, method, body string) (int, string, error) {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address+"/v1/users?a=%22", content)
	if err != nil {
		t.Fatal(err)
	}
	res, err := p.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// TestLines: every way in which an answer may be framed, over as few connections as
// that allows.
func TestLines(t *testing.T) {
	sized := "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
	address, opened, heard := speaker(t,
		sized,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+sized,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", // the last over this connection
		sized,
	)
	p := newLines(address, nil, time.Minute)
	defer p.CloseIdleConnections()
	for i, want := range []struct {
		status int
		text   string
	}{{201, "{}"}, {200, "{}"}, {204, ""}, {201, "{}"}, {200, "{}"}, {201, "{}"}} {
		status, text, err := call(t, p, "http://"+address, "POST", `{"n":1}`)
		if err != nil || status != want.status || text != want.text {
			t.Errorf("answer %d: %d %q %v", i, status, text, err)
		}
	}
	if n := opened.Load(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
	for _, r := range heard() {
		if r != "POST /v1/users?a=%22 "+address+` {"n":1}` {
			t.Errorf("sent %s", r)
		}
	}
}

// TestLinesBroken: what breaks off is an error, and its connection is not used again.
func TestLinesBroken(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"half a header":     "HTTP/1.1 200 OK\r\nContent-",
		"half a body":       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
		"half a chunk":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
		"another protocol":  "SSH-2.0-OpenSSH_9.2\r\n",
		"an endless header": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", maxMessage),
	} {
		address, opened, _ := speaker(t, text+hangUp, text+hangUp)
		p := newLines(address, nil, time.Minute)
		for range 2 {
			if status, got, err := call(t, p, "http://"+address, "GET", ""); err == nil {
				t.Errorf("%s: %d %q", name, status, got)
			}
		}
		if n := opened.Load(); n != 2 {
			t.Errorf("%s: %d connections", name, n)
		}
		if p.pop() != nil {
			t.Errorf("%s: the connection was kept", name)
		}
	}
}

// TestLinesIdle: a connection that the server closed while it lay idle is not used,
// one that it kept is.
func TestLinesIdle(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	server.Config.ConnState = countNew(&opened)
	server.Start()
	defer server.Close()
	p := newLines(strings.TrimPrefix(server.URL, "http://"), nil, time.Minute)
	defer p.CloseIdleConnections()
	age := func(d time.Duration) {
		l := p.pop()
		if l == nil {
			t.Fatal("no connection was kept")
		}
		p.put(l)
		l.since = time.Now().Add(-d)
	}
	for _, step := range []struct {
		before      func()
		connections int64
	}{
		{func() {}, 1},
		{func() { age(2 * idleLong) }, 1},
		{server.CloseClientConnections, 2}, // seen at once on loopback
		{func() { age(2 * idleMost) }, 3},
	} {
		if step.connections == 2 {
			age(2 * idleLong)
		}
		step.before()
		if status, _, err := call(t, p, server.URL, "POST", "{}"); status != http.StatusOK || err != nil {
			t.Errorf("%d connections wanted: %d %v", step.connections, status, err)
		}
		if n := opened.Load(); n != step.connections {
			t.Errorf("%d connections, want %d", n, step.connections)
		}
	}
}

// TestLinesCancelled: a request ends with its context, and its connection with it.
func TestLinesCancelled(t *testing.T) {
	arrived := make(chan token)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- token{}
		<-r.Context().Done()
	}))
	defer server.Close()
	p := newLines(strings.TrimPrefix(server.URL, "http://"), nil, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if status, _, err := callWithin(ctx, t, p, server.URL, "GET", ""); err == nil {
		t.Errorf("answered %d", status)
	}
	if p.pop() != nil {
		t.Error("the connection was kept")
	}
}

// TestLinesHeaders: nothing that could begin another header, or another request,
// leaves this machine.
func TestLinesHeaders(t *testing.T) {
	address, _, heard := speaker(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	p := newLines(address, nil, time.Minute)
	for name, values := range map[string][]string{"X-A": {"a\r\nX-B: b"}, "X-C\r\nX-D": {"c"}, "X-E": {"a", "b"}, "": {"a"}} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{name: values}
		if res, err := p.RoundTrip(req); err == nil {
			t.Errorf("%q %q was sent: %d", name, values, res.StatusCode)
			_ = res.Body.Close()
		}
	}
	if r := heard(); len(r) > 0 {
		t.Error(r)
	}
}

// TestLinesTLS: a certificate is looked at, and its connection kept.
func TestLinesTLS(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	server.Config.ConnState = countNew(&opened)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	address := strings.TrimPrefix(server.URL, "https://")
	p := newLines(address, &tls.Config{RootCAs: trusted, ServerName: "127.0.0.1", NextProtos: []string{"http/1.1"}}, time.Minute)
	defer p.CloseIdleConnections()
	for range 3 {
		if status, text, err := call(t, p, server.URL, "POST", "{}"); err != nil || status != http.StatusOK || text != "HTTP/1.1" {
			t.Errorf("%d %q %v", status, text, err)
		}
		l := p.pop()
		if l == nil {
			t.Fatal("no connection was kept")
		}
		p.put(l)
		l.since = time.Now().Add(-2 * idleLong) // it is looked at before the next
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]connections{
		"an unknown certificate": connect(base, 1, time.Minute),
		"another name":           newLines(address, &tls.Config{RootCAs: trusted, ServerName: "example.org"}, time.Minute),
	} {
		if status, _, err := call(t, c, server.URL, "GET", ""); err == nil || !hopeless(err) {
			t.Errorf("%s: %d %v", name, status, err)
		}
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := newLines(strings.TrimPrefix(plain.URL, "http://"), &tls.Config{ServerName: "127.0.0.1"}, time.Minute)
	if _, _, err := call(t, secure, plain.URL, "GET", ""); err == nil || !hopeless(err) {
		t.Errorf("a server without TLS: %v", err)
	}
}

// TestConnect: our own lines, but not where they would not do.
func TestConnect(t *testing.T) {
	for address, own := range map[string]bool{
		"https://cloud.example/v1": true, "http://127.0.0.1:8090/v1": true, "http://[::1]:8090/v1": true, "https://bücher.example/v1": false,
	} {
		base, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, ours := connect(base, 4, time.Minute).(*lines); ours != own {
			t.Errorf("%s: our own: %v", address, ours)
		}
	}
}

// TestLinesRefused: nobody listens, so nothing was sent.
func TestLinesRefused(t *testing.T) {
	address, _, _ := speaker(t)
	p := newLines(strings.Split(address, ":")[0]+":1", nil, time.Minute)
	if _, _, err := call(t, p, "http://"+address, "POST", "{}"); !unsent(err) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopped"))
	if _, _, err := callWithin(ctx, t, p, "http://"+address, "POST", "{}"); err == nil {
		t.Error("a cancelled request was sent")
	}
}

// TestTimeout: an answer that does not come in time is an error that says so, over
// our own connections and over net/http's.
func TestTimeout(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "2")
		_, _ = io.WriteString(w, "{")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	const timeout = 30 * time.Millisecond
	for name, c := range map[string]connections{"our own": connect(base, 1, timeout), "net/http's": pool{netHTTP(1), timeout}} {
		tr := &transport{next: c, timeout: timeout}
		req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.once(req); err == nil || err.Error() != "no answer within 30ms" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestThroughNetHTTP lands users as through a proxy, over net/http's connections.
func TestThroughNetHTTP(t *testing.T) {
	s, f := rehearse(t, rehearsal.Config{}, Config{})
	s.client.transport.next = pool{netHTTP(4), time.Minute}
	landMany(t, s, 20)
	if n := f.inner.Users(); n != 20 {
		t.Errorf("%d users", n)
	}
}
