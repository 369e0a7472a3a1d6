package importers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/identity"
)

func TestWordPressPrefix(t *testing.T) {
	two := func() []Input { return []Input{wpFixture("wp.two-databases.sql")} }
	same := func() []Input { // the same prefix in two databases
		return []Input{wpText("dump.sql", "USE a;"+wpDump+"USE b;"+strings.ReplaceAll(wpDump, "ada", "bob"))}
	}
	for _, c := range []struct {
		name   string
		files  []Input
		prefix string
		users  int
		first  string
		kind   Kind
		says   string
	}{
		{"first of two", two(), "wp_", 66, "admin-a", "", ""},
		{"second of two", two(), "wpms_", 59, "netadmin-a", "", ""},
		{"with its database", two(), "wpfix_ams.wpms_", 59, "netadmin-a", "", ""},
		{"with another database", two(), "wpfix_a.wpms_", 0, "", NoUsers, "no table of users has the prefix wpfix_a.wpms_; there are wp_ (66 users), wpms_ (59 users)"},
		{"unknown", two(), "blog_", 0, "", NoUsers, "no table of users has the prefix blog_"},
		{"same prefix, none named", same(), "", 0, "", Ambiguous, "a.wp_ (3 users), b.wp_ (3 users)"},
		{"same prefix, no database named", same(), "wp_", 0, "", Ambiguous, "a.wp_ (3 users), b.wp_ (3 users)"},
		{"same prefix, database named", same(), "b.wp_", 3, "bob", "", ""},
		{"a list has no prefix", []Input{wpFixture("wp67.wpcli.csv")}, "wp_", 66, "12345", "", ""},
		{"a list and a dump", []Input{wpFixture("wp67.wpcli.csv"), wpFixture("wp67.users.default.sql")}, "", 0, "", Ambiguous, "a list without tables (66 users), wp_ (66 users)"},
		{"no users at all", []Input{wpText("dump.sql", "CREATE TABLE wp_posts (a int);INSERT INTO wp_posts VALUES (1);")}, "", 0, "", NoUsers, "no table of WordPress users with a user in it"},
		{"a plugin's users beside", []Input{wpText("dump.sql", wpDump+"CREATE TABLE wp_forum_users (ID int, user_login text);INSERT INTO wp_forum_users VALUES (1,'x');")}, "", 3, "ada", "", ""},
		{"a plugin's metas beside", []Input{wpText("dump.sql", wpDump+"CREATE TABLE wp_forum_usermeta (ID int, k text);INSERT INTO wp_forum_usermeta VALUES (1,'x'),(2),('x','y','z');INSERT INTO wp_x_sitemeta VALUES (1);")}, "", 3, "ada", "", ""},
		{"an empty copy beside", []Input{wpText("dump.sql", wpDump+strings.ReplaceAll(wpDump[strings.Index(wpDump, "CREATE TABLE `wp_users`"):strings.Index(wpDump, "INSERT INTO `wp_users`")], "wp_", "old_"))}, "", 3, "ada", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readWordPress(t, WordPressConfig{TablePrefix: c.prefix}, c.files...)
			if c.kind != "" {
				wpRefused(t, got, c.kind, c.says, "")
				return
			}
			if got.err != nil || len(got.records) != c.users || got.records[0].User.Username != c.first {
				t.Errorf("%d users, %v", len(got.records), got.err)
			}
			for _, rec := range got.records {
				if len(rec.User.Labels) == 0 && c.first == "bob" && rec.User.ID != "3" {
					t.Errorf("%s has no roles: they are another site's", rec.Pos)
				}
			}
		})
	}
}

func TestWordPressSite(t *testing.T) {
	for _, site := range []string{"1", "2", "3"} {
		got := readWordPress(t, WordPressConfig{Site: int(site[0] - '0')}, wpFixture("wpms.full.sql.gz"))
		if got.err != nil {
			t.Fatal(got.err)
		}
		truths := wpTruths(t, "wpms")
		for i, rec := range got.records {
			u := truths[i].user(t)
			u.Labels = truths[i].roles(t, site)
			wpAdmins(t, &u, truths[i])
			if len(u.Labels) == 0 {
				u.Labels = nil
			}
			wpSameUser(t, rec, u)
		}
	}
	got := readWordPress(t, WordPressConfig{Site: 9}, wpFixture("wpms.users.default.sql"))
	if want := "no user has the user meta wpms_9_capabilities, so nobody has a role; there are: wpms_2_capabilities, wpms_3_capabilities, wpms_capabilities"; got.err != nil || got.notices[0] != want {
		t.Errorf("%v, %q", got.err, got.notices)
	}
}

func TestWordPressMeta(t *testing.T) {
	keys := []string{"billing_phone", "bio_json", "description", "wp_user_level", "last_update"}
	for _, name := range []string{"wp67.users.default.sql", "phpmyadmin.default.sql", "phpmyadmin.json"} {
		got := readWordPress(t, WordPressConfig{Meta: keys}, wpFixture(name))
		if got.err != nil {
			t.Fatal(got.err)
		}
		for i, truth := range wpTruths(t, "wp67") {
			want := map[string]any{}
			for _, key := range keys {
				for _, m := range truth.Meta {
					if m[0] == key && !strings.ContainsRune(m[1], 0) {
						want[key] = m[1]
					}
				}
			}
			if !reflect.DeepEqual(got.records[i].User.Attributes, want) {
				t.Errorf("%s: %s: %q, want %q", name, got.records[i].Pos, got.records[i].User.Attributes, want)
			}
			if phone := truth.meta("billing_phone"); got.records[i].User.Phone != phone {
				t.Errorf("%s: phone %q, want %q", got.records[i].Pos, got.records[i].User.Phone, phone)
			}
		}
	}
	for key, says := range map[string]string{"session_tokens": "holds secrets", "_application_passwords": "holds secrets", "wp_capabilities": "carried as labels"} {
		if got := readWordPress(t, WordPressConfig{Meta: []string{key}}, wpText("d", wpDump)); got.err == nil || !strings.Contains(got.err.Error(), says) {
			t.Errorf("%s: %v", key, got.err)
		}
	}
}

// A meta that a user has several times is a list; of roles the first counts.
func TestWordPressMetaTwice(t *testing.T) {
	dump := strings.Replace(wpDump, "(4,3,'description',NULL)", `(4,3,'description','x'),(5,3,'description','y'),(6,1,'wp_capabilities','a:0:{}'),(7,3,'description','z'),(8,2,'other',NULL)`, 1)
	got := readWordPress(t, WordPressConfig{Meta: []string{"description", "other"}}, wpText("d", dump))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if a := got.records[2].User.Attributes; !reflect.DeepEqual(a, map[string]any{"description": []any{"x", "y", "z"}}) {
		t.Errorf("attributes %q", a)
	}
	if l := got.records[0].User.Labels; !slices.Equal(l, []string{"administrator"}) {
		t.Errorf("labels %q", l)
	}
	if a := got.records[1].User.Attributes; a != nil {
		t.Errorf("NULL became %q", a)
	}
}

func TestWordPressEncoding(t *testing.T) {
	for _, name := range []string{"wp.double-encoded.sql", "wp67.users.default.sql"} {
		got := readWordPress(t, WordPressConfig{Encoding: "UTF8-as-latin1"}, wpFixture(name))
		if got.err != nil {
			t.Fatal(got.err)
		}
		expect := wpExpect{site: "wp67"}
		if name == "wp.double-encoded.sql" {
			expect.edit = wpCutName
		}
		wpSameUsers(t, got.records, expect.users(t))
	}
	cyrillic := strings.Replace(strings.Replace(wpDump, "Müller", "\xcc\xe0\xea\xf1", 1), "SET NAMES utf8mb4", "SET NAMES latin1", 1)
	for _, c := range []struct {
		encoding, dump, name string
		ok                   bool
	}{
		{"", cyrillic, "Ìàêñ", true},
		{"cp1251", cyrillic, "Макс", true},
		{"windows-1251", cyrillic, "Макс", true},
		{"", strings.Replace(cyrillic, "latin1", "cp1251", 1), "Макс", true},
		{"", strings.ReplaceAll(strings.Replace(cyrillic, "NAMES latin1", "NAMES binary", 1), " DEFAULT CHARSET=utf8mb4", ""), "Ìàêñ", true},
		{"", strings.Replace(strings.Replace(cyrillic, "NAMES latin1", "NAMES binary", 1), "utf8mb4;\nINSERT INTO `wp_users`", "cp1251;\nINSERT INTO `wp_users`", 1), "Макс", true},
		{"", strings.Replace(cyrillic, "'\xcc\xe0\xea\xf1'", "_cp1251 0xCCE0EAF1", 1), "Макс", true},
		{"latin1", strings.Replace(wpDump, "Müller", "\x81\x8d\x8f\x90\x9d\x80", 1), "\u0081\u008d\u008f\u0090\u009d€", true},
		{"klingon", wpDump, "", false},
	} {
		got := readWordPress(t, WordPressConfig{Encoding: c.encoding}, wpText("d", c.dump))
		switch {
		case !c.ok:
			if got.err == nil || !strings.Contains(got.err.Error(), "klingon") {
				t.Errorf("%s: %v", c.encoding, got.err)
			}
		case got.err != nil:
			t.Errorf("%s: %v", c.encoding, got.err)
		case got.records[2].User.Name != c.name:
			t.Errorf("%s: %q, want %q", c.encoding, got.records[2].User.Name, c.name)
		}
	}
}

// The file of the first 400 lines is refused unless asked for all the same.
func TestWordPressAcceptTruncated(t *testing.T) {
	got := readWordPress(t, WordPressConfig{AcceptTruncated: true}, wpFixture("wp67.users.powershell-utf16.sql.gz"))
	if got.err != nil || len(got.records) != 66 {
		t.Fatalf("%d users, %v", len(got.records), got.err)
	}
	if !strings.Contains(got.notices[0], `does not end with its "-- Dump completed": the file was cut; what came before was taken`) {
		t.Errorf("notices %q", got.notices)
	}
	truths := wpTruths(t, "wp67")
	for i, rec := range got.records {
		u := truths[i].user(t)
		u.Phone, u.Labels, rec.User.Phone, rec.User.Labels = "", nil, "", nil // usermeta ends with user 20
		wpSameUser(t, rec, u)
	}
	if len(got.records[18].User.Labels) == 0 || len(got.records[30].User.Labels) != 0 {
		t.Error("the metas before the cut are gone, or those behind it are there")
	}
}

// Tables may stand in any order and in any file, and definitions behind the rows
// that they define.
func TestWordPressFiles(t *testing.T) {
	at := strings.Index(wpDump, "CREATE TABLE `wp_users`")
	meta, users := wpDump[:at]+"/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n-- Dump completed\n", "/*!40101 SET NAMES utf8mb4 */;\n"+wpDump[at:]
	whole := readWordPress(t, WordPressConfig{}, wpText("d", wpDump))
	insert := strings.Index(users, "INSERT INTO")
	schema := strings.Replace(users[:insert], "`ID` bigint(20), `user_login` varchar(60)", "`user_login` varchar(60), `ID` bigint(20)", 1)
	rows := strings.NewReplacer("(1,'ada',", "('ada',1,", "(2,'zoe',", "('zoe',2,", "(3,'max',", "('max',3,").Replace("/*!40101 SET NAMES utf8mb4 */;\n" + users[insert:])
	for _, files := range [][]Input{
		{wpText("m", meta), wpText("u", users)},
		{wpText("u", users), wpText("m", meta)},
		{wpText("u", rows), wpText("m", meta), wpText("s", schema)},
		{wpText("s", schema), wpText("u", rows), wpText("m", meta)},
	} {
		got := readWordPress(t, WordPressConfig{}, files...)
		if got.err != nil {
			t.Fatal(got.err)
		}
		for i, rec := range got.records {
			wpSameUser(t, rec, whole.records[i].User)
			if rec.Pos.File != "u" || rec.Pos.Record != i+1 {
				t.Errorf("at %s", rec.Pos)
			}
		}
		if len(got.records) != len(whole.records) {
			t.Errorf("%d users", len(got.records))
		}
	}
	half := strings.Index(users, "(2,'zoe'")
	parts := []Input{wpText("1", users[:half-2]+";\n"), wpText("2", "/*!40101 SET NAMES utf8mb4 */;\nINSERT INTO `wp_users` VALUES "+users[half:])}
	got := readWordPress(t, WordPressConfig{}, parts...)
	if got.err != nil || len(got.records) != 3 || got.records[1].Pos != (identity.Pos{File: "2", Record: 1, Line: 2}) {
		t.Errorf("%v, %v", got.records, got.err)
	}
	got = readWordPress(t, WordPressConfig{}, wpText("a.sql", wpDump), wpText("b.sql", wpDump))
	wpRefused(t, got, Malformed, "the table wp_users is defined in a.sql already: these are two dumps", "b.sql")
}

// What user_pass holds decides the hash, and nothing else does.
func TestWordPressHash(t *testing.T) {
	const phpass, bcrypt = "$P$BQW8J6sPvxSPrD57sGS.pezbyxVoLt.", "$2y$10$AhclFLZzLVdYKfTb7mzdGuvsYzNQgsxEzBjqyFoEGZ6vCbdSDfnTC"
	for stored, want := range map[string]string{
		phpass:             "phpass wordpress",
		"$H$" + phpass[3:]: "phpass wordpress",
		"$P$B":             "phpass wordpress", // for the verifier to refuse
		"$wp" + bcrypt:     "wp-bcrypt ",
		bcrypt:             "bcrypt wordpress",
		"$2a$08$x":         "bcrypt wordpress",
		"$2b$08$x":         "bcrypt wordpress",
		"$2x$08$x":         "bcrypt wordpress",
		"$argon2id$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA": "argon2 wordpress",
		"$argon2i$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA":  "argon2 wordpress",
		"$argon2d$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA":  "argon2 wordpress",
		"$1$28772684$iEwNOgGugqO9.bIz5sk8k/":           "md5-crypt wordpress",
		"$5$salt$x":                                    "sha256-crypt wordpress",
		"$6$salt$x":                                    "sha512-crypt wordpress",
		"8743b52063cd84097a65d1633f5c74f5":             "md5 wordpress",
		"8743B52063CD84097A65D1633F5C74F5":             "md5 wordpress", // for the verifier to refuse
		"8743b52063cd84097a65d1633f5c74fg":             "none",
		"":                                             "none", "*": "none", "x": "none", "blocked by the board": "none", "$generic$x": "none", "$S$x": "drupal7 wordpress", "$2$": "bcrypt wordpress",
		phpass + "\n": "phpass wordpress", " " + phpass: "phpass wordpress", "$P$ü": "hash-malformed", bcrypt[:30] + " " + bcrypt[30:]: "hash-malformed",
	} {
		h, problem := wordpressHash(stored)
		got := "none"
		switch {
		case problem != nil:
			got = string(problem.Code)
		case !h.IsZero():
			got = string(h.Algorithm) + " " + h.Params.Variant
		}
		if got != want || !h.IsZero() && string(h.Encoded) != stored {
			t.Errorf("%q: %s, want %s", stored, got, want)
		}
	}
}

func TestWordPressDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21 19:13:12": "2026-11-21T19:13:12Z", "1970-01-01 00:00:00": "1970-01-01T00:00:00Z", "2037-12-31 23:59:59": "2037-12-31T23:59:59Z",
		"2012-02-29 00:00:00.000000": "2012-02-29T00:00:00Z",
		"0000-00-00 00:00:00":        "", "1969-12-31 23:59:59": "", "2038-01-19 03:14:07": "", "2013-02-29 00:00:00": "", "2013-02-00 00:00:00": "", "": "", "yesterday": "", "2013-02-01": "",
		"2013-02-01 24:00:00": "", "2013-02-01 23:60:00": "", "2013-02-01 23:59:60": "", "2013-13-01 00:00:00": "", "2013-00-01 00:00:00": "",
		"2013-02-01T00:00:00": "", "2013-02-01 00:00:00Z": "", "2013-02-01 00:00:0x": "", "2013-04-31 00:00:00": "",
	} {
		got := ""
		if d := wordpressDate(text); !d.IsZero() {
			got = d.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// Names are un-escaped once, and made of the metas where there is none.
func TestWordPressNames(t *testing.T) {
	for _, c := range []struct{ display, first, last, nickname, want string }{
		{"Tom &amp; Jerry 5 &gt; 3 &lt; &quot;x&quot; &#039;", "", "", "", `Tom & Jerry 5 > 3 < "x" '`},
		{"&amp;lt;b&amp;gt; &eacute; &#39; &", "", "", "", "&lt;b&gt; &eacute; &#39; &"},
		{"", "Ada", "Lovelace", "al", "Ada Lovelace"},
		{"", "", "O&#039;Brien", "al", "O'Brien"},
		{"", "Ada", "", "", "Ada"},
		{"", "", "", "a&amp;l", "a&l"},
		{"", "", "", "", ""},
	} {
		dump := strings.Replace(wpDump, "0,'Müller')", "0,'"+c.display+"')", 1)
		dump = strings.Replace(dump, "(4,3,'description',NULL)", fmt.Sprintf("(4,3,'first_name','%s'),(5,3,'last_name','%s'),(6,3,'nickname','%s')", c.first, c.last, c.nickname), 1)
		got := readWordPress(t, WordPressConfig{}, wpText("d", dump))
		if got.err != nil || got.records[2].User.Name != c.want {
			t.Errorf("%v: %v, want %q", c, got, c.want)
		}
		if got.records[1].User.Name != "Zoë" {
			t.Errorf("user 2 is %q", got.records[1].User.Name)
		}
	}
}

// What a reading met and what no record could say is told once.
func TestWordPressNotices(t *testing.T) {
	broken := strings.NewReplacer(`s:6:\"editor\"`, `s:7:\"editor\"`, "'Zoë'", "'Zo\xeb'", "(4,3,'description',NULL)", "(4,3,'billing_phone','+49 \xff')").Replace(wpDump)
	got := readWordPress(t, WordPressConfig{}, wpText("d", broken))
	want := []string{"values of user meta that hold no text and were left out: 2"}
	for _, code := range []identity.Code{identity.LossLocked, identity.LossRolesBroken} {
		n := 0
		for _, rec := range got.records {
			if slices.Contains(rec.Losses, code) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d users with the loss %s, want 1", n, code)
		}
	}
	if got.err != nil || len(got.notices) != len(want)+1 || got.records[1].User.Labels != nil {
		t.Errorf("%q, %v", got.notices, got.err)
	}
	for _, w := range want {
		if !slices.Contains(got.notices, w) {
			t.Errorf("%q is missing from %q", w, got.notices)
		}
	}
}

// PHP writes its warnings before what WP-CLI writes.
func TestWordPressPreface(t *testing.T) {
	const warnings = "PHP Deprecated:  Optional parameter in /srv/x.php on line 3\n\nWarning: Undefined array key \"a\" in\n  /srv/y.php on line 4\n"
	for name, text := range map[string]string{"l.csv": wpListCSVText, "l.json": wpListJSONText} {
		plain := readWordPress(t, WordPressConfig{}, wpText(name, text))
		got := readWordPress(t, WordPressConfig{}, wpText(name, warnings+text))
		if got.err != nil || len(got.records) != 2 || !looksWordPress([]byte(warnings+text)) {
			t.Fatalf("%s: %d users, %v", name, len(got.records), got.err)
		}
		for i, rec := range got.records {
			wpSameUser(t, rec, plain.records[i].User)
			if line := plain.records[i].Pos.Line; line > 0 && rec.Pos.Line != line+4 {
				t.Errorf("%s is in line %d", rec.Pos, line+4)
			}
		}
	}
}

// The store gives back what was put in, in whatever order.
func TestMetaStore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	type entry struct {
		user  uint64
		key   int
		value string
	}
	for _, order := range []string{"sorted", "shuffled"} {
		var entries []entry
		for user := range uint64(300) {
			for n := range random.IntN(6) {
				size := random.IntN(40)
				if random.IntN(100) == 0 {
					size = metaBlock/3 + random.IntN(metaBlock)
				}
				entries = append(entries, entry{user * user, 1 + n%4, strings.Repeat(string(rune('a'+n)), size)})
			}
			entries = append(entries, entry{user * user, keyRoles, fmt.Sprintf(`a:1:{s:5:"role%d";b:1;}`, user%7)})
		}
		if order == "shuffled" {
			random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		}
		store := newMetaStore(nil)
		want := map[uint64][]metaText{}
		for _, e := range entries {
			if !store.add(e.user, e.key, []byte(e.value)) {
				t.Fatal("full")
			}
			if e.key != keyRoles {
				want[e.user] = append(want[e.user], metaText{e.key, []byte(e.value)})
			}
		}
		store.seal()
		for _, user := range random.Perm(300) {
			id := uint64(user * user)
			got := store.of(id, nil)
			if len(got.texts) != len(want[id]) || got.roles == nil || got.roles.names[0] != fmt.Sprintf("role%d", user%7) {
				t.Fatalf("%s: user %d has %d texts of %d, %v", order, id, len(got.texts), len(want[id]), got.roles)
			}
			for i := range got.texts {
				if !reflect.DeepEqual(got.texts[i], want[id][i]) {
					t.Fatalf("%s: user %d: text %d differs", order, id, i)
				}
			}
		}
		if got := store.of(7, nil); got.roles != nil || len(got.texts) != 0 {
			t.Errorf("a user who is not there has %v", got)
		}
	}
}

// A store of texts has a bound.
func TestMetaStoreFull(t *testing.T) {
	store := newMetaStore(nil)
	store.bytes = maxMetaMemory - 3*metaBlock
	text := bytes.Repeat([]byte{'x'}, metaBlock-2*binary.MaxVarintLen64)
	added := 0
	for store.add(uint64(added), 1, text) {
		added++
	}
	if added != 2 {
		t.Errorf("%d texts fit", added)
	}
}

// Importing a converted file gives the users that importing its source gives.
func TestWordPressConverted(t *testing.T) {
	for name, expect := range wpExpectations {
		if expect.helper || expect.kind != "" {
			continue
		}
		files := []Input{wpFixture(name)}
		for _, other := range expect.with {
			files = append(files, wpFixture(other))
		}
		got := readWordPress(t, WordPressConfig{Meta: []string{"bio_json", "description"}}, files...)
		var lines bytes.Buffer
		for _, rec := range got.records {
			line, err := identity.EncodeNeutral(rec.User)
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(append(line, '\n'))
		}
		i := 0
		for rec, err := range Neutral(&lines, name) {
			if err != nil || rec.Problem != nil {
				t.Fatalf("%s: %v, %v", rec.Pos, err, rec.Problem)
			}
			want := got.records[i].User
			if len(want.Labels) == 0 {
				want.Labels = nil
			}
			wpSameUser(t, withoutForm(t, rec), want)
			i++
		}
		if i != len(got.records) {
			t.Errorf("%s: %d users of %d", name, i, len(got.records))
		}
	}
}

// No secret of the fixtures is in a notice or an error.
func TestWordPressKeepsSecrets(t *testing.T) {
	var secrets []string
	for _, truth := range wpTruths(t, "wp68-upgraded") {
		if pass := truth.Columns["user_pass"]; len(pass) > 20 {
			secrets = append(secrets, pass[len(pass)-20:])
		}
	}
	dump := string(fixtures.Read(wpExports + "wp68-upgraded.users.default.sql"))
	for cut := 100; cut < len(dump); cut += 97 {
		got := readWordPress(t, WordPressConfig{AcceptTruncated: cut%2 == 0}, wpText("d", dump[:cut]))
		said := fmt.Sprint(got.err, got.notices)
		for _, rec := range got.records {
			if rec.Problem != nil {
				said += rec.Problem.Detail
			}
		}
		for _, secret := range secrets {
			if strings.Contains(said, secret) {
				t.Fatalf("cut at %d: a hash is in %q", cut, said)
			}
		}
	}
}
