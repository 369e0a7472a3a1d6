package appwrite

import (
	"context"
	"net/http"
	"time"

	"rehome/identity"
	"rehome/sink"
)

var _ sink.Mender = (*Sink)(nil)

// Mend gives users who have landed what they still lack. A user in hand when ctx is
// cancelled is finished, as in Write.
func (s *Sink) Mend(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	if s.client == nil {
		return nil, errOffline
	}
	return s.each(ctx, users, s.mend)
}

// mend completes one user who is there.
func (s *Sink) mend(ctx context.Context, l sink.Landing) (sink.Result, error) {
	p := s.rules.plan(l.User)
	a, err := s.client.get(ctx, p.id)
	if spare := p.spare(); spare != "" && (is(err, typeUserNotFound) || err == nil && a.ID != p.id) {
		p.id = spare
		a, err = s.client.get(ctx, p.id)
	}
	switch {
	case is(err, typeUserNotFound), err == nil && a.ID != p.id:
		return p.rejected(problem(identity.ChangedSince, "the user is not there any more")), nil
	case err != nil:
		return sink.Result{}, err
	case !l.Created.IsZero() && !a.created().Equal(l.Created):
		return p.rejected(problem(identity.ChangedSince, "the account with this id was made at %s and is another than the one that landed", a.Created)), nil
	}
	p, bad, err := s.completed(ctx, p, a)
	if bad != nil || err != nil {
		return p.rejected(bad), err
	}
	return sink.Result{Outcome: sink.Recovered, TargetID: p.id, State: p.settled(a), Created: a.created(), Losses: p.losses(l)}, nil
}

// LosesUpdates reports whether the server writes a user back whole with every change,
// so that two that are made at the same time undo each other.
func (s *Sink) LosesUpdates() bool { return s.rules.losesUpdates() }

// signIn is how long a sign-in may be under way at least.
const signIn = 3 * time.Second

// Settle waits, where updates are lost, until whatever sign-ins were under way at the
// last change have come to their end: only then does reading back tell what is left.
// How long that is depends on how many there are: the server hashes one or two in a
// second (our recordings, 1.5). A throw-away user with a plain password waits in the
// same queue, and as long again is waited for those that had not come to it yet.
func (s *Sink) Settle(ctx context.Context) error {
	last := s.changed.Load()
	if !s.rules.losesUpdates() || last == nil {
		return nil
	}
	began := time.Now()
	password := identity.Secret(randomHex(16))
	if _, err := s.Canary(ctx, identity.Hash{Algorithm: identity.Plaintext, Encoded: password}, string(password)); err != nil {
		return err
	}
	return sleep(ctx, max(signIn-time.Since(*last), time.Since(began)))
}

// orphan is a messaging target of an account that has the number no more: where
// updates are lost, the number may go and its target stay.
func (a account) orphan(number string) (target, bool) {
	for _, t := range a.Targets {
		if t.UserID == a.ID && t.Identifier == number && a.Phone != number && t.ID != "" {
			return t, true
		}
	}
	return target{}, false
}

// reunite gives a user a number whose messaging target it has already: as the server
// refuses a number that any target has, the target goes first.
func (s *Sink) reunite(ctx context.Context, p plan, orphan target) (*identity.Problem, error) {
	err := s.persist(ctx, func() error {
		return s.client.do(ctx, http.MethodDelete, userPath(p.id, "/targets/"+orphan.ID), nil, nil)
	})
	if is(err, typeNoScope) {
		return problem(identity.TargetRefused, "the server lost the user's phone number over another change and kept its messaging target, which is in the way; give the key the scope targets.write and run the same again"), nil
	}
	if err == nil || is(err, typeTargetNotFound) {
		err = s.giveNumber(ctx, p)
	}
	if err != nil && aboutUser(err) {
		return s.stepRefused(ctx, "phone number", err)
	}
	return nil, err
}
