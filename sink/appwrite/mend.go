package appwrite

import (
	"context"
	"net/http"

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
	if p.spare != "" && (is(err, typeUserNotFound) || err == nil && a.ID != p.id) {
		p.id = p.spare
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
	err := s.client.do(ctx, http.MethodDelete, userPath(p.id, "/targets/"+orphan.ID), nil, nil)
	if is(err, typeNoScope) {
		return problem(identity.TargetRefused, "the server lost the user's phone number over another change and kept its messaging target, which is in the way; give the key the scope targets.write and run the same again"), nil
	}
	if err == nil || is(err, typeTargetNotFound) {
		err = s.client.do(ctx, http.MethodPatch, userPath(p.id, phonePart), map[string]any{"number": p.profile.Phone}, nil)
	}
	if err != nil && aboutUser(err) {
		return s.stepRefused(ctx, p, "phone number", err)
	}
	return nil, err
}
