package importers

import (
	"bytes"
	"io"
	"strings"
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

// Unknown says what a file is whose first bytes fit no format: empty, or JSON of
// somebody else; nil where nothing can be said. name is how the file is called.
func Unknown(head []byte, name string) error {
	text, _ := UTF8(bytes.NewReader(head))
	head, _ = io.ReadAll(text) // of memory
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte(byteOrderMark)))
	switch {
	case len(head) == 0:
		return &SourceError{Kind: Empty, File: name, Byte: -1, Says: "the file is empty", Advice: "export again"}
	case looksJSON(head):
		return unknownJSON(head, name)
	case looksRespread(head):
		return &SourceError{Kind: Malformed, File: name, Byte: -1, Says: "this is Firebase's CSV after a spreadsheet, which has changed its numbers and its words", Advice: adviceExport}
	}
	if width := headlessUsers(head); width > 0 {
		columns := "id,username,password_hash,-,email,-,created_at,-,-,name" + strings.Repeat(",-", width-len(standardUsers))
		return &SourceError{Kind: Malformed, File: name, Byte: -1, Says: "this is the table wp_users of a WordPress as CSV, without the names of its columns",
			Advice: "export it as SQL, or name them: --columns " + columns}
	}
	return nil
}

// headlessUsers is the number of fields of the first row if that is one of
// WordPress's users, as phpMyAdmin writes its CSV; 0 if it is not.
func headlessUsers(head []byte) int {
	for _, delimiter := range []byte(",;") {
		rows := newRowReader(bytes.NewReader(head), dialect{delimiter: delimiter})
		if r, err := rows.next(); err == nil && r.problem == nil && isUserRow(r.fields) {
			return len(r.fields)
		}
	}
	return 0
}

// looksRespread reports whether a row is one of auth:export's that a spreadsheet
// has saved: in TRUE and FALSE, or between semicolons or tabs, and with 1.6E+12 for
// the dates.
func looksRespread(head []byte) bool {
	for _, delimiter := range []byte(",;\t") {
		rows := newRowReader(bytes.NewReader(head), dialect{delimiter: delimiter, lazyQuotes: true})
		r, err := rows.next()
		if err != nil || len(r.fields) <= colLastLogin {
			continue
		}
		flag := bytes.ToLower(r.fields[colVerified])
		created := string(r.fields[colCreated])
		if isFlag(flag) && len(created) > 0 && (isScientific(created) || isDigits([]byte(created))) {
			return true
		}
	}
	return false
}

// unknownJSON says what is wrong with JSON. None of its names is shown: they may be
// people's ids.
func unknownJSON(text []byte, name string) error {
	e := &SourceError{Kind: Malformed, File: name, Byte: -1, Says: "a JSON list that is no export which rehome knows",
		Advice: "write one user a line, with the names that the file has for these: jq -c '.[] | {id, email, password_hash}' FILE > users.jsonl"}
	t := topLevel{jsonScan: jsonScan{b: text}}
	if text[0] == '{' {
		t.look()
		e.Says = "a JSON object that is no export which rehome knows"
		e.Advice = strings.Replace(e.Advice, ".[] ", ".users[] ", 1) + ", where users stands for the list of them"
	}
	if t.shape == shapeDatabase {
		e.Says, e.Advice = "the users are an object, not a list: this looks like a Realtime Database, which holds no accounts", adviceExport
		return e
	}
	if s := (jsonScan{b: text}); !s.skip() && !s.short {
		e.Byte, e.Says = int64(s.i), "this is not JSON: "+s.says
		e.Advice = adviceBroken
		return e
	}
	table := &tableReading{name: name}
	_ = table.begin()
	if seen := table.sampleJSON(sample{text: text}); seen.suggests() != "" {
		return table.refuseNames(seen, false)
	}
	return e
}
