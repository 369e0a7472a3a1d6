package importers

import (
	"fmt"

	"rehome/identity"
)

// documents reads the objects of a JSON text that are users, one after the other,
// whatever stands around them:
//
//	{…} {…} …                      one behind the other, on any number of lines
//	[{…}, {…}, …]
//	{"users": [{…}, …], …}         and several of these, or a list of them
//
// The grammar around the objects is strict: where it breaks, nothing behind it can
// be trusted, and the text ends in an error with the byte.
type documents struct {
	w       *window
	shape   documentShape
	refuse  func(kind Kind, at int64, says, advice string) error
	object  func(text []byte) error     // takes a whole one
	fault   func(identity.Record) error // takes one that cannot be read
	partial func(text []byte) error     // sees what stands of one in which the text ends
	n       int                         // objects so far
}

func (d *documents) read() error {
	if d.shape.list {
		if _, ok := d.w.token(); !ok {
			return d.w.failure()
		}
		if err := d.list(d.item); err != nil {
			return err
		}
		if _, more := d.w.token(); more {
			return d.refuse(Malformed, d.w.offset(), "text behind the end of the list; is this two files in one?", "give every file by itself")
		}
		return d.ended("")
	}
	for {
		c, ok := d.w.token()
		switch {
		case !ok:
			return d.ended("between two objects")
		case c != '{':
			return d.refuse(Malformed, d.w.offset(), "expected an object, found "+kindOf(c), adviceBroken)
		}
		if err := d.item(); err != nil {
			return err
		}
	}
}

const adviceBroken = "export again, or mend the file at that byte"

// ended is the answer to the end of the stream; where is the place, "" between values.
func (d *documents) ended(where string) error {
	if err := d.w.failure(); err != nil {
		return err
	}
	if where == "between two objects" && !d.w.cut || where == "" {
		return nil
	}
	return d.refuse(Truncated, d.w.length(), fmt.Sprintf("the file ends %s: it was cut off (records before the cut: %d)", where, d.n),
		"export again, or go on with what was read: --accept-truncated")
}

// item reads what a list holds, or what stands behind one another.
func (d *documents) item() error {
	c, _ := d.w.token()
	if c == '{' && d.shape.under != nil {
		return d.container(d.shape.under)
	}
	return d.one()
}

// one reads a user.
func (d *documents) one() error {
	var s jsonScan
	c, _ := d.w.token()
	switch p := d.w.parse(&s, s.skip); p {
	case whole:
		d.n++
		text := s.b[:s.i]
		if c != '{' {
			return d.fault(problemRecord(identity.RecordUnreadable, "expected an object, found "+kindOf(c), text))
		}
		return d.object(text)
	case tooLarge:
		d.n++
		rec := problemRecord(identity.RecordTooLarge, fmt.Sprintf("the record is larger than %d MiB", maxRecord>>20), d.w.unread())
		if !d.w.discard() {
			return d.ended(fmt.Sprintf("inside record %d", d.n))
		}
		return d.fault(rec)
	case ended:
		if err := d.partial(d.w.unread()); err != nil {
			return err
		}
		return d.ended(fmt.Sprintf("inside record %d", d.n+1))
	default:
		return d.broken(&s, fmt.Sprintf("record %d", d.n+1))
	}
}

func (d *documents) broken(s *jsonScan, where string) error {
	return d.refuse(Malformed, d.w.offset()+int64(s.i), where+": this is not JSON: "+s.says, adviceBroken)
}

// list reads a list whose opening bracket is at hand.
func (d *documents) list(item func() error) error {
	const where = "inside the list of users"
	d.w.pos++
	if c, _ := d.w.token(); c == ']' {
		d.w.pos++
		return nil
	}
	for {
		if _, ok := d.w.token(); !ok {
			return d.ended(where)
		}
		if err := item(); err != nil {
			return err
		}
		if c, err := d.separator(']', where); err != nil || c == ']' {
			return err
		}
	}
}

// separator consumes a comma, or what closes the list or object at hand.
func (d *documents) separator(closing byte, where string) (byte, error) {
	c, ok := d.w.token()
	if !ok {
		return 0, d.ended(where)
	}
	if c != ',' && c != closing {
		return 0, d.refuse(Malformed, d.w.offset(), fmt.Sprintf("%s: this is not JSON: expected a comma or %c", where, closing), adviceBroken)
	}
	d.w.pos++
	return c, nil
}

// container reads an object around the users: under is the names that lead to their
// list. One that is not there is a reply without users.
func (d *documents) container(under []string) error {
	const where = "beside the list of users"
	d.w.pos++
	if c, _ := d.w.token(); c == '}' {
		d.w.pos++
		return nil
	}
	for {
		var s jsonScan
		var name string
		switch d.w.parse(&s, func() bool { return s.nameInto(&name) }) {
		case whole:
		case ended:
			return d.ended(where)
		default:
			return d.broken(&s, where)
		}
		if err := d.value(name, under); err != nil {
			return err
		}
		if c, err := d.separator('}', where); err != nil || c == '}' {
			return err
		}
	}
}

// value reads a member of an object around the users.
func (d *documents) value(name string, under []string) error {
	c, ok := d.w.token()
	switch {
	case !ok:
		return d.ended("beside the list of users")
	case name == under[0] && len(under) == 1 && c == '[':
		return d.list(d.one)
	case name == under[0] && len(under) > 1 && c == '{':
		return d.container(under[1:])
	}
	var s jsonScan
	switch p := d.w.parse(&s, s.skip); {
	case p == whole || p == tooLarge && d.w.discard():
		return nil
	case p == ended || p == tooLarge:
		return d.ended("beside the list of users")
	}
	return d.broken(&s, "beside the list of users")
}
