package main

import (
	"io"
	"strings"
	"unicode/utf8"

	"rehome/report"
)

// printable is text of several lines in which nothing steers a terminal; tabs stay.
func printable(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		cells := strings.Split(l, "\t")
		for j, c := range cells {
			cells[j] = report.Visible(c)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}

// shown is text as a stream may show it: nothing in it steers a terminal, and where
// there is one, lines end between words.
func shown(w io.Writer, text string) string {
	text = printable(text)
	if !isTerminal(w) {
		return text
	}
	return folded(text, columns(w))
}

// folded ends lines between words before a terminal of so many columns would end
// them within one. What follows stands two further in. A line that ends in a command
// stays whole: it is there to be copied.
func folded(text string, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if utf8.RuneCountInString(line) > columns && !strings.Contains(line, ": rehome ") {
			lines[i] = foldedLine(line, columns)
		}
	}
	return strings.Join(lines, "\n")
}

func foldedLine(line string, columns int) string {
	bare := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(bare)]
	next := "\n" + indent + "  "
	var b strings.Builder
	b.WriteString(indent)
	for column := len(indent); bare != ""; {
		gap := len(bare) - len(strings.TrimLeft(bare, " "))
		word, _, _ := strings.Cut(bare[gap:], " ")
		width := utf8.RuneCountInString(word)
		if gap > 0 && column+gap+width > columns {
			b.WriteString(next)
			column = len(next) - 1
		} else {
			b.WriteString(bare[:gap])
			column += gap
		}
		b.WriteString(word)
		column += width
		bare = bare[gap+len(word):]
	}
	return b.String()
}
