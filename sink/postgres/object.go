package postgres

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object as jsonb keeps it and as we compare it: keys sorted,
// numbers without an exponent and, within 64 bits, without a fraction that is
// nought. Empty: none.
type object string

// Bounds of an object: bytes as Postgres prints it, and levels.
const (
	maxObject = 32 << 10
	maxDepth  = 100
)

// objectOf makes an object of values, if jsonb takes them and gives them all back.
// Values are kept whole or not at all: half of a set of rights is another set.
func objectOf(values map[string]any) (object, bool) {
	var c canon
	c.object(values, 0)
	if c.lossy || c.out.Len()+c.breaks > maxObject {
		return "", false
	}
	return object(c.out.String()), true
}

// objectFrom is the canonical form of an object that was read back. A text that is
// no object stays as it is, and so differs from everything of ours.
func objectFrom(text string) object {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var values map[string]any
	if err := dec.Decode(&values); err != nil || values == nil {
		return object(text)
	}
	var c canon
	c.object(values, 0)
	return object(c.out.String())
}

// canon writes values in canonical form.
type canon struct {
	out    bytes.Buffer
	breaks int  // blanks that Postgres adds after commas and colons
	lossy  bool // something would not come back as it is
}

func (c *canon) value(v any, depth int) {
	if depth > maxDepth {
		c.lossy = true
		return
	}
	switch v := v.(type) {
	case map[string]any:
		c.object(v, depth+1)
	case object:
		c.out.WriteString(string(v))
		c.breaks += strings.Count(string(v), ",") + strings.Count(string(v), ":")
	case []any:
		c.list(v, depth+1)
	case string:
		c.text(v)
	case json.Number:
		c.number(string(v))
	case nil, bool:
		b, _ := json.Marshal(v)
		c.out.Write(b)
	default:
		c.other(v, depth)
	}
}

// other takes every other type in the spelling that JSON gives it.
func (c *canon) other(v any, depth int) {
	b, err := json.Marshal(v)
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var plain any
	if err != nil || dec.Decode(&plain) != nil {
		c.lossy = true
		return
	}
	c.value(plain, depth)
}

func (c *canon) object(m map[string]any, depth int) {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	c.out.WriteByte('{')
	for i, name := range names {
		c.comma(i)
		c.text(name)
		c.out.WriteByte(':')
		c.breaks++
		c.value(m[name], depth)
	}
	c.out.WriteByte('}')
}

func (c *canon) list(items []any, depth int) {
	c.out.WriteByte('[')
	for i, v := range items {
		c.comma(i)
		c.value(v, depth)
	}
	c.out.WriteByte(']')
}

func (c *canon) comma(i int) {
	if i > 0 {
		c.out.WriteByte(',')
		c.breaks++
	}
}

func (c *canon) text(s string) {
	if plain(s) { // nearly every text, without an encoder of its own
		c.out.WriteByte('"')
		c.out.WriteString(s)
		c.out.WriteByte('"')
		return
	}
	if !goodText(s) {
		c.lossy = true
	}
	enc := json.NewEncoder(&c.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always has a JSON form
	c.out.Truncate(c.out.Len() - len("\n"))
}

// plain reports whether a text stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// number writes integers of 64 bits as such, and every other number as its
// float64 with all digits, as Postgres prints it.
func (c *canon) number(s string) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		c.out.WriteString(strconv.FormatInt(n, 10))
		return
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		c.lossy = true
		return
	}
	if digitsOnly(strings.TrimPrefix(s, "-")) {
		c.lossy = true // an integer of more than 64 bits
	}
	if f == 0 {
		f = 0 // not -0, which numeric does not know
	}
	c.out.WriteString(strconv.FormatFloat(f, 'f', -1, 64))
}
