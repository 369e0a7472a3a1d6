package report

import (
	"fmt"

	"rehome/identity"
	"rehome/migrate"
)

// proof says what became of the known accounts.
func proof(d Document) section {
	p := d.Finished.Proof
	s := section{ID: "proof", Title: "Proof"}
	switch {
	case p == nil && d.Earlier != nil:
		s.Text = []string{fmt.Sprintf("No known password was tried in this run. It relies on a proof of %s, when %s matched with the same source, settings and rules.", moment(d.Earlier.At), plural(d.Earlier.Matched, "known account", "known accounts"))}
		return s
	case p == nil && d.Ledger == nil:
		s.Text = []string{"No known password was tried in this run, so the verdicts rest on the form of the hashes alone. Give a few with --known."}
		return s
	case p == nil:
		return section{}
	}
	s.Text = []string{fmt.Sprintf("%s tried against the source's hashes, as the target will verify them, before anything was written.", accounts(p.Known, "was", "were"))}
	s.Tables = []grid{meant("Known accounts by outcome", "Outcome", "Accounts", []meaning{
		{"matched", p.Matched, "The password is right, at the source and at the target."},
		{"unusable", p.Unusable, "Of no use at the target: its login will not take the password, or the account cannot land, or what kind of hash it is cannot be told."},
		{"absent", p.Absent, "Not in the source, or without a hash there."},
		{"mismatched", p.Mismatched, "Does not match. An import stops here."},
	})}
	return s
}

func accounts(n int, is, are string) string {
	return plural(n, "known account "+is, "known accounts "+are)
}

// meaning is a counted name of ours.
type meaning struct {
	name string
	n    int
	text string
}

func meant(caption, what, whom string, list []meaning) grid {
	g := grid{Caption: caption, Head: []string{what, whom}}
	for _, m := range list {
		g.Rows = append(g.Rows, row{Name: m.name, Code: true, Notes: []note{{"Meaning", m.text}}, Cells: []cell{count(m.n)}})
	}
	return g
}

// verification says what was found when users were read back.
func verification(d Document) section {
	s := section{ID: "verification", Title: "Verification"}
	if v := d.Finished.Verified; v != nil {
		of := ""
		if v.Of > v.Read {
			of = fmt.Sprintf(" of %s, chosen at random,", thousands(v.Of))
		}
		s.Text = append(s.Text, fmt.Sprintf("After the move, %s%s %s read back from the target and compared with what was landed.", people(v.Read), of, number("was", "were")(v.Read)))
		s.Tables = append(s.Tables, meant("Users read back, by what was found", "Found", "People", []meaning{
			{"equal", v.Equal, "Exactly as landed, the hash among the rest."},
			{"signed in", v.SignedIn, "Signed in since, or used otherwise: the target replaced the hash, or holds sessions, memberships or the like."},
			{"changed", v.Changed, edited(v.Both)},
			{"missing", v.Missing, "Not there any more."},
		}))
	}
	if c := d.Finished.Canaries; c != nil {
		s.Text = append(s.Text, "Canaries are throw-away users with a fresh password, one for each algorithm: created at the target, logged in, and deleted.")
		s.Tables = append(s.Tables, tried("Canaries at the target", *c))
	}
	if len(s.Tables) == 0 {
		return section{}
	}
	return s
}

// prediction holds what the survey said against what came.
func prediction(d Document) section {
	p := d.Finished.Predicted
	if p == nil || d.Kind == DryRun || d.State != Done {
		return section{}
	}
	s := d.Finished
	lands := s.Created + s.Existing + s.Recovered + s.Skipped + s.Planned - s.Problems[identity.Excluded]
	words := "What came is what was predicted."
	switch {
	case len(d.Retries) > 0:
		words = "The prediction is that of the import; the retries since then are counted in."
	case lands != p.Lands || s.Rejected != p.Rejected:
		words = "What came differs from what was predicted: the target's answers stand under the problems."
	}
	return section{
		ID: "prediction", Title: "Predicted and actual", Text: []string{words},
		Tables: []grid{{Caption: "The survey's word, and what came of it", Head: []string{"Records", "Predicted", "Actual"}, Rows: []row{
			{Name: "at the target", Cells: []cell{count(p.Lands), count(lands)}},
			{Name: "rejected", Cells: []cell{count(p.Rejected), count(s.Rejected)}},
		}}},
	}
}

func logins(d Document) section {
	l := d.Finished.Logins
	if l == nil {
		return section{}
	}
	words := "Each was let in with the old password."
	if l.OK != l.Tried {
		words = "Not all were let in with the old password: somebody should look at this before the real move."
	}
	return section{
		ID: "logins", Title: "Practice logins",
		Text:   []string{fmt.Sprintf("%s logged in at the practice target. %s", accounts(l.Tried, "was", "were"), words)},
		Tables: []grid{tried("Logins at the practice target", *l)},
	}
}

func tried(caption string, l migrate.LoginCounts) grid {
	return grid{Caption: caption, Head: []string{"Logins", "Accounts"}, Rows: []row{
		{Name: "tried", Cells: []cell{count(l.Tried)}}, {Name: "let in", Cells: []cell{count(l.OK)}},
	}}
}

// edited says what changed means, and how many of those are counted twice.
func edited(signedIn int) string {
	if signedIn == 0 {
		return "Edited by somebody since."
	}
	return fmt.Sprintf("Edited by somebody since; %s of them signed in as well, and %s counted there too.", thousands(signedIn), number("is", "are")(signedIn))
}

// delta says what became, in the source, of those whom earlier runs landed.
func delta(d Document) section {
	c := d.Finished.Delta
	if c == nil {
		return section{}
	}
	return section{
		ID: "delta", Title: "Since the earlier runs",
		Text: []string{"Earlier runs landed people of this source at this target. None of them was touched now; this is what has become of them in the source."},
		Tables: []grid{meant("People whom earlier runs landed", "In the source", "People", []meaning{
			{"same", c.Same, "Just as they were."},
			{"changed", c.Changed, "Not as they were: look at them by hand."},
			{"vanished", c.Vanished, "Not in the source any more, but still at the target."},
			{"untold", c.Untold, "There; whether they are as they were cannot be told."},
		})},
	}
}

// retries lists the mended rejects that were fed in since.
func retries(d Document) section {
	if len(d.Retries) == 0 {
		return section{}
	}
	g := grid{Caption: "Files of mended rejects, by when they were fed in", Head: []string{"When", "Records", "At the target", "Still rejected"}}
	for _, r := range d.Retries[max(0, len(d.Retries)-maxRows):] {
		f := r.Finished
		g.Rows = append(g.Rows, row{Name: moment(r.Begun), Cells: []cell{count(f.Records), count(f.Records - f.Rejected), count(f.Rejected)}})
	}
	return section{
		ID: "retries", Title: "Retries", Tables: []grid{g},
		Text: []string{"The outcomes above count them in. Verdicts, problems and losses are those of the import."},
	}
}

func undone(d Document) section {
	u := d.Finished.Undone
	if u == nil {
		return section{}
	}
	return section{ID: "undone", Title: "Taken back", Tables: []grid{meant("Users of this run, by what became of them", "What", "People", []meaning{
		{"planned", u.Planned, "Would be deleted (dry run)."},
		{"removed", u.Removed, "Deleted at the target."},
		{"gone", u.Gone, "Were not there any more."},
		{"signed in", u.SignedIn, "Spared: the person signed in since, or the account was used otherwise."},
		{"changed", u.Changed, "Spared: edited since."},
		{"kept", u.Kept, "Spared: the target refused to delete them, or they are not provably of this run."},
	})}}
}
