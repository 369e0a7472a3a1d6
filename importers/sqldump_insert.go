package importers

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"rehome/identity"
)

// maxDumpColumns is MySQL's own bound on the columns of a table (manual, Limits
// on Table Column Count).
const maxDumpColumns = 4096

// span is a piece of the window, counted from the mark, so that it stays true
// when the window moves.
type span struct{ from, to int }

func (d *sqlDump) piece(s span) []byte { return d.buf[d.mark+s.from : d.mark+s.to] }

// insert reads the head of an INSERT or REPLACE up to its first row:
//
//	INSERT [LOW_PRIORITY|DELAYED|HIGH_PRIORITY] [IGNORE] [INTO] [db.]table [(a, b)] VALUES
//
// replaces says that it is REPLACE.
func (d *sqlDump) insert(replaces bool) error {
	database, table, ignore, err := d.insertName()
	if err != nil {
		return err
	}
	if d.large {
		return d.wrong("the head of a statement is longer than %d MiB", maxDumpRow>>20)
	}
	if !d.want(d.bare(table)) {
		return d.skipUnwanted()
	}
	list, err := d.columnList()
	if err != nil {
		return err
	}
	verb := d.word()
	listed := isWord(verb, "VALUES") || isWord(verb, "VALUE")
	if d.large {
		return d.wrong("the head of a statement is longer than %d MiB", maxDumpRow>>20)
	}
	d.aim(database, table, list)
	t := d.into.table
	d.fill(t)
	switch {
	case replaces:
		d.clash(t, "REPLACE")
	case ignore:
		d.clash(t, "INSERT IGNORE")
	}
	switch {
	case !d.more():
		return d.endedStatement()
	case !listed:
		d.refuseWith(t, "the rows of %s do not follow as VALUES (…), and only a server can work them out", t.name)
	case !t.old():
		d.values, d.wantsRow = true, true
		return nil
	}
	return d.skipUnwanted()
}

// insertName reads up to the table's name; database is empty where none is given.
func (d *sqlDump) insertName() (database, table span, ignore bool, err error) {
	for {
		if err := d.blank(); err != nil {
			return database, table, ignore, err
		}
		word := d.word()
		switch {
		case isWord(word, "IGNORE"):
			ignore = true
			continue
		case isWord(word, "INTO"), isWord(word, "DELAYED"), isWord(word, "LOW_PRIORITY"), isWord(word, "HIGH_PRIORITY"):
			continue
		}
		d.pos -= len(word)
		database, table, err = d.qualified()
		return database, table, ignore, err
	}
}

// qualified reads [database.]table.
func (d *sqlDump) qualified() (database, table span, err error) {
	if err := d.blank(); err != nil {
		return database, table, err
	}
	if table, err = d.name(); err != nil {
		return database, table, err
	}
	if err = d.blank(); err != nil || d.peek(0) != '.' {
		return database, table, err
	}
	d.pos++
	if err = d.blank(); err != nil {
		return database, table, err
	}
	database = table
	table, err = d.name()
	return database, table, err
}

// name reads an identifier, `quoted`, "quoted" or bare. The span holds the quotes.
func (d *sqlDump) name() (span, error) {
	from := d.pos - d.mark
	if c := d.peek(0); c == '`' || c == '"' {
		if _, err := d.quoted(); err != nil {
			return span{}, err
		}
	} else if len(d.word()) == 0 {
		if !d.more() {
			return span{}, d.endedStatement()
		}
		return span{}, d.wrong("a name is missing here")
	}
	return span{from, d.pos - d.mark}, nil
}

// bare is an identifier without its quotes. Doubled quotes in it stay: no table
// that is wanted has any.
func (d *sqlDump) bare(s span) []byte {
	if s.to-s.from >= 2 && !isDumpWord(d.piece(s)[0]) {
		s.from, s.to = s.from+1, s.to-1
	}
	return d.piece(s)
}

func (d *sqlDump) unquote(s span) string { return unquoteName(d.piece(s)) }

// unquoteName is an identifier without its quotes.
func unquoteName(name []byte) string {
	if len(name) < 2 || isDumpWord(name[0]) {
		return string(name)
	}
	quote := string(name[:1])
	return strings.ReplaceAll(string(name[1:len(name)-1]), quote+quote, quote)
}

// columnList steps over the list of columns before VALUES, if there is one.
func (d *sqlDump) columnList() (span, error) {
	if err := d.blank(); err != nil || d.peek(0) != '(' {
		return span{}, err
	}
	from := d.pos - d.mark
	for {
		d.pos++
		if err := d.blank(); err != nil {
			return span{}, err
		}
		if _, err := d.name(); err != nil {
			return span{}, err
		}
		if err := d.blank(); err != nil {
			return span{}, err
		}
		switch {
		case d.peek(0) == ')':
			d.pos++
			return span{from, d.pos - d.mark}, d.blank()
		case d.peek(0) != ',' && d.more():
			return span{}, d.wrong("the list of columns is broken here")
		case !d.more():
			return span{}, d.endedStatement()
		}
	}
}

// aim directs the rows that follow at a table.
func (d *sqlDump) aim(database, table, list span) {
	in := d.state.database
	if database != (span{}) {
		in = d.unquote(database)
	}
	last := d.into.table
	if last != nil && last.name.database == in && last.name.table == string(d.bare(table)) && bytes.Equal(d.into.list, d.piece(list)) {
		return
	}
	t := d.table(tableName{in, d.unquote(table)})
	d.into = dumpTarget{table: t, list: bytes.Clone(d.piece(list)), columns: t.columns}
	if list != (span{}) {
		d.into.columns = t.named(listNames(d.into.list))
	}
}

// named are the columns of a list, described as far as the table is known.
func (t *dumpTable) named(names []string) []tableColumn {
	columns := make([]tableColumn, len(names))
	for i, name := range names {
		columns[i] = tableColumn{name: name}
		if at := columnIndex(t.columns, name); at >= 0 {
			columns[i] = t.columns[at]
		}
	}
	return columns
}

// nextTuple returns the next row of the statement; nil at its end.
func (d *sqlDump) nextTuple() (*tableRow, error) {
	d.mark = -1
	for {
		if err := d.blank(); err != nil {
			return nil, err
		}
		if !d.more() {
			return nil, d.endedStatement()
		}
		switch c := d.buf[d.pos]; {
		case c == '(' && d.wantsRow:
			d.wantsRow = false
			return d.wholeTuple()
		case c == ',' && !d.wantsRow:
			d.wantsRow = true
			d.pos++
		case d.wantsRow:
			return nil, d.wrong("a row of %s is missing here", d.into.table.name)
		default:
			return nil, d.endTuples()
		}
	}
}

// endTuples reads what follows the rows: the statement's end, or what should
// happen to rows that are there already.
func (d *sqlDump) endTuples() error {
	d.values = false
	if d.atDelimiter() {
		return d.skipUnwanted()
	}
	d.mark = d.pos
	if word := d.word(); !isWord(word, "ON") && !isWord(word, "AS") {
		d.pos -= len(word)
		return d.wrong("the rows of %s go on in a way that is no SQL", d.into.table.name)
	}
	d.clash(d.into.table, "ON DUPLICATE KEY UPDATE")
	return d.skipUnwanted()
}

// wholeTuple reads a row in parentheses. A row in which the file ends is a row
// with a problem, and the end is told next.
func (d *sqlDump) wholeTuple() (*tableRow, error) {
	row, err := d.tuple()
	if source, ok := errors.AsType[*SourceError](err); !ok || source.Kind != Truncated {
		return row, err
	}
	d.cut = err
	d.out.values = nil
	row = d.finishTuple()
	row.problem = &identity.Problem{Code: identity.RecordUnreadable, Detail: "the file ends inside the record"}
	return row, nil
}

// tuple reads a row in parentheses.
func (d *sqlDump) tuple() (*tableRow, error) {
	d.mark, d.large = d.pos, false
	d.out.line, d.out.offset = d.at(d.pos)
	if d.plainTuple() {
		return d.finishTuple(), nil
	}
	d.out.values, d.spans = d.out.values[:0], d.spans[:0]
	for {
		d.pos++
		if err := d.value(); err != nil {
			return nil, err
		}
		if err := d.blank(); err != nil {
			return nil, err
		}
		switch {
		case d.peek(0) == ')':
			d.pos++
			d.pin()
			return d.finishTuple(), nil
		case !d.more():
			return nil, d.endedStatement()
		case d.buf[d.pos] != ',':
			return nil, d.wrong("a row of %s is broken here: a comma or a parenthesis must follow the value", d.into.table.name)
		case len(d.spans) == maxDumpColumns:
			return nil, d.wrong("a row of %s has more than %d values", d.into.table.name, maxDumpColumns)
		}
	}
}

// pin turns the spans of a row into slices, now that the window stands still.
func (d *sqlDump) pin() {
	if d.large {
		return
	}
	for i, s := range d.spans {
		d.out.values[i].raw = d.piece(s)
	}
}

// finishTuple makes the row of what was read since the mark.
func (d *sqlDump) finishTuple() *tableRow {
	row := &d.out
	row.from, row.table, row.columns, row.charset = d.into.table, d.into.table.name, d.into.columns, d.state.charset
	row.problem, row.raw = nil, nil
	if d.large {
		row.values = nil
		row.problem = &identity.Problem{Code: identity.RecordTooLarge, Detail: fmt.Sprintf("the row is longer than %d MiB", maxDumpRow>>20)}
		return row
	}
	row.raw = d.buf[d.mark:min(d.pos, d.mark+keptRaw)]
	if row.columns != nil && len(row.columns) != len(row.values) {
		row.problem = &identity.Problem{Code: identity.RowBroken,
			Detail: fmt.Sprintf("the row has %d values for %d columns", len(row.values), len(row.columns))}
	}
	return row
}
