package importers

import (
	"io"
	"strings"
)

// create reads CREATE [OR REPLACE] [TEMPORARY] TABLE [IF NOT EXISTS] [db.]table …
// of a wanted table, and steps over everything else that is created.
func (d *sqlDump) create() error {
	var replaces, temporary bool
	for {
		p, err := d.part()
		switch {
		case err != nil || p.kind == partEnd:
			return err
		case p.is("TABLE"):
			return d.createTable(temporary)
		case p.is("TEMPORARY"):
			temporary = true
		case p.is("REPLACE"):
			replaces = true
		case p.is("DATABASE", "SCHEMA") && replaces:
			return d.droppedDatabase()
		case p.is("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"):
			return d.skipRoutine()
		case p.is("DATABASE", "SCHEMA", "VIEW", "INDEX", "USER", "ROLE", "SEQUENCE", "SERVER", "TABLESPACE"):
			return d.skipUnwanted()
		}
	}
}

// createTable reads on behind TABLE.
func (d *sqlDump) createTable(temporary bool) error {
	unless, err := d.unlessExists()
	if err != nil {
		return err
	}
	d.mark, d.large = d.pos, false
	database, table, err := d.qualified()
	if err != nil {
		return err
	}
	if d.large || !d.want(d.bare(table)) {
		return d.skipUnwanted()
	}
	name := tableName{d.state.database, d.unquote(table)}
	if database != (span{}) {
		name.database = d.unquote(database)
	}
	made, err := d.defined(name)
	if err != nil {
		return err
	}
	switch t := d.emptied(name); {
	case temporary:
		t.columns = made.columns
		d.refuse(t, "CREATE TEMPORARY TABLE")
	case unless && (t.defined || t.filled == d.fileNo):
		d.existed(t, made)
	default:
		d.begin(t)
		d.define(t, made)
	}
	return nil
}

// unlessExists reads IF NOT EXISTS, if it stands here.
func (d *sqlDump) unlessExists() (unless bool, err error) {
	for _, word := range []string{"IF", "NOT", "EXISTS"} {
		if err := d.blank(); err != nil {
			return false, err
		}
		if got := d.word(); !isWord(got, word) {
			d.pos -= len(got)
			return unless, nil
		}
		unless = true
	}
	return unless, d.blank()
}

// defined reads the definition of a wanted table.
func (d *sqlDump) defined(name tableName) (*definition, error) {
	from := d.pos - d.mark
	if err := d.skip(); err != nil {
		return nil, err
	}
	if d.large {
		return nil, d.wrong("the definition of %s is longer than %d MiB", name, maxDumpRow>>20)
	}
	made := parseDefinition(d.buf[d.mark+from : d.pos])
	if made == nil {
		return nil, d.wrong("the definition of %s, which begins in line %d, is broken", name, d.began)
	}
	return made, nil
}

// define learns the columns of a table that has begun.
func (d *sqlDump) define(t *dumpTable, made *definition) {
	t.columns, t.defined = made.columns, true
	if made.like != "" {
		t.columns = nil
		if other := d.tables.find(tableName{d.state.database, made.like}); other != nil {
			t.columns = other.columns
		}
	}
	if made.computed {
		d.refuse(t, "CREATE TABLE … SELECT")
	}
}

// existed is CREATE TABLE IF NOT EXISTS of a table that is there: it begins
// nothing. Rows that follow are added to those before, if their keys allow it.
func (d *sqlDump) existed(t *dumpTable, made *definition) {
	switch {
	case t.begun != 0 && t.begun != d.fileNo:
		d.twoDumps(t, t.begun)
	case made.computed:
		d.refuse(t, "CREATE TABLE … SELECT")
	case t.filled != 0:
		d.clash(t, "CREATE TABLE IF NOT EXISTS")
	}
	if !t.defined {
		t.columns, t.defined = made.columns, true
		d.into = dumpTarget{}
	}
}

// definition reads what stands behind a table's name in CREATE TABLE.
type definition struct {
	*dumpScanner
	columns  []tableColumn
	charset  string // of the table
	like     string // the table whose columns it takes
	computed bool   // it takes rows of another table
}

// parseDefinition returns the columns in their order, none where the definition
// lists none (CREATE TABLE … LIKE, CREATE TABLE … SELECT); nil when it is broken.
func parseDefinition(text []byte) *definition {
	p := &definition{dumpScanner: windowOn(text)}
	if !p.elements() {
		return nil
	}
	p.options()
	for i := range p.columns {
		if p.columns[i].charset == "" {
			p.columns[i].charset = p.charset
		}
	}
	return p
}

// elements reads the list of columns and keys, if there is one; false when it is
// broken.
func (p *definition) elements() bool {
	if p.blank() != nil || p.peek(0) != '(' || p.listsNone() {
		return true
	}
	p.pos++
	for more := true; more; {
		var ok bool
		if more, ok = p.element(); !ok || len(p.columns) > maxDumpColumns {
			return false
		}
	}
	return len(p.columns) > 0
}

// listsNone reports whether the parenthesis holds LIKE a table, or a SELECT.
func (p *definition) listsNone() bool {
	look := &definition{dumpScanner: windowOn(p.buf[p.pos+1:])}
	word, quoted := look.token()
	return !quoted && (strings.EqualFold(word, "LIKE") || strings.EqualFold(word, "SELECT") || word == "(")
}

// windowOn is a scanner on text alone, for looking at a statement again.
func windowOn(text []byte) *dumpScanner {
	return &dumpScanner{buf: text, mark: -1, err: io.EOF, comment: func([]byte) error { return nil }}
}

// element reads a column or a key, and the comma or parenthesis behind it.
func (p *definition) element() (more, ok bool) {
	if p.blank() != nil {
		return false, false
	}
	name, quoted := p.token()
	if name == "" || !quoted && !isDumpWord(name[0]) {
		return false, false
	}
	column := tableColumn{name: name}
	isColumn := quoted || !definesKey(name)
	if isColumn {
		kind, _ := p.token()
		column.charset = typeCharset(kind)
	}
	more, ok = p.attributes(&column)
	if isColumn {
		p.columns = append(p.columns, column)
	}
	return more, ok
}

// attributes reads what follows a column's type, up to the comma or parenthesis
// that ends it.
func (p *definition) attributes(c *tableColumn) (more, ok bool) {
	for depth := 0; ; {
		token, quoted := p.token()
		switch {
		case quoted:
		case token == "":
			return false, false
		case token == "(":
			depth++
		case token == ")" && depth == 0:
			return false, true
		case token == ")":
			depth--
		case token == "," && depth == 0:
			return true, true
		case depth == 0:
			p.setCharset(token, &c.charset)
		}
	}
}

// options reads the table's options, and where its columns or rows come from.
func (p *definition) options() {
	for depth := 0; ; {
		token, quoted := p.token()
		if quoted {
			continue
		}
		switch word := strings.ToUpper(token); word {
		case "":
			return
		case "(":
			depth++
		case ")":
			depth--
		case "LIKE":
			p.like, _ = p.token()
		case "SELECT":
			p.computed = true
		case "AS", "TABLE":
			p.computed = p.computed || depth == 0
		}
		p.setCharset(token, &p.charset)
	}
}

// setCharset takes the charset that CHARACTER SET, CHARSET or COLLATE names.
func (p *definition) setCharset(token string, charset *string) {
	switch strings.ToUpper(token) {
	case "SET", "CHARSET":
		*charset = strings.ToLower(p.setting())
	case "COLLATE":
		collation, _, _ := strings.Cut(strings.ToLower(p.setting()), "_")
		if *charset == "" {
			*charset = collation
		}
	}
}

// setting is the value behind an option's name.
func (p *definition) setting() string {
	token, quoted := p.token()
	if token == "=" && !quoted {
		token, _ = p.token()
	}
	return token
}

// token returns the next name, string or sign; "" at the end.
func (p *definition) token() (token string, quoted bool) {
	if p.blank() != nil || !p.more() {
		return "", false
	}
	from := p.pos
	switch c := p.buf[p.pos]; {
	case c == '`' || c == '"' || c == '\'':
		if _, err := p.quoted(); err != nil {
			return "", false
		}
		double := string([]byte{c, c})
		return strings.ReplaceAll(string(p.buf[from+1:p.pos-1]), double, double[:1]), true
	case isDumpWord(c):
		return string(p.word()), false
	}
	p.pos++
	return string(p.buf[from:p.pos]), false
}

// definesKey reports whether a bare word begins a key or constraint, not a column.
func definesKey(word string) bool {
	switch strings.ToUpper(word) {
	case "PRIMARY", "KEY", "UNIQUE", "INDEX", "CONSTRAINT", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK", "PERIOD":
		return true
	}
	return false
}

// typeCharset is "binary" for the types that hold bytes.
func typeCharset(kind string) string {
	kind = strings.ToLower(kind)
	if kind == "bit" || kind == "binary" || kind == "varbinary" || strings.HasSuffix(kind, "blob") {
		return "binary"
	}
	return ""
}

// listNames are the names of a column list that columnList has stepped over.
func listNames(list []byte) []string {
	p := &definition{dumpScanner: windowOn(list)}
	var names []string
	for {
		token, quoted := p.token()
		switch {
		case quoted, token != "" && isDumpWord(token[0]):
			names = append(names, token)
		case token == "":
			return names
		}
	}
}

// columnIndex finds a column by its name, which MySQL compares without case; -1
// when there is none.
func columnIndex(columns []tableColumn, name string) int {
	for i := range columns {
		if strings.EqualFold(columns[i].name, name) {
			return i
		}
	}
	return -1
}
