package importers

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"rehome/identity"
)

// textFault is why a string is no text; the words follow a field's name.
type textFault string

const (
	notUTF8   textFault = "holds bytes that are not UTF-8"
	holdsNUL  textFault = "holds a NUL"
	halfPair  textFault = "holds half of a surrogate pair, which is no character"
	badEscape textFault = "holds an escape that JSON does not have"
)

// problem is the fault as a problem of the record.
func (f textFault) problem(field string) *identity.Problem {
	code := identity.TextInvalid
	if f == badEscape {
		code = identity.RecordUnreadable
	}
	return &identity.Problem{Code: code, Detail: field + " " + string(f)}
}

// decodeText is the text of a JSON string, and why it is none. A control
// character that is not escaped is taken as it stands: only JSON's grammar
// forbids it, and it can mean nothing else.
func decodeText(raw []byte, m marks) (string, textFault) {
	if m == 0 {
		return string(raw), ""
	}
	if m&markHigh != 0 && !utf8.Valid(raw) {
		return "", notUTF8
	}
	if m&markEscape != 0 {
		plain, fault := unescapeJSON(raw)
		if fault != "" {
			return "", fault
		}
		raw = plain
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", holdsNUL
	}
	return string(raw), ""
}

// unescapeJSON resolves the escapes of RFC 8259 §7.
func unescapeJSON(raw []byte) ([]byte, textFault) {
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(out, raw...), ""
		}
		out, raw = append(out, raw[:i]...), raw[i:]
		if c := unescapeByte(raw[1]); c != 0 {
			out, raw = append(out, c), raw[2:]
			continue
		}
		r, size, fault := unescapeRune(raw)
		if fault != "" {
			return nil, fault
		}
		out, raw = utf8.AppendRune(out, r), raw[size:]
	}
}

// unescapeByte says what a letter behind a backslash stands for; 0 when it is
// no escape, or the u of a longer one.
func unescapeByte(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// unescapeRune resolves \uXXXX, or the two of them that make a character
// outside the basic plane.
func unescapeRune(raw []byte) (r rune, size int, fault textFault) {
	r, ok := hex4(raw)
	if !ok {
		return 0, 0, badEscape
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, ""
	}
	low, ok := hex4(raw[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0, halfPair
	}
	return r, 12, ""
}

func hex4(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(n), err == nil
}

// decodeObject reads text as one JSON object, its numbers as they stand. It
// answers false when text is none, when it is nested deeper than maxDepth, or
// when something in it would have to be replaced. Of a name that is there twice
// the last one counts, as in JavaScript.
func decodeObject(text []byte) (object map[string]any, ok bool) {
	text = bytes.TrimSpace(text)
	s := jsonScan{b: text}
	if s.token() != '{' || !s.skip() || s.deep || s.i != len(text) {
		return nil, false
	}
	if bytes.IndexByte(text, '\\') >= 0 {
		if plain, fault := unescapeJSON(text); fault != "" || bytes.IndexByte(plain, 0) >= 0 {
			return nil, false
		}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	err := dec.Decode(&object)
	return object, err == nil
}
