package report

import (
	"cmp"
	"slices"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// Watch follows the events of a run and keeps what its report needs beyond the
// summary: people counted by what they will notice, the timeline, and single
// people if they were asked for. Its memory does not grow with the run.
type Watch struct {
	people   People
	resets   map[identity.Code]int
	timeline *clocked
	details  *Details // nil: not asked for
	unusable map[string]identity.Code
}

// People counts records by what it means to the person. The counts add up to the
// records.
type People struct {
	Keep      int `json:"keep"`         // sign in with the old password
	Bare      int `json:"bare"`         // had no password at the source, and need none
	Reset     int `json:"reset"`        // need a new password: the rows of resets.csv
	Untouched int `json:"untouched"`    // were at the target before the run, and were left as they were
	NotMoved  int `json:"not_moved"`    // the rows of rejects.csv
	LeftOut   int `json:"left_out"`     // left out on request
	Of        int `json:"of,omitempty"` // records of the source, where the run stopped before it had seen them all
}

// Details names single people, as far as that helps to find them: masked
// addresses, no names.
type Details struct {
	Rejected    []Person `json:"rejected,omitempty"`
	Resets      []Person `json:"resets,omitempty"`
	RejectedCut int      `json:"rejected_cut,omitempty"` // how many more there are
	ResetsCut   int      `json:"resets_cut,omitempty"`
}

// Person is one of the Details.
type Person struct {
	ID       string        `json:"id,omitempty"` // at the source; masked where it is an address
	Address  string        `json:"address,omitempty"`
	Code     identity.Code `json:"code"`
	Position string        `json:"position"`
}

// maxPeople bounds each list of Details: a report is read, not searched; the
// CSV files hold everyone.
const maxPeople = 200

// NewWatch begins to follow a run. now is the clock of the timeline; details asks
// for single people.
func NewWatch(now func() time.Time, details bool) *Watch {
	w := &Watch{resets: map[identity.Code]int{}, timeline: newClocked(now), unusable: map[string]identity.Code{}}
	if details {
		w.details = &Details{}
	}
	return w
}

// Event takes an event in. A nil Watch takes none.
func (w *Watch) Event(e migrate.Event) {
	if w == nil {
		return
	}
	w.timeline.event(e)
	switch {
	case e.Proved != nil && e.Proved.Outcome == migrate.Unusable && e.Proved.Problem != nil:
		w.unusable[e.Proved.User.ID] = e.Proved.Problem.Code
	case e.Progress != nil && e.Progress.Stage == "move":
		w.people.Of = e.Progress.Of
	case e.Settled != nil:
		w.settled(*e.Settled)
	}
}

// Fill completes a document with what was seen.
func (w *Watch) Fill(d *Document) {
	if w == nil {
		return
	}
	people := w.people
	if people.Of <= d.Finished.Records {
		people.Of = 0
	}
	d.People, d.Resets, d.Timeline, d.Details = &people, entries(w.resets), w.timeline.timeline(d.Finished), w.details.sorted()
}

func (w *Watch) settled(s migrate.Settled) {
	reason := resetReason(s, w.unusable)
	switch {
	case s.Outcome == sink.Rejected:
		w.people.NotMoved++
		if s.Problem != nil && w.details != nil {
			w.details.Rejected, w.details.RejectedCut = appendPerson(w.details.Rejected, w.details.RejectedCut, s, s.Problem.Code)
		}
	case isExcluded(s):
		w.people.LeftOut++
	case reason != "":
		w.people.Reset++
		w.resets[reason]++
		if w.details != nil {
			w.details.Resets, w.details.ResetsCut = appendPerson(w.details.Resets, w.details.ResetsCut, s, reason)
		}
	case s.Outcome == sink.Existing:
		w.people.Untouched++
	case s.Verdict.Works():
		w.people.Keep++
	default:
		w.people.Bare++
	}
}

// isExcluded reports whether a record was left out on request.
func isExcluded(s migrate.Settled) bool {
	return s.Problem != nil && s.Problem.Code == identity.Excluded
}

// resetReason is why a user who landed needs a new password; "" if the old one
// works as far as we know.
func resetReason(s migrate.Settled, unusable map[string]identity.Code) identity.Code {
	switch {
	case s.Outcome == sink.Rejected || isExcluded(s):
		return ""
	case s.Verdict == sink.NeedsReset && s.Problem != nil:
		return s.Problem.Code
	case s.Record.User.PasswordLost():
		return identity.LossPasswordGone
	}
	return unusable[s.ID]
}

func appendPerson(list []Person, cut int, s migrate.Settled, code identity.Code) ([]Person, int) {
	if len(list) == maxPeople {
		return list, cut + 1
	}
	return append(list, Person{clip(maskAll(s.ID), maxText), clip(mask(s.Record.User.Email), maxText), code, clip(s.Position.String(), maxText)}), cut
}

// sorted puts people in the order of their reason, then of their place in the
// source: workers settle them in any.
func (d *Details) sorted() *Details {
	if d == nil {
		return nil
	}
	for _, list := range [][]Person{d.Rejected, d.Resets} {
		slices.SortStableFunc(list, func(a, b Person) int {
			return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(len(a.Position), len(b.Position)), cmp.Compare(a.Position, b.Position))
		})
	}
	return d
}
