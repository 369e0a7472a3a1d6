package importers

import (
	"fmt"
	"io"
	"strings"
)

// create reads CREATE [TEMPORARY] TABLE [IF NOT EXISTS] [db.]table (…) of a
// wanted table, and steps over everything else that is created.
func (d *sqlDump) create() error {
	for {
		if err := d.blank(); err != nil {
			return err
		}
		word := d.word()
		if isWord(word, "TABLE") {
			break
		}
		if !isWord(word, "TEMPORARY") {
			return d.skipUnwanted()
		}
	}
	for _, noise := range []string{"IF", "NOT", "EXISTS"} {
		if err := d.blank(); err != nil {
			return err
		}
		if word := d.word(); !isWord(word, noise) {
			d.pos -= len(word)
			break
		}
	}
	database, table, err := d.qualified()
	if err != nil {
		return err
	}
	if d.large || !d.want(d.bare(table)) {
		return d.skipUnwanted()
	}
	return d.define(database, table)
}

// define learns the columns of a wanted table.
func (d *sqlDump) define(database, table span) error {
	from := d.pos - d.mark
	if err := d.skip(); err != nil {
		return err
	}
	name := tableName{d.state.database, d.unquote(table)}
	if database != (span{}) {
		name.database = d.unquote(database)
	}
	if d.large {
		return d.wrong("the definition of %s is longer than %d MiB", name, maxDumpRow>>20)
	}
	columns, ok := parseDefinition(d.buf[d.mark+from : d.pos])
	if !ok {
		return d.wrong("the definition of %s, which begins in line %d, is broken", name, d.began)
	}
	t := d.table(name)
	if t.file != "" && t.file != d.file {
		return d.fault(Malformed, d.pos, fmt.Sprintf("the table %s is defined in %s already: these are two dumps, not two files of one", name, t.file), "import them one after the other")
	}
	t.columns, t.file = columns, d.file
	d.into = dumpTarget{}
	return nil
}

// definition reads what stands behind a table's name in CREATE TABLE.
type definition struct {
	*dumpScanner
	columns []tableColumn
	charset string // of the table
}

// parseDefinition returns the columns in their order, nil where the definition
// lists none (CREATE TABLE … LIKE); false when it is broken.
func parseDefinition(text []byte) ([]tableColumn, bool) {
	p := &definition{dumpScanner: windowOn(text)}
	if p.blank() != nil || p.peek(0) != '(' {
		return nil, true
	}
	p.pos++
	for more := true; more; {
		var ok bool
		if more, ok = p.element(); !ok || len(p.columns) > maxDumpColumns {
			return nil, false
		}
	}
	p.options()
	for i := range p.columns {
		if p.columns[i].charset == "" {
			p.columns[i].charset = p.charset
		}
	}
	return p.columns, len(p.columns) > 0
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

// options reads the table's options.
func (p *definition) options() {
	for {
		token, quoted := p.token()
		if token == "" && !quoted {
			return
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
