package importers

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"rehome/identity"
)

// Bounds of the row reader, in bytes unless said. They hold memory constant
// whatever a file contains; no export of users comes near them.
const (
	maxQuoted  = 1 << 20 // a quoted field: beyond it the quote was never meant to open one
	maxRow     = 4 << 20
	maxFields  = 4096 // fields of a row, counted
	keptRaw    = 64 << 10
	firstBlock = 64 << 10
	padding    = blockSize // zero bytes behind the data: they are marked, and stop every search
)

// dialect is how a delimited file is written. Beyond RFC 4180 it says what the
// file's writer does with quotes and backslashes.
type dialect struct {
	delimiter  byte // ASCII, and none of those that isDelimiter refuses
	backslash  bool // \" \\ \n \t …, and \N for null, as MySQL's SELECT INTO OUTFILE writes
	lazyQuotes bool // a bare " inside an unquoted field is kept; a quote only opens at the field's first byte
	noQuotes   bool // with backslash: quotes are letters and only LF or CRLF ends a row, as in mysql --batch
	crOnly     bool // rows end in CR or CRLF, as old Macs write them, and LF is a letter
}

// row is one record of a delimited file. Its slices are valid until the next
// call of next.
type row struct {
	fields  [][]byte // a nil field is null, which only backslash dialects know
	line    int      // of its first byte, from 1
	offset  int64    // of its first byte, from 0
	raw     []byte   // as it stands in the file, without the line end; at most maxRow bytes
	problem *identity.Problem
}

// rowReader splits a delimited file into rows in one pass. It decides nothing
// about what the fields mean and changes no byte of them: a line break inside
// quotes stays as it was written. Rows end in LF, CRLF or CR, also mixed.
//
// Damage is confined to rows: a quote that is never closed, or closed before
// its field ends, breaks its own row, and reading goes on with the line after
// the one where the quote opened. RowBroken and RecordTooLarge rows have no
// fields; those of a TextInvalid row are as they stand.
type rowReader struct {
	src io.Reader
	d   dialect

	buf      []byte // data is buf[pos:end]
	pos, end int
	marks    []uint64 // a bit for each byte of buf, set where a byte means something
	checked  bool     // the data is known to be UTF-8
	base     int64    // offset of buf[0] in the source
	line     int      // of buf[pos]
	skipping bool     // the rest of the line belongs to a row that was too large
	eof      bool     // the data ends the source
	err      error    // of src, io.EOF apart

	cut     split // what was found at pos
	fields  [][]byte
	scratch []byte // fields that had to be unescaped
}

func newRowReader(r io.Reader, d dialect) *rowReader {
	return &rowReader{src: r, d: d, line: 1, buf: make([]byte, firstBlock), scratch: make([]byte, 0, 256)}
}

// next returns the next row that is not blank; io.EOF at the end. Any other
// error is the source's and final.
func (r *rowReader) next() (out row, err error) {
	for !r.find() {
		if r.err != nil {
			return out, r.err
		}
		if r.eof {
			return out, io.EOF
		}
		r.fill()
	}
	out.line, out.offset = r.line, r.base+int64(r.pos)
	out.raw, out.fields = r.buf[r.pos:r.cut.stop], r.fields
	if r.cut.plain() && r.checked {
		r.step()
		return out, nil
	}
	if out.problem = r.problem(out.raw); out.problem != nil && out.problem.Code != identity.TextInvalid {
		out.raw, out.fields = out.raw[:min(len(out.raw), keptRaw)], nil
	}
	r.line += r.lineEnds(r.buf[r.pos:r.cut.stop])
	r.step()
	return out, nil
}

// find looks for the row at pos and leaves what it found in r.cut and r.fields;
// false when more data is wanted first.
func (r *rowReader) find() bool {
	r.skipRest()
	r.skipBlank()
	if r.pos == r.end || r.skipping {
		return false
	}
	r.fields, r.scratch, r.cut = r.fields[:0], r.scratch[:0], split{}
	stop := r.split()
	if r.cut.fault > faultBareQuote {
		stop = r.lineEnd(r.cut.at)
	}
	if stop < 0 || r.unsure(stop) {
		if r.end-r.pos < maxRow {
			return false
		}
		stop, r.skipping = r.end, true
	}
	if stop-r.pos > maxRow || r.skipping {
		r.cut.fault = faultSize
	}
	r.cut.stop = stop
	return true
}

// step goes behind the row that was found.
func (r *rowReader) step() {
	r.pos = r.cut.stop
	if !r.skipping {
		r.stepLineEnd()
	}
}

// problem says what is wrong with the row that was found, nil when nothing is.
func (r *rowReader) problem(raw []byte) *identity.Problem {
	switch r.cut.fault {
	case faultQuote:
		opened := r.line + r.lineEnds(r.buf[r.pos:r.cut.at])
		return &identity.Problem{Code: identity.RowBroken, Detail: fmt.Sprintf("a quote opened in line %d is never closed, or closed before the field ends", opened)}
	case faultBareQuote:
		return &identity.Problem{Code: identity.RowBroken, Detail: "a quote stands inside a field that does not begin with one"}
	case faultFields:
		return &identity.Problem{Code: identity.RecordTooLarge, Detail: fmt.Sprintf("the row has more than %d fields", maxFields)}
	case faultSize:
		return &identity.Problem{Code: identity.RecordTooLarge, Detail: fmt.Sprintf("the row is longer than %d MiB", maxRow>>20)}
	}
	return r.textProblem(raw)
}

// textProblem names the first field that is no text.
func (r *rowReader) textProblem(raw []byte) *identity.Problem {
	nul := r.cut.nul || r.cut.quoted && (bytes.IndexByte(raw, 0) >= 0 || bytes.IndexByte(r.scratch, 0) >= 0)
	if !nul && (r.checked || utf8.Valid(raw)) {
		return nil
	}
	for i, f := range r.fields {
		if bytes.IndexByte(f, 0) >= 0 {
			return &identity.Problem{Code: identity.TextInvalid, Detail: fmt.Sprintf("field %d holds a NUL byte", i+1)}
		}
		if !utf8.Valid(f) {
			return &identity.Problem{Code: identity.TextInvalid, Detail: fmt.Sprintf("field %d holds bytes that are not UTF-8", i+1)}
		}
	}
	return &identity.Problem{Code: identity.TextInvalid, Detail: "the row holds bytes that are no text"}
}

// fill reads more, keeping what is unread. It asks for at least half of what is
// kept, so that reading a long row again and again stays linear in its length.
func (r *rowReader) fill() {
	kept := copy(r.buf, r.buf[r.pos:r.end])
	r.base += int64(r.pos)
	r.pos, r.end = 0, kept
	if room := len(r.buf) - padding - kept; room <= kept/2 {
		bigger := make([]byte, 2*len(r.buf))
		copy(bigger, r.buf[:kept])
		r.buf = bigger
	}
	n, err := io.ReadAtLeast(r.src, r.buf[kept:len(r.buf)-padding], kept/2+1)
	if r.eof = err == io.EOF || err == io.ErrUnexpectedEOF; !r.eof {
		r.err = err
	}
	r.end = kept + n
	clear(r.buf[r.end : r.end+padding])
	r.mark()
}

// skipRest drops what is left of a row that was too large.
func (r *rowReader) skipRest() {
	if !r.skipping {
		return
	}
	stop := r.lineEnd(r.pos)
	if stop < 0 {
		r.pos = r.end
		return
	}
	if r.pos = stop; !r.unsure(stop) {
		r.skipping = false
		r.stepLineEnd()
	}
}

func (r *rowReader) skipBlank() {
	for r.pos < r.end && r.endsLine(r.pos) && !r.unsure(r.pos) {
		r.stepLineEnd()
	}
}

// stepLineEnd steps over the line end at pos; at the end of the source there is none.
func (r *rowReader) stepLineEnd() {
	if r.pos == r.end {
		return
	}
	if r.buf[r.pos] == '\r' && r.buf[r.pos+1] == '\n' {
		r.pos++
	}
	r.pos++
	r.line++
}

// endsLine reports whether the byte at i begins a line end.
func (r *rowReader) endsLine(i int) bool {
	c := r.buf[i]
	return c == '\n' && !r.d.crOnly || c == '\r' && (!r.d.noQuotes || r.buf[i+1] == '\n' || r.unsure(i))
}

// unsure reports whether the line end at i may go on behind the data that was read.
func (r *rowReader) unsure(i int) bool {
	return i+1 >= r.end && !r.eof && (i >= r.end || r.buf[i] == '\r')
}

// lineEnd finds the first line end at i or behind it: the end of the source
// counts as one; -1 when more data is wanted.
func (r *rowReader) lineEnd(i int) int {
	for ; i < r.end; i++ {
		if r.endsLine(i) {
			return i
		}
	}
	if r.eof {
		return r.end
	}
	return -1
}

// lineEnds counts the line ends in b, CRLF as one.
func (r *rowReader) lineEnds(b []byte) int {
	n := 0
	if !r.d.crOnly {
		n = bytes.Count(b, []byte{'\n'})
	}
	for i := bytes.IndexByte(b, '\r'); i >= 0 && i < len(b); i++ {
		if b[i] == '\r' && (i+1 == len(b) || b[i+1] != '\n' || r.d.crOnly) {
			n++
		}
	}
	return n
}
