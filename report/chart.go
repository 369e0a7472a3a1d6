package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The charts are drawn in boxes of these units and stretched to the width of the
// page; words stand beside them, so that they never shrink with it.
const (
	barWidth    = 1000
	chartHeight = 100
)

// maxSteps bounds the steps of the line: more are noise at the width of a page.
const maxSteps = 80

// least is the width of the smallest part: whoever is one in a million is still seen.
const least = 6

// scale is the width of a bar for a part of a whole.
func scale(part, whole int) string {
	if part == 0 || whole == 0 {
		return "0"
	}
	return units(max(barWidth*float64(part)/float64(whole), least))
}

func units(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// stack lays parts side by side.
func stack(parts []part, whole int) []part {
	const gap = 4
	room := float64(barWidth - gap*(len(parts)-1) - least*len(parts))
	x := 0.0
	for i, p := range parts {
		w := least + room*float64(p.Count)/float64(max(whole, 1))
		parts[i].X, parts[i].W = units(x), units(w)
		x += w + gap
	}
	return parts
}

// chart is the rate of the move over time, and what the target had to say.
type chart struct {
	Title, Describe string
	Line, Area      string // paths, barWidth by chartHeight
	Top             string // the rate at the upper edge
	Times           []string
	Lanes           []lane
}

// lane is a strip of marks below the chart.
type lane struct {
	Name  string
	Tone  string
	Marks []span
}

type span struct{ X, W string }

// chartOf draws a timeline; nil where there is too little of it to see anything.
func chartOf(t Timeline) *chart {
	length := moveTook(t)
	if len(t.Buckets) < 6 || length <= 0 || t.Width <= 0 {
		return nil
	}
	for len(t.Buckets) > maxSteps {
		t.Buckets, t.Width = halved(slices.Clone(t.Buckets)), t.Width*2
	}
	rates, peak := rates(t, length)
	top := niceAbove(peak)
	c := &chart{
		Title:    "Records settled a second, over the move",
		Describe: fmt.Sprintf("From the start of the move to its end %s later, at most %s a second.", took(length), thousands(int(math.Round(peak)))),
		Top:      thousands(int(top)), Times: []string{"0 s", took(length / 2), took(length)},
	}
	c.Line = steps(rates, t.Width/length, top)
	c.Area = c.Line + fmt.Sprintf("V%dH0Z", chartHeight)
	for _, l := range []struct {
		name, tone string
		marked     func(Bucket) bool
	}{
		{"one in ten rejected, or more", "not", func(b Bucket) bool { return b.Rejected > 0 && b.Rejected*10 >= b.Records }},
		{"asked to slow down", "reset", func(b Bucket) bool { return b.Throttled > 0 }},
		{"failed or lost answers", "not", func(b Bucket) bool { return b.Failed > 0 }},
		{"no answers", "not", func(b Bucket) bool { return b.Down }},
	} {
		if marks := marked(t.Buckets, t.Width/length, l.marked); len(marks) > 0 {
			c.Lanes = append(c.Lanes, lane{l.name, l.tone, marks})
		}
	}
	return c
}

// moveTook is the length of the move, in seconds.
func moveTook(t Timeline) float64 {
	for _, s := range t.Stages {
		if s.Stage == "move" {
			return s.Seconds
		}
	}
	return 0
}

// rates are records a second; the last bucket is as long as the move says.
func rates(t Timeline, length float64) (list []float64, peak float64) {
	for i, b := range t.Buckets {
		width := t.Width
		if i == len(t.Buckets)-1 {
			width = max(length-t.Width*float64(i), t.Width/2)
		}
		rate := float64(b.Records) / width
		list, peak = append(list, rate), max(peak, rate)
	}
	return list, peak
}

// niceAbove is the next round number.
func niceAbove(peak float64) float64 {
	for ten := 1.0; ; ten *= 10 {
		for _, f := range []float64{1, 2, 3, 4, 5, 6, 8} {
			if f*ten >= peak {
				return f * ten
			}
		}
	}
}

// steps is the path of a step line.
func steps(rates []float64, width, top float64) string {
	var b strings.Builder
	for i, r := range rates {
		y := units(chartHeight * (1 - r/top))
		if i == 0 {
			b.WriteString("M0 " + y)
		} else {
			b.WriteString("V" + y)
		}
		b.WriteString("H" + units(min(barWidth*width*float64(i+1), barWidth)))
	}
	return b.String()
}

// marked joins buckets that are marked one after another.
func marked(buckets []Bucket, width float64, is func(Bucket) bool) (marks []span) {
	for i := 0; i < len(buckets); i++ {
		from := i
		for i < len(buckets) && is(buckets[i]) {
			i++
		}
		if i > from {
			x := barWidth * width * float64(from)
			end := min(barWidth*width*float64(i), barWidth)
			marks = append(marks, span{units(x), units(max(end-x, 3))})
		}
	}
	return marks
}
