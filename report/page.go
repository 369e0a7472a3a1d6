package report

import (
	"fmt"
	"strings"

	"rehome/migrate"
)

// page is a document as it is shown, whatever the format: every sentence made,
// every number spelled, foreign text made visible. HTML and Markdown only lay it
// out, so they say the same.
type page struct {
	Sentence string
	Label    string   // what kind of run, and how far it came
	Facts    []string // from where, to where, when
	Trouble  string   // what ended a run before its time
	Parts    []part
	Sections []section
	Foot     []string
}

// part is a share of the people in the bar at the top.
type part struct {
	Tone  string // the name of a colour
	Name  string
	Count int
	Share string
	X, W  string // of barWidth
}

// section is a heading and what stands below it.
type section struct {
	ID, Title string
	Text      []string
	Chart     *chart
	Tables    []grid
	Steps     []Step
}

// grid is a table. Its first column holds the rows' names.
type grid struct {
	Caption string
	Head    []string
	Rows    []row
	Prose   bool // cells hold text rather than numbers
	Wide    bool // too wide for a telephone: there each row stands as a block
}

// row is a line of a grid, with remarks on its name.
type row struct {
	Name  string
	Code  bool // the name is a code, or foreign text
	Notes []note
	Cells []cell
	Bar   string // the share of this row, of barWidth; "" draws none
	Tone  string
}

type note struct{ Label, Text string }

// CountText spells the count.
func (p part) CountText() string { return thousands(p.Count) }

// cell is a text, or a number with its value for machines.
type cell struct{ Text, Value string }

// pageOf makes the page of a document.
func pageOf(d Document) page {
	p := page{Sentence: Sentence(d), Label: label(d), Facts: facts(d), Trouble: trouble(d)}
	if d.People != nil && d.Finished.Records > 0 && d.Finished.Undone == nil {
		p.Parts = parts(headline(d))
	}
	for _, s := range []section{
		verdicts(d), formats(d), problems(d), losses(d), resets(d), proof(d), verification(d), prediction(d), logins(d), delta(d), retries(d), undone(d),
		course(d), origin(d), notices(d), next(d), details(d),
	} {
		if s.ID != "" {
			p.Sections = append(p.Sections, s)
		}
	}
	p.Foot = foot(d)
	return p
}

func label(d Document) string {
	kind := map[Kind]string{Practice: "Practice run", DryRun: "Dry run"}[d.Kind]
	if kind == "" {
		kind = "Migration"
	}
	if d.Finished.Undone != nil {
		return kind + ", taken back"
	}
	return kind + map[State]string{
		Done: "", Stopped: ", to be continued", Failed: ", failed", Unfinished: ", cut off", Running: ", going on",
	}[d.State]
}

func facts(d Document) []string {
	list := []string{foreign(strings.Join(d.Source.Files, ", ")) + " (" + sourceName(d.Source.From) + ") → " + foreign(d.Target)}
	when := moment(d.Begun)
	if !d.Ended.IsZero() {
		when += ", took " + took(d.Ended.Sub(d.Begun).Seconds())
	}
	if d.Run != "" {
		when += ", run " + foreign(d.Run)
	}
	list = append(list, when)
	switch d.Kind {
	case Practice:
		list = append(list, "Practice: the target was rehome's own server, in memory. Nothing real was touched.")
	case DryRun:
		list = append(list, "Nothing was written. This is what the same command without --dry-run would do.")
	}
	return list
}

// sourceName spells a format as its makers do.
func sourceName(from string) string {
	switch from {
	case "firebase":
		return "Firebase"
	case "wordpress":
		return "WordPress"
	case "csv":
		return "CSV"
	case "neutral":
		return "rehome's neutral file"
	}
	return foreign(from)
}

func trouble(d Document) string {
	if d.Finished.Error == "" {
		return ""
	}
	return sentence(d.Finished.Error)
}

// parts are the people of the headline, in its order, and who was left out.
func parts(h Headline) []part {
	var some []part
	whole := 0
	for _, g := range append(h.groups(), group{"out", h.People.LeftOut, number("left out on request", "left out on request")}) {
		whole += g.count
		if g.count > 0 {
			some = append(some, part{Tone: g.tone, Count: g.count, Name: g.words(2)})
		}
	}
	for i := range some {
		some[i].Share = share(some[i].Count, whole)
	}
	return stack(some, whole)
}

func foot(d Document) []string {
	list := []string{fmt.Sprintf("Written by %s, schema %d. The same as report.json and, by rehome report, as Markdown.", foreign(d.Program), migrate.Schema)}
	if d.Details == nil {
		return append(list, "This report names nobody and holds no hash, salt, key or password. Who is concerned stands in rejects.csv and resets.csv in the run folder, which are for your eyes only.")
	}
	return append(list, "This report lists ids and masked addresses of single people, because --report-details asked for them; it holds no hash, salt, key or password.")
}
