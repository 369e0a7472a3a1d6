package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"math"
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

// rows are users as COPY reads them in its binary format: what the server parses of
// a text form costs it a third of the load (a million users into a table without
// indexes: 5.2 s of its processor, and 7.1 s as text). They are kept from batch to
// batch: half a megabyte would have to be cleared for each.
type rows struct {
	users, identities copied
}

func (r *rows) fill(members []*member, appendRows func(*rows, plan, instant), now instant) {
	r.users.begin()
	r.identities.begin()
	for _, m := range members {
		appendRows(r, *m.plan, now)
	}
	r.users.end()
	r.identities.end()
}

// copied are rows of one table (PostgreSQL manual, COPY, "Binary Format"): a head,
// the rows, and an end. A row is the number of its fields and the fields in the
// columns' order, each with its length before it. All numbers are big-endian.
type copied struct {
	bytes []byte
	rows  int
}

const copyHead = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" // no flags, no extension

func (c *copied) begin() { c.bytes, c.rows = append(c.bytes[:0], copyHead...), 0 }

func (c *copied) end() { c.bytes = binary.BigEndian.AppendUint16(c.bytes, math.MaxUint16) }

// row begins a row of so many fields.
func (c *copied) row(fields int) {
	c.bytes = binary.BigEndian.AppendUint16(c.bytes, uint16(fields))
	c.rows++
}

func (c *copied) size(n int) { c.bytes = binary.BigEndian.AppendUint32(c.bytes, uint32(n)) }

func (c *copied) null() { c.size(-1) }

func (c *copied) text(s string) {
	c.size(len(s))
	c.bytes = append(c.bytes, s...)
}

// textOrNull is NULL for no text.
func (c *copied) textOrNull(s string) {
	if s == "" {
		c.null()
		return
	}
	c.text(s)
}

func (c *copied) flag(b bool) {
	c.size(1)
	bit := byte(0)
	if b {
		bit = 1
	}
	c.bytes = append(c.bytes, bit)
}

// epoch is where a timestamptz counts its microseconds from: 2000-01-01 UTC.
const epoch = 946_684_800_000_000

// at is NULL for no time.
func (c *copied) at(t time.Time) {
	if t.IsZero() {
		c.null()
		return
	}
	c.size(8)
	c.bytes = binary.BigEndian.AppendUint64(c.bytes, uint64(t.UnixMicro()-epoch))
}

// object is a jsonb: the version of its form, 1, and the text.
func (c *copied) object(o object) {
	c.size(1 + len(o))
	c.bytes = append(append(c.bytes, 1), o...)
}

// oidText is the type text in pg_type.dat.
const oidText = 25

// list is a text[]: dimensions, a flag for NULLs, the type of the items; then, if
// there are any, their number and the first one's index.
func (c *copied) list(items []string) {
	from := len(c.bytes)
	c.size(0)
	c.size(min(len(items), 1))
	c.size(0)
	c.size(oidText)
	if len(items) > 0 {
		c.size(len(items))
		c.size(1)
	}
	for _, item := range items {
		c.text(item)
	}
	binary.BigEndian.PutUint32(c.bytes[from:], uint32(len(c.bytes)-from-4))
}

// uuid takes the text form, which idFormOf made.
func (c *copied) uuid(s string) {
	c.size(16)
	digits := strings.ReplaceAll(s, "-", "")
	c.bytes, _ = hex.AppendDecode(c.bytes, []byte(digits))
}

// names lists a table's columns for a statement.
func (t table) names() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// copyFrom is the statement that rows of the table are sent with.
func (t table) copyFrom() string { return "copy " + t.name + " (" + t.names() + ") from stdin binary" }

// quote makes an identifier of a name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
