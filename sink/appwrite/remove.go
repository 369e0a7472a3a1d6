package appwrite

import (
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
// about one round trip: whoever signs in for the first time, or is edited, in
// those milliseconds is deleted all the same.
//
// A sign-in that leaves the stored hash as it is (argon2, or none at all) is
// looked for in the date of the last access and among the sessions: whoever has
// one is spared. Who signed in with such a hash, never came back with the session,
// and signed out, is not told from who never came.
//
// Up to 1.6 the server removes what hangs on a deleted user (messaging targets,
// identities) in the background, later.
func (s *Sink) Remove(ctx context.Context, users []sink.Found) (spared []sink.Result, err error) {
	if s.client == nil {
		return nil, errOffline
	}
	working, stop := outlast(ctx, min(drain, s.client.patience.total))
	defer stop()
	for _, u := range users {
		if ctx.Err() != nil {
			return spared, context.Cause(ctx)
		}
		why, err := s.remove(working, u)
		if err != nil {
			return spared, s.explain(err)
		}
		if why != nil {
			spared = append(spared, sink.Result{Outcome: sink.Rejected, TargetID: u.TargetID, Problem: why})
		}
	}
	return spared, nil
}

// remove deletes one user, or says why not. Who is not there is gone.
func (s *Sink) remove(ctx context.Context, u sink.Found) (*identity.Problem, error) {
	a, err := s.client.get(ctx, u.TargetID)
	switch {
	case is(err, typeUserNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case a.ID != u.TargetID: // somebody else's, in another letter case; ours is gone
		return nil, nil
	}
	if now := a.state(); now != u.State {
		if now.Credential != u.State.Credential && a.signedIn() {
			return signedInSince(), nil
		}
		return problem(identity.ChangedSince, "the user has changed since it was looked at"), nil
	}
	been, err := s.hasBeenThere(ctx, a)
	switch {
	case err != nil:
		return nil, err
	case been:
		return signedInSince(), nil
	}
	return s.erase(ctx, a.ID)
}

func signedInSince() *identity.Problem {
	return problem(identity.SignedIn, "the person has signed in since")
}

// hasBeenThere tells whether a person whose credential is as it was landed has
// signed in with it.
func (s *Sink) hasBeenThere(ctx context.Context, a account) (bool, error) {
	if a.Accessed != "" {
		return true, nil
	}
	if a.Password != "" && a.Hash != "argon2" {
		return false, nil // the first sign-in would have replaced the hash
	}
	var l sessionList
	err := s.client.do(ctx, http.MethodGet, userPath(a.ID, "/sessions"), nil, &l)
	if is(err, typeUserNotFound) {
		err = nil
	}
	return l.Total > 0 || len(l.Sessions) > 0, err
}

type sessionList struct {
	Total    int        `json:"total"`
	Sessions []struct{} `json:"sessions"`
}

// erase deletes an account whatever it holds. A deletion whose answer was lost is
// repeated below, and finds nobody there. A refusal is blamed on the user only
// when the target is seen to answer otherwise.
func (s *Sink) erase(ctx context.Context, id string) (*identity.Problem, error) {
	err := s.client.do(ctx, http.MethodDelete, userPath(id, ""), nil, nil)
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
