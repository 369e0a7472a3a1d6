package postgres

import (
	"strings"
	"time"
)

// table is a table that users land in, with the columns that we name.
type table struct {
	name    string // quoted, with its schema
	columns []column
}

type column struct{ name, kind string } // kind: its SQL type

// takes tells whether a column of a type, as format_type writes it, reads what is
// sent for this one: the types of text have one binary form.
func (c column) takes(kind string) bool {
	switch kind = kind[strings.LastIndexByte(kind, '.')+1:]; kind {
	case "character varying", "citext": // the latter is in the schema of its extension
		kind = "text"
	case "timestamp with time zone":
		kind = "timestamptz"
	}
	return kind == c.kind
}

// instant is a moment with its text, which every row needs.
type instant struct {
	time.Time
	text string
}

func newInstant(t time.Time) instant { return instant{t, momentOf(t)} }

// names lists a table's columns for a statement.
func (t table) names() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// quote makes an identifier of a name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
