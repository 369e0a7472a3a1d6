package appwrite

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// Sink lands users in a project of Appwrite. Judge, Write, Read and Login may be
// called from several goroutines at once, but not before Preflight has returned
// where there is one.
type Sink struct {
	rules   rules
	client  *client // nil: only judges
	pace    *pace
	workers int
	pool    connections

	anyPassword bool                      // Examine found no policy that refuses plain passwords
	workerLate  atomic.Bool               // the server's worker was waited for in vain
	changed     atomic.Pointer[time.Time] // when a user was last completed
}

// The contracts it keeps.
var (
	_ sink.Sink          = (*Sink)(nil)
	_ sink.Reader        = (*Sink)(nil)
	_ sink.Scout         = (*Sink)(nil)
	_ sink.Prover        = (*Sink)(nil)
	_ sink.Paced         = (*Sink)(nil)
	_ sink.Authenticator = (*Sink)(nil)
	_ sink.Transient     = (*weary)(nil)
)

// mostWorkers is how many requests are in flight at most when nobody says. A real
// server on two cores does most with 8 to 16 (our own recordings); a larger one may
// with more.
const mostWorkers = 64

// New makes a sink without any I/O. With no endpoint it judges only, which is
// enough for a dry run.
func New(c Config) (*Sink, error) {
	c, err := c.withDefaults()
	if err == nil {
		err = checkRule(c.ID)
	}
	if err != nil {
		return nil, err
	}
	s := &Sink{
		rules: rules{profile: c.Profile, callingCodes: c.Profile == Profile19, id: c.ID, roles: c.Roles, claims: c.Claims, dates: c.Dates, undocumented: c.AllowUndocumented},
	}
	if c.Endpoint == "" {
		return s, nil
	}
	base, err := c.base()
	if err != nil {
		return nil, err
	}
	s.workers = cmp.Or(c.Workers, mostWorkers)
	s.pool = connect(base, s.workers, c.Timeout)
	t := &transport{next: s.pool, pace: newPace(c.Workers, s.workers, c.Rate), patience: patience{total: c.Patience, first: firstWait}, timeout: c.Timeout}
	s.pace, s.client = t.pace, newClient(t, base, c.Project, c.Key)
	return s, nil
}

// Judge says what would become of a user here, by the rules of the server's
// version.
func (s *Sink) Judge(u identity.User) sink.Judgement { return s.rules.plan(u).judgement }

// Accepts says why a password could not be typed at Appwrite's login.
func (s *Sink) Accepts(h identity.Hash, password string) *identity.Problem {
	return accepts(h, password)
}

// Workers is how many Writes can be of use at once; 0 where there is no endpoint.
func (s *Sink) Workers() int { return s.workers }

// Pace says how the server is being asked; all zero where there is no endpoint.
func (s *Sink) Pace() sink.Pace {
	if s.pace == nil {
		return sink.Pace{}
	}
	return s.pace.state()
}

// Close gives the connections back.
func (s *Sink) Close() error {
	if s.pool != nil {
		s.pool.CloseIdleConnections()
	}
	return nil
}

// Login tries a password as a person would: a guest, without the key. A success
// makes a session, and replaces the stored hash for good.
func (s *Sink) Login(ctx context.Context, email, password string) (bool, error) {
	if s.client == nil {
		return false, errOffline
	}
	body := map[string]any{"email": email, "password": password}
	err := s.client.guest().do(ctx, http.MethodPost, sessionPath, body, nil)
	switch {
	case err == nil:
		return true, nil
	case is(err, typeCredentials, typeBlocked, typeInvalid):
		return false, nil
	}
	return false, s.explain(err)
}

var errOffline = errors.New("appwrite: this sink has no endpoint and only judges")
