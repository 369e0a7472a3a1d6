package appwrite

import (
	"context"

	"rehome/identity"
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
	case err == nil, is(err, typeUserExists): // somebody may have deleted that user meanwhile
		return Off, s.clear(ctx, account{ID: id, Email: email, Password: identity.Secret(hash)})
	case unsettled(err):
		return Unknown, err
	}
	return Unknown, nil
}
