package rehearsal

import (
	"context"
	"sync"
	"time"
)

// gate lets Slots requests through at a time and makes each last Service, longer
// the more are waiting: the recorded servers bind connections to processes, so a
// crowd costs them more than it brings.
type gate struct {
	Capacity
	drops   bool // a request whose client has left before a slot took it is dropped
	mu      sync.Mutex
	waiting int
	slots   chan struct{}
}

func newGate(c Capacity, drops bool) *gate {
	g := &gate{Capacity: c, drops: drops}
	if c.Slots > 0 {
		g.slots = make(chan struct{}, c.Slots)
	}
	return g
}

// enter waits for a slot and for the service time. leave is nil when the request
// was dropped: nothing was done for it. Once a slot has taken a request it runs to
// its end, whether the client is still there or not (both recorded servers).
func (g *gate) enter(ctx context.Context) (leave func()) {
	if g.slots == nil && g.Service == 0 {
		return func() {}
	}
	leave = func() {}
	if g.slots != nil {
		g.queue(1)
		defer g.queue(-1)
		if !g.take(ctx) {
			return nil
		}
		leave = func() { <-g.slots }
	}
	pause(context.WithoutCancel(ctx), g.service())
	return leave
}

// take waits for a slot; false when the client left first, and that counts.
func (g *gate) take(ctx context.Context) bool {
	if !g.drops {
		ctx = context.WithoutCancel(ctx)
	}
	select {
	case g.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (g *gate) queue(n int) {
	g.mu.Lock()
	g.waiting += n
	g.mu.Unlock()
}

func (g *gate) service() time.Duration {
	if g.slots == nil || g.Droop == 0 {
		return g.Service
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	crowd := float64(max(g.waiting-g.Slots, 0)) / float64(g.Slots)
	return time.Duration(float64(g.Service) * (1 + g.Droop*crowd))
}

// pause waits for d; false when the client left first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
