package appwrite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"rehome/identity"
)

// client makes requests and reads answers. Without a key it is a guest, as the
// login is.
type client struct {
	http    *http.Client
	base    string // without a slash at the end
	project string
	key     identity.Secret // empty: a guest

	patience patience // of one request, repeated by its caller or in the transport
}

// newClient keeps no cookie, since a session beside a key is refused, and follows
// no redirect, which would carry the key to whoever asks for it.
func newClient(t *transport, base, project string, key identity.Secret) *client {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{&http.Client{Transport: t, CheckRedirect: stay}, base, project, key, t.patience}
}

func (c *client) guest() *client {
	g := *c
	g.key = ""
	return &g
}

// hurried is the same client with less patience: where nothing has begun, a
// person waits.
func (c *client) hurried(most time.Duration) *client {
	t := *c.http.Transport.(*transport)
	t.patience.total = min(t.patience.total, most)
	return newClient(&t, c.base, c.project, c.key)
}

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
	res, err := c.http.Do(req)
	if err != nil {
		return sendError(ctx, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body) // from memory: the transport has read it
	if err != nil {
		return &unanswered{why: err.Error()}
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		refused := readRefusal(res.StatusCode, answer)
		refused.wait = askedWait(res)
		return refused
	}
	if out != nil && json.Unmarshal(answer, out) != nil {
		return &unanswered{why: "what came is none of Appwrite's", foreign: true}
	}
	return nil
}

func (c *client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var reader io.Reader
	if body != nil {
		b, err := encode(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return nil, errors.New("appwrite: the endpoint makes no valid address")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "rehome")
	req.Header.Set("X-Appwrite-Project", c.project)
	if c.key != "" {
		req.Header.Set("X-Appwrite-Key", string(c.key))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// encode writes a body. What cannot be written is not repeated in the error.
func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(body) != nil {
		return nil, errors.New("appwrite: a request could not be written as JSON: a bug in rehome, please report it")
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
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
		return fmt.Errorf("the target is not what it should be: %s", cause(nil, err))
	}
	return &unanswered{why: cause(nil, err)}
}

// tries counts the tries of something that only its caller can repeat.
type tries struct {
	began     time.Time
	n, broken int // of all, and of those answered with a bare 500
	patience  patience
}

func (c *client) tries() tries { return tries{began: time.Now(), patience: c.patience} }

// over notes the end of a try, and tells whether a 500 came too often to be
// anything but an answer.
func (t *tries) over(err error) bool {
	t.n++
	if status(err) == http.StatusInternalServerError {
		t.broken++
	}
	return t.broken >= maxBroken
}

// next waits until the next try, as long as the answer asks or longer each time.
func (t *tries) next(ctx context.Context, err error) error {
	wait := t.patience.wait(t.n)
	if r, ok := errors.AsType[*refusal](err); ok {
		wait = max(wait, r.wait)
	}
	if time.Since(t.began)+wait > t.patience.total {
		return &weary{t.patience.total, err.Error()}
	}
	return sleep(ctx, wait)
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

// owners answers the ids of users with a federated identity of this address.
func (c *client) owners(ctx context.Context, email string) (ids []string, err error) {
	var l identityList
	err = c.do(ctx, http.MethodGet, "/users/identities"+filter(query{"equal", "providerEmail", []any{email}}), nil, &l)
	for _, i := range l.Identities {
		ids = append(ids, i.UserID)
	}
	return ids, err
}

// addTarget gives a user a messaging target that its creation broke off before.
// Nobody's sign-in hangs on it, so it is done where it can be: another user may
// have the target already (409), and in 1.5 the key may lack the scope
// targets.write (401), which nothing else here needs.
func (c *client) addTarget(ctx context.Context, id string, target map[string]any) error {
	for tries := c.tries(); ; {
		err := c.do(ctx, http.MethodPost, userPath(id, "/targets"), target, nil)
		if !unsettled(err) || tries.over(err) {
			if _, refused := errors.AsType[*refusal](err); refused {
				err = nil
			}
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
