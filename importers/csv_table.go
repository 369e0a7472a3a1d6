package importers

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"rehome/identity"
)

// readTable reads delimited text.
func (s *tableReading) readTable(r io.Reader, sample sample) error {
	l, err := s.layout(sample)
	if err != nil {
		return err
	}
	t := &tableRows{tableReading: s, layout: l}
	for f, column := range l.columns.at {
		if column >= 0 {
			t.taken = append(t.taken, takenField{field: field(f), column: column})
		}
	}
	s.maker.hasID = l.columns.has(fieldID)
	if err := s.judgeHashes(t.sampleHashes(sample)); err != nil {
		return err
	}
	t.announce()
	rows := newRowReader(r, l.dialect)
	for n := 0; ; n++ {
		next, err := rows.next()
		if err != nil {
			return s.ended(err)
		}
		if n < l.start {
			continue
		}
		if err := t.row(next); err != nil {
			return err
		}
	}
}

// tableRows is a table whose layout is known.
type tableRows struct {
	*tableReading
	layout layout
	taken  []takenField
	cells  cells       // of the row at hand
	states []stateCell // the same
	buf    []byte      // the same, one behind the other
}

// takenField is a field that has a column.
type takenField struct {
	field  field
	column int
	end    int // of its text, among those of the row at hand
}

// announce says what the table's columns mean for the users.
func (t *tableRows) announce() {
	cols := &t.layout.columns
	var left []string
	for _, name := range cols.leftOut() {
		if t.layout.header || name != "-" && !strings.HasPrefix(name, "column ") {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		t.notice("these columns are not carried: " + quotedList(left))
	}
	if n := t.layout.comments; n > 0 {
		t.notice(fmt.Sprintf("comment lines before the header, passed over: %d", n))
	}
	if slices.Contains(cols.names, "localId") && slices.Contains(cols.names, "passwordHash") {
		t.notice("the columns are Firebase's, whose own CSV has no header: a spreadsheet or another program has changed it. For its hashes export JSON, and give the project's parameters: firebase auth:export users.json --format=json")
	}
	t.announceID(cols.has)
	if !cols.has(fieldName) && (cols.has(fieldGivenName) || cols.has(fieldFamilyName)) {
		t.notice("names are put together of given and family name")
	}
	switch {
	case t.layout.dialect.noQuotes:
		t.notice(`the file is read as mysql --batch writes it: \n, \t and \\ are escapes, quotes are letters, and NULL is no value`)
	case t.layout.dialect.backslash:
		t.notice("the file is read with backslashes as escapes, as SELECT … INTO OUTFILE writes it")
	}
}

// announceID says what stands in for an id.
func (s *tableReading) announceID(has func(field) bool) {
	if has(fieldID) {
		return
	}
	for _, key := range []struct {
		f    field
		what string
	}{{fieldUsername, "the user name"}, {fieldEmail, "the e-mail address in lower case"}, {fieldPhone, "the phone number"}} {
		if has(key.f) {
			s.notice("there is no column of ids: " + key.what + " is the id; name a column with --map id=…")
			return
		}
	}
}

// row makes a record of a row, unless it is blank.
func (t *tableRows) row(r row) error {
	if problem := t.problem(r); problem != nil {
		return t.give(identity.Record{Problem: problem, Raw: identity.Secret(rawText(r.raw))}, r.line)
	}
	if blank(r.fields) {
		t.maker.remarks.note(remarkBlank, r.line, "")
		return nil
	}
	if t.watch != nil {
		t.watch(t.n+1, t.layout.columns.names, r.fields)
	}
	t.take(r)
	rec := t.maker.record(&t.cells, t.states, r.line)
	if rec.Problem != nil {
		rec.Raw = identity.Secret(rawText(r.raw))
	}
	return t.give(rec, r.line)
}

// problem says why a row cannot be read.
func (t *tableRows) problem(r row) *identity.Problem {
	broken := func(format string, args ...any) *identity.Problem {
		return &identity.Problem{Code: identity.RowBroken, Detail: fmt.Sprintf(format, args...)}
	}
	width := len(t.layout.columns.names)
	switch {
	case r.problem != nil:
		return r.problem
	case len(r.fields) != width && !t.layout.header:
		return broken("the row has %d fields, and --columns names %d", len(r.fields), width)
	case len(r.fields) != width:
		return broken("the row has %d fields, the header %d", len(r.fields), width)
	case bytes.HasPrefix(r.raw, []byte("# ")):
		return broken("the row begins with # like a comment; take it out, or put its first field in quotes")
	case t.repeatsHeader(r.fields):
		return broken("the row is the header once more; files that were joined keep only the first")
	case t.text.replaced() && bytes.Contains(r.raw, []byte("\ufffd")):
		return &identity.Problem{Code: identity.TextInvalid, Detail: "the row holds bytes that mean nothing in " + t.text.charset}
	}
	return nil
}

// repeatsHeader recognises the header of a second file behind the first, which
// would be a user by the name of "id".
func (t *tableRows) repeatsHeader(fields [][]byte) bool {
	if !t.layout.header {
		return false
	}
	for i, name := range t.layout.columns.names {
		if string(bytes.TrimPrefix(fields[i], []byte(byteOrderMark))) != name {
			return false
		}
	}
	return true
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}

// take puts the fields that have a column into the cells. They share one string,
// made once.
func (t *tableRows) take(r row) {
	t.buf = t.buf[:0]
	for i := range t.taken {
		k := &t.taken[i]
		if f := r.fields[k.column]; !t.null(f) {
			t.buf = append(t.buf, f...)
		}
		k.end = len(t.buf)
	}
	all, from := string(t.buf), 0
	for _, k := range t.taken {
		t.cells[k.field] = all[from:k.end]
		from = k.end
	}
	t.states = t.states[:0]
	for _, s := range t.layout.columns.state {
		cell := stateCell{of: s.of}
		if f := r.fields[s.column]; !t.null(f) {
			cell.text = string(f)
		}
		t.states = append(t.states, cell)
	}
}

// null reports whether a field is the word for no value: \N wherever databases
// write files, NULL in the mysql client's alone, since people are called so.
func (t *tableRows) null(f []byte) bool {
	if t.layout.dialect.backslash {
		return f == nil || t.layout.dialect.noQuotes && string(f) == "NULL"
	}
	return string(f) == `\N`
}

// sampleHashes looks through the hash column of the sample.
func (t *tableRows) sampleHashes(sample sample) hashSample {
	var seen hashSample
	cols := &t.layout.columns
	seen.named = cols.has(fieldAlgorithm)
	if !cols.has(fieldHash) {
		return seen
	}
	seen.column = cols.names[cols.at[fieldHash]]
	rows := newRowReader(bytes.NewReader(sample.text), t.layout.dialect)
	for n := 0; ; n++ {
		r, err := rows.next()
		if err == io.EOF {
			return seen
		}
		if n >= t.layout.start && len(r.fields) == len(cols.names) {
			seen.add(string(r.fields[cols.at[fieldHash]]))
		}
	}
}
