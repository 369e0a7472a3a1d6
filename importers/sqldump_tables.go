package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A dump is more than its INSERTs: a server that loads it also drops, empties
// and changes tables. What empties one (DROP, CREATE, TRUNCATE, DELETE without
// WHERE) is understood: the table begins anew, and of its rows those count that
// stand behind its last beginning. Where that is, a reading before must have
// found out. What changes rows that stand already (UPDATE, DELETE … WHERE, LOAD
// DATA, ALTER TABLE … RENAME, …) only a server can work out; so a table that was
// changed since its last beginning has a fault, and whoever needs that table
// stops.

// dumpTables is what is known of the tables that are wanted. The files of one
// dump share it, and so do the readings of them.
type dumpTables struct {
	of    map[tableName]*dumpTable // by the name in lower case
	files []string                 // opened in this reading
}

func newDumpTables() *dumpTables { return &dumpTables{of: map[tableName]*dumpTable{}} }

// rewind begins a reading.
func (ts *dumpTables) rewind() {
	ts.files = ts.files[:0]
	for _, t := range ts.of {
		t.tableState = tableState{}
	}
}

// learn remembers for the next reading how often each table began anew, and
// reports whether that was not known in this one.
func (ts *dumpTables) learn() bool {
	news := false
	for _, t := range ts.of {
		news = news || t.life > t.lives
		t.lives = t.life
	}
	return news
}

// find is what is known of a table; nil when nothing is.
func (ts *dumpTables) find(name tableName) *dumpTable { return ts.of[name.fold()] }

// sorted are all tables by their name.
func (ts *dumpTables) sorted() []*dumpTable {
	all := make([]*dumpTable, 0, len(ts.of))
	for _, t := range ts.of {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *dumpTable) int {
		return cmp.Or(cmp.Compare(a.name.database, b.name.database), cmp.Compare(a.name.table, b.name.table))
	})
	return all
}

// tableName is a table and the database it is in, "" where the dump does not say.
type tableName struct{ database, table string }

func (n tableName) String() string {
	if n.database == "" {
		return n.table
	}
	return n.database + "." + n.table
}

func (n tableName) fold() tableName {
	return tableName{strings.ToLower(n.database), strings.ToLower(n.table)}
}

// dumpTable is what is known of a wanted table.
type dumpTable struct {
	name    tableName     // as it is spelt first
	columns []tableColumn // nil: the dump has not said
	lives   int           // how often it begins anew behind rows, as the reading before has found
	tableState
}

// tableState is what the statements so far have made of a table.
type tableState struct {
	life    int  // how often it began anew behind rows
	begun   int  // the file, counted from 1, that defines or empties it; 0: none
	since   int  // the line where that is
	filled  int  // the file that its first row since then is in; 0: none
	defined bool // since it was dropped, if it was
	fault   error
	mixed   error // two spellings of its name, which no beginning heals

	clash    string // a statement whose rows may replace others of the same key, or give way to them; "": none
	dump     int    // of the dumps in the file, the one that the first row since the beginning is in
	nextKey  uint64 // the key of the last row, and one
	disorder int    // line of the first row whose key is not above the one before; 0: none
}

// old reports whether the rows at hand stand before the last beginning.
func (t *dumpTable) old() bool { return t.life < t.lives }

// noteKey hears the primary key of every row. Dumps are written in its order, so
// that a row which may replace another gives itself away.
func (t *dumpTable) noteKey(key uint64, line int) {
	if key < t.nextKey && t.disorder == 0 {
		t.disorder = line
	}
	t.nextKey = key + 1
}

// trouble is why the rows cannot be taken as they stand; nil when they can.
func (ts *dumpTables) trouble(t *dumpTable) error {
	switch {
	case t.mixed != nil:
		return t.mixed
	case t.fault != nil:
		return t.fault
	case t.clash != "" && t.disorder != 0:
		says := fmt.Sprintf("line %d: a row of %s may have the key of a row before it, and what becomes of the two by %s only a server can work out", t.disorder, t.name, t.clash)
		return &SourceError{Kind: NeedsServer, File: ts.files[t.filled-1], Byte: -1, Says: says, Advice: adviceServer}
	}
	return nil
}

// NeedsServer is the kind of a dump that only a server can make rows of.
const NeedsServer Kind = "needs-server"

const (
	adviceServer   = "load the file into an empty database and export that: mysql DATABASE < FILE, then mysqldump DATABASE"
	adviceTwoDumps = "import them one after the other, or put them into one file in the order in which a server would load them"
)

// table is what is known of a table, nothing at first.
func (d *sqlDump) table(name tableName) *dumpTable {
	t := d.tables.find(name)
	if t == nil {
		t = &dumpTable{name: name}
		d.tables.of[name.fold()] = t
	}
	if t.name != name && t.mixed == nil {
		t.mixed = d.error(NeedsServer, adviceServer, "the table %s is called %s before: whether they are one depends on the server", name, t.name)
	}
	return t
}

// begin is a statement that leaves the table empty. In several files there is no
// order among them that a server would have seen.
func (d *sqlDump) begin(t *dumpTable) {
	switch {
	case t.begun != 0 && t.begun != d.fileNo:
		d.twoDumps(t, t.begun)
	case t.filled != 0 && t.filled != d.fileNo: // a file of definitions, behind those of the rows
		t.begun = d.fileNo
	default:
		life := t.life
		if t.filled != 0 {
			life++
		}
		t.tableState = tableState{life: life, begun: d.fileNo, since: d.began, mixed: t.mixed}
	}
	d.into = dumpTarget{}
}

// fill is a statement that brings rows.
func (d *sqlDump) fill(t *dumpTable) {
	switch {
	case t.filled == 0:
		t.filled, t.dump = d.fileNo, d.end.dumps
	case t.filled == d.fileNo && t.dump != d.end.dumps:
		d.clash(t, "another dump")
	case t.filled != d.fileNo && t.begun == d.fileNo:
		d.twoDumps(t, t.filled)
	}
}

// clash notes that rows of the statement at hand need not be all that they seem.
func (d *sqlDump) clash(t *dumpTable, what string) {
	if t.clash == "" {
		t.clash = what + " in line " + strconv.Itoa(d.began)
	}
}

func (d *sqlDump) twoDumps(t *dumpTable, before int) {
	if t.fault == nil {
		t.fault = d.error(Malformed, adviceTwoDumps, "the table %s is defined in %s already: these are two dumps, not two files of one", t.name, d.tables.files[before-1])
	}
}

// refuse is a statement that changes a table in a way that only a server can
// work out. It means nothing once the table begins anew.
func (d *sqlDump) refuse(t *dumpTable, what string) {
	d.refuseWith(t, "%s changes %s, and only a server can work out what is in it then", what, t.name)
}

func (d *sqlDump) refuseWith(t *dumpTable, format string, args ...any) {
	if t.fault == nil {
		t.fault = d.error(NeedsServer, adviceServer, format, args...)
	}
}

// refuseAll is a statement of which nobody can tell which tables it changes.
func (d *sqlDump) refuseAll(what string) {
	for _, t := range d.tables.of {
		if t.filled != 0 {
			d.refuse(t, what)
		}
	}
}

// error is about the statement at hand.
func (d *sqlDump) error(kind Kind, advice, format string, args ...any) error {
	return &SourceError{Kind: kind, File: d.file, Byte: -1, Says: "line " + strconv.Itoa(d.began) + ": " + fmt.Sprintf(format, args...), Advice: advice}
}
