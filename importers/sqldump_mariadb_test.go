//go:build mariadb

package importers

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests in this file want the programs of a MariaDB server (Debian:
// mariadb-server) and start one of their own, on a socket in a folder that goes
// away with it. Run as root they start it as nobody.
//
//	go test -tags mariadb -run MariaDB ./importers
//	REHOME_MARIADB_TIME=10m go test -tags mariadb -run MariaDB -timeout 30m ./importers
//	REHOME_MARIADB_TIME=1s REHOME_MARIADB_RECORD=testdata/hostile go test -tags mariadb -run MariaDB ./importers
//	REHOME_BENCH_USERS=100000 go test -tags mariadb -run - -bench 'MariaDBLoad|WordPress/meta' -benchtime 1x ./importers

// mariaDB is a server on a socket.
type mariaDB struct {
	t      testing.TB
	folder string
	socket string
}

const nobody = 65534

func startMariaDB(t testing.TB) *mariaDB {
	t.Helper()
	folder, err := os.MkdirTemp("", "mariadb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	db := &mariaDB{t, folder, filepath.Join(folder, "socket")}
	if os.Geteuid() == 0 {
		if err := os.Chown(folder, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	data := "--datadir=" + filepath.Join(folder, "data")
	install := db.command("mariadb-install-db", "--no-defaults", data, "--skip-test-db", "--auth-root-authentication-method=normal")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v: a MariaDB server is needed (apt-get install mariadb-server)\n%s", err, out)
	}
	server := db.command(serverProgram(t), "--no-defaults", data, "--socket="+db.socket, "--skip-networking", "--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=128M", "--max-allowed-packet=256M", "--pid-file="+filepath.Join(folder, "pid"))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(syscall.SIGTERM)
		server.Wait()
	})
	db.wait()
	return db
}

func serverProgram(t testing.TB) string {
	for _, program := range []string{"mariadbd", "/usr/sbin/mariadbd"} {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	t.Fatal("mariadbd is not here: apt-get install mariadb-server")
	return ""
}

// command is a program run as nobody when the tests are run as root.
func (db *mariaDB) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = db.folder
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return c
}

// wait waits for the server to answer.
func (db *mariaDB) wait() {
	deadline := time.After(time.Minute)
	for {
		ping := db.command("mariadb-admin", "--no-defaults", "--socket="+db.socket, "-uroot", "ping")
		if ping.Run() == nil {
			return
		}
		select {
		case <-deadline:
			db.t.Fatal("the server does not come up")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// query runs statements and returns what they print.
func (db *mariaDB) query(sql string) string {
	db.t.Helper()
	c := db.command("mariadb", "--no-defaults", "--socket="+db.socket, "-uroot", "--batch", "--skip-column-names", "--default-character-set=utf8mb4", "--binary-mode")
	c.Stdin = strings.NewReader(sql)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		db.t.Fatalf("%v: %s\n%.2000s", err, errs.String(), sql)
	}
	return out.String()
}

func (db *mariaDB) dump(options ...string) []byte {
	db.t.Helper()
	c := db.command("mariadb-dump", append([]string{"--no-defaults", "--socket=" + db.socket, "-uroot"}, options...)...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		db.t.Fatalf("%v: %s", err, errs.String())
	}
	return out
}

// hostileColumn is a column of a generated table: its type, how a value of it is
// written, and how its bytes are asked for in a dump's charset.
type hostileColumn struct {
	kind  string
	value func(*rand.Rand) string
	bytes func(column, charset string) string
}

func hostileColumns() []hostileColumn {
	text := func(column, charset string) string {
		if charset == "binary" {
			return "HEX(" + column + ")"
		}
		return "HEX(CONVERT(" + column + " USING " + charset + "))"
	}
	raw := func(column, _ string) string { return "HEX(" + column + ")" }
	number := func(column, _ string) string { return "HEX(CONCAT(" + column + "))" }
	return []hostileColumn{
		{"varchar(600) CHARACTER SET utf8mb4", func(r *rand.Rand) string {
			return "_utf8mb4 X'" + hex.EncodeToString([]byte(hostileText(r, true))) + "'"
		}, text},
		{"longtext CHARACTER SET utf8mb4", func(r *rand.Rand) string {
			return "_utf8mb4 X'" + hex.EncodeToString([]byte(hostileText(r, true))) + "'"
		}, text},
		{"text CHARACTER SET latin1", func(r *rand.Rand) string {
			return "_utf8mb4 X'" + hex.EncodeToString([]byte(hostileText(r, false))) + "'"
		}, text},
		{"longblob", func(r *rand.Rand) string { return "X'" + hex.EncodeToString(hostileBytes(r)) + "'" }, raw},
		{"varbinary(600)", func(r *rand.Rand) string { return "X'" + hex.EncodeToString(hostileBytes(r)) + "'" }, raw},
		{"binary(4)", func(r *rand.Rand) string { return fmt.Sprintf("X'%08x'", r.Uint32()) }, raw},
		{"bigint", func(r *rand.Rand) string { return strconv.FormatInt(int64(r.Uint64()), 10) }, number},
		{"bigint unsigned", func(r *rand.Rand) string { return strconv.FormatUint(r.Uint64(), 10) }, number},
		{"decimal(20,6)", func(r *rand.Rand) string { return fmt.Sprintf("%.6f", r.NormFloat64()*1e9) }, number},
		{"double", func(r *rand.Rand) string { return strconv.FormatFloat(r.NormFloat64()*1e200, 'e', -1, 64) }, number},
		{"datetime", func(r *rand.Rand) string { return "'2026-11-21 19:13:" + fmt.Sprintf("%02d", r.IntN(60)) + "'" }, number},
		{"enum('a','it''s','\\\\','x,y')", func(r *rand.Rand) string { return strconv.Itoa(1 + r.IntN(4)) }, text},
	}
}

// hostileText is made of what breaks readers.
func hostileText(r *rand.Rand, wide bool) string {
	pieces := []string{"'", "\"", "`", "\\", "\\\\'", "''", "\"\"", ";", "\n", "\r\n", "\t", "\x00", "\x1a", "\b", "%", "_", "\\%", "\\_", "-- ", "#", "/*", "*/", "/*!40000 ", "*/;",
		");\nINSERT INTO `t0` VALUES (1,'", "DELIMITER ;;\n", "-- Dump completed on", "),(", "NULL", "0x41", " ", "", "x", "é", "ÿ", "€"}
	if wide {
		pieces = append(pieces, "🦊", "山", "ı", "\u0301", "\u2028")
	}
	var out strings.Builder
	for range r.IntN(12) {
		out.WriteString(pieces[r.IntN(len(pieces))])
	}
	return out.String()
}

func hostileBytes(r *rand.Rand) []byte {
	if r.IntN(2) == 0 {
		return []byte(hostileText(r, true))
	}
	b := make([]byte, r.IntN(64))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// hostileTable is a generated table.
type hostileTable struct {
	name    string
	columns []hostileColumn
	names   []string
}

func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// hostileNames are names of tables and columns.
var hostileNames = []string{"id", "select", "it's", "say \"hi\"", "a`b", "semi;colon", "-- x", "#x", "/*x*/", "(x", "x,y", "täble", "表", "back\\slash", "x y", "VALUES", "1x", "KEY", "a.b"}

func newHostileTable(r *rand.Rand, n int) hostileTable {
	t := hostileTable{name: fmt.Sprintf("t%d %s", n, hostileNames[r.IntN(len(hostileNames))])}
	all := hostileColumns()
	for i := range 1 + r.IntN(8) {
		t.columns = append(t.columns, all[r.IntN(len(all))])
		t.names = append(t.names, fmt.Sprintf("%s %d", hostileNames[r.IntN(len(hostileNames))], i))
	}
	return t
}

// create is the SQL that makes the table and fills it.
func (h hostileTable) create(r *rand.Rand) string {
	var sql strings.Builder
	fmt.Fprintf(&sql, "CREATE TABLE %s (`n` int NOT NULL PRIMARY KEY", quoteName(h.name))
	for i, c := range h.columns {
		fmt.Fprintf(&sql, ", %s %s NULL COMMENT 'it''s; a \\\\ comment'", quoteName(h.names[i]), c.kind)
	}
	sql.WriteString(") CHARACTER SET utf8mb4;\n")
	for n := range r.IntN(30) {
		fmt.Fprintf(&sql, "INSERT INTO %s VALUES (%d", quoteName(h.name), n)
		for _, c := range h.columns {
			value := "NULL"
			if r.IntN(6) > 0 {
				value = c.value(r)
			}
			sql.WriteString(", " + value)
		}
		sql.WriteString(");\n")
	}
	return sql.String()
}

// selects is the table's content in a charset: a line of hex a row.
func (h hostileTable) selects(db *mariaDB, charset string) string {
	fields := []string{"HEX(CONCAT(`n`))"}
	for i, c := range h.columns {
		fields = append(fields, "IFNULL("+c.bytes(quoteName(h.names[i]), charset)+",'NULL')")
	}
	rows := db.query("USE hostile; SELECT " + strings.Join(fields, ", ") + " FROM " + quoteName(h.name) + " ORDER BY `n`;")
	if rows == "" {
		return ""
	}
	return "== " + h.name + "\n" + rows
}

// TestMariaDBDifferential dumps tables of hostile bytes with many options, and
// compares what this reader sees with what the server's own SELECT says.
func TestMariaDBDifferential(t *testing.T) {
	db := startMariaDB(t)
	limit := 20 * time.Second
	if text := os.Getenv("REHOME_MARIADB_TIME"); text != "" {
		var err error
		if limit, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	begun, rounds, rows := time.Now(), 0, 0
	for seed := uint64(begun.UnixNano()); time.Since(begun) < limit && !t.Failed(); seed++ {
		rows += differ(t, db, seed)
		rounds++
	}
	t.Logf("%d rounds, %d rows compared", rounds, rows)
}

// dumpOptions are sets of options, and the charset that each dump is in.
var dumpOptions = []struct {
	options []string
	charset string
}{
	{nil, "utf8mb4"},
	{[]string{"--skip-extended-insert"}, "utf8mb4"},
	{[]string{"--complete-insert", "--replace"}, "utf8mb4"},
	{[]string{"--hex-blob", "--insert-ignore"}, "utf8mb4"},
	{[]string{"--compact"}, "utf8mb4"},
	{[]string{"--skip-opt", "--skip-comments", "--complete-insert", "--hex-blob"}, "utf8mb4"},
	{[]string{"--skip-quote-names", "--skip-tz-utc", "--no-autocommit"}, "utf8mb4"},
	{[]string{"--net-buffer-length=4096", "--routines", "--events", "--add-drop-trigger"}, "utf8mb4"},
	{[]string{"--default-character-set=binary"}, "binary"},
	{[]string{"--default-character-set=binary", "--skip-extended-insert", "--hex-blob"}, "binary"},
	{[]string{"--databases"}, "utf8mb4"},
	{[]string{"--no-create-info", "--order-by-primary"}, "utf8mb4"},
	{[]string{"--single-transaction", "--quick", "--master-data=0", "--dump-date=0"}, "utf8mb4"},
}

// differ is one round: some tables, every set of options.
func differ(t *testing.T, db *mariaDB, seed uint64) int {
	r := rand.New(rand.NewPCG(seed, 0))
	sql := "DROP DATABASE IF EXISTS hostile; CREATE DATABASE hostile CHARACTER SET utf8mb4; USE hostile;\nSET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO';\n"
	var tables []hostileTable
	for n := range 1 + r.IntN(4) {
		tables = append(tables, newHostileTable(r, n))
		sql += tables[n].create(r)
	}
	sql += "CREATE TRIGGER tr BEFORE INSERT ON " + quoteName(tables[0].name) + " FOR EACH ROW SET @x = 'it''s; /*!40000 */ -- DELIMITER ;;';\n" +
		"CREATE PROCEDURE p() SELECT 'a;b\\'', \"x\" /* ; */;\nCREATE VIEW v AS SELECT n FROM " + quoteName(tables[0].name) + ";\n"
	db.query(sql)
	want := map[string]string{}
	for _, charset := range []string{"utf8mb4", "binary"} {
		for _, table := range tables {
			want[charset] += table.selects(db, charset)
		}
	}
	rows := 0
	for i, o := range dumpOptions {
		options := append(append([]string{"--max-allowed-packet=256M"}, o.options...), "hostile")
		dump := db.dump(options...)
		got, n := readHostile(t, dump)
		if got != want[o.charset] {
			t.Errorf("seed %d, %q:\n got %s\nwant %s", seed, o.options, got, want[o.charset])
		}
		record(t, i, o.options, dump, o.charset, want[o.charset])
		rows += n
	}
	return rows
}

// record keeps a dump, and what the server says is in it, for TestSQLDumpHostile.
func record(t *testing.T, round int, options []string, dump []byte, charset, content string) {
	folder := os.Getenv("REHOME_MARIADB_RECORD")
	if folder == "" {
		return
	}
	name := fmt.Sprintf("%02d%s.sql", round, strings.ReplaceAll(strings.Join(options, ""), "=", "-"))
	for name, text := range map[string][]byte{name: dump, charset + ".txt": []byte(content)} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkMariaDBLoad loads the dump that BenchmarkWordPress reads, for comparison.
func BenchmarkMariaDBLoad(b *testing.B) {
	n := benchUsers(b)
	name := generatedFile(b, n, metaFirst)
	db := startMariaDB(b)
	for b.Loop() {
		db.query("DROP DATABASE IF EXISTS site; CREATE DATABASE site;")
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		load := db.command("mariadb", "--no-defaults", "--socket="+db.socket, "-uroot", "site")
		load.Stdin = f
		if out, err := load.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		f.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "users/s")
}
