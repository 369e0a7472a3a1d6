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
// summary: the reasons for new passwords, the timeline, and single people if they
// were asked for. Its memory does not grow with the run.
type Watch struct {
	resets   map[identity.Code]int
	timeline *clocked
	details  *Details // nil: not asked for
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
	w := &Watch{resets: map[identity.Code]int{}, timeline: newClocked(now)}
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
	if e.Settled != nil {
		w.settled(*e.Settled)
	}
}

// Fill completes a document with what was seen.
func (w *Watch) Fill(d *Document) {
	if w == nil {
		return
	}
	d.People, d.Finished.People = d.Finished.People, nil
	d.Resets, d.Timeline, d.Details = entries(w.resets), w.timeline.timeline(d.Finished), w.details.sorted()
}

func (w *Watch) settled(s migrate.Settled) {
	if s.Reset != "" {
		w.resets[s.Reset]++
	}
	switch {
	case w.details == nil:
	case s.Outcome == sink.Rejected && s.Problem != nil:
		w.details.Rejected, w.details.RejectedCut = appendPerson(w.details.Rejected, w.details.RejectedCut, s, s.Problem.Code)
	case s.Reset != "":
		w.details.Resets, w.details.ResetsCut = appendPerson(w.details.Resets, w.details.ResetsCut, s, s.Reset)
	}
}

// isExcluded reports whether a record was left out on request.
func isExcluded(s migrate.Settled) bool {
	return s.Problem != nil && s.Problem.Code == identity.Excluded
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
