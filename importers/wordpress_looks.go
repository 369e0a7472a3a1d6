package importers

import (
	"bytes"
	"strings"
)

// wpSniff is how much of a file decides what it is, in bytes.
const wpSniff = 64 << 10

// wpShape is what a file that has to do with WordPress can be.
type wpShape int

const (
	wpForeign   wpShape = iota
	wpSQLDump           // a dump, of whatever is in it
	wpAdminJSON         // phpMyAdmin's JSON: tables
	wpListJSON          // WP-CLI's JSON
	wpListCSV           // WP-CLI's CSV; phpMyAdmin's and Adminer's of the table of users
	wpListTable         // WP-CLI's table, which a program cannot tell fields in
	wpListYAML          // WP-CLI's YAML
	wpXML               // mysqldump --xml, phpMyAdmin's XML
	wpContent           // Tools → Export
	wpTab               // mysqldump --tab
	wpArchive           // All-in-One WP Migration
)

// refusals are the shapes that are known and not read, and what to do instead.
var refusals = map[wpShape]struct{ says, advice string }{
	wpListTable: {"a table made to be looked at, in which nobody can tell where a field ends", "list with --format=csv or --format=json"},
	wpListYAML:  {"a list in YAML", "list with --format=csv or --format=json"},
	wpXML:       {"a dump in XML, which loses what bytes were", "export as SQL: mysqldump without --xml, or SQL in phpMyAdmin"},
	wpContent:   {"WordPress' export of its content (WXR), which holds no passwords", "export the tables wp_users and wp_usermeta as SQL, with mysqldump, wp db export or phpMyAdmin"},
	wpTab:       {"rows of a table without its definition, as mysqldump --tab writes them", "export as SQL: mysqldump without --tab"},
	wpArchive:   {"an archive of All-in-One WP Migration", "unpack it and give the database.sql in it"},
}

// looksWordPress reports whether a file that begins so is an export of a
// WordPress site, or looks like one that WordPress refuses with advice. An SQL
// dump may hold anything: what is in it is found out by reading it.
func looksWordPress(head []byte) bool {
	return wordpressShape(head) != wpForeign
}

func wordpressShape(head []byte) wpShape {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("<")):
		return xmlShape(text)
	case bytes.HasPrefix(head, []byte("package.json\x00")):
		return wpArchive
	case looksSQL(head):
		return wpSQLDump
	}
	if shape, _ := listShape(head); shape != wpForeign {
		return shape
	}
	if looksTab(head) {
		return wpTab
	}
	return wpForeign
}

// xmlShape is what a file in XML is. WXR says so in its namespaces, whichever
// version it is of (wp-admin/includes/export.php).
func xmlShape(text []byte) wpShape {
	switch {
	case bytes.Contains(text, []byte("<mysqldump")), bytes.Contains(text, []byte("<pma_xml_export")):
		return wpXML
	case bytes.Contains(text, []byte("wordpress.org/export/")), bytes.Contains(text, []byte("<wp:wxr_version>")):
		return wpContent
	}
	return wpForeign
}

// looksSQL reports whether the first thing in a file, comments and empty
// statements apart, is a statement that MySQL dumps begin with.
func looksSQL(head []byte) bool {
	if len(head) == 0 || bytes.Contains(head[:min(len(head), 4<<10)], []byte("PostgreSQL database dump")) {
		return false
	}
	s := windowOn(head)
	noted := false
	s.comment = func(text []byte) error {
		for _, writer := range []string{"MySQL dump", "MariaDB dump", "phpMyAdmin SQL Dump", "Adminer"} {
			noted = noted || bytes.Contains(text, []byte(writer))
		}
		return nil
	}
	if s.emptyStatements() != nil || noted {
		return noted
	}
	verb := strings.ToUpper(string(s.word()))
	if s.blank() != nil {
		return false
	}
	next := strings.ToUpper(string(s.word()))
	return beginsDump(verb, next, s.peek(0))
}

// emptyStatements steps over what stands before the first statement.
func (s *dumpScanner) emptyStatements() error {
	err := s.blank()
	for err == nil && s.peek(0) == ';' {
		s.pos++
		err = s.blank()
	}
	return err
}

// beginsDump reports whether a dump may begin with these two words; sign is the
// byte behind the second.
func beginsDump(verb, next string, sign byte) bool {
	switch verb {
	case "CREATE", "DROP", "ALTER":
		return next == "TABLE" || next == "DATABASE" || next == "SCHEMA"
	case "INSERT", "REPLACE":
		return next == "INTO" || next == "IGNORE"
	case "SET":
		return next == "NAMES" || next == "AUTOCOMMIT" || strings.HasPrefix(next, "@") || strings.Contains(next, "_")
	case "START":
		return next == "TRANSACTION"
	case "BEGIN":
		return next == "" && sign == ';'
	case "LOCK":
		return next == "TABLES"
	case "TRUNCATE":
		return next == "TABLE" || sign == '`'
	case "USE":
		return sign == '`' || sign == ';'
	case "MYSQLDUMP":
		return sign == ':'
	}
	return false
}

// listShape recognises a list of users by its header and says at which byte that
// begins: PHP writes its warnings before it.
func listShape(head []byte) (wpShape, int) {
	for at, lines := 0, 0; at < len(head) && lines < 100; lines++ {
		line := head[at:]
		end := bytes.IndexByte(line, '\n')
		if end >= 0 {
			line = line[:end]
		}
		if shape := headerShape(line, head[at:]); shape != wpForeign {
			return shape, at
		}
		if lines == 0 && !isPreface(line) || end < 0 {
			break
		}
		at += end + 1
	}
	return wpForeign, 0
}

// isPreface reports whether a list may follow the line: only PHP's warnings and
// blank lines may stand before one.
func isPreface(line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return true
	}
	line = bytes.TrimPrefix(line, []byte("PHP "))
	for _, word := range []string{"Warning", "Notice", "Deprecated", "Strict Standards", "User ", "Xdebug"} {
		if bytes.HasPrefix(line, []byte(word)) {
			return true
		}
	}
	return false
}

// headerShape is what a line is the header of. rest begins with the line.
func headerShape(line, rest []byte) wpShape {
	line = bytes.TrimRight(line, "\r")
	switch {
	case bytes.HasPrefix(line, []byte("[")):
		return jsonShape(rest)
	case bytes.HasPrefix(line, []byte("+--")) && isUserList(bytes.FieldsFunc(firstLines(rest, 2), isBox)):
		return wpListTable
	case string(bytes.TrimSpace(line)) == "---" && isUserList(bytes.FieldsFunc(firstLines(rest, 12), isYAML)):
		return wpListYAML
	case isUserList(bytes.Split(line, []byte{'\t'})):
		return wpListTable
	case isUserList(headerNames(line, ',')), isUserList(headerNames(line, ';')):
		return wpListCSV
	}
	return wpForeign
}

func isBox(r rune) bool  { return r == '|' || r == '+' || r == '-' || r == ' ' || r == '\n' }
func isYAML(r rune) bool { return r == ':' || r == '\n' || r == ' ' || r == '-' }

// firstLines are the first n lines of b.
func firstLines(b []byte, n int) []byte {
	end := 0
	for ; n > 0 && end < len(b); n-- {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b
		}
		end += i + 1
	}
	return b[:end]
}

// headerNames are the names in a header, without quotes.
func headerNames(line []byte, delimiter byte) [][]byte {
	names := bytes.Split(line, []byte{delimiter})
	for i, name := range names {
		names[i] = bytes.Trim(name, "\" ")
	}
	return names
}

// isUserList reports whether names are fields of WordPress's users: user_login,
// or user_pass, and another field that only WordPress has.
func isUserList(names [][]byte) bool {
	key, others := 0, 0
	for _, name := range names {
		switch string(name) {
		case "user_login", "user_pass":
			key++
		case "ID", "user_email", "user_nicename", "user_registered", "display_name", "user_url":
			others++
		}
	}
	return key == 2 || key == 1 && others > 0
}

// jsonShape tells phpMyAdmin's JSON from WP-CLI's.
func jsonShape(text []byte) wpShape {
	s := jsonScan{b: text, i: 1}
	if s.token() != '{' {
		return wpForeign
	}
	var names [][]byte
	admin := false
	s.members(func(name []byte) bool {
		names = append(names, bytes.Clone(name))
		from := s.i
		ok := s.skip()
		admin = admin || bytes.Contains(text[from:s.i], []byte("PHPMyAdmin"))
		return ok && len(names) < 64
	})
	switch {
	case admin:
		return wpAdminJSON
	case isUserList(names):
		return wpListJSON
	}
	return wpForeign
}

// looksTab recognises the first row of a table of users as mysqldump --tab
// writes it: an id, a login, and something that begins like a hash.
func looksTab(head []byte) bool {
	return isUserRow(bytes.Split(firstLines(head, 1), []byte{'\t'}))
}

// isUserRow reports whether fields are those of a row of WordPress's users.
func isUserRow(fields [][]byte) bool {
	if n := len(fields); n != len(standardUsers) && n != len(standardNetworkUsers) || len(fields[0]) == 0 || !isNumber(fields[0]) {
		return false
	}
	h, problem := wordpressHash(string(fields[2]))
	return problem == nil && !h.IsZero()
}

// tableSource is a file that holds rows of tables.
type tableSource interface {
	// next returns the next row, valid until the one after; io.EOF at the end of
	// a file that is whole. Any error is about the file as a whole.
	next() (*tableRow, error)
}

// openTables opens a file of any shape that is read. tables collects what the
// files say of their tables.
func openTables(in Input, tables *dumpTables, want func(table []byte) bool) (tableSource, error) {
	r, charset := UTF8(in.Reader)
	head, r := peek(r, wpSniff)
	shape := wordpressShape(head)
	switch shape {
	case wpSQLDump:
		d := newSQLDump(r, in.Name, tables, want)
		if charset != "" {
			d.state.charset, d.state.recoded = "utf8mb4", true
		}
		return d, nil
	case wpAdminJSON:
		return newAdminJSON(r, in.Name, want), nil
	case wpListJSON:
		_, at := listShape(head)
		return newJSONList(r, in.Name, at), nil
	case wpListCSV:
		_, at := listShape(head)
		return openCSVList(r, in.Name, head[:at])
	}
	return nil, refuseShape(in.Name, shape, head)
}

// refuseShape is the error for what is not read.
func refuseShape(file string, shape wpShape, head []byte) error {
	e := &SourceError{Kind: Malformed, File: file, Byte: -1, Says: "this is no export of a WordPress site: neither an SQL dump nor a list of users",
		Advice: "export the tables wp_users and wp_usermeta as SQL, with mysqldump, wp db export or phpMyAdmin"}
	if r, known := refusals[shape]; known {
		e.Says, e.Advice = "this is "+r.says, r.advice
	}
	if len(head) == 0 {
		e.Kind, e.Says = Empty, "the file is empty"
	}
	return e
}
