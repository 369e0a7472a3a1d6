package importers

import (
	"bytes"
	"cmp"
	"fmt"
	"io"

	"rehome/identity"
	"rehome/identity/forms"
)

// Bounds of a row that is put together from several lines.
const (
	maxJoined      = 64 << 10 // bytes
	maxJoinedLines = 64
)

// csvReading is one reading of the CSV. The exporter's quoting cannot always be
// undone: a comma in an id, an address or a picture's URL is not quoted at all.
// A row is read only if exactly one reading of it makes sense; every other row
// is reported with its line, and nothing is ever shifted.
type csvReading struct {
	*firebase
	rows  *rowReader
	start int64 // offset of the first row
	width int   // fields of the first good row
	held  held  // a row that may go on in the next line
}

// held is the text of a row that is not settled yet.
type held struct {
	text         []byte // nil: none
	line         int
	from, to     int64 // offsets of the text
	lines        int   // line ends in it
	unterminated bool  // the source ends with it, without a line end
}

func (f *firebase) readCSV() error {
	if !f.looksCSV() {
		return f.refuse(Malformed, f.w.offset(), "neither JSON nor the CSV that auth:export writes", adviceExport)
	}
	c := &csvReading{firebase: f, start: f.w.offset()}
	c.rows = newRowReader(f.w, dialect{delimiter: ',', lazyQuotes: true})
	for {
		r, err := c.rows.next()
		if err == io.EOF {
			return c.finish()
		}
		if err == nil {
			err = c.take(r)
		}
		if err != nil {
			return err
		}
	}
}

// finish settles what was held.
func (c *csvReading) finish() error {
	if c.held.text != nil {
		if err := c.giveUp(c.held); err != nil {
			return err
		}
	}
	if c.w.cut {
		return c.cutOff("inside " + c.where())
	}
	return c.w.failure()
}

// take reads one row, together with what was held before it.
func (c *csvReading) take(r row) error {
	if c.held.text != nil {
		if joined, err := c.join(r); joined || err != nil {
			return err
		}
	}
	switch {
	case r.problem != nil && r.problem.Code == identity.RecordTooLarge:
		return c.give(problemRecord(r.problem.Code, r.problem.Detail, r.raw), r.line)
	case isPlain(r):
		return c.settle(r.fields, r.raw, r.line, c.ends(r))
	}
	return c.mend(r)
}

// isPlain reports whether the row can be read in one way only: it has no quotes,
// or was written by an exporter that quotes names and claims properly.
func isPlain(r row) bool {
	if !rightWidth(r.fields) || wrongColumn(r.fields) != "" {
		return false
	}
	return bytes.IndexByte(r.raw, '"') < 0 || len(r.fields) == widthNewest && wellClaimed(r.fields)
}

// ends reports whether the source ends with the row, without a line end.
func (c *csvReading) ends(r row) bool {
	return c.rows.eof && c.start+r.offset+int64(len(r.raw)) == c.w.length()
}

// mend reads a row whose quotes are those of an older exporter, or broken.
func (c *csvReading) mend(r row) error {
	first, rest, several := bytes.Cut(r.raw, []byte{'\n'})
	if _, ok, _ := undoRow(trimReturn(first)); several && ok {
		return c.apart(r, first, rest)
	}
	fields, ok, open := undoRow(r.raw)
	switch {
	case ok:
		return c.settle(fields, r.raw, r.line, c.ends(r))
	case r.problem == nil && rightWidth(r.fields) && wrongColumn(r.fields) == "":
		return c.settle(r.fields, r.raw, r.line, c.ends(r))
	case open:
		c.held = c.hold(r)
		c.held.text = bytes.Clone(r.raw)
		return nil
	}
	return c.giveUp(c.hold(r))
}

func (c *csvReading) hold(r row) held {
	return held{
		text: r.raw, line: r.line, lines: bytes.Count(r.raw, []byte{'\n'}),
		from: r.offset, to: r.offset + int64(len(r.raw)), unterminated: c.ends(r),
	}
}

// apart is for a row that runs over several lines, though its first line alone
// is a row too: a quote that a name begins with looks like one that opens a
// field. Taking the long reading would swallow users, so each line stands for itself.
func (c *csvReading) apart(r row, first, rest []byte) error {
	if err := c.give(problemRecord(identity.RowBroken, "the row can be read in two ways, because of a quote in a name; "+adviceJSON, first), r.line); err != nil {
		return err
	}
	rest = bytes.Clone(rest)
	for line, more := r.line+1, true; more; line++ {
		var text []byte
		text, rest, more = bytes.Cut(rest, []byte{'\n'})
		text = trimReturn(text)
		last := !more && c.ends(r)
		fields, ok, _ := undoRow(text)
		err := error(nil)
		if ok {
			err = c.settle(fields, text, line, last)
		} else if len(text) > 0 {
			err = c.giveUp(held{text: text, line: line, unterminated: last})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join tries the row as the end of what is held. When that fails, the held row
// is given up and the row has to be read by itself.
func (c *csvReading) join(r row) (joined bool, err error) {
	h, next := c.held, c.hold(r)
	c.held = held{}
	breaks := r.line - h.line - h.lines
	if isPlain(r) || h.lines+breaks > maxJoinedLines || next.to-h.from > maxJoined {
		return false, c.giveUp(h)
	}
	text := append(bytes.Clone(h.text), lineBreaks(breaks, r.offset-h.to)...)
	text = append(text, r.raw...)
	fields, ok, open := undoRow(text)
	_, alone, _ := undoRow(r.raw)
	switch {
	case ok && !alone:
		return true, c.settle(fields, text, h.line, next.unterminated)
	case open && !alone:
		next.text, next.line, next.from = text, h.line, h.from
		next.lines += h.lines + breaks
		c.held = next
		return true, nil
	}
	return false, c.giveUp(h)
}

// lineBreaks are n line ends that take so many bytes.
func lineBreaks(n int, size int64) []byte {
	if size == 2*int64(n) {
		return bytes.Repeat([]byte("\r\n"), n)
	}
	return bytes.Repeat([]byte("\n"), n)
}

const adviceJSON = "export as JSON, which has no such trouble"

// giveUp reports a row that cannot be read, or the cut that it shows.
func (c *csvReading) giveUp(h held) error {
	fields, _, _ := undoRow(h.text)
	if len(fields) > colHash {
		if err := c.refuseUseless(forms.Said(string(fields[colHash]))); err != nil {
			return err
		}
	}
	if h.unterminated && !c.c.AcceptTruncated {
		return c.cutOff("inside " + c.where())
	}
	return c.give(problemRecord(identity.RowBroken, h.fault(fields), h.text), h.line)
}

// fault says why a row cannot be read, from its fields as far as they go.
func (h held) fault(fields [][]byte) string {
	if h.unterminated {
		return "the file ends inside the row"
	}
	if !rightWidth(fields) {
		return fmt.Sprintf("the row has %d fields; auth:export writes 27, 28, 29 or 53, and quotes no comma in an id, an address or a picture's URL; ", len(fields)) + adviceJSON
	}
	if wrong := wrongColumn(fields); wrong != "" {
		return wrong + "; values would be shifted; " + adviceJSON
	}
	return "its quotes are not those that auth:export writes; " + adviceJSON
}

// settle hands over a row whose fields are in their places.
func (c *csvReading) settle(fields [][]byte, raw []byte, line int, last bool) error {
	if c.width == 0 && (!last || len(fields) == widthNewest) {
		c.width = len(fields)
	}
	if last && len(fields) != c.width {
		// Cut inside the empty fields that a row ends in, it looks like an older exporter's.
		return c.giveUp(held{text: raw, line: line, unterminated: true})
	}
	a, problem := rowAccount(fields, raw)
	if problem = cmp.Or(problem, damaged(raw, c.charset)); problem != nil {
		return c.give(identity.Record{User: identity.User{ID: a.user.ID}, Problem: problem, Raw: identity.Secret(rawText(raw))}, line)
	}
	user, err := c.user(&a)
	if err != nil {
		return err
	}
	return c.give(identity.Record{User: user}, line)
}
