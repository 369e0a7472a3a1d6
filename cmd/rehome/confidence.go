package main

import (
	"fmt"
	"math"
	"strconv"
)

// confidence says in words what a sample of n users, of whom some differ, tells of
// all of them.
func confidence(differ, n int) string {
	if n == 0 {
		return "a sample of nobody says nothing"
	}
	return fmt.Sprintf("with 95 %% confidence fewer than %s %% of the run's users differ", percent(most(differ, n)))
}

// most is the largest share of all users that may differ when, of n drawn at
// random, so many do: one-sided, at 95 % (Clopper and Pearson, Biometrika 26, 1934,
// p. 404). With none it is 1 − 0.05^(1/n), about 3/n, the rule of three (Hanley and
// Lippman-Hand, JAMA 249, 1983, p. 1743). Users are drawn without being put back,
// which makes the truth a little better than this.
func most(differ, n int) float64 {
	if differ >= n {
		return 1
	}
	low, high := 0.0, 1.0
	for range 60 { // a double has 53 bits
		p := (low + high) / 2
		if chance(differ, n, p) > 0.05 {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// chance is that of at most k in n, each with probability p.
func chance(k, n int, p float64) float64 {
	sum := 0.0
	for i := range k + 1 {
		sum += math.Exp(ways(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

// ways is the logarithm of n over k.
func ways(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// percent writes a share in percent, rounded up: to a tenth, and below one to two
// digits.
func percent(share float64) string {
	for places := 1; ; places++ {
		scale := math.Pow10(places)
		up := math.Ceil(100*share*scale-1e-9) / scale
		if up >= math.Pow10(1-places) || places == maxPlaces {
			return strconv.FormatFloat(up, 'f', places, 64)
		}
	}
}

// maxPlaces is more than a sample of a hundred million needs.
const maxPlaces = 8
