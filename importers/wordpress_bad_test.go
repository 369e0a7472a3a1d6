package importers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"rehome/fixtures"
	"rehome/identity"
)

// wpDump is a small site in mariadb-dump's manner: every kind of token is in it.
const wpDump = `-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE ` + "`wp_usermeta`" + ` (
  ` + "`umeta_id`" + ` bigint(20), ` + "`user_id`" + ` bigint(20), ` + "`meta_key`" + ` varchar(255), ` + "`meta_value`" + ` longtext,
  PRIMARY KEY (` + "`umeta_id`" + `)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES ` + "`wp_usermeta`" + ` WRITE;
INSERT INTO ` + "`wp_usermeta`" + ` VALUES
(1,1,'wp_capabilities','a:1:{s:13:\"administrator\";b:1;}'),
(2,2,'wp_capabilities','a:1:{s:6:\"editor\";b:1;}'),
(3,2,'first_name','Zoë'),
(4,3,'description',NULL);
UNLOCK TABLES;
CREATE TABLE ` + "`wp_users`" + ` (
  ` + "`ID`" + ` bigint(20), ` + "`user_login`" + ` varchar(60), ` + "`user_pass`" + ` varchar(255), ` + "`user_nicename`" + ` varchar(50), ` + "`user_email`" + ` varchar(100),
  ` + "`user_url`" + ` varchar(100), ` + "`user_registered`" + ` datetime, ` + "`user_activation_key`" + ` varchar(255), ` + "`user_status`" + ` int(11), ` + "`display_name`" + ` varchar(250),
  PRIMARY KEY (` + "`ID`" + `)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO ` + "`wp_users`" + ` VALUES
(1,'ada','$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.','ada','ada@example.com','','2026-11-21 19:13:12','',0,'Ada \'A\' &amp; Co'),
(2,'zoe','$wp$2y$10$v719Zyb/5DiglXjaGmtVoO.58ZfZLBkfIyjXnYyIbWYYFsofeucua','zoe','zoe@example.com','','2026-11-21 19:13:13','1:$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.',0,''),
(3,'max',0x2A,'max','','','0000-00-00 00:00:00','',0,'Müller');
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
-- Dump completed on 2026-11-21 19:17:44
`

const wpListJSONText = `[{"ID":1,"user_login":"ada","user_pass":"$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.","user_email":"ada@example.com","roles":"editor"},` +
	`{"ID":2,"user_login":"zo\u00eb","user_pass":"*","user_email":null,"roles":""}]`

const wpListCSVText = "ID,user_login,user_pass,user_email,roles\n1,ada,$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.,ada@example.com,\"editor,author\"\n2,\"zo\"\"e\",*,,\n"

const wpAdminJSONText = `[
{"type": "header", "version": "5.2.1", "comment": "Export to JSON plugin for PHPMyAdmin"},
{"type": "database", "name": "site"},
{"type": "table", "name": "wp_users", "database": "site", "data":
[
{"ID": "1", "user_login": "ada", "user_pass": "$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.", "user_email": "ada@example.com", "display_name": "Ada"}
]
},
{"type": "table", "name": "wp_usermeta", "database": "site", "data":
[
{"umeta_id": "1", "user_id": "1", "meta_key": "wp_capabilities", "meta_value": "a:1:{s:6:\"editor\";b:1;}"}
]
}
]
`

// Cut after any byte, a file is refused as one that was cut (or too short to be
// anything), before any user; accepted all the same, it yields users that are
// those of the whole file, and what was cut off is a record with a problem.
func TestWordPressCut(t *testing.T) {
	for name, whole := range map[string]string{"dump.sql": wpDump, "list.json": wpListJSONText, "list.csv": wpListCSVText, "pma.json": wpAdminJSONText} {
		t.Run(name, func(t *testing.T) {
			all := readWordPress(t, WordPressConfig{}, wpText(name, whole))
			if all.err != nil {
				t.Fatal(all.err)
			}
			ends := strings.TrimSpace(whole)
			if name == "list.csv" {
				ends = whole
			}
			ends = strings.TrimSuffix(ends, " on 2026-11-21 19:17:44")
			for cut := range len(ends) {
				wpCheckCut(t, name, whole[:cut], all.records)
			}
		})
	}
}

func wpCheckCut(t *testing.T, name, text string, whole []identity.Record) {
	t.Helper()
	strict := readWordPress(t, WordPressConfig{}, wpText(name, text))
	source, ok := strict.err.(*SourceError)
	rows := name == "list.csv" && strings.HasSuffix(text, "\n") // a list has no end of its own
	if !ok && !rows || len(strict.records) > 0 && !rows {
		t.Fatalf("cut at %d: %d records, %v", len(text), len(strict.records), strict.err)
	}
	if ok && source.Kind == Truncated && source.Byte < 0 {
		t.Errorf("cut at %d: no place in %v", len(text), source)
	}
	lenient := readWordPress(t, WordPressConfig{AcceptTruncated: true}, wpText(name, text))
	if len(lenient.records) > len(whole) {
		t.Fatalf("cut at %d: %d records", len(text), len(lenient.records))
	}
	for i, rec := range lenient.records {
		want := whole[i].User
		want.Labels, rec.User.Labels = nil, nil // usermeta may be gone
		if want.Name != rec.User.Name && want.ID == "2" {
			want.Name = rec.User.Name // made of usermeta
		}
		if rec.Problem == nil && !reflect.DeepEqual(rec.User, want) {
			t.Errorf("cut at %d: record %d is %+v", len(text), i+1, rec.User)
		}
		if rec.Problem != nil && i != len(lenient.records)-1 {
			t.Errorf("cut at %d: record %d has a problem: %v", len(text), i+1, rec.Problem)
		}
	}
}

// Damage of every kind ends in one clear error, or in records whose problem says
// so; never in a user who is not there.
func TestWordPressMutilated(t *testing.T) {
	swap := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for _, c := range []struct {
		name   string
		mutate func(string) string
		says   string // of the source's error, or
		code   identity.Code
		record int // … of the record with this problem
	}{
		{"quote dropped at the start of a value", swap(`'ada@`, `ada@`), "line 21: a value of wp_users is neither text nor number nor NULL", "", 0},
		{"quote dropped at the end of a value", swap(`ada@example.com'`, `ada@example.com`), "wp_users", "", 0},
		{"quote inserted", swap(`Ada \'A`, `Ada 'A`), "line 21: a row of wp_users is broken here", "", 0},
		{"comma dropped", swap(`1,'ada',`, `1,'ada'`), "", identity.RowBroken, 1},
		{"comma doubled", swap(`1,'ada',`, `1,'ada',,`), "neither text nor number nor NULL", "", 0},
		{"parenthesis dropped at the end of a row", swap(`Co'),`, `Co',`), "a value of wp_users is neither", "", 0},
		{"parenthesis dropped at the start of a row", swap("\n(2,'zoe'", "\n2,'zoe'"), "a row of wp_users is missing here", "", 0},
		{"semicolon for comma", swap(`Co'),`, `Co');`), "byte 1137: line 22: no SQL statement begins so", "", 0},
		{"row without a comma before it", swap(`Co'),`, `Co')`), "the rows of wp_users go on in a way that is no SQL", "", 0},
		{"value dropped", swap(`'ada@example.com','',`, `'ada@example.com',`), "", identity.RowBroken, 1},
		{"value added", swap(`(2,'zoe',`, `(2,'zoe','zoe',`), "", identity.RowBroken, 2},
		{"row emptied", swap(`(3,'max',0x2A,'max','','','0000-00-00 00:00:00','',0,'Müller')`, `()`), "neither text nor number", "", 0},
		{"id is text", swap(`(1,'ada',`, `('one','ada',`), "", identity.RecordUnreadable, 1},
		{"id is NULL", swap(`(1,'ada',`, `(NULL,'ada',`), "", identity.IDMissing, 1},
		{"id is empty", swap(`(1,'ada',`, `('','ada',`), "", identity.IDMissing, 1},
		{"id is negative", swap(`(1,'ada',`, `(-1,'ada',`), "", identity.RecordUnreadable, 1},
		{"id is too large", swap(`(1,'ada',`, `(99999999999999999999,'ada',`), "", identity.RecordUnreadable, 1},
		{"hash with a line break", swap(`pezbyxVoLt.','ada'`, `pezbyxVo\nt.','ada'`), "", identity.HashMalformed, 1},
		{"hash with a letter outside ASCII", swap(`pezbyxVoLt.','ada'`, `pezbyxVoLü.','ada'`), "", identity.HashMalformed, 1},
		{"hash is an expression", swap(`0x2A`, `MD5('x')`), "an expression that only a server can compute", "", 0},
		{"hash is broken hex", swap(`0x2A`, `0x2G`), "", identity.TextInvalid, 3},
		{"e-mail is not UTF-8", swap(`ada@example.com`, "ad\xe9@example.com"), "", identity.TextInvalid, 1},
		{"name is not UTF-8", swap(`Müller`, "M\xfcller"), "", identity.TextInvalid, 3},
		{"name with a NUL", swap(`Müller`, `M\0ller`), "", identity.TextInvalid, 3},
		{"charset unknown", swap("SET NAMES utf8mb4", "SET NAMES klingon"), "", identity.TextInvalid, 3},
		{"charset that hides backslashes", swap("SET NAMES utf8mb4", "SET NAMES gbk"), "line 3: the dump is in gbk", "", 0},
		{"comment never closed", swap("/*!40101 SET NAMES utf8mb4 */", "/* SET NAMES utf8mb4"), "never restores them", "", 0},
		{"definition broken", swap("`ID` bigint(20), ", "`ID` bigint(20),, "), "the definition of wp_users, which begins in line 15, is broken", "", 0},
		{"definition never closed", swap("PRIMARY KEY (`ID`)\n)", "PRIMARY KEY (`ID`\n)"), "the definition of wp_users", "", 0},
		{"column renamed", swap("`user_pass` varchar", "`password` varchar"), "no table of WordPress users", "", 0},
		{"table renamed", swap("INSERT INTO `wp_users`", "INSERT INTO `wp_people`"), "no table of WordPress users", "", 0},
		{"tables swapped", func(s string) string {
			return strings.NewReplacer("`wp_users`", "`wp_usermeta`", "`wp_usermeta`", "`wp_users`").Replace(s)
		}, "no table of WordPress users", "", 0},
		{"rows of metas into users", swap("(1,'ada',", "(1,1,'nickname','ada'),\n(1,'ada',"), "", identity.RowBroken, 1},
		{"rows of users into metas", swap("(3,2,'first_name','Zoë'),", "(1,'ada','$P$B','ada','ada@example.com','','','',0,''),"), "wp_usermeta: the row has 10 values for 4 columns", "", 0},
		{"user_id is text", swap("(1,1,'wp_capabilities'", "(1,'one','wp_capabilities'"), "line 10: wp_usermeta: the user_id of a row is no number", "", 0},
		{"meta column renamed", swap("`meta_key` varchar", "`key` varchar"), "are not all there", "", 0},
		{"statement computed", swap("INSERT INTO `wp_users` VALUES", "INSERT INTO `wp_users` SELECT"), "do not follow as VALUES", "", 0},
		{"footer gone", swap("-- Dump completed on 2026-11-21 19:17:44\n", ""), `does not end with its "-- Dump completed"`, "", 0},
		{"lock never released", swap("UNLOCK TABLES;\n", ""), "never unlocks it", "", 0},
		{"settings never restored", swap("/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;", ""), "never restores them", "", 0},
		{"second dump behind the first", func(s string) string { return s + strings.Replace(s, "-- Dump completed", "--", 1) }, "does not end with", "", 0},
		{"error of the dump program in the middle", swap("UNLOCK TABLES;\n", "mysqldump: Got error: 2013\n"), "line 15: the dump program wrote an error message into the file", "", 0},
		{"delimiter never changed back", swap("UNLOCK TABLES;\n", "UNLOCK TABLES;\nDELIMITER ;;\n"), "the file ends inside the statement that begins in line 16", "", 0},
		{"UTF-16 without a mark", func(s string) string {
			var b []byte
			for _, unit := range utf16.Encode([]rune(s)) {
				b = append(b, byte(unit), byte(unit>>8))
			}
			return string(b)
		}, "", "", -1},
		{"bytes reversed", func(s string) string {
			b := []byte(s)
			for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
				b[i], b[j] = b[j], b[i]
			}
			return string(b)
		}, "no export of a WordPress site", "", 0},
		{"half as gzip", func(s string) string {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = io.WriteString(z, s)
			z.Close()
			return b.String()[:b.Len()/2]
		}, "cut", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.mutate(wpDump)
			if text == wpDump {
				t.Fatal("nothing was mutilated")
			}
			got := readWordPress(t, WordPressConfig{}, wpText("dump.sql", text))
			switch {
			case c.record < 0: // readable all the same
				if got.err != nil || len(got.records) != 3 {
					t.Errorf("%d records, %v", len(got.records), got.err)
				}
			case c.says != "":
				if got.err == nil || !strings.Contains(got.err.Error(), c.says) || strings.Contains(got.err.Error(), "$P$") {
					t.Errorf("got %v, want %q", got.err, c.says)
				}
			default:
				wpOneProblem(t, got, c.code, c.record)
			}
		})
	}
}

// wpOneProblem checks that one record has a problem and all others are users.
func wpOneProblem(t *testing.T, got wpReading, code identity.Code, record int) {
	t.Helper()
	if got.err != nil {
		t.Fatal(got.err)
	}
	for _, rec := range got.records {
		switch {
		case rec.Pos.Record == record && (rec.Problem == nil || rec.Problem.Code != code):
			t.Errorf("%s: %v, want %s", rec.Pos, rec.Problem, code)
		case rec.Pos.Record == record && (rec.Raw == "" || rec.Pos.Line == 0):
			t.Errorf("%s: nothing to mend it by", rec.Pos)
		case rec.Pos.Record != record && rec.Problem != nil:
			t.Errorf("%s: %v", rec.Pos, rec.Problem)
		case rec.Problem != nil && strings.Contains(rec.Problem.Detail, "$P$"):
			t.Errorf("%s: a hash in %q", rec.Pos, rec.Problem.Detail)
		}
	}
	if len(got.records) < record {
		t.Errorf("%d records", len(got.records))
	}
}

// Lists damaged in the same spirit.
func TestWordPressListsMutilated(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		kind             Kind
		says             string
		code             identity.Code // of record 1, or none
		records          int
	}{
		{"JSON: no list", "l.json", `[{"ID":1,"user_login":"a"} {"ID":2}]`, Malformed, "byte 27: expected a comma or ] after a row", "", 1},
		{"JSON: text behind", "l.json", wpListJSONText + "x", Malformed, "text behind the end of the list", "", 2},
		{"JSON: nested", "l.json", `[{"ID":1,"user_login":"a","user_pass":["x"]}]`, Malformed, "no table holds", "", 0},
		{"JSON: row is no object", "l.json", `[{"ID":1,"user_login":"a"},7]`, Malformed, "expected a row", "", 1},
		{"JSON: broken escape", "l.json", `[{"ID":1,"user_login":"a\ud800","user_email":"b"}]`, "", "", identity.TextInvalid, 1},
		{"JSON: not UTF-8", "l.json", "[{\"ID\":1,\"user_login\":\"a\xff\",\"user_email\":\"b\"}]", "", "", identity.TextInvalid, 1},
		{"JSON: NUL", "l.json", `[{"ID":1,"user_login":"a\u0000","user_email":"b"}]`, "", "", identity.TextInvalid, 1},
		{"JSON: id is text", "l.json", `[{"ID":"x","user_login":"a","user_email":"b"}]`, "", "", identity.RecordUnreadable, 1},
		{"JSON: fewer fields", "l.json", `[{"ID":1,"user_login":"a","user_pass":"*"},{"ID":2,"user_login":"b"},{"ID":3,"user_login":"c","user_pass":"*"}]`, "", "", "", 3},
		{"JSON: no field", "l.json", `[{"ID":1,"user_login":"a","user_pass":"*"},{}]`, "", "", "", 2},
		{"phpMyAdmin: no comma", "p.json", strings.Replace(wpAdminJSONText, "},\n{\"type\": \"database\"", "}\n{\"type\": \"database\"", 1), Malformed, "expected a comma", "", 0},
		{"phpMyAdmin: table goes on", "p.json", strings.Replace(wpAdminJSONText, "]\n},", "], 7},", 1), Malformed, "the end of a table", "", 0},
		{"phpMyAdmin: no name", "p.json", strings.Replace(wpAdminJSONText, `"type": "database"`, `"": "x"`, 1), Malformed, "without a name", "", 0},
		{"CSV: too few fields", "l.csv", "ID,user_login,user_pass\n1,a\n2,b,*\n", "", "", identity.RowBroken, 2},
		{"CSV: too many fields", "l.csv", "ID,user_login,user_pass\n1,a,*,x\n2,b,*\n", "", "", identity.RowBroken, 2},
		{"CSV: open quote", "l.csv", "ID,user_login,user_pass\n1,\"a,*\n2,b,*\n", "", "", identity.RowBroken, 2},
		{"CSV: no line end", "l.csv", "ID,user_login,user_pass\n1,a,*\n2,b,*", Truncated, "line 3: the last line has no end", "", 0},
		{"CSV: WP-CLI gave up", "l.csv", "ID,user_login,billing_phone\n1,a,5\nError: Invalid field: billing_phone.\n", Truncated, "line 3: WP-CLI stopped here with an error: the list ends after 1 users", "", 0},
		{"CSV: header alone", "l.csv", "ID,user_login,user_pass\n", NoUsers, "no table of WordPress users", "", 0},
		{"CSV: NUL", "l.csv", "ID,user_login,user_pass\n1,a\x00,*\n", "", "", identity.TextInvalid, 1},
		{"empty", "l.csv", "", Empty, "the file is empty", "", 0},
		{"TSV of --tab", "wp_users.txt", "1\tada\t$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.\tada\tada@example.com\t\t2026-11-21 19:13:12\t\t0\tAda\n", Malformed, "mysqldump --tab", "", 0},
		{"table with a frame", "l.txt", "+----+------------+------------+\n| ID | user_login | user_email |\n+----+------------+------------+\n", Malformed, "a table made to be looked at", "", 0},
		{"archive", "site.wpress", "package.json\x00\x00\x00", Malformed, "unpack it", "", 0},
		{"other CSV", "x.csv", "id,email\n1,a@example.com\n", Malformed, "no export of a WordPress site", "", 0},
		{"PostgreSQL", "x.sql", "--\n-- PostgreSQL database dump\n--\nSET x = 1;\n", Malformed, "no export of a WordPress site", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readWordPress(t, WordPressConfig{}, wpText(c.file, c.text))
			source, _ := got.err.(*SourceError)
			switch {
			case c.kind == "" && got.err != nil:
				t.Fatal(got.err)
			case c.kind != "" && (source == nil || source.Kind != c.kind || !strings.Contains(source.Error()+source.Advice, c.says)):
				t.Fatalf("got %v, want %s: %q", got.err, c.kind, c.says)
			case c.kind != "":
				return
			}
			if len(got.records) != c.records {
				t.Errorf("%d records", len(got.records))
			}
			if p := got.records[0].Problem; (p == nil) != (c.code == "") || p != nil && p.Code != c.code {
				t.Errorf("%v, want %q", p, c.code)
			}
		})
	}
}

// Errors of opening, reading and closing are the source's.
func TestWordPressSourceErrors(t *testing.T) {
	broken := errors.New("the disk is gone")
	read := func(open func() ([]Input, error)) (n int, err error) {
		for _, e := range WordPress(open, WordPressConfig{}) {
			if err = e; e == nil {
				n++
			}
		}
		return n, err
	}
	if _, err := read(func() ([]Input, error) { return nil, broken }); err != broken {
		t.Errorf("opening: %v", err)
	}
	for _, text := range []string{wpDump, wpListCSVText, wpListJSONText, wpAdminJSONText} {
		for _, at := range []int{10, len(text) - 10} {
			open := func() ([]Input, error) {
				return []Input{{"f", io.MultiReader(strings.NewReader(text[:at]), iotest.ErrReader(broken))}}, nil
			}
			if n, err := read(open); !errors.Is(err, broken) && at > 10 || n > 0 || err == nil {
				t.Errorf("reading %.20q to %d: %d users, %v", text, at, n, err)
			}
		}
	}
	closed := 0
	n, err := read(func() ([]Input, error) {
		return []Input{{"f", &closing{strings.NewReader(wpDump), func() error { closed++; return broken }}}}, nil
	})
	if n != 0 || err != broken || closed != 1 {
		t.Errorf("closing: %d users, %v, %d times", n, err, closed)
	}
	opened := 0
	n, err = read(func() ([]Input, error) {
		if opened++; opened > 2 {
			return []Input{wpText("f", strings.Replace(wpDump, "(2,'zoe'", "(4,'new','*','','','','','',0,'x'),\n(2,'zoe'", 1))}, nil
		}
		return []Input{wpText("f", wpDump)}, nil
	})
	if n != 4 || err == nil || !strings.Contains(err.Error(), "changed while they were read") {
		t.Errorf("a file that changes: %d users, %v", n, err)
	}
}

type closing struct {
	io.Reader
	close func() error
}

func (c *closing) Close() error { return c.close() }

// A consumer that wants no more ends the reading at once, and files are closed.
func TestWordPressStops(t *testing.T) {
	open, closed := 0, 0
	for range WordPress(func() ([]Input, error) {
		open++
		return []Input{{"f", &closing{strings.NewReader(wpDump), func() error { closed++; return nil }}}}, nil
	}, WordPressConfig{}) {
		break
	}
	if open != closed || open != 3 {
		t.Errorf("opened %d times, closed %d times", open, closed)
	}
}

// FuzzWordPress reads anything as one file, whole and accepting a cut, and holds
// it to what is promised: a record is a user with an id, or a problem; nothing
// follows an error; the second reading gives what the first gave.
func FuzzWordPress(f *testing.F) {
	seeds := []string{wpDump, wpListJSONText, wpListCSVText, wpAdminJSONText}
	for _, c := range changeCases() {
		seeds = append(seeds, changeDump(c.statements))
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	for _, name := range []string{"adminer.insert-update.sql", "mydumper.users.sql", "wp.latin1-bytes.sql"} {
		f.Add(fixtures.Read(wpExports + name)[:6000])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer frugal(t, allocationBound)()
		for _, c := range []WordPressConfig{{}, {AcceptTruncated: true, Site: 2, Meta: []string{"description"}, Encoding: TwiceEncoded}} {
			got := readWordPress(t, c, Input{"f", bytes.NewReader(data)})
			for i, rec := range got.records {
				if rec.Problem == nil && rec.User.ID == "" || rec.Problem != nil && !rec.User.Hash.IsZero() || rec.Pos.Record != i+1 {
					t.Errorf("record %d: %+v, %v", i+1, rec.User, rec.Problem)
				}
			}
			survives(t, got.records)
			again := readWordPress(t, c, Input{"f", bytes.NewReader(data)})
			if !reflect.DeepEqual(got.records, again.records) || fmt.Sprint(got.err) != fmt.Sprint(again.err) {
				t.Errorf("two readings differ")
			}
		}
	})
}
