package appwrite

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// transport repeats what may be repeated, until an answer comes that is worth
// having or the patience ends. It sits under everything else because one user is
// several requests, and only here is each answer seen.
//
// A create is repeated in two cases only: nothing was sent (no connection), or
// the server said that it did nothing (429). Otherwise its end is unknown, and
// its caller looks whether it was done. Everything else sets a value or reads
// one, and may be sent again; a 500 to a change only a few times, since it may be
// about that one user.
//
// Every answer is read to its end here: connections are reused, and an answer
// that breaks off is a lost one.
type transport struct {
	next     http.RoundTripper
	patience patience      // of one request
	timeout  time.Duration // of one answer
	clock    *serverClock
}

// patience is how long one request is repeated, and how long is waited first.
type patience struct{ total, first time.Duration }

// Waits between two tries: the first about firstWait, each next threefold.
const (
	firstWait = 50 * time.Millisecond
	longWait  = 10 * time.Second
)

// maxBroken is how many bare 500s a change is answered with before they are taken
// for an answer: six, over some six seconds, since a server in trouble gives them
// too.
const maxBroken = 6

// maxAnswer bounds an answer: a page of 100 users with preferences and labels as
// large as they may be stays below 15 MiB.
const maxAnswer = 32 << 20

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	began, broken := time.Now(), 0
	for try := 1; ; try++ {
		res, err := t.once(req)
		if err == nil && res.StatusCode == http.StatusInternalServerError {
			broken++
		}
		if !repeatable(req, res, err, broken) {
			return res, err
		}
		wait := max(t.patience.wait(try), askedWait(res))
		if time.Since(began)+wait > t.patience.total {
			return nil, &weary{after: t.patience.total, last: cause(res, err)}
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// once sends the request one time and reads the answer whole.
func (t *transport) once(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	try := req.Clone(ctx)
	if req.GetBody != nil {
		try.Body, _ = req.GetBody() // over bytes in memory: never fails
	}
	res, err := t.next.RoundTrip(try)
	if err == nil {
		err = t.read(res)
	}
	switch {
	case err == nil:
		return res, nil
	case req.Context().Err() != nil:
		return nil, context.Cause(req.Context())
	case ctx.Err() != nil:
		return nil, fmt.Errorf("no answer within %v", t.timeout)
	}
	return nil, err
}

func (t *transport) read(res *http.Response) error {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(body) > maxAnswer {
		return errAnswerSize
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		t.clock.hear(date)
	}
	return nil
}

var errAnswerSize = errors.New("an answer of more than 32 MiB is none of Appwrite's")

// repeatable tells whether to send the request again, after so many answers of
// 500. Where nothing can change by waiting, it is not.
func repeatable(req *http.Request, res *http.Response, err error, broken int) bool {
	if req.Context().Err() != nil || errors.Is(err, errAnswerSize) || hopeless(err) {
		return false
	}
	creates := req.Method == http.MethodPost && !strings.HasSuffix(req.URL.Path, sessionPath)
	if err != nil {
		return !creates || unsent(err)
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusInternalServerError:
		return !creates && (req.Method == http.MethodGet || broken < maxBroken)
	}
	return !creates && passing(res.StatusCode)
}

// passing tells whether a status is about the server's state, not the request:
// 408 is Appwrite's word for a query that took too long.
func passing(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests ||
		status >= 500 && status != http.StatusNotImplemented
}

// unsent tells whether a request cannot have reached the server.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// hopeless tells whether the other side is not what it should be: no wait turns a
// wrong certificate into a right one.
func hopeless(err error) bool {
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return cert || record
}

// wait is how long to wait after a try, with jitter, so that many workers do not
// come back at once.
func (p patience) wait(try int) time.Duration {
	wait := p.first
	for ; try > 1 && wait < longWait; try-- {
		wait *= 3
	}
	wait = min(wait, longWait)
	return wait/2 + rand.N(wait/2+1)
}

// askedWait is how long an answer asks to wait, by Retry-After (seconds or a
// date) or, where requests are limited, by X-RateLimit-Reset (seconds since
// 1970). Dates are compared with the server's own.
func askedWait(res *http.Response) time.Duration {
	if res == nil {
		return 0
	}
	now, err := http.ParseTime(res.Header.Get("Date"))
	after := res.Header.Get("Retry-After")
	if seconds, bad := strconv.ParseUint(after, 10, 31); bad == nil {
		return time.Duration(seconds) * time.Second
	}
	if err != nil {
		return 0
	}
	if at, bad := http.ParseTime(after); bad == nil {
		return max(at.Sub(now), 0)
	}
	reset, bad := strconv.ParseInt(res.Header.Get("X-RateLimit-Reset"), 10, 64)
	if res.StatusCode != http.StatusTooManyRequests || bad != nil {
		return 0
	}
	return max(time.Unix(reset, 0).Sub(now), 0)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// cause is what a try ended with, in words that hold no address: a query holds
// people's.
func cause(res *http.Response, err error) string {
	if err == nil {
		return fmt.Sprintf("it answered %d", res.StatusCode)
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it closed the connection without an answer"
	}
	return err.Error()
}

// weary is the end of patience. It implements sink.Transient.
type weary struct {
	after time.Duration
	last  string
}

func (w *weary) Error() string {
	return fmt.Sprintf("the target gave out: no success within %v; last, %s", w.after, w.last)
}

// Transient says that the same may succeed later.
func (*weary) Transient() bool { return true }

// serverClock is the first and the latest time the server gave in a Date header,
// in whole seconds since 1970. Who made an account is judged by it: our own clock
// may be wrong.
type serverClock struct{ first, latest atomic.Int64 }

func (c *serverClock) hear(t time.Time) {
	now := t.Unix()
	c.first.CompareAndSwap(0, now)
	for old := c.latest.Load(); old < now && !c.latest.CompareAndSwap(old, now); {
		old = c.latest.Load()
	}
}

// The times are zero before the first answer.
func (c *serverClock) start() time.Time { return moment(c.first.Load()) }
func (c *serverClock) now() time.Time   { return moment(c.latest.Load()) }

func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// pool is a transport for so many workers at once: one connection each, kept.
func pool(workers int) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        workers,
		MaxIdleConnsPerHost: workers,
		MaxConnsPerHost:     workers,
		IdleConnTimeout:     90 * time.Second,
	}
}
