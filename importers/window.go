package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bounds of what is held in memory, in bytes. A user of an export is some
// hundred bytes; the largest claims Firebase allows are 1,000.
const (
	windowSize = 256 << 10
	maxRecord  = 16 << 20 // a larger record is passed over without being kept
	maxRaw     = 1 << 20  // of a record that could not be read, kept for the person who mends it
)

// window is the part of a stream that is in memory. What is parsed out of it is
// parsed as if everything were there; where the window ends too early, it is
// refilled and the record at hand is parsed again. That keeps the parsers free
// of states, and each byte is still looked at about once, since a refill reads
// as much as there is room for.
type window struct {
	r        io.Reader
	name     string
	buf      []byte // buf[pos:end] is unread
	pos, end int
	base     int64 // offset of buf[0] in the stream
	eof      bool  // nothing more comes
	err      error // why not, io.EOF apart
	cut      bool  // the stream was compressed, and its compressed form ends too early
}

func newWindow(r io.Reader, name string) *window {
	return &window{r: r, name: name, buf: make([]byte, windowSize)}
}

// unread is what is in memory and was not consumed. It is valid until more.
func (w *window) unread() []byte { return w.buf[w.pos:w.end] }

// offset is the position of the next unread byte in the stream.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// length is how much of the stream was read: all of it, once eof is set.
func (w *window) length() int64 { return w.base + int64(w.end) }

// more reads on; false when there is nothing more, or no room for it because
// what is unread has reached maxRecord.
func (w *window) more() bool {
	if w.eof || w.end-w.pos >= maxRecord {
		return false
	}
	w.makeRoom()
	before := w.end
	for idle := 0; w.end < len(w.buf) && !w.eof; {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		if idle++; n > 0 {
			idle = 0
		}
		if err == nil && idle == 100 {
			err = io.ErrNoProgress
		}
		w.finish(err)
	}
	return w.end > before
}

// Read hands what is unread, and then the rest, to a reader of another kind.
func (w *window) Read(p []byte) (int, error) {
	if w.pos == w.end && !w.more() {
		if w.err != nil {
			return 0, w.failure()
		}
		return 0, io.EOF
	}
	n := copy(p, w.unread())
	w.pos += n
	return n, nil
}

// makeRoom moves what is unread to the front, into a larger buffer when it
// fills more than half of this one.
func (w *window) makeRoom() {
	rest, buf := w.unread(), w.buf
	if len(rest) > len(buf)/2 {
		buf = make([]byte, 2*len(buf))
	}
	copy(buf, rest)
	w.base += int64(w.pos)
	w.buf, w.pos, w.end = buf, 0, len(rest)
}

// finish notes the end of the stream.
func (w *window) finish(err error) {
	if err == nil {
		return
	}
	w.eof = true
	if err == io.EOF {
		return
	}
	source, ok := errors.AsType[*SourceError](err)
	if ok && source.Kind == Truncated || errors.Is(err, io.ErrUnexpectedEOF) {
		w.cut = true
		return
	}
	w.err = err
}

// failure is the error of the stream itself, with the place where it happened.
func (w *window) failure() error {
	if w.err == nil {
		return nil
	}
	if source, ok := errors.AsType[*SourceError](w.err); ok {
		return source
	}
	return fmt.Errorf("%s: byte %d: %w", w.name, w.length(), w.err)
}

// skipMark passes over the byte order mark that Windows programs put first.
func (w *window) skipMark() {
	w.more()
	if bytes.HasPrefix(w.unread(), []byte(byteOrderMark)) {
		w.pos += len(byteOrderMark)
	}
}

const byteOrderMark = "\xef\xbb\xbf"

// token passes over white space and returns the next byte without consuming it;
// false at the end.
func (w *window) token() (byte, bool) {
	for {
		for ; w.pos < w.end; w.pos++ {
			if !isJSONSpace(w.buf[w.pos]) {
				return w.buf[w.pos], true
			}
		}
		if !w.more() {
			return 0, false
		}
	}
}

// line returns the next line without its line end, and consumes it. It is whole
// unless long says that it went beyond maxRecord; then the rest was passed over.
func (w *window) line() (text []byte, long, ok bool) {
	for from := 0; ; {
		rest := w.unread()
		if i := bytes.IndexByte(rest[from:], '\n'); i >= 0 {
			w.pos += from + i + 1
			return trimReturn(rest[:from+i]), false, true
		}
		from = len(rest)
		if !w.more() {
			break
		}
	}
	rest := w.unread()
	w.pos = w.end
	if w.eof {
		return trimReturn(rest), false, len(rest) > 0
	}
	rest = bytes.Clone(rest[:maxRaw])
	w.skipLine()
	return rest, true, true
}

func (w *window) skipLine() {
	for w.more() {
		if i := bytes.IndexByte(w.unread(), '\n'); i >= 0 {
			w.pos += i + 1
			return
		}
		w.pos = w.end
	}
}

func trimReturn(line []byte) []byte { return bytes.TrimSuffix(line, []byte{'\r'}) }

// rawText is what is kept of a record that could not be read.
func rawText(b []byte) []byte { return b[:min(len(b), maxRaw)] }
