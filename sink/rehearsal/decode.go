package rehearsal

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is json_decode's default: deeper text does not decode at all.
const maxDepth = 512

// maxValues bounds what one body may make us hold: a body of 12 MB could spell
// six million numbers. PHP's memory_limit does that there.
const maxValues = 1 << 20

// decode is json_decode($text, true): integers that do not fit become floats,
// an object's later key replaces the earlier one in its place, a number-like
// key stays where it is. ok is false where PHP answers null with an error.
func decode(s string) (v value, ok bool) {
	if !utf8.ValidString(s) {
		return value{}, false
	}
	d := decoder{s: s}
	v, ok = d.value(0)
	d.blanks()
	return v, ok && d.i == len(s)
}

type decoder struct {
	s     string
	i     int
	count int // values so far
}

func (d *decoder) blanks() {
	for d.i < len(d.s) && strings.IndexByte(" \t\r\n", d.s[d.i]) >= 0 {
		d.i++
	}
}

// take steps over c, after blanks.
func (d *decoder) take(c byte) bool {
	d.blanks()
	if d.i < len(d.s) && d.s[d.i] == c {
		d.i++
		return true
	}
	return false
}

func (d *decoder) value(depth int) (value, bool) {
	d.blanks()
	if d.count++; d.i == len(d.s) || d.count > maxValues {
		return value{}, false
	}
	switch c := d.s[d.i]; {
	case c == '{', c == '[':
		if depth == maxDepth {
			return value{}, false
		}
		d.i++
		if c == '{' {
			return d.object(depth + 1)
		}
		return d.array(depth + 1)
	case c == '"':
		d.i++
		s, ok := d.text()
		return text(s), ok
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	}
	return d.word()
}

// word reads true, false and null, which PHP takes in any letter case.
func (d *decoder) word() (value, bool) {
	for _, w := range []struct {
		name string
		v    value
	}{{"true", truth(true)}, {"false", truth(false)}, {"null", value{}}} {
		if end := d.i + len(w.name); end <= len(d.s) && strings.EqualFold(d.s[d.i:end], w.name) {
			d.i = end
			return w.v, true
		}
	}
	return value{}, false
}

func (d *decoder) array(depth int) (value, bool) {
	v := list()
	if d.take(']') {
		return v, true
	}
	for {
		item, ok := d.value(depth)
		if !ok {
			return v, false
		}
		v.items = append(v.items, item)
		if d.take(']') {
			return v, true
		}
		if !d.take(',') {
			return v, false
		}
	}
}

// object reads an object; a key that comes again replaces the value in its place.
func (d *decoder) object(depth int) (value, bool) {
	v := value{kind: isArray, array: &array{keys: []string{}}}
	if d.take('}') {
		return v, true
	}
	places := places{array: v.array}
	for {
		if !d.take('"') {
			return v, false
		}
		key, ok := d.text()
		if !ok || !d.take(':') {
			return v, false
		}
		item, ok := d.value(depth)
		if !ok {
			return v, false
		}
		places.set(key, item)
		if d.take('}') {
			return v, true
		}
		if !d.take(',') {
			return v, false
		}
	}
}

// places finds an object's keys again: by looking through few, by a map where
// they are many, so that a hostile body cannot make decoding quadratic.
type places struct {
	*array
	index map[string]int
}

const few = 32

func (p *places) set(key string, item value) {
	if at := p.find(key); at >= 0 {
		p.items[at] = item
		return
	}
	p.keys, p.items = append(p.keys, key), append(p.items, item)
	if p.index == nil && len(p.keys) == few {
		p.index = make(map[string]int, 2*few)
		for i, k := range p.keys {
			p.index[k] = i
		}
	}
	if p.index != nil {
		p.index[key] = len(p.keys) - 1
	}
}

func (p *places) find(key string) int {
	if p.index == nil {
		return slices.Index(p.keys, key)
	}
	if at, ok := p.index[key]; ok {
		return at
	}
	return -1
}

// number reads the JSON grammar's numbers, and no others.
func (d *decoder) number() (value, bool) {
	start := d.i
	if d.s[d.i] == '-' {
		d.i++
	}
	first := d.i
	if d.digits() == 0 || d.s[first] == '0' && d.i > first+1 {
		return value{}, false
	}
	whole := true
	if d.i < len(d.s) && d.s[d.i] == '.' {
		d.i++
		whole = false
		if d.digits() == 0 {
			return value{}, false
		}
	}
	if d.i < len(d.s) && (d.s[d.i] == 'e' || d.s[d.i] == 'E') {
		d.i++
		whole = false
		if d.i < len(d.s) && (d.s[d.i] == '+' || d.s[d.i] == '-') {
			d.i++
		}
		if d.digits() == 0 {
			return value{}, false
		}
	}
	lit := d.s[start:d.i]
	if whole && lit != "-0" {
		if n, err := strconv.ParseInt(lit, 10, 64); err == nil {
			return number(n), true
		}
	}
	f, _ := strconv.ParseFloat(lit, 64) // out of range is an infinity, as in PHP
	return value{kind: isFloat, num: int64(math.Float64bits(f))}, true
}

func (d *decoder) digits() int {
	start := d.i
	for d.i < len(d.s) && d.s[d.i] >= '0' && d.s[d.i] <= '9' {
		d.i++
	}
	return d.i - start
}

// text reads a string after its opening quote. Text without escapes is a slice
// of the input and costs nothing.
func (d *decoder) text() (string, bool) {
	start := d.i
	for ; d.i < len(d.s); d.i++ {
		switch c := d.s[d.i]; {
		case c == '"':
			s := d.s[start:d.i]
			d.i++
			return s, true
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

func (d *decoder) escaped(start int) (string, bool) {
	b := []byte(d.s[start:d.i])
	for d.i < len(d.s) {
		c := d.s[d.i]
		d.i++
		switch {
		case c == '"':
			return string(b), true
		case c < ' ':
			return "", false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if d.i == len(d.s) {
			return "", false
		}
		e := d.s[d.i]
		d.i++
		if at := strings.IndexByte(`"\/bfnrt`, e); at >= 0 {
			b = append(b, "\"\\/\b\f\n\r\t"[at])
			continue
		}
		r, ok := rune(0), e == 'u'
		if ok {
			r, ok = d.rune()
		}
		if !ok {
			return "", false
		}
		b = utf8.AppendRune(b, r)
	}
	return "", false
}

// rune reads the digits of \uXXXX; a lone surrogate is an error, as in PHP.
func (d *decoder) rune() (rune, bool) {
	r, ok := d.unit()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if !strings.HasPrefix(d.s[d.i:], `\u`) {
		return 0, false
	}
	d.i += 2
	low, ok := d.unit()
	r = utf16.DecodeRune(r, low)
	return r, ok && r != utf8.RuneError
}

func (d *decoder) unit() (rune, bool) {
	if d.i+4 > len(d.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(d.s[d.i:d.i+4], 16, 16)
	d.i += 4
	return rune(n), err == nil
}
