package main

import (
	"math"
	"testing"
)

// TestConfidence holds the bound against published values: the rule of three, and
// one-sided 95 % limits of Clopper and Pearson.
func TestConfidence(t *testing.T) {
	for _, c := range []struct {
		differ, n int
		want      float64
	}{
		{0, 1, 0.95}, {0, 59, 0.0495}, {0, 300, 0.00994}, {0, 3000, 0.000998}, {0, 100_000, 0.00002996},
		{1, 10, 0.39416}, {2, 10, 0.50690}, {5, 100, 0.10225}, {10, 10, 1},
	} {
		if got := most(c.differ, c.n); math.Abs(got-c.want) > c.want/200 {
			t.Errorf("%d of %d: %.6f, want %.6f", c.differ, c.n, got, c.want)
		}
	}
	for share, want := range map[float64]string{0.95: "95.0", 0.00994: "1.0", 0.0994: "10.0", 0.000998: "0.10", 0.00002996: "0.0030", 1: "100.0", 0.01: "1.0"} {
		if got := percent(share); got != want {
			t.Errorf("%v: %s %%, want %s %%", share, got, want)
		}
	}
}
