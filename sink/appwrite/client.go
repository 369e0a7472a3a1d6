package appwrite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rehome/identity"
)

// client makes requests and reads answers. Without a key it is a guest, as the
// login is.
type client struct {
	transport *transport
	base      *url.URL // without a slash at the end
	project   string
	key       identity.Secret // empty: a guest

	patience patience // of one request, repeated by its caller or in the transport
}

// newClient has nothing of an http.Client: it keeps no cookie, since a session
// beside a key is refused, and follows no redirect, which would carry the key to
// whoever asks for it.
func newClient(t *transport, base *url.URL, project string, key identity.Secret) *client {
	return &client{t, base, project, key, t.patience}
}

func (c *client) guest() *client {
	g := *c
	g.key = ""
	return &g
}

// hurried is the same client with less patience: where nothing has begun, a
// person waits.
func (c *client) hurried(most time.Duration) *client {
	t := *c.transport
	t.patience.total = min(t.patience.total, most)
	return newClient(&t, c.base, c.project, c.key)
}

// keyHeader carries the API key; a guest sends none.
const keyHeader = "X-Appwrite-Key"

// unanswered is a request whose end is unknown: it may have been done.
type unanswered struct {
	why     string
	foreign bool // there was one, and not of Appwrite's making
}

func (u *unanswered) Error() string { return "the answer was lost: " + u.why }

// do sends a request and reads the answer into out. The error is a *refusal when
// the server said no, *unanswered when it said nothing, *weary when patience
// ended, or the cause of a cancelled context.
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	res, err := c.transport.send(req)
	if err != nil {
		return sendError(ctx, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		refused := readRefusal(res.StatusCode, res.text)
		refused.wait, refused.part = askedWait(res.Response), servicePart(path)
		return refused
	}
	if out != nil && readAnswer(res.text, out) != nil {
		return &unanswered{why: "what came is none of Appwrite's", foreign: true}
	}
	return nil
}

// servicePart is the service that a path belongs to.
func servicePart(path string) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	part, _, _ = strings.Cut(part, "?")
	return part
}

// request is one over a body in memory. It does without http.NewRequest, which would
// take the address apart again for every user.
func (c *client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	address, err := c.address(path)
	if err != nil {
		return nil, err
	}
	req := &http.Request{
		Method: method, URL: address, Host: address.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Accept": {"application/json"}, "User-Agent": {"rehome"}, "X-Appwrite-Project": {c.project}},
	}
	if c.key != "" {
		req.Header[keyHeader] = []string{string(c.key)}
	}
	if body != nil {
		text, err := encode(body)
		if err != nil {
			return nil, err
		}
		req.Header["Content-Type"] = []string{"application/json"}
		req.ContentLength = int64(len(text))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	}
	return req.WithContext(ctx), nil
}

// address is that of a path with its query, both escaped.
func (c *client) address(path string) (*url.URL, error) {
	path, query, _ := strings.Cut(path, "?")
	u := *c.base
	u.RawQuery = query
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, errors.New("appwrite: the endpoint makes no valid address")
	}
	if plain != path {
		u.RawPath = u.EscapedPath() + path
	}
	u.Path += plain
	return &u, nil
}

// sendError keeps the request's address out: a query holds people's.
func sendError(ctx context.Context, err error) error {
	if tired, ok := errors.AsType[*weary](err); ok {
		return tired
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if hopeless(err) || errors.Is(err, errAnswerSize) {
		return fmt.Errorf("the target is not what it should be: %s", cause(err))
	}
	return &unanswered{why: cause(err)}
}

// tries counts the tries of something that only its caller can repeat.
type tries struct {
	began     time.Time // when the first ended
	n, broken int       // of all, and of those answered with a bare 500
	sound     bool      // the target's database has answered since: see alone
	patience  patience
}

func (c *client) tries() tries { return tries{patience: c.patience} }

// over notes the end of a try, and tells whether it was a 500, and such ones came too
// often to be anything but an answer.
func (t *tries) over(err error) bool {
	if t.n++; t.n == 1 {
		t.began = time.Now()
	}
	if status(err) != http.StatusInternalServerError {
		return false
	}
	t.broken++
	return t.broken >= maxBroken
}

// next waits until the next try, as long as the answer asks or longer each time.
func (t *tries) next(ctx context.Context, err error) error {
	var asked time.Duration
	if r, ok := errors.AsType[*refusal](err); ok {
		asked = r.wait
	}
	wait, tired := t.patience.next(t.n, time.Since(t.began), asked)
	if tired != nil {
		tired.last = lastOf(err)
		return tired
	}
	return sleep(ctx, wait)
}

// lastOf is how a request ended, as ending says it.
func lastOf(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return strings.TrimSpace(fmt.Sprintf("last response: status %d %s", r.status, r.kind))
	}
	if u, ok := errors.AsType[*unanswered](err); ok {
		return "last error: " + u.why
	}
	return "last error: " + err.Error()
}

// unsettled tells whether it is unknown if a request was done: the answer was
// lost, or says that something broke.
func unsettled(err error) bool {
	if _, lost := errors.AsType[*unanswered](err); lost {
		return true
	}
	r, ok := errors.AsType[*refusal](err)
	return ok && passing(r.status)
}

// sessionPath is the login's, under the endpoint.
const sessionPath = "/account/sessions/email"

// userPath is the path of a user, or of a part of one.
func userPath(id, part string) string { return "/users/" + url.PathEscape(id) + part }

func (c *client) get(ctx context.Context, id string) (a account, err error) {
	return a, c.do(ctx, http.MethodGet, userPath(id, ""), nil, &a)
}

func (c *client) create(ctx context.Context, p plan) (a account, err error) {
	err = c.do(ctx, http.MethodPost, p.createPath(), p.createBody(), &a)
	if err == nil && a.ID != p.id {
		err = &unanswered{why: "what came names another user", foreign: true}
	}
	return a, err
}

// maxPage is the number of users asked for at once, and of values in a filter:
// 1.5 takes no more values (1.9: 500).
const maxPage = 100

// list answers the users whose attribute has one of the values.
func (c *client) list(ctx context.Context, attribute string, values ...any) ([]account, error) {
	var l accountList
	err := c.do(ctx, http.MethodGet, "/users"+filter(query{"equal", attribute, values}, query{"limit", "", []any{maxPage}}), nil, &l)
	return l.Users, err
}

// defaultPage is how many entries a list has that was asked for no other number.
const defaultPage = 25

// identities answers the federated identities of these addresses, at most
// defaultPage.
func (c *client) identities(ctx context.Context, emails ...any) ([]federation, error) {
	var l identityList
	err := c.do(ctx, http.MethodGet, "/users/identities"+filter(query{"equal", "providerEmail", emails}), nil, &l)
	return l.Identities, err
}

// insist repeats a POST until its end is known. Only what can be made once, and
// answers with a conflict the second time, is asked for in this way.
func (c *client) insist(ctx context.Context, path string, body any) error {
	for tries := c.tries(); ; {
		err := c.do(ctx, http.MethodPost, path, body, nil)
		if err == nil || !unsettled(err) || tries.over(err) {
			return err
		}
		if err := tries.next(ctx, err); err != nil {
			return err
		}
	}
}

func filter(queries ...query) string {
	s := ""
	for i, q := range queries {
		b, _ := encode(q) // strings and numbers always have a JSON form
		s += "&queries[" + strconv.Itoa(i) + "]=" + url.QueryEscape(string(b))
	}
	return "?" + s[1:]
}
