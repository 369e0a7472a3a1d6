package appwrite

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// leftoverPatience is how long a user's messaging target waits for that of its
// predecessor to go. A worker of the server does that, in its own time.
const leftoverPatience = 20 * time.Second

// leftover tells whether an account has, for an address, only the target of a
// deleted account with the same id. Up to 1.6 targets outlive their user by as long
// as the server's worker takes, and a create in between shows the old target as if
// it were the new user's, which then has none (our own recording of 1.5.11,
// delete/recreate-at-once). An own target is never older than its account.
func (a account) leftover(address string) bool {
	for _, t := range a.Targets {
		if t.UserID == a.ID && t.Identifier == address && t.olderThan(a) {
			return true
		}
	}
	return false
}

func (t target) olderThan(a account) bool {
	made, err := time.Parse(time.RFC3339, t.Created)
	return err == nil && made.Before(a.created())
}

// outwait makes a target once the leftover in its place is gone. Where that takes
// too long once, nobody waits again: a server whose worker stands still would hold
// every user up, for something that no sign-in hangs on.
func (s *Sink) outwait(ctx context.Context, path string, target map[string]any) error {
	tries := s.client.tries()
	tries.patience.total = min(tries.patience.total, leftoverPatience)
	for !s.workerLate.Load() {
		err := s.client.insist(ctx, path, target)
		if status(err) != http.StatusConflict {
			return err
		}
		tries.over(err)
		err = tries.next(ctx, err)
		if _, tired := errors.AsType[*weary](err); tired {
			s.workerLate.Store(true)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
