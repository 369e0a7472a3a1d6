package importers

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"rehome/identity"
)

// sqlDump reads the rows of a MySQL or MariaDB dump: what mysqldump,
// mariadb-dump, phpMyAdmin, Adminer, mydumper and their like write. It is one
// pass over the bytes with constant memory, and knows nothing of what the tables
// mean: of the tables that are wanted it learns the columns from CREATE TABLE,
// hands out the rows of INSERT and REPLACE, and notes what else happens to them
// (see dumpTables); everything else is stepped over by the lexical rules alone,
// so that text which looks like SQL stays text.
//
// It computes nothing: a wanted row whose value is an expression (a function
// call) is refused, and so is a dump that was cut.
type sqlDump struct {
	*dumpScanner
	want  func(table []byte) bool
	state dumpState
	end   dumpEnd

	tables *dumpTables
	fileNo int        // of the file among those of the dump, from 1
	into   dumpTarget // the table that rows go to, while inside VALUES
	began  int        // line in which the statement at hand began

	values   bool  // inside the VALUES of a wanted table
	wantsRow bool  // … where a row must come next
	cut      error // the file ended inside the row that was returned last
	out      tableRow
	spans    []span // of out's values
}

// dumpState is what earlier statements of a dump say about later ones.
type dumpState struct {
	database  string
	charset   string // as SET NAMES says it, lower case; "" when nothing does
	recoded   bool   // the bytes are UTF-8, whatever SET NAMES says
	delimiter string
}

// tableColumn is a column as CREATE TABLE describes it.
type tableColumn struct {
	name    string
	charset string // MySQL's name; "binary" for bytes; "" when the dump does not say
}

// tableRow is a row of a table, from a dump or from another export of tables.
// Its slices are valid until the next row is read.
type tableRow struct {
	table   tableName
	from    *dumpTable    // nil where the source is no dump
	columns []tableColumn // nil where the source names none
	values  []tableValue
	charset string // what the source says the text is in, as SET NAMES; "" when it does not
	list    bool   // of a list of users made by a program, not of a table
	line    int    // of its first byte, from 1; 0 where lines mean nothing
	offset  int64  // of its first byte, from 0
	raw     []byte // as it stands in the source
	problem *identity.Problem
}

// dumpTarget is the head of an INSERT. Dumps repeat it for every row or every
// megabyte, so the last one is kept together with the bytes that said so.
type dumpTarget struct {
	table   *dumpTable
	list    []byte // the column list as it stands
	columns []tableColumn
}

// newSQLDump reads the tables that want answers yes for, asked with the name
// alone. What the dump says of them is noted in tables, which the files of one
// dump share.
func newSQLDump(r io.Reader, file string, tables *dumpTables, want func(table []byte) bool) *sqlDump {
	tables.files = append(tables.files, file)
	d := &sqlDump{dumpScanner: newDumpScanner(r, file), want: want, tables: tables, fileNo: len(tables.files)}
	d.state.delimiter = ";"
	d.comment = d.end.comment
	return d
}

// next returns the next row of a wanted table; io.EOF at the end of a dump that
// is whole.
func (d *sqlDump) next() (*tableRow, error) {
	for d.cut == nil {
		if d.values {
			row, err := d.nextTuple()
			if row != nil || err != nil {
				return row, err
			}
			continue
		}
		if err := d.statement(); err != nil {
			return nil, err
		}
	}
	return nil, d.cut
}

// statement reads one statement; of an INSERT that is wanted, only its head.
func (d *sqlDump) statement() error {
	d.mark, d.large = -1, false
	d.skipMark()
	if err := d.blank(); err != nil {
		return err
	}
	if !d.more() {
		return d.finish()
	}
	if d.atDelimiter() {
		d.pos += len(d.state.delimiter)
		return nil
	}
	d.began, _ = d.at(d.pos)
	d.mark = d.pos
	switch verb := d.word(); {
	case isWord(verb, "INSERT"):
		return d.insert(false)
	case isWord(verb, "REPLACE"):
		return d.insert(true)
	case isWord(verb, "CREATE"):
		return d.create()
	case isWord(verb, "SET"):
		return d.set()
	case isWord(verb, "USE"):
		return d.use()
	case isWord(verb, "DELIMITER"):
		return d.delimiterLine()
	case isWord(verb, "mysqldump"), isWord(verb, "mariadb"), isWord(verb, "Warning"):
		return d.complaint()
	case !beginsStatement(verb):
		d.pos -= len(verb)
		return d.wrong("no SQL statement begins so: the dump is damaged here")
	default:
		d.end.statement(verb)
		return d.change(strings.ToUpper(string(verb)))
	}
}

// beginsStatement reports whether a statement that is stepped over may begin
// with the word. Rows that a damaged dump has torn from their INSERT begin with
// anything else; so nothing is stepped over that is not known. The words behind
// END stand in triggers, whose statements some writers do not hold together with
// DELIMITER.
func beginsStatement(verb []byte) bool {
	switch strings.ToUpper(string(verb)) {
	case "ALTER", "ANALYZE", "BEGIN", "CALL", "CHANGE", "CHECK", "COMMIT", "DEALLOCATE", "DELETE", "DO", "DROP", "EXECUTE", "FLUSH",
		"GRANT", "INSTALL", "KILL", "LOAD", "LOCK", "OPTIMIZE", "PREPARE", "PURGE", "RENAME", "REPAIR", "RESET", "REVOKE", "ROLLBACK",
		"SAVEPOINT", "SELECT", "SHOW", "START", "STOP", "TRUNCATE", "UNLOCK", "UPDATE", "WITH", "XA",
		"END", "CASE", "CLOSE", "DECLARE", "ELSE", "ELSEIF", "FETCH", "GET", "IF", "ITERATE", "LEAVE", "LOOP", "OPEN", "REPEAT",
		"RETURN", "SIGNAL", "UNTIL", "WHILE":
		return true
	}
	return false
}

// skipMark steps over the byte order mark that Windows programs put first.
func (d *sqlDump) skipMark() {
	if d.base == 0 && d.pos == 0 && d.peek(len(byteOrderMark)) != 0 && bytes.HasPrefix(d.buf, []byte(byteOrderMark)) {
		d.pos = len(byteOrderMark)
	}
}

// skipUnwanted steps over a statement of which nothing is needed.
func (d *sqlDump) skipUnwanted() error {
	d.mark = -1
	return d.skip()
}

// finish is the end of the file: io.EOF, or why the dump is not whole.
func (d *sqlDump) finish() error {
	switch {
	case d.failure() != nil:
		return d.failure()
	case d.err != io.EOF:
		return d.ended("its compressed form")
	case d.live:
		return d.ended("a comment")
	}
	if why := d.end.missing(); why != "" {
		return d.fault(Truncated, d.pos, why+": the file was cut", adviceCutDump)
	}
	return io.EOF
}

// skip steps behind the end of the statement. What was marked stays.
func (d *sqlDump) skip() error {
	stop := d.state.delimiter[0]
	for d.more() {
		c := d.buf[d.pos]
		if c == stop && d.atDelimiter() {
			d.pos += len(d.state.delimiter)
			return nil
		}
		if !dumpSign[c] {
			d.skipPlain(stop)
			continue
		}
		if err := d.skipSign(c); err != nil {
			return err
		}
	}
	return d.endedStatement()
}

// dumpSign are the bytes that may begin a string or a comment, or end one.
var dumpSign = [256]bool{'\'': true, '"': true, '`': true, '-': true, '#': true, '/': true, '*': true}

// skipPlain steps over bytes that mean nothing; at least the one at pos.
func (d *sqlDump) skipPlain(stop byte) {
	i := d.pos + 1
	for i < len(d.buf) && !dumpSign[d.buf[i]] && d.buf[i] != stop {
		i++
	}
	d.pos = i
}

// skipSign steps over a string, a comment, or a sign that begins neither.
func (d *sqlDump) skipSign(c byte) error {
	switch c {
	case '\'', '"', '`':
		_, err := d.quoted()
		return err
	case '#':
		d.stepLine()
		return nil
	case '-':
		if d.peek(1) == '-' && d.peek(2) <= ' ' {
			d.stepLine()
			return nil
		}
	default:
		if stepped, err := d.stepComment(); stepped || err != nil {
			return err
		}
	}
	d.pos++
	return nil
}

// atDelimiter reports whether the statement ends here.
func (d *sqlDump) atDelimiter() bool {
	delimiter := d.state.delimiter
	if d.buf[d.pos] != delimiter[0] {
		return false
	}
	for i := 1; i < len(delimiter); i++ {
		if d.peek(i) != delimiter[i] {
			return false
		}
	}
	return true
}

func (d *sqlDump) endedStatement() error {
	return d.ended("the statement that begins in line " + strconv.Itoa(d.began))
}

// delimiterLine is the client's command that changes what ends a statement.
func (d *sqlDump) delimiterLine() error {
	from := d.pos - d.mark
	d.stepLine()
	if d.large {
		return d.wrong("a line of DELIMITER is longer than %d MiB", maxDumpRow>>20)
	}
	argument := bytes.Fields(d.buf[d.mark+from : d.pos])
	if len(argument) == 0 || len(argument[0]) > maxDelimiter {
		return d.wrong("DELIMITER needs an argument of at most %d bytes", maxDelimiter)
	}
	d.state.delimiter = string(argument[0])
	return nil
}

// complaint is a line that the dump program meant for the terminal and that was
// redirected into the file: a warning is stepped over, anything else means that
// the program gave up.
func (d *sqlDump) complaint() error {
	d.stepLine()
	line := d.buf[max(d.mark, 0):d.pos]
	if bytes.Contains(line, []byte("arning")) || bytes.Contains(line, []byte("eprecated")) {
		return nil
	}
	return d.wrong("the dump program wrote an error message into the file: the dump is not whole")
}

// use changes the database.
func (d *sqlDump) use() error {
	if err := d.blank(); err != nil {
		return err
	}
	name, err := d.name()
	if err != nil {
		return err
	}
	d.state.database = d.unquote(name)
	d.into = dumpTarget{}
	return d.skip()
}

// isWord compares a keyword; w is upper case unless the word has one spelling.
func isWord(b []byte, w string) bool {
	return len(b) == len(w) && bytes.EqualFold(b, []byte(w))
}
