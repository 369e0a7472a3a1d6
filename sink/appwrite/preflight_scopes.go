package appwrite

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// scopes tries both scopes with requests that change nothing: a page of one user,
// and a create without an id, which is refused after the scope was found right and
// before anything else is looked at (our recordings, auth/validation-before-scope).
func (s *Sink) scopes(ctx context.Context, c *client) error {
	read := c.do(ctx, http.MethodGet, "/users"+filter(query{"limit", "", []any{1}}), nil, nil)
	if read != nil && !is(read, typeNoScope) {
		return s.explain(read)
	}
	write := c.insist(ctx, "/users", map[string]any{"userId": ""})
	switch {
	case write == nil:
		return errors.New("the server makes users without an id: it is none of Appwrite's")
	case !is(write, typeInvalid, typeNoScope):
		return s.explain(write)
	}
	var missing []string
	if read != nil {
		missing = append(missing, "users.read")
	}
	if is(write, typeNoScope) {
		missing = append(missing, "users.write")
	}
	return s.lacking(ctx, c, missing)
}

// lacking names the missing scopes. Up to 1.5 a key of another project is refused
// in the same words as one without scopes; but every key of the project may ask
// for the server's health, and nobody else may.
func (s *Sink) lacking(ctx context.Context, c *client, missing []string) error {
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return advise(keyAdvice, "the API key lacks the scope %s", missing[0])
	}
	err := c.do(ctx, http.MethodGet, "/health", nil, nil)
	switch {
	case is(err, typeNoScope):
		return s.foreignKey()
	case unsettled(err):
		return s.explain(err)
	}
	return advise(keyAdvice, "the API key lacks the scopes %s", strings.Join(missing, " and "))
}

// mayMend tells whether the key may add messaging targets: up to 1.7 that takes the
// scope targets.write, which nothing but the mending of users whose creation broke
// off has a use for. The request has no valid id and makes nothing.
func (c *client) mayMend(ctx context.Context) (bool, error) {
	body := map[string]any{"targetId": "", "providerType": "email", "identifier": trialEmail}
	err := c.insist(ctx, userPath(trialID, "/targets"), body)
	switch {
	case is(err, typeNoScope):
		return false, nil
	case is(err, typeInvalid, typeUserNotFound):
		return true, nil
	}
	return true, err
}
