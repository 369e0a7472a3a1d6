package report

import (
	"fmt"
	"strings"
	"time"

	"rehome/migrate"
)

// Headline is what matters most about passwords: how many work at the target, what
// that rests on, and what becomes of everybody else. Wherever a person is told about
// passwords, on a terminal or in a report, it is by a Headline.
type Headline struct {
	People   migrate.People
	Basis    Basis
	Foretold bool // it has not come about yet
}

// Basis is what the word that passwords work rests on. The zero Basis is the form of
// the hashes and nothing else.
type Basis struct {
	Proof    *migrate.ProofCounts // known accounts tried now
	Earlier  *Earlier             // known accounts tried before
	Logins   *migrate.LoginCounts // known accounts logged in after a practice
	Canaries *migrate.LoginCounts // throw-away users logged in at the target
}

// Earlier is a proof that held before, for the same source, settings and rules.
type Earlier struct {
	Matched int       `json:"matched"`
	At      time.Time `json:"at"`
}

// String is "proved" or "unproven", and why.
func (b Basis) String() string {
	for _, tried := range []struct {
		counts *migrate.LoginCounts
		one    string
		many   string
	}{{b.Logins, "known account", "known accounts"}, {b.Canaries, "canary", "canaries"}} {
		if c := tried.counts; c != nil && c.OK < c.Tried {
			return fmt.Sprintf("unproven: %s of %s could not sign in there", thousands(c.Tried-c.OK), plural(c.Tried, tried.one, tried.many))
		}
	}
	switch {
	case b.Proof != nil && b.Proof.Mismatched == 0 && b.Proof.Matched > 0:
		return "proved with " + plural(b.Proof.Matched, "known account", "known accounts")
	case b.Proof != nil && b.Proof.Mismatched == 0 && b.Proof.Right() > 0:
		return "proved at the source with " + plural(b.Proof.Right(), "known account", "known accounts")
	case b.Earlier != nil && b.Earlier.Matched > 0:
		return "proved earlier with " + plural(b.Earlier.Matched, "known account", "known accounts")
	}
	return "unproven"
}

// String is the headline as a sentence.
func (h Headline) String() string {
	groups := h.groups()
	of := 0
	for _, g := range groups {
		of += g.count
	}
	if of == 0 {
		return "There was nobody to move."
	}
	keep := groups[0]
	first := fmt.Sprintf("%s of %s %s", thousands(keep.count), people(of), keep.words(verbOf(keep.count, of)))
	if keep.count == of && of > 1 {
		first = fmt.Sprintf("All %s %s", people(of), keep.words(of))
	}
	parts := []string{first + ", " + h.Basis.String() + h.hindered()}
	for _, g := range groups[1:] {
		if g.count > 0 {
			parts = append(parts, thousands(g.count)+" "+g.words(g.count))
		}
	}
	return strings.Join(parts, "; ") + "."
}

// hindered divides those who keep their password into who can sign in and who
// cannot yet.
func (h Headline) hindered() string {
	p := h.People
	if p.Confirm+p.Disabled == 0 {
		return ""
	}
	var parts []string
	if p.Differ == 0 { // else nobody knows which of them these are
		parts = []string{thousands(p.Keep-p.Confirm-p.Disabled) + " can sign in"}
	}
	if p.Confirm > 0 {
		parts = append(parts, thousands(p.Confirm)+" must confirm an address first")
	}
	if p.Disabled > 0 {
		parts = append(parts, thousands(p.Disabled)+number(" is disabled", " are disabled")(p.Disabled))
	}
	if p.Differ > 0 {
		return " (of these and of those not as landed, " + strings.Join(parts, ", ") + ")"
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// group are the people to whom the same happens.
type group struct {
	tone  string // the name of a colour
	count int
	words func(n int) string
}

// groups are the people of the headline, in its order: those who keep their password
// first. Who was left out on request is in none.
func (h Headline) groups() []group {
	p := h.People
	keep, reset := number("keeps their password", "keep their password"), number("must reset it", "must reset it")
	if h.Foretold {
		keep, reset = number("would keep their password", "would keep their password"), number("would have to reset it", "would have to reset it")
	}
	return []group{
		{"keep", p.Keep, keep},
		{"bare", p.Bare, number("has none", "have none")},
		{"reset", p.Reset, reset},
		{"there", p.Untouched, number("was there already", "were there already")},
		{"not", p.Differ, number("is not as landed", "are not as landed")},
		{"not", p.NotMoved, number("could not be moved", "could not be moved")},
	}
}

// verbOf is the number that the verb of "n of so many" goes by: "0 of 1 person keeps".
func verbOf(n, of int) int {
	if of == 1 {
		return 1
	}
	return n
}

// number picks the form of a verb.
func number(one, many string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return one
		}
		return many
	}
}

// plural counts a thing: "1 user", "2 users".
func plural(n int, one, many string) string { return thousands(n) + " " + number(one, many)(n) }

// people is a number of them.
func people(n int) string { return plural(n, "person", "people") }
