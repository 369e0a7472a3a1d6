package migrate

import (
	"iter"
	"time"

	"rehome/sink"
)

// progressEvery is the least time between two progress events.
const progressEvery = 100 * time.Millisecond

// idleEvery is the longest time between two while users land: a target that is
// down settles nobody, and a person should see it.
const idleEvery = time.Second

// pace keeps progress events to ten a second.
type pace struct {
	last                   time.Time
	records, done, refused int
	speed                  speed
}

// tick adds to the counts and reports them when it is time. The rest of the
// event is the caller's.
func (p *pace) tick(plan Plan, e Progress, records, done, refused int) {
	p.records, p.done, p.refused = p.records+records, p.done+done, p.refused+refused
	now := time.Now()
	if plan.Report == nil || now.Sub(p.last) < progressEvery {
		return
	}
	p.last = now
	e.Records, e.Landed, e.Refused = p.records, p.done, p.refused
	if plan.Bytes != nil {
		e.Bytes, e.Total = plan.Bytes()
	}
	if paced, ok := plan.Sink.(sink.Paced); ok && e.Stage == "move" {
		pace := paced.Pace()
		e.Pace = &pace
	}
	e.Rate, e.Seconds = p.speed.measure(now, e)
	plan.Report(Event{Progress: &e})
}

// attended yields what comes until the channel is closed, and calls idle now and
// then while nothing does.
func attended[T any](c <-chan T, idle func()) iter.Seq[T] {
	return func(yield func(T) bool) {
		ticker := time.NewTicker(idleEvery)
		defer ticker.Stop()
		for {
			select {
			case v, open := <-c:
				if !open || !yield(v) {
					return
				}
			case <-ticker.C:
				if idle != nil {
					idle()
				}
			}
		}
	}
}

// speed is how fast the work goes, over the last ten seconds or so.
type speed struct {
	marks []mark // one a second
	end   time.Time
}

type mark struct {
	at      time.Time
	records int
	share   float64 // of all the work
}

const (
	markEvery = time.Second
	memory    = 10 * time.Second
	enough    = 5 * time.Second // of marks, to say what is left
	smooth    = 0.2             // weight of what a new mark says of the end
)

// measure answers the records a second of late, and the seconds that are left at
// this speed. What is left is not said before there is something to go by: some
// seconds of work, whose second half went about as fast as the first.
func (s *speed) measure(now time.Time, e Progress) (rate, seconds float64) {
	m := mark{now, e.Records, e.share()}
	fresh := len(s.marks) == 0 || now.Sub(s.marks[len(s.marks)-1].at) >= markEvery
	if fresh {
		s.marks = append(s.marks, m)
		for len(s.marks) > 2 && now.Sub(s.marks[1].at) >= memory {
			s.marks = s.marks[1:]
		}
	}
	first := s.marks[0]
	if now.Sub(first.at) < markEvery {
		return 0, 0
	}
	rate = float64(m.records-first.records) / now.Sub(first.at).Seconds()
	if fresh {
		s.foresee(m)
	}
	if s.end.After(now) {
		seconds = s.end.Sub(now).Seconds()
	}
	return rate, seconds
}

// foresee moves the expected end towards what the newest mark says of it.
func (s *speed) foresee(m mark) {
	first, middle := s.marks[0], s.marks[len(s.marks)/2]
	early, late := middle.per(first), m.per(middle)
	if m.at.Sub(first.at) < enough || early <= 0 || late > 2*early || early > 2*late {
		s.end = time.Time{}
		return
	}
	left := time.Duration(min((1-m.share)/m.per(first), maxLeft) * float64(time.Second))
	if end := m.at.Add(left); s.end.IsZero() {
		s.end = end
	} else {
		s.end = s.end.Add(time.Duration(smooth * float64(end.Sub(s.end))))
	}
}

// maxLeft bounds what is said to be left, in seconds: ten years.
const maxLeft = 10 * 365 * 86400

// per is the share of the work done in a second since an earlier mark.
func (m mark) per(before mark) float64 {
	return (m.share - before.share) / m.at.Sub(before.at).Seconds()
}

// share is how much of the work is done, by records once they are counted, before
// that by bytes; 0: not known.
func (e Progress) share() float64 {
	switch {
	case e.Of > 0:
		return float64(e.Records) / float64(e.Of)
	case e.Total > 0:
		return float64(e.Bytes) / float64(e.Total)
	}
	return 0
}
