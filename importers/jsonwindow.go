package importers

// parsed is how parsing out of a window ended.
type parsed int

const (
	whole    parsed = iota // consumed
	broken                 // not JSON, at the window's offset plus the scan's i
	ended                  // the stream ends inside
	tooLarge               // does not fit into maxRecord; nothing was consumed
)

// parse runs step over what is unread, anew after each refill, until step does
// not want more text. s is the scan that step works with.
func (w *window) parse(s *jsonScan, step func() bool) parsed {
	for {
		*s = jsonScan{b: w.unread()}
		if step() {
			w.pos += s.i
			return whole
		}
		switch {
		case !s.short:
			return broken
		case w.more():
		case w.eof:
			return ended
		default:
			return tooLarge
		}
	}
}

// discard passes over the object, list or string at hand, however long it is,
// without keeping it; false when the stream ends first. It looks at quotes and
// brackets only.
func (w *window) discard() bool {
	var d discarder
	for {
		for ; w.pos < w.end; w.pos++ {
			if d.ends(w.buf[w.pos]) {
				w.pos++
				return true
			}
		}
		if !w.more() {
			return false
		}
	}
}

// discarder finds the end of a value byte by byte.
type discarder struct {
	depth            int
	inString, escape bool
}

// ends reports whether c is the value's last byte.
func (d *discarder) ends(c byte) bool {
	switch {
	case d.escape:
		d.escape = false
	case d.inString:
		d.escape = c == '\\'
		d.inString = c != '"'
		return !d.inString && d.depth == 0
	case c == '"':
		d.inString = true
	case c == '{' || c == '[':
		d.depth++
	case c == '}' || c == ']':
		d.depth--
		return d.depth <= 0
	}
	return false
}
