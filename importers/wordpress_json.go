package importers

import (
	"bytes"
	"io"
	"slices"
)

// jsonRows reads flat objects as rows: names are columns, values are text. It is
// what WP-CLI and phpMyAdmin write for a row.
type jsonRows struct {
	w    *window
	out  tableRow
	scan jsonScan
}

// open consumes the opening sign c.
func (j *jsonRows) open(c byte, what string) error {
	got, ok := j.w.token()
	if !ok {
		return j.cut("before " + what)
	}
	if got != c {
		return j.fault("expected " + what)
	}
	j.w.pos++
	return nil
}

// more consumes what stands between the elements of a list, or its end, and
// reports whether another element follows.
func (j *jsonRows) more(first bool) (bool, error) {
	c, ok := j.w.token()
	switch {
	case !ok:
		return false, j.cut("inside a list")
	case c == ']':
		j.w.pos++
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, j.fault("expected a comma or ] after a row")
	}
	j.w.pos++
	return true, nil
}

// row reads the object at hand.
func (j *jsonRows) row() error {
	if c, ok := j.w.token(); ok && c != '{' {
		return j.fault("expected a row, which is an object")
	}
	j.out.offset = j.w.offset()
	switch j.w.parse(&j.scan, j.fields) {
	case whole:
		j.out.raw = j.scan.b[:j.scan.i]
		return nil
	case ended:
		return j.cut("inside a row")
	case tooLarge:
		return j.fault("a row is larger than any of a user")
	default:
		return j.notJSON()
	}
}

// fields reads the members of a row. The columns of the row before are kept when
// they are the same.
func (j *jsonRows) fields() bool {
	j.out.values = j.out.values[:0]
	columns, same := j.out.columns, true
	if j.scan.token() != '{' {
		return j.scan.fail("expected an object")
	}
	ok := j.scan.members(func(name []byte) bool {
		i := len(j.out.values)
		if same && (i >= len(columns) || columns[i].name != string(name)) {
			columns, same = slices.Clone(columns[:i]), false
		}
		if !same {
			columns = append(columns, tableColumn{name: string(name)})
		}
		return i < maxDumpColumns && j.value()
	})
	if ok { // otherwise the row may be read again, with more of it in memory
		j.out.columns = columns[:len(j.out.values)]
	}
	return ok
}

// value reads one value of a row.
func (j *jsonRows) value() bool {
	s := &j.scan
	v := tableValue{form: formPlain}
	switch c := s.token(); {
	case s.short:
		return false
	case c == '"':
		raw, m, ok := s.str()
		if !ok {
			return false
		}
		v = jsonValue(raw, m)
	case c == '{' || c == '[':
		return s.fail("a value of a row is a list or an object, which no table holds")
	default:
		from := s.i
		if !s.word() {
			return false
		}
		if v.raw = s.b[from:s.i]; string(v.raw) == "null" {
			v = tableValue{form: formNull}
		}
	}
	j.out.values = append(j.out.values, v)
	return true
}

// jsonValue is the text of a string. What is no text is kept for whoever asks for
// the value: most are never asked for.
func jsonValue(raw []byte, m marks) tableValue {
	text, fault := decodeText(raw, m)
	switch fault {
	case "":
		return tableValue{form: formPlain, raw: []byte(text)}
	case holdsNUL:
		plain, _ := unescapeJSON(raw)
		return tableValue{form: formPlain, raw: plain}
	case notUTF8:
		return tableValue{form: formPlain, raw: bytes.Clone(raw)}
	}
	return tableValue{form: formBroken}
}

// fault is an error at the next byte.
func (j *jsonRows) fault(says string) error {
	return &SourceError{Kind: Malformed, File: j.w.name, Byte: j.w.offset(), Says: says, Advice: "export again"}
}

// notJSON is the error of what a scan could not read.
func (j *jsonRows) notJSON() error {
	return &SourceError{Kind: Malformed, File: j.w.name, Byte: j.w.offset() + int64(j.scan.i), Says: "this is not JSON: " + j.scan.says, Advice: "export again"}
}

// cut is the error of a file that ends too early, or cannot be read on.
func (j *jsonRows) cut(where string) error {
	if err := j.w.failure(); err != nil {
		return err
	}
	return &SourceError{Kind: Truncated, File: j.w.name, Byte: j.w.length(), Says: "the file ends " + where + ": it was cut", Advice: adviceCutDump}
}

// end is the end of the file, behind which there is nothing.
func (j *jsonRows) end() error {
	if _, ok := j.w.token(); ok {
		return j.fault("text behind the end of the list")
	}
	if err := j.w.failure(); err != nil {
		return err
	}
	return io.EOF
}

// jsonList is WP-CLI's list of users: [{"ID": 20, "user_login": "…", …}, …].
type jsonList struct {
	jsonRows
	rows int
}

// newJSONList reads the list behind a preface of some bytes.
func newJSONList(r io.Reader, file string, preface int) *jsonList {
	w := newWindow(r, file)
	w.more()
	w.pos += min(preface, w.end)
	return &jsonList{jsonRows: jsonRows{w: w, out: tableRow{table: listTable, list: true, charset: "utf8mb4"}}}
}

func (l *jsonList) next() (*tableRow, error) {
	if l.rows == 0 {
		l.w.skipMark()
		if err := l.open('[', "the list of users"); err != nil {
			return nil, err
		}
	}
	more, err := l.more(l.rows == 0)
	if err != nil {
		return nil, err
	}
	if !more {
		return nil, l.end()
	}
	l.rows++
	return &l.out, l.row()
}

// adminJSON is phpMyAdmin's export of tables:
//
//	[{"type": "header", …}, {"type": "database", "name": "…"},
//	 {"type": "table", "name": "wp_users", "database": "…", "data": [ROW, …]}, …]
type adminJSON struct {
	jsonRows
	want   func(table []byte) bool
	parts  int  // elements of the outer list so far
	inside bool // the list of rows of a wanted table
	rows   int  // of it so far
}

func newAdminJSON(r io.Reader, file string, want func(table []byte) bool) *adminJSON {
	return &adminJSON{want: want, jsonRows: jsonRows{w: newWindow(r, file), out: tableRow{charset: "utf8mb4"}}}
}

func (a *adminJSON) next() (*tableRow, error) {
	for {
		if !a.inside {
			if err := a.part(); err != nil {
				return nil, err
			}
			continue
		}
		more, err := a.more(a.rows == 0)
		if err != nil {
			return nil, err
		}
		if more {
			a.rows++
			return &a.out, a.row()
		}
		a.inside = false
		if err := a.open('}', "the end of a table"); err != nil {
			return nil, err
		}
	}
}

// part reads an element of the outer list up to its end, or up to the first row
// of a wanted table.
func (a *adminJSON) part() error {
	if a.parts == 0 {
		a.w.skipMark()
		if err := a.open('[', "the list of tables"); err != nil {
			return err
		}
	}
	more, err := a.more(a.parts == 0)
	if err != nil {
		return err
	}
	if !more {
		return a.end()
	}
	a.parts++
	a.out.table = tableName{}
	if err := a.open('{', "a table"); err != nil {
		return err
	}
	return a.members()
}

// members reads the members before "data", which stands last.
func (a *adminJSON) members() error {
	for {
		name, err := a.member()
		if err != nil || name == "" {
			return err
		}
		if name == "data" && a.want([]byte(a.out.table.table)) {
			a.inside, a.rows, a.out.columns = true, 0, nil
			return a.open('[', "the rows of a table")
		}
		if err := a.setting(name); err != nil {
			return err
		}
	}
}

// member consumes the name of the next member and its colon; "" at the end of
// the object.
func (a *adminJSON) member() (name string, err error) {
	c, ok := a.w.token()
	switch {
	case !ok:
		return "", a.cut("inside a table")
	case c == '}':
		a.w.pos++
		return "", nil
	case c == ',':
		a.w.pos++
	}
	err = a.parsed(a.w.parse(&a.scan, func() bool {
		text, ok := a.scan.key()
		name = string(text)
		return ok
	}))
	if err == nil && name == "" {
		err = a.fault("a member without a name")
	}
	return name, err
}

// setting reads the value of a member that is no row.
func (a *adminJSON) setting(name string) error {
	c, ok := a.w.token()
	switch {
	case !ok:
		return a.cut("inside a table")
	case c == '{' || c == '[':
		if !a.w.discard() {
			return a.cut("inside a table")
		}
		return nil
	}
	return a.parsed(a.w.parse(&a.scan, func() bool {
		if c != '"' {
			return a.scan.token() != 0 && a.scan.word()
		}
		a.scan.token()
		raw, m, ok := a.scan.str()
		if !ok {
			return false
		}
		text, _ := decodeText(bytes.Clone(raw), m)
		switch name {
		case "name":
			a.out.table.table = text
		case "database":
			a.out.table.database = text
		}
		return true
	}))
}

func (a *adminJSON) parsed(p parsed) error {
	switch p {
	case whole:
		return nil
	case ended:
		return a.cut("inside a table")
	}
	return a.notJSON()
}
