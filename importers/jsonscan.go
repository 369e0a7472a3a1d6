package importers

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// maxDepth bounds nesting: Firebase's own records have five levels, and claims
// a few more.
const maxDepth = 64

// jsonScan goes once through JSON text (RFC 8259) that lies in memory. Every
// method consumes what it names and answers false when it could not: then
// either short is set, and more text is wanted, or says holds what is wrong at
// b[i].
type jsonScan struct {
	b     []byte
	i     int
	short bool
	says  string
	deep  bool // a value was nested deeper than maxDepth
}

func (s *jsonScan) fail(says string) bool {
	s.says = says
	return false
}

// token passes over white space and returns the next byte; 0 when the text ends.
func (s *jsonScan) token() byte {
	for ; s.i < len(s.b); s.i++ {
		if c := s.b[s.i]; c > ' ' || !isJSONSpace(c) {
			return c
		}
	}
	s.short = true
	return 0
}

func isJSONSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// next consumes c, after white space.
func (s *jsonScan) next(c byte, says string) bool {
	if s.token() != c {
		return s.fail(says)
	}
	s.i++
	return true
}

// marks of a string: what was met between its quotes.
type marks uint8

const (
	markEscape  marks = 1 << iota // a backslash
	markHigh                      // bytes beyond ASCII
	markControl                   // bytes under 0x20, which RFC 8259 wants escaped
)

// str consumes a string whose opening quote is at b[i], and returns what stands
// between the quotes, as it stands.
func (s *jsonScan) str() (text []byte, m marks, ok bool) {
	from, beyond := s.i+1, uint64(highs)
	for i := from; ; i++ {
		if i = special(s.b, i, beyond); i >= len(s.b) {
			s.short = true
			return nil, m, false
		}
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return s.b[from:i], m, true
		case c == '\\':
			m |= markEscape
			i++
		case c >= 0x80:
			m |= markHigh
			beyond = 0 // one is enough to know
		default:
			m |= markControl
		}
	}
}

// special finds the first byte at i or behind it that means something inside a
// string: a quote, a backslash, a control character or, with beyond set to highs,
// a byte beyond ASCII. It looks at eight bytes at once: a byte's top bit is set
// in found if the byte is one of these, and the lowest bit set is exact (those
// above it may be carries).
func special(b []byte, i int, beyond uint64) int {
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^('"'*ones), w^('\\'*ones)
		found := ((quote-ones)&^quote|(slash-ones)&^slash|(w-0x20*ones)&^w)&highs | w&beyond
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < 0x20 || c >= 0x80 && beyond != 0 {
			return i
		}
	}
	return i
}

// key consumes a member's name and its colon, and returns the name.
func (s *jsonScan) key() (name []byte, ok bool) {
	if s.token() != '"' {
		return nil, s.fail("expected a name in quotes")
	}
	text, m, ok := s.str()
	if !ok {
		return nil, false
	}
	if m != 0 {
		plain, _ := decodeText(text, m)
		text = []byte(plain)
	}
	return text, s.next(':', "expected a colon after the name")
}

// nameInto is key for those who keep the name.
func (s *jsonScan) nameInto(name *string) bool {
	text, ok := s.key()
	*name = string(text)
	return ok
}

// members consumes an object whose opening brace is at b[i]. each is called
// behind every name and has to consume the value.
func (s *jsonScan) members(each func(name []byte) bool) bool {
	s.i++
	if s.token() == '}' {
		s.i++
		return true
	}
	for {
		name, ok := s.key()
		if !ok || !each(name) {
			return false
		}
		switch s.token() {
		case ',':
			s.i++
		case '}':
			s.i++
			return true
		default:
			return s.fail("expected a comma or } after a value")
		}
	}
}

// elements consumes a list whose opening bracket is at b[i]. each is called at
// every value and has to consume it.
func (s *jsonScan) elements(each func() bool) bool {
	s.i++
	if s.token() == ']' {
		s.i++
		return true
	}
	for {
		if s.token(); s.short || !each() {
			return false
		}
		switch s.token() {
		case ',':
			s.i++
		case ']':
			s.i++
			return true
		default:
			return s.fail("expected a comma or ] after a value")
		}
	}
}

// skip consumes a value that nobody wants. Strings and brackets have to match,
// single words have to be JSON; commas and colons inside are not looked at.
func (s *jsonScan) skip() bool {
	var objects uint64 // one bit a level: is it an object?
	depth := 0
	for {
		switch c := s.token(); {
		case s.short:
			return false
		case c == '"':
			if _, _, ok := s.str(); !ok {
				return false
			}
		case c == '{' || c == '[':
			s.i++
			if depth++; depth > maxDepth {
				s.deep = true
			}
			objects = objects<<1 | uint64(c>>5&1)
		case c == '}' || c == ']':
			if depth == 0 || !s.deep && objects&1 != uint64(c>>5&1) {
				return s.fail("a bracket closes what it did not open")
			}
			s.i++
			depth--
			objects >>= 1
		case (c == ',' || c == ':') && depth > 0:
			s.i++
			continue
		case !s.word():
			return false
		}
		if depth == 0 {
			return true
		}
	}
}

// word consumes true, false, null or a number.
func (s *jsonScan) word() bool {
	end := s.i
	for end < len(s.b) && isWordByte(s.b[end]) {
		end++
	}
	if end == len(s.b) {
		s.short = true
		return false
	}
	text := s.b[s.i:end]
	switch {
	case len(text) == 0:
		return s.fail("expected a value")
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		if len(bytes.Trim(text, "0123456789+-.eE")) > 0 {
			return s.fail("not a number")
		}
	case string(text) != "true" && string(text) != "false" && string(text) != "null":
		return s.fail("expected a value; words that are not true, false or null stand in quotes")
	}
	s.i = end
	return true
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.' || c == '_'
}

// kindOf names the kind of the value that begins with c.
func kindOf(c byte) string {
	switch {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "text"
	case c == 't' || c == 'f':
		return "true or false"
	case c == 'n':
		return "null"
	}
	return "a number"
}
