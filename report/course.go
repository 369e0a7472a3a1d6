package report

import (
	"fmt"
	"maps"
	"slices"
)

// course says how the run went over time.
func course(d Document) section {
	t := d.Timeline
	if t == nil || len(t.Stages) == 0 {
		return section{}
	}
	stages := grid{Caption: "Stages of the run", Head: []string{"Stage", "Records", "Took", "A second"}}
	for _, s := range t.Stages {
		stages.Rows = append(stages.Rows, row{
			Name: foreign(s.Stage), Code: true, Notes: []note{{"Meaning", stageWords(s.Stage, d.Kind)}},
			Cells: []cell{count(s.Records), {Text: took(s.Seconds)}, speed(s.Records, s.Seconds)},
		})
	}
	s := section{ID: "timeline", Title: "How the run went", Chart: chartOf(*t), Tables: []grid{stages}}
	return answered(s, *t)
}

func stageWords(stage string, kind Kind) string {
	if stage == "move" && kind == DryRun {
		return "Read again and asked what would become of each user."
	}
	switch stage {
	case "survey":
		return "Read everything, wrote nothing."
	case "prove":
		return "Tried the known passwords."
	case "move":
		return "Read again and landed users."
	case "verify":
		return "Read users back from the target."
	}
	return ""
}

// speed is a rate; of less than a fifth of a second nothing can be said.
func speed(records int, seconds float64) cell {
	if seconds < 0.2 {
		return cell{Text: "–"}
	}
	return count(int(float64(records)/seconds + 0.5))
}

// answered adds how the target bore it.
func answered(s section, t Timeline) section {
	throttled, failed, down := 0, 0, 0.0
	for _, b := range t.Buckets {
		throttled, failed = throttled+b.Throttled, failed+b.Failed
		if b.Down {
			down += t.Width
		}
	}
	if throttled == 0 && failed == 0 && down == 0 {
		return s
	}
	g := grid{Caption: "How the target answered during the move", Head: []string{"Answers", "Number"}, Rows: []row{
		{Name: "asked to slow down", Cells: []cell{count(throttled)}},
		{Name: "failed or lost, and asked again", Cells: []cell{count(failed)}},
	}}
	if down > 0 {
		g.Rows = append(g.Rows, row{Name: "time without any answer", Cells: []cell{{Text: took(down)}}})
	}
	s.Tables = append(s.Tables, g)
	return s
}

// origin says what was read, where it went, and with which settings.
func origin(d Document) section {
	files := grid{Caption: "Source and target", Head: []string{"What", "Value"}, Prose: true}
	add := func(name, value string) {
		if value != "" {
			files.Rows = append(files.Rows, row{Name: name, Cells: []cell{text(value)}})
		}
	}
	for _, name := range d.Source.Files[:min(len(d.Source.Files), maxRows)] {
		add("file", name)
	}
	if more := len(d.Source.Files) - maxRows; more > 0 {
		add("file", fmt.Sprintf("and %s more", thousands(more)))
	}
	add("format", sourceName(d.Source.From))
	add("SHA-256 of what was read", d.Source.Digest)
	add("target", d.Target)
	add("begun", moment(d.Begun))
	if !d.Ended.IsZero() {
		add("ended", moment(d.Ended))
	}
	if d.State != Unfinished && d.State != Running {
		add("exit code", fmt.Sprint(d.Finished.Exit))
	}
	s := section{ID: "source", Title: "Source, target and settings", Tables: []grid{files}}
	if settings := settings(d.Settings); len(settings.Rows) > 0 {
		s.Tables = append(s.Tables, settings)
	}
	return s
}

// settings lists the flags that change what lands; one that is off says nothing,
// and nor does that of a target's schema where there is none.
func settings(all map[string]string) grid {
	g := grid{Caption: "Settings that change what lands", Head: []string{"Flag", "Value"}, Prose: true}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if v := all[name]; v != "" && v != "false" && v != "0" && (name != "schema" || all["layout"] != "") {
			g.Rows = append(g.Rows, row{Name: "--" + foreign(name), Code: true, Cells: []cell{text(v)}})
		}
	}
	return g
}

func notices(d Document) section {
	if len(d.Notices) == 0 {
		return section{}
	}
	s := section{ID: "notices", Title: "Notices"}
	for _, n := range d.Notices[:min(len(d.Notices), maxRows)] {
		s.Text = append(s.Text, sentence(n))
	}
	return s
}

func next(d Document) section {
	if len(d.Next) == 0 {
		return section{}
	}
	s := section{ID: "next", Title: "What to do next"}
	for _, step := range d.Next {
		s.Steps = append(s.Steps, Step{Visible(step.Words), Visible(step.Command)})
	}
	return s
}

// details lists single people; only on demand.
func details(d Document) section {
	if d.Details == nil || len(d.Details.Rejected)+len(d.Details.Resets) == 0 {
		return section{}
	}
	s := section{ID: "people", Title: "People concerned", Text: []string{"Addresses are masked; ids are those of the source."}}
	for _, list := range []struct {
		caption string
		people  []Person
		cut     int
		file    string
	}{
		{"Could not be moved", d.Details.Rejected, d.Details.RejectedCut, RejectsName},
		{"Need a new password", d.Details.Resets, d.Details.ResetsCut, ResetsName},
	} {
		if len(list.people) == 0 {
			continue
		}
		s.Tables = append(s.Tables, persons(list.caption, list.people))
		if list.cut > 0 {
			s.Text = append(s.Text, fmt.Sprintf("%s: the first %s are listed; %s more stand in %s.", list.caption, thousands(len(list.people)), thousands(list.cut), list.file))
		}
	}
	return s
}

func persons(caption string, people []Person) grid {
	g := grid{Caption: caption, Head: []string{"Id", "Address", "Reason", "Position"}, Prose: true, Wide: true}
	for _, p := range people {
		id := foreign(p.ID)
		if id == "" {
			id = "–"
		}
		g.Rows = append(g.Rows, row{Name: id, Code: true, Cells: []cell{text(p.Address), text(string(p.Code)), text(p.Position)}})
	}
	return g
}
