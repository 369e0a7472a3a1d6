package importers

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"rehome/identity/forms"
)

// sample is the first part of a text, or all of it.
type sample struct {
	text  []byte
	whole bool
}

// rows are the first rows of the sample, at most n. A row that the sample may
// have cut is left out.
func (s sample) rows(d dialect, n int) []row {
	var rows []row
	r := newRowReader(bytes.NewReader(s.text), d)
	for len(rows) < n {
		next, err := r.next()
		if err == io.EOF {
			break
		}
		next.fields, next.raw = cloneFields(next.fields), bytes.Clone(next.raw)
		rows = append(rows, next)
	}
	if !s.whole && len(rows) > 1 && len(rows) < n {
		rows = rows[:len(rows)-1]
	}
	return rows
}

func cloneFields(fields [][]byte) [][]byte {
	out := make([][]byte, len(fields))
	for i, f := range fields {
		out[i] = bytes.Clone(f)
	}
	return out
}

// layout is how a table is written.
type layout struct {
	dialect  dialect
	columns  columns
	start    int  // rows before the first record: sep= line, comments, header
	comments int  // of them
	header   bool // the file has one
}

// layout finds out how a table is written: the delimiter by the header and the
// first 20 rows, the escapes by the whole sample.
func (s *tableReading) layout(sample sample) (layout, error) {
	delimiters := []byte{',', ';', '\t', '|'}
	if sep := sepLine(sample.text); sep != 0 {
		delimiters = []byte{sep}
	}
	if s.c.Delimiter != 0 {
		delimiters = []byte{s.c.Delimiter}
	}
	var best guessed
	for i, d := range delimiters {
		if g := s.guess(sample, dialect{delimiter: d, lazyQuotes: true}); i == 0 || g.better(best) {
			best = g
		}
	}
	best = s.guess(sample, escapes(sample, best))
	l := layout{dialect: best.dialect, start: best.start, comments: best.comments, header: s.c.Columns == nil}
	var err error
	if err = s.refuseHeader(best); err != nil {
		return l, err
	}
	if l.columns, err = s.headers.columns(best.names, &s.states); err != nil {
		return l, s.refuse(Malformed, err.Error()+best.list(), "")
	}
	if !l.columns.identifies() {
		return l, s.refuse(Malformed, "no column is known to hold an id, a user name, an e-mail address or a phone number"+best.list(),
			"name them with --map, such as --map id=NUMBER,email=CONTACT, or with --columns if the file has no header")
	}
	return l, nil
}

// sepLine is the delimiter that the first line names, as Excel has it: sep=;
func sepLine(text []byte) byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.Trim(line, "\"\r")
	if len(line) == 5 && strings.EqualFold(string(line[:4]), "sep=") && isDelimiter(line[4]) {
		return line[4]
	}
	return 0
}

// guessed is a sample seen with one delimiter.
type guessed struct {
	dialect  dialect
	rows     []row // from the first record on
	start    int   // rows before it
	comments int   // of them
	names    []string
	known    int // names that are known
	fit      int // of the rows, how many have as many fields as there are names
}

// headRows is how many rows are compared with the header.
const headRows = 20

func (s *tableReading) guess(sample sample, d dialect) guessed {
	g := guessed{dialect: d, rows: sample.rows(d, headRows+5)}
	if sepLine(sample.text) != 0 && len(g.rows) > 0 {
		g.rows, g.start = g.rows[1:], 1
	}
	for s.c.Columns == nil && len(g.rows) > 1 && bytes.HasPrefix(g.rows[0].raw, []byte("#")) && s.known(texts(g.rows[0].fields)) == 0 {
		g.rows = g.rows[1:]
		g.start++
		g.comments++
	}
	g.names = s.c.Columns
	if g.names == nil && len(g.rows) > 0 {
		g.names = texts(g.rows[0].fields)
		g.rows = g.rows[1:]
		g.start++
	}
	g.rows = g.rows[:min(len(g.rows), headRows)]
	g.known = s.known(g.names)
	for _, r := range g.rows {
		if len(r.fields) == len(g.names) {
			g.fit++
		}
	}
	return g
}

// list names the columns, if they are names: where none is known, the first row
// may be somebody's data.
func (g guessed) list() string {
	if g.known == 0 {
		return ""
	}
	return "; the columns are " + quotedList(g.names)
}

// known counts the names that mean a field, or that --map gives to one.
func (s *tableReading) known(names []string) int {
	n := 0
	for _, name := range names {
		mapped := slices.ContainsFunc(s.headers.explicit[:], func(header string) bool {
			return header != "" && foldHeader(header) == foldHeader(name)
		})
		if mapped || s.headers.field(name) != noField || stateKindOf(name) != stateNone {
			n++
		}
	}
	return n
}

// better compares two delimiters: the header that is known in more places, then
// the one more rows agree with, then the one with more columns.
func (g guessed) better(than guessed) bool {
	if g.known != than.known {
		return g.known > than.known
	}
	if g.fit != than.fit {
		return g.fit > than.fit
	}
	return len(g.names) > len(than.names)
}

func texts(fields [][]byte) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = string(f)
	}
	return out
}

// refuseHeader recognises a header that is none, and names that do not belong to
// the rows.
func (s *tableReading) refuseHeader(g guessed) error {
	const columns = "name the columns with --columns, such as --columns id,email,-,password_hash"
	switch {
	case s.c.Columns == nil && slices.ContainsFunc(g.names, looksData):
		return s.refuse(Malformed, "the first row looks like a user, not like a header", columns)
	case s.c.Columns != nil && len(g.rows) > 0 && s.known(texts(g.rows[0].fields)) > 1 && !slices.ContainsFunc(texts(g.rows[0].fields), looksData):
		return s.refuse(Malformed, "the first row looks like a header", "leave --columns out, and use --map for columns whose header is not known")
	case len(g.rows) > 0 && g.fit*2 < len(g.rows):
		by := "the header"
		if s.c.Columns != nil {
			by = "--columns"
		}
		return s.refuse(Malformed, fmt.Sprintf("there are %d columns by %s, and %d of the first %d rows have another number of fields", len(g.names), by, len(g.rows)-g.fit, len(g.rows)),
			"name the delimiter with --delimiter, or the columns with --columns if the file has no header")
	}
	return nil
}

// looksData reports whether a cell belongs to a user: no header has an @ or a hash.
func looksData(cell string) bool {
	kind := forms.ClaimOf(cell).Kind
	return strings.Contains(cell, "@") || kind == forms.Known || kind == forms.Bare
}

// escapes finds out how a file of this delimiter ends its rows, and whether it
// escapes with backslashes. What leaves less damage in the rows of the sample is
// taken; where that decides nothing about backslashes, they are escapes if every
// one of them begins one, and one of these can mean nothing else.
func escapes(sample sample, g guessed) dialect {
	strict, width := g.dialect, len(g.names)
	strict.lazyQuotes = false
	least := damage(sample, strict, width)
	if old := strict; endsInCR(sample.text) {
		old.crOnly = true
		if found := damage(sample, old, width); found < least {
			strict, least = old, found
		}
	}
	best := strict
	for _, noQuotes := range []bool{false, true} {
		if bytes.IndexByte(sample.text, '\\') < 0 || noQuotes && strict.delimiter != '\t' {
			continue
		}
		d := strict
		d.backslash, d.noQuotes = true, noQuotes
		found := damage(sample, d, width)
		if found < least || found == least && !best.backslash && onlyEscapes(sample.text, d) {
			best, least = d, found
		}
	}
	best.lazyQuotes = true
	return best
}

// endsInCR reports whether the first line ends in CR without LF.
func endsInCR(text []byte) bool {
	i := bytes.IndexAny(text, "\r\n")
	return i >= 0 && text[i] == '\r' && !bytes.HasPrefix(text[i+1:], []byte("\n"))
}

// damage counts the rows of the sample that a dialect leaves broken or of
// another width.
func damage(sample sample, d dialect, width int) int {
	n := 0
	r := newRowReader(bytes.NewReader(sample.text), d)
	for {
		next, err := r.next()
		if err == io.EOF {
			return n
		}
		if len(next.fields) != width {
			n++
		}
	}
}

// onlyEscapes reports whether every backslash begins an escape that the dialect's
// writer makes, one of which no other writer would.
func onlyEscapes(text []byte, d dialect) bool {
	certain, always, sometimes := "\n\r\"", "\\N0", string(d.delimiter)
	if d.noQuotes {
		certain, always, sometimes = "\\", "nt0", ""
	}
	found := false
	for i := bytes.IndexByte(text, '\\'); i >= 0 && i+1 < len(text); {
		c := text[i+1]
		if strings.IndexByte(certain+always+sometimes, c) < 0 {
			return false
		}
		found = found || strings.IndexByte(certain, c) >= 0
		next := bytes.IndexByte(text[i+2:], '\\')
		if next < 0 {
			break
		}
		i += 2 + next
	}
	return found
}
