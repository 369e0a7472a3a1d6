package importers

import (
	"bytes"
	"math/bits"
)

// split is what was found out about the row at pos.
type split struct {
	stop   int // index of its line end
	fault  fault
	at     int  // with a fault: the opening quote, or the field, where it was found
	quoted bool // a quoted or escaped field: line breaks may be inside
	nul    bool // a NUL was met outside quotes
}

func (s *split) plain() bool { return s.fault == faultNone && !s.quoted && !s.nul }

type fault int

const (
	faultNone      fault = iota
	faultBareQuote       // a quote where the dialect allows none; the row's end is known all the same
	faultQuote           // a quote not closed, or closed too early
	faultFields          // too many fields
	faultSize            // the row is too large
)

// split finds the fields of the row at pos, appends them to r.fields and
// returns the index of the row's line end, or -1 when more data is wanted.
// After a fault above faultBareQuote the index means nothing.
func (r *rowReader) split() int {
	if r.d.backslash {
		return r.splitEscaped()
	}
	return r.splitPlain()
}

// splitPlain is RFC 4180. It goes from mark to mark; the zero bytes behind the
// data are marked, so that it always meets the end.
func (r *rowReader) splitPlain() int {
	buf, start, comma, fields := r.buf, r.pos, r.d.delimiter, r.fields
	k, m := r.marksFrom(start)
	for {
		for m == 0 {
			k++
			m = r.marks[k]
		}
		p := k*blockSize + bits.TrailingZeros64(m)
		m &= m - 1
		switch c := buf[p]; {
		case c == comma:
			if len(fields) == maxFields-1 {
				return r.fault(faultFields, p)
			}
			fields = append(fields, buf[start:p])
			start = p + 1
		case c == '\n' && !r.d.crOnly || c == '\r' || p >= r.end:
			r.fields = fields
			return r.lastField(start, min(p, r.end))
		case c == '"' && p == start:
			r.fields = fields
			if p = r.quoted(p); p < 0 || p == r.end || buf[p] != comma {
				return p
			}
			fields, start = r.fields, p+1
			k, m = r.marksFrom(start)
		case c == '"' && !r.d.lazyQuotes:
			r.cut.fault = faultBareQuote
		case c == 0:
			r.cut.nul = true
		}
	}
}

// fault notes what is wrong and where; it returns no index.
func (r *rowReader) fault(f fault, at int) int {
	r.cut.fault, r.cut.at = f, at
	return -1
}

// lastField appends the unquoted field that ends the row at p.
func (r *rowReader) lastField(start, p int) int {
	if p == r.end && !r.eof {
		return -1
	}
	r.fields = append(r.fields, r.buf[start:p])
	return p
}

// quoted reads the quoted field that opens at open, appends it, and returns the
// index behind its closing quote: a delimiter, a line end or the end. -1 is a
// fault, or asks for more data.
func (r *rowReader) quoted(open int) int {
	r.cut.quoted = true
	from, mark, doubled := open+1, len(r.scratch), false
	for {
		q := indexByte(r.buf, from, min(r.end, open+maxQuoted), '"')
		if q < 0 {
			return r.unclosed(open)
		}
		if q+1 == r.end && !r.eof {
			return -1
		}
		if q+1 < r.end && r.buf[q+1] == '"' {
			r.scratch = append(r.scratch, r.buf[from:q+1]...)
			from, doubled = q+2, true
			continue
		}
		field := r.buf[from:q]
		if doubled {
			r.scratch = append(r.scratch, field...)
			field = r.scratch[mark:]
		}
		return r.closed(open, q+1, field)
	}
}

// unclosed is the answer where no closing quote is in sight.
func (r *rowReader) unclosed(open int) int {
	if !r.eof && r.end < open+maxQuoted {
		return -1
	}
	return r.fault(faultQuote, open)
}

// closed appends a quoted field, provided that what stands at i may follow it.
func (r *rowReader) closed(open, i int, field []byte) int {
	comma := i < r.end && r.buf[i] == r.d.delimiter
	switch {
	case i < r.end && !comma && !r.endsLine(i):
		return r.fault(faultQuote, open)
	case comma && len(r.fields) == maxFields-1:
		return r.fault(faultFields, open)
	}
	r.fields = append(r.fields, field)
	return i
}

// indexByte finds c in b[from:to]; -1 when it is not there.
func indexByte(b []byte, from, to int, c byte) int {
	if from >= to {
		return -1
	}
	i := bytes.IndexByte(b[from:to], c)
	if i < 0 {
		return -1
	}
	return from + i
}

// splitEscaped is the dialect with backslashes. It is read byte by byte: files
// of this kind are made by hand and rarely large.
func (r *rowReader) splitEscaped() int {
	r.cut.quoted = true
	for i := r.pos; ; i++ {
		if i = r.escaped(i); i < 0 || i == r.end || r.buf[i] != r.d.delimiter {
			return i
		}
		if len(r.fields) == maxFields {
			return r.fault(faultFields, i)
		}
	}
}

// escaped reads one field at i, appends it and returns the index of what ends
// it; -1 is a fault, or asks for more data.
func (r *rowReader) escaped(open int) int {
	mark, i := len(r.scratch), open
	if !r.d.noQuotes && i < r.end && r.buf[i] == '"' {
		return r.escapedQuoted(open)
	}
	for ; i < r.end; i++ {
		switch c := r.buf[i]; {
		case c == '\\':
			if i++; i < r.end {
				r.scratch = append(r.scratch, unescape(r.buf[i]))
			}
			continue
		case c == r.d.delimiter || r.endsLine(i):
			return r.appendEscaped(open, i, mark)
		case c == '"' && !r.d.noQuotes && !r.d.lazyQuotes:
			r.cut.fault = faultBareQuote
		}
		r.scratch = append(r.scratch, r.buf[i])
	}
	if !r.eof {
		return -1
	}
	return r.appendEscaped(open, r.end, mark)
}

// escapedQuoted is escaped for a field in quotes.
func (r *rowReader) escapedQuoted(open int) int {
	mark, limit := len(r.scratch), min(r.end, open+maxQuoted)
	for i := open + 1; i < limit; i++ {
		switch r.buf[i] {
		case '\\':
			if i++; i < limit {
				r.scratch = append(r.scratch, unescape(r.buf[i]))
			}
			continue
		case '"':
			if i+1 == r.end && !r.eof {
				return -1
			}
			if i+1 == r.end || r.buf[i+1] != '"' {
				return r.closed(open, i+1, r.scratch[mark:])
			}
			i++
		}
		r.scratch = append(r.scratch, r.buf[i])
	}
	return r.unclosed(open)
}

// appendEscaped appends the unquoted field buf[from:to], unescaped in scratch
// since mark, and returns to. \N and nothing else is null.
func (r *rowReader) appendEscaped(from, to, mark int) int {
	field := r.scratch[mark:]
	if string(r.buf[from:to]) == `\N` {
		field = nil
	}
	r.fields = append(r.fields, field)
	return to
}

// unescape is what a backslash before c stands for (MySQL manual, LOAD DATA,
// FIELDS ESCAPED BY).
func unescape(c byte) byte {
	switch c {
	case '0':
		return 0
	case 'b':
		return '\b'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'Z':
		return 0x1a
	}
	return c
}
