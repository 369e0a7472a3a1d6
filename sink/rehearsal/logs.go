package rehearsal

import "slices"

// logEntry is something a user did. What is done with an API key leaves nothing.
type logEntry struct {
	event, ip string
	at        int64
}

// maxLogs is how many entries a user keeps: enough to look at, and bounded.
const maxLogs = 100

// note writes what a user did into the log.
func (c *call) note(u *user, event string) {
	ip := c.callerIP()
	c.store.change(func() {
		now := c.store.users[u.seq]
		if now == nil {
			return
		}
		after := *now
		m := after.own()
		m.logs = append(slices.Clone(m.logs), logEntry{event, ip, c.now()})
		m.logs = m.logs[max(len(m.logs)-maxLogs, 0):]
		c.store.replace(&after)
	})
}

func logQueries(r rules) schema {
	s := r.schema(map[string]sort{})
	s.only = []string{"limit", "offset"}
	return s
}

// listLogs shows the newest entry first.
func listLogs(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	l, bad := c.listing(logQueries(c.rules))
	if bad != nil {
		return bad
	}
	logs := slices.Clone(u.extra().logs)
	slices.Reverse(logs)
	total := len(logs)
	logs = logs[min(l.offset, len(logs)):]
	logs = logs[:min(l.limit, len(logs))]
	c.out = c.total(append(c.out, '{'), total)
	c.out = append(c.out, `,"logs":[`...)
	for i := range logs {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = c.shape().log(c.out, u, &logs[i])
	}
	c.out = append(c.out, `]}`...)
	return nil
}

func (s shape) log(b []byte, u *user, e *logEntry) []byte {
	b = begin(b, "event", e.event)
	b = field(b, "userId", u.id)
	b = field(b, "userEmail", u.email)
	b = field(b, "userName", u.name)
	if s.logMore {
		b = append(b, `,"mode":"default","userType":"user"`...)
	} else {
		b = append(b, `,"mode":""`...)
	}
	b = field(b, "ip", e.ip)
	b = date(b, "time", e.at)
	return append(append(b, clientFields...), '}')
}
