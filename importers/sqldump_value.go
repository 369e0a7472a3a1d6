package importers

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// valueForm is how a value is spelt.
type valueForm uint8

const (
	formNull   valueForm = iota // NULL, and DEFAULT
	formPlain                   // as it stands: a number, or text without any escape
	formQuoted                  // text in which backslashes escape
	formHex                     // hex digits of bytes
	formBits                    // binary digits of bytes
	formTrue
	formFalse
	formBroken // of a source in which values can be unreadable
)

// tableValue is a value of a row, decoded only when it is asked for: most of a
// row's values are not.
type tableValue struct {
	raw     []byte // as it stands, without quotes and prefix
	form    valueForm
	quote   byte   // stands doubled somewhere in raw; 0: does not
	charset string // of an introducer such as _latin1; "binary" for bytes; "": the source's
}

// null reports whether there is no value.
func (v *tableValue) null() bool { return v.form == formNull }

// bytes is the value as the server would store it, or send it, with no change of
// charset; false when it cannot be read, such as a hex literal whose digits are
// none. What has to be decoded is decoded into scratch, and stays there until
// scratch is used again.
func (v *tableValue) bytes(scratch *[]byte) ([]byte, bool) {
	out, ok := (*scratch)[:0], true
	switch {
	case v.form == formHex:
		out, ok = unhex(out, v.raw)
	case v.form == formBits:
		out, ok = unbit(out, v.raw)
	case v.form == formTrue:
		out = append(out, '1')
	case v.form == formFalse:
		out = append(out, '0')
	case v.form == formQuoted && (v.quote != 0 || bytes.IndexByte(v.raw, '\\') >= 0):
		out = unescapeSQL(out, v.raw, v.quote)
	case v.form == formPlain && v.quote != 0:
		out = undouble(out, v.raw, v.quote)
	default:
		return v.raw, v.form != formBroken
	}
	*scratch = out
	return out, ok
}

// value reads one value of a row and appends it.
func (d *sqlDump) value() error {
	if err := d.blank(); err != nil {
		return err
	}
	if !d.more() {
		return d.endedStatement()
	}
	switch c := d.buf[d.pos]; {
	case c == '\'' || c == '"':
		return d.text(tableValue{form: formQuoted})
	case isDigit(c) || c == '-' || c == '+' || c == '.':
		return d.number(tableValue{form: formPlain})
	}
	return d.literal()
}

// text reads a string. In a list of values "…" is always one, whatever the SQL
// mode says of it elsewhere.
func (d *sqlDump) text(v tableValue) error {
	quote, from := d.buf[d.pos], d.pos-d.mark+1
	doubled, err := d.quoted()
	if err != nil {
		return err
	}
	if doubled {
		v.quote = quote
	}
	if d.noBackslash && v.form == formQuoted {
		v.form = formPlain
	}
	d.add(v, span{from, d.pos - d.mark - 1})
	return nil
}

// number reads a number, or bytes as 0x4142 or 0b01.
func (d *sqlDump) number(v tableValue) error {
	from := d.pos - d.mark
	if c := d.buf[d.pos]; c == '-' || c == '+' {
		d.pos++
	}
	word := d.word()
	if len(word) > 1 && word[0] == '0' && (word[1] == 'x' || word[1] == 'b') {
		v.form, v.charset = formHex, binaryUnless(v.charset)
		if word[1] == 'b' {
			v.form = formBits
		}
		d.add(v, span{from + 2, d.pos - d.mark})
		return nil
	}
	if d.peek(0) == '.' {
		d.pos++
		word = d.word()
	}
	if n := len(word); n > 0 && word[n-1]|0x20 == 'e' && (d.peek(0) == '-' || d.peek(0) == '+') {
		d.pos++
		d.word()
	}
	s := span{from, d.pos - d.mark}
	if !d.large && !isNumber(d.piece(s)) {
		return d.wrong("a value of %s begins like a number and is none", d.into.table.name)
	}
	d.add(v, s)
	return nil
}

// isNumber reports whether b, which begins like a number, is one.
func isNumber(b []byte) bool {
	digits := 0
	for i, c := range b {
		switch {
		case isDigit(c):
			digits++
		case c == '.' || i == 0:
		case c|0x20 == 'e' && digits > 0, (c == '-' || c == '+') && b[i-1]|0x20 == 'e':
		default:
			return false
		}
	}
	return digits > 0 && isDigit(b[len(b)-1]) || digits > 0 && b[len(b)-1] == '.'
}

// literal reads a value that begins with a letter: NULL, TRUE, X'41', N'…',
// _utf8mb4'…' and their like. Anything else is an expression.
func (d *sqlDump) literal() error {
	from := d.pos - d.mark
	word := d.word()
	quoted := len(word) == 1 && d.peek(0) == '\''
	switch {
	case isWord(word, "NULL"), isWord(word, "DEFAULT"):
		d.add(tableValue{form: formNull}, span{from, from})
		return nil
	case isWord(word, "TRUE"):
		d.add(tableValue{form: formTrue}, span{from, from})
		return nil
	case isWord(word, "FALSE"):
		d.add(tableValue{form: formFalse}, span{from, from})
		return nil
	case quoted && word[0]|0x20 == 'x':
		return d.text(tableValue{form: formHex, charset: "binary"})
	case quoted && word[0]|0x20 == 'b':
		return d.text(tableValue{form: formBits, charset: "binary"})
	case quoted && word[0]|0x20 == 'n':
		return d.text(tableValue{form: formQuoted, charset: "utf8"})
	case len(word) > 1 && word[0] == '_':
		return d.introduced(strings.ToLower(string(word[1:])))
	}
	d.pos -= len(word)
	return d.wrong("a value of %s is neither text nor number nor NULL: it is damaged, or an expression that only a server can compute", d.into.table.name)
}

// introduced reads the value behind a charset introducer.
func (d *sqlDump) introduced(charset string) error {
	if err := d.blank(); err != nil {
		return err
	}
	if c := d.peek(0); c == 'x' || c == 'X' {
		d.pos++
		if d.peek(0) == '\'' {
			return d.text(tableValue{form: formHex, charset: charset})
		}
		d.pos--
	}
	switch c := d.peek(0); {
	case c == '\'' || c == '"':
		return d.text(tableValue{form: formQuoted, charset: charset})
	case c == '0':
		return d.number(tableValue{form: formPlain, charset: charset})
	case !d.more():
		return d.endedStatement()
	}
	return d.wrong("a value of %s has a charset but no text", d.into.table.name)
}

func (d *sqlDump) add(v tableValue, s span) {
	d.out.values, d.spans = append(d.out.values, v), append(d.spans, s)
}

// binaryUnless is the charset of bytes that an introducer may have named.
func binaryUnless(charset string) string {
	if charset == "" {
		return "binary"
	}
	return charset
}

// unescapeSQL undoes what real_escape_string and the doubling of quotes do
// (MySQL manual, String Literals). \% and \_ keep their backslash.
func unescapeSQL(out, raw []byte, quote byte) []byte {
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == quote && quote != 0:
			i++
		case c == '\\' && i+1 < len(raw):
			i++
			if c = raw[i]; c == '%' || c == '_' {
				out = append(out, '\\')
			} else {
				c = unescape(c)
			}
		}
		out = append(out, c)
	}
	return out
}

// undouble makes one of every doubled quote.
func undouble(out, raw []byte, quote byte) []byte {
	for i := 0; i < len(raw); i++ {
		out = append(out, raw[i])
		if raw[i] == quote {
			i++
		}
	}
	return out
}

// unhex decodes hex digits; an odd count has an unwritten leading zero.
func unhex(out, digits []byte) ([]byte, bool) {
	if len(digits)%2 == 1 {
		digits = append([]byte{'0'}, digits...)
	}
	out = append(out, make([]byte, len(digits)/2)...)
	_, err := hex.Decode(out, digits)
	return out, err == nil
}

// unbit decodes binary digits, the last of which is the lowest bit.
func unbit(out, digits []byte) ([]byte, bool) {
	out = append(out, make([]byte, (len(digits)+7)/8)...)
	for i, digit := range digits {
		if digit != '0' && digit != '1' {
			return out, false
		}
		place := len(digits) - 1 - i
		out[len(out)-1-place/8] |= (digit - '0') << (place % 8)
	}
	return out, true
}
