package appwrite

import (
	"cmp"
	"context"
	"net/http"

	"rehome/identity"
	"rehome/sink"
)

var _ sink.Remover = (*Sink)(nil)

// Remove deletes users that are still exactly as they were found, one after
// another, and answers with those it spared and why. All others are gone, those
// who were not there any more among them. A user in hand when ctx is cancelled is
// finished, as in Write.
//
// Appwrite knows no deletion on a condition, so each user is read again right
// before. What remains open is the time between that answer and the deletion,
// about one round trip, and for a session the one before: whoever signs in for the
// first time, or is edited, in those milliseconds is deleted all the same.
//
// Whoever shows any trace of use is spared (see traces.go). Who signed in and out
// again in a way that the server keeps no record of is not told from who never came;
// in 1.5 nor is who has nothing but one session, made by a server with a key: that
// is not listed before the next.
//
// Up to 1.6 the server removes what hangs on a deleted user (messaging targets,
// identities) in the background, later.
func (s *Sink) Remove(ctx context.Context, users []sink.Found) (spared []sink.Result, err error) {
	if s.client == nil {
		return nil, errOffline
	}
	working, stop := outlast(ctx, min(drain, s.client.patience.total))
	defer stop()
	linked, err := s.linked(working, users)
	if err != nil {
		return nil, s.explain(err)
	}
	for _, u := range users {
		if ctx.Err() != nil {
			return spared, context.Cause(ctx)
		}
		why, err := s.remove(working, u, linked[u.TargetID])
		if err != nil {
			return spared, s.explain(err)
		}
		if why != nil {
			spared = append(spared, sink.Result{Outcome: sink.Rejected, TargetID: u.TargetID, Problem: why})
		}
	}
	return spared, nil
}

// remove deletes one user, or says why not. Who is not there is gone. The account is
// read last, so that nothing comes between that and the deletion.
func (s *Sink) remove(ctx context.Context, u sink.Found, used string) (*identity.Problem, error) {
	if used == "" {
		var err error
		if used, err = s.hangsOn(ctx, u.TargetID); err != nil {
			return nil, err
		}
	}
	a, err := s.client.get(ctx, u.TargetID)
	switch {
	case is(err, typeUserNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case a.ID != u.TargetID: // somebody else's, in another letter case; ours is gone
		return nil, nil
	}
	used = cmp.Or(used, a.trace())
	now := a.state()
	switch {
	case !a.created().Equal(u.Created):
		return problem(identity.ChangedSince, "the account has been made anew since it was looked at"), nil
	case now.Credential != u.State.Credential && a.signedIn(), used != "":
		return problem(identity.SignedIn, "%s", used), nil
	case now != u.State:
		return problem(identity.ChangedSince, "the user has changed since it was looked at"), nil
	}
	return s.erase(ctx, a.ID)
}

// erase deletes an account whatever it holds. A deletion whose answer was lost is
// repeated below, and finds nobody there. A refusal is blamed on the user only
// when the target is seen to answer otherwise.
func (s *Sink) erase(ctx context.Context, id string) (*identity.Problem, error) {
	err := s.persist(ctx, func() error { return s.client.do(ctx, http.MethodDelete, userPath(id, ""), nil, nil) })
	if err == nil || is(err, typeUserNotFound) {
		return nil, nil
	}
	if !aboutUser(err) {
		return nil, err
	}
	switch _, look := s.client.get(ctx, id); {
	case is(look, typeUserNotFound):
		return nil, nil
	case look != nil:
		return nil, look
	}
	return problem(identity.TargetRefused, "the target refuses to delete the user: %v", err), nil
}
