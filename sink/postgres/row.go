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

// at is NULL for no time. The zone is written out, so that no setting of a session
// matters.
func at(t time.Time) value { return textOrNull(momentOf(t)) }

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

// instant is a moment with its text, which every row needs.
type instant struct {
	time.Time
	text string
}

func newInstant(t time.Time) instant { return instant{t, momentOf(t)} }

func (i instant) value() value { return textOrNull(i.text) }

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
		switch {
		case !v.there:
			b = append(b, `\N`...)
		case plain(v.text):
			b = append(b, v.text...)
		default:
			b = appendEscaped(b, v.text)
		}
	}
	return append(b, '\n')
}

// plain reports whether nothing of a text means anything to COPY.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
	}
	return true
}

func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
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
	return b
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
