package importers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/identity"
)

func neutralLines(t testing.TB, users []identity.User) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, u := range users {
		line, err := identity.EncodeNeutral(u)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func neutralTable(t testing.TB, users []identity.User) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(identity.NeutralFields); err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		cells, err := identity.NeutralCells(u)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.Bytes()
}

func usersOf(recs []identity.Record) []identity.User {
	var users []identity.User
	for _, rec := range recs {
		if rec.Problem == nil {
			users = append(users, rec.User)
		}
	}
	return users
}

// Every user of every Firebase fixture survives the neutral file, in both forms.
func TestNeutralRoundTrip(t *testing.T) {
	config := fixtureConfig(t, "firebase-default.hash-config.txt")
	total := 0
	for _, file := range []string{
		"firebase-default.json", "firebase-default.csv",
		"firebase-default.by-firebase-tools-11.20.0.json", "firebase-default.by-firebase-tools-11.20.0.csv",
		"firebase-default.by-firebase-tools-13.0.0.json", "firebase-default.by-firebase-tools-13.0.0.csv",
		"firebase-default.admin-sdk-list-users-sample.json", "firebase-nondefault.admin-sdk-list-users.json",
		"firebase-nondefault.json", "firebase-nondefault.csv", "emulator.auth-export.json", "emulator.auth-export.csv",
	} {
		users := usersOf(firebaseFixture(t, file, config))
		total += len(users)
		for form, data := range map[string][]byte{
			"lines": neutralLines(t, users),
			"table": neutralTable(t, users),
			"crlf":  bytes.ReplaceAll(neutralLines(t, users), []byte("\n"), []byte("\r\n")),
			"bom":   append([]byte("\ufeff"), neutralTable(t, users)...),
		} {
			recs, err := drain(t, Neutral(bytes.NewReader(data), "users"))
			if err != nil || len(recs) != len(users) {
				t.Fatalf("%s, %s: %d of %d, %v", file, form, len(recs), len(users), err)
			}
			for i, rec := range recs {
				if rec.Problem != nil || !reflect.DeepEqual(rec.User, users[i]) {
					t.Errorf("%s, %s, %v: %v\n got %+v\nwant %+v", file, form, rec.Pos, rec.Problem, rec.User, users[i])
				}
			}
		}
	}
	if total < 1900 {
		t.Errorf("only %d users", total)
	}
}

// A user with everything in it that a file can hold.
func TestNeutralEverything(t *testing.T) {
	u := identity.User{
		ID: "=1+1", Username: "'quoted'", Email: `"a b"@example.com`, Phone: "+15550100500", Name: "Zoë\n\"🦊\", \u2028 <&>",
		EmailVerified: true, PhoneVerified: true, Disabled: true,
		Created: time.Date(2020, 2, 29, 23, 59, 59, 123456789, time.UTC), LastSignIn: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		Labels:     []string{"editor", "a,b", ""},
		Attributes: map[string]any{"n": map[string]any{"x": []any{nil, true, "ø"}}},
		Logins:     []identity.Login{{Provider: "google.com", Subject: "1", Email: "x@example.com"}, {Provider: identity.PasswordProvider}},
		Factors:    []string{"totp", "phone"}, Photo: "https://img.example.com/?a=1,2&b=3",
		Hash: identity.Hash{Algorithm: identity.Scrypt, Encoded: "00ff", Params: identity.Params{
			Salt: "s,\"'", SaltSeparator: "Bw==", SignerKey: testKey, N: 16384, R: 8, P: 1, KeyLen: 64, Variant: "sha3-512",
		}},
	}
	for form, data := range map[string][]byte{"lines": neutralLines(t, []identity.User{u, {}}), "table": neutralTable(t, []identity.User{u, {ID: "b"}})} {
		recs, err := drain(t, Neutral(bytes.NewReader(data), "users"))
		if err != nil || len(recs) != 2 || recs[0].Problem != nil || !reflect.DeepEqual(recs[0].User, u) {
			t.Errorf("%s: %s", form, told(recs, err))
		}
	}
}

func TestNeutralBad(t *testing.T) {
	const header = "id,email,disabled,created_at,labels,hash_algorithm,password_hash,hash_params\n"
	for _, c := range []struct{ name, in, want string }{
		{"lines", `{"id":"a"}` + "\n\n" + ` {"id":"b"} ` + "\r\n" + `{"id":"c"}`, "a; b; c"},
		{"not an object", `{"id":"a"}` + "\n[1]\nx\n" + `{"id":"c"}`, "a; !record-unreadable: the line is not a JSON object; !record-unreadable: the line is not a JSON object; c"},
		{"cut", `{"id":"a"}` + "\n" + `{"id":"b","password_hash":"c2Vjc`, "a; !record-unreadable: the line is not a whole JSON object"},
		{"two in a line", `{"id":"a"}{"id":"b"}`, "!record-unreadable: the line is not a whole JSON object"},
		{"unknown field", `{"id":"a","c2VjcmV0":"x"}`, "!record-unreadable: the line has a field that the neutral file does not have"},
		{"id is a number", `{"id":12345678901234567890}`, "12345678901234567890"},
		{"id is half a number", `{"id":1.5}`, "!record-unreadable: id is of the wrong kind: number"},
		{"id is a list", `{"id":[1]}`, "!record-unreadable: id is of the wrong kind: array"},
		{"disabled is text", `{"id":"a","disabled":"c2VjcmV0"}`, "!record-unreadable: disabled is of the wrong kind: string"},
		{"n is huge", `{"id":"a","hash_params":{"n":1e99}}`, "!record-unreadable: hash_params is of the wrong kind: number"},
		{"date is a hash", `{"id":"a","created_at":"c2VjcmV0"}`, "!record-unreadable: a value is not of the form that the neutral file has for its field"},
		{"deep", `{"id":"a","attributes":` + strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 101), "!record-unreadable: the line is nested deeper than 64 levels"},
		{"invalid UTF-8", "{\"id\":\"a\",\"name\":\"\xff\"}", "!text-invalid: name holds bytes that are not UTF-8"},
		{"NUL", `{"id":"a","password_hash":"c2Vj\u0000"}`, "!text-invalid: password_hash holds a NUL"},
		{"half a pair", `{"id":"a","name":"\ud83e"}`, "!text-invalid: name holds half of a surrogate pair, which is no character"},
		{"17 MB", `{"id":"` + strings.Repeat("x", 17<<20) + `"}` + "\n" + `{"id":"b"}`, "!record-too-large: the line is longer than 16 MiB; b"},

		{"table", header + "a,a@example.com,false,,,,,\nb,,,,,,,\n", "a; b"},
		{"booleans of a spreadsheet", header + "a,,TRUE,,,,,\nb,,False,,,,,\n", "a; b"},
		{"short row", header + "a,b\nb,,,,,,,\n", "!row-broken: the row has 2 fields, the header 8; b"},
		{"long row", header + "a,,,,,,,,\nb,,,,,,,\n", "!row-broken: the row has 9 fields, the header 8; b"},
		{"open quote", header + "\"a,,,,,,,\nb,,,,,,,\n", "!row-broken: a quote opened in line 2 is never closed, or closed before the field ends; b"},
		{"disabled is not JSON", header + "a,,c2VjcmV0,,,,,\n", "!record-unreadable: disabled is neither true nor false"},
		{"a cell that would be two", header + "a,,\"false,\"\"id\"\":\"\"b\"\"\",,,,,\n", "!record-unreadable: disabled is neither true nor false"},
		{"labels are text", header + "a,,,,editor,,,\n", "!record-unreadable: labels is not the JSON that stands in its cells"},
		{"labels are an object", header + "a,,,,{},,,\n", "!record-unreadable: labels is of the wrong kind: object"},
		{"deep cell", header + "a,,,," + strings.Repeat("[", 70) + strings.Repeat("]", 70) + ",,,\n", "!record-unreadable: labels is not the JSON that stands in its cells"},
		{"hash in the date", header + "a,,,c2VjcmV0,,,,\n", "!record-unreadable: a value is not of the form that the neutral file has for its field"},
		{"NUL in a cell", header + "a,\x00,,,,,,\n", "!text-invalid: field 2 holds a NUL byte"},

		{"empty", "", "empty -1: the file is empty"},
		{"a list", "[{}]", "malformed 0: the neutral file holds one object a line, not a list"},
		{"other header", "id,c2VjcmV0\nx,y\n", "malformed 0: not the header of a neutral file: column 2 is none of its fields"},
		{"header twice", "id,email,id\nx,y,z\n", "malformed 0: not the header of a neutral file: column 3 is there twice"},
		{"open quote in the header", "\"id,email\nx,y\n", "malformed 0: not the header of a neutral file: a quote opened in line 1 is never closed, or closed before the field ends"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(drain(t, Neutral(strings.NewReader(c.in), "users")))
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "c2Vj") {
				t.Error("shows a value")
			}
		})
	}
}

// The rejects of a run, with its columns in any place.
func TestNeutralRejects(t *testing.T) {
	const in = "_reason,id,email,_hint,phone,name,_raw,password_hash,_position\n" +
		"email-invalid,'=a,'@example.com,mend it,'+15550100500,'- Ann,,'+x,users.json: record 1\n" +
		"record-unreadable,,,mend it,,,\"{\"\"localId\"\": 12}\",,users.json: record 2\n" +
		"text-invalid,c,,mend it,,,\"{\"\"localId\"\": \"\"c\"\"}\",,users.json: record 3\n" +
		"mended,d,d@example.com,,,'quoted',\"{\"\"localId\"\": 12}\",,users.json: record 4\n"
	recs, err := drain(t, Neutral(strings.NewReader(in), "rejects.csv"))
	if err != nil || len(recs) != 4 {
		t.Fatal(told(recs, err))
	}
	a := identity.User{ID: "=a", Email: "@example.com", Phone: "+15550100500", Name: "- Ann", Hash: identity.Hash{Encoded: "+x"}}
	if !reflect.DeepEqual(recs[0].User, a) || recs[0].Pos.Line != 2 {
		t.Errorf("%v: %+v", recs[0].Pos, recs[0].User)
	}
	for i, id := range []string{"", "c"} {
		if r := recs[i+1]; r.Problem == nil || r.Problem.Code != identity.RecordUnreadable || !strings.HasPrefix(string(r.Raw), `{"localId"`) || r.User.ID != id {
			t.Errorf("%v: %v", r.Pos, r.Problem)
		}
	}
	if d := recs[3]; d.Problem != nil || d.User.ID != "d" || d.User.Name != "'quoted'" {
		t.Errorf("%v: %v, %+v", d.Pos, d.Problem, d.User)
	}
	// Without such columns an apostrophe is the value's own.
	recs, err = drain(t, Neutral(strings.NewReader("id,hash_params\n'=a,\n"), "users.csv"))
	if err != nil || recs[0].User.ID != "'=a" {
		t.Error(told(recs, err))
	}
}

func TestDetect(t *testing.T) {
	users := usersOf(firebaseFixture(t, "firebase-default.json", FirebaseConfig{}))
	heads := map[string][]byte{
		"neutral lines": neutralLines(t, users[:20]),
		"neutral table": neutralTable(t, users[:20]),
	}
	for _, file := range []string{
		"firebase-default.json", "firebase-default.csv", "firebase-default.by-firebase-tools-11.20.0.csv", "firebase-default.by-firebase-tools-13.0.0.csv",
		"firebase-default.admin-sdk-list-users-sample.json", "firebase-nondefault.json", "firebase-nondefault.csv", "firebase-redacted.json", "firebase-redacted.csv",
		"emulator.auth-export.json", "emulator.auth-export.csv", "emulators-export/auth_export/accounts.json", "emulators-export/firebase-export-metadata.json",
		"firebase-default.hash-config.txt", "emulators-export/auth_export/config.json",
	} {
		heads[file] = fixtures.Read(firebaseExports + file)
	}
	for name, text := range map[string]string{
		"firebase lines": `{"localId":"a"}` + "\n", "firebase, none": `{"users": []}`, "firebase, crlf": "{\"users\": [\r\n{\r\n  \"localId\": \"a\"",
		"firebase, bom": "\ufeff[{\"uid\":\"a\",\"metadata\":{}}]", "firebase, no user": `{"kind":"identitytoolkit#DownloadAccountResponse"}`,
		"neutral, by hand": `{"id":"a","email":"a@example.com"}`, "neutral, rejects": "_raw,id,email,_reason\n", "neutral, bom": "\ufeffid,hash_params\n",
		"nothing: empty": "", "nothing: text": "hello", "nothing: empty list": "[]", "nothing: number": "1", "csv, keycloak": `{"realm":"x","users":[{"id":"a","username":"b"}]}`,
		"csv, by hand":   "email,name\na@example.com,A\n",
		"csv, uid alone": `[{"uid":"a","name":"b"}]`, "nothing: a list of numbers": "[1,2]",
		"wordpress, wp-cli": `[{"ID":1,"user_login":"a"}]`, "nothing: database": `{"users":{"a":{"localId":"a"}}}`, "nothing: binary": "\x00\x01\x02", "nothing: brackets": strings.Repeat("[", 65536),
		"nothing: quotes": strings.Repeat(`"`, 65536), "nothing: braces": strings.Repeat(`{"a":`, 10000),
	} {
		heads[name] = []byte(text)
	}
	for name, head := range heads {
		want, _, _ := strings.Cut(name, " ")
		want, _, _ = strings.Cut(strings.Trim(want, ",:"), "-")
		switch {
		case name == "firebase-default.hash-config.txt", name == "emulators-export/auth_export/config.json", want == "nothing":
			want = ""
		case strings.HasPrefix(want, "emulator"):
			want = "firebase"
		}
		for _, n := range []int{len(head), 64 << 10, 8 << 10} {
			var got []string
			for _, f := range Detect(head[:min(n, len(head))]) {
				got = append(got, string(f))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s, %d bytes: %q, want %q", name, n, got, want)
			}
		}
	}
}

// What other programs exported is never taken for ours or Firebase's.
func TestDetectOthers(t *testing.T) {
	seen := 0
	for _, dir := range []string{"exports/wordpress", "exports/csv"} {
		err := fs.WalkDir(fixtures.FS(), dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rc, err := Decompress(bytes.NewReader(fixtures.Read(path)), path)
			if _, packed := errors.AsType[*SourceError](err); packed {
				return nil
			}
			if err != nil {
				return err
			}
			head, _ := io.ReadAll(io.LimitReader(rc, 64<<10))
			seen++
			if got := Detect(head); len(got) > 1 || slices.Contains(got, FormatFirebase) || slices.Contains(got, FormatNeutral) {
				t.Errorf("%s: %q", path, got)
			}
			return rc.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 20 {
		t.Errorf("only %d files", seen)
	}
}

func FuzzNeutral(f *testing.F) {
	users := usersOf(firebaseFixture(f, "firebase-default.json", fixtureConfig(f, "firebase-default.hash-config.txt")))[:8]
	f.Add(neutralLines(f, users))
	f.Add(neutralTable(f, users))
	f.Add([]byte("_reason,id,_raw\nx,'=a,\ny,,{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer frugal(t, allocationBound)()
		recs, err := drain(t, Neutral(bytes.NewReader(data), "users"))
		if _, ok := errors.AsType[*SourceError](err); err != nil && !ok {
			t.Fatal(err)
		}
		survives(t, recs)
	})
}

// survives checks that users are what they were after a trip through the
// neutral file.
func survives(t *testing.T, recs []identity.Record) {
	t.Helper()
	users := usersOf(recs)
	again, err := drain(t, Neutral(bytes.NewReader(neutralLines(t, users)), "users"))
	if len(users) == 0 {
		return
	}
	if err != nil || len(again) != len(users) {
		t.Fatalf("%d of %d users, %v", len(again), len(users), err)
	}
	for i, rec := range again {
		if rec.Problem != nil {
			t.Fatalf("%+v: %v", users[i], rec.Problem)
		}
		before, _ := identity.EncodeNeutral(users[i])
		if after, _ := identity.EncodeNeutral(rec.User); !bytes.Equal(before, after) {
			t.Fatalf("\n%s became\n%s", before, after)
		}
	}
}
