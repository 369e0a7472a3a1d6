package report

import (
	"slices"
	"time"

	"rehome/migrate"
	"rehome/sink"
)

// Timeline is how the work of a run went over time.
type Timeline struct {
	Stages []Stage `json:"stages"`
	// Width is how long each bucket of the move is, in seconds: 0.05 at first,
	// doubled whenever the buckets become more than 240.
	Width   float64  `json:"width,omitempty"`
	Buckets []Bucket `json:"buckets,omitempty"`
}

// Stage is one stage of a run: survey, move, verify.
type Stage struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	Records int     `json:"records"`
}

// Bucket is what happened in one stretch of the move.
type Bucket struct {
	Records   int  `json:"records"`             // settled
	Rejected  int  `json:"rejected,omitempty"`  // of those
	Throttled int  `json:"throttled,omitempty"` // answers that asked to slow down
	Failed    int  `json:"failed,omitempty"`    // answers that were failures of the target, or lost
	Down      bool `json:"down,omitempty"`      // the target gave no answers
}

const (
	maxBuckets  = 240
	firstBucket = 50 * time.Millisecond
)

// clocked is a timeline in the making.
type clocked struct {
	now     func() time.Time
	stages  []stretch
	width   time.Duration
	buckets []Bucket
	pace    sink.Pace
}

// stretch is a stage with its first and its latest event.
type stretch struct {
	name        string
	first, last time.Time
	records     int
}

func newClocked(now func() time.Time) *clocked { return &clocked{now: now, width: firstBucket} }

// event takes an event in. What was settled is counted from the events of the
// records, which are never dropped; how the target is asked, from the progress.
func (c *clocked) event(e migrate.Event) {
	switch {
	case e.Started != nil:
		c.at("survey") // an import begins with it
	case e.Settled != nil:
		s := c.at("move")
		b := c.bucket(s)
		s.records++
		b.Records++
		if e.Settled.Outcome == sink.Rejected {
			b.Rejected++
		}
	case e.Progress != nil:
		c.progress(*e.Progress)
	}
}

func (c *clocked) progress(p migrate.Progress) {
	s := c.at(p.Stage)
	if p.Stage != "move" {
		s.records = max(s.records, p.Records)
		return
	}
	if p.Pace == nil {
		return
	}
	b := c.bucket(s)
	b.Throttled += max(p.Pace.Throttled-c.pace.Throttled, 0)
	b.Failed += max(p.Pace.Failed-c.pace.Failed, 0)
	b.Down = b.Down || p.Pace.Down
	c.pace = *p.Pace
}

// at is the stage of that name, which lasts until now.
func (c *clocked) at(name string) *stretch {
	i := slices.IndexFunc(c.stages, func(s stretch) bool { return s.name == name })
	if i < 0 {
		c.stages = append(c.stages, stretch{name: name, first: c.now()})
		i = len(c.stages) - 1
	}
	s := &c.stages[i]
	s.last = c.now()
	return s
}

// bucket is that of the latest event of the move.
func (c *clocked) bucket(move *stretch) *Bucket {
	since := move.last.Sub(move.first)
	for since/c.width >= maxBuckets {
		c.double()
	}
	now := int(since / c.width)
	for len(c.buckets) <= now {
		c.buckets = append(c.buckets, Bucket{Down: c.pace.Down && len(c.buckets) < now}) // nobody speaks while all wait
	}
	return &c.buckets[now]
}

// double makes buckets of twice the length.
func (c *clocked) double() { c.width, c.buckets = c.width*2, halved(c.buckets) }

// halved joins buckets two by two, in place.
func halved(buckets []Bucket) []Bucket {
	for i, b := range buckets {
		if i%2 == 0 {
			buckets[i/2] = b
			continue
		}
		to := &buckets[i/2]
		to.Records += b.Records
		to.Rejected += b.Rejected
		to.Throttled += b.Throttled
		to.Failed += b.Failed
		to.Down = to.Down || b.Down
	}
	return buckets[:(len(buckets)+1)/2]
}

// timeline is what was seen until now. Progress may be dropped, so where the
// summary knows how much a stage went through, it has the last word.
func (c *clocked) timeline(s migrate.Summary) *Timeline {
	if len(c.stages) == 0 {
		return nil
	}
	t := &Timeline{Width: c.width.Seconds(), Buckets: slices.Clone(c.buckets)}
	for _, stage := range c.stages {
		n := stage.records
		switch {
		case stage.name == "survey":
			n = max(n, s.Records)
		case stage.name == "prove" && s.Proof != nil:
			n = s.Proof.Known
		case stage.name == "verify" && s.Verified != nil:
			n = s.Verified.Read
		}
		t.Stages = append(t.Stages, Stage{stage.name, milliseconds(stage.last.Sub(stage.first)), n})
	}
	return t
}

// milliseconds are seconds that hold no more than can be known.
func milliseconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
