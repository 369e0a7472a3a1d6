package identity

import (
	"iter"
	"strconv"
	"strings"
)

// Record is one entry of a source, good or bad.
type Record struct {
	Pos     Pos
	User    User
	Problem *Problem // what is wrong with this record alone; nil: it could be read
	Losses  []Code   // what the user comes without, whatever the target
	// Raw is the text of a record that could not be read, for the rejects file.
	Raw Secret
	// Reject is set where the record comes back in a rejects file.
	Reject *Reject
}

// Reject is a row of a rejects file as somebody has mended it, to be handed back
// as it is should it be rejected again.
type Reject struct {
	Position string   // where the record stood in the source it came from; "" where the row does not say
	Cells    []Secret // in the order of NeutralFields
	Raw      Secret   // the record as it was found, where it could not be read
}

// Records is a source. A non-nil error is about the source as a whole and is
// the last pair of the sequence; what is wrong with one record travels in the
// record.
type Records = iter.Seq2[Record, error]

// Pos says where a record stands.
type Pos struct {
	File   string // as the person named it
	Record int    // counted from 1 within File
	Line   int    // counted from 1; 0 where lines mean nothing
}

// String is how positions are printed everywhere: "users.json: record 118".
func (p Pos) String() string {
	s := p.File + ": record " + strconv.Itoa(p.Record)
	if p.Line > 0 {
		s += " (line " + strconv.Itoa(p.Line) + ")"
	}
	return s
}

// MarshalText writes a position as String does.
func (p Pos) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a position back. A text that is none names the file alone.
func (p *Pos) UnmarshalText(text []byte) error {
	*p = Pos{File: string(text)}
	file, rest, ok := cutLast(string(text), ": record ")
	if !ok {
		return nil
	}
	number, line, _ := strings.Cut(strings.TrimSuffix(rest, ")"), " (line ")
	p.File = file
	p.Record, _ = strconv.Atoi(number)
	p.Line, _ = strconv.Atoi(line)
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Problem is what is wrong with one record. It travels as a pointer of its own
// type, never as an error value, so that a nil one cannot become a non-nil error.
type Problem struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail,omitempty"` // one sentence without a full stop; holds no secret
}

// Error makes a Problem printable; it names what is wrong, not where.
func (p *Problem) Error() string { return p.Detail }
