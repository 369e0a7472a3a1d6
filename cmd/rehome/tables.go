package main

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	wrap "github.com/jedib0t/go-pretty/v6/text"

	"rehome/report"
)

// newTable is a table without borders.
func newTable(header ...any) table.Writer {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
	w.Style().Options = table.OptionsNoBordersAndSeparators
	w.AppendHeader(header)
	return w
}

// rendered is a table as text, without the blanks that its lines end in.
func rendered(w table.Writer) string {
	lines := strings.Split(w.Render(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// rightward is a column of numbers.
func rightward(column int) table.ColumnConfig {
	return table.ColumnConfig{Number: column, Align: wrap.AlignRight, AlignHeader: wrap.AlignRight}
}

// prose is a column that is broken between words where a terminal leaves it no more
// than so much room.
func prose(column, room int) table.ColumnConfig {
	return table.ColumnConfig{Number: column, WidthMax: room, WidthMaxEnforcer: wrap.WrapSoft}
}

// leastRoom is what a column keeps, however narrow the terminal is.
const leastRoom = 12

// room is what a terminal has left for a column beside so many others; 0, without
// bounds, where there is none.
func room(w io.Writer, taken int) int {
	if !isTerminal(w) {
		return 0
	}
	return max(columns(w)-taken-1, leastRoom)
}

// tabulate draws counts, the largest first.
func tabulate[K ~string](to io.Writer, title string, counts map[K]int, explain func(K) string) string {
	if len(counts) == 0 {
		return ""
	}
	w, widest := newTable(title, "records", ""), len(title)
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b K) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, k := range keys {
		means := ""
		if explain != nil {
			means = explain(k)
		}
		w.AppendRow(table.Row{report.Visible(string(k)), thousands(counts[k]), means})
		widest = max(widest, len(k))
	}
	w.SetColumnConfigs([]table.ColumnConfig{rightward(2), prose(3, room(to, widest+len("  1,000,000   ")))})
	return "\n" + rendered(w)
}
