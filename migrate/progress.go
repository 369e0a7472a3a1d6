package migrate

import "time"

// progressEvery is the least time between two progress events.
const progressEvery = 100 * time.Millisecond

// pace keeps progress events to ten a second.
type pace struct {
	last                   time.Time
	records, done, refused int
}

// tick adds to the counts and reports them when it is time. The rest of the
// event is the caller's.
func (p *pace) tick(plan Plan, e Progress, records, done, refused int) {
	p.records, p.done, p.refused = p.records+records, p.done+done, p.refused+refused
	if now := time.Now(); plan.Report == nil || now.Sub(p.last) < progressEvery {
		return
	} else {
		p.last = now
	}
	e.Records, e.Landed, e.Refused = p.records, p.done, p.refused
	if plan.Bytes != nil {
		e.Bytes, e.Total = plan.Bytes()
	}
	plan.Report(Event{Progress: &e})
}
