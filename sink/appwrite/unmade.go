package appwrite

import (
	"context"
	"errors"

	"rehome/identity"
	"rehome/sink"
)

// unmade takes back an account that could not be completed, so that a rejected
// user is not there, and lands once the record is mended. What cannot be taken back
// is left as it is, and said.
func (s *Sink) unmade(ctx context.Context, p plan, begun start, bad *identity.Problem, err error) (sink.Result, error) {
	if err != nil {
		return sink.Result{}, err
	}
	a, err := s.client.get(ctx, p.id)
	if is(err, typeUserNotFound) {
		return p.rejected(bad), nil
	}
	var deletable bool
	if err == nil {
		deletable, err = s.deletable(ctx, p, begun, a)
	}
	if err != nil {
		return sink.Result{}, err
	}
	if deletable {
		kept, err := s.erase(ctx, p.id)
		if kept == nil || err != nil {
			return p.rejected(bad), err
		}
	}
	bad = problem(bad.Code, "%s; the account could not be taken back and is left as it is", bad.Detail)
	r := p.rejected(p.leftOpen(a, bad))
	r.Left = true
	return r, nil
}

// deletable reports whether an account is ours beyond doubt (made by this very call,
// or found with the hash that we send) and nobody has used it since.
func (s *Sink) deletable(ctx context.Context, p plan, begun start, a account) (bool, error) {
	ours := begun.outcome == sink.Created || p.hash.endpoint != "" && p.sent(begun.account)
	if !ours || a.ID != p.id || a.Created != begun.account.Created || a.state().Credential != begun.account.state().Credential {
		return false, nil
	}
	if a.trace() != "" {
		return false, nil
	}
	used, err := s.hangsOn(ctx, a.ID)
	if _, unseen := errors.AsType[*advised](err); unseen {
		return false, nil
	}
	return used == "", err
}
