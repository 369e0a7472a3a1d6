package importers

import (
	"bytes"
	"slices"
	"strings"
)

// maxName bounds the names and words of a statement that are looked at, in
// bytes; MySQL's own bound is 64 characters.
const maxName = 256

// dumpPart is a word, a name, a string or a sign of a statement.
type dumpPart struct {
	text string // of a word or name; "" of one that is too long to mean anything
	kind partKind
}

type partKind uint8

const (
	partEnd    partKind = iota // of the statement, its delimiter consumed
	partWord                   // bare
	partName                   // in quotes
	partString                 // in quotes that no name has
	partSign                   // one byte
)

// is reports whether the part is a keyword, given in upper case, or a sign.
func (p dumpPart) is(words ...string) bool {
	return (p.kind == partWord || p.kind == partSign) && slices.Contains(words, strings.ToUpper(p.text))
}

func (p dumpPart) names() bool { return p.text != "" && (p.kind == partWord || p.kind == partName) }

// part reads the next part of the statement. Nothing is marked.
func (d *sqlDump) part() (dumpPart, error) {
	d.mark = -1
	if err := d.blank(); err != nil {
		return dumpPart{}, err
	}
	if !d.more() {
		return dumpPart{}, d.endedStatement()
	}
	if d.atDelimiter() {
		d.pos += len(d.state.delimiter)
		return dumpPart{kind: partEnd}, nil
	}
	switch c := d.buf[d.pos]; {
	case c == '\'':
		_, err := d.quoted()
		return dumpPart{kind: partString}, err
	case c == '`' || c == '"':
		return d.quotedPart()
	case isDumpWord(c):
		word := d.word()
		return dumpPart{kind: partWord, text: string(word[:min(len(word), maxName)])}, nil
	}
	d.pos++
	return dumpPart{kind: partSign, text: string(d.buf[d.pos-1])}, nil
}

func (d *sqlDump) quotedPart() (dumpPart, error) {
	d.peek(maxName)
	head := bytes.Clone(d.buf[d.pos:min(len(d.buf), d.pos+maxName)])
	from := d.base + int64(d.pos)
	_, err := d.quoted()
	p := dumpPart{kind: partName}
	if n := d.base + int64(d.pos) - from; err == nil && n <= int64(len(head)) {
		p.text = unquoteName(head[:n])
	}
	return p, err
}

// named reads [database.]table, whose first part is p, and the part behind it.
func (d *sqlDump) named(p dumpPart) (name tableName, next dumpPart, err error) {
	name = tableName{d.state.database, p.text}
	if next, err = d.part(); err != nil || !next.is(".") {
		return name, next, err
	}
	if next, err = d.part(); err != nil {
		return name, next, err
	}
	name = tableName{name.table, next.text}
	next, err = d.part()
	return name, next, err
}

// tableFinder finds the wanted tables among the parts of a statement.
type tableFinder struct {
	*sqlDump
	before dumpPart // the last part that is no dot
	dot    bool     // stands behind it
}

// see looks at the next part; nil when it names no wanted table.
func (f *tableFinder) see(p dumpPart) *dumpTable {
	name := tableName{f.state.database, p.text}
	if f.dot {
		name.database = f.before.text
	}
	if f.dot = p.is("."); !f.dot {
		f.before = p
	}
	if !p.names() || !f.want([]byte(p.text)) {
		return nil
	}
	return f.table(name)
}

// until reads parts up to one of the words, outside of parentheses, or behind the
// statement, and hands the wanted tables that are named there to found. It
// returns the part that ended it.
func (d *sqlDump) until(found func(*dumpTable), words ...string) (dumpPart, error) {
	finder := tableFinder{sqlDump: d}
	for depth := 0; ; {
		p, err := d.part()
		switch {
		case err != nil || p.kind == partEnd || depth == 0 && p.is(words...):
			return p, err
		case p.is("("):
			depth++
		case p.is(")"):
			depth--
		}
		if t := finder.see(p); t != nil {
			found(t)
		}
	}
}
