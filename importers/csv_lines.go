package importers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"rehome/identity"
)

// jsonLines is a reading of objects.
type jsonLines struct {
	*tableReading
	left []string         // names that are not carried, as many as are told
	met  [fieldCount]bool // fields that had a value, null included

	stateCells []stateCell // of the object at hand
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
	rec := l.maker.record(&c, l.stateCells, line)
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
	l.stateCells = l.stateCells[:0]
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
	l.note(&m)
	if known := l.headers.system; known != nil && known.finish != nil {
		known.finish(c)
	}
	return m.problem
}

// jsonMembers are the members of one object.
type jsonMembers struct {
	l       *jsonLines
	c       *cells
	taken   [fieldCount]string // the name that a field was taken from
	problem *identity.Problem
}

// take takes what a member holds: the value itself, and values inside of it.
func (m *jsonMembers) take(name string, value []byte) {
	fields, inside := m.l.headers.fieldsOf(name), m.l.headers.nested.below[name]
	switch known := m.l.headers.system; {
	case known != nil && (inside != nil || known.ignores(name)):
		fields = slices.DeleteFunc(fields, func(f field) bool { return m.l.headers.explicit[f] == "" }) // the system says what it is
	case len(fields) == 0 && inside == nil:
		m.other(name, value)
	}
	for _, f := range fields {
		m.put(name, f, value)
	}
	if inside != nil {
		inside.reach(value, m.found)
	}
}

// other takes a member that holds no field: what says state, and what is left.
func (m *jsonMembers) other(name string, value []byte) {
	if s := m.l.states.of(m.l.headers, name); s != nil {
		m.state(s, value)
		return
	}
	m.l.leave(name)
}

// found takes a value that was looked for by its path. Of several elements of a
// list that fit, the first counts.
func (m *jsonMembers) found(at *valuePath, value []byte) {
	for _, f := range at.fields {
		if m.taken[f] != at.name {
			m.put(at.name, f, value)
		}
	}
}

// put takes a value for a field. Of two names for it the field's own name counts.
func (m *jsonMembers) put(name string, f field, value []byte) {
	if _, isState := stateFields[f]; isState {
		m.taken[f] = name
		m.state(m.l.states.of(m.l.headers, name), value)
		return
	}
	switch had := m.taken[f]; {
	case had != "" && m.l.headers.rank(had, f) == m.l.headers.rank(name, f):
		m.fail(fmt.Sprintf("two members of the object mean %s", f))
		return
	case had != "" && m.l.headers.rank(had, f) > m.l.headers.rank(name, f):
		m.l.leave(name)
		return
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

// state takes the value under a name that says state. A list or an object is a value
// that is not understood.
func (m *jsonMembers) state(s *state, value []byte) {
	var c cells
	if left, wrong := jsonCell(&c, fieldDisabled, value); left || wrong != "" {
		c[fieldDisabled] = "a list or an object"
	}
	m.l.stateCells = append(m.l.stateCells, stateCell{s, c[fieldDisabled]})
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
	fields := t.mappedTo(name)
	if f := t.field(name); f != noField {
		fields = append(fields, f)
	}
	return fields
}

// rank is how much a name says that it means a field: of several the one that says
// most counts.
func (t *headerTable) rank(name string, f field) int {
	switch {
	case t.explicit[f] == "" && t.paths[f] != "":
		if t.paths[f] == name {
			return 2
		}
		return 0
	case t.explicit[f] != "" || t.named(name) == f:
		return 2 // its own name, or the one --map gives it
	case t.vague[foldHeader(name)]:
		return 0
	}
	return 1
}
