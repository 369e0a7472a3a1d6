package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rehome/migrate"
	"rehome/sink"
)

// newPast is an empty past of a target.
func newPast(t *target) *migrate.Past {
	p := &migrate.Past{}
	if f, ok := t.sink.(sink.Foreteller); ok {
		p.Foretell = f.Foretell
	}
	return p
}

// earlier is what finished runs from the same kind of source landed at the target.
// An import of a newer export is held against it; the target is asked nothing, and
// whoever is there stays as he is.
func (j *job) earlier() (*migrate.Past, error) {
	if !j.target.real {
		return nil, nil // a rehearsal in memory has no past
	}
	folders, err := runsByAge(j.cli.String("runs"))
	if err != nil {
		return nil, err
	}
	p := newPast(j.target)
	for _, f := range folders {
		begun, finished, err := f.Peek()
		if err != nil || !finished || begun.DryRun || begun.Target != j.target.identity || begun.From != string(j.source.format) {
			continue // rehome runs warns of one that cannot be read
		}
		ledger, err := migrate.ReadLedger(f.Path)
		if err == nil {
			err = p.Add(ledger, f.Name(), shape(begun.Settings, settings(j)))
		}
		if d, is := errors.AsType[*migrate.Damage](err); is {
			j.warn("the source is not compared with run %s: %s", f.Name(), d)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return p, nil
}

// choosing are the settings that say who lands, not as what.
var choosing = []string{"only", "except", "limit"}

// shape reports whether two moves make the same of a user.
func shape(was, is map[string]string) bool {
	for _, names := range []map[string]string{was, is} {
		for name := range names {
			if was[name] != is[name] && !slices.Contains(choosing, name) {
				return false
			}
		}
	}
	return true
}

// namedAtMost bounds how many users are named who changed or vanished.
const namedAtMost = 20

// delta says what has become, in the source, of users landed earlier.
func (m *move) delta() {
	d := m.summary.Delta
	if d == nil {
		return
	}
	since := "run " + d.Runs[0]
	if n := len(d.Runs); n > 1 {
		since = plural(n, "run", "runs") + ", the last " + d.Runs[n-1]
	}
	m.result("at the source since %s: %s as before, %s changed, %s vanished; whoever is at the target was left as he is", since,
		plural(d.Same, "user", "users"), thousands(d.Changed), thousands(d.Vanished))
	if d.Untold > 0 {
		m.say("of %s it cannot be told whether they changed: the settings differ, or the target adds something of its own", plural(d.Untold, "user", "users"))
	}
	if d.Changed+d.Vanished == 0 || m.past == nil {
		return
	}
	names, err := m.past.Names(namedAtMost)
	slices.SortFunc(names, func(a, b migrate.Difference) int { return strings.Compare(a.TargetID, b.TargetID) })
	for _, n := range names {
		m.say("%s: %s", n.TargetID, n.What)
	}
	if more := d.Changed + d.Vanished - len(names); more > 0 && err == nil {
		m.say("… and %s more", thousands(more))
	}
}
