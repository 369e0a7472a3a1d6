package appwrite

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// connections are those of a sink to its server. Each bounds by itself how long an
// answer may take.
type connections interface {
	http.RoundTripper
	CloseIdleConnections()
}

// connect makes connections of our own where that can be, and net/http's where a
// proxy stands between or a name is not ASCII: one for each request in flight, kept.
// It does no I/O.
func connect(base *url.URL, most int, timeout time.Duration) connections {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base})
	if err != nil || proxy != nil || !headerSafe(base.Host) {
		return pool{netHTTP(most), timeout}
	}
	if base.Scheme == "http" {
		return newLines(net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), "80")), nil, timeout)
	}
	secure := &tls.Config{ServerName: base.Hostname(), NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	return newLines(net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), "443")), secure, timeout)
}

// pool is net/http's transport with a bound on each answer.
type pool struct {
	*http.Transport
	timeout time.Duration
}

func (p pool) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), p.timeout)
	res, err := p.Transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	res.Body = &bounded{res.Body, cancel}
	return res, nil
}

// bounded is a body whose time ends with it.
type bounded struct {
	io.ReadCloser
	cancel func()
}

func (b *bounded) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

func netHTTP(most int) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        most,
		MaxIdleConnsPerHost: most,
		MaxConnsPerHost:     most,
		IdleConnTimeout:     90 * time.Second,
	}
}
