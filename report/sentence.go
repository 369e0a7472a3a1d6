package report

import (
	"fmt"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// Sentence is what matters most about a run, in one sentence.
func Sentence(d Document) string {
	switch {
	case d.Finished.Undone != nil:
		return takenBack(*d.Finished.Undone)
	case d.Ledger != nil:
		return known(d)
	case d.State == Stopped || d.State == Failed:
		return stopped(d)
	case d.People == nil:
		return fmt.Sprintf("%s of %s landed.", thousands(landed(d)), people(d.Finished.Records))
	}
	return headline(d).String()
}

// headline is what a run that came to its end has to say of passwords.
func headline(d Document) Headline {
	f := d.Finished
	return Headline{*d.People, Basis{f.Proof, d.Earlier, f.Logins, f.Canaries}, d.Kind == DryRun}
}

// known is about a run of which there is only the ledger.
func known(d Document) string {
	have := haveLanded(d.Ledger.Landed)
	switch {
	case d.State == Running:
		return fmt.Sprintf("This run is going on: %s so far.", have)
	case d.State == Done:
		return fmt.Sprintf("This run came to its end, but its report is gone: %s.", have)
	case d.Kind == DryRun:
		return "This dry run was cut off before its end."
	}
	return fmt.Sprintf("This run was cut off before its end: %s.", have)
}

// takenBack is about a run that was undone.
func takenBack(c migrate.UndoCounts) string {
	what := "This run was taken back: " + people(c.Removed+c.Gone) + number(" is", " are")(c.Removed+c.Gone) + " not at the target any more"
	if spared := c.Spared(); spared > 0 {
		what += "; " + thousands(spared) + number(" was", " were")(spared) + " spared"
	}
	return what + "."
}

// haveLanded is a number of people who landed, with its verb.
func haveLanded(n int) string {
	if n == 1 {
		return "1 person is known to have landed"
	}
	return thousands(n) + " people are known to have landed"
}

// landed counts who is at the target by this run.
func landed(d Document) int {
	s := d.Finished
	return s.Created + s.Recovered + s.Skipped - s.Problems[identity.Excluded]
}

// stopped is about a run that did not come to its end.
func stopped(d Document) string {
	of := d.Finished.Records
	if d.People != nil {
		of = max(of, d.People.Of)
	}
	what := "run"
	n, verb := landed(d), "landed"
	switch d.Kind {
	case Practice:
		what = "practice run"
	case DryRun:
		what, n, verb = "dry run", d.Finished.Records, "were judged"
	}
	if of == 0 {
		return fmt.Sprintf("The %s ended before its first record.", what)
	}
	if n >= of {
		return fmt.Sprintf("The %s failed after the last record: %s of %s %s.", what, thousands(n), people(of), verb)
	}
	return fmt.Sprintf("The %s ended too early: %s of %s %s.", what, thousands(n), people(of), verb)
}

// verdictWords say what a verdict means to a person.
func verdictWords(v sink.Verdict) string {
	switch v {
	case sink.Ready:
		return "The old password works at the target as it is stored."
	case sink.Converted:
		return "The old password works, after a lossless change of how it is written."
	case sink.Passwordless:
		return "There is no password at the source: the person signs in with a provider, a phone or a link."
	case sink.NeedsReset:
		return "The target can never verify this hash: the person needs a new password."
	case sink.Blocked:
		return "The record cannot land as it is; see the problems."
	}
	return ""
}
