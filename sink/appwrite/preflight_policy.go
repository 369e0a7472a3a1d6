package appwrite

import (
	"context"
	"fmt"
)

// The canary is a user made to see how the server judges a hash, and deleted at
// once. It is the same one always, so that the next try clears away what a kill
// left behind. Its address is nobody's; its hash is none, so nobody can sign in.
const (
	canaryID    = "rehome-canary"
	canaryEmail = canaryID + canaryDomain
	canaryHash  = "rehome-canary-of-no-password"
)

// canary is a create whose stored text holds the user's own id: what the
// personal-data policy refuses. The policy is asked after the parameters and
// before anything is looked for in the table of users (our recordings,
// project-settings/personal-data), so that an id which is taken gives its answer
// too, and makes nobody.
func (c *client) canary(ctx context.Context, id, email, hash string) error {
	return c.insist(ctx, "/users/md5", map[string]any{"userId": id, "email": email, "password": hash})
}

// policyByUser asks for the policy under the id of a user who is there: either
// answer is a refusal.
func (s *Sink) policyByUser(ctx context.Context, c *client, id string) (Answer, error) {
	email, hash := "nobody-"+randomHex(8)+canaryDomain, "rehome-"+id
	err := c.canary(ctx, id, email, hash)
	switch {
	case is(err, typePersonalData, typePersonalData2):
		return On, nil
	case is(err, typeUserExists):
		return Off, s.clear(ctx, id, email, hash) // somebody may have deleted that user meanwhile
	case err == nil:
		return Off, s.clear(ctx, id, email, hash)
	case unsettled(err):
		return Unknown, err
	}
	return Unknown, nil
}

// Begin finds out what only a write can tell, once a person has agreed to writing:
// a project without users is asked for its personal-data policy by a canary. The
// error says what is wrong and what to do. A canary refused for another reason, such
// as a rule about addresses, tells nothing, and is no reason to stop.
func (s *Sink) Begin(ctx context.Context) error {
	if s.client == nil {
		return errOffline
	}
	if !s.policyKnown {
		err := s.client.canary(ctx, canaryID, canaryEmail, canaryHash)
		switch {
		case is(err, typePersonalData, typePersonalData2):
			return errPersonal
		case unsettled(err) || err != nil && !aboutUser(err):
			return s.explain(err)
		}
	}
	ending, stop := outlast(ctx, drain)
	defer stop()
	if err := s.clear(ending, canaryID, canaryEmail, canaryHash); err != nil {
		return s.explain(err)
	}
	s.policyKnown = true
	return nil
}

// clear deletes a canary, and nobody who is not exactly that.
func (s *Sink) clear(ctx context.Context, id, email, hash string) error {
	a, err := s.client.get(ctx, id)
	if is(err, typeUserNotFound) {
		return nil
	}
	if err != nil || a.ID != id || a.Email != email || string(a.Password) != hash {
		return err
	}
	kept, err := s.erase(ctx, id)
	if kept != nil {
		return fmt.Errorf("the throw-away user %s could not be deleted; delete it by hand: %w", id, kept)
	}
	return err
}
