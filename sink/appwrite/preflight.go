package appwrite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Info is what a server says of itself.
type Info struct {
	Version string // "1.9.6"
	Profile Profile
}

// firstPatience is how long the first requests are repeated: a wrong address
// should not take two minutes to say so.
const firstPatience = 10 * time.Second

// Preflight asks the server for its version, which settles the rules that Judge
// follows, and whether the key may do in the project what a move needs. It
// changes nothing there. The error says what is wrong and what to do; it is a
// sink.Transient when the target is down.
func (s *Sink) Preflight(ctx context.Context) (Info, error) {
	if s.client == nil {
		return Info{}, errOffline
	}
	c := s.client.hurried(firstPatience)
	version, err := c.version(ctx)
	if err != nil {
		return Info{}, s.explain(err)
	}
	profile, err := profileOf(version)
	if err != nil {
		return Info{}, err
	}
	if err := s.scopes(ctx, c); err != nil {
		return Info{}, err
	}
	s.rules.profile, s.rules.callingCodes = profile, checksCodes(version)
	return Info{version, profile}, nil
}

// version is asked for as a guest: an API key does not have the scope.
func (c *client) version(ctx context.Context) (string, error) {
	var answer struct {
		Version string `json:"version"`
	}
	err := c.guest().do(ctx, http.MethodGet, "/health/version", nil, &answer)
	return answer.Version, err
}

// profileOf chooses the rules for a version. Before 1.5 lists are asked for in
// another language.
func profileOf(version string) (Profile, error) {
	major, minor, ok := release(version)
	switch {
	case !ok:
		return "", fmt.Errorf("the server gives its version as %q, which is none of Appwrite's; is the endpoint right?", version)
	case major < 1 || major == 1 && minor < 5:
		return "", fmt.Errorf("the server is Appwrite %s; 1.5 is the oldest that this works with", version)
	case major == 1 && minor <= 7:
		return Profile15, nil
	}
	return Profile19, nil
}

// release reads the first two numbers of a version.
func release(version string) (major, minor int, ok bool) {
	n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor)
	return major, minor, n == 2
}

// checksCodes reports whether a server of a version asks libphonenumber whether a
// phone number's calling code is in use.
func checksCodes(version string) bool {
	major, minor, _ := release(version)
	return major > 1 || minor >= 6
}

// status is the HTTP status of a refusal; 0 for every other error.
func status(err error) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.status
	}
	return 0
}

// explain puts an error that ends a run into a sentence with what to do. Errors
// that may pass become a sink.Transient.
func (s *Sink) explain(err error) error {
	r, refused := errors.AsType[*refusal](err)
	lost, foreign := errors.AsType[*unanswered](err)
	switch {
	case foreign && lost.foreign:
		return fmt.Errorf("%s answers, but not as Appwrite does; the endpoint mostly ends in /v1", s.client.base)
	case unsettled(err):
		return &weary{last: lastOf(err)}
	case !refused:
		return err
	case r.kind == typeNoProject:
		return advise("compare the id with the project's settings in the Appwrite console, and the endpoint with its region", "there is no project %q at %s", s.client.project, s.client.base)
	case r.kind == typeOtherProject:
		return advise("write the id as the project's settings in the Appwrite console have it, capitals and all", "the API key belongs to a project whose id is not spelt %q", s.client.project)
	case r.kind == typeAPIOff:
		return advise("switch REST on (Appwrite console, the project's settings, protocols)", "the REST protocol of the project %q is switched off: nobody can sign in there", s.client.project)
	case r.kind == typeServiceOff:
		return advise("switch it on (Appwrite console, the project's settings, services)", "the %s service of the project %q is switched off", r.part, s.client.project)
	case r.kind == typeKeyExpired:
		return advise("create another, with the scopes users.read and users.write", "the API key of the project %q has expired", s.client.project)
	case r.kind == typeWrongKey:
		return s.foreignKey()
	case r.kind == typeNoScope:
		return advise(keyAdvice, "the API key is not one of the project %q any more, or lacks users.read or users.write", s.client.project)
	case r.status >= 300 && r.status < 400:
		return fmt.Errorf("%s answered %d, a redirect, which is never followed; give the final address", s.client.base, r.status)
	case r.kind == "" || r.kind == typeNoRoute:
		return fmt.Errorf("%s answered %d, and not as Appwrite does; the endpoint mostly ends in /v1", s.client.base, r.status)
	}
	return r
}
