package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"rehome/report"
)

// finish brings the run's lists and report up to date. A retry that was broken off
// leaves them as they are: the same command goes on, and skips who has landed.
func (r *retrial) finish(err error) error {
	if r.files != nil {
		err = errors.Join(err, r.files.Close())
	}
	if err == nil && r.summary.Rejected > 0 {
		err = failed(exitRejected, "", fmt.Errorf("%s rejected", plural(r.summary.Rejected, "record was", "records were")))
	}
	code := exitCode(err)
	r.summary.Verb, r.summary.Run, r.summary.Exit = r.verb, r.run, code
	if code != exitOK && code != exitRejected && code != exitProof {
		r.counts()
		return r.resumable(err)
	}
	err = errors.Join(err, r.ledger.Finish(code))
	mended, failure := report.Mend(r.folder.Path, r.lists, r.fed)
	var whole report.Document
	if failure == nil {
		whole, failure = r.rewrite(mended)
		failure = errors.Join(os.RemoveAll(r.lists), failure)
	}
	r.tell(mended, whole)
	return errors.Join(err, failure)
}

// rewrite adds the retry to the run's report. The zero Document: there is none.
func (r *retrial) rewrite(mended report.Mended) (d report.Document, err error) {
	d, err = report.Read(r.folder.Path)
	if errors.Is(err, report.ErrNone) {
		r.say("the run has no report.json that the retry could be added to")
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if lost := d.Finished.Rejected - len(r.fed.Positions); r.fed.Whole && lost > 0 {
		r.say("not in %s any more: %s of this run, still rejected, but in no list", r.file, plural(lost, "rejected record", "rejected records"))
	}
	seen := report.Document{Finished: r.summary}
	r.watch.Fill(&seen)
	d.Retried(report.Retry{Begun: r.begun.UTC(), Ended: time.Now().UTC(), Added: r.added, Finished: seen.Finished, People: seen.People}, mended)
	d.Details = seen.Details // those of the import are dealt with
	d.Next = r.after(mended)
	return d, report.Save(r.folder.Path, d)
}

// basis is the retry's own proof, or that of its run, whose settings it keeps.
func (r *retrial) basis(whole report.Document) report.Basis {
	if r.summary.Proof != nil {
		return report.Basis{Proof: r.summary.Proof}
	}
	return report.Basis{Proof: whole.Finished.Proof, Earlier: whole.Earlier}
}

// after is what to do next.
func (r *retrial) after(mended report.Mended) (list []report.Step) {
	if mended.Rejected > 0 {
		list = append(list, report.Step{
			Words:   plural(mended.Rejected, "record is", "records are") + " still rejected. Mend the file in a spreadsheet and land the rest in the same run. It holds hashes: keep it to yourself.",
			Command: r.onRun("retry", r.folder.File(report.RejectsName)),
		})
	}
	return append(list, report.Step{Words: "Check any time that everybody is still as landed.", Command: r.onRun("verify")}, r.undoStep())
}

// tell says how it ended: for the records that were fed in, and for the whole run.
func (r *retrial) tell(mended report.Mended, whole report.Document) {
	r.result("%s", report.Headline{People: *r.summary.People, Basis: r.basis(whole)})
	r.counts()
	if whole.People != nil {
		r.result("the whole run: %s", report.Sentence(whole))
	}
	r.result("report: %s", r.folder.File(report.HTMLName))
	if mended.Rejected > 0 {
		r.say("still rejected: %s in %s (holds hashes: keep it to yourself)", plural(mended.Rejected, "record", "records"), r.folder.File(report.RejectsName))
	}
	r.leftOpen()
	if mended.Apart > 0 {
		r.say("%s not in %s: who is left out of the file stays rejected", plural(mended.Apart, "of these was", "of these were"), r.source.names()[0])
	}
	r.say("check it again any time: %s", r.onRun("verify"))
}
