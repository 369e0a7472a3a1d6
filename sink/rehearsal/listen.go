package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Listener serves a handler on a loopback address.
type Listener struct {
	http *http.Server
	addr net.Addr
	done chan error
}

// Listen serves h on addr, such as "127.0.0.1:8090"; port 0 picks a free one. It
// refuses addresses that are not loopback: the server holds real people's hashes
// during a rehearsal and has no transport security.
func Listen(addr string, h http.Handler) (*Listener, error) {
	name, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("rehearsal server: address %q: write host:port, such as 127.0.0.1:8090", addr)
	}
	if !loopbackHost(name) {
		return nil, fmt.Errorf("rehearsal server: %s is not a loopback address; use 127.0.0.1 or [::1]", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("rehearsal server: %v", err)
	}
	if tcp, ok := ln.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() { // a name may resolve to anything
		_ = ln.Close()
		return nil, fmt.Errorf("rehearsal server: %s is not a loopback address; use 127.0.0.1 or [::1]", addr)
	}
	l := &Listener{addr: ln.Addr(), done: make(chan error, 1)}
	l.http = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 20}
	go func() { l.done <- l.http.Serve(ln) }()
	return l, nil
}

func loopbackHost(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// Banner is what a person is told who starts the server by hand.
const Banner = "This is a rehearsal server: it keeps everything in memory, forgets it when it stops, and answers this machine only. Put no real service on it."

// Endpoint is the base URL of the API, such as "http://127.0.0.1:8090/v1".
func (l *Listener) Endpoint() string { return l.URL() + "/v1" }

// URL is the base URL without a path.
func (l *Listener) URL() string { return "http://" + l.addr.String() }

// closing is how long Close waits for requests under way.
const closing = 3 * time.Second

// Close stops listening, lets requests under way finish for a moment, and then
// cuts the rest off. It returns when nothing is running any more.
func (l *Listener) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	err := l.http.Shutdown(ctx)
	if err != nil {
		err = l.http.Close()
	}
	if served := <-l.done; !errors.Is(served, http.ErrServerClosed) {
		return errors.Join(err, served)
	}
	return err
}
