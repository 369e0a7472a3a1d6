package migrate

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// TestSpeed: the rate is that of the last ten seconds, and what is left is said
// only when there is something to go by, without jumping about.
func TestSpeed(t *testing.T) {
	began := time.Unix(1_700_000_000, 0)
	type stretch struct {
		seconds int
		rate    float64 // records a second
	}
	for _, c := range []struct {
		name    string
		work    []stretch
		rate    float64 // at the end
		seconds float64 // left at the end; 0: not said
	}{
		{"just begun", []stretch{{4, 100}}, 100, 0},
		{"steady", []stretch{{30, 100}}, 100, 970},
		{"ten times as slow of late", []stretch{{30, 1000}, {12, 100}}, 100, 688},
		{"changing right now", []stretch{{30, 1000}, {5, 50}}, 525, 0},
		{"a resumed run that skips first", []stretch{{2, 20_000}, {30, 50}}, 50, 1170},
		{"down", []stretch{{30, 100}, {12, 0}}, 0, 0},
	} {
		var s speed
		var rate, seconds, done float64
		now := began
		s.measure(now, Progress{Of: 100_000})
		for _, w := range c.work {
			for range w.seconds * 10 {
				now = now.Add(100 * time.Millisecond)
				done += w.rate / 10
				rate, seconds = s.measure(now, Progress{Records: int(done), Of: 100_000})
			}
		}
		if math.Abs(rate-c.rate) > 0.02*c.rate+0.01 || math.Abs(seconds-c.seconds) > 0.1*c.seconds+0.01 {
			t.Errorf("%s: %.1f a second, %.0f s left; want %.1f, %.0f", c.name, rate, seconds, c.rate, c.seconds)
		}
	}
}

// TestSpeedUnknown: nothing is said of what cannot be known.
func TestSpeedUnknown(t *testing.T) {
	var s speed
	now := time.Unix(1_700_000_000, 0)
	for n := range 300 {
		rate, seconds := s.measure(now.Add(time.Duration(n)*100*time.Millisecond), Progress{Records: n})
		if seconds != 0 || n >= 10 && math.Abs(rate-10) > 0.2 {
			t.Fatalf("%.1f a second, %.0f s left", rate, seconds)
		}
	}
}

// TestSpeedSmooth: what is left goes down with the clock, though the work comes in
// fits.
func TestSpeedSmooth(t *testing.T) {
	var s speed
	now := time.Unix(1_700_000_000, 0)
	done, last := 0, 0.0
	for n := range 1000 {
		now = now.Add(100 * time.Millisecond)
		if n%15 < 5 {
			done += 30
		}
		_, seconds := s.measure(now, Progress{Records: done, Of: 100_000})
		if last > 0 && math.Abs(seconds-last) > 0.1*last {
			t.Fatalf("after %d ticks %.0f s are left, before %.0f", n, seconds, last)
		}
		last = seconds
	}
	if last < 800 || last > 1000 { // 100 a second
		t.Errorf("%.0f s left", last)
	}
}

// TestAttended: while nothing comes, somebody is told each second.
func TestAttended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, idle, came := make(chan int), 0, 0
		go func() {
			defer close(c)
			for range 3 {
				time.Sleep(2500 * time.Millisecond)
				c <- 1
			}
		}()
		for n := range attended(c, func() { idle++ }) {
			came += n
		}
		if came != 3 || idle != 7 {
			t.Errorf("%d came, told %d times", came, idle)
		}
	})
}
