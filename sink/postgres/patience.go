package postgres

import (
	"context"
	"math/rand/v2"
	"time"
)

// patience is how often something is tried again, and for how long.
type patience struct {
	total time.Duration
	began time.Time // of the first failure; zero: none yet
	next  time.Duration
}

// Waits between two tries: from the first to the longest, doubled, with jitter so
// that workers do not come back in step.
const firstWait, longestWait = 100 * time.Millisecond, 5 * time.Second

// over reports whether there is no time left for another try.
func (p *patience) over() bool {
	if p.began.IsZero() {
		p.began, p.next = time.Now(), firstWait
	}
	return time.Since(p.began)+p.next > p.total
}

// wait waits before the next try.
func (p *patience) wait(ctx context.Context) error {
	d := p.next/2 + rand.N(p.next/2+1)
	p.next = min(2*p.next, longestWait)
	return sleep(ctx, d)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// drain is how long the transaction in hand may still take once Write is
// cancelled.
const drain = 20 * time.Second

// outlast is ctx that lives a little longer than ctx does.
func outlast(ctx context.Context, grace time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	forget := context.AfterFunc(ctx, func() {
		_ = sleep(longer, grace) // ends early when the work does
		cancel(context.Cause(ctx))
	})
	return longer, func() { forget(); cancel(nil) }
}
