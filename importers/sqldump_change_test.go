package importers

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// changeTables are the tables that the statements of changeCases find. {4 d}
// stands for a row of users, {m4 2 nickname x} for one of usermeta.
const changeTables = "SET NAMES utf8mb4;\n" +
	"CREATE TABLE `wp_usermeta` (`umeta_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_id` bigint(20), `meta_key` varchar(255), `meta_value` longtext, PRIMARY KEY (`umeta_id`));\n" +
	"INSERT INTO `wp_usermeta` VALUES {m1 1 nickname x},{m2 2 nickname y};\n" +
	"CREATE TABLE `wp_users` (`ID` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_login` varchar(60), `user_pass` varchar(255), `user_nicename` varchar(50), `user_email` varchar(100)," +
	" `user_url` varchar(100), `user_registered` datetime, `user_activation_key` varchar(255), `user_status` int(11), `display_name` varchar(250), PRIMARY KEY (`ID`));\n" +
	"CREATE TABLE `wp_options` (`option_id` bigint(20) unsigned NOT NULL, `option_value` longtext, PRIMARY KEY (`option_id`));\n" +
	"INSERT INTO `wp_users` VALUES {1 a},{2 b},{3 c};\n"

// changeDump is a dump that goes on with statements, which begin in line 7.
func changeDump(statements string) string { return changeRows(changeTables + statements) }

var changeRow = regexp.MustCompile(`\{([0-9]+) (\w+)\}`)
var changeMeta = regexp.MustCompile(`\{m([0-9]+) ([0-9]+) (\w+) (\w+)\}`)

func changeRows(text string) string {
	text = changeRow.ReplaceAllString(text, "($1,'$2','$$P$$B9hX1ozcIzWqXnC1i1lJwTxGzXfXm/1','$2','$2@example.com','','2020-01-01 00:00:00','',0,'$2 ; DROP TABLE wp_users;')")
	return changeMeta.ReplaceAllString(text, "($1,$2,'$3','$4')")
}

// changeCase is what stands behind the rows of a dump, and the users that are
// there in the end: id and login. What begins with a sign of exclamation is a
// refusal.
type changeCase struct {
	name, statements, want string
	mysql                  bool // MariaDB does not take it
}

// changeUsers is the definition of wp_users again.
var changeUsers = regexp.MustCompile("CREATE TABLE `wp_users` .*;\n").FindString(changeTables)

func changeCases() []changeCase {
	const updated, deleted = "!line 7: UPDATE changes wp_users", "!line 7: DELETE changes wp_users"
	create := changeUsers
	like := func(head string) string { return strings.Replace(create, "CREATE TABLE `wp_users`", head, 1) }
	all := []changeCase{
		{name: "nothing", want: "1a 2b 3c"},
		// What changes rows.
		{name: "update", statements: "UPDATE `wp_users` SET `user_pass`='x' WHERE `ID`=1;", want: updated},
		{name: "update in lower case, with comments and qualified by USE", statements: "update/* SET */low_priority -- SET\n ignore wp_users # x\n set user_pass='x';", want: updated},
		{name: "update in a conditional comment", statements: "/*!40000 UPDATE wp_users SET user_pass='x' */;", want: updated},
		{name: "update in ANSI quotes", statements: "SET sql_mode='ANSI_QUOTES';UPDATE \"wp_users\" SET user_pass='x';", want: updated},
		{name: "update of several tables", statements: "UPDATE wp_options o JOIN wp_users u ON o.option_id=u.ID SET u.user_pass='x';", want: updated},
		{name: "update of several tables by commas", statements: "UPDATE wp_options, `wp_users` SET user_pass='x' WHERE option_id=ID;", want: updated},
		{name: "update of meta", statements: "UPDATE wp_usermeta SET meta_value='x';", want: "!line 7: UPDATE changes wp_usermeta"},
		{name: "update of another table that reads ours", statements: "UPDATE wp_options SET option_value=(SELECT COUNT(*) FROM wp_users);", want: "1a 2b 3c"},
		{name: "update of another site's users", statements: "CREATE TABLE x_users (ID int);INSERT INTO x_users VALUES (1);UPDATE x_users SET ID=2;", want: "1a 2b 3c"},
		{name: "with and update", statements: "WITH x AS (SELECT 1 AS one) UPDATE wp_users, x SET user_pass='x';", want: updated, mysql: true},
		{name: "with and select", statements: "WITH x AS (SELECT * FROM wp_users) SELECT * FROM x;", want: "1a 2b 3c"},
		{name: "delete of some", statements: "DELETE FROM wp_users WHERE ID=2;", want: deleted},
		{name: "delete of the first", statements: "delete quick from `wp_users` ORDER BY ID LIMIT 1;", want: deleted},
		{name: "delete by a join", statements: "DELETE u FROM wp_users u JOIN wp_options;", want: deleted},
		{name: "delete by using", statements: "DELETE FROM u USING wp_users AS u WHERE u.ID=1;", want: deleted},
		{name: "delete of several", statements: "DELETE wp_options, wp_users FROM wp_options JOIN wp_users;", want: deleted},
		{name: "delete of another table by ours", statements: "DELETE FROM wp_options WHERE option_id IN (SELECT ID FROM wp_users);", want: "1a 2b 3c"},
		{name: "load data", statements: "LOAD DATA LOCAL INFILE '/dev/null' REPLACE INTO TABLE `wp_users`;", want: "!line 7: LOAD changes wp_users"},
		{name: "insert and select", statements: "INSERT INTO wp_users SELECT ID+9,user_login,user_pass,user_nicename,user_email,user_url,user_registered,user_activation_key,user_status,display_name FROM wp_users;",
			want: "!line 7: the rows of wp_users do not follow as VALUES"},
		{name: "insert and set", statements: "INSERT wp_users SET ID=7;", want: "!line 7: the rows of wp_users do not follow as VALUES"},
		{name: "rename", statements: "RENAME TABLE wp_users TO wp_people;", want: "!line 7: RENAME changes wp_users"},
		{name: "rename of another into its place", statements: "CREATE TABLE other LIKE wp_users;RENAME TABLE wp_users TO old, other TO wp_users;", want: "!line 7: RENAME changes wp_users"},
		{name: "alter and rename", statements: "ALTER TABLE wp_users RENAME wp_people;", want: "!line 7: ALTER TABLE … RENAME changes wp_users"},
		{name: "alter another table into its place", statements: "ALTER TABLE wp_users RENAME TO x_people;ALTER TABLE wp_options RENAME AS wp_users;", want: "!line 7: ALTER TABLE … RENAME changes wp_users"},
		{name: "alter a column away", statements: "ALTER TABLE wp_users DROP COLUMN user_pass;", want: "!line 7: ALTER TABLE … DROP changes wp_users"},
		{name: "alter a column's name", statements: "ALTER TABLE wp_users ADD KEY k (user_login, user_email), CHANGE user_pass user_pass2 varchar(255);", want: "!line 7: ALTER TABLE … CHANGE changes wp_users"},
		{name: "alter the columns' order", statements: "ALTER TABLE wp_users MODIFY user_pass varchar(255) AFTER ID;", want: "!line 7: ALTER TABLE … MODIFY changes wp_users"},
		{name: "a procedure is called", statements: "CREATE PROCEDURE p() DELETE FROM wp_users;\nCALL p();", want: "!line 8: CALL changes wp_users"},
		{name: "a statement made of text", statements: "PREPARE s FROM 'DELETE FROM wp_users';EXECUTE s;", want: "!line 7: a statement made of text changes wp_users"},
		{name: "a statement made of a variable", statements: "SET @s = 'DELETE FROM wp_users';PREPARE s FROM @s;EXECUTE s;", want: "!line 7: a statement made of text changes wp_users"},
		{name: "rows taken back", statements: "START TRANSACTION;INSERT INTO wp_users VALUES {4 d};ROLLBACK;COMMIT;", want: "!line 7: ROLLBACK changes wp_users"},
		{name: "a temporary table in its place", statements: like("CREATE TEMPORARY TABLE `wp_users`") + "INSERT INTO wp_users VALUES {4 d};", want: "!line 7: CREATE TEMPORARY TABLE changes wp_users"},
		{name: "rows of another table", statements: "CREATE TABLE x AS SELECT * FROM wp_users;DROP TABLE wp_users;CREATE TABLE wp_users AS SELECT * FROM x;", want: "!line 7: CREATE TABLE … SELECT changes wp_users"},
		{name: "another spelling", statements: "TRUNCATE WP_USERS;", want: "!line 7: the table WP_USERS is called wp_users before", mysql: true},
		{name: "another spelling of rows", statements: "INSERT INTO WP_Users VALUES {4 d};", want: "!line 7: the table WP_Users is called wp_users before", mysql: true},
		{name: "a database that nothing names before", statements: "TRUNCATE other.wp_users;", want: "!line 7: the table other.wp_users is called wp_users before", mysql: true},
		{name: "a database that is dropped", statements: "DROP DATABASE IF EXISTS other;", want: "!line 7: DROP DATABASE changes wp_users", mysql: true},
		// Rows that replace rows.
		{name: "replace", statements: "REPLACE INTO wp_users VALUES {2 z};", want: "!line 7: a row of wp_users may have the key of a row before it, and what becomes of the two by REPLACE in line 7 only a server"},
		{name: "replace of nobody", statements: "REPLACE INTO wp_users VALUES {4 d},{5 e};", want: "1a 2b 3c 4d 5e"},
		{name: "replace within itself", statements: "TRUNCATE wp_users;\nREPLACE INTO wp_users VALUES {1 d},\n{2 e},\n{1 f};", want: "!line 10: a row of wp_users may have the key of a row before it, and what becomes of the two by REPLACE in line 8 only a server"},
		{name: "upsert", statements: "INSERT INTO wp_users VALUES {2 z} ON DUPLICATE KEY UPDATE user_login='z';", want: "!line 7: a row of wp_users may have the key"},
		{name: "upsert of nobody", statements: "INSERT INTO wp_users VALUES {4 d} ON DUPLICATE KEY UPDATE user_login='z';", want: "1a 2b 3c 4d"},
		{name: "ignored", statements: "INSERT IGNORE INTO wp_users VALUES {2 z};", want: "!line 7: a row of wp_users may have the key"},
		{name: "replace of meta", statements: "REPLACE wp_usermeta VALUES {m1 1 nickname z};", want: "!line 7: a row of wp_usermeta may have the key"},
		{name: "the rows of another dump", statements: "-- MySQL dump 10.13\nINSERT INTO wp_users VALUES {1 z},{3 c};\n-- Dump completed", want: "!line 8: a row of wp_users may have the key of a row before it, and what becomes of the two by another dump in line 8", mysql: true},
		{name: "more rows of another dump", statements: "-- MySQL dump 10.13\nINSERT INTO wp_users VALUES {4 d};\n-- Dump completed", want: "1a 2b 3c 4d"},
		{name: "another dump of all", statements: "-- phpMyAdmin SQL Dump\nDROP TABLE wp_users;" + create + "INSERT INTO wp_users VALUES {1 z},{3 c};", want: "1z 3c"},
		{name: "a block of statements", statements: "DELIMITER //\nBEGIN NOT ATOMIC DELETE FROM wp_users; END //", want: "!line 8: BEGIN NOT ATOMIC changes wp_users"},
		{name: "a condition", statements: "DELIMITER //\nIF 1=1 THEN DELETE FROM wp_users; END IF //", want: "!line 8: IF changes wp_users"},
		// What begins a table anew.
		{name: "truncate", statements: "TRUNCATE TABLE `wp_users`;INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "truncate without TABLE", statements: "truncate\nwp_users;INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "delete of all", statements: "DELETE FROM `wp_users`;INSERT INTO wp_users VALUES {2 z};", want: "2z"},
		{name: "truncate and no more", statements: "TRUNCATE wp_users;", want: "!no table of WordPress users with a user in it"},
		{name: "drop and create", statements: "DROP TABLE IF EXISTS `wp_users`;\n" + create + "INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "drop of several", statements: "/*!40000 DROP TABLE wp_options , `wp_usermeta`,\n wp_users RESTRICT */;" + create + "INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "create or replace", statements: like("CREATE OR REPLACE TABLE `wp_users`") + "INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "create if not exists", statements: like("CREATE TABLE IF NOT EXISTS `wp_users`") + "INSERT INTO wp_users VALUES {4 d};", want: "1a 2b 3c 4d"},
		{name: "create if not exists, and the rows again", statements: like("CREATE TABLE IF NOT EXISTS `wp_users`") + "INSERT INTO wp_users VALUES {1 a};", want: "!line 8: a row of wp_users may have the key", mysql: true},
		{name: "create a second time", statements: create + "INSERT INTO wp_users VALUES {4 d};", want: "4d", mysql: true},
		{name: "create like itself", statements: "CREATE TABLE x_users LIKE wp_users;DROP TABLE wp_users;CREATE TABLE wp_users (LIKE x_users);INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "other columns", statements: "DROP TABLE wp_users;CREATE TABLE wp_users (user_pass text, user_login text, ID bigint, user_email text);INSERT INTO wp_users VALUES ('','d',4,'');", want: "4d"},
		{name: "update and a new beginning", statements: "UPDATE wp_users SET user_pass='x';DROP TABLE wp_users;" + create + "INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "rename and a new beginning", statements: "RENAME TABLE wp_users TO old_people;" + create + "INSERT INTO wp_users VALUES {4 d};", want: "4d"},
		{name: "three times", statements: "TRUNCATE wp_users;INSERT INTO wp_users VALUES {4 d};TRUNCATE wp_users;TRUNCATE wp_users;INSERT INTO wp_users VALUES {5 e};INSERT INTO wp_users VALUES {6 f};", want: "5e 6f"},
		{name: "a new beginning, and an update", statements: "TRUNCATE wp_users;\nINSERT INTO wp_users VALUES {4 d};\nUPDATE wp_users SET ID=5;", want: "!line 9: UPDATE changes wp_users"},
		{name: "a temporary table is dropped", statements: "CREATE TEMPORARY TABLE t (a int);DROP TEMPORARY TABLE IF EXISTS t;", want: "1a 2b 3c"},
		// What leaves all as it is.
		{name: "keys", statements: "LOCK TABLES `wp_users` WRITE;\n/*!40000 ALTER TABLE `wp_users` DISABLE KEYS */;\n/*!40000 ALTER TABLE `wp_users` ENABLE KEYS */;\nUNLOCK TABLES;", want: "1a 2b 3c"},
		{name: "phpMyAdmin's", statements: "ALTER TABLE `wp_users`\n  DROP PRIMARY KEY, ADD PRIMARY KEY (`ID`),\n  ADD KEY `user_login_key` (`user_login`,`user_email`);\nALTER TABLE `wp_users`\n  MODIFY `ID` bigint(20) UNSIGNED NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=13;\n" +
			"ALTER TABLE wp_users CHANGE COLUMN `ID` `ID` bigint(20) UNSIGNED NOT NULL AUTO_INCREMENT;ALTER TABLE wp_users ADD CONSTRAINT c CHECK (user_status <> 77);ALTER TABLE wp_users RENAME INDEX user_login_key TO users, ENGINE=InnoDB;", want: "1a 2b 3c"},
		{name: "in strings and comments", statements: "SET @x = 'it''s; TRUNCATE wp_options; -- ';SELECT \"; DELETE FROM wp_users;\" /* ; UPDATE wp_users SET a=1; */;-- UPDATE wp_users SET a=1;\n# DROP TABLE wp_users;\n/* TRUNCATE wp_users; */", want: "1a 2b 3c"},
		{name: "in routines", statements: "DELIMITER ;;\nCREATE TRIGGER t BEFORE DELETE ON wp_users FOR EACH ROW BEGIN UPDATE wp_users SET ID=1; DELETE FROM wp_usermeta; END ;;\n" +
			"/*!50003 CREATE*/ /*!50020 DEFINER=`root`@`localhost`*/ /*!50003 PROCEDURE p() BEGIN TRUNCATE wp_users; END */;;\nDELIMITER ;\nINSERT INTO wp_users VALUES {4 d};", want: "1a 2b 3c 4d"},
		{name: "in routines without a delimiter", statements: "CREATE DEFINER=`root`@`%` PROCEDURE p(a int) BEGIN DECLARE b int; IF a THEN UPDATE wp_users SET ID=1; ELSE SET b = CASE a WHEN 1 THEN 2 END; END IF;" +
			" CASE a WHEN 1 THEN DELETE FROM wp_users; END CASE; WHILE b DO TRUNCATE wp_users; END WHILE; BEGIN DROP TABLE wp_users; END; END;INSERT INTO wp_users VALUES {4 d};", want: "1a 2b 3c 4d", mysql: true},
		{name: "views and indexes", statements: "CREATE VIEW all_users AS SELECT * FROM wp_users;CREATE UNIQUE INDEX i ON wp_users (user_login);DROP INDEX i ON wp_users;DROP VIEW all_users;ANALYZE TABLE wp_users;", want: "1a 2b 3c"},
		{name: "other databases", statements: "CREATE DATABASE other; USE other;\n" + create + "INSERT INTO wp_users VALUES {7 g};\nDROP DATABASE other;", want: "!line 10: DROP DATABASE changes wp_users"},
	}
	return all
}

// readChanges reads a dump as the users of wp_: id and login of each.
func readChanges(t *testing.T, text string) (string, wpReading) {
	t.Helper()
	got := readWordPress(t, WordPressConfig{TablePrefix: "wp_"}, wpText("dump.sql", text))
	var users []string
	for _, rec := range got.records {
		if rec.Problem != nil {
			t.Errorf("%s: %s", rec.Pos, rec.Problem)
		}
		users = append(users, rec.User.ID+rec.User.Username)
	}
	return strings.Join(users, " "), got
}

// A dump that goes on behind its rows either comes to what a server would hold,
// or is refused with the line.
func TestSQLDumpChanges(t *testing.T) {
	for _, c := range changeCases() {
		t.Run(c.name, func(t *testing.T) {
			users, got := readChanges(t, changeDump(c.statements))
			says, refused := strings.CutPrefix(c.want, "!")
			switch source, ok := got.err.(*SourceError); {
			case refused && (!ok || !strings.Contains(source.Error(), says) || source.Advice == "" || users != ""):
				t.Errorf("got %q, %v; want %q", users, got.err, says)
			case !refused && (got.err != nil || users != c.want):
				t.Errorf("got %q, %v; want %q", users, got.err, c.want)
			}
		})
	}
}

// A database that is named counts its own beginnings.
func TestSQLDumpChangesByDatabase(t *testing.T) {
	const a, b = "USE `a`;\n", "USE `b`;\n"
	two := a + changeTables + b + changeTables
	for _, c := range []struct{ name, text, prefix, want string }{
		{"of one", two + "TRUNCATE a.wp_users; INSERT INTO b . wp_users VALUES {4 d}; INSERT INTO `a`. `wp_users` VALUES {5 e};", "a.wp_", "5e"},
		{"of the other", two + "TRUNCATE a.wp_users; INSERT INTO b.wp_users VALUES {4 d}; INSERT INTO `a`.`wp_users` VALUES {5 e};", "b.wp_", "1a 2b 3c 4d"},
		{"a change", two + "USE a; UPDATE wp_users SET ID=1;", "b.wp_", "1a 2b 3c"},
		{"a change of the one that is asked for", two + "USE a; UPDATE wp_users SET ID=1;", "a.wp_", "!UPDATE changes a.wp_users"},
		{"a change across", two + "UPDATE a.wp_users AS x SET ID=1;", "a.wp_", "!UPDATE changes a.wp_users"},
		{"a delete across", two + "DELETE a.wp_users FROM a.wp_users JOIN b.wp_users;", "a.wp_", "!DELETE changes a.wp_users"},
		{"renamed into it", two + "ALTER TABLE b.wp_users RENAME TO a.wp_users;", "a.wp_", "!ALTER TABLE … RENAME changes a.wp_users"},
		{"dropped", two + "DROP DATABASE IF EXISTS a; CREATE DATABASE a; USE a;" + changeUsers + "INSERT INTO wp_users VALUES {4 d};", "a.wp_", "4d"},
		{"dropped and replaced", two + "CREATE OR REPLACE DATABASE a; USE a;" + changeUsers + "INSERT INTO wp_users VALUES {4 d};", "a.wp_", "4d"},
		{"the other dropped", two + "DROP SCHEMA a;", "b.wp_", "1a 2b 3c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readWordPress(t, WordPressConfig{TablePrefix: c.prefix}, wpText("dump.sql", changeRows(c.text)))
			var users []string
			for _, rec := range got.records {
				users = append(users, rec.User.ID+rec.User.Username)
			}
			says, refused := strings.CutPrefix(c.want, "!")
			if refused != (got.err != nil) || refused && !strings.Contains(got.err.Error(), says) || !refused && strings.Join(users, " ") != c.want {
				t.Errorf("got %q, %v; want %q", users, got.err, c.want)
			}
		})
	}
}

// Two dumps one behind the other are what the second leaves behind, also when
// they are members of a gzip; metas and all.
func TestSQLDumpAppended(t *testing.T) {
	first := changeRows(strings.ReplaceAll(changeTables, "CREATE TABLE", "CREATE OR REPLACE TABLE"))
	second := changeRows(strings.NewReplacer("{1 a},{2 b},{3 c}", "{1 z},{3 c}", "nickname y", "nickname new").Replace(strings.ReplaceAll(changeTables, "CREATE TABLE", "CREATE OR REPLACE TABLE")))
	var packed bytes.Buffer
	for _, text := range []string{first, second} {
		z := gzip.NewWriter(&packed)
		_, _ = io.WriteString(z, text)
		z.Close()
	}
	for name, text := range map[string]string{"text": first + second, "gzip": packed.String()} {
		users, got := readChanges(t, text)
		if users != "1z 3c" || got.err != nil {
			t.Errorf("%s: %s, %v", name, users, got.err)
		}
		if !strings.Contains(fmt.Sprint(got.notices), "line 10: the dump empties wp_users and fills it anew") {
			t.Errorf("%s: %q", name, got.notices)
		}
	}
}

// Files have no order that a server would have seen: whatever empties a table
// that another file fills ends the reading, whichever file comes first, and even
// when both bear one name.
func TestSQLDumpChangesInFiles(t *testing.T) {
	rows := "INSERT INTO wp_users VALUES {4 d};\n"
	for i, c := range []struct {
		files []string
		want  string
	}{
		{[]string{changeTables, "SET NAMES utf8mb4;TRUNCATE wp_users;" + rows}, "!two dumps"},
		{[]string{changeTables, "DROP TABLE wp_users;" + changeUsers + rows}, "!two dumps"},
		{[]string{changeTables, changeTables}, "!two dumps"},
		{[]string{rows, changeTables}, "!two dumps"},
		{[]string{changeTables, "SET NAMES utf8mb4;UPDATE wp_users SET ID=1;"}, "!UPDATE changes wp_users"},
		{[]string{changeTables, rows}, "1a 2b 3c 4d"},
		{[]string{rows, "DROP TABLE IF EXISTS wp_users;" + changeUsers}, "4d"},
		{[]string{"DROP TABLE IF EXISTS wp_users;" + changeUsers, rows, strings.ReplaceAll(rows, "4 d", "5 e")}, "4d 5e"},
	} {
		var inputs []Input
		for _, text := range c.files {
			inputs = append(inputs, wpText("dump.sql", changeRows(text)))
		}
		got := readWordPress(t, WordPressConfig{}, inputs...)
		var users []string
		for _, rec := range got.records {
			users = append(users, rec.User.ID+rec.User.Username)
		}
		says, refused := strings.CutPrefix(c.want, "!")
		if refused != (got.err != nil) || refused && !strings.Contains(got.err.Error(), says) || !refused && strings.Join(users, " ") != c.want {
			t.Errorf("case %d: got %q, %v; want %q", i, users, got.err, c.want)
		}
	}
}

// A statement of any length takes no more memory than the window.
func TestSQLDumpChangesFrugally(t *testing.T) {
	const half = `"x"" , y = '(`
	for _, statement := range []string{"UPDATE wp_options SET x = %s';", "ALTER TABLE wp_options COMMENT %s';", "UPDATE %s' SET x = 1;", "DROP TABLE %s';"} {
		head, tail, _ := strings.Cut(changeRows(changeTables+statement+"INSERT INTO wp_users VALUES {4 d};"), "%s")
		long := strings.NewReader(`"` + strings.Repeat(half[1:], 1<<20) + `"` + "'")
		dump := io.MultiReader(strings.NewReader(head), long, strings.NewReader(tail))
		allocated := frugal(t, 4<<20)
		d := newSQLDump(dump, "dump.sql", newDumpTables(), wantWordPress)
		rows := 0
		for _, err := d.next(); err != io.EOF; _, err = d.next() {
			if rows++; err != nil {
				t.Fatal(statement, err)
			}
		}
		allocated()
		if rows != 6 {
			t.Errorf("%s: %d rows", statement, rows)
		}
	}
}
