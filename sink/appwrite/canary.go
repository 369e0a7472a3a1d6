package appwrite

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// canaryDomain lies under a top-level domain that exists nowhere (RFC 2606,
// section 2), so that no mail ever goes there. example.com would not do: 1.9 counts
// it as disposable, and a project can refuse those.
const canaryDomain = "@canary.example"

// canaryBurial is how long the deletion of a canary may take, even when everything
// else has been cancelled.
const canaryBurial = 30 * time.Second

// Canary makes a throw-away user with a hash of a known password, in the way in
// which every other user lands, logs in as a person would, and deletes the user
// again: also when something failed, and when ctx is cancelled meanwhile. Only a
// login shows the server's own verifier at work, and a real person's login would
// replace the hash for good.
//
// The problem says why nobody could log in; nil: it went well. The error ends a
// run; if the canary could not be deleted, it names it. Whatever the project has
// hung on users' events (functions, webhooks) sees the canary come and go.
func (s *Sink) Canary(ctx context.Context, h identity.Hash, password string) (bad *identity.Problem, err error) {
	if s.client == nil {
		return nil, errOffline
	}
	name := "canary-" + randomHex(8)
	u := identity.User{ID: name, Email: name + canaryDomain, Hash: h}
	judged := s.Judge(u)
	if !judged.Verdict.Lands() {
		return judged.Problem, nil
	}
	defer func() { err = errors.Join(err, s.bury(ctx, judged.TargetID)) }()
	results, err := s.Write(ctx, []sink.Landing{{User: u, Judgement: judged}})
	switch {
	case err != nil:
		return nil, err
	case results[0].Outcome != sink.Created:
		return results[0].Problem, nil
	}
	return s.enter(ctx, u.Email, password)
}

// enter logs a canary in.
func (s *Sink) enter(ctx context.Context, email, password string) (*identity.Problem, error) {
	in, err := s.Login(ctx, email, password)
	switch {
	case is(err, typeNoMethod):
		return problem(identity.TargetRefused, "sign-in with e-mail and password is switched off in the project (Auth, Settings): nobody can use a password there"), nil
	case err == nil && !in:
		return problem(identity.TargetRefused, "the login refused the right password"), nil
	}
	return nil, err
}

// typeNoMethod is the login's answer where the method is switched off.
const typeNoMethod = "user_auth_method_unsupported"

// bury deletes a canary.
func (s *Sink) bury(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), canaryBurial)
	defer cancel()
	bad, err := s.erase(ctx, id)
	if bad != nil {
		err = bad
	}
	if err != nil {
		return fmt.Errorf("the throw-away user %s could not be deleted; delete it by hand: %w", id, s.explain(err))
	}
	return nil
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return hex.EncodeToString(b)
}
