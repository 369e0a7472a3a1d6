package rehearsal

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is the type of a value as PHP sees it: Appwrite decodes bodies with
// json_decode, and its validators ask for PHP's types.
type kind uint8

const (
	isNull kind = iota
	isBool
	isInt
	isFloat
	isText
	isArray // a JSON list or object: PHP has one type for both
)

// value is one decoded parameter. The zero value is null.
type value struct {
	kind kind
	num  int64 // of an int; of a bool, 0 or 1; of a float, its bits
	text string
	*array
}

// array is what an array holds.
type array struct {
	keys  []string // of an object; nil for a list
	items []value
}

func text(s string) value { return value{kind: isText, text: s} }

func number(n int64) value { return value{kind: isInt, num: n} }

func truth(t bool) value {
	if t {
		return value{kind: isBool, num: 1}
	}
	return value{kind: isBool}
}

func list(items ...value) value { return value{kind: isArray, array: &array{items: items}} }

func (v value) flag() bool { return v.num != 0 }

func (v value) float() float64 { return math.Float64frombits(uint64(v.num)) }

// get finds a key of an object.
func (v value) get(key string) (value, bool) {
	if v.kind != isArray {
		return value{}, false
	}
	for i, k := range v.keys {
		if k == key {
			return v.items[i], true
		}
	}
	return value{}, false
}

// list reports whether PHP would print the array as a JSON list: its keys are
// exactly 0 to n-1, in order. An empty array is one.
func (v value) isList() bool {
	for i, k := range v.keys {
		if k != strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// empty is PHP's empty().
func (v value) empty() bool {
	switch v.kind {
	case isBool:
		return !v.flag()
	case isInt:
		return v.num == 0
	case isFloat:
		return v.float() == 0
	case isText:
		return v.text == "" || v.text == "0"
	case isArray:
		return len(v.items) == 0
	}
	return true
}

// finite reports whether v can be printed: PHP's json_encode has no infinity,
// which a number out of range becomes.
func (v value) finite() bool {
	if v.kind == isArray {
		return !slices.ContainsFunc(v.items, func(item value) bool { return !item.finite() })
	}
	return v.kind != isFloat || !math.IsInf(v.float(), 0)
}

// appendJSON prints v as PHP's json_encode does: slashes escaped, floats
// without a trailing ".0". With ascii, everything beyond ASCII is escaped too,
// which is json_encode without JSON_UNESCAPED_UNICODE.
func (v value) appendJSON(b []byte, ascii bool) []byte {
	switch v.kind {
	case isBool:
		return strconv.AppendBool(b, v.flag())
	case isInt:
		return strconv.AppendInt(b, v.num, 10)
	case isFloat:
		return appendFloat(b, v.float())
	case isText:
		return appendText(b, v.text, ascii)
	case isArray:
		return v.appendArray(b, ascii)
	}
	return append(b, "null"...)
}

func (v value) appendArray(b []byte, ascii bool) []byte {
	list := v.isList()
	open, end := byte('{'), byte('}')
	if list {
		open, end = '[', ']'
	}
	b = append(b, open)
	for i, item := range v.items {
		if i > 0 {
			b = append(b, ',')
		}
		if !list {
			b = append(appendText(b, v.keys[i], ascii), ':')
		}
		b = item.appendJSON(b, ascii)
	}
	return append(b, end)
}

// appendFloat prints a float with serialize_precision -1: the shortest form
// that reads back, in exponent form from 1e15 on (php-src main/snprintf.c,
// smart_str_append_double).
func appendFloat(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(exponent)
	if n >= -4 && n < 15 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	b = append(append(b, mantissa...), 'e')
	if n >= 0 {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(n), 10)
}

const hexDigits = "0123456789abcdef"

// appendText prints a JSON string as PHP does.
func appendText(b []byte, s string, ascii bool) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf && !ascii || c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '/' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		size := 1
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			size, b = n, appendRune(b, r)
		} else {
			b = appendEscape(b, c)
		}
		i += size
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\', '/':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// appendRune writes \uXXXX, as a surrogate pair where one is needed.
func appendRune(b []byte, r rune) []byte {
	unit := func(b []byte, u rune) []byte {
		return append(b, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	if r < 0x10000 {
		return unit(b, r)
	}
	r -= 0x10000
	return unit(unit(b, 0xD800+r>>10), 0xDC00+r&0x3FF)
}
