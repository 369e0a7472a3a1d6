package rehearsal

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"rehome/identity"
)

// Server is an Appwrite Users service in memory. It is an http.Handler that
// serves the paths under /v1/; use Listen to serve it on a loopback address.
type Server struct {
	cfg   Config
	rules rules
	engine
	live   atomic.Pointer[settings]
	store  *store
	luck   *luck
	outage outage
	gate   *gate
	hasher *hasher
	limits *limiter
	bufs   buffers
	secret [32]byte // keys the server's own proofs and tokens

	requests, refusals atomic.Int64
}

// New makes a server with no users. It refuses a Config that lacks what is
// Required or contradicts itself.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	if err := cfg.Faults.check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, rules: rulesOf(cfg.Profile), engine: engineOf(cfg.Database)}
	s.store = newStore(s.engine)
	s.SetPolicies(cfg.Policies)
	s.luck = newLuck(cfg.Faults, cfg.Seed)
	s.gate = newGate(cfg.Capacity, s.rules.dropsUntaken)
	s.limits = newLimiter()
	copy(s.secret[:], fresh(32))
	s.hasher = newHasher(s.secret, s.cfg.Hold)
	return s, nil
}

// settings are what may change while the server runs.
type settings struct {
	policies Policies
	table    *table
}

// SetPolicies changes the project's settings, as an administrator would between
// two requests.
func (s *Server) SetPolicies(p Policies) {
	s.live.Store(&settings{p, newTable(routes(s.rules, newChecks(s.rules, s.engine, p)))})
}

func (s *Server) policies() Policies { return s.live.Load().policies }

// Project is the project's id.
func (s *Server) Project() string { return s.cfg.Project }

// Key is the first API key, the one that was made fresh if none was given.
func (s *Server) Key() identity.Secret { return s.cfg.Keys[0].Secret }

// Version is the Appwrite version the server plays, such as "1.9.6".
func (s *Server) Version() string { return s.rules.version }

// ServeHTTP answers one request, unless a fault swallows it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	fault := s.luck.draw()
	if fault.Kind == Reset {
		hangUp(w, true)
		return
	}
	if s.gate.slots != nil {
		buffer(r)
	}
	leave := s.gate.enter(r.Context())
	if leave == nil {
		return
	}
	a, done := fault.instead(s.rules.version)
	if !done {
		a = s.answer(r, fault.Kind, s.outage.lasts(s.cfg.Now(), fault))
	}
	leave()
	defer s.bufs.put(a.pooled)
	if fault.Kind == Slow && !pause(r.Context(), fault.For) {
		return
	}
	if fault.Kind == Lost {
		hangUp(w, false)
		return
	}
	a.send(w, s.cfg.Date(s.cfg.Now()))
}

// buffer reads the body before the request waits for its turn, as Appwrite's
// servers do: net/http notices that a client has left only behind the body. What
// is too long or breaks off does so again when it is read.
func buffer(r *http.Request) {
	head, _ := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
}

// answer does the work of a request: find the route, look at who asks, check
// the parameters, run the handler — in this order, which is Appwrite's.
func (s *Server) answer(r *http.Request, fault FaultKind, dark bool) answer {
	path := r.URL.EscapedPath()
	if s.rules.slashesMerge {
		path = single(path)
	}
	rt, parts := s.live.Load().table.find(r.Method, path)
	if rt == nil {
		return s.unknownRoute(r)
	}
	buf := s.bufs.get()
	c := &call{Server: s, r: r, route: rt, path: parts, fault: fault, dark: dark, out: *buf}
	bad := c.serve()
	var a answer
	if bad != nil {
		s.refusals.Add(1)
		a = refused(bad, s.rules.version)
	} else {
		a = answer{status: rt.status, body: c.out}
	}
	*buf = c.out
	a.pooled, a.header = buf, append(a.header, c.header...)
	return a
}

func (c *call) serve() *refusal {
	c.warn()
	if bad := c.admit(); bad != nil {
		return bad
	}
	if bad := c.limit(); bad != nil {
		return bad
	}
	if bad := c.gather(); bad != nil {
		return bad
	}
	if c.dark && !c.cached() {
		return refuse(serverError)
	}
	c.workers()
	return c.route.run(c)
}

// workers lets the background workers do what is due.
func (c *call) workers() {
	c.store.mu.RLock()
	due := len(c.store.later) > 0
	c.store.mu.RUnlock()
	if due {
		now := c.now()
		c.store.change(func() { c.store.work(now) })
	}
}

// Settle lets the background workers finish now, whatever their delay: what
// belonged to deleted users goes, passwords set to "" are hashed.
func (s *Server) Settle() {
	s.store.change(func() { s.store.work(1<<63 - 1) })
}

// putOff has a worker do something after a delay.
func (c *call) putOff(d time.Duration, do func(*store)) {
	c.store.putOff(c.now()+d.Milliseconds(), do)
}
