package importers

import "bytes"

// plainTuple reads a row that lies in the window as a whole and is written in
// the simplest way, as nearly all are: numbers, strings without a doubled quote,
// NULL. It answers false, with nothing consumed, when there is anything else;
// then the row is read by the full rules. It accepts nothing that they would
// not, and it is what makes a dump of millions of rows a matter of seconds.
func (d *sqlDump) plainTuple() bool {
	d.out.values = d.out.values[:0]
	buf, i := d.buf, d.pos+1
	for len(d.out.values) < maxDumpColumns {
		from, to, form := i, 0, formPlain
		if i = plainBlank(buf, i); i == len(buf) {
			return false
		}
		switch c := buf[i]; {
		case c == '\'' || c == '"':
			from, form = i+1, formQuoted
			to = d.plainString(from, c)
			i = to + 1
		case isDigit(c):
			from = i
			to = plainDigits(buf, i)
			i = to
		case c == 'N' && bytes.HasPrefix(buf[i:], []byte("NULL")):
			from, to, form = i, i, formNull
			i += len("NULL")
		default:
			return false
		}
		if to < 0 || i >= len(buf) || buf[i] != ',' && buf[i] != ')' {
			return false
		}
		if d.noBackslash && form == formQuoted {
			form = formPlain
		}
		d.out.values = append(d.out.values, tableValue{raw: buf[from:to], form: form})
		if i++; buf[i-1] == ')' {
			d.pos = i
			return true
		}
	}
	return false
}

// plainString finds the quote that closes the string at from; -1 when it is not
// in the window, or doubled.
func (d *sqlDump) plainString(from int, quote byte) int {
	for i := from; ; i++ {
		n := bytes.IndexByte(d.buf[i:], quote)
		if n < 0 {
			return -1
		}
		i += n
		if i > from && d.buf[i-1] == '\\' && !d.noBackslash && backslashes(d.buf[from:i])&1 == 1 {
			continue
		}
		if i+1 >= len(d.buf) || d.buf[i+1] == quote {
			return -1
		}
		return i
	}
}

func plainDigits(buf []byte, i int) int {
	for i < len(buf) && isDigit(buf[i]) {
		i++
	}
	return i
}

func plainBlank(buf []byte, i int) int {
	for i < len(buf) && (buf[i] == ' ' || buf[i] == '\t' || buf[i] == '\n' || buf[i] == '\r') {
		i++
	}
	return i
}
