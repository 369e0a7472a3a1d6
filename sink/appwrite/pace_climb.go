package appwrite

import (
	"math"
	"net/http"
	"strings"
	"time"
)

// climb looks for the number of requests in flight at which the server does most:
// a compass search on throughput.
//
// It measures at home for a while, then tries another number for a while. If the
// server did more there, that is home, and the next step goes on in the same
// direction, twice as far. If not, it goes home and the next step is half as far;
// at the shortest step it turns round. When neither direction brings anything it
// rests, longer each time, and looks again from time to time. A home where
// requests suddenly take longer or shorter than before ends the rest: the server
// has changed.
//
// What is compared is not answers a second, since a user's requests cost the
// server differently and their mixture changes along a source. Each kind of
// request that was seen at both numbers is weighed with the time it took at home:
// the gain is how much more of home's requests would be done in the same time.
// Requests that were sent before the number changed do not count, nor do those
// answered while the change works its way through.
//
// More in flight has to be worth it: a step up by a tenth must bring a third of a
// per cent. So the search comes down again where throughput is flat and only the
// wait grows. Failures count as work not done; as many of them as answers end a
// trial, and of ten in flight let three go.
type climb struct {
	limit  int // requests that may be in flight now
	fixed  bool
	most   int
	epoch  int // changes of the limit so far
	home   int
	step   int
	down   bool // the direction of the next trial
	turned int  // directions that brought nothing, in a row
	naps   int  // windows at home before the next trial
	rest   int  // of them to come
	before window
	now    window
}

const (
	firstLimit = 4    // in flight at first
	worth      = 0.03 // throughput that a step up must bring, as a power of the step
	saturated  = 0.8  // share of requests that found every other place taken, for a window to count
	changed    = 1.3  // ratio of times at which the server is another
	maxNaps    = 16   // windows between two looks around
	leastTime  = 200 * time.Millisecond
	mostTime   = 5 * time.Second
	leastDoubt = 0.01
)

func newClimb(fixed, most int) climb {
	c := climb{limit: fixed, fixed: fixed > 0, most: max(most, fixed)}
	if !c.fixed {
		c.limit = min(firstLimit, most)
	}
	c.home, c.step = c.limit, c.limit
	return c
}

// window is what was measured at one limit.
type window struct {
	began    time.Time
	skip     int // answers still to leave out
	n, full  int
	failures int
	sums     [2 * manyKinds]sum // by kind, successes before refusals
}

type sum struct {
	n           int
	took, took2 float64 // seconds, and their squares
}

// doubt is how far the mean time of the window's requests may be off, as a share.
func (w *window) doubt() float64 {
	var all, variance float64
	for _, s := range w.sums {
		if s.n > 0 {
			all += s.took
			variance += max(0, s.took2-s.took*s.took/float64(s.n))
		}
	}
	return math.Sqrt(variance) / all
}

// answered takes an answer into account.
func (c *climb) answered(t ticket, took time.Duration, now time.Time, refused bool) {
	if c.fixed || t.epoch != c.epoch {
		return
	}
	w := &c.now
	if w.began.IsZero() {
		w.began, w.skip = now, c.limit
	}
	if w.skip > 0 {
		w.skip--
		return
	}
	w.n++
	if t.full {
		w.full++
	}
	k := t.kind
	if refused {
		k += manyKinds
	}
	w.sums[k].n++
	w.sums[k].took += took.Seconds()
	w.sums[k].took2 += took.Seconds() * took.Seconds()
	if c.enough(now) {
		c.decide()
	}
}

// enough tells whether the window can be judged.
func (c *climb) enough(now time.Time) bool {
	w, open := &c.now, now.Sub(c.now.began)
	if w.n < max(2*c.limit, 8) || open < leastTime {
		return false
	}
	stride := math.Log(1 + float64(max(c.step, 1))/float64(c.home))
	return open >= mostTime || w.n >= max(8*c.limit, 32) && w.doubt() < max(leastDoubt, stride/5)
}

// failed takes a failure of the server into account.
func (c *climb) failed(t ticket) {
	if c.fixed || t.epoch != c.epoch {
		return
	}
	w := &c.now
	if w.failures++; w.failures >= 8 && w.failures >= w.n {
		c.home = max(1, min(c.home, c.limit)*7/10)
		c.step, c.down, c.turned, c.naps, c.rest = max(1, c.home/2), false, 0, 0, 0
		c.before = window{}
		c.set(c.home)
	}
}

// set begins a new window at a limit.
func (c *climb) set(limit int) {
	if limit != c.limit {
		c.epoch++
	}
	c.limit, c.now = limit, window{}
}

// decide judges a window that has ended.
func (c *climb) decide() {
	w := c.now
	switch {
	case float64(w.full) < saturated*float64(w.n): // there was no more to send
		c.home = max(c.home, c.limit)
		c.set(c.home)
	case c.limit != c.home:
		c.judge(w)
	default:
		if s := slower(c.before, w); s > changed || s < 1/changed {
			c.rest, c.naps, c.turned, c.step = 0, 0, 0, max(c.step, c.home/4)
		}
		c.before = w
		if c.rest--; c.rest < 0 {
			c.try()
		} else {
			c.set(c.home)
		}
	}
}

// share is that of successes.
func (w window) share() float64 { return float64(w.n+1) / float64(w.n+w.failures+1) }

// try leaves home.
func (c *climb) try() {
	for range 2 {
		to := min(c.home+c.step, c.most)
		if c.down {
			to = max(c.home-c.step, (c.home+1)/2)
		}
		if to != c.home {
			c.set(to)
			return
		}
		c.down = !c.down
	}
	c.set(c.home) // nowhere to go: most is 1
}

// judge settles a trial.
func (c *climb) judge(w window) {
	ratio := float64(c.limit) / float64(c.home)
	if gain := ratio / slower(c.before, w) * w.share() / c.before.share(); gain > math.Pow(ratio, worth) {
		c.home, c.before, c.step = c.limit, w, 2*c.step
		c.turned, c.naps = 0, 0
		c.try()
		return
	}
	least := max(1, c.home/8)
	if c.step > least {
		c.step = max(least, c.step/2)
	} else if c.down, c.turned = !c.down, c.turned+1; c.turned >= 2 {
		c.turned, c.naps = 0, min(2*c.naps+1, maxNaps)
	}
	c.rest = c.naps
	c.set(c.home)
}

// slower is how much longer the requests of b took than the same would have taken
// in a: 1 if nothing can be said.
func slower(a, b window) float64 {
	var was, is float64
	for k, s := range b.sums {
		if s.n > 0 && a.sums[k].n > 0 {
			was += float64(s.n) * a.sums[k].took / float64(a.sums[k].n)
			is += s.took
		}
	}
	if was == 0 || is == 0 {
		return 1
	}
	return is / was
}

// kind tells requests apart that cost a server differently.
type kind int

const (
	toCreate kind = iota
	toChange
	toRead
	toList
	manyKinds // how many there are
)

func kindOf(req *http.Request) kind {
	switch {
	case req.Method == http.MethodGet && req.URL.RawQuery != "":
		return toList
	case req.Method == http.MethodGet:
		return toRead
	case req.Method == http.MethodPost && !strings.Contains(req.URL.Path, "/targets"):
		return toCreate
	}
	return toChange
}
