package migrate

import (
	"slices"
	"strings"
)

// labels counts who would get which right at the target, for the question of
// consent. Only who lands gets any; who turns out a duplicate is taken off again.
type labels struct {
	users map[string]int  // by label
	sets  map[string]bool // that were seen, so that their number is bounded
}

func newLabels() *labels { return &labels{map[string]int{}, map[string]bool{}} }

// add counts the labels of a user who lands, and answers the set's name; "" is no
// set, or one too many to be told apart.
func (l *labels) add(set []string) string {
	for _, label := range set {
		l.users[l.name(label)]++
	}
	name := strings.Join(slices.Sorted(slices.Values(set)), "\x00")
	if name == "" || !l.sets[name] && len(l.sets) >= maxNames {
		return ""
	}
	l.sets[name] = true
	return name
}

// remove takes a set off again.
func (l *labels) remove(set string) {
	if set == "" {
		return
	}
	for label := range strings.SplitSeq(set, "\x00") {
		name := l.name(label)
		if l.users[name]--; l.users[name] == 0 {
			delete(l.users, name)
		}
	}
}

// name admits a label, which comes from a file.
func (l *labels) name(label string) string {
	if _, known := l.users[label]; !known && len(l.users) >= maxNames {
		return other
	}
	return label
}
