package rehearsal

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answer is a response not yet sent: faults may still swallow it.
type answer struct {
	status int
	kind   string // content type; "" is JSON
	body   []byte
	header [][2]string
	pooled *[]byte // where body came from
}

// buffers are reused between answers; a million-user list would otherwise be
// mostly garbage collection.
type buffers struct{ pool sync.Pool }

func (p *buffers) get() *[]byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, 2048)
	return &b
}

// put keeps buffers of ordinary size only.
func (p *buffers) put(b *[]byte) {
	if b != nil && cap(*b) <= 1<<20 {
		*b = (*b)[:0]
		p.pool.Put(b)
	}
}

const jsonType = "application/json; charset=UTF-8"

func refused(r *refusal, version string) answer {
	a := answer{status: r.status, body: r.appendJSON(nil, version)}
	a.header = [][2]string{{"Cache-Control", "no-cache, no-store, must-revalidate"}}
	if r.kind == "" {
		a.kind = "text/html"
	}
	return a
}

// send writes the answer with its Date.
func (a answer) send(w http.ResponseWriter, date time.Time) {
	h := w.Header()
	for _, one := range a.header {
		h.Add(one[0], one[1])
	}
	switch {
	case a.kind != "":
		h["Content-Type"] = []string{a.kind}
	case a.status == http.StatusNoContent:
		h["Content-Type"] = []string{"text/html"}
	default:
		h["Content-Type"] = []string{jsonType}
	}
	h["Date"] = []string{date.UTC().Format(http.TimeFormat)}
	h["Server"] = []string{"Appwrite"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	if a.status != http.StatusNoContent {
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
