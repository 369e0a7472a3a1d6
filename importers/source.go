package importers

import "strconv"

// Kind says what is wrong with a source as a whole. A program may tell the
// kinds apart; they are stable.
type Kind string

// The kinds.
const (
	Empty          Kind = "empty"           // nothing to read
	Malformed      Kind = "malformed"       // not the format it was read as
	Truncated      Kind = "truncated"       // ends before its end
	Redacted       Kind = "redacted"        // the exporter was not allowed to see the hashes
	PlainPasswords Kind = "plain-passwords" // an emulator's export: passwords, not hashes
	NoHashConfig   Kind = "hash-config"     // the project's password hash parameters are missing or wrong
	Packed         Kind = "packed"          // compressed in a way that is not read, or not safe to read
)

// SourceError is why a source could not be read, or not to its end. It never
// holds a hash, a salt, a key or a password.
type SourceError struct {
	Kind   Kind
	File   string // as the person named it; may be empty
	Byte   int64  // where, counted from 0 in the decompressed text; -1 where a place means nothing
	Says   string // what is wrong
	Advice string // what to do; may be empty
}

// Error says where and what.
func (e *SourceError) Error() string {
	s := e.Says
	if e.Byte >= 0 {
		s = "byte " + strconv.FormatInt(e.Byte, 10) + ": " + s
	}
	if e.File != "" {
		s = e.File + ": " + s
	}
	return s
}

// Hint says what to do, "" when there is nothing to say.
func (e *SourceError) Hint() string { return e.Advice }
