package appwrite

import (
	"cmp"
	"context"
	"net/http"
)

// A bare 500 is how Appwrite refuses parameters of a hash (from 1.8 on), and also how
// it says that it is ill: that its database is being started anew, for example. Single
// users are then still answered from a cache, so that only what the database itself
// must answer can tell the two apart.

// well asks for something that no cache can answer, and waits until it is answered.
// atOnce reports whether it was the first time.
func (s *Sink) well(ctx context.Context) (atOnce bool, err error) {
	ctx, tries := countTries(ctx)
	_, err = s.client.list(ctx, "$id", trialID)
	return tries.Load() == 1, err
}

// alone reports whether a 500 was about what was asked: the database had answered
// before it was asked, and answers now. The first time it only sees to the former.
func (s *Sink) alone(ctx context.Context, t *tries) (bool, error) {
	atOnce, err := s.well(ctx)
	alone := t.sound && atOnce
	t.sound = true
	return alone, err
}

// retry waits until something that ended so may be tried again. It reports whether
// that would be in vain.
func (s *Sink) retry(ctx context.Context, t *tries, ended error) (vain bool, err error) {
	if t.over(ended) {
		if vain, err = s.alone(ctx, t); vain || err != nil {
			return vain, err
		}
	}
	return false, t.next(ctx, ended)
}

// persist does something that is repeated below until it is done, or refused for a
// reason of its own. An error of a server that is ill is never that.
func (s *Sink) persist(ctx context.Context, do func() error) error {
	tries := s.client.tries()
	tries.broken = maxBroken // as often as that was it repeated
	for {
		err := do()
		if status(err) != http.StatusInternalServerError {
			return err
		}
		if vain, ill := s.retry(ctx, &tries, err); vain || ill != nil {
			return cmp.Or(ill, err)
		}
	}
}
