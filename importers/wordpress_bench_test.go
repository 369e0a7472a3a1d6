package importers

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// wpOrder is the order of the tables in a generated dump.
type wpOrder string

const (
	metaFirst  wpOrder = "meta-first" // as mariadb-dump and Adminer write: by name
	usersFirst wpOrder = "users-first"
	usersOnly  wpOrder = "users-only"
)

// generateWordPress writes a dump in mariadb-dump's manner: n users, six rows of
// usermeta each, about 425 bytes a user.
func generateWordPress(out io.Writer, n int, order wpOrder) error {
	w := bufio.NewWriterSize(out, 1<<20)
	fmt.Fprint(w, "-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)\n/*!40101 SET NAMES utf8mb4 */;\n")
	if order == metaFirst {
		generateMeta(w, n)
	}
	generateUsers(w, n)
	if order == usersFirst {
		generateMeta(w, n)
	}
	fmt.Fprint(w, "-- Dump completed on 2026-11-21 19:17:44\n")
	return w.Flush()
}

const usersDefinition = "CREATE TABLE `wp_users` (`ID` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_login` varchar(60) NOT NULL DEFAULT '', " +
	"`user_pass` varchar(255) NOT NULL DEFAULT '', `user_nicename` varchar(50) NOT NULL DEFAULT '', `user_email` varchar(100) NOT NULL DEFAULT '', " +
	"`user_url` varchar(100) NOT NULL DEFAULT '', `user_registered` datetime NOT NULL DEFAULT '0000-00-00 00:00:00', " +
	"`user_activation_key` varchar(255) NOT NULL DEFAULT '', `user_status` int(11) NOT NULL DEFAULT 0, `display_name` varchar(250) NOT NULL DEFAULT '', " +
	"PRIMARY KEY (`ID`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"

const metaDefinition = "CREATE TABLE `wp_usermeta` (`umeta_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_id` bigint(20) unsigned NOT NULL DEFAULT 0, " +
	"`meta_key` varchar(255) DEFAULT NULL, `meta_value` longtext DEFAULT NULL, PRIMARY KEY (`umeta_id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"

func generateUsers(w io.Writer, n int) {
	rows := generatedRows{w: w, definition: usersDefinition, head: "INSERT INTO `wp_users` VALUES\n"}
	for id := 1; id <= n; id++ {
		rows.add("(" + strconv.Itoa(id) + ",'" + login(id) + "','$P$B" + fmt.Sprintf("%030d", id) + "','" + login(id) + "','" + login(id) +
			"@example.com','','2019-07-17 22:42:10','',0,'" + display(id) + "')")
	}
	rows.end()
}

func generateMeta(w io.Writer, n int) {
	rows := generatedRows{w: w, definition: metaDefinition, head: "INSERT INTO `wp_usermeta` VALUES\n"}
	for id, umeta := 1, 1; id <= n; id++ {
		for _, meta := range [...][2]string{
			{"nickname", login(id)}, {"first_name", "Zoë"}, {"last_name", "O\\'Brien"},
			{"wp_capabilities", `a:1:{s:10:\"` + roles[id%len(roles)] + `\";b:1;}`}, {"wp_user_level", "0"},
			{"billing_phone", "+1555" + fmt.Sprintf("%07d", id)},
		} {
			rows.add("(" + strconv.Itoa(umeta) + "," + strconv.Itoa(id) + ",'" + meta[0] + "','" + meta[1] + "')")
			umeta++
		}
	}
	rows.end()
}

var roles = []string{"subscriber", "subscribes", "vip-member", "forum-lead"}

func login(id int) string   { return "member." + strconv.Itoa(id) }
func display(id int) string { return "Zoë O\\'Brien " + strconv.Itoa(id) }

// generatedRows writes rows as statements of a megabyte.
type generatedRows struct {
	w                io.Writer
	definition, head string
	written          int
}

func (g *generatedRows) add(row string) {
	switch {
	case g.definition != "":
		io.WriteString(g.w, g.definition+g.head)
		g.definition = ""
	case g.written > 1<<20:
		io.WriteString(g.w, ";\n"+g.head)
		g.written = 0
	default:
		io.WriteString(g.w, ",\n")
	}
	io.WriteString(g.w, row)
	g.written += len(row)
}

func (g *generatedRows) end() { io.WriteString(g.w, ";\n") }

// benchUsers is how many users the benchmarks read: REHOME_BENCH_USERS, or 50,000.
func benchUsers(b *testing.B) int {
	text := os.Getenv("REHOME_BENCH_USERS")
	if text == "" {
		return 50_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// generatedFile is a dump on disk, as users have it.
func generatedFile(b *testing.B, n int, order wpOrder) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "dump.sql")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := generateWordPress(f, n, order); err != nil {
		b.Fatal(err)
	}
	return name
}

// BenchmarkWordPress reads users with roles and telephone numbers joined. For a
// million of them, with the memory needed at most:
//
//	REHOME_BENCH_USERS=1000000 go test -run - -bench WordPress/meta-first -benchtime 1x ./importers
func BenchmarkWordPress(b *testing.B) {
	for _, order := range []wpOrder{metaFirst, usersFirst, usersOnly} {
		b.Run(string(order), func(b *testing.B) {
			n := benchUsers(b)
			name := generatedFile(b, n, order)
			before, begun := peakMiB(b), cpuSeconds(b)
			for b.Loop() {
				read := 0
				for rec, err := range WordPress(openFile(name), WordPressConfig{}) {
					if err != nil || rec.Problem != nil {
						b.Fatal(err, rec.Problem)
					}
					read++
				}
				if read != n {
					b.Fatalf("%d users of %d", read, n)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "users/s")
			b.ReportMetric(float64(n)*float64(b.N)/(cpuSeconds(b)-begun), "users/cpu-s")
			b.ReportMetric(peakMiB(b), "peak-MiB")
			b.ReportMetric(before, "before-MiB")
		})
	}
}

// BenchmarkSQLDump is the lexer alone, over users and metas.
func BenchmarkSQLDump(b *testing.B) {
	n := benchUsers(b)
	name := generatedFile(b, n, metaFirst)
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	begun := cpuSeconds(b)
	for b.Loop() {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		d := newSQLDump(f, name, newDumpTables(), wantWordPress)
		rows := 0
		for ; err == nil; rows++ {
			_, err = d.next()
		}
		if err != io.EOF || rows-1 != 7*n {
			b.Fatalf("%d rows, %v", rows-1, err)
		}
		f.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "users/s")
	b.ReportMetric(float64(n)*float64(b.N)/(cpuSeconds(b)-begun), "users/cpu-s")
}

func openFile(name string) func() ([]Input, error) {
	return func() ([]Input, error) {
		f, err := os.Open(name)
		return []Input{{name, f}}, err
	}
}

// cpuSeconds is the time that the process has computed (Linux; 0 elsewhere): on a
// machine that others use too it says more than the clock.
func cpuSeconds(b *testing.B) float64 {
	b.Helper()
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	const utime, stime, ticks = 11, 12, 100 // proc(5), counted behind the name
	fields := strings.Fields(rest)
	user, _ := strconv.ParseFloat(fields[utime], 64)
	system, _ := strconv.ParseFloat(fields[stime], 64)
	return (user + system) / ticks
}

// peakMiB is the most memory that the process has had so far (Linux; 0 elsewhere).
func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	fmt.Sscan(rest, &kib)
	return kib / 1024
}
