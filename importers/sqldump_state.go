package importers

import (
	"bytes"
	"strings"
)

// maxSetting bounds the SET statements that are looked at, in bytes; no dump
// writes one of more than a few hundred.
const maxSetting = 64 << 10

// set reads the settings that change how the rest of the dump is read: SET
// NAMES, and the SQL mode in which backslashes are letters.
func (d *sqlDump) set() error {
	from := d.pos - d.mark
	if err := d.skip(); err != nil {
		return err
	}
	if d.large || d.pos-d.mark > maxSetting {
		return nil
	}
	words := settingWords(d.buf[d.mark+from : d.pos])
	d.end.set(words)
	if changesRows(words) {
		d.heard(words) // for PREPARE
	}
	return d.settings(words)
}

// settings applies the words of a SET statement.
func (d *sqlDump) settings(words []string) error {
	if len(words) > 1 && words[0] == "names" {
		return d.names(words[1])
	}
	mode := false
	for _, word := range words {
		switch word {
		case "replace": // takes a mode out of those that are set
			return nil
		case "sql_mode":
			mode, d.noBackslash = true, false
		case "no_backslash_escapes":
			d.noBackslash = mode
		}
	}
	return nil
}

// names is SET NAMES. In the charsets refused here the second byte of a letter
// may be a backslash or a quote, which only a server of that charset can tell.
func (d *sqlDump) names(charset string) error {
	switch charset {
	case "sjis", "cp932", "gbk", "gb18030", "big5":
		if d.state.recoded {
			return nil
		}
		return d.wrong("the dump is in %s, in which letters may contain the byte of a backslash: export it again with --default-character-set=utf8mb4", charset)
	}
	if !d.state.recoded {
		d.state.charset = charset
	}
	return nil
}

// settingWords are the words of a SET statement, in lower case, without quotes
// and signs: "names utf8mb4", "@old_sql_mode @@sql_mode sql_mode ansi".
func settingWords(text []byte) []string {
	return strings.FieldsFunc(strings.ToLower(string(text)), func(r rune) bool {
		return r < 0x80 && !isDumpWord(byte(r))
	})
}

// dumpEnd remembers what a dump has promised to end with. A dump that was cut
// between two statements is a sound dump by its grammar; that it keeps its
// promises is the only evidence that nobody is missing.
type dumpEnd struct {
	footer      string          // the comment that its writer ends with
	dumps       int             // how many have begun, as far as they say so
	cutBefore   bool            // another dump begins where that one should have ended
	transaction bool            // START TRANSACTION or BEGIN without COMMIT
	locked      bool            // LOCK TABLES without UNLOCK TABLES
	saved       map[string]bool // settings saved in @OLD_… and not restored yet
}

// comment hears the line comments of a dump. Headers and footers are those of
// mysqldump and mariadb-dump ("-- Dump completed on …"), and of Adminer, which
// ends with the date.
func (e *dumpEnd) comment(text []byte) error {
	text = bytes.TrimSpace(bytes.TrimLeft(text, "-#"))
	switch {
	case bytes.HasPrefix(text, []byte("MySQL dump ")), bytes.HasPrefix(text, []byte("MariaDB dump ")):
		e.begin("Dump completed")
	case bytes.HasPrefix(text, []byte("Adminer ")) && bytes.HasSuffix(text, []byte(" dump")):
		e.begin("2")
	case bytes.HasPrefix(text, []byte("phpMyAdmin SQL Dump")):
		e.dumps++
	case e.footer != "" && bytes.HasPrefix(text, []byte(e.footer)):
		e.footer = ""
	}
	return nil
}

func (e *dumpEnd) begin(footer string) {
	e.dumps++
	e.cutBefore = e.cutBefore || e.footer != ""
	e.footer = footer
}

// statement hears the first word of statements that are stepped over.
func (e *dumpEnd) statement(verb []byte) {
	switch {
	case isWord(verb, "START"), isWord(verb, "BEGIN"):
		e.transaction = true
	case isWord(verb, "COMMIT"):
		e.transaction = false
	case isWord(verb, "LOCK"):
		e.locked = true
	case isWord(verb, "UNLOCK"):
		e.locked = false
	}
}

// set hears SET @OLD_SQL_MODE=@@SQL_MODE and SET SQL_MODE=@OLD_SQL_MODE.
func (e *dumpEnd) set(words []string) {
	for i, word := range words {
		if !strings.HasPrefix(word, "@old_") {
			continue
		}
		delete(e.saved, word)
		if i+1 < len(words) && strings.HasPrefix(words[i+1], "@@") {
			e.save(word)
		}
	}
}

func (e *dumpEnd) save(variable string) {
	if e.saved == nil {
		e.saved = map[string]bool{}
	}
	if len(e.saved) < 64 { // dumps save seven
		e.saved[variable] = true
	}
}

// missing says which promise is not kept; "" when all are.
func (e *dumpEnd) missing() string {
	switch {
	case e.cutBefore:
		return "another dump begins in it before the first has come to its end"
	case e.footer == "Dump completed":
		return `the dump does not end with its "-- Dump completed"`
	case e.footer != "":
		return "the dump does not end with its date"
	case e.transaction:
		return "the dump begins a transaction and never commits it"
	case e.locked:
		return "the dump locks a table and never unlocks it"
	case len(e.saved) > 0:
		return "the dump saves the server's settings and never restores them"
	}
	return ""
}
