package importers

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// wantAll wants every table.
func wantAll([]byte) bool { return true }

// dumpRows reads a dump into one line a row: table, then the columns, where they
// are known, and the values; or the error.
func dumpRows(r io.Reader, want func([]byte) bool) (string, error) {
	d := newSQLDump(r, "dump.sql", newDumpTables(), want)
	var out strings.Builder
	for {
		row, err := d.next()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		out.WriteString(showRow(row) + "\n")
	}
}

func showRow(row *tableRow) string {
	var out strings.Builder
	out.WriteString(row.table.String())
	if row.problem != nil {
		return out.String() + " " + string(row.problem.Code)
	}
	var scratch []byte
	for i := range row.values {
		v := &row.values[i]
		out.WriteByte(' ')
		if row.columns != nil {
			out.WriteString(row.columns[i].name + "=")
		}
		if v.null() {
			out.WriteString("NULL")
			continue
		}
		value, ok := v.bytes(&scratch)
		if !ok {
			out.WriteString("BROKEN")
			continue
		}
		if v.charset != "" {
			out.WriteString("_" + v.charset)
		}
		fmt.Fprintf(&out, "%q", value)
	}
	return out.String()
}

func TestSQLDumpLexical(t *testing.T) {
	for _, c := range []struct{ name, dump, want string }{
		{"escapes", `INSERT INTO t VALUES ('\0\b\t\n\r\Z\\\'\"\%\_\x\'');`, `t "\x00\b\t\n\r\x1a\\'\"\\%\\_x'"`},
		{"doubled quotes", `INSERT INTO t VALUES ('it''s', '''', '', "say ""hi""", "it's", 'a"b');`, `t "it's" "'" "" "say \"hi\"" "it's" "a\"b"`},
		{"backslash before the closing quote", `INSERT INTO t VALUES ('end\\','\\','\\\'',1);`, `t "end\\" "\\" "\\'" "1"`},
		{"control characters stand raw", "INSERT INTO t VALUES ('a\tb\nc\rd\x00e\x1a');", `t "a\tb\nc\rd\x00e\x1a"`},
		{"numbers", `INSERT INTO t VALUES (1,-1,+1,1.5,-1.5e3,1e-3,1E+3,.5,1.,18446744073709551615);`,
			`t "1" "-1" "+1" "1.5" "-1.5e3" "1e-3" "1E+3" ".5" "1." "18446744073709551615"`},
		{"words", `INSERT INTO t VALUES (NULL,null,TRUE,false,DEFAULT);`, `t NULL NULL "1" "0" NULL`},
		{"bytes", `INSERT INTO t VALUES (0x4142,0x,0x414,X'41',x'4142',X'',b'01000001',B'1',0b01);`,
			`t _binary"AB" _binary"" _binary"\x04\x14" _binary"A" _binary"AB" _binary"" _binary"A" _binary"\x01" _binary"\x01"`},
		{"broken bytes", `INSERT INTO t VALUES (X'4G',b'12',0xzz);`, `t BROKEN BROKEN BROKEN`},
		{"introducers", `INSERT INTO t VALUES (_binary 'a',_UTF8MB4'b',N'c',n'd',_latin1 X'41',_binary 0x42,_utf8 "e");`,
			`t _binary"a" _utf8mb4"b" _utf8"c" _utf8"d" _latin1"A" _binary"B" _utf8"e"`},
		{"comments", "INSERT /* a */ INTO -- b\n t # c\n VALUES /*d*/ ( /* , */ 1 /* ) */ , -- '\n 2)/**/,(3,4);", "t \"1\" \"2\"\nt \"3\" \"4\""},
		{"minus is no comment", `INSERT INTO t VALUES (1,--1);`, "error"},
		{"live comments", "/*!40000 INSERT INTO t */ /*!50503 VALUES */ /*M!100100 (1) */;/*!INSERT INTO t VALUES (2)*/;", "t \"1\"\nt \"2\""},
		{"sandbox line", "/*!999999\\- enable the sandbox mode */ \n/*M!999999\\- it's on */\nINSERT INTO t VALUES (1);", `t "1"`},
		{"text that looks like SQL", `INSERT INTO t VALUES ('x);
INSERT INTO t VALUES (9);
-- -- /*!40000 */ DELIMITER ;;
');INSERT INTO t VALUES (2);`, "t \"x);\\nINSERT INTO t VALUES (9);\\n-- -- /*!40000 */ DELIMITER ;;\\n\"\nt \"2\""},
		{"names", "INSERT INTO `d``b`.`t x` VALUES (1);INSERT INTO \"d\".\"t\" VALUES (2);INSERT INTO d.t VALUES (3);INSERT INTO täble VALUES (4);",
			"d`b.t x \"1\"\nd.t \"2\"\nd.t \"3\"\ntäble \"4\""},
		{"forms", "insert into t values (1);INSERT  IGNORE  INTO t VALUES(2);REPLACE INTO t VALUES\n(3),\n(4);INSERT LOW_PRIORITY IGNORE t VALUE (5);INSERT INTO`t`VALUES(6);",
			"t \"1\"\nt \"2\"\nt \"3\"\nt \"4\"\nt \"5\"\nt \"6\""},
		{"columns listed", "INSERT INTO t (`a`, b,\"c\") VALUES (1,2,3);", `t a="1" b="2" c="3"`},
		{"upsert", "INSERT INTO t VALUES (1,'a') ON DUPLICATE KEY UPDATE b = VALUES(b), c = ';';INSERT INTO t VALUES (2) AS new ON DUPLICATE KEY UPDATE a = new.a;", "t \"1\" \"a\"\nt \"2\""},
		{"delimiters", "DELIMITER ;;\nCREATE TRIGGER x BEGIN INSERT INTO t VALUES (9); END ;;\nDELIMITER ;\nINSERT INTO t VALUES (1);delimiter //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nINSERT INTO t VALUES (2);",
			"t \"1\"\nt \"2\""},
		{"databases", "USE `a`;INSERT INTO t VALUES (1);USE b;INSERT INTO t VALUES (2);INSERT INTO `a`.`t` VALUES (3);", "a.t \"1\"\nb.t \"2\"\na.t \"3\""},
		{"no backslash escapes", `SET SQL_MODE='NO_BACKSLASH_ESCAPES';INSERT INTO t VALUES ('a\','it''s\');SET SQL_MODE=@OLD_SQL_MODE;INSERT INTO t VALUES ('\'');`,
			"t \"a\\\\\" \"it's\\\\\"\nt \"'\""},
		{"rows of other lengths", "CREATE TABLE t (a int, b int);INSERT INTO t VALUES (1),(1,2),(1,2,3);", "t row-broken\nt a=\"1\" b=\"2\"\nt row-broken"},
		{"warning of the dump program", "mysqldump: [Warning] Using a password can't be secure.\nINSERT INTO t VALUES (1);", `t "1"`},
		{"byte order mark", "\xef\xbb\xbfINSERT INTO t VALUES (1);", `t "1"`},
		{"empty statements", ";;\n;INSERT INTO t VALUES (1);;", `t "1"`},
		{"nothing", "-- nothing\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, window := range []func(io.Reader) io.Reader{
				func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader,
			} {
				got, err := dumpRows(window(strings.NewReader(c.dump)), wantAll)
				if c.want == "error" {
					if err == nil {
						t.Fatalf("read as %s", got)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got = strings.TrimSuffix(got, "\n"); got != c.want {
					t.Errorf("\n got %s\nwant %s", got, c.want)
				}
			}
		})
	}
}

func TestSQLDumpDefinitions(t *testing.T) {
	for _, c := range []struct{ name, create, want string }{
		{"mysqldump", "CREATE TABLE `t` (\n  `a` bigint(20) unsigned NOT NULL AUTO_INCREMENT,\n  `b` varchar(60) CHARACTER SET latin1 NOT NULL DEFAULT 'x, y)',\n  `c` longblob,\n  PRIMARY KEY (`a`),\n  KEY `b` (`b`(10),`c`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;",
			"a:utf8mb4 b:latin1 c:binary"},
		{"no quotes", "CREATE TABLE t (a int, user_login varchar(60) COLLATE utf8_bin, `key` int, PRIMARY KEY (a), UNIQUE KEY x (b), FULLTEXT INDEX y (c), CONSTRAINT z FOREIGN KEY (a) REFERENCES u (a) ON DELETE SET NULL);",
			"a: user_login:utf8 key:"},
		{"ansi", `CREATE TABLE "t" ("a" enum('x','y)') COMMENT 'CHARACTER SET big5', "b" set('1') , PRIMARY KEY ("a"));`, "a: b:"},
		{"if not exists, in a database", "CREATE TABLE IF NOT EXISTS `d`.`t` (`a` varbinary(10)) CHARSET = latin1;", "a:binary"},
		{"temporary and live comments", "CREATE TEMPORARY TABLE t (a int /*!50606 STORAGE DISK */, b text /*!80023 INVISIBLE */) /*!40100 DEFAULT CHARACTER SET cp1251 */;", "a:cp1251 b:cp1251"},
		{"checks and generated columns", "CREATE TABLE t (a int CHECK (a in (1,2)), b int GENERATED ALWAYS AS (concat(a,',')) VIRTUAL, CHECK (b > 0));", "a: b:"},
		{"like", "CREATE TABLE t LIKE u;", ""},
		{"collation after charset", "CREATE TABLE t (a text) DEFAULT CHARACTER SET=utf8 COLLATE=latin1_swedish_ci;", "a:utf8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tables := newDumpTables()
			d := newSQLDump(strings.NewReader(c.create), "dump.sql", tables, wantAll)
			if _, err := d.next(); err != io.EOF {
				t.Fatal(err)
			}
			var got []string
			for _, table := range tables.of {
				for _, column := range table.columns {
					got = append(got, column.name+":"+column.charset)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Charsets reach the row, wherever in the dump they are declared.
func TestSQLDumpCharsets(t *testing.T) {
	const dump = `INSERT INTO t VALUES (1);
/*!40101 SET NAMES latin1 */;INSERT INTO t VALUES (2);
/*!40101 SET character_set_client = utf8 */;INSERT INTO t VALUES (3);
SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin';INSERT INTO t VALUES (4);
SET @x = 'names big5', names = 'y';INSERT INTO t VALUES (5);`
	d := newSQLDump(strings.NewReader(dump), "dump.sql", newDumpTables(), wantAll)
	var got []string
	for {
		row, err := d.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.charset)
	}
	if want := ",latin1,latin1,utf8mb4,utf8mb4"; strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What cannot be read exactly is refused, with the line and the byte.
func TestSQLDumpRefuses(t *testing.T) {
	for _, c := range []struct{ name, dump, says string }{
		{"expression", "\nINSERT INTO t VALUES (1,NOW());", "byte 25: line 2: a value of t is neither text nor number nor NULL"},
		{"arithmetic", "INSERT INTO t VALUES (1+1);", "byte 23: line 1: a row of t is broken here"},
		{"two rows without a comma", "INSERT INTO t VALUES (1) (2);", "the rows of t go on in a way that is no SQL"},
		{"comma at the end", "INSERT INTO t VALUES (1),;", "a row of t is missing here"},
		{"no rows", "INSERT INTO t VALUES ;", "a row of t is missing here"},
		{"empty row", "INSERT INTO t VALUES ();", "neither text nor number nor NULL"},
		{"strings side by side", "INSERT INTO t VALUES ('a' 'b');", "a row of t is broken here"},
		{"number and letters", "INSERT INTO t VALUES (12ab);", "begins like a number and is none"},
		{"charset without text", "INSERT INTO t VALUES (_utf8 NULL);", "a charset but no text"},
		{"column list", "INSERT INTO t (a b) VALUES (1);", "the list of columns is broken"},
		{"no name", "INSERT INTO ;", "a name is missing here"},
		{"definition", "CREATE TABLE t (a int, ,);", "the definition of t, which begins in line 1, is broken"},
		{"defined without columns", "CREATE TABLE t (PRIMARY KEY (a));", "is broken"},
		{"delimiter", "DELIMITER \nx", "DELIMITER needs an argument"},
		{"long delimiter", "DELIMITER 12345678901234567\n", "DELIMITER needs an argument of at most 16 bytes"},
		{"charset with backslashes in letters", "SET NAMES sjis;", "the dump is in sjis"},
		{"error of the dump program", "INSERT INTO t VALUES (1);\nmysqldump: Error 2013: Lost connection\n", "wrote an error message into the file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := dumpRows(strings.NewReader(c.dump), wantAll)
			source, ok := err.(*SourceError)
			if !ok || source.Kind != Malformed || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// A dump that was cut between two statements is sound by its grammar. What it
// has promised and not kept gives it away.
func TestSQLDumpCut(t *testing.T) {
	for _, c := range []struct{ dump, says string }{
		{"-- MySQL dump 10.13\nINSERT INTO t VALUES (1);", `does not end with its "-- Dump completed"`},
		{"-- MariaDB dump 10.19-11.4.2\nINSERT INTO t VALUES ('-- Dump completed');", `does not end with its "-- Dump completed"`},
		{"-- MySQL dump 10.13\nSELECT 1;\n-- Dump completed on 2026-11-21\n", ""},
		{"-- MySQL dump 10.13\nSELECT 1;\n-- Dump completed", ""},
		{"-- MySQL dump 1\n-- Dump completed\n-- MySQL dump 2\n", `does not end with its "-- Dump completed"`},
		{"-- MySQL dump 1\nSELECT 1;\n-- MySQL dump 2\n-- Dump completed\n", "another dump begins in it before the first has come to its end"},
		{"-- Adminer 4.8.1 MySQL 10.11 dump\nSELECT 1;", "does not end with its date"},
		{"-- Adminer 4.8.1 MySQL 10.11 dump\nSELECT 1;\n-- 2026-11-21 19:18:44\n", ""},
		{"START TRANSACTION;\nSELECT 1;", "never commits it"},
		{"START TRANSACTION;\nSELECT 1;COMMIT;", ""},
		{"LOCK TABLES t WRITE;INSERT INTO t VALUES (1);", "locks a table and never unlocks it"},
		{"LOCK TABLES t WRITE;UNLOCK TABLES;", ""},
		{"/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='' */;", "never restores them"},
		{"/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='' */;/*!40101 SET SQL_MODE=IFNULL(@OLD_SQL_MODE, '') */;", ""},
		{"SELECT 1", "inside the statement that begins in line 1"},
		{"/*!40101 SET NAMES utf8", "inside the statement"},
		{"SELECT 1; /*!50000 ", "inside a comment"},
		{"SELECT 1; /* x *", "inside a comment"},
		{"INSERT INTO t VALUES ('a\\'", "inside a string"},
		{"INSERT INTO t VALUES ('a\\", "inside a string"},
		{"INSERT INTO t VALUES (1", "inside the statement"},
		{"INSERT INTO t VALUES (1)", "inside the statement"},
		{"INSERT INTO t (a", "inside the statement"},
		{"INSERT INTO `t", "inside a string"},
		{"INSERT", "inside the statement"},
		{"CREATE TABLE t (a int", "inside the statement"},
		{"SELECT 1;", ""},
	} {
		for _, window := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			_, err := dumpRows(window(strings.NewReader(c.dump)), wantAll)
			if c.says == "" {
				if err != nil {
					t.Errorf("%q: %v", c.dump, err)
				}
				continue
			}
			source, ok := err.(*SourceError)
			if !ok || source.Kind != Truncated || !strings.Contains(err.Error(), c.says) || source.Advice != adviceCutDump {
				t.Errorf("%q: got %v, want %q", c.dump, err, c.says)
			}
		}
	}
}

// A read error is the source's, with the place; it is no cut.
func TestSQLDumpReadError(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("INSERT INTO t VALUES (1),\n(2"), iotest.ErrReader(io.ErrClosedPipe))
	got, err := dumpRows(broken, wantAll)
	if err == nil || !strings.Contains(err.Error(), "dump.sql: byte 28: ") || !strings.Contains(err.Error(), io.ErrClosedPipe.Error()) {
		t.Errorf("%v", err)
	}
	if got != "t \"1\"\n" {
		t.Errorf("read %q", got)
	}
}

// Statements have no length: one of 300 MB is read in the window it begins with,
// and a row that is too large is a row with a problem.
func TestSQLDumpLength(t *testing.T) {
	row := []byte(`(1,'` + strings.Repeat("x", 1000) + `'),` + "\n")
	dump := io.MultiReader(strings.NewReader("INSERT INTO t VALUES "), &recurring{row, 50_000 * len(row), 0}, strings.NewReader("(2,'end');SELECT '"),
		&recurring{[]byte(`x\'`), 90 << 20, 0}, strings.NewReader("';"))
	d := newSQLDump(dump, "dump.sql", newDumpTables(), wantAll)
	rows := 0
	for {
		_, err := d.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	if rows != 50_001 || cap(d.buf) > 2*dumpWindow {
		t.Errorf("%d rows, window of %d", rows, cap(d.buf))
	}
}

func TestSQLDumpLargeRow(t *testing.T) {
	dump := io.MultiReader(strings.NewReader("INSERT INTO t VALUES (1,'"), &recurring{[]byte("x"), maxDumpRow + 1<<20, 0}, strings.NewReader("\n'),\n(2,'y');"))
	d := newSQLDump(dump, "dump.sql", newDumpTables(), wantAll)
	var got []string
	for {
		row, err := d.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("line %d: %s", row.line, showRow(row)))
	}
	if want := "line 1: t record-too-large|line 3: t \"2\" \"y\""; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}

// recurring is left bytes of a text over and over.
type recurring struct {
	text     []byte
	left, at int
}

func (r *recurring) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		c := copy(p[n:min(len(p), n+r.left)], r.text[r.at:])
		n, r.left, r.at = n+c, r.left-c, (r.at+c)%len(r.text)
	}
	return n, nil
}

// Lines and bytes are those of the row, however the window lies.
func TestSQLDumpPositions(t *testing.T) {
	var dump bytes.Buffer
	dump.WriteString("-- head\n\nINSERT INTO t VALUES\n")
	var want []string
	for i := range 5000 {
		line := 1 + bytes.Count(dump.Bytes(), []byte{'\n'})
		want = append(want, fmt.Sprintf("%d %d", line, dump.Len()))
		fmt.Fprintf(&dump, "(%d,'%s\\n\n'),\n", i, strings.Repeat("z\n", i%7))
	}
	want = append(want, fmt.Sprintf("%d %d", 1+bytes.Count(dump.Bytes(), []byte{'\n'}), dump.Len()))
	dump.WriteString("(0,'');\n")
	d := newSQLDump(iotest.HalfReader(&dump), "dump.sql", newDumpTables(), wantAll)
	for i := 0; ; i++ {
		row, err := d.next()
		if err == io.EOF {
			if i != len(want) {
				t.Errorf("%d rows of %d", i, len(want))
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d %d", row.line, row.offset); got != want[i] {
			t.Fatalf("row %d is at %s, want %s", i, got, want[i])
		}
	}
}

// The quick way to read a row and the full rules give the same: everything is
// read twice, once with a comment in each row that only the full rules take.
func TestSQLDumpPlainRows(t *testing.T) {
	values := []string{"1", "-1", "NULL", "''", "'a'", "'\\''", "'\\\\'", "'a''b'", "\"x\"", "'\xff'", "0x41", "1.5", "_binary 'q'", "'(),;'", "TRUE", "N'x'", "00"}
	for _, a := range values {
		for _, b := range values {
			plain, err1 := dumpRows(strings.NewReader("INSERT INTO t VALUES ("+a+", \t"+b+");"), wantAll)
			full, err2 := dumpRows(strings.NewReader("INSERT INTO t VALUES (/**/"+a+","+b+");"), wantAll)
			if plain != full || err1 != nil || err2 != nil {
				t.Errorf("(%s,%s): %q %v, %q %v", a, b, plain, err1, full, err2)
			}
		}
	}
}

// readHostile reads a dump as the server prints its tables: a line with the name,
// then a line of hex a row.
func readHostile(t *testing.T, dump []byte) (content string, rows int) {
	t.Helper()
	d := newSQLDump(bytes.NewReader(dump), "dump.sql", newDumpTables(), wantAll)
	var out strings.Builder
	var scratch []byte
	last := ""
	for {
		row, err := d.next()
		if err == io.EOF {
			return out.String(), rows
		}
		if err != nil || row.problem != nil {
			t.Errorf("%v, %v", err, row)
			return out.String(), rows
		}
		if row.table.table != last {
			last = row.table.table
			out.WriteString("== " + last + "\n")
		}
		for i := range row.values {
			value, ok := row.values[i].bytes(&scratch)
			field := strings.ToUpper(hex.EncodeToString(value))
			switch {
			case row.values[i].null():
				field = "NULL"
			case !ok:
				field = "BROKEN"
			}
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(field)
		}
		out.WriteByte('\n')
		rows++
	}
}

// Tables of hostile bytes and names, dumped by mariadb-dump 10.11 with the options
// in the file's name; beside them, what the server's own SELECT HEX(…) says, with
// text as utf8mb4 or in its own charset. They were kept from
// TestMariaDBDifferential, which makes such tables anew.
func TestSQLDumpHostile(t *testing.T) {
	dumps, err := filepath.Glob("testdata/hostile/*.sql")
	if err != nil || len(dumps) == 0 {
		t.Fatal("no dumps: ", err)
	}
	for _, name := range dumps {
		dump, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		content := "utf8mb4.txt"
		if strings.Contains(name, "character-set-binary") {
			content = "binary.txt"
		}
		want, err := os.ReadFile(filepath.Join("testdata/hostile", content))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := readHostile(t, dump); got != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func FuzzSQLDump(f *testing.F) {
	for _, seed := range []string{
		"INSERT INTO `wp_users` VALUES (1,'a\\'b',NULL,0x41),\n(2,\"c\",-1.5e3,_binary 'x');\n",
		"/*!999999\\- enable the sandbox mode */\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE t (a int, b text) CHARSET=latin1;\nREPLACE INTO t (a,b) VALUES(1,'x');",
		"DELIMITER ;;\nCREATE TRIGGER t BEGIN SELECT ';'; END;;\nDELIMITER ;\nUSE `x`;\nINSERT INTO t VALUES (X'41',b'1',TRUE)",
		"-- MySQL dump\nSET SQL_MODE='NO_BACKSLASH_ESCAPES';INSERT INTO t VALUES ('\\');\n-- Dump completed\n",
		"INSERT INTO a.b (`c`) VALUES ('d') ON DUPLICATE KEY UPDATE c=VALUES(c);",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, dump []byte) {
		defer frugal(t, allocationBound)()
		whole, err := dumpRows(bytes.NewReader(dump), wantAll)
		bits, again := dumpRows(iotest.OneByteReader(bytes.NewReader(dump)), wantAll)
		if whole != bits || (err == nil) != (again == nil) {
			t.Errorf("%q (%v) in one piece, %q (%v) in many", whole, err, bits, again)
		}
		none, err := dumpRows(bytes.NewReader(dump), func([]byte) bool { return false })
		if none != "" {
			t.Errorf("rows of tables that nobody wants: %q (%v)", none, err)
		}
	})
}
