package appwrite

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The trial user is made to see how the server judges a hash and what time it dates
// users by, and deleted at once. It is the same one always, so that the next try
// clears away what a kill left behind. Its address is nobody's; its hash is none, so
// nobody can sign in.
const (
	trialID    = "rehome-canary"
	trialEmail = trialID + canaryDomain
	trialHash  = "rehome-canary-of-no-password"
)

// Begin finds out what only a write can tell, once a person has agreed to writing: a
// trial user is made and deleted. It is refused where the project's personal-data
// policy would refuse people; and when the server made it is when the run begins:
// accounts made later may be this run's, those made before are not. The time is zero
// if the server does not say. The error says what is wrong and what to do.
func (s *Sink) Begin(ctx context.Context) (time.Time, error) {
	if s.client == nil {
		return time.Time{}, errOffline
	}
	whole, bare := account{ID: trialID, Email: trialEmail, Password: trialHash}, account{ID: trialID}
	if err := s.clear(ctx, whole, bare); err != nil {
		return time.Time{}, s.explain(err)
	}
	// One that the project refuses for another reason, such as a rule about addresses,
	// tells nothing of the policy, and is no reason to stop: a user with nothing but an
	// id is dated as well. So is one with another id, where somebody has that one.
	var made time.Time
	var err error
	for _, who := range []account{whole, bare, {ID: trialID + "-" + randomHex(8)}} {
		if made, err = s.try(ctx, who); err == nil || !aboutUser(err) {
			break
		}
	}
	if err != nil {
		return time.Time{}, s.explain(err)
	}
	return made, nil
}

// try makes a trial user and deletes it, also when ctx is cancelled meanwhile.
func (s *Sink) try(ctx context.Context, who account) (time.Time, error) {
	ending, stop := outlast(ctx, drain)
	defer stop()
	made, err := s.trial(ending, who)
	if err != nil {
		return time.Time{}, err
	}
	return made.created(), s.clear(ending, who)
}

// trial makes a trial user, and looks for it where the end of the create is unknown.
// One that is in the way is that of another run which begins at this moment.
func (s *Sink) trial(ctx context.Context, who account) (made account, err error) {
	for tries := s.client.tries(); ; {
		made, err = s.client.trial(ctx, who)
		switch {
		case is(err, typePersonalData, typePersonalData2):
			return made, errPersonal
		case is(err, typeUserExists) && tries.n < 3:
			if ill := s.clear(ctx, who); ill != nil {
				return made, ill
			}
		case unsettled(err):
			there, ill := s.client.get(ctx, who.ID)
			if ill == nil && there.is(who) || ill != nil && !is(ill, typeUserNotFound) {
				return there, ill
			}
		default:
			return made, err
		}
		if tries.over(err) {
			return made, err
		}
		if err := tries.next(ctx, err); err != nil {
			return made, err
		}
	}
}

// trial is the create of a trial user.
func (c *client) trial(ctx context.Context, who account) (made account, err error) {
	path, body := "/users", map[string]any{"userId": who.ID}
	if who.Email != "" {
		path, body = "/users/md5", map[string]any{"userId": who.ID, "email": who.Email, "password": string(who.Password)}
	}
	return made, c.do(ctx, http.MethodPost, path, body, &made)
}

// is reports whether an account is a certain trial user.
func (a account) is(who account) bool {
	return a.ID == who.ID && a.Email == who.Email && a.Password == who.Password && a.Phone == "" && a.Name == ""
}

// clear deletes a trial user, and nobody who is not exactly that. A trial user may
// be of several kinds, all with one id.
func (s *Sink) clear(ctx context.Context, kinds ...account) error {
	id := kinds[0].ID
	a, err := s.client.get(ctx, id)
	if is(err, typeUserNotFound) || err == nil && !slices.ContainsFunc(kinds, a.is) {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := s.erase(ctx, id)
	if kept != nil {
		return fmt.Errorf("the throw-away user %s could not be deleted; delete it by hand: %w", id, kept)
	}
	return err
}
