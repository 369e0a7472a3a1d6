package migrate_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// memory is a target in memory: users by id, unique addresses, and failures on
// request. It keeps the sink's contract, and half makes a user when it is told to
// die inside one.
type memory struct {
	mu    sync.Mutex
	users map[string]identity.User
	half  map[string]bool // begun, not complete
	// fail is asked before each user and after its first half.
	fail func(id string, half bool) error
}

func newMemory() *memory {
	return &memory{users: map[string]identity.User{}, half: map[string]bool{}}
}

func (m *memory) Judge(u identity.User) sink.Judgement {
	j := sink.Judgement{Verdict: sink.Ready, TargetID: "t-" + u.ID, Keys: sink.Keys{ID: u.ID, Email: strings.ToLower(u.Email), Phone: u.Phone}, Labels: u.Labels}
	switch {
	case u.Hash.Algorithm == "never":
		j.Verdict, j.Problem = sink.NeedsReset, &identity.Problem{Code: identity.HashUnsupported, Detail: "never"}
	case u.Hash.IsZero():
		j.Verdict = sink.Passwordless
	case u.Email == "":
		j.Verdict, j.Problem = sink.Blocked, &identity.Problem{Code: identity.EmailMissing, Detail: "no e-mail address"}
	}
	return j
}

func (m *memory) Write(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	var results []sink.Result
	for _, l := range users {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		r, err := m.write(l)
		if err != nil {
			return results, err
		}
		results = append(results, r)
	}
	return results, nil
}

func (m *memory) write(l sink.Landing) (sink.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := "t-" + l.User.ID
	r := sink.Result{Outcome: sink.Created, TargetID: id, State: state(l.User)}
	if _, there := m.users[id]; there {
		r.Outcome = sink.Existing
		if l.Taken {
			r.Outcome = sink.Recovered
			delete(m.half, id)
		}
		return r, nil
	}
	if err := m.failed(l.User.ID, false); err != nil {
		return r, err
	}
	m.users[id], m.half[id] = l.User, true
	if err := m.failed(l.User.ID, true); err != nil {
		return r, err
	}
	delete(m.half, id)
	return r, nil
}

func (m *memory) failed(id string, half bool) error {
	if m.fail == nil {
		return nil
	}
	return m.fail(id, half)
}

func (m *memory) Read(_ context.Context, ids []string) (found []sink.Found, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if u, there := m.users[id]; there {
			found = append(found, sink.Found{TargetID: id, State: state(u), SignedIn: u.Hash.Algorithm == "rehashed"})
		}
	}
	return found, nil
}

func (m *memory) Close() error { return nil }

func state(u identity.User) sink.State {
	return sink.State{
		Credential: identity.Secret(string(u.Hash.Algorithm) + "|" + string(u.Hash.Encoded)),
		Profile:    identity.Secret(u.Email + "|" + u.Name),
	}
}

// source is a source of these users.
func source(users ...identity.User) func() (migrate.Pass, error) {
	return func() (migrate.Pass, error) {
		records := func(yield func(identity.Record, error) bool) {
			for i, u := range users {
				if !yield(identity.Record{Pos: identity.Pos{File: "users.json", Record: i + 1}, User: u}, nil) {
					return
				}
			}
		}
		sum := sha256.Sum256(fmt.Append(nil, len(users)))
		return migrate.Pass{Records: records, Digest: func() string { return "sha256:" + hex.EncodeToString(sum[:]) }}, nil
	}
}

// people are n users with passwords of their own.
func people(n int) []identity.User {
	users := make([]identity.User, n)
	for i := range users {
		users[i] = identity.User{
			ID: fmt.Sprintf("u%04d", i), Email: fmt.Sprintf("u%04d@example.com", i), Name: fmt.Sprintf("User %d", i),
			Hash: identity.Hash{Algorithm: "test", Encoded: identity.Secret(fmt.Sprintf("pw%d", i))},
		}
	}
	return users
}

// plan moves users into a target with a verifier that compares texts.
func plan(target sink.Sink, users ...identity.User) migrate.Plan {
	return migrate.Plan{
		Source: source(users...), Sink: target, Workers: 4,
		Check: func(u identity.User) *identity.Problem {
			if u.Hash.Encoded == "broken" {
				return &identity.Problem{Code: identity.HashMalformed, Detail: "not a hash"}
			}
			return nil
		},
		Match: func(h identity.Hash, password string) (migrate.Match, error) {
			switch {
			case h.Algorithm == "uncomputable":
				return migrate.Match{}, errors.New("cannot be computed here")
			case string(h.Encoded) == password:
				return migrate.Match{Right: true}, nil
			}
			return migrate.Match{Right: string(h.Encoded) == strings.TrimSpace(password), Respelt: true}, nil
		},
	}
}

// ledger opens the ledger of a run folder, making it the first time.
func ledger(t *testing.T, folder string) *migrate.Ledger {
	t.Helper()
	l, err := migrate.OpenLedger(folder)
	if err != nil {
		l, err = migrate.CreateLedger(folder, migrate.Move{Source: "sha256:x", Target: "memory"})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func mustSurvey(t *testing.T, p migrate.Plan) *migrate.Findings {
	t.Helper()
	f, err := migrate.Survey(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
