package appwrite

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
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
	pace     *pace
	patience patience      // of one request
	timeout  time.Duration // of one answer
}

// patience is how long one request is repeated, and how long is waited first.
type patience struct {
	total, first time.Duration
	began        time.Time // when the request was first tried; zero: it was long ago
}

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

// reply is an answer that was read to its end.
type reply struct {
	*http.Response
	text []byte
}

// head is nil where there was no answer.
func (r *reply) head() *http.Response {
	if r == nil {
		return nil
	}
	return r.Response
}

// send answers with the last reply. The request's own body must be one that can be
// read again (GetBody).
func (t *transport) send(req *http.Request) (*reply, error) {
	var began time.Time // of the first try: to wait for one's turn takes no patience
	patience := t.patience
	patience.began = time.Now()
	broken := 0
	for try := 1; ; try++ {
		queued := time.Now()
		sent, res, err := t.paced(req, patience)
		if try == 1 {
			began = sent
		} else {
			began = began.Add(sent.Sub(queued))
		}
		if err == nil && res.StatusCode == http.StatusInternalServerError {
			broken++
		}
		if !repeatable(req, res.head(), err, broken) {
			return res, err
		}
		wait, tired := t.patience.next(try, time.Since(began), askedWait(res.head()))
		if tired != nil {
			tired.last = ending(res.head(), err)
			return nil, tired
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// paced sends the request when its turn has come, and says when that was. What a
// guest asks goes past the pace: a login is limited by the address that is typed,
// and costs the server a hash.
func (t *transport) paced(req *http.Request, patience patience) (time.Time, *reply, error) {
	if req.Header.Get(keyHeader) == "" {
		sent := time.Now()
		res, err := t.once(req)
		return sent, res, err
	}
	ticket, err := t.pace.enter(req.Context(), kindOf(req), patience)
	if err != nil {
		return time.Time{}, nil, err
	}
	res, err := t.once(req)
	if req.Context().Err() != nil {
		t.pace.leave(ticket, nil, nil, t.patience)
	} else {
		t.pace.leave(ticket, res.head(), err, t.patience)
	}
	return ticket.sent, res, err
}

// triesKey is where the tries of a request are counted.
type triesKey struct{}

// countTries counts how often what is asked under the context goes out.
func countTries(ctx context.Context) (context.Context, *atomic.Int32) {
	tries := new(atomic.Int32)
	return context.WithValue(ctx, triesKey{}, tries), tries
}

// once sends the request one time and reads the answer whole.
func (t *transport) once(req *http.Request) (*reply, error) {
	if tries, counted := req.Context().Value(triesKey{}).(*atomic.Int32); counted {
		tries.Add(1)
	}
	if req.GetBody != nil {
		req.Body, _ = req.GetBody() // over bytes in memory: never fails
	}
	var text []byte
	res, err := t.next.RoundTrip(req)
	if err == nil {
		text, err = t.read(res)
	}
	switch {
	case err == nil:
		return &reply{res, text}, nil
	case req.Context().Err() != nil:
		return nil, context.Cause(req.Context())
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("no answer within %v", t.timeout)
	}
	return nil, err
}

func (t *transport) read(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	text := make([]byte, 0, min(max(res.ContentLength, 0), presized)+1) // one more, to see the end
	for {
		n, err := res.Body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case len(text) > maxAnswer:
			return nil, errAnswerSize
		case err == io.EOF:
			return text, nil
		case err != nil:
			return nil, err
		case len(text) == cap(text):
			text = slices.Grow(text, 512)
		}
	}
}

// presized is the largest answer that a place is made for before it comes: what it
// says of its own length is not believed beyond.
const presized = 64 << 10

var errAnswerSize = errors.New("an answer of more than 32 MiB is none of Appwrite's")

// repeatable tells whether to send the request again, after so many answers of
// 500. Where nothing can change by waiting, it is not.
func repeatable(req *http.Request, res *http.Response, err error, broken int) bool {
	if _, tired := errors.AsType[*weary](err); tired || req.Context().Err() != nil || errors.Is(err, errAnswerSize) || hopeless(err) {
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

// next is how long to wait after a try, when so much of the patience is spent and the
// answer asks for so much. What is left of the patience is used up: the last try comes
// at its end.
func (p patience) next(try int, spent, asked time.Duration) (time.Duration, *weary) {
	left := p.total - spent
	switch {
	case asked > left && asked > 0:
		return 0, &weary{asked: asked}
	case left <= 0:
		return 0, &weary{after: p.total}
	}
	return max(min(p.wait(try), left), asked), nil
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

// ending is how a try ended.
func ending(res *http.Response, err error) string {
	if err == nil {
		return fmt.Sprintf("last response: status %d", res.StatusCode)
	}
	return "last error: " + cause(err)
}

// cause is why there was no answer, in words that hold no address: a query holds
// people's.
func cause(err error) string {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed without an answer"
	}
	return err.Error()
}

// weary is the end of patience. It implements sink.Transient.
type weary struct {
	after time.Duration // that was waited; 0: it was not waited at all
	asked time.Duration // that the target asks to be left alone for; 0: it does not say
	last  string        // how the last try ended
}

func (w *weary) Error() string {
	var b strings.Builder
	b.WriteString("the target is unavailable")
	switch {
	case w.asked > 0:
		fmt.Fprintf(&b, ": it asks to retry after %v", w.asked.Round(time.Second))
	case w.after > 0:
		fmt.Fprintf(&b, ": gave up after %v", w.after)
	}
	if w.last != "" {
		fmt.Fprintf(&b, " (%s)", w.last)
	}
	return b.String()
}

// Transient says that the same may succeed later.
func (*weary) Transient() bool { return true }
