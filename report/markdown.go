package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Markdown writes the document for pull requests, tickets and mails, in GitHub's
// dialect.
func Markdown(w io.Writer, d Document) error {
	m := &markdown{bufio.NewWriter(w)}
	p := pageOf(d)
	m.line("# %s", escape(p.Sentence))
	m.line("*%s*", escape(p.Label))
	if p.Trouble != "" {
		m.line("> **What ended it:** %s", escape(p.Trouble))
	}
	for _, f := range p.Facts {
		m.line("%s", escape(f))
	}
	if len(p.Parts) > 0 {
		m.grid(legend(p.Parts))
	}
	for _, s := range p.Sections {
		m.section(s)
	}
	m.line("---")
	for _, f := range p.Foot {
		m.line("%s", escape(f))
	}
	return m.Flush()
}

// legend is the bar at the top of the page as a table.
func legend(parts []part) grid {
	g := grid{Caption: "What becomes of the people", Head: []string{"They …", "People", "Share"}}
	for _, p := range parts {
		g.Rows = append(g.Rows, row{Name: p.Name, Cells: []cell{count(p.Count), {Text: p.Share}}})
	}
	return g
}

type markdown struct{ *bufio.Writer }

// line writes a block. The writer keeps its first error for Flush.
func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n\n", args...) }

func (m *markdown) section(s section) {
	m.line("## %s", escape(s.Title))
	for _, t := range s.Text {
		m.line("%s", escape(t))
	}
	for _, g := range s.Tables {
		m.grid(g)
	}
	for i, step := range s.Steps {
		m.line("%d. %s", i+1, escape(step.Words))
		if step.Command != "" {
			fence := strings.Repeat("`", max(3, longestTicks(step.Command)+1))
			m.line("   %ssh\n   %s\n   %s", fence, step.Command, fence)
		}
	}
}

func (m *markdown) grid(g grid) {
	m.line("**%s**", escape(g.Caption))
	head := append([]string{}, g.Head...)
	for _, n := range notesOf(g) {
		head = append(head, n.Label)
	}
	m.cells(head)
	for i := range head {
		mark := "|---"
		if i > 0 && i < len(g.Head) && !g.Prose {
			mark = "|--:"
		}
		m.WriteString(mark)
	}
	m.WriteString("|\n")
	for _, r := range g.Rows {
		m.row(r, len(head))
	}
	m.WriteString("\n")
}

// notesOf are the remarks that a table's rows carry; all rows carry the same kinds.
func notesOf(g grid) []note {
	for _, r := range g.Rows {
		if len(r.Notes) > 0 {
			return r.Notes
		}
	}
	return nil
}

func (m *markdown) row(r row, width int) {
	name := escape(r.Name)
	if r.Code {
		name = ticks(r.Name)
	}
	cells := []string{name}
	for _, c := range r.Cells {
		cells = append(cells, escape(c.Text))
	}
	for _, n := range r.Notes {
		cells = append(cells, escape(n.Text))
	}
	for len(cells) < width {
		cells = append(cells, "")
	}
	m.cells(cells)
}

func (m *markdown) cells(cells []string) { m.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

// escape takes from text what Markdown or HTML would read as theirs.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case strings.ContainsRune("\\`*_[]|~#>", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ticks is text as code in a table's cell, whatever backticks it holds.
func ticks(s string) string {
	fence := strings.Repeat("`", longestTicks(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "|", "\\|") + fence
}

func longestTicks(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
