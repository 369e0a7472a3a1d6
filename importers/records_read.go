package importers

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"rehome/identity"
)

// readJSON reads users as JSON: an object a line, a list, or a list inside of an
// object. Their names are known like headers.
func (s *tableReading) readJSON(r io.Reader, sample sample) error {
	seen := s.sampleJSON(sample)
	if err := s.refuseNames(seen, sample.whole); err != nil {
		return err
	}
	s.maker.hasID = seen.has[fieldID]
	if err := s.judgeHashes(seen.hashes); err != nil {
		return err
	}
	s.announceSystem()
	s.announceID(func(f field) bool { return seen.has[f] })
	l := &jsonLines{tableReading: s}
	w := newWindow(r, s.name)
	read := l.documents
	if seen.shape.lines {
		read = l.lines
	}
	if err := read(w, seen.shape); err != nil {
		if err == errStopped {
			return err
		}
		l.tell()
		return s.ended(err)
	}
	l.tell()
	if missed := l.missed(); missed != "" {
		return s.refuse(Malformed, missed, "")
	}
	return s.ended(nil)
}

// lines reads an object a line.
func (l *jsonLines) lines(w *window, _ documentShape) error {
	for line := 1; ; line++ {
		text, long, ok := w.line()
		if whole := w.pos > 0 && w.buf[w.pos-1] == '\n'; !ok || !whole && (w.cut || w.err != nil) {
			return l.failure(w)
		}
		if len(bytes.TrimSpace(text)) == 0 || !long && l.passes(text) {
			continue
		}
		if err := l.give(l.record(text, long, line), line); err != nil {
			return err
		}
	}
}

// failure is why the text ended, nil when it was whole.
func (l *jsonLines) failure(w *window) error {
	if w.cut {
		return l.refuse(Truncated, "the compressed file ends too early: it was cut off", "get the file again, or take what stands before the cut with --accept-truncated")
	}
	return w.err
}

// documents reads objects that are not one a line.
func (l *jsonLines) documents(w *window, shape documentShape) error {
	d := &documents{w: w, shape: shape, refuse: l.refuseAt}
	d.object = func(text []byte) error {
		if l.passes(text) {
			return nil
		}
		return l.give(l.record(text, false, 0), 0)
	}
	d.fault = func(rec identity.Record) error { return l.give(rec, 0) }
	d.partial = func(text []byte) error {
		if !l.c.AcceptTruncated {
			return nil
		}
		return l.give(problemRecord(identity.RecordUnreadable, "the file ends inside the record", text), 0)
	}
	return d.read()
}

// jsonSample is what the first objects hold.
type jsonSample struct {
	shape      documentShape
	has        [fieldCount]bool
	identified bool
	left       []string
	firebase   bool   // an account of Firebase without its id
	missed     string // names of --map that none of them has; "" when all were there
	hashes     hashSample
	inside     nestedNames
	n          int // objects seen
}

// suggests is --map for nested values, "" where none is known to name people. An
// object by itself may have people's ids as names, which are told to nobody.
func (seen *jsonSample) suggests() string {
	if seen.n < 2 && !seen.shape.list && seen.shape.under == nil {
		return ""
	}
	return seen.inside.suggests()
}

func (s *tableReading) sampleJSON(sample sample) jsonSample {
	seen := jsonSample{shape: shapeOf(sample.text, s.identifies)}
	s.recognise(seen.shape.first(sample))
	l := &jsonLines{tableReading: s}
	look := func(text []byte, whole bool) error {
		var c cells
		if l.passes(text) {
			return nil
		}
		seen.n++
		seen.inside.look(text, s.headers)
		if problem := l.sampled(&c, text, whole); problem == nil {
			seen.add(&c)
		}
		return nil
	}
	seen.shape.look(sample, look)
	seen.hashes.column = fieldHash.String()
	seen.identified = seen.has[fieldID] || seen.has[fieldUsername] || seen.has[fieldEmail] || seen.has[fieldPhone]
	seen.left, seen.missed = l.left, l.missed()
	return seen
}

// sampled takes the members of an object, or of what stands of one that was cut.
func (l *jsonLines) sampled(c *cells, text []byte, whole bool) *identity.Problem {
	if whole {
		return l.cells(c, text)
	}
	_ = l.members(c, text)
	return nil
}

// look calls each with the objects of a sample, also with one that was cut. What is
// wrong with them is said when they are read.
func (shape documentShape) look(sample sample, each func(text []byte, whole bool) error) {
	if shape.lines {
		sampleLines(sample, each)
		return
	}
	d := &documents{w: newWindow(bytes.NewReader(sample.text), ""), shape: shape}
	d.refuse = func(Kind, int64, string, string) error { return errStopped }
	d.object = func(text []byte) error { return each(text, true) }
	d.fault = func(identity.Record) error { return nil }
	d.partial = func(text []byte) error { return each(text, false) }
	_ = d.read()
}

// first is the first objects of a sample: enough to know whose they are.
func (shape documentShape) first(sample sample) (objects [][]byte) {
	shape.look(sample, func(text []byte, _ bool) error {
		if objects = append(objects, bytes.Clone(text)); len(objects) == firstObjects {
			return errStopped
		}
		return nil
	})
	return objects
}

const firstObjects = 20

// passes reports whether an object is nobody: a known system writes others beside
// its users.
func (l *jsonLines) passes(text []byte) bool {
	known := l.headers.system
	return known != nil && known.only != "" && !hasPath(text, known.only)
}

// announceSystem says what the file is.
func (s *tableReading) announceSystem() {
	known := s.headers.system
	if known == nil {
		return
	}
	s.notice("the file is " + known.what)
	if known.hashes != "" {
		s.notice(known.hashes + ": everybody in it needs a new password, or signs in without one")
	}
}

// sampleLines calls look with every line that holds something.
func sampleLines(sample sample, look func(text []byte, whole bool) error) {
	for text := sample.text; len(text) > 0; {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		text = rest
		if len(bytes.TrimSpace(line)) > 0 && look(bytes.TrimSuffix(line, []byte("\r")), ended || sample.whole) != nil {
			return
		}
	}
}

func (seen *jsonSample) add(c *cells) {
	seen.firebase = seen.firebase || c[fieldID] == "" && len(c[fieldHash]) == firebaseHash && len(c[fieldSalt]) <= firebaseSalt && strings.HasSuffix(c[fieldSalt], "=") && strings.HasSuffix(c[fieldHash], "==")
	for f := range c {
		seen.has[f] = seen.has[f] || c[f] != ""
	}
	seen.hashes.add(c[fieldHash])
	seen.hashes.named = seen.hashes.named || c[fieldAlgorithm] != ""
}

// The lengths of a hash of Firebase's scrypt and its salt in base64: 64 bytes, and 10
// to 16 (firebase-tools, accountExporter.ts).
const firebaseHash, firebaseSalt = 88, 24

// identifies reports whether a name means something by which a person is known.
func (s *tableReading) identifies(name string) bool {
	return slices.ContainsFunc(s.headers.fieldsOf(name), func(f field) bool {
		return f == fieldID || f == fieldUsername || f == fieldEmail || f == fieldPhone
	})
}

// refuseNames refuses objects that name nobody, and names of --map that they lack.
func (s *tableReading) refuseNames(seen jsonSample, whole bool) error {
	const noID = "accounts of Firebase without their localId, by which everything else of a project knows them"
	nobody := !seen.has[fieldUsername] && !seen.has[fieldEmail] && !seen.has[fieldPhone]
	switch {
	case seen.missed != "" && whole:
		return s.refuse(Malformed, seen.missed+seen.inside.list(), "")
	case seen.firebase && !seen.has[fieldAlgorithm] && s.c.HashAlgo == "":
		return s.refuse(Malformed, noID, adviceExport)
	case nobody && seen.suggests() != "":
		return s.refuse(Malformed, "nobody in the first objects has a user name, an e-mail address or a phone number where they are looked for; inside of other values there are some",
			"name these nested values: --map "+seen.suggests())
	case !seen.identified:
		return s.refuse(Malformed, "no name in the first objects is known to hold an id, a user name, an e-mail address or a phone number; the names are "+quotedList(seen.left),
			"name them with --map, such as --map id=number,email=contact")
	}
	return nil
}

// note remembers which names of --map an object has.
func (l *jsonLines) note(m *jsonMembers) {
	for f, name := range m.taken {
		l.met[f] = l.met[f] || name != ""
	}
}

// missed says which names of --map no object has, "" when all were there.
func (l *jsonLines) missed() string {
	var names []string
	for f, name := range l.headers.explicit {
		if name != "" && !l.met[f] {
			names = append(names, field(f).String()+"="+name)
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("--map %s: no object has such a name", strings.Join(names, ","))
}
