package importers

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/identity"
)

// oneUser reads one user of a header and a row.
func oneUser(t *testing.T, header, cells string, c CSVConfig) (identity.User, *identity.Problem, table) {
	t.Helper()
	got := readCSV(t, strings.NewReader(header+"\n"+cells+"\n"), c)
	if got.err != nil || len(got.records) != 1 {
		t.Fatalf("%s: %d records, %v", cells, len(got.records), got.err)
	}
	return got.records[0].User, got.records[0].Problem, got
}

func TestReadDate(t *testing.T) {
	noon := time.Date(2019, 3, 1, 12, 30, 15, 0, time.UTC)
	for _, c := range []struct {
		in   string
		want time.Time
		ok   bool
	}{
		{"2019-03-01 12:30:15", noon, true},
		{"2019-03-01T12:30:15", noon, true},
		{"2019-03-01T12:30:15Z", noon, true},
		{"2019-03-01T14:30:15+02:00", noon, true},
		{"2019-03-01 12:30:15.25", noon.Add(250 * time.Millisecond), true},
		{"2019-03-01 12:30:15.250000+00", noon.Add(250 * time.Millisecond), true},
		{"2019-03-01 14:30:15+02", noon, true},
		{"2019-03-01 12:30:15 UTC", noon, true},
		{"2019-03-01 12:30:15 +0000 UTC", noon, true},
		{"Fri, 01 Mar 2019 12:30:15 GMT", noon, true},
		{"2019-03-01", noon.Truncate(24 * time.Hour), true},
		{"2019-03-01 12:30", noon.Truncate(time.Minute), true},
		{"1551443415", noon, true},
		{"1551443415000", noon, true},
		{"155144341", time.Unix(155144341, 0).UTC(), true},
		{"", time.Time{}, true},
		{"0", time.Time{}, true},
		{"NULL", time.Time{}, true},
		{"0000-00-00 00:00:00", time.Time{}, true},
		{"1969-12-31 23:59:59", time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), true},
		{"2019-02-29 00:00:00", time.Time{}, false},
		{"2019-13-01 00:00:00", time.Time{}, false},
		{"2019-03-01 24:00:00", time.Time{}, false},
		{"01/02/03", time.Time{}, false},
		{"13/04/2013", time.Time{}, false},
		{"1.3.2019", noon.Truncate(24 * time.Hour), true},
		{"01.03.2019 12:30", noon.Truncate(time.Minute), true},
		{"01.03.2019 12:30:15", noon, true},
		{"31.2.2019", time.Time{}, false},
		{"1.3.19", time.Time{}, false},
		{"43525.52", time.Time{}, false},
		{"15514434150000", time.Time{}, false},
		{"Fri, 01 Mar 2019 12:30:15 CET", time.Time{}, false}, // names of zones are not unique
		{"0001-01-01T00:00:00+14:00", time.Time{}, false},
		{"yesterday", time.Time{}, false},
	} {
		if got, ok := readDate(c.in); !got.Equal(c.want) || ok != c.ok || got.Location() != time.UTC {
			t.Errorf("%q: %v, %t; want %v, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestCSVFlags(t *testing.T) {
	for _, c := range []struct {
		header, cell       string
		verified, disabled bool
		bad                bool
	}{
		{"email_verified", "true", true, false, false},
		{"email_verified", "TRUE", true, false, false},
		{"email_verified", "t", true, false, false},
		{"email_verified", "1", true, false, false},
		{"email_verified", "Yes", true, false, false},
		{"email_verified", "0", false, false, false},
		{"email_verified", "", false, false, false},
		{"email_verified", "NULL", false, false, false},
		{"email_verified", "perhaps", false, false, false},
		{"email_verified_at", "2019-03-01 12:30:15", true, false, false},
		{"email_verified_at", "0000-00-00 00:00:00", false, false, false},
		{"email_confirmed_at", "1551443415", true, false, false},
		{"verified_email_addresses", "b@x.test|a@x.test", true, false, false},
		{"verified_email_addresses", "aa@x.test", false, false, false},
		{"disabled", "1", false, true, false},
		{"disabled", "no", false, false, false},
		{"banned", "2019-03-01", false, true, false},
		{"banned", "perhaps", false, false, false},
		{"is_active", "f", false, true, false},
		{"is_active", "t", false, false, false},
		{"enabled", "", false, false, false},
		{"enabled", "-1", false, false, false},
		{"deleted_at", "2019-03-01 12:30:15", false, true, false},
		{"deleted_at", `\N`, false, false, false},
		{"banned_until", "2019-03-01 12:30:15", false, false, false},
		{"banned_until", "2999-03-01 12:30:15", false, true, false},
		{"banned_until", "infinity", false, true, false},
		{"banned_until", "soon", false, false, false},
	} {
		u, problem, _ := oneUser(t, "id,email,"+c.header, "1,a@x.test,"+c.cell, CSVConfig{})
		if u.EmailVerified != c.verified || u.Disabled != c.disabled || (problem != nil) != c.bad {
			t.Errorf("%s %q: verified %t, disabled %t, %v", c.header, c.cell, u.EmailVerified, u.Disabled, problem)
		}
	}
}

func TestCSVUserFields(t *testing.T) {
	for _, c := range []struct {
		header, cells string
		c             CSVConfig
		want          identity.User
	}{
		{"id,email,name", " 7 , A@X.test ,  padded  ", CSVConfig{}, identity.User{ID: "7", Email: "A@X.test", Name: "  padded  "}},
		{"id,email,name", `7,NULL,NULL`, CSVConfig{}, identity.User{ID: "7", Name: "NULL"}},
		{"id,email,name", `7,\N,\N`, CSVConfig{}, identity.User{ID: "7"}},
		{"id,first_name,last_name", `7,Ana,García`, CSVConfig{}, identity.User{ID: "7", Name: "Ana García"}},
		{"id,first_name,name", `7,Ana,Dr. García`, CSVConfig{}, identity.User{ID: "7", Name: "Dr. García"}},
		{"id,last_name", `7,García`, CSVConfig{}, identity.User{ID: "7", Name: "García"}},
		{"username,email", "ana,Ana@x.test", CSVConfig{}, identity.User{ID: "ana", Username: "ana", Email: "Ana@x.test"}},
		{"email,name", "Ana@X.test,Ana", CSVConfig{}, identity.User{ID: "ana@x.test", Email: "Ana@X.test", Name: "Ana"}},
		{"phone,name", "+4930901820,Ana", CSVConfig{}, identity.User{ID: "+4930901820", Phone: "+4930901820", Name: "Ana"}},
		{"id,phone", "7,'+49 30 901820", CSVConfig{}, identity.User{ID: "7", Phone: "+4930901820"}},
		{"id,phone", "7,030 901820", CSVConfig{Region: "DE"}, identity.User{ID: "7", Phone: "+4930901820"}},
		{"id,phone", "7,030 901820", CSVConfig{}, identity.User{ID: "7", Phone: "030 901820"}},
		{"id,phone", "7,1.56E+11", CSVConfig{Region: "US"}, identity.User{ID: "7", Phone: "1.56E+11"}},
		{"id,roles", `7,"editor, author"`, CSVConfig{}, identity.User{ID: "7", Labels: []string{"editor", "author"}}},
		{"id,labels", `7,"[""a,b"",""c""]"`, CSVConfig{}, identity.User{ID: "7", Labels: []string{"a,b", "c"}}},
		{"id,labels", `7,[]`, CSVConfig{}, identity.User{ID: "7"}},
		{"id,name,email_verified,phone_verified", "7,Ana,true,true", CSVConfig{}, identity.User{ID: "7", Name: "Ana"}},
		{"id,metadata", `7,"{""n"":12345678901234567890}"`, CSVConfig{}, identity.User{ID: "7", Attributes: map[string]any{"n": json.Number("12345678901234567890")}}},
		{"id,metadata", `7,{}`, CSVConfig{}, identity.User{ID: "7"}},
		{"id,logins", `7,"[{""provider"":""google.com"",""subject"":""1""}]"`, CSVConfig{}, identity.User{ID: "7", Logins: []identity.Login{{Provider: "google.com", Subject: "1"}}}},
		{"id,totp_secret", "7,JBSWY3DP", CSVConfig{}, identity.User{ID: "7", Factors: []string{"totp"}}},
		{"id,avatar_url", "7, https://x.test/a.png ", CSVConfig{}, identity.User{ID: "7", Photo: "https://x.test/a.png"}},
		{"a,b", "7,Ana", CSVConfig{Map: map[string]string{"id": "a", "name": "b"}}, identity.User{ID: "7", Name: "Ana"}},
	} {
		got, problem, _ := oneUser(t, c.header, c.cells, c.c)
		if problem != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\ngot  %+v (%v)\nwant %+v", c.cells, got, problem, c.want)
		}
	}
}

// Nobody is lost for a cell that is not their way in: what it holds is kept where
// it can be, and a loss where it cannot.
func TestCSVSecondaryCells(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	attribute := func(value any) identity.User { return identity.User{Attributes: map[string]any{"attributes": value}} }
	labels := func(names ...string) identity.User { return identity.User{Labels: names} }
	logins := func(names ...string) (u identity.User) {
		for _, name := range names {
			u.Logins = append(u.Logins, identity.Login{Provider: name})
		}
		return u
	}
	for _, c := range []struct {
		header, cell string
		want         identity.User
		losses       []identity.Code
	}{
		{"metadata", "{}}", attribute("{}}"), nil},
		{"metadata", "gold", attribute("gold"), nil},
		{"metadata", "12.50", attribute(json.Number("12.50")), nil},
		{"metadata", "[]", identity.User{}, nil},
		{"metadata", "null", identity.User{}, nil},
		{"metadata", `["a","b"]`, attribute([]any{"a", "b"}), nil},
		{"metadata", "{} {}", attribute("{} {}"), nil},
		{"metadata", deep, attribute(deep), nil},
		{"metadata", `{"a":` + deep + "}", attribute(`{"a":` + deep + "}"), nil},
		{"roles", "{}", identity.User{}, nil},
		{"roles", "{admin,editor}", labels("admin", "editor"), nil},
		{"roles", `{"a b","c,\"d\\",NULL,e}`, labels("a b", `c,"d\`, "e"), nil},
		{"roles", `{"admin":true,"editor":false,"author":true}`, labels("admin", "author"), nil},
		{"roles", "[1]", identity.User{}, []identity.Code{identity.LossRolesBroken}},
		{"roles", `["a"`, identity.User{}, []identity.Code{identity.LossRolesBroken}},
		{"roles", "{{a},{b}}", identity.User{}, []identity.Code{identity.LossRolesBroken}},
		{"roles", "{a", identity.User{}, []identity.Code{identity.LossRolesBroken}},
		{"second_factors", "[{}]", identity.User{Factors: []string{"unknown"}}, nil},
		{"logins", "{}", identity.User{}, nil},
		{"logins", "[{}]", logins("unknown"), nil},
		{"logins", "[1", logins("unknown"), nil},
		{"logins", "google", logins("google"), nil},
		{"logins", "google,github", logins("google", "github"), nil},
		{"phone", "call me", identity.User{Phone: "call me"}, nil},
		{"phone", "495112345678", identity.User{}, []identity.Code{identity.LossPhone}},
		{"created_at", "yesterday", identity.User{}, nil},
	} {
		_, _, got := oneUser(t, "id,"+c.header, `1,"`+strings.ReplaceAll(c.cell, `"`, `""`)+`"`, CSVConfig{Region: "DE"})
		rec := got.records[0]
		if c.want.ID = "1"; rec.Problem != nil || !reflect.DeepEqual(rec.User, c.want) || !slices.Equal(rec.Losses, c.losses) {
			t.Errorf("%s %.40q: %+v, %v (%v)", c.header, c.cell, rec.User, rec.Losses, rec.Problem)
		}
	}
}

// A first object that is longer than what is looked at is known by how it begins.
func TestCSVLongFirstLine(t *testing.T) {
	long := `"metadata":{"bio":"` + strings.Repeat("x", 70<<10) + "\"}}\n"
	if head := `{"id":"1","email":"a@x.test",` + long; !looksCSV([]byte(head[:64<<10])) {
		t.Error("users are not known for such")
	}
	if head := `{"shoe":42,` + long; looksCSV([]byte(head[:64<<10])) {
		t.Error("shoes look like users")
	}
}

// What MongoDB writes for what JSON has no form for is what it stands for.
func TestCSVExtendedJSON(t *testing.T) {
	for _, line := range []string{
		`{"_id":{"$oid":"5f1"},"createdAt":{"$date":"2020-07-24T01:02:03Z"}}`,
		`{"_id":"5f1","createdAt":{"$date":1595552523000}}`,
		`{"_id":"5f1","createdAt":{"$date":{"$numberLong":"1595552523000"}}}`,
	} {
		got := readCSV(t, strings.NewReader(line), CSVConfig{})
		if want := time.Date(2020, 7, 24, 1, 2, 3, 0, time.UTC); got.err != nil || len(got.records) != 1 || got.records[0].User.ID != "5f1" || !got.records[0].User.Created.Equal(want) {
			t.Errorf("%s: %+v, %v", line, got.records, got.err)
		}
	}
}

// What is assumed, or not carried, is said once.
func TestCSVNotices(t *testing.T) {
	for _, c := range []struct{ header, cells, want string }{
		{"id,email", "1,a@x.test", ""},
		{"id,shoe size,", "1,42,", `these columns are not carried: "shoe size", "column 3"`},
		{"login,email", "ana,a@x.test", "the user name is the id"},
		{"localId,email,passwordHash", "7,a@x.test,", "a spreadsheet or another program has changed it"},
		{"email,name", "a@x.test,A", "the e-mail address in lower case is the id"},
		{"id,first_name", "1,Ana", "names are put together"},
		{"id,phone", "1,1.5E+11", "a spreadsheet has shortened"},
		{"id,phone", "1,030 901820", "--region"},
		{"id,name", "1,'=SUM(A1)", "apostrophe"},
		{"id,created_at", "1,01/02/03", "more than one way, or in none, and are left out: 1 (the first in line 2: \"00/00/00\")"},
		{"id,email,email_verified", "1,a@x.test,perhaps", "verify nothing"},
		{"id,password_hash", "1,*", "a mark instead of a hash"},
		{"id,email", "1,a@x.test\n,\n2,b@x.test", "blank rows, passed over: 1"},
		{"# of Clerk's\nid,email", "1,a@x.test", "comment lines before the header, passed over: 1"},
	} {
		got := readCSV(t, strings.NewReader(c.header+"\n"+c.cells+"\n"), CSVConfig{})
		told := strings.Join(got.notices, "\n")
		if got.err != nil || len(got.notices) > 1 || (told == "") != (c.want == "") || !strings.Contains(told, c.want) {
			t.Errorf("%s: %v, told %q, want %q", c.header, got.err, told, c.want)
		}
	}
}

// How a table is written is found by looking.
func TestCSVLayout(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     dialect
	}{
		{"comma", "id,name\n1,a;b\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"semicolon", "id;name\n1;a,b\n", dialect{delimiter: ';', lazyQuotes: true}},
		{"tab", "id\tname\n1\ta\n", dialect{delimiter: '\t', lazyQuotes: true}},
		{"pipe", "id|name\n1|a,b|c\n1|a\n", dialect{delimiter: '|', lazyQuotes: true}},
		{"one column", "email\na@x.test\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"sep=", "sep=|\nid|name,email\n1|a\n", dialect{delimiter: '|', lazyQuotes: true}},
		{"quoted sep=", "\"sep=;\"\r\nid;name\r\n1;a\r\n", dialect{delimiter: ';', lazyQuotes: true}},
		{"a comma in a header of semicolons", "id;name, first\n1;a\n", dialect{delimiter: ';', lazyQuotes: true}},
		{"CR", "id,name\r1,a\nb\r2,c\r", dialect{delimiter: ',', lazyQuotes: true, crOnly: true}},
		{"CR, then LF", "id,name\r1,a\n2,c\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"a Windows name", "id,name\n1,CORP\\ana\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"escaped quotes", "id,name\n1,\"a \\\"b\\\"\"\n", dialect{delimiter: ',', lazyQuotes: true, backslash: true}},
		{"escaped line breaks", "id,name\n1,\"a\\\nb\"\n", dialect{delimiter: ',', lazyQuotes: true, backslash: true}},
		{"a backslash before a closing quote", "id,name\n1,\"end\\\"\n2,b\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"\\N alone", "id,name\n1,\\N\n", dialect{delimiter: ',', lazyQuotes: true}},
		{"batch", "id\tname\n1\ta\\\\b \"c\"\\n\n", dialect{delimiter: '\t', lazyQuotes: true, backslash: true, noQuotes: true}},
		{"batch, no quote", "id\tname\n1\ta\\\\b\n", dialect{delimiter: '\t', lazyQuotes: true, backslash: true, noQuotes: true}},
		{"a Windows name between tabs", "id\tname\n1\tCORP\\tom\n", dialect{delimiter: '\t', lazyQuotes: true}},
	} {
		s := &tableReading{}
		if err := s.begin(); err != nil {
			t.Fatal(err)
		}
		got, err := s.layout(sample{[]byte(c.in), true})
		if err != nil || got.dialect != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got.dialect, err, c.want)
		}
	}
}

func TestLooksCSV(t *testing.T) {
	for in, want := range map[string]bool{
		head4 + ana:                          true,
		"\xef\xbb\xbfid;email\r\n":           true,
		"\xff\xfei\x00d\x00,\x00n\x00\n\x00": true,
		`{"id": 1, "email": "a@x.test"}`:     true,
		"email\nZo\xeb@x.test\n":             true,
		ana:                                  false,
		"a,b,c\n1,2,3\n":                     false,
		`{"users": [`:                        false,
		"-- MySQL dump":                      false,
		"PK\x03\x04":                         false,
		"":                                   false,
	} {
		if got := looksCSV([]byte(in)); got != want {
			t.Errorf("%.30q: %t", in, got)
		}
	}
}

// A user that was read is the same after the neutral file, in both of its forms,
// and after this reader's own look at them.
func TestCSVNeutral(t *testing.T) {
	users := append(csvTruth(t), wordpressTruth(t)...)
	users = append(users, identity.User{
		ID: "1", Username: "ana", Email: "a@x.test", EmailVerified: true, Phone: "+4930901820", PhoneVerified: true, Name: "Ana", Disabled: true,
		Created: time.Date(2019, 3, 1, 12, 30, 15, 250e6, time.UTC), LastSignIn: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		Labels: []string{"a,b", "c"}, Attributes: map[string]any{"n": json.Number("1"), "o": map[string]any{"p": nil}}, Factors: []string{"totp"}, Photo: "https://x.test",
		Logins: []identity.Login{{Provider: "google.com", Subject: "1", Email: "a@x.test"}},
		Hash:   identity.Hash{Algorithm: "scrypt-firebase", Encoded: "aGFzaA==", Params: identity.Params{Salt: "c2FsdA==", SaltSeparator: "Bw==", SignerKey: "a2V5", N: 16384, R: 8, P: 1}},
	})
	var lines, rows bytes.Buffer
	w := csv.NewWriter(&rows)
	_ = w.Write(identity.NeutralFields)
	for _, u := range users {
		line, err := identity.EncodeNeutral(u)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		cells, err := identity.NeutralCells(u)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Write(cells)
	}
	w.Flush()
	for _, data := range [][]byte{lines.Bytes(), rows.Bytes()} {
		got := readCSV(t, bytes.NewReader(data), CSVConfig{})
		if got.err != nil || len(got.records) != len(users) {
			t.Fatalf("%d records, %v", len(got.records), got.err)
		}
		for i, rec := range got.records {
			if rec.Problem != nil || !reflect.DeepEqual(rec.User, users[i]) {
				t.Errorf("%v:\ngot  %+v (%v)\nwant %+v", rec.Pos, rec.User, rec.Problem, users[i])
			}
		}
	}
}

func TestCSVLines(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		c              CSVConfig
	}{
		{"users", `{"id":1,"email":"a@x.test"}` + "\r\n\n" + `{"id":"2"}`, "1 2", CSVConfig{}},
		{"long numbers keep their digits", `{"id":12345678901234567890}`, "12345678901234567890", CSVConfig{}},
		{"a shortened number", `{"id":1.5e+21}`, "1:id-invalid", CSVConfig{}},
		{"MongoDB's ids", `{"_id":{"$oid":"5f1"},"email":"a@x.test"}`, "5f1", CSVConfig{}},
		{"other objects as ids", `{"id":"1"}` + "\n" + `{"id":{"x":"5f1"}}`, "1 2:record-unreadable", CSVConfig{}},
		{"null", `{"id":"1","email":null}`, "1", CSVConfig{}},
		{"mapped", `{"number":"1","mail":"x"}`, "1", CSVConfig{Map: map[string]string{"id": "number"}}},
		{"two names for one", `{"mail":"a","correo":"b","id":"1"}` + "\n" + `{"id":"2"}`, "1:record-unreadable 2", CSVConfig{}},
		{"one name twice", `{"id":"1"}` + "\n" + `{"id":"2","id":"3"}`, "1 2:record-unreadable", CSVConfig{}},
		{"own name first", `{"uuid":"9","id":"1"}` + "\n" + `{"id":"2","uuid":"9"}`, "1 2", CSVConfig{}},
		{"an id all at once", `{"email":"A@x.test"}` + "\n" + `{"email":"b@x.test"}`, "a@x.test b@x.test", CSVConfig{}},
		{"no object", `{"id":"1"}` + "\n[2]\n" + `{"id":"3"}`, "1 2:record-unreadable 3", CSVConfig{}},
		{"cut", `{"id":"1"}` + "\n" + `{"id":"2","em`, "1 2:record-unreadable", CSVConfig{}},
		{"two in a line", `{"id":"1"}` + "\n" + `{"id":"2"}{"id":"3"}`, "1 2:record-unreadable", CSVConfig{}},
		{"no text", `{"id":"1"}` + "\n" + `{"id":"2","name":"Zo` + "\xeb" + `ë"}`, "1 2:text-invalid", CSVConfig{}},
		{"half a pair", `{"id":"1"}` + "\n" + `{"id":"2","name":"\ud83e"}`, "1 2:text-invalid", CSVConfig{}},
		{"an escaped NUL", `{"id":"1"}` + "\n" + `{"id":"2","name":"a\u0000b"}`, "1 2:text-invalid", CSVConfig{}},
		{"a list for a name", `{"id":"1","name":["a"],"email_verified":{}}`, "1", CSVConfig{}},
		{"a list for an address", `{"id":"1"}` + "\n" + `{"id":"2","email":["a"]}`, "1 2:record-unreadable", CSVConfig{}},
		{"plain passwords", `{"id":"1","password":"hunter2"}`, "refused:plain-passwords", CSVConfig{}},
		{"nobody", `{"shoe":42}`, "refused:malformed", CSVConfig{}},
		{"a pretty object", "{\n\"id\": 1\n}\n", "1", CSVConfig{}},
	} {
		got := readCSV(t, strings.NewReader(c.in), c.c)
		if got.shown() != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, got.shown(), got.err, c.want)
		}
	}
}
