package importers

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rehome/fixtures"
	"rehome/identity"
)

const wpExports = "exports/wordpress/"

// wpReading is what came out of a reading.
type wpReading struct {
	records []identity.Record
	notices []string
	err     error
}

// readWordPress reads files, given by name and content.
func readWordPress(t testing.TB, c WordPressConfig, files ...Input) wpReading {
	t.Helper()
	contents := make([][]byte, len(files))
	for i, f := range files {
		var err error
		if contents[i], err = io.ReadAll(f.Reader); err != nil {
			t.Fatal(err)
		}
	}
	open := func() ([]Input, error) {
		inputs := make([]Input, len(files))
		for i, f := range files {
			unpacked, err := Decompress(bytes.NewReader(contents[i]), f.Name)
			if err != nil {
				return nil, err
			}
			inputs[i] = Input{f.Name, unpacked}
		}
		return inputs, nil
	}
	var got wpReading
	c.Notice = func(text string) { got.notices = append(got.notices, text) }
	for rec, err := range WordPress(open, c) {
		if got.err != nil {
			t.Fatalf("a pair after the error %v", got.err)
		}
		if got.err = err; err == nil {
			got.records = append(got.records, withoutForm(t, rec))
		}
	}
	return got
}

// wpText is an Input of text.
func wpText(name, text string) Input { return Input{name, strings.NewReader(text)} }

func wpFixture(name string) Input {
	return Input{name, bytes.NewReader(fixtures.Read(wpExports + name))}
}

// wpTruth is what the database held: PHP read it, column by column.
type wpTruth struct {
	Columns      map[string]string
	Capabilities map[string]json.RawMessage // {"1": {"editor": true}}, or [] for none
	Meta         [][2]string
}

func wpTruths(t testing.TB, site string) []wpTruth {
	t.Helper()
	var truths []wpTruth
	for _, line := range bytes.Split(bytes.TrimSpace(fixtures.Read(wpExports+site+".truth.jsonl")), []byte("\n")) {
		var v struct {
			Columns      map[string]string
			Capabilities json.RawMessage
			Meta         [][2]string
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		truth := wpTruth{Columns: v.Columns, Meta: v.Meta}
		if !bytes.Equal(v.Capabilities, []byte("[]")) {
			if err := json.Unmarshal(v.Capabilities, &truth.Capabilities); err != nil {
				t.Fatal(err)
			}
		}
		truths = append(truths, truth)
	}
	return truths
}

// roles are the granted capabilities on a site, sorted.
func (truth wpTruth) roles(t testing.TB, site string) []string {
	t.Helper()
	granted := map[string]bool{}
	if raw := truth.Capabilities[site]; len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &granted); err != nil {
			t.Fatal(err)
		}
	}
	maps.DeleteFunc(granted, func(_ string, yes bool) bool { return !yes })
	return slices.Sorted(maps.Keys(granted))
}

// meta is the first value of a key.
func (truth wpTruth) meta(key string) string {
	for _, m := range truth.Meta {
		if m[0] == key {
			return m[1]
		}
	}
	return ""
}

// user is the user that a dump of the whole table and its metas holds.
func (truth wpTruth) user(t testing.TB) identity.User {
	t.Helper()
	c := truth.Columns
	u := identity.User{
		ID: c["ID"], Username: c["user_login"], Email: c["user_email"],
		Disabled: c["spam"] == "1" || c["deleted"] == "1",
		Labels:   truth.roles(t, "1"),
		Hash:     wpTrueHash(c["user_pass"]),
		Phone:    truth.meta("billing_phone"),
	}
	u.Name = strings.NewReplacer("&gt;", ">", "&lt;", "<", "&quot;", `"`, "&#039;", "'", "&amp;", "&").Replace(c["display_name"])
	if d := c["user_registered"]; !strings.HasPrefix(d, "0000") && !strings.HasPrefix(d, "1969") {
		u.Created, _ = time.Parse(time.DateTime, d)
	}
	return u
}

// wpTrueHash is the hash by the table of forms in WordPress's own code.
func wpTrueHash(stored string) identity.Hash {
	h := identity.Hash{Encoded: identity.Secret(stored), Params: identity.Params{Variant: "wordpress"}}
	switch {
	case strings.HasPrefix(stored, "$wp$2y$"):
		h.Algorithm, h.Params = identity.WPBcrypt, identity.Params{}
	case strings.HasPrefix(stored, "$P$"), strings.HasPrefix(stored, "$H$"):
		h.Algorithm = identity.PHPass
	case strings.HasPrefix(stored, "$2y$"):
		h.Algorithm = identity.Bcrypt
	case strings.HasPrefix(stored, "$argon2"):
		h.Algorithm = identity.Argon2
	case len(stored) == 32:
		h.Algorithm = identity.MD5
	default:
		return identity.Hash{}
	}
	return h
}

// wpExpect is what becomes of a fixture.
type wpExpect struct {
	with   []string // further files of the same source
	config WordPressConfig

	site string                                              // whose truth it holds
	keep func(truth wpTruth) bool                            // which of its users; nil: all
	edit func(t testing.TB, u *identity.User, truth wpTruth) // what the file itself lost or adds

	kind    Kind     // refused
	says    string   // … with these words
	notices []string // parts of the notices, in order, "" for nothing
	helper  bool     // it is no export: truth, passwords
}

// The notice of every file that holds the two users without a password.
const wpSpelling = "WordPress trims passwords"

func wpWithout(what ...string) func(testing.TB, *identity.User, wpTruth) {
	return func(_ testing.TB, u *identity.User, _ wpTruth) {
		for _, w := range what {
			switch w {
			case "roles":
				u.Labels = nil
			case "phone":
				u.Phone = ""
			case "hash":
				u.Hash = identity.Hash{}
				u.Logins = []identity.Login{{Provider: identity.PasswordProvider}}
			case "date":
				u.Created = time.Time{}
			case "name":
				u.Name = ""
			case "flags":
				u.Disabled = false
			}
		}
	}
}

// wpLatin1 is what is left of text in a latin1 dump: letters that latin1 lacks
// were lost to question marks when it was made.
func wpLatin1(_ testing.TB, u *identity.User, _ wpTruth) {
	for _, s := range []*string{&u.Name, &u.Username, &u.Email} {
		var kept strings.Builder
		for _, r := range *s {
			if _, ok := charmap.Windows1252.EncodeRune(r); !ok {
				r = '?'
			}
			kept.WriteRune(r)
		}
		*s = kept.String()
	}
}

// wpTwice is text whose UTF-8 bytes were taken for latin1.
func wpTwice(t testing.TB, u *identity.User, truth wpTruth) {
	wpCutName(t, u, truth)
	for _, s := range []*string{&u.Name, &u.Username} {
		var twice strings.Builder
		for _, c := range []byte(*s) {
			r := charmap.Windows1252.DecodeByte(c)
			if r == '\ufffd' {
				r = rune(c)
			}
			twice.WriteRune(r)
		}
		*s = twice.String()
	}
}

// wpCutName is a table of latin1 that holds UTF-8: 250 letters are 250 bytes. Its
// metas are roles only.
func wpCutName(_ testing.TB, u *identity.User, _ wpTruth) {
	u.Name, u.Phone = u.Name[:min(len(u.Name), 250)], ""
}

// wpAdmins adds the label that the list in sitemeta gives.
func wpAdmins(_ testing.TB, u *identity.User, _ wpTruth) {
	if u.Username == "netadmin-a" || u.Username == "quoted" {
		u.Labels = append(u.Labels, "super_admin")
		sort.Strings(u.Labels)
	}
}

// wpMetaNames is a list with names for columns and no ID.
func wpMetaNames(t testing.TB, u *identity.User, truth wpTruth) {
	wpWithout("roles", "phone", "date", "flags")(t, u, truth)
	u.ID = u.Username
	u.Name = strings.TrimSpace(truth.meta("first_name") + " " + truth.meta("last_name"))
	if u.Name == "" {
		u.Name = truth.meta("nickname")
	}
}

func wpSiteRoles(site string) func(testing.TB, *identity.User, wpTruth) {
	return func(t testing.TB, u *identity.User, truth wpTruth) {
		u.Labels = truth.roles(t, site)
		u.Created, u.Name, u.Phone, u.Disabled = time.Time{}, "", "", false
	}
}

// wpExpectations has every file of exports/wordpress.
var wpExpectations = map[string]wpExpect{
	"adminer.insert-update.sql":   {site: "wp67", edit: wpWithout("roles", "phone"), notices: []string{"no table wp_usermeta", wpSpelling}},
	"adminer.sql":                 {site: "wp67", notices: []string{wpSpelling}},
	"adminer.truncate-insert.sql": {site: "wp67", edit: wpWithout("roles", "phone"), notices: []string{"no table wp_usermeta", wpSpelling}},
	"adminer.users.csv":           {site: "wp67", edit: wpWithout("roles", "phone"), notices: []string{wpSpelling}},

	"mydumper.users.sql": {with: []string{"mydumper.usermeta.sql"}, site: "wp67",
		notices: []string{"nothing names the columns of wp_users: its", "nothing names the columns of wp_usermeta: its", wpSpelling}},
	"mydumper.usermeta.sql": {with: []string{"mydumper.users.sql"}, site: "wp67",
		notices: []string{"nothing names the columns of wp_users: its", "nothing names the columns of wp_usermeta: its", wpSpelling}},
	"npm-mysqldump.sql": {site: "wp67", notices: []string{wpSpelling}},

	"phpmyadmin.binary-as-hex.sql":      {site: "wp67", notices: []string{wpSpelling}},
	"phpmyadmin.default.sql":            {site: "wp67", notices: []string{wpSpelling}},
	"phpmyadmin.extended.sql.gz":        {site: "wp67", notices: []string{wpSpelling}},
	"phpmyadmin.json":                   {site: "wp67", notices: []string{wpSpelling}},
	"phpmyadmin.one-row-per-insert.sql": {site: "wp67", notices: []string{wpSpelling}},
	"phpmyadmin.users.csv":              {site: "wp67", edit: wpWithout("roles", "phone"), notices: []string{wpSpelling}},

	"wp.double-encoded.sql":             {site: "wp67", edit: wpTwice, notices: []string{"encoded twice: 24; --encoding utf8-as-latin1 mends them", wpSpelling}},
	"wp.latin1-bytes.sql":               {site: "wp67", keep: fitsLatin1, edit: wpWithout("phone"), notices: []string{wpSpelling}},
	"wp.two-databases.sql":              {kind: Ambiguous, says: "the users of several sites: wp_ (66 users), wpms_ (59 users)"},
	"wp.utf8-bytes-declared-latin1.sql": {site: "wp67", edit: wpCutName, notices: []string{"declares latin1 and holds UTF-8; values read as UTF-8: 24", wpSpelling}},

	"wp67.full.sql.gz": {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.all-in-one-migration-style.sql.gz": {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.blob-not-hex.sql":                  {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.bom-crlf.sql":                      {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.compact.sql":                       {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.compatible-ansi.sql":               {site: "wp67", edit: wpLatin1, notices: []string{"which were read as Windows-1252: 18;", wpSpelling}},
	"wp67.users.compatible-no-options.sql":         {site: "wp67", edit: wpLatin1, notices: []string{"which were read as Windows-1252: 18;", wpSpelling}},
	"wp67.users.complete-insert.sql":               {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.default.sql":                       {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.hex-blob.sql":                      {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.insert-ignore.sql":                 {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.mysql8-style.sql":                  {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.no-create-info.sql": {site: "wp67",
		notices: []string{"nothing names the columns of wp_users: its", "nothing names the columns of wp_usermeta: its", wpSpelling}},
	"wp67.users.no-set-charset.sql":       {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.powershell-utf16.sql.gz":  {kind: Truncated, says: `line 401: the dump does not end with its "-- Dump completed"`},
	"wp67.users.skip-extended-insert.sql": {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.skip-quote-names.sql":     {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.sql.zip":                  {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.sql.zst":                  {site: "wp67", notices: []string{wpSpelling}},
	"wp67.users.xml":                      {kind: Malformed, says: "a dump in XML"},

	"wp67.wpcli-default-fields.csv": {site: "wp67", edit: wpList(wpWithout("hash", "phone"))},
	"wp67.wpcli-with-meta.csv":      {site: "wp67", edit: wpMetaNames, notices: []string{"user_login serves as the users' id", wpSpelling}},
	"wp67.wpcli.csv":                {site: "wp67", edit: wpList(wpWithout("phone")), notices: []string{wpSpelling}},
	"wp67.wpcli.json":               {site: "wp67", edit: wpList(wpWithout("phone")), notices: []string{wpSpelling}},
	"wp67.wpcli.table":              {kind: Malformed, says: "a table made to be looked at"},
	"wp67.wpcli.yaml":               {kind: Malformed, says: "a list in YAML"},

	"wp68-upgraded.full.sql.gz":                         {site: "wp68-upgraded", notices: []string{wpSpelling}},
	"wp68-upgraded.users.complete-skip-extended.sql.gz": {site: "wp68-upgraded", notices: []string{wpSpelling}},
	"wp68-upgraded.users.default.sql":                   {site: "wp68-upgraded", notices: []string{wpSpelling}},
	"wp68-upgraded.wpcli.csv":                           {site: "wp68-upgraded", edit: wpList(wpWithout("phone")), notices: []string{wpSpelling}},
	"wp68-upgraded.wpcli.json":                          {site: "wp68-upgraded", edit: wpList(wpWithout("phone")), notices: []string{wpSpelling}},

	"wpms.full.sql.gz":                         {site: "wpms", edit: wpAdmins, notices: []string{wpSpelling}},
	"wpms.users.complete-skip-extended.sql.gz": {site: "wpms", notices: []string{"no list of its super admins", wpSpelling}},
	"wpms.users.default.sql":                   {site: "wpms", edit: wpAdmins, notices: []string{wpSpelling}},
	"wpms.wpcli-network.csv":                   {site: "wpms", edit: wpWithout("roles", "phone"), notices: []string{wpSpelling}},
	"wpms.wpcli-network.json":                  {site: "wpms", edit: wpWithout("roles", "phone", "date"), notices: []string{wpSpelling}},
	"wpms.wpcli-site2.csv": {site: "wpms", edit: wpSiteRoles("2"), keep: memberOf("2"),
		notices: []string{wpSpelling}},

	"wp67.checked.csv": {helper: true}, "wp67.passwords.csv": {helper: true}, "wp67.truth.jsonl": {helper: true},
	"wp68-upgraded.checked.csv": {helper: true}, "wp68-upgraded.passwords.csv": {helper: true}, "wp68-upgraded.truth.jsonl": {helper: true},
	"wpms.checked.csv": {helper: true}, "wpms.passwords.csv": {helper: true}, "wpms.truth.jsonl": {helper: true},
}

// wpList is a list by WP-CLI, in which roles are what is_role says: capabilities
// of a user's own are none.
func wpList(edit func(testing.TB, *identity.User, wpTruth)) func(testing.TB, *identity.User, wpTruth) {
	return func(t testing.TB, u *identity.User, truth wpTruth) {
		edit(t, u, truth)
		u.Labels = slices.DeleteFunc(u.Labels, func(l string) bool { return l == "edit_shop_things" })
	}
}

func memberOf(site string) func(wpTruth) bool {
	return func(truth wpTruth) bool { return truth.Capabilities[site] != nil }
}

// fitsLatin1 is how the users of a latin1 table were chosen.
func fitsLatin1(truth wpTruth) bool {
	for _, text := range []string{truth.Columns["user_login"], truth.Columns["display_name"]} {
		for _, r := range text {
			if _, ok := charmap.Windows1252.EncodeRune(r); !ok {
				return false
			}
		}
	}
	return true
}

func TestWordPressFixtures(t *testing.T) {
	entries, err := fs.ReadDir(fixtures.FS(), path.Clean(wpExports))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		expect, listed := wpExpectations[entry.Name()]
		if !listed {
			t.Errorf("%s is in no test", entry.Name())
			continue
		}
		t.Run(entry.Name(), func(t *testing.T) { expect.check(t, entry.Name()) })
	}
	if len(entries) != len(wpExpectations) {
		t.Errorf("%d files, %d expectations", len(entries), len(wpExpectations))
	}
}

func (e wpExpect) check(t *testing.T, name string) {
	if e.helper {
		wpCheckHelper(t, name)
		return
	}
	files := []Input{wpFixture(name)}
	for _, other := range e.with {
		files = append(files, wpFixture(other))
	}
	got := readWordPress(t, e.config, files...)
	if e.kind != "" {
		wpRefused(t, got, e.kind, e.says, name)
		return
	}
	if got.err != nil {
		t.Fatal(got.err)
	}
	wpSameUsers(t, got.records, e.users(t))
	if len(got.notices) != len(e.notices) {
		t.Fatalf("notices: %q", got.notices)
	}
	for i, part := range e.notices {
		if !strings.Contains(got.notices[i], part) {
			t.Errorf("notice %q lacks %q", got.notices[i], part)
		}
	}
}

// users are the truth as the file holds it.
func (e wpExpect) users(t *testing.T) []identity.User {
	var users []identity.User
	for _, truth := range wpTruths(t, e.site) {
		if e.keep != nil && !e.keep(truth) {
			continue
		}
		u := truth.user(t)
		if e.edit != nil {
			e.edit(t, &u, truth)
		}
		users = append(users, u)
	}
	return users
}

// wpSameUsers compares users by their login, in whatever order: tables are in the
// order of ids, lists in that of logins.
func wpSameUsers(t *testing.T, got []identity.Record, want []identity.User) {
	t.Helper()
	byLogin := map[string]identity.User{}
	for _, u := range want {
		byLogin[u.Username] = u
	}
	for i, rec := range got {
		if rec.Problem != nil {
			t.Errorf("%s: %v", rec.Pos, rec.Problem)
		}
		if rec.Pos.Record != i+1 {
			t.Errorf("record %d says that it is %s", i+1, rec.Pos)
		}
		u, known := byLogin[rec.User.Username]
		if !known {
			t.Errorf("%s: a user that is not there, or twice: %q", rec.Pos, rec.User.Username)
			continue
		}
		delete(byLogin, rec.User.Username)
		if len(u.Labels) == 0 {
			u.Labels = nil
		}
		if len(rec.User.Labels) == 0 {
			rec.User.Labels = nil
		}
		wpSameUser(t, rec, u)
	}
	for login := range byLogin {
		t.Errorf("%q is missing", login)
	}
}

// wpSameUser names the fields that differ.
func wpSameUser(t *testing.T, rec identity.Record, want identity.User) {
	t.Helper()
	if reflect.DeepEqual(rec.User, want) {
		return
	}
	got, wanted := reflect.ValueOf(rec.User), reflect.ValueOf(want)
	for i := range got.NumField() {
		g, w := got.Field(i).Interface(), wanted.Field(i).Interface()
		if !reflect.DeepEqual(g, w) {
			t.Errorf("%s: %s is %q, want %q", rec.Pos, got.Type().Field(i).Name, g, w)
		}
	}
}

// wpRefused checks that a reading ended in an error, before any user.
func wpRefused(t *testing.T, got wpReading, kind Kind, says, file string) {
	t.Helper()
	source, ok := got.err.(*SourceError)
	if !ok || source.Kind != kind || !strings.Contains(source.Error(), says) || source.Advice == "" {
		t.Errorf("%#v, want %s: %q", got.err, kind, says)
	}
	if ok && kind != Ambiguous && kind != NoUsers && source.File != file {
		t.Errorf("the error is about %q, not %q", source.File, file)
	}
	if len(got.records) != 0 {
		t.Errorf("%d users before the error", len(got.records))
	}
}

// wpCheckHelper checks that a file that is no export is taken for none.
func wpCheckHelper(t *testing.T, name string) {
	if looksWordPress(fixtures.Read(wpExports + name)) {
		t.Error("looks like an export")
	}
	got := readWordPress(t, WordPressConfig{}, wpFixture(name))
	wpRefused(t, got, Malformed, "no export of a WordPress site", name)
}

// Every export is recognised by its first bytes, unpacked, and so is everything
// that is refused with advice.
func TestLooksWordPress(t *testing.T) {
	for name, expect := range wpExpectations {
		if expect.helper {
			continue
		}
		unpacked, err := Decompress(bytes.NewReader(fixtures.Read(wpExports+name)), name)
		if err != nil {
			t.Fatal(err)
		}
		head := make([]byte, 64<<10)
		n, _ := io.ReadFull(unpacked, head)
		if found := Detect(head[:n]); len(found) != 1 || found[0] != FormatWordPress {
			t.Errorf("%s does not look like an export", name)
		}
	}
	for _, begin := range []string{
		"/* DUPLICATOR-LITE MYSQL SCRIPT CREATED ON : 2026-11-21 */\n\nSET FOREIGN_KEY_CHECKS = 0;\n", "# WordPress MySQL database migration\n\nSET NAMES utf8mb4;\n",
		"BEGIN;\nINSERT INTO `wp_users`", "SET autocommit=0;", "-- phpMyAdmin SQL Dump\n-- version 5", "mysqldump: [Warning] Using a password\n-- MySQL dump", "insert  ignore into wp_users",
		"USE site;\n", "/* # site_url: https://example.com */;\n/* # table_prefix: wp_ */;\n\n;\n/*!40101 SET NAMES utf8mb4 */;", wpContentText, "\xef\xbb\xbf-- Adminer 4.8.1 MySQL dump\n", "/*!40101 SET NAMES utf8 */;",
	} {
		if !looksWordPress([]byte(begin)) {
			t.Errorf("%q does not look like a dump", begin)
		}
	}
	for _, foreign := range []string{
		"", "x", "id,email,password_hash\n1,a@example.com,x\n", `{"users": [`, `[{"localId": "1"}]`, "\n\n\n", "-- ", "#", "/*", "SET,NAMES\n",
		"-- PostgreSQL database dump\n\nSET statement_timeout = 0;\n", "Use case,E-mail\n", "user_login\nx\n", "ID,user_name\n", "<?xml version=\"1.0\"?><rss>", "[", "[{",
	} {
		if looksWordPress([]byte(foreign)) {
			t.Errorf("%q looks like an export", foreign)
		}
	}
}

const wpContentText = `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version></channel></rss>`

// The export of posts and pages is the one that people find first.
func TestWordPressContent(t *testing.T) {
	got := readWordPress(t, WordPressConfig{}, wpText("site.xml", wpContentText))
	wpRefused(t, got, Malformed, "WordPress' export of its content (WXR), which holds no passwords", "site.xml")
}
