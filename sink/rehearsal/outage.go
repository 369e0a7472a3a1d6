package rehearsal

import (
	"net/http"
	"sync/atomic"
	"time"
)

// outage is a time without the database: whatever needs it is answered with a bare
// 500, and users who are there are still shown one by one, from the cache, as if all
// were well. So does Appwrite when MariaDB is started anew behind it.
type outage struct{ until atomic.Int64 } // on the server's clock, in nanoseconds since 1970

// begin has the database fail for a while, but no shorter than it will already.
func (o *outage) begin(now time.Time, length time.Duration) {
	end := now.Add(length).UnixNano()
	for until := o.until.Load(); until < end && !o.until.CompareAndSwap(until, end); {
		until = o.until.Load()
	}
}

// lasts reports whether a request is answered without the database.
func (o *outage) lasts(now time.Time, fault Fault) bool {
	if fault.Kind == DB {
		o.begin(now, fault.For)
		return true
	}
	return now.UnixNano() < o.until.Load()
}

// cached reports whether a request can do without the database.
func (c *call) cached() bool {
	switch c.route.path {
	case "/v1/health", "/v1/health/version":
		return true
	case "/v1/users/{userId}":
		there := false
		c.store.view(func() { there = c.store.find(c.text("userId")) != nil })
		return c.route.method == http.MethodGet && there
	}
	return false
}
