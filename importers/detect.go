package importers

import (
	"bytes"
	"io"
)

// Format is the name of a format of source files, as --from has it.
type Format string

// The formats.
const (
	FormatFirebase  Format = "firebase"
	FormatWordPress Format = "wordpress"
	FormatCSV       Format = "csv"
	FormatNeutral   Format = "neutral" // found, never asked for
)

// look is how a format is found.
type look struct {
	format Format
	fits   func(head []byte) bool
}

// exact is every format that is known by names of its own, one line each. A
// function that says yes has seen something that no other format has.
func exact() []look {
	return []look{
		{FormatFirebase, looksFirebase},
		{FormatNeutral, looksNeutral},
		{FormatWordPress, looksWordPress},
	}
}

// Detect names the formats that fit the first bytes of a file, already
// unpacked; 64 KiB are enough. None, or more than one, means that nobody can
// tell, and that the caller has to ask. CSV is any table that names people, and
// so fits only what none of the others knows.
func Detect(head []byte) []Format {
	text, _ := UTF8(bytes.NewReader(head))
	head, _ = io.ReadAll(text) // of memory
	var fit []Format
	for _, l := range exact() {
		if l.fits(head) {
			fit = append(fit, l.format)
		}
	}
	if fit == nil && looksCSV(head) {
		fit = append(fit, FormatCSV)
	}
	return fit
}

func looksFirebase(head []byte) bool { return looksFirebaseJSON(head) || looksFirebaseCSV(head) }
