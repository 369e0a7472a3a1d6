package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"rehome/fixtures"
	"rehome/identity"
)

const csvExports = "exports/csv/"

// table is what a reading gave.
type table struct {
	records []identity.Record
	notices []string
	err     error
}

// readCSV reads a table, and checks what holds for every one: records are
// counted, lines only grow, nothing comes behind the error, and nobody's secret
// is told.
func readCSV(t testing.TB, r io.Reader, c CSVConfig) table {
	t.Helper()
	var got table
	c.Notice = func(says string) { got.notices = append(got.notices, says) }
	line := 0
	for rec, err := range CSV(r, "t.csv", c) {
		if got.err != nil {
			t.Fatalf("a pair after the error %v", got.err)
		}
		if got.err = err; err != nil {
			continue
		}
		got.records = append(got.records, withoutForm(t, rec))
		if rec.Pos.File != "t.csv" || rec.Pos.Record != len(got.records) || rec.Pos.Line <= line && rec.Pos.Line+line > 0 {
			t.Fatalf("record %d behind line %d is called %v", len(got.records), line, rec.Pos)
		}
		line = rec.Pos.Line
		if rec.Problem != nil && rec.Raw == "" || rec.Problem == nil && rec.Raw != "" {
			t.Fatalf("%v: problem %v, raw text of %d bytes", rec.Pos, rec.Problem, len(rec.Raw))
		}
	}
	got.keepsSecrets(t)
	return got
}

// keepsSecrets looks for hashes and salts in everything that is told.
func (got table) keepsSecrets(t testing.TB) {
	t.Helper()
	told := strings.Join(got.notices, "\n") + fmt.Sprint(got.err)
	for _, rec := range got.records {
		if rec.Problem != nil {
			told += "\n" + rec.Problem.Detail
		}
	}
	for _, rec := range got.records {
		h := rec.User.Hash
		for _, secret := range []identity.Secret{h.Encoded, h.Params.Salt, h.Params.SignerKey} {
			if len(secret) > 5 && strings.Contains(told, string(secret)) {
				t.Fatalf("%v: a secret is told", rec.Pos)
			}
		}
	}
}

// shownCSV is a reading as the tables below spell it: a user as id, or what is
// wrong.
func (got table) shown() string {
	var out []string
	for _, rec := range got.records {
		if rec.Problem != nil {
			out = append(out, fmt.Sprintf("%d:%s", rec.Pos.Line, rec.Problem.Code))
			continue
		}
		out = append(out, rec.User.ID)
	}
	if source, ok := errors.AsType[*SourceError](got.err); ok {
		out = append(out, "refused:"+string(source.Kind))
	} else if got.err != nil {
		out = append(out, "error")
	}
	return strings.Join(out, " ")
}

// csvTruth is the table that all generic fixtures hold.
func csvTruth(t testing.TB) []identity.User {
	t.Helper()
	var users []identity.User
	for _, line := range bytes.Split(bytes.TrimSpace(fixtures.Read(csvExports+"truth.jsonl")), []byte("\n")) {
		var v map[string]string
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		u := identity.User{ID: v["id"], Email: v["email"], Name: v["name"], Phone: v["phone"]}
		u.Created, _ = time.Parse(time.DateTime, v["created_at"])
		if v["password_hash"] != "" {
			u.Hash = identity.Hash{Algorithm: identity.Algorithm(v["algo"]), Encoded: identity.Secret(v["password_hash"])}
		}
		if u.Hash.Algorithm == identity.SHA {
			u.Hash.Params.Variant = "sha256"
		}
		users = append(users, u)
	}
	return users
}

// wordpressTruth is the table that the MariaDB fixtures hold.
func wordpressTruth(t testing.TB) []identity.User {
	t.Helper()
	var users []identity.User
	for _, line := range bytes.Split(bytes.TrimSpace(fixtures.Read("exports/wordpress/wp68-upgraded.truth.jsonl")), []byte("\n")) {
		var v struct{ Columns map[string]string }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		u := identity.User{ID: v.Columns["ID"], Username: v.Columns["user_login"], Email: v.Columns["user_email"], Name: v.Columns["display_name"]}
		u.Created, _ = time.Parse(time.DateTime, v.Columns["user_registered"])
		u.Hash.Encoded = identity.Secret(v.Columns["user_pass"])
		switch pass := v.Columns["user_pass"]; {
		case pass == "" || pass == "*":
			u.Hash = identity.Hash{}
		case strings.HasPrefix(pass, "$wp$"):
			u.Hash.Algorithm = identity.WPBcrypt
		case strings.HasPrefix(pass, "$P$"), strings.HasPrefix(pass, "$H$"):
			u.Hash.Algorithm = identity.PHPass
		case strings.HasPrefix(pass, "$argon2"):
			u.Hash.Algorithm = identity.Argon2
		case strings.HasPrefix(pass, "$2y$"):
			u.Hash.Algorithm = identity.Bcrypt
		case len(pass) == 32:
			u.Hash.Algorithm = identity.MD5
		}
		users = append(users, u)
	}
	return users
}

// wanted is a record that a fixture must give: a user, or a problem at a line.
type wanted struct {
	user identity.User
	code identity.Code
	line int
}

func bad(code identity.Code, line int) wanted { return wanted{code: code, line: line} }

func all(users []identity.User) []wanted {
	out := make([]wanted, len(users))
	for i, u := range users {
		out[i] = wanted{user: u}
	}
	return out
}

// but is the list with another record at each of some places.
func but(list []wanted, at map[int]wanted) []wanted {
	list = slices.Clone(list)
	for i, w := range at {
		list[i] = w
	}
	return list
}

func edited(list []wanted, edit func(*identity.User)) []wanted {
	list = slices.Clone(list)
	for i := range list {
		edit(&list[i].user)
	}
	return list
}

// Every file in fixtures/exports/csv, and what must come out of it: the truth,
// or exactly the damage that fixtures/README.md tells of.
func TestCSVFixtures(t *testing.T) {
	truth, wp := all(csvTruth(t)), all(wordpressTruth(t))
	sha256 := CSVConfig{HashAlgo: "sha256"}
	columns := CSVConfig{HashAlgo: "sha256", Columns: []string{"id", "email", "name", "phone", "password_hash", "created_at"}}
	outfile := CSVConfig{Columns: []string{"id", "username", "email", "password_hash", "name", "-"}}
	type expectation struct {
		c    CSVConfig
		want []wanted
		kind Kind // the file is refused
	}
	expect := map[string]expectation{
		"sheetjs.xlsx":              {kind: Malformed},
		"mariadb-table.txt":         {kind: Malformed},
		"duplicate-header.csv":      {c: CSVConfig{HashAlgo: "sha256", Map: map[string]string{"email": "#2"}}, want: truth[:12]},
		"no-header.csv":             {c: columns, want: truth},
		"nul-bytes.csv":             {c: sha256, want: but(truth, map[int]wanted{20: bad(identity.TextInvalid, 23)})},
		"truncated-utf8.csv":        {c: sha256, want: but(truth, map[int]wanted{0: bad(identity.TextInvalid, 2)})},
		"mariadb-batch.tsv":         {want: wp},
		"mariadb-into-outfile.csv":  {c: outfile, want: edited(wp, func(u *identity.User) { u.Created = time.Time{} })},
		"bad-quotes.csv":            {want: badQuotes(truth)},
		"cp1252.csv":                {c: sha256, want: fitWindows1252(truth)},
		"excel-damaged-numbers.csv": {c: sha256, want: excelDamage(truth)},
		"sheetjs-numbers.csv": {c: sha256, want: but(edited(truth[:15], func(u *identity.User) { u.Phone = shortened(u.Phone, "1.55501E+11") }), map[int]wanted{
			5: {user: withID(truth[5].user, "123", "1.55501E+11")},
		})},
		"papaparse-escape-formulae.csv": {c: sha256, want: edited(truth, func(u *identity.User) {
			if strings.HasPrefix(u.Name, "=") {
				u.Name = "'" + u.Name
			}
		})},
		"ragged.csv": {c: sha256, want: slices.Concat(but(truth[:8], map[int]wanted{4: bad(identity.RowBroken, 6), 6: bad(identity.RowBroken, 8)}),
			[]wanted{bad(identity.RowBroken, 11), bad(identity.RowBroken, 12), truth[11], bad(identity.RowBroken, 15)}, truth[13:20])},
	}
	for _, name := range strings.Fields(`all-quoted.csv backslash-escapes.csv bom.csv cr-only.csv headers-odd.csv headers-other-language.csv lf.csv
		papaparse.csv pipe.csv plain-comma.csv semicolon.csv sep-line.csv sheetjs.csv sheetjs-unicode-text.txt tab.tsv truth.jsonl
		utf16be-bom.csv utf16le-bom-tab.txt`) {
		expect[name] = expectation{c: sha256, want: truth}
	}
	files, err := fs.ReadDir(fixtures.FS(), strings.TrimSuffix(csvExports, "/"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		e, listed := expect[file.Name()]
		if !listed {
			t.Errorf("%s: nobody says what is to come out of it", file.Name())
			continue
		}
		delete(expect, file.Name())
		t.Run(file.Name(), func(t *testing.T) {
			data := fixtures.Read(csvExports + file.Name())
			got := readCSV(t, bytes.NewReader(data), e.c)
			if e.kind != "" {
				source, ok := errors.AsType[*SourceError](got.err)
				if !ok || source.Kind != e.kind || source.Advice == "" || len(got.records) != 0 {
					t.Fatalf("got %d records and %v, want a refusal (%s) with advice", len(got.records), got.err, e.kind)
				}
				return
			}
			compare(t, got, e.want)
			inPieces := readCSV(t, iotest.HalfReader(bytes.NewReader(data)), e.c)
			if !reflect.DeepEqual(got, inPieces) {
				t.Error("read in pieces, the file gives something else")
			}
		})
	}
	for name := range expect {
		t.Errorf("%s: there is no such fixture", name)
	}
}

func compare(t *testing.T, got table, want []wanted) {
	t.Helper()
	if got.err != nil {
		t.Fatal(got.err)
	}
	if len(got.records) != len(want) {
		t.Fatalf("%d records, want %d", len(got.records), len(want))
	}
	for i, w := range want {
		rec := got.records[i]
		switch {
		case w.code != "":
			if rec.Problem == nil || rec.Problem.Code != w.code || rec.Pos.Line != w.line {
				t.Errorf("%v: problem %v, want %s in line %d", rec.Pos, rec.Problem, w.code, w.line)
			}
		case rec.Problem != nil:
			t.Errorf("%v: %v", rec.Pos, rec.Problem)
		case !reflect.DeepEqual(rec.User, w.user):
			t.Errorf("%v:\ngot  %+v\nwant %+v (hashes equal: %t)", rec.Pos, rec.User, w.user, rec.User.Hash == w.user.Hash)
		}
	}
}

func withID(u identity.User, id, phone string) identity.User {
	u.ID, u.Phone = id, phone
	return u
}

// shortened is a phone number as a spreadsheet leaves it.
func shortened(phone, to string) string {
	if phone == "" {
		return ""
	}
	return to
}

func badQuotes(truth []wanted) []wanted {
	user := func(id, name string, hash identity.Hash) wanted {
		return wanted{user: identity.User{ID: id, Email: "a" + id + "@example.com", Name: name, Hash: hash}}
	}
	return []wanted{
		user("1", `Bob "The" Cat`, truth[0].user.Hash),
		bad(identity.RowBroken, 3), // its hash holds commas, and no quotes around them
		bad(identity.RowBroken, 4),
		user("4", "Last", truth[4].user.Hash),
	}
}

// fitWindows1252 is the users whose names have no letter beyond windows-1252.
func fitWindows1252(truth []wanted) []wanted {
	return slices.DeleteFunc(slices.Clone(truth), func(w wanted) bool {
		return strings.ContainsFunc(w.user.Name, func(r rune) bool { return r > 0xff })
	})
}

// excelDamage is what Excel did: every third phone is left in scientific
// notation, the next one without +; leading zeros are gone, and the dates are
// written so that they can be read in two ways.
func excelDamage(truth []wanted) []wanted {
	list := slices.Clone(truth[:20])
	for i := range list {
		u := &list[i].user
		switch u.Created = (time.Time{}); {
		case i%3 == 0:
			u.Phone = shortened(u.Phone, "1.56E+11")
		case i%3 == 1:
			u.Phone = strings.TrimPrefix(u.Phone, "+")
		}
	}
	list[5].user.ID, list[16].user.Name = "123", "42"
	return list
}
