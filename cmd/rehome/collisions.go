package main

import (
	"cmp"
	"slices"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// collisions are the users of a dry run whose id, address or number somebody has
// at the target already. The first of them are named; rejects.csv holds all.
type collisions struct {
	count int
	first []collision // in the order of the source
}

type collision struct {
	at  identity.Pos
	who string
}

// maxNamed is how many collisions a person is shown.
const maxNamed = 10

// Event notes a user that was found to be in the way of somebody.
func (c *collisions) Event(e migrate.Event) {
	s := e.Settled
	if s == nil || s.Outcome != sink.Rejected || s.Problem == nil || !taken(s.Problem.Code) {
		return
	}
	c.count++
	one := collision{s.Position, s.Problem.Detail}
	at, _ := slices.BinarySearchFunc(c.first, one, inOrder)
	c.first = slices.Insert(c.first, at, one)
	c.first = c.first[:min(len(c.first), maxNamed)]
}

func inOrder(a, b collision) int {
	return cmp.Or(cmp.Compare(a.at.File, b.at.File), cmp.Compare(a.at.Record, b.at.Record))
}

func taken(c identity.Code) bool {
	return c == identity.IDTaken || c == identity.EmailTaken || c == identity.PhoneTaken || c == identity.LoginTaken
}

// tell names them.
func (c *collisions) tell(v *voice) {
	if c.count == 0 {
		return
	}
	v.result("%s in the way at the target:", plural(c.count, "user is", "users are"))
	for _, one := range c.first {
		v.result("        %s: %s", one.at, one.who)
	}
	if more := c.count - len(c.first); more > 0 {
		v.result("        and %s more: rejects.csv has them all", thousands(more))
	}
}
