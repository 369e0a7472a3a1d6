package appwrite

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"rehome/sink"
)

// pace decides when each request may be sent. Three things bound it, each in a
// file of its own or below:
//
//   - how many requests are in flight at once: climb looks for the number at which
//     the server does most (pace_climb.go);
//   - how many a second: brake keeps below what the server allows, which it says
//     in X-RateLimit headers or by answers of 429, and below --rps (pace_brake.go);
//   - whether the server is there at all: after five lost or refused requests in a
//     row nobody is sent but one probe now and then, until one is answered.
//
// What is begun goes before what is new: a create waits while a request about a
// user who exists waits too. So few users are half made when a run is stopped, and
// a look-up is not kept behind a crowd of creates.
type pace struct {
	mu     sync.Mutex
	climb  climb
	brake  brake
	taken  int          // places, by requests that are in flight or about to be
	flying int          // requests in flight
	begun  []chan token // who waits for a place
	anew   []chan token // the same, to create

	turnstile chan token // held by the one that waits for its time to come
	stir      chan token // wakes that one

	dead    int       // lost or refused in a row
	since   time.Time // of the first of them
	probe   time.Time // when the next may be tried
	probes  int
	probing bool
	last    string // how the last of them ended

	throttled, failed int
}

type token = struct{}

// maxDead is how many failures in a row make a target down.
const maxDead = 5

// longProbe is the longest time between two probes that we choose ourselves.
const longProbe = 2 * time.Second

// newPace is a pace for so many requests at once: exactly fixed, or up to most.
// Of requests a second there are no more than perSecond, unless it is 0.
func newPace(fixed, most int, perSecond float64) *pace {
	return &pace{
		climb: newClimb(fixed, most), brake: brake{ceiling: perSecond},
		turnstile: make(chan token, 1), stir: make(chan token, 1),
	}
}

// ticket is a request that was sent.
type ticket struct {
	kind  kind
	sent  time.Time
	epoch int  // of the climb
	full  bool // it waited for nothing but a place, and no other had one
	probe bool
}

// enter waits until a request of this kind may be sent. The error is *weary when
// the target is down, or asks to wait, for longer than patience lasts.
func (p *pace) enter(ctx context.Context, k kind, patience patience) (ticket, error) {
	if err := p.place(ctx, k); err != nil {
		return ticket{}, err
	}
	t, err := p.turn(ctx, k, patience)
	if err != nil {
		p.mu.Lock()
		p.taken--
		p.admit()
		p.mu.Unlock()
	}
	return t, err
}

// place waits for one of the places that the climb allows.
func (p *pace) place(ctx context.Context, k kind) error {
	p.mu.Lock()
	if p.taken < p.climb.limit { // then nobody waits
		p.taken++
		p.mu.Unlock()
		return nil
	}
	queue := &p.begun
	if k == toCreate {
		queue = &p.anew
	}
	mine := make(chan token)
	*queue = append(*queue, mine)
	p.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := slices.Index(*queue, mine); at >= 0 {
		*queue = slices.Delete(*queue, at, at+1)
	} else { // it was given a place meanwhile
		p.taken--
		p.admit()
	}
	return context.Cause(ctx)
}

// admit gives the free places away.
func (p *pace) admit() {
	for p.taken < p.climb.limit {
		queue := &p.begun
		if len(*queue) == 0 {
			queue = &p.anew
		}
		if len(*queue) == 0 {
			return
		}
		p.taken++
		close((*queue)[0])
		*queue = (*queue)[1:]
	}
}

// turn waits until the time has come, one request after another.
func (p *pace) turn(ctx context.Context, k kind, patience patience) (ticket, error) {
	if t, ok := p.straight(k); ok {
		return t, nil
	}
	select {
	case p.turnstile <- token{}:
	case <-ctx.Done():
		return ticket{}, context.Cause(ctx)
	}
	defer func() { <-p.turnstile }()
	for held := false; ; held = true {
		t, wait, err := p.next(k, patience)
		if err != nil || wait == 0 {
			t.full = t.full && !held
			return t, err
		}
		if err := p.rest(ctx, wait); err != nil {
			return ticket{}, err
		}
	}
}

// straight sends a request that nothing hinders.
func (p *pace) straight(k kind) (ticket, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.dead >= maxDead || p.brake.hinders(now) {
		return ticket{}, false
	}
	return p.send(k, now), true
}

// next sends the request at the turnstile, or says how long it has to wait.
func (p *pace) next(k kind, patience patience) (ticket, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.dead < maxDead {
		wait := p.brake.wait(now)
		if wait > patience.total {
			return ticket{}, 0, &weary{asked: wait}
		}
		if wait > 0 {
			return ticket{}, wait, nil
		}
		p.brake.spend(now)
		return p.send(k, now), 0, nil
	}
	left := patience.total - now.Sub(later(p.since, patience.began))
	wait := p.probe.Sub(now)
	if p.probing {
		wait = left
	}
	switch {
	case left <= 0:
		return ticket{}, 0, &weary{after: patience.total, last: p.last}
	case wait > 0:
		return ticket{}, min(wait, left), nil
	}
	t := p.send(k, now)
	t.probe, p.probing = true, true
	return t, 0, nil
}

// later is the later of two times. A new request probes the target itself, however
// long it has been down.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func (p *pace) send(k kind, now time.Time) ticket {
	p.flying++
	p.brake.share(now, p.flying)
	return ticket{kind: k, sent: now, epoch: p.climb.epoch, full: p.taken >= p.climb.limit}
}

// rest waits, or until something has changed.
func (p *pace) rest(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.stir:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// leave notes what became of a request, nothing if it was cancelled, and lets the
// next one go.
func (p *pace) leave(t ticket, res *http.Response, err error, patience patience) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.flying--
	p.taken--
	if res != nil {
		p.brake.hear(now, res, p.flying)
	}
	switch fate := fateOf(res, err); fate {
	case answered:
		p.rise(t)
		p.brake.grant(now)
		p.climb.answered(t, now.Sub(t.sent), now, res.StatusCode > 299)
	case slowDown:
		p.rise(t)
		p.throttled++
		p.brake.refuse(now, t.sent, askedWait(res), patience, p.climb.limit)
	case broken, lost:
		p.failed++
		p.climb.failed(t)
		if fate == lost {
			p.bury(t, now, ending(res, err), patience, askedWait(res))
		}
	}
	if t.probe {
		p.probing = false
	}
	p.admit()
	select {
	case p.stir <- token{}:
	default:
	}
}

// rise notes that the target is there, unless the request was sent before it went.
func (p *pace) rise(t ticket) {
	if !t.sent.Before(p.since) {
		p.dead = 0
	}
}

// bury counts a failure after which the target may be down.
func (p *pace) bury(t ticket, now time.Time, how string, patience patience, asked time.Duration) {
	if p.dead++; p.dead == 1 {
		p.since, p.probes = t.sent, 0
	}
	if t.probe || p.dead <= maxDead {
		if t.probe {
			p.probes++
		}
		p.probe = now.Add(max(min(patience.wait(p.probes+1), longProbe), asked))
	}
	p.last = how
}

// fate is what became of a request, as far as the pace is concerned.
type fate int

const (
	nothing  fate = iota // it was cancelled, or its end says nothing about the server
	answered             // whatever the answer: the server is well
	slowDown             // 429
	broken               // the server answers that it failed, perhaps over this one request
	lost                 // no answer, or none of Appwrite itself
)

func fateOf(res *http.Response, err error) fate {
	switch {
	case res == nil && err == nil, hopeless(err), errors.Is(err, errAnswerSize):
		return nothing
	case err != nil:
		return lost
	case res.StatusCode == http.StatusTooManyRequests:
		return slowDown
	case res.StatusCode == http.StatusBadGateway, res.StatusCode == http.StatusServiceUnavailable, res.StatusCode == http.StatusGatewayTimeout:
		return lost
	case passing(res.StatusCode):
		return broken
	}
	return answered
}

// state is what is shown to a person.
func (p *pace) state() sink.Pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	return sink.Pace{
		InFlight: p.flying, Limit: p.climb.limit, Throttled: p.throttled, Failed: p.failed, Down: p.dead >= maxDead,
	}
}
