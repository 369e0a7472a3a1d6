package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"

	"rehome/identity"
	"rehome/sink"
)

// Write lands users in transactions of Config.Batch. Cancelling ctx ends it
// between two of them, unless the one in hand takes longer than twenty seconds.
func (s *Sink) Write(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	switch {
	case s.pool == nil:
		return nil, errOffline
	case !s.checked:
		return nil, errUnchecked
	}
	working, stop := outlast(ctx, min(drain, s.config.Patience))
	defer stop()
	results := make([]sink.Result, 0, len(users))
	for part := range slices.Chunk(users, s.config.Batch) {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		settled, err := s.settle(working, s.newBatch(part))
		switch {
		case working.Err() != nil && err != nil:
			return results, context.Cause(working)
		case err != nil:
			return results, s.explain(err)
		}
		results = append(results, settled...)
	}
	return results, nil
}

// batch is the users of one transaction, however often it is tried.
type batch struct {
	id      string // of its row in the ledger
	members []*member
	// left is what the last try has come to when the answer to its commit was
	// lost, and when that try wrote its rows.
	left    []sink.Result
	leftNow instant
	careful bool // a row of it was refused: everyone is looked up first
}

// unsure tells whether an earlier try may have been committed.
func (b *batch) unsure() bool { return !b.leftNow.IsZero() }

// member is a user on the way into the tables.
type member struct {
	*sink.Landing
	plan   *plan
	result sink.Result
	open   bool // not settled yet
}

func (s *Sink) newBatch(users []sink.Landing) *batch {
	b := &batch{id: newUUID(), members: make([]*member, 0, len(users))}
	members := make([]member, len(users))
	for i := range users {
		members[i] = member{Landing: &users[i], plan: s.planOf(&users[i])}
		b.members = append(b.members, &members[i])
	}
	return b
}

// planOf is the plan that the user was judged by.
func (s *Sink) planOf(l *sink.Landing) *plan {
	if p, ours := l.Judgement.Made.(*plan); ours {
		return p
	}
	return s.rules.plan(l.User)
}

// newUUID is a random UUID (RFC 9562, section 5.4).
func newUUID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails (crypto/rand, Go 1.24)
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// reopen is every member anew, as it was before any try.
func (b *batch) reopen() {
	for _, m := range b.members {
		j := m.plan.judgement
		m.open = j.Verdict.Lands()
		m.result = sink.Result{Outcome: sink.Rejected, TargetID: m.plan.id, Problem: j.Problem}
	}
}

func (b *batch) open() []*member {
	return slices.DeleteFunc(slices.Clone(b.members), func(m *member) bool { return !m.open })
}

func (b *batch) results() []sink.Result {
	results := make([]sink.Result, len(b.members))
	for i, m := range b.members {
		results[i] = m.result
	}
	return results
}

// settled gives a member its outcome; the state is what the tables now hold, and the
// date that of the row's batch in the ledger, which no other has.
func (m *member) settled(o sink.Outcome, held account) {
	m.open, m.result = false, sink.Result{Outcome: o, TargetID: m.plan.id, State: held.state(), Created: held.written()}
}

// existing settles a member whose user was there before: nothing of it is ours.
func (m *member) existing() {
	m.open, m.result = false, sink.Result{Outcome: sink.Existing, TargetID: m.plan.id}
}

func (m *member) refuse(bad *identity.Problem) {
	m.open, m.result = false, sink.Result{Outcome: sink.Rejected, TargetID: m.plan.id, Problem: bad}
}
