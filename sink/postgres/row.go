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

// value is what a row holds in one column, in the text form that Postgres reads.
// The zero value is NULL.
type value struct {
	text  string
	there bool
}

func text(s string) value { return value{s, true} }

// textOrNull is NULL for no text.
func textOrNull(s string) value { return value{s, s != ""} }

func flag(b bool) value {
	if b {
		return text("t")
	}
	return text("f")
}

// at is NULL for no time. Offsets are written out, so that no setting of a session
// matters.
func at(t time.Time) value {
	return value{t.UTC().Format("2006-01-02 15:04:05.999999+00"), !t.IsZero()}
}

// array is a text[] in Postgres' own spelling.
func array(items []string) value {
	var b strings.Builder
	b.WriteByte('{')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for j := range len(item) {
			if item[j] == '"' || item[j] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(item[j])
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return text(b.String())
}

// rows are what a user becomes: one row of users, any number of identities.
type rows struct {
	user       []value
	identities [][]value
}

// appendCopy writes a row in the text format of COPY: tabs between columns, \N for
// NULL, and a backslash before what would be read as either.
func appendCopy(b []byte, row []value) []byte {
	for i, v := range row {
		if i > 0 {
			b = append(b, '\t')
		}
		if !v.there {
			b = append(b, `\N`...)
			continue
		}
		for j := range len(v.text) {
			switch c := v.text[j]; c {
			case '\\':
				b = append(b, `\\`...)
			case '\t':
				b = append(b, `\t`...)
			case '\n':
				b = append(b, `\n`...)
			case '\r':
				b = append(b, `\r`...)
			default:
				b = append(b, c)
			}
		}
	}
	return append(b, '\n')
}

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
