package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// TestCollisions: the first ten are named in the order of the source, whatever the
// order in which workers find them; the rest is counted.
func TestCollisions(t *testing.T) {
	var c collisions
	for _, i := range rand.New(rand.NewPCG(1, 1)).Perm(40) {
		code := []identity.Code{identity.EmailTaken, identity.EmailInvalid}[i%2]
		c.Event(migrate.Event{Settled: &migrate.Settled{
			Position: identity.Pos{File: "a.csv", Record: i + 1}, Outcome: sink.Rejected, Problem: &identity.Problem{Code: code, Detail: fmt.Sprint("who ", i+1)},
		}})
	}
	c.Event(migrate.Event{Settled: &migrate.Settled{Outcome: sink.Existing}})
	var out bytes.Buffer
	c.tell(&voice{terminal: terminal{out: &out}})
	want := "20 users are in the way at the target:\n"
	for i := 1; i <= 19; i += 2 {
		want += fmt.Sprintf("        a.csv: record %d: who %d\n", i, i)
	}
	want += "        and 10 more: rejects.csv has them all\n"
	if out.String() != want {
		t.Errorf("%s, want\n%s", strings.TrimSpace(out.String()), want)
	}
}
