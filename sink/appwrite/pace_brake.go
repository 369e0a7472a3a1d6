package appwrite

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// brake bounds how many requests a second are sent.
//
// Where answers say how many are left until when (X-RateLimit-Remaining, -Reset),
// those are spread over the time, if it is short, and nothing is sent when none is
// left. Where they do not, the brake learns from answers of 429. One or two are
// taken for chance. Three in a row stop everybody for as long as the last one asks;
// then requests are spread evenly, as many a second as succeeded before.
//
// That rate grows, twofold in a second at first. The next 429 takes it back by a
// second's growth; from then on it grows at a third of the speed and stays for
// longer before it does, so that it settles just below what is allowed. Answers of
// 429 while it stays take it back in growing bites, but never below what was
// granted since the last one: that much is allowed. If they still come when the
// rate is down to a third, they have nothing to do with it, and it is free again
// for a while.
type brake struct {
	ceiling float64   // requests a second, by --rps; 0: none
	quota   float64   // the same by the headers
	rate    float64   // and as learnt
	next    time.Time // when the rate allows the next one
	until   time.Time // nothing is sent before

	row     int       // answers of 429, one after another
	spell   int       // pauses, one after another
	stood   time.Time // when the last of them began
	granted int       // answers since the rate was last taken back
	total   int       // answers since counted
	counted time.Time // when counting began
	earlier float64   // granted in a second, before that
	growth  float64   // of the rate in a second
	cut     time.Time // when the rate was last taken back
	stays   time.Time // until when it does not grow
	bite    float64   // share that the next 429 takes meanwhile
	proven  float64   // the most that was granted in a second since the rate was learnt
	mercy   time.Duration
	spared  time.Time // nothing is learnt before

	told  bool          // the server says how many are left
	least int           // that it said of this window: answers overtake one another
	reset int64         // the window's end on the server's clock, which names it
	ends  time.Time     // the same on ours
	ahead time.Duration // our clock before the server's: the least seen
	known bool
	date  string // the last Date that was looked at
}

const (
	inRow       = 3    // answers of 429 that are no chance
	firstGrowth = 2    // of the rate, in a second
	lastGrowth  = 1.01 // the same when it has settled
	firstBite   = 0.025
	longStay    = 30 * time.Second
	slack       = 10 * time.Millisecond // that may be caught up, since timers come late
	spread      = 10 * time.Second      // the longest time over which what is left is spread
	counting    = 5 * time.Second       // over which successes are counted
)

// bound is the rate now; 0: none.
func (b *brake) bound() (least float64) {
	for _, r := range []float64{b.ceiling, b.quota, b.rate} {
		if r > 0 && (least == 0 || r < least) {
			least = r
		}
	}
	return least
}

// hinders tells whether requests have to wait their turn.
func (b *brake) hinders(now time.Time) bool { return b.bound() > 0 || now.Before(b.until) }

// wait is how long the next request has to wait.
func (b *brake) wait(now time.Time) time.Duration {
	b.grow(now)
	at := b.until
	if b.bound() > 0 && b.next.After(at) {
		at = b.next
	}
	return max(0, at.Sub(now))
}

// spend counts a request that is sent.
func (b *brake) spend(now time.Time) {
	if r := b.bound(); r > 0 {
		if earliest := now.Add(-slack); b.next.Before(earliest) {
			b.next = earliest
		}
		b.next = b.next.Add(time.Duration(float64(time.Second) / r))
	}
}

// grant counts an answer that is no 429.
func (b *brake) grant(now time.Time) {
	if open := now.Sub(b.counted); open > counting {
		b.earlier = float64(b.total) / open.Seconds()
		b.proven = max(b.proven, b.earlier)
		b.counted, b.total = now, 0
	}
	b.row, b.spell = 0, 0
	b.granted++
	b.total++
}

// refuse learns from a 429 to a request that was sent then.
func (b *brake) refuse(now, sent time.Time, asked time.Duration, patience patience, limit int) {
	if b.row++; b.row >= inRow {
		if sent.After(b.stood) {
			b.spell, b.stood = b.spell+1, now
		}
		b.pause(now.Add(max(asked, patience.wait(b.spell))))
	}
	switch {
	case b.told || now.Before(b.spared):
	case b.rate > 0 && b.granted > 0 && sent.After(b.cut):
		b.reduce(now)
	case b.rate == 0 && b.row >= min(max(limit, inRow), inRow+1):
		b.engage(now)
	}
}

func (b *brake) pause(until time.Time) {
	if until.After(b.until) {
		b.until = until
	}
}

// engage begins with what was granted of late.
func (b *brake) engage(now time.Time) {
	open := now.Sub(b.counted)
	b.rate = float64(b.total) / max(open, time.Second).Seconds()
	if open < counting/2 {
		b.rate = max(b.rate, b.earlier)
	}
	b.rate, b.growth = max(b.rate, 1), firstGrowth
	b.bite, b.proven, b.counted, b.total = firstBite, 0, now, 0
	b.settle(now)
}

// settle lets the rate stay, the longer the less it grows.
func (b *brake) settle(now time.Time) {
	b.cut, b.stays = now, now
	if b.until.After(now) {
		b.stays = b.until
	}
	stay := float64(longStay) * (lastGrowth - 1) / (b.growth - 1)
	b.stays = b.stays.Add(max(time.Second, time.Duration(stay)))
	b.granted = 0
}

// reduce is the answer to a 429 at the present rate.
func (b *brake) reduce(now time.Time) {
	least := 0.0
	if b.granted >= 5 {
		least = min(b.rate, float64(b.granted)/now.Sub(b.cut).Seconds())
	}
	if now.Before(b.stays) { // the last cut was not enough
		b.rate *= 1 - b.bite
		b.bite = min(2*b.bite, 0.5)
	} else {
		b.bite = firstBite
		b.rate /= max(b.growth, 1.02)
		b.growth = max(math.Cbrt(b.growth), lastGrowth)
	}
	b.rate = max(b.rate, 0.98*least, 0.1)
	if b.rate < b.proven/3 {
		b.rate, b.proven, b.mercy = 0, 0, min(2*b.mercy+5*time.Second, longStay)
		b.spared = now.Add(b.mercy)
		return
	}
	b.settle(now)
}

// grow lets the rate grow, faster the longer nothing speaks against it.
func (b *brake) grow(now time.Time) {
	if b.until.After(b.stays) { // it stood still
		b.stays = b.until
	}
	if b.rate == 0 || !now.After(b.stays) {
		return
	}
	b.rate *= math.Pow(b.growth, now.Sub(b.stays).Seconds()*(1+now.Sub(b.cut).Seconds()/60))
	b.stays = now
	if b.rate > 1e5 {
		b.rate = 0
	}
}

// hear reads what an answer says of the requests that are left. The time until
// then is taken from the server's clock, which its Date gives in whole seconds: our
// clock is before it by the least difference seen.
func (b *brake) hear(now time.Time, res *http.Response, flying int) {
	if text := res.Header.Get("Date"); text == b.date {
		// a later answer of the same second says less
	} else if date, err := http.ParseTime(text); err == nil {
		b.date = text
		if ahead := now.Sub(date); !b.known || ahead < b.ahead {
			b.ahead, b.known = ahead, true
		}
	}
	left, reset, ok := leftUntil(res.Header)
	until := time.Unix(reset, 0).Add(b.ahead).Sub(now)
	switch {
	case !ok || !b.known || until <= 0 && !now.Before(b.ends):
		b.quota, b.told = 0, false
		return
	case until <= 0: // a late answer, of the window before
		return
	case b.told && reset == b.reset:
		left = min(left, b.least)
	}
	b.told, b.least, b.reset, b.ends = true, left, reset, now.Add(until)
	b.share(now, flying)
}

// leftUntil is how many requests a server says it will take until when.
func leftUntil(h http.Header) (left int, reset int64, ok bool) {
	left, err1 := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	reset, err2 := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64)
	return left, reset, err1 == nil && err2 == nil
}

// share spreads what is left beside the requests in flight over the time until the
// window ends. The server has counted those that were answered, of which the last
// said the least, and at most all of those in flight: so it never turns one away
// that this lets through.
func (b *brake) share(now time.Time, flying int) {
	if !b.told || !now.Before(b.ends) {
		return
	}
	until := b.ends.Sub(now)
	switch left := b.least - flying; {
	case left <= 0:
		b.pause(b.ends)
		b.quota = 1 / until.Seconds()
	case until <= spread:
		b.quota = float64(left) / until.Seconds()
	default:
		b.quota = 0
	}
}
