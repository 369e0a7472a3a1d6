package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Bounds of the dump reader, in bytes. Memory grows only with bytes that were
// read, never by a number that stands in the file.
const (
	dumpWindow     = 128 << 10 // the window to begin with; what is skipped never needs more
	maxDumpRow     = 64 << 20  // a row of a wanted table, or the head of a statement; a user has a few hundred bytes
	maxDumpComment = 128       // how much of a line comment is looked at
	maxDelimiter   = 16        // the argument of DELIMITER
)

// dumpScanner is a window that slides over a dump and the lexical rules of
// MySQL: what a string, a comment and a white space are. It works on bytes; the
// letters above 0x7f are never looked at.
type dumpScanner struct {
	src  io.Reader
	file string

	buf  []byte // the window
	pos  int    // the next byte
	mark int    // bytes from here on stay in the window; -1: none need to
	base int64  // offset of buf[0] in the file
	err  error  // why nothing more can be read; io.EOF at the end
	// large says that what was marked outgrew maxDumpRow and was let go.
	large bool

	line    int // of buf[counted]
	counted int

	live        bool                    // inside /*! … */, whose content is SQL
	noBackslash bool                    // sql_mode NO_BACKSLASH_ESCAPES
	comment     func(text []byte) error // hears the beginning of every line comment
}

func newDumpScanner(r io.Reader, file string) *dumpScanner {
	return &dumpScanner{
		src: r, file: file, buf: make([]byte, 0, dumpWindow), mark: -1, line: 1,
		comment: func([]byte) error { return nil },
	}
}

// grow reads more into the window; false at the end. Bytes that nobody needs
// are dropped, and pos moves along with those that stay.
func (s *dumpScanner) grow() bool {
	if s.err != nil {
		return false
	}
	if s.mark >= 0 && len(s.buf)-s.mark >= maxDumpRow {
		s.mark, s.large = -1, true
	}
	s.drop()
	if len(s.buf) > cap(s.buf)/2 {
		bigger := make([]byte, len(s.buf), 2*cap(s.buf))
		copy(bigger, s.buf)
		s.buf = bigger
	}
	n, err := io.ReadAtLeast(s.src, s.buf[len(s.buf):cap(s.buf)], 1)
	s.buf, s.err = s.buf[:len(s.buf)+n], err
	return n > 0
}

// drop moves what must stay to the front of the window.
func (s *dumpScanner) drop() {
	keep := s.pos
	if s.mark >= 0 {
		keep, s.mark = s.mark, 0
	}
	if s.counted < keep {
		s.line += bytes.Count(s.buf[s.counted:keep], []byte{'\n'})
		s.counted = keep
	}
	s.buf = s.buf[:copy(s.buf, s.buf[keep:])]
	s.pos, s.counted, s.base = s.pos-keep, s.counted-keep, s.base+int64(keep)
}

// at returns line and byte of the window's index i.
func (s *dumpScanner) at(i int) (line int, offset int64) {
	if i < s.counted {
		return s.line - bytes.Count(s.buf[i:s.counted], []byte{'\n'}), s.base + int64(i)
	}
	s.line += bytes.Count(s.buf[s.counted:i], []byte{'\n'})
	s.counted = i
	return s.line, s.base + int64(i)
}

// wrong is an error at the next byte.
func (s *dumpScanner) wrong(format string, args ...any) error {
	return s.fault(Malformed, s.pos, fmt.Sprintf(format, args...), adviceDump)
}

// ended is the error of a dump that ends inside something, or of a source that
// could not be read on.
func (s *dumpScanner) ended(inside string) error {
	if err := s.failure(); err != nil {
		return err
	}
	return s.fault(Truncated, len(s.buf), "the file ends inside "+inside+": it was cut", adviceCutDump)
}

const (
	adviceDump    = "export again with mysqldump, wp db export or phpMyAdmin, and give the file as it came out"
	adviceCutDump = "export it again, or take what came before the cut: --accept-truncated"
)

func (s *dumpScanner) fault(kind Kind, i int, says, advice string) error {
	line, offset := s.at(i)
	return &SourceError{Kind: kind, File: s.file, Byte: offset, Says: "line " + strconv.Itoa(line) + ": " + says, Advice: advice}
}

// failure is why the source could not be read to its end, nil when it just
// ended. The end of a compressed file that was cut is an end.
func (s *dumpScanner) failure() error {
	if s.err == io.EOF {
		return nil
	}
	if source, ok := errors.AsType[*SourceError](s.err); ok {
		if source.Kind == Truncated {
			return nil
		}
		return source
	}
	return fmt.Errorf("%s: byte %d: %w", s.file, s.base+int64(len(s.buf)), s.err)
}

// peek returns the byte n places behind pos, 0 behind the end.
func (s *dumpScanner) peek(n int) byte {
	for s.pos+n >= len(s.buf) {
		if !s.grow() {
			return 0
		}
	}
	return s.buf[s.pos+n]
}

// more reports whether there is a next byte.
func (s *dumpScanner) more() bool { return s.pos < len(s.buf) || s.grow() }

// blank steps over white space and comments.
func (s *dumpScanner) blank() error {
	for s.more() {
		switch c := s.buf[s.pos]; {
		case c > ' ' && c != '-' && c != '#' && c != '/' && c != '*':
			return nil
		case isDumpSpace(c):
			s.pos++
		default:
			stepped, err := s.stepComment()
			if err != nil || !stepped {
				return err
			}
		}
	}
	return nil
}

// stepComment steps over the comment at pos, or over the signs around live SQL;
// false where there is neither.
func (s *dumpScanner) stepComment() (bool, error) {
	switch c := s.buf[s.pos]; {
	case c == '#', c == '-' && s.peek(1) == '-' && s.peek(2) <= ' ':
		return true, s.lineComment()
	case c == '/' && s.peek(1) == '*':
		return true, s.blockComment()
	case c == '*' && s.live && s.peek(1) == '/':
		s.live = false
		s.pos += 2
		return true, nil
	}
	return false, nil
}

// lineComment steps behind the line and tells the listener what it begins with.
func (s *dumpScanner) lineComment() error {
	s.peek(maxDumpComment)
	text := s.buf[s.pos:min(len(s.buf), s.pos+maxDumpComment)]
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	if err := s.comment(text); err != nil {
		return err
	}
	s.stepLine()
	return nil
}

// stepLine steps behind the end of the line.
func (s *dumpScanner) stepLine() {
	for s.more() {
		if i := bytes.IndexByte(s.buf[s.pos:], '\n'); i >= 0 {
			s.pos += i + 1
			return
		}
		s.pos = len(s.buf)
	}
}

// blockComment steps over /* … */. What stands in /*! … */ and /*M! … */ is SQL
// that a server executes, so only the sign is stepped over; version 999999, which
// no server has, is MariaDB's way to write a note to the client.
func (s *dumpScanner) blockComment() error {
	open := 2
	if s.peek(open) == 'M' {
		open++
	}
	if s.peek(open) != '!' {
		return s.stepBlock()
	}
	open++
	digits := open
	for digits < open+6 && isDigit(s.peek(digits)) {
		digits++
	}
	if string(s.buf[s.pos+open:s.pos+digits]) == "999999" {
		return s.stepBlock()
	}
	s.pos += digits
	s.live = true
	return nil
}

// stepBlock steps behind the end of a comment.
func (s *dumpScanner) stepBlock() error {
	s.pos += 2
	for {
		if i := bytes.Index(s.buf[s.pos:], []byte("*/")); i >= 0 {
			s.pos += i + 2
			return nil
		}
		s.pos = max(s.pos, len(s.buf)-1) // the star may be the last byte
		if !s.grow() {
			return s.ended("a comment")
		}
	}
}

// quoted steps over the string or identifier that opens at pos and reports
// whether its quote is doubled somewhere inside.
func (s *dumpScanner) quoted() (doubled bool, err error) {
	quote := s.buf[s.pos]
	escapes := quote != '`' && !s.noBackslash
	s.pos++
	for {
		if err := s.stepQuote(quote, escapes); err != nil {
			return doubled, err
		}
		if s.pos < len(s.buf) && s.buf[s.pos] != quote || s.peek(0) != quote {
			return doubled, nil
		}
		doubled = true
		s.pos++
	}
}

// stepQuote steps behind the next quote that no backslash escapes.
func (s *dumpScanner) stepQuote(quote byte, escapes bool) error {
	for {
		from := s.pos
		i := bytes.IndexByte(s.buf[from:], quote)
		end := from + i
		if i < 0 {
			end = len(s.buf)
		}
		odd := escapes && backslashes(s.buf[from:end])&1 == 1
		switch {
		case i >= 0:
			s.pos = end + 1
			if !odd {
				return nil
			}
		case odd: // the escaped byte comes with the next read
			s.pos = end - 1
		default:
			s.pos = end
		}
		if i < 0 && !s.grow() {
			return s.ended("a string")
		}
	}
}

// backslashes counts those that b ends with.
func backslashes(b []byte) int {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

// word steps over a bare word (a keyword, a name, a variable, a number) and
// returns it; empty where none stands. It is valid until the window moves.
func (s *dumpScanner) word() []byte {
	n := 0
	for s.pos+n < len(s.buf) || s.peek(n) != 0 {
		if !isDumpWord(s.buf[s.pos+n]) {
			break
		}
		if n++; n >= maxDumpRow {
			break
		}
	}
	s.pos += n
	return s.buf[s.pos-n : s.pos]
}

func isDumpSpace(c byte) bool { return c <= ' ' && c != 0 }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isDumpWord reports whether c may be part of a bare word.
func isDumpWord(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '$' || c == '@' || c >= 0x80
}
