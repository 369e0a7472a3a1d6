package rehearsal

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBody is the largest request body taken; Appwrite 1.5's is 12 MB.
const maxBody = 12 << 20

// call is one request on its way to a handler.
type call struct {
	*Server
	r      *http.Request
	route  *route
	path   []string // values of the route's {parts}, in order
	args   []value  // values of the route's params, in order
	who    access
	fault  FaultKind
	dark   bool            // the database is out
	signup bool            // POST /account
	gone   []foreignTarget // targets that were removed, which the answer still shows

	read       bool // sent and unreadable are known
	sent       value
	unreadable *refusal
	out        []byte      // the handler appends the answer's body here
	header     [][2]string // further headers of the answer
}

// arg is a validated parameter.
func (c *call) arg(name string) value {
	for i := range c.route.params {
		if c.route.params[i].name == name {
			return c.args[i]
		}
	}
	return value{}
}

func (c *call) text(name string) string { return c.arg(name).text }

// param is a parameter of a route.
type param struct {
	name     string
	test     test
	optional bool
	none     value // its value when it is left out
}

func need(name string, t test) param { return param{name: name, test: t} }

func may(name string, t test, none value) param {
	return param{name: name, test: t, optional: true, none: none}
}

// gather reads and checks the route's parameters in their order; the first bad
// one ends it, as in utopia-php/http (Http::getArguments): given values are
// checked unless optional and null, missing ones must be optional.
func (c *call) gather() *refusal {
	given, bad := c.given()
	if bad != nil {
		return bad
	}
	c.args = make([]value, len(c.route.params))
	for i := range c.route.params {
		p := &c.route.params[i]
		v, found := given.get(p.name)
		if at := slices.Index(c.route.parts, p.name); at >= 0 {
			v, found = text(c.path[at]), true
		}
		if p.name == "queries" {
			if v, bad = c.modern(v); bad != nil {
				return bad
			}
		}
		if bad := p.check(v, found); bad != nil {
			return bad
		}
		if !found {
			v = p.none
		}
		c.args[i] = v
	}
	return nil
}

func (p *param) check(v value, found bool) *refusal {
	switch {
	case !found && !p.optional:
		return badArgument(`Param "` + p.name + `" is not optional.`)
	case !found, p.optional && v.kind == isNull:
		return nil
	}
	if complaint := p.test(v); complaint != "" {
		return badArgument("Invalid `" + p.name + "` param: " + complaint)
	}
	return nil
}

// given are the parameters as sent.
func (c *call) given() (value, *refusal) {
	if !c.read {
		c.sent, c.unreadable = c.receive()
		c.read = true
	}
	return c.sent, c.unreadable
}

// receive reads the parameters: of a GET the query's, otherwise the body's.
func (c *call) receive() (value, *refusal) {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		return parseForm(c.r.URL.RawQuery), nil
	}
	body, bad := c.body()
	if bad != nil {
		return value{}, bad
	}
	mime, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(mime) {
	case "application/json":
		return jsonParams(body)
	case "application/x-www-form-urlencoded":
		return parseForm(body), nil
	}
	return value{}, nil
}

// jsonParams decodes a body. What does not decode, and every empty value, is an
// empty body; any other value that is no array is a type error in PHP, before
// Appwrite's own error handling.
func jsonParams(body string) (value, *refusal) {
	v, ok := decode(body)
	switch {
	case !ok || v.empty():
		return value{}, nil
	case v.kind == isArray:
		return v, nil
	}
	return value{}, &refusal{http.StatusInternalServerError, "", "Error: Server Error"}
}

// body reads the request body, at most maxBody of it. A body that the client cut
// off counts as empty: nothing is done, and nobody is there to be told.
func (c *call) body() (string, *refusal) {
	n := c.r.ContentLength
	switch {
	case n == 0:
		return "", nil
	case n > maxBody:
		return "", tooLarge()
	case n > 0:
		b := make([]byte, n)
		if _, err := io.ReadFull(c.r.Body, b); err != nil {
			return "", nil
		}
		return string(b), nil
	}
	b, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	switch {
	case err != nil:
		return "", nil
	case len(b) > maxBody:
		return "", tooLarge()
	}
	return string(b), nil
}

func tooLarge() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "", "Error: Request Entity Too Large"}
}

// maxPairs is PHP's max_input_vars.
const maxPairs = 1000

// parseForm reads a query or form as PHP does, as far as this service needs it:
// name[anything] appends, a later plain name replaces an earlier one.
func parseForm(s string) value {
	form := value{kind: isArray, array: &array{keys: []string{}}}
	for range maxPairs {
		var pair string
		pair, s, _ = strings.Cut(s, "&")
		if name, v, _ := strings.Cut(pair, "="); name != "" {
			form.put(unescape(name), text(unescape(v)))
		}
		if s == "" {
			break
		}
	}
	return form
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func (v value) put(name string, item value) {
	name, _, nested := strings.Cut(name, "[")
	at := slices.Index(v.keys, name)
	if at < 0 {
		at = len(v.keys)
		v.keys, v.items = append(v.keys, name), append(v.items, value{})
	}
	switch {
	case !nested:
		v.items[at] = item
	case v.items[at].kind != isArray:
		v.items[at] = list(item)
	default:
		v.items[at].items = append(v.items[at].items, item)
	}
}
