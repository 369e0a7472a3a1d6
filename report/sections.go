package report

import (
	"cmp"
	"fmt"
	"slices"

	"rehome/sink"
)

// maxRows bounds the rows of a table whose names come from a source.
const maxRows = 24

// count is a cell that holds a number.
func count(n int) cell { return cell{thousands(n), fmt.Sprint(n)} }

func text(s string) cell { return cell{Text: foreign(s)} }

// verdicts says what becomes of the passwords, and that nobody was lost.
func verdicts(d Document) section {
	s := d.Finished
	if s.Records == 0 {
		return section{}
	}
	passwords := grid{Caption: "Records by verdict", Head: []string{"Verdict", "Records", "Share"}}
	judged := 0
	for _, n := range s.Verdicts {
		judged += n
	}
	tones := map[sink.Verdict]string{sink.Ready: "keep", sink.Converted: "keep", sink.Passwordless: "bare", sink.NeedsReset: "reset", sink.Blocked: "not"}
	for _, v := range []sink.Verdict{sink.Ready, sink.Converted, sink.Passwordless, sink.NeedsReset, sink.Blocked} {
		n := s.Verdicts[v]
		passwords.Rows = append(passwords.Rows, row{
			Name: string(v), Code: true, Notes: []note{{"Meaning", verdictWords(v)}},
			Cells: []cell{count(n), {Text: share(n, judged)}}, Bar: scale(n, judged), Tone: tones[v],
		})
	}
	return section{
		ID: "verdicts", Title: "Verdicts", Text: []string{"Every record has one verdict, found before anything was written: whether the old password will work at the target."},
		Tables: []grid{passwords, outcomes(d)},
	}
}

// outcomes is the account of every record.
func outcomes(d Document) grid {
	s := d.Finished
	g := grid{Caption: "Records by what was done", Head: []string{"Outcome", "Records"}}
	for _, o := range []struct {
		outcome sink.Outcome
		n       int
		means   string
	}{
		{sink.Created, s.Created, "Landed in this run."},
		{sink.Recovered, s.Recovered, "Begun by an earlier try of this run, and completed."},
		{sink.Skipped, s.Skipped, "Landed by an earlier try of this run, or left out on request."},
		{sink.Existing, s.Existing, "At the target before the run, and untouched."},
		{sink.Planned, s.Planned, "Would be written."},
		{sink.Rejected, s.Rejected, rejectedWords(d.Kind)},
	} {
		if o.n > 0 {
			g.Rows = append(g.Rows, row{Name: string(o.outcome), Code: true, Notes: []note{{"Meaning", o.means}}, Cells: []cell{count(o.n)}})
		}
	}
	all := "All records"
	if d.State == Stopped || d.State == Failed {
		all = "All records so far"
	}
	g.Rows = append(g.Rows, row{Name: all, Cells: []cell{count(s.Records)}, Tone: "sum"})
	return g
}

func rejectedWords(kind Kind) string {
	if kind == DryRun {
		return "Would not land; rejects.csv holds the record and the reason."
	}
	return "Did not land; rejects.csv holds the record and the reason."
}

// formats says how the passwords are stored, and how people sign in.
func formats(d Document) section {
	s := d.Finished
	var tables []grid
	if len(s.Algorithms) > 0 {
		tables = append(tables, counted("Passwords by hash format", "Format", s.Algorithms))
	}
	if len(s.Endpoints) > 0 {
		tables = append(tables, counted("Passwords landed, by the target's endpoint", "Endpoint", s.Endpoints))
	}
	if len(s.SignIns) > 0 {
		tables = append(tables, counted("How people sign in at the source", "Sign-in", s.SignIns))
	}
	if len(tables) == 0 {
		return section{}
	}
	return section{ID: "formats", Title: "Hash formats", Tables: tables}
}

// counted is a table of counted names, the most frequent first. The names may
// come from the source.
func counted[K ~string](caption, what string, counts map[K]int) grid {
	g := grid{Caption: caption, Head: []string{what, "People", "Share"}}
	names, whole := make([]K, 0, len(counts)), 0
	for name, n := range counts {
		names, whole = append(names, name), whole+n
	}
	slices.SortFunc(names, func(a, b K) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	rest := 0
	for i, name := range names {
		n := counts[name]
		if i >= maxRows {
			rest += n
			continue
		}
		g.Rows = append(g.Rows, row{Name: foreign(string(name)), Code: true, Cells: []cell{count(n), {Text: share(n, whole)}}, Bar: scale(n, whole), Tone: "plain"})
	}
	if rest > 0 {
		g.Rows = append(g.Rows, row{Name: fmt.Sprintf("%s more", thousands(len(names)-maxRows)), Cells: []cell{count(rest), {Text: share(rest, whole)}}, Bar: scale(rest, whole), Tone: "plain"})
	}
	return g
}

// problems says what is wrong with records, and how to mend each.
func problems(d Document) section {
	if d.Finished.Records == 0 {
		return section{}
	}
	s := section{ID: "problems", Title: "Problems, and how to fix them"}
	if len(d.Problems) == 0 {
		s.Text = []string{"No record has a problem."}
		return s
	}
	s.Tables = []grid{explained("Records by problem", "Problem", "Records", "How to fix it", d.Problems)}
	return s
}

func losses(d Document) section {
	if d.Finished.Records == 0 {
		return section{}
	}
	s := section{ID: "losses", Title: "What does not come along"}
	if len(d.Losses) == 0 {
		s.Text = []string{"Whoever lands loses nothing."}
		return s
	}
	s.Text = []string{"These people land, but not with everything that the source holds about them."}
	if d.Kind == DryRun {
		s.Text = []string{"These people would land, but not with everything that the source holds about them."}
	}
	s.Tables = []grid{explained("People by what they lose", "Loss", "People", "What to do", d.Losses)}
	return s
}

func resets(d Document) section {
	if len(d.Resets) == 0 {
		return section{}
	}
	return section{
		ID: "resets", Title: "Who needs a new password",
		Text:   []string{"resets.csv lists them by reason, with address and name: ready for a mailing."},
		Tables: []grid{explained("People by reason", "Reason", "People", "What to do", d.Resets)},
	}
}

// explained is a table of codes with their entries in the catalogue.
func explained(caption, what, whom, fix string, list []Entry) grid {
	g := grid{Caption: caption, Head: []string{what, whom}}
	for _, e := range list {
		notes := []note{{"Meaning", sentence(e.Means)}, {fix, sentence(e.Fix)}}
		if e.Means == "" {
			notes = nil
		}
		g.Rows = append(g.Rows, row{Name: foreign(string(e.Code)), Code: true, Notes: notes, Cells: []cell{count(e.Count)}})
	}
	return g
}
