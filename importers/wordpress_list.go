package importers

import (
	"bytes"
	"fmt"
	"io"

	"rehome/identity"
)

// listTable stands for the table of a list of users, which has no name.
var listTable = tableName{table: "users"}

// csvList reads the CSV of WP-CLI's `wp user list`, and that of the table of
// users by phpMyAdmin and Adminer. All of them end every row with a line end,
// so a file that does not end with one was cut.
type csvList struct {
	file  string
	rows  *rowReader
	ends  *lastByte
	skip  int // lines before the header
	out   tableRow
	count int
}

// openCSVList opens a list whose header stands behind preface.
func openCSVList(r io.Reader, file string, preface []byte) (*csvList, error) {
	l := &csvList{file: file, ends: &lastByte{Reader: r}, skip: bytes.Count(preface, []byte{'\n'})}
	l.out.table, l.out.list = listTable, true
	if _, err := io.CopyN(io.Discard, l.ends, int64(len(preface))); err != nil {
		return nil, l.failure(err)
	}
	return l, l.header()
}

// lastByte is a reader that remembers the last byte it gave.
type lastByte struct {
	io.Reader
	last byte
}

func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.last = p[n-1]
	}
	return n, err
}

// header reads the names of the columns.
func (l *csvList) header() error {
	head, r := peek(l.ends, wpSniff)
	if bytes.HasPrefix(head, []byte(byteOrderMark)) {
		_, _ = io.CopyN(io.Discard, r, int64(len(byteOrderMark))) // they are in head
	}
	line := firstLines(head, 1)
	d := dialect{delimiter: ','}
	if bytes.Count(line, []byte{';'}) > bytes.Count(line, []byte{','}) {
		d.delimiter = ';'
	}
	l.rows = newRowReader(r, d)
	header, err := l.rows.next()
	if err != nil {
		return l.failure(err)
	}
	for _, name := range header.fields {
		l.out.columns = append(l.out.columns, tableColumn{name: string(bytes.TrimSpace(name))})
	}
	return nil
}

func (l *csvList) next() (*tableRow, error) {
	r, err := l.rows.next()
	if err != nil {
		return nil, l.failure(err)
	}
	l.count++
	out := &l.out
	out.line, out.offset, out.raw, out.problem = r.line+l.skip, r.offset, r.raw, r.problem
	out.values = out.values[:0]
	for _, field := range r.fields {
		out.values = append(out.values, tableValue{raw: field, form: formPlain})
	}
	if l.stopped(r) {
		return nil, &SourceError{Kind: Truncated, File: l.file, Byte: r.offset, Advice: "leave the field out of --fields, or give every user that meta, and list again",
			Says: fmt.Sprintf("line %d: WP-CLI stopped here with an error: the list ends after %d users", out.line, l.count-1)}
	}
	l.judge(r)
	return out, nil
}

// judge finds what is wrong with a row. Text is looked at later, field by field.
func (l *csvList) judge(r row) {
	out := &l.out
	switch {
	case l.rows.eof && l.rows.pos >= l.rows.end && !l.whole():
		out.problem = &identity.Problem{Code: identity.RecordUnreadable, Detail: "the file ends inside the record"}
	case r.problem != nil && r.problem.Code != identity.TextInvalid:
	case len(r.fields) != len(out.columns):
		out.problem = &identity.Problem{Code: identity.RowBroken,
			Detail: fmt.Sprintf("the row has %d fields for %d columns", len(r.fields), len(out.columns))}
	default:
		out.problem = nil
	}
}

// stopped reports whether a row is the message of a WP-CLI that gave up, which
// `> users.csv 2>&1` puts into the file.
func (l *csvList) stopped(r row) bool {
	return len(r.fields) < len(l.out.columns) && bytes.HasPrefix(r.raw, []byte("Error: "))
}

// whole reports whether the file ends as its writers end it.
func (l *csvList) whole() bool { return l.ends.last == '\n' || l.ends.last == '\r' }

// failure is the error behind the last row; io.EOF where the list is whole.
func (l *csvList) failure(err error) error {
	if err != io.EOF {
		return fmt.Errorf("%s: %w", l.file, err)
	}
	if l.rows != nil && !l.whole() {
		return &SourceError{Kind: Truncated, File: l.file, Byte: l.rows.base + int64(l.rows.end), Advice: adviceCutDump,
			Says: fmt.Sprintf("line %d: the last line has no end: the list was cut", l.rows.line+l.skip)}
	}
	return io.EOF
}
