package rehearsal

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// limited says by what an endpoint counts calls; "" is not at all.
type limited string

const (
	byTypedEmail limited = "email" // the address as typed
	byCallerIP   limited = "ip"
)

// limitOf are the limited endpoints.
func limitOf(e endpoint) limited {
	switch e.method + " " + e.path {
	case "POST /v1/account/sessions/email", "POST /v1/account/sessions":
		return byTypedEmail
	case "POST /v1/account", "POST /v1/account/sessions/token":
		return byCallerIP
	}
	return ""
}

// perHour is the limit of logins for one address and of sign-ups from one IP.
const perHour = 10

// maxCallers bounds what the limiter remembers; beyond it begins anew.
const maxCallers = 1 << 16

// limiter counts calls by the clock hour, as the recorded servers do.
type limiter struct {
	mu     sync.Mutex
	hour   int64
	counts map[string]int
}

func newLimiter() *limiter { return &limiter{counts: map[string]int{}} }

// seen is how many calls there were this hour before this one, which joins them
// when it counts and there is room.
func (l *limiter) seen(key string, hour int64, counts bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hour != hour || len(l.counts) > maxCallers {
		l.hour, l.counts = hour, map[string]int{}
	}
	n := l.counts[key]
	if counts && n < perHour {
		l.counts[key]++
	}
	return n
}

func (l *limiter) forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.counts, key)
}

// limit counts the call where its endpoint is limited, and refuses it where
// protection is on, the caller has no key and the hour's share is used up. The
// headers come in any case.
func (c *call) limit() *refusal {
	if c.route.limited == "" {
		return nil
	}
	hour := c.cfg.Now().Unix() / 3600
	counts := c.cfg.Abuse && c.who.key == nil
	n := c.limits.seen(c.limitKey(), hour, counts)
	c.header = append(c.header,
		[2]string{"X-RateLimit-Limit", strconv.Itoa(perHour)},
		[2]string{"X-RateLimit-Remaining", strconv.Itoa(max(perHour-n-1, 0))},
		[2]string{"X-RateLimit-Reset", strconv.FormatInt((hour+1)*int64(time.Hour/time.Second), 10)})
	if counts && n >= perHour {
		return refuse(rateLimitExceeded)
	}
	return nil
}

func (c *call) limitKey() string {
	key := c.route.path + " "
	if c.route.limited == byCallerIP {
		ip, _, _ := strings.Cut(c.r.RemoteAddr, ":")
		return key + ip
	}
	given, _ := c.given()
	return key + given.str("email")
}
