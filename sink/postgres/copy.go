package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

func (s *Sink) copyRows(ctx context.Context, tx pgx.Tx, members []*member, now instant) error {
	r, kept := s.rows.Get().(*rows)
	if !kept {
		r = &rows{}
	}
	r.fill(members, s.layout.appendRows, now)
	err := withTheirPath(ctx, tx, func() error {
		if err := copyInto(ctx, tx, s.layout.users, r.users); err != nil {
			return err
		}
		return copyInto(ctx, tx, s.layout.identities, r.identities)
	})
	if err == nil {
		s.rows.Put(r) // after a failure the driver may still be reading it
	}
	return err
}

// withTheirPath does what fires triggers. After a failure the path is what it was,
// with the rest of the transaction or of the savepoint.
func withTheirPath(ctx context.Context, tx pgx.Tx, do func() error) error {
	if _, err := tx.Exec(ctx, theirPath); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, ourPath)
	return err
}

// copyInto is COPY in its binary format; Preflight has compared the columns' types.
// Nothing has to be prepared, and no value ever becomes SQL. A trigger that leaves a
// row out does so in silence, but for the count.
func copyInto(ctx context.Context, tx pgx.Tx, t table, c copied) error {
	if c.rows == 0 {
		return nil
	}
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.bytes), t.copyFrom())
	if err == nil && tag.RowsAffected() != int64(c.rows) {
		return &silent{"a trigger of " + t.name + " leaves the row out"}
	}
	return err
}

// copyFrom is the statement that rows of the table are sent with.
func (t table) copyFrom() string { return "copy " + t.name + " (" + t.names() + ") from stdin binary" }

// rows are users as COPY reads them in its binary format: what the server parses of
// a text form costs it a quarter of the load (a million users into a table without
// indexes by psql's \copy: 5.2 s of its processor, and 7.1 s as text). They are kept from batch to
// batch: half a megabyte would have to be cleared for each.
type rows struct {
	users, identities copied
}

func (r *rows) fill(members []*member, appendRows func(*rows, *plan, instant), now instant) {
	r.users.begin()
	r.identities.begin()
	for _, m := range members {
		appendRows(r, m.plan, now)
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
