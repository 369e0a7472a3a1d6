package importers

import "strings"

// change reads a statement that is neither INSERT nor CREATE, and notes what it
// does to the tables that are wanted.
func (d *sqlDump) change(verb string) error {
	switch verb {
	case "DROP":
		return d.dropped()
	case "TRUNCATE":
		return d.truncated()
	case "DELETE":
		return d.deleted()
	case "UPDATE":
		return d.updated()
	case "ALTER":
		return d.altered()
	case "RENAME", "LOAD":
		return d.changed(verb)
	case "WITH":
		return d.with()
	case "CALL":
		return d.called()
	case "ROLLBACK", "IF", "CASE", "LOOP", "REPEAT", "WHILE":
		d.refuseAll(verb)
	case "BEGIN":
		return d.begun()
	case "PREPARE", "EXECUTE":
		return d.spoken()
	}
	return d.skipUnwanted()
}

// begun is BEGIN of a transaction, or of a block of statements, as MariaDB has it.
func (d *sqlDump) begun() error {
	p, err := d.part()
	if err == nil && p.is("NOT") {
		d.end.transaction = false
		d.refuseAll("BEGIN NOT ATOMIC")
	}
	return d.rest(p, err)
}

// rest steps over what is left of the statement behind the part p.
func (d *sqlDump) rest(p dumpPart, err error) error {
	if err != nil || p.kind == partEnd {
		return err
	}
	return d.skipUnwanted()
}

// dropped is DROP TABLE [IF EXISTS] a, b, or DROP DATABASE [IF EXISTS] a.
func (d *sqlDump) dropped() error {
	p, err := d.part()
	switch {
	case err != nil:
		return err
	case p.is("DATABASE", "SCHEMA"):
		return d.droppedDatabase()
	case !p.is("TABLE", "TABLES"):
		return d.rest(p, nil)
	}
	if p, err = d.ifExists(); err != nil {
		return err
	}
	for p.names() {
		var name tableName
		if name, p, err = d.named(p); err != nil {
			return err
		}
		if d.want([]byte(name.table)) {
			d.begin(d.emptied(name))
		}
		if !p.is(",") {
			break
		}
		if p, err = d.part(); err != nil {
			return err
		}
	}
	return d.rest(p, nil)
}

// ifExists reads IF [NOT] EXISTS, if it stands here, and the part behind it.
func (d *sqlDump) ifExists() (dumpPart, error) {
	for {
		p, err := d.part()
		if err != nil || !p.is("IF", "NOT", "EXISTS") {
			return p, err
		}
	}
}

// droppedDatabase begins every table of a database anew.
func (d *sqlDump) droppedDatabase() error {
	p, err := d.ifExists()
	if err != nil || !p.names() {
		return d.rest(p, err)
	}
	for _, t := range d.tables.of {
		switch {
		case strings.EqualFold(t.name.database, p.text):
			d.begin(t)
		case t.name.database == "" && t.filled != 0: // which may be in it
			d.refuse(t, "DROP DATABASE")
		}
	}
	return d.skipUnwanted()
}

// emptied is a table that a statement leaves empty. A dump that names it with a
// database here and without one there does not say whether that is one table.
func (d *sqlDump) emptied(name tableName) *dumpTable {
	used := name.database != "" && name.database == d.state.database
	for _, t := range d.tables.of {
		half := !used && (t.name.database == "") != (name.database == "")
		if half && t.filled != 0 && strings.EqualFold(t.name.table, name.table) {
			t.fault = d.error(NeedsServer, adviceServer, "the table %s is called %s before: whether they are one depends on the server", name, t.name)
		}
	}
	return d.table(name)
}

// truncated is TRUNCATE [TABLE] a.
func (d *sqlDump) truncated() error {
	p, err := d.part()
	if err == nil && p.is("TABLE") {
		p, err = d.part()
	}
	if err != nil || !p.names() {
		return d.rest(p, err)
	}
	name, p, err := d.named(p)
	if err == nil && d.want([]byte(name.table)) {
		d.begin(d.emptied(name))
	}
	return d.rest(p, err)
}

// deleted is DELETE in any of its forms. DELETE FROM a, with nothing behind it,
// leaves the table empty: some programs write it where others have TRUNCATE.
func (d *sqlDump) deleted() error {
	refuse := func(t *dumpTable) { d.refuse(t, "DELETE") }
	p, err := d.until(refuse, "FROM", "WHERE")
	if err != nil || !p.is("FROM") {
		return d.rest(p, err)
	}
	if p, err = d.part(); err != nil || p.kind == partEnd {
		return err
	}
	name, p, err := d.named(p)
	switch {
	case err != nil:
		return err
	case !d.want([]byte(name.table)):
	case p.kind == partEnd:
		d.begin(d.emptied(name))
	default:
		refuse(d.table(name))
	}
	if p.kind == partEnd || p.is("WHERE") {
		return d.rest(p, nil)
	}
	return d.rest(d.until(refuse, "WHERE"))
}

// updated is UPDATE: the tables stand before SET.
func (d *sqlDump) updated() error {
	return d.rest(d.until(func(t *dumpTable) { d.refuse(t, "UPDATE") }, "SET"))
}

// changed is a statement that changes every table it names, but for LOAD INDEX.
func (d *sqlDump) changed(verb string) error {
	return d.rest(d.until(func(t *dumpTable) { d.refuse(t, verb) }, "INDEX"))
}

// with is a statement behind its common table expressions, which change nothing.
func (d *sqlDump) with() error {
	p, err := d.until(func(*dumpTable) {}, "UPDATE", "DELETE", "SELECT")
	switch {
	case err == nil && p.is("UPDATE"):
		return d.updated()
	case err == nil && p.is("DELETE"):
		return d.deleted()
	}
	return d.rest(p, err)
}

// called is CALL: what a procedure does nobody can tell, but those of the server
// itself have nothing to do with anybody's tables.
func (d *sqlDump) called() error {
	p, err := d.part()
	if err == nil && !p.is("MYSQL", "SYS") {
		d.refuseAll("CALL")
	}
	return d.rest(p, err)
}

// spoken is a statement made of text. Where the text names a table that has rows,
// it may change them.
func (d *sqlDump) spoken() error {
	d.mark = d.pos
	if err := d.skip(); err != nil {
		return err
	}
	if !d.large && d.pos-d.mark <= maxSetting {
		d.heard(settingWords(d.buf[d.mark:d.pos]))
	}
	return nil
}

// heard looks for tables among the words of a text.
func (d *sqlDump) heard(words []string) {
	for _, word := range words {
		if !d.want([]byte(word)) {
			continue
		}
		for _, t := range d.tables.of {
			if t.filled != 0 && strings.EqualFold(t.name.table, word) {
				d.refuse(t, "a statement made of text")
			}
		}
	}
}

// changesRows reports whether words hold a verb that changes a table.
func changesRows(words []string) bool {
	for _, word := range words {
		switch word {
		case "update", "delete", "truncate", "drop", "insert", "replace", "alter", "rename", "load":
			return true
		}
	}
	return false
}

// skipRoutine steps over the rest of a procedure, a function, a trigger or an
// event whose writer has not changed the delimiter: its statements end where it
// would, and are none of the dump. Only BEGIN and CASE open what a bare END
// closes (MySQL manual, Compound Statements).
func (d *sqlDump) skipRoutine() error {
	for depth := 0; ; {
		p, err := d.part()
		switch {
		case err != nil, p.kind == partEnd && depth <= 0:
			return err
		case p.is("BEGIN", "CASE"):
			depth++
		case p.is("END"):
			if err := d.blank(); err != nil {
				return err
			}
			switch word := d.word(); {
			case isWord(word, "IF"), isWord(word, "LOOP"), isWord(word, "REPEAT"), isWord(word, "WHILE"):
			case isWord(word, "CASE"):
				depth--
			default:
				depth--
				d.pos -= len(word)
			}
		}
	}
}
