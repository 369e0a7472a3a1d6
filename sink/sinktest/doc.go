// Package sinktest is the conformance suite that every sink passes: what
// package sink promises, asked of a real target that is slow, loses answers,
// gives out and comes back.
//
// A sink's own test opens a Fixture and calls Run:
//
//	func TestConformance(t *testing.T) {
//		sinktest.Run(t, func(t *testing.T) sinktest.Fixture { … })
//	}
//
// The suite knows no target. What it needs from the other side, whether a user
// is there and what was done to it, it asks the Fixture, which asks the target
// itself and never the sink. It measures no time.
package sinktest
