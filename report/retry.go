package report

import (
	"time"

	"rehome/migrate"
)

// Retry is a file of mended rejects that was fed into the run.
type Retry struct {
	Begun    time.Time       `json:"begun"`
	Ended    time.Time       `json:"ended"`
	Added    int             `json:"added,omitempty"` // records that were no rejects of the run
	Finished migrate.Summary `json:"finished"`        // of the retry alone
	People   *migrate.People `json:"people,omitempty"`
}

// Retried adds a retry. What became of the run's records is brought up to date;
// verdicts, problems and losses stay those of the import, and each retry has its
// own.
func (d *Document) Retried(r Retry, m Mended) {
	d.Retries = append(d.Retries, r)
	f := &d.Finished
	if f.Endpoints == nil {
		f.Endpoints = map[string]int{}
	}
	f.Records += r.Added
	f.Existing += r.Finished.Existing
	f.Recovered += r.Finished.Recovered
	f.Rejected += m.Rejected - m.Apart - m.Taken
	for name, n := range r.Finished.Endpoints {
		f.Endpoints[name] += n
	}
	f.Created = f.Records - f.Existing - f.Recovered - f.Skipped - f.Planned - f.Rejected
	d.regroup(r.People, m)
}

// TakenBack notes that the run was undone, wholly or but for those it spared. An
// earlier undo that spared people has deleted the rest.
func (d *Document) TakenBack(c migrate.UndoCounts) {
	if before := d.Finished.Undone; before != nil {
		c.Removed += before.Removed
	}
	d.Finished.Undone, d.Next = &c, nil
}

// regroup brings the people of the sentence up to date. Whoever needs a new
// password stands in resets.csv; where a purge has removed that, the old count is
// the best there is. The groups go on adding up to the records.
func (d *Document) regroup(retried *migrate.People, m Mended) {
	if d.People == nil || retried == nil {
		return
	}
	p, f, resets := d.People, d.Finished, 0
	for _, n := range m.Resets {
		resets += n
	}
	if resets >= p.Reset {
		p.Reset, d.Resets = resets, entries(m.Resets)
	}
	p.Bare += retried.Bare
	p.Untouched += retried.Untouched
	p.Differ += retried.Differ
	p.NotMoved = f.Rejected
	p.Keep = max(f.Records-p.Bare-p.Reset-p.Untouched-p.Differ-p.NotMoved-p.LeftOut, 0)
	p.Disabled = min(p.Disabled+retried.Disabled, p.Keep+p.Differ)
	p.Confirm = min(p.Confirm+retried.Confirm, p.Keep+p.Differ-p.Disabled)
}
