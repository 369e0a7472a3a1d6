package importers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"rehome/identity"
)

// readLines reads JSON Lines: an object a line, its names known like headers.
func (s *tableReading) readLines(r io.Reader, sample sample) error {
	seen := s.sampleLines(sample)
	if !seen.identified {
		return s.refuse(Malformed, "no name in the first objects is known to hold an id, a user name, an e-mail address or a phone number; the names are "+quotedList(seen.left),
			"name them with --map, such as --map id=number,email=contact")
	}
	s.maker.hasID = seen.has[fieldID]
	if err := s.judgeHashes(seen.hashes); err != nil {
		return err
	}
	s.announceID(func(f field) bool { return seen.has[f] })
	l := &jsonLines{tableReading: s}
	w := newWindow(r, s.name)
	for line := 1; ; line++ {
		text, long, ok := w.line()
		if whole := w.pos > 0 && w.buf[w.pos-1] == '\n'; !ok || !whole && (w.cut || w.err != nil) {
			l.tell()
			return s.ended(l.failure(w))
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if err := s.give(l.record(text, long, line), line); err != nil {
			return err
		}
	}
}

// jsonLines is a reading of objects.
type jsonLines struct {
	*tableReading
	left []string // names that are not carried, as many as are told
}

// failure is why the text ended, nil when it was whole.
func (l *jsonLines) failure(w *window) error {
	if w.cut {
		return l.refuse(Truncated, "the compressed file ends too early: it was cut off", "get the file again, or take what stands before the cut with --accept-truncated")
	}
	return w.err
}

// maxLeft is how many names are remembered as not carried.
const maxLeft = 100

func (l *jsonLines) tell() {
	if len(l.left) > 0 {
		l.notice("these fields are not carried: " + quotedList(l.left))
	}
}

// record is the record in a line.
func (l *jsonLines) record(text []byte, long bool, line int) identity.Record {
	if long {
		return problemRecord(identity.RecordTooLarge, fmt.Sprintf("the line is longer than %d MiB", maxRecord>>20), text)
	}
	var c cells
	if problem := l.cells(&c, text); problem != nil {
		return identity.Record{Problem: problem, Raw: identity.Secret(rawText(text))}
	}
	rec := l.maker.record(&c, line)
	if !l.maker.hasID && c[fieldID] != "" {
		rec.Problem = &identity.Problem{Code: identity.RecordUnreadable, Detail: "the object has an id, and the first ones of the file have none"}
	}
	if rec.Problem != nil {
		rec.Raw = identity.Secret(rawText(text))
	}
	return rec
}

// cells takes the members that mean a field. Of two names for one field the
// field's own name counts.
func (l *jsonLines) cells(c *cells, text []byte) *identity.Problem {
	if problem := lineProblem(text); problem != nil {
		return problem
	}
	return l.members(c, text)
}

// members takes the members of an object up to its end, or to where it was cut.
func (l *jsonLines) members(c *cells, text []byte) *identity.Problem {
	m := jsonMembers{l: l, c: c}
	s := jsonScan{b: text}
	s.token()
	s.members(func(key []byte) bool {
		s.token()
		from := s.i
		if !s.skip() {
			return false
		}
		m.take(string(key), text[from:s.i])
		return true
	})
	return m.problem
}

// jsonMembers are the members of one object.
type jsonMembers struct {
	l       *jsonLines
	c       *cells
	taken   [fieldCount]string // the name that a field was taken from
	problem *identity.Problem
}

func (m *jsonMembers) take(name string, value []byte) {
	fields := m.l.headers.fieldsOf(name)
	if len(fields) == 0 {
		m.l.leave(name)
	}
	for _, f := range fields {
		switch had := m.taken[f]; {
		case had != "" && m.l.headers.owns(had, f) == m.l.headers.owns(name, f):
			m.fail(fmt.Sprintf("two members of the object mean %s", f))
			continue
		case had != "" && m.l.headers.owns(had, f):
			m.l.leave(name)
			continue
		case had != "":
			m.l.leave(had)
		}
		m.taken[f] = name
		left, wrong := jsonCell(m.c, f, value)
		if left {
			m.l.leave(name)
		}
		if wrong != "" {
			m.fail(wrong)
		}
	}
}

func (m *jsonMembers) fail(says string) {
	if m.problem == nil {
		m.problem = &identity.Problem{Code: identity.RecordUnreadable, Detail: says}
	}
}

// leave remembers a name that is not carried.
func (l *jsonLines) leave(name string) {
	if len(l.left) < maxLeft && !slices.Contains(l.left, name) {
		l.left = append(l.left, name)
	}
}

// jsonCell takes a JSON value as the text of a cell: strings without their
// quotes, numbers by their digits, lists and objects as JSON, null as nothing.
// left says that a value is passed over; wrong what is wrong with it.
func jsonCell(c *cells, f field, value []byte) (left bool, wrong string) {
	switch value[0] {
	case 'n':
		c[f] = ""
		return false, ""
	case '"':
		if json.Unmarshal(value, &c[f]) != nil {
			return false, f.String() + " is no text"
		}
		return false, ""
	case '{', '[':
		text, ok := extendedJSON(value)
		switch {
		case slices.Contains([]field{fieldLabels, fieldAttributes, fieldLogins, fieldFactors, fieldParams, fieldVerifiedEmails, fieldVerifiedPhones, fieldPhone}, f):
		case ok:
			c[f] = text
			return false, ""
		case slices.Contains([]field{fieldEmailVerified, fieldPhoneVerified, fieldName, fieldGivenName, fieldFamilyName, fieldPhoto, fieldCreated, fieldLastSignIn, fieldTOTP}, f):
			return true, ""
		default:
			return false, f.String() + " holds a list or an object where a text is meant"
		}
	}
	c[f] = string(value)
	return false, ""
}

// extendedJSON is the text of a value as MongoDB writes what JSON has no form for
// (MongoDB Extended JSON v2, canonical and relaxed): {"$oid": "5f…"},
// {"$date": "2020-…Z"}, {"$date": {"$numberLong": "1595552523000"}}.
func extendedJSON(value []byte) (string, bool) {
	var wrapped struct {
		OID    string          `json:"$oid"`
		Date   json.RawMessage `json:"$date"`
		Long   string          `json:"$numberLong"`
		Int    string          `json:"$numberInt"`
		Double string          `json:"$numberDouble"`
	}
	if json.Unmarshal(value, &wrapped) != nil {
		return "", false
	}
	date := bytes.Trim(wrapped.Date, `"`)
	if bytes.HasPrefix(date, []byte("{")) {
		return extendedJSON(date)
	}
	text := cmp.Or(wrapped.OID, string(date), wrapped.Long, wrapped.Int, wrapped.Double)
	return text, text != ""
}

// fieldsOf is every field that a member's name holds: those --map gives it, and
// the one it means by itself.
func (t *headerTable) fieldsOf(name string) []field {
	var fields []field
	for f, header := range t.explicit {
		if header != "" && (header == name || foldHeader(header) == foldHeader(name)) {
			fields = append(fields, field(f))
		}
	}
	if f := t.field(name); f != noField {
		fields = append(fields, f)
	}
	return fields
}

// owns reports whether a name is the field's own, or the one --map gives it: it
// counts before others.
func (t *headerTable) owns(name string, f field) bool {
	return t.explicit[f] != "" || t.named(name) == f
}

// linesSample is what the first lines hold.
type linesSample struct {
	has        [fieldCount]bool
	identified bool
	left       []string
	hashes     hashSample
}

func (s *tableReading) sampleLines(sample sample) linesSample {
	l := &jsonLines{tableReading: s}
	var seen linesSample
	text := sample.text
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		text = rest
		var c cells
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			continue
		case !ended && !sample.whole: // of a line that the sample has cut, what stands before
			_ = l.members(&c, line)
		case l.cells(&c, bytes.TrimSuffix(line, []byte("\r"))) != nil:
			continue
		}
		for f := range c {
			seen.has[f] = seen.has[f] || c[f] != ""
		}
		seen.hashes.add(c[fieldHash])
		seen.hashes.named = seen.hashes.named || c[fieldAlgorithm] != ""
	}
	seen.hashes.column = fieldHash.String()
	seen.identified = seen.has[fieldID] || seen.has[fieldUsername] || seen.has[fieldEmail] || seen.has[fieldPhone]
	seen.left = l.left
	return seen
}
