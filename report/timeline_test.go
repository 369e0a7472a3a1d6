package report

import (
	"testing"
	"time"

	"rehome/migrate"
	"rehome/sink"
)

// TestTimelineIsBounded runs for a week, at a rate that halves in the middle.
func TestTimelineIsBounded(t *testing.T) {
	c := &clock{begun}
	line := newClocked(c.now)
	const n = 604_800 / 7
	for i := range n {
		line.event(migrate.Event{Settled: &migrate.Settled{Outcome: sink.Created}})
		c.wait(5 * time.Second)
		if i > n/2 {
			c.wait(5 * time.Second)
		}
	}
	got := line.timeline(migrate.Summary{})
	records := 0
	for _, b := range got.Buckets {
		records += b.Records
	}
	if records != n || len(got.Buckets) > maxBuckets || len(got.Buckets) <= maxBuckets/2 {
		t.Errorf("%d of %d records in %d buckets", records, n, len(got.Buckets))
	}
	first, last := got.Buckets[1].Records, got.Buckets[len(got.Buckets)-2].Records
	if first < 2*last-2 || first > 2*last+2 {
		t.Errorf("%d at first, %d at last: not half", first, last)
	}
	if chartOf(*got) == nil {
		t.Error("no chart")
	}
}

// TestTimelineSeesSilence has a target that gives no answers for 10 of 20 seconds.
func TestTimelineSeesSilence(t *testing.T) {
	c := &clock{begun}
	line := newClocked(c.now)
	for i := range 200 {
		pace := &sink.Pace{Throttled: i / 10, Down: i >= 50 && i < 150}
		line.event(migrate.Event{Progress: &migrate.Progress{Stage: "move", Pace: pace}})
		c.wait(100 * time.Millisecond)
	}
	got := line.timeline(migrate.Summary{})
	down, throttled := 0.0, 0
	for _, b := range got.Buckets {
		throttled += b.Throttled
		if b.Down {
			down += got.Width
		}
	}
	if down < 9.9 || down > 10.4 || throttled != 19 {
		t.Errorf("down for %.1f s, throttled %d times", down, throttled)
	}
}

// TestStages checks that the summary has the last word on how much a stage went
// through: progress may be dropped.
func TestStages(t *testing.T) {
	d := fixed()
	for i, want := range []Stage{{"survey", 2, 1000}, {"move", 5.995, 1000}, {"verify", 0.3, 400}} {
		if got := d.Timeline.Stages[i]; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
