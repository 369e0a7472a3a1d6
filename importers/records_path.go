package importers

import (
	"bytes"
	"strconv"
	"strings"
)

// valuePath is a tree of the nested values that hold fields: one level for each name or
// index of "emails.0.address". Behind a name, "[type=password]" is the element of a
// list of objects of which a member has that text.
type valuePath struct {
	fields []field
	name   string // as it was asked for
	below  map[string]*valuePath
	picks  []pick
}

// pick chooses the elements of a list by one of their members.
type pick struct {
	member, text string
	at           *valuePath
}

// add puts a nested value into the tree. A name by itself is none.
func (p *valuePath) add(name string, f field) {
	at, rest := p, name
	for rest != "" {
		var step string
		step, rest = nextStep(rest)
		at = at.step(step)
	}
	at.name = name
	at.fields = append(at.fields, f)
}

// nextStep cuts off what stands before the next dot or bracket; a bracket is a step.
func nextStep(name string) (step, rest string) {
	if name[0] == '[' {
		if end := strings.IndexByte(name, ']'); end > 0 {
			return name[:end+1], strings.TrimPrefix(name[end+1:], ".")
		}
	}
	switch i := strings.IndexAny(name, ".["); {
	case i < 0 || i == len(name)-1:
		return name, ""
	case i == 0:
		return name, ""
	case name[i] == '.':
		return name[:i], name[i+1:]
	default:
		return name[:i], name[i:]
	}
}

func (p *valuePath) step(step string) *valuePath {
	if step[0] == '[' {
		if member, text, ok := strings.Cut(strings.Trim(step, "[]"), "="); ok {
			next := &valuePath{}
			for _, k := range p.picks {
				if k.member == member && k.text == text {
					return k.at
				}
			}
			p.picks = append(p.picks, pick{member, text, next})
			return next
		}
	}
	if p.below == nil {
		p.below = map[string]*valuePath{}
	}
	next := p.below[step]
	if next == nil {
		next = &valuePath{}
		p.below[step] = next
	}
	return next
}

// reach calls found with a value that the tree names, and with those inside of it.
func (p *valuePath) reach(value []byte, found func(at *valuePath, value []byte)) {
	if len(p.fields) > 0 {
		found(p, value)
	}
	if p.below == nil && p.picks == nil {
		return
	}
	switch value[0] {
	case '{':
		eachMember(value, func(name, value []byte) {
			if at := p.below[string(name)]; at != nil {
				at.reach(value, found)
			}
		})
	case '[':
		p.reachElements(value, found)
	case '"':
		if inner := jsonInside(value); inner != nil {
			p.inside().reach(inner, found)
		}
	}
}

// inside is the tree without what its root holds.
func (p *valuePath) inside() *valuePath { return &valuePath{below: p.below, picks: p.picks} }

func (p *valuePath) reachElements(list []byte, found func(at *valuePath, value []byte)) {
	s, n := jsonScan{b: list}, 0
	s.elements(func() bool {
		from := s.i
		if !s.skip() {
			return false
		}
		if at := p.below[strconv.Itoa(n)]; at != nil {
			at.reach(list[from:s.i], found)
		}
		for _, k := range p.picks {
			if k.fits(list[from:s.i]) {
				k.at.reach(list[from:s.i], found)
			}
		}
		n++
		return true
	})
}

// jsonInside is the object or list that a text holds as JSON; nil where it is none.
func jsonInside(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte(`"{`)) && !bytes.HasPrefix(text, []byte(`"[`)) {
		return nil
	}
	s := jsonScan{b: text}
	raw, m, _ := s.str()
	inner, fault := decodeText(raw, m)
	if fault != "" || !isJSON(inner) {
		return nil
	}
	return []byte(inner)
}

// eachMember calls each with the members of an object, up to where it is cut.
func eachMember(object []byte, each func(name, value []byte)) {
	s := jsonScan{b: object}
	s.members(func(name []byte) bool {
		s.token()
		from := s.i
		if !s.skip() {
			return false
		}
		each(name, object[from:s.i])
		return true
	})
}

// fits reports whether an element of a list is the one that is meant.
func (k pick) fits(element []byte) (fits bool) {
	if element[0] != '{' {
		return false
	}
	eachMember(element, func(name, value []byte) {
		fits = fits || string(name) == k.member && string(value) == strconv.Quote(k.text)
	})
	return fits
}
