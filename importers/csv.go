package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"rehome/identity"
)

// CSVConfig is what a table of users does not say by itself. The zero value
// reads a file whose header names its columns and whose hashes say what they are.
type CSVConfig struct {
	// Map gives a field the header of its column, or "#3" for the third. Fields
	// are those of the neutral file and the parameters of hashes. Optional:
	// headers are known by many names (see headers.go).
	// What says state may name the values that keep people out behind a colon:
	// "status:banned|2", or with :! those that do not.
	Map map[string]string
	// Ignore names columns that look as if they said something, and are left. Optional.
	Ignore []string
	// Lenient says of what nobody can read, but what decides who can sign in, where
	// otherwise the source is refused for it (Unclear): for readers from whom nothing
	// lands. Optional.
	Lenient bool
	// Columns names the columns of a file without a header; "" or "-" for one
	// that is not carried. Optional.
	Columns []string
	// HashAlgo is the algorithm of hashes that do not say what they are: a tag
	// (identity.Algorithm) or a digest such as sha256, and behind it, between
	// blanks, what else is true of all of them (see hashWords). Optional.
	HashAlgo string
	// Delimiter stands between fields. Optional: 0 is found by looking.
	Delimiter byte
	// Encoding is the text's encoding, a name of the WHATWG Encoding Standard or
	// TwiceEncoded. Optional: see decodeCharset.
	Encoding string
	// Region is the country of telephone numbers that do not name theirs (ISO
	// 3166 alpha-2). Optional.
	Region string
	// AcceptTruncated takes what stands before the place where a compressed file
	// was cut off, instead of refusing the file. Optional.
	AcceptTruncated bool
	// Plaintext takes the texts of the hash column that are no hashes for
	// passwords, instead of refusing the file. Optional.
	Plaintext bool
	// Notice hears of assumptions, and of what is not carried. Optional.
	Notice Notice
}

// Validate reports what is wrong with the settings themselves.
func (c CSVConfig) Validate() error {
	if _, err := newHeaderTable(c.Map, c.Ignore); err != nil {
		return err
	}
	named, err := readHashWords(c.HashAlgo)
	switch {
	case err != nil:
		return err
	case named.algorithm.Algorithm == identity.Plaintext && !c.Plaintext:
		return errors.New("plain passwords are taken with --plaintext alone")
	case c.Region != "" && !knownRegion(c.Region):
		return fmt.Errorf("--region %.40q is no country: use two letters, such as DE", c.Region)
	case c.Delimiter != 0 && !isDelimiter(c.Delimiter):
		return errors.New("the delimiter must be one ASCII character, and no quote, backslash or line break")
	}
	return checkCharset(c.Encoding)
}

func isDelimiter(c byte) bool {
	return c < 0x80 && strings.IndexByte("\"\\\r\n\x00", c) < 0
}

// CSV reads a table of users: delimited text as RFC 4180 and the programs beside
// it write it, or JSON Lines with the same names. name is how the file is called
// in positions. The sequence can be read once.
//
// Delimiter, quoting and encoding are found by looking at the first MiB, and a
// file that leaves them open is refused. Rows that are damaged are reported,
// never mended: no field moves into another's place, no digit that a spreadsheet
// dropped is made up. Hashes leave as they stand, without white space around
// them. A record with a problem comes with its text and, where its row could be
// told apart, with what is known of the user.
func CSV(r io.Reader, name string, c CSVConfig) identity.Records {
	return func(yield func(identity.Record, error) bool) {
		s := &tableReading{name: name, c: c, yield: yield}
		if err := s.read(r); err != nil && err != errStopped {
			yield(identity.Record{}, err)
		}
	}
}

// tableReading is one reading of a table.
type tableReading struct {
	name    string
	c       CSVConfig
	yield   func(identity.Record, error) bool
	headers *headerTable
	states  states
	maker   userMaker
	text    text
	n       int // records so far

	watch func(record int, names []string, fields [][]byte) // sees rows as they stand; may be nil
}

// csvSample is how much of a table is looked at before its form is decided on.
const csvSample = charsetSample

func (s *tableReading) read(r io.Reader) error {
	if err := s.begin(); err != nil {
		return err
	}
	head, r := peek(r, 4096)
	if err := s.refuseBinary(head); err != nil {
		return err
	}
	var err error
	if s.text, err = decodeCharset(r, s.name, s.c.Encoding, s.notice); err != nil {
		return err
	}
	head, r = peek(s.text, csvSample)
	sample := sample{head, len(head) < csvSample}
	if err := s.refuseText(head); err != nil {
		return s.emptied(r, err)
	}
	if beginsJSON(head) {
		return s.readJSON(r, sample)
	}
	return s.readTable(r, sample)
}

func (s *tableReading) begin() error {
	if err := s.c.Validate(); err != nil {
		return err
	}
	s.headers, _ = newHeaderTable(s.c.Map, s.c.Ignore)
	s.maker = userMaker{region: s.c.Region, mend: strings.EqualFold(strings.TrimSpace(s.c.Encoding), TwiceEncoded), now: time.Now()}
	s.maker.hashes = hashRule{plaintext: s.c.Plaintext}
	words, _ := readHashWords(s.c.HashAlgo)
	s.maker.hashes.algorithm, s.maker.hashes.words = words.algorithm, words
	return nil
}

// emptied prefers the source's own failure to the complaint that there is
// nothing in it.
func (s *tableReading) emptied(r io.Reader, complaint error) error {
	if source, ok := errors.AsType[*SourceError](complaint); ok && source.Kind == Empty {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return s.ended(err)
		}
	}
	return complaint
}

func (s *tableReading) notice(says string) {
	if s.c.Notice != nil {
		s.c.Notice(says)
	}
}

func (s *tableReading) refuse(kind Kind, says, advice string) error {
	return s.refuseAt(kind, -1, says, advice)
}

func (s *tableReading) refuseAt(kind Kind, at int64, says, advice string) error {
	return &SourceError{Kind: kind, File: s.name, Byte: at, Says: says, Advice: advice}
}

// unclear is the refusal of a source with something in it that nobody can read and that
// decides who can sign in; where nothing lands it is said, and reading goes on.
func (s *tableReading) unclear(says, advice string) error {
	if s.c.Lenient {
		s.notice(says + "; " + advice)
		return nil
	}
	return s.refuse(Unclear, says, advice)
}

// give hands a record over.
func (s *tableReading) give(rec identity.Record, line int) error {
	s.n++
	rec.Pos = identity.Pos{File: s.name, Record: s.n, Line: line}
	if !s.yield(rec, nil) {
		return errStopped
	}
	return nil
}

// ended is the answer to the end of the text, good or bad.
func (s *tableReading) ended(err error) error {
	source, ok := errors.AsType[*SourceError](err)
	switch {
	case err == nil || err == io.EOF:
	case ok && source.Kind == Truncated && s.c.AcceptTruncated:
		s.notice(fmt.Sprintf("the file was cut off; what stands before the cut was read, %d records", s.n))
	case ok:
		return source
	default:
		return fmt.Errorf("%s: after record %d: %w", s.name, s.n, err)
	}
	s.maker.remarks.tell(s.notice)
	s.maker.hashes.tell(s.notice)
	return s.states.tell(s.maker.n, s.notice, s.unclear)
}

// refuseBinary recognises files that are no text at all.
func (s *tableReading) refuseBinary(head []byte) error {
	const advice = "save it as CSV (UTF-8) and give that file"
	for _, known := range []struct{ begins, what string }{
		{"PK\x03\x04", "a spreadsheet (xlsx or ods) or another archive"},
		{"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)"},
		{"%PDF", "a PDF"},
		{"SQLite format 3", "an SQLite database"},
	} {
		if bytes.HasPrefix(head, []byte(known.begins)) {
			return s.refuse(Malformed, "the file is "+known.what+", not CSV", advice)
		}
	}
	return nil
}

// refuseText recognises texts that are no table.
func (s *tableReading) refuseText(head []byte) error {
	if len(bytes.TrimSpace(head)) == 0 {
		return s.refuse(Empty, "the file is empty", "")
	}
	for _, known := range []struct{ begins, what, advice string }{
		{"+--", "the drawing of a table that the mysql client makes", "run the query with mysql --batch, or with SELECT … INTO OUTFILE"},
		{"<", "HTML or XML", "save it as CSV (UTF-8) and give that file"},
		{"--", "an SQL dump", "name its source with --from, or export the table as CSV"},
		{"/*", "an SQL dump", "name its source with --from, or export the table as CSV"},
		{"insert into", "an SQL dump", "name its source with --from, or export the table as CSV"},
	} {
		if startsWith(head, known.begins) {
			return s.refuse(Malformed, "the file is "+known.what+", not CSV", known.advice)
		}
	}
	return nil
}

// startsWith is bytes.HasPrefix behind white space and in any case.
func startsWith(head []byte, begins string) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	return len(head) >= len(begins) && strings.EqualFold(string(head[:len(begins)]), begins)
}

// beginsJSON reports whether a text begins as JSON of users does.
func beginsJSON(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	return len(head) > 0 && (head[0] == '{' || looksJSON(head))
}

// looksCSV reports whether head, the first bytes of a file, can be a table of
// users: a header that names a way to tell them apart, or JSON Lines that do.
func looksCSV(head []byte) bool {
	charset, skip, _ := sniffCharset(head, false, "")
	if charset == "" {
		return false
	}
	t, err := decodeCharset(bytes.NewReader(head[skip:]), "", charset, nil)
	if err != nil {
		return false
	}
	decoded, err := io.ReadAll(t)
	s := &tableReading{}
	if err != nil || s.begin() != nil || s.refuseBinary(head) != nil || s.refuseText(decoded) != nil {
		return false
	}
	sample := sample{decoded, false}
	if beginsJSON(decoded) {
		return s.sampleJSON(sample).identified
	}
	layout, err := s.layout(sample)
	return err == nil && layout.columns.identifies()
}
