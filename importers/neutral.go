package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"rehome/identity"
)

// Neutral reads the neutral file (identity.NeutralFields): JSON Lines or CSV,
// told apart by the first byte. name is how the file is called in positions.
// The sequence can be read once.
//
// The rejects of a run are such a CSV with columns more, whose names begin with
// an underscore; of those only _position and _raw are read, and the apostrophes
// taken off that guard cells from spreadsheets (identity.Unguard), which may also
// have put semicolons or tabs for the commas. A row in which only _raw was written
// says that a record could not be read, and it still cannot.
func Neutral(r io.Reader, name string) identity.Records {
	return func(yield func(identity.Record, error) bool) {
		text, charset := UTF8(r)
		n := &neutralReading{w: newWindow(text, name), charset: charset, name: name, yield: yield}
		if err := n.read(); err != nil && err != errStopped {
			yield(identity.Record{}, err)
		}
	}
}

// neutralReading is one reading of a neutral file.
type neutralReading struct {
	w       *window
	charset string // that it was decoded from; "" when it was not
	name    string
	yield   func(identity.Record, error) bool
	n       int // records so far
}

const adviceNeutral = "write it anew with rehome convert, or keep the names of its fields as they are"

func (n *neutralReading) read() error {
	n.w.skipMark()
	first, ok := n.w.token()
	switch {
	case n.w.err != nil:
		return n.w.failure()
	case !ok:
		return n.refuse(Empty, -1, "the file is empty")
	case first == '[':
		return n.refuse(Malformed, n.w.offset(), "the neutral file holds one object a line, not a list")
	case first == '{':
		return n.readLines()
	}
	return n.readRows()
}

func (n *neutralReading) refuse(kind Kind, at int64, says string) error {
	return &SourceError{Kind: kind, File: n.name, Byte: at, Says: says, Advice: adviceNeutral}
}

func (n *neutralReading) give(rec identity.Record, line int) error {
	n.n++
	rec.Pos = identity.Pos{File: n.name, Record: n.n, Line: line}
	if !n.yield(rec, nil) {
		return errStopped
	}
	return nil
}

// readLines reads JSON Lines.
func (n *neutralReading) readLines() error {
	for line := 1; ; line++ {
		text, long, ok := n.w.line()
		switch {
		case !ok:
			return n.atEnd()
		case len(bytes.TrimSpace(text)) == 0:
			continue
		}
		rec := neutralLine(text, long)
		if problem := damaged(text, n.charset); problem != nil {
			rec = identity.Record{Problem: problem, Raw: identity.Secret(rawText(text))}
		}
		if err := n.give(rec, line); err != nil {
			return err
		}
	}
}

func (n *neutralReading) atEnd() error {
	if n.w.cut {
		return n.refuse(Truncated, n.w.length(), "the compressed file ends too early: it was cut off")
	}
	return n.w.failure()
}

// readRows reads CSV.
func (n *neutralReading) readRows() error {
	rows := newRowReader(n.w, dialect{delimiter: neutralDelimiter(n.w.unread())})
	var header neutralHeader
	for {
		r, err := rows.next()
		switch {
		case err == io.EOF:
			return n.atEnd()
		case err != nil:
			return err
		case header.names == nil:
			if header, err = n.header(r); err != nil {
				return err
			}
			continue
		case header.rejects && len(bytes.Join(r.fields, nil)) == 0 && r.problem == nil:
			continue // a row that was emptied in a spreadsheet
		}
		rec := header.record(r)
		if problem := damaged(r.raw, n.charset); problem != nil {
			rec.User, rec.Problem, rec.Raw = identity.User{ID: rec.User.ID}, problem, identity.Secret(rawText(r.raw))
		}
		if err := n.give(rec, r.line); err != nil {
			return err
		}
	}
}

// neutralDelimiter finds the delimiter with which the header is one: in countries
// that write 1,5 a spreadsheet puts semicolons.
func neutralDelimiter(head []byte) byte {
	for _, delimiter := range []byte(";\t") {
		if r, err := newRowReader(bytes.NewReader(head), dialect{delimiter: delimiter}).next(); err == nil && len(r.fields) > 1 {
			if _, fault := readNeutralHeader(r); fault == "" {
				return delimiter
			}
		}
	}
	return ','
}

// neutralHeader is the first row of the CSV.
type neutralHeader struct {
	names   []string
	rejects bool // it has columns of a rejects file
}

func (n *neutralReading) header(r row) (h neutralHeader, err error) {
	h, fault := readNeutralHeader(r)
	if fault != "" {
		return h, n.refuse(Malformed, r.offset, "not the header of a neutral file: "+fault)
	}
	return h, nil
}

// readNeutralHeader reads the first row. Its names are never shown: without a
// header it is somebody's data.
func readNeutralHeader(r row) (h neutralHeader, fault string) {
	if r.problem != nil {
		return h, r.problem.Detail
	}
	for i, f := range r.fields {
		name := string(bytes.TrimSpace(f))
		own := strings.HasPrefix(name, "_")
		switch {
		case !own && !slices.Contains(identity.NeutralFields, name):
			return h, fmt.Sprintf("column %d is none of its fields", i+1)
		case slices.Contains(h.names, name):
			return h, fmt.Sprintf("column %d is there twice", i+1)
		}
		h.rejects = h.rejects || own
		h.names = append(h.names, name)
	}
	return h, ""
}

// The columns of a rejects file that keep a record that could not be read, and
// where a record stood in its source.
const rawColumn, positionColumn = "_raw", "_position"

// record is the record in a row.
func (h neutralHeader) record(r row) identity.Record {
	switch {
	case r.problem != nil:
		return identity.Record{Problem: r.problem, Raw: identity.Secret(rawText(r.raw))}
	case len(r.fields) > len(h.names) || len(r.fields) < len(h.names) && !h.rejects: // spreadsheets leave empty cells at the end out
		return problemRecord(identity.RowBroken, fmt.Sprintf("the row has %d fields, the header %d", len(r.fields), len(h.names)), r.raw)
	}
	cells := make(map[string]string, len(h.names))
	filled := 0
	for i, name := range h.names {
		if i == len(r.fields) {
			break
		}
		cell := string(r.fields[i])
		if h.rejects {
			cell = identity.Unguard(cell)
		}
		cells[name] = cell
		if cell != "" && name != "id" && !strings.HasPrefix(name, "_") {
			filled++
		}
	}
	if raw := cells[rawColumn]; raw != "" && filled == 0 {
		rec := problemRecord(identity.RecordUnreadable, "the record stands in _raw as it was found; write it out in the other columns", []byte(raw))
		rec.User.ID = cells["id"]
		rec.Reject = h.reject(cells)
		return rec
	}
	rec := neutralCells(cells, r.raw)
	rec.Reject = h.reject(cells)
	return rec
}

// reject is the row itself, if it is one of a rejects file.
func (h neutralHeader) reject(cells map[string]string) *identity.Reject {
	if !h.rejects {
		return nil
	}
	r := &identity.Reject{Position: cells[positionColumn], Raw: identity.Secret(cells[rawColumn])}
	for _, name := range identity.NeutralFields {
		r.Cells = append(r.Cells, identity.Secret(cells[name]))
	}
	return r
}

// neutralCells is the record in a row's cells.
func neutralCells(cells map[string]string, raw []byte) identity.Record {
	for name, cell := range cells {
		if !isNested(name) || cell == "" {
			continue
		}
		// Spreadsheets write TRUE and FALSE.
		if lower := strings.ToLower(cell); lower == "true" || lower == "false" {
			cells[name] = lower
			continue
		}
		s := jsonScan{b: []byte(cell)}
		if !json.Valid(s.b) || (s.token() == '{' || s.token() == '[') && s.skip() && s.deep {
			return problemRecord(identity.RecordUnreadable, cellFault(name), raw)
		}
	}
	user, err := identity.FromNeutralCells(func(field string) string { return cells[field] })
	if err != nil {
		return problemRecord(identity.RecordUnreadable, neutralFault(err), raw)
	}
	return neutralRecord(user)
}

// cellFault says what should stand in a cell of JSON.
func cellFault(field string) string {
	switch field {
	case "email_verified", "phone_verified", "disabled":
		return field + " is neither true nor false"
	}
	return field + " is not the JSON that stands in its cells"
}

// isNested reports whether a field's cells hold JSON.
func isNested(field string) bool {
	switch field {
	case "email_verified", "phone_verified", "disabled", "labels", "attributes", "logins", "second_factors", "hash_params":
		return true
	}
	return false
}

// looksNeutral reports whether head begins a neutral file: an object of nothing
// but its fields, or a header of nothing but them that has the ones no other
// file has.
func looksNeutral(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	s := jsonScan{b: head}
	if s.token() == '{' {
		return inLines(head) && s.isNeutral()
	}
	r, err := newRowReader(bytes.NewReader(head), dialect{delimiter: ','}).next()
	if err != nil {
		return false
	}
	h, fault := readNeutralHeader(r)
	return fault == "" && (slices.Contains(h.names, "hash_params") || slices.Contains(h.names, rawColumn) || slices.Contains(h.names, "_reason"))
}

// isNeutral reports whether the object at hand has fields of the neutral file
// and no other.
func (s *jsonScan) isNeutral() bool {
	fields, others := 0, 0
	whole := s.members(func(name []byte) bool {
		if slices.Contains(identity.NeutralFields, string(name)) {
			fields++
		} else {
			others++
		}
		return s.skip()
	})
	return fields > 0 && others == 0 && (whole || s.short)
}
