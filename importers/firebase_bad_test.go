package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
)

// told is what came out, as the tables below spell it: for every record its id,
// or id!code and the problem's detail, then the kind and text of the error.
func told(recs []identity.Record, err error) string {
	var b strings.Builder
	for _, rec := range recs {
		fmt.Fprint(&b, rec.User.ID)
		if rec.Problem != nil {
			fmt.Fprintf(&b, "!%s: %s", rec.Problem.Code, rec.Problem.Detail)
		}
		b.WriteString("; ")
	}
	if source, ok := errors.AsType[*SourceError](err); ok {
		fmt.Fprintf(&b, "%s %d: %s", source.Kind, source.Byte, source.Says)
	} else if err != nil {
		fmt.Fprint(&b, err)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

const one = `{"localId":"a","email":"a@example.com","passwordHash":"c2VjcmV0IGhhc2g=","salt":"c2FsdA==","displayName":"A"}`

// with is an export of two accounts; the first has a member more.
func with(member string) string {
	return `{"users": [{` + member + `,"localId":"a"},{"localId":"z"}]}`
}

func TestFirebaseJSONMutilated(t *testing.T) {
	big := strings.Repeat("x", 10<<20)
	for _, c := range []struct{ name, in, want string }{
		// Shapes that are right.
		{"no accounts", `{"users": []}`, ""},
		{"no accounts, list", `[]`, ""},
		{"crlf", "{\"users\": [\r\n{\r\n  \"localId\": \"a\"\r\n},\r\n{ \"localId\": \"b\" }\r\n]}", "a; b"},
		{"bom", "\ufeff" + `{"users":[{"localId":"a"}]}`, "a"},
		{"api reply", `{"kind":"identitytoolkit#DownloadAccountResponse","users":[{"localId":"a"}],"nextPageToken":"x"}`, "a"},
		{"api reply without users", `{"kind":"identitytoolkit#DownloadAccountResponse"}`, ""},
		{"listUsers", `{"users":[{"uid":"a"}],"pageToken":"x"}`, "a"},
		{"exports in a list", `[{"users":[{"localId":"a"}]},{"kind":"x","users":[]}, {"users":[{"localId":"b"},{"localId":"c"}]}]`, "a; b; c"},
		{"an export and an account", `[{"users":[{"localId":"a"}]},7]`, `a; malformed 29: between two exports: expected an object with a list "users"`},
		{"a list of exports cut", `[{"users":[{"localId":"a"}]},`, "a; truncated 29: the file ends between two exports: it was cut off (records before the cut: 1)"},
		{"one a line", "{\"localId\":\"a\"}\n{\"uid\":\"b\"}\n", "a; b"},
		{"one a line, other names first", "{\"email\":\"x@example.com\",\"localId\":\"a\"}", "a"},
		{"white space around", " \n[ {\"localId\" : \"a\"} , {\"localId\":\"b\"}\n]\n\n", "a; b"},
		{"last of a name counts", with(`"localId":"b"`), "a; z"},
		{"name with an escape", `[{"local\u0049d":"a"}]`, "a"},
		{"null is absent", with(`"email":null,"disabled":null,"providerUserInfo":null,"metadata":null,"customAttributes":null,"createdAt":null`), "a; z"},
		{"text of 10 MB", with(`"displayName":"` + big + `"`), "a; z"},
		{"an unknown name may be anything", with(`"x":[1,-2.5e3,true,{"y":[null]}]`), "a; z"},
		{"nested 60 deep where nobody looks", with(`"x":` + strings.Repeat("[", 60) + strings.Repeat("]", 60)), "a; z"},

		// A record alone.
		{"record is a number", `[1,{"localId":"a"}]`, "!record-unreadable: the record is a number, not an object; a"},
		{"record is text", `["fakeHash:x",{"localId":"a"}]`, "!record-unreadable: the record is text, not an object; a"},
		{"record is null", `[null,{"localId":"a"}]`, "!record-unreadable: the record is null, not an object; a"},
		{"record is a list", `[[{"localId":"b"}],{"localId":"a"}]`, "!record-unreadable: the record is a list, not an object; a"},
		{"record is true", `[true]`, "!record-unreadable: the record is true or false, not an object"},
		{"id is a number", `[{"localId":12}]`, "!record-unreadable: localId is a number, not text"},
		{"email is a number", with(`"email":1`), "a!record-unreadable: email is a number, not text; z"},
		{"email is an object", with(`"email":{"a":[]}`), "a!record-unreadable: email is an object, not text; z"},
		{"hash is a list", with(`"passwordHash":["c2VjcmV0"]`), "a!record-unreadable: passwordHash is a list, not text; z"},
		{"disabled is text", with(`"disabled":"true"`), "a!record-unreadable: disabled is text, not true or false; z"},
		{"verified is a number", with(`"emailVerified":1`), "a!record-unreadable: emailVerified is a number, not true or false; z"},
		{"createdAt is an object", with(`"createdAt":{}`), "a!record-unreadable: createdAt is an object, not text; z"},
		{"createdAt is no date", with(`"createdAt":"yesterday"`), "a; z"},
		{"providers are an object", with(`"providerUserInfo":{"providerId":"x"}`), "a!record-unreadable: providerUserInfo is an object, not a list; z"},
		{"a provider is text", with(`"providerUserInfo":["google.com"]`), "a!record-unreadable: providerUserInfo is text, not an object; z"},
		{"a provider's id is a number", with(`"providerUserInfo":[{"providerId":"google.com","rawId":1}]`), "a!record-unreadable: rawId is a number, not text; z"},
		{"mfaInfo is text", with(`"mfaInfo":"x"`), "a!record-unreadable: mfaInfo is text, not a list; z"},
		{"claims are a number", with(`"customAttributes":1`), "a!record-unreadable: customAttributes is a number, not text; z"},
		{"NUL in claims", with("\"customClaims\":{\"tier\x00\":\"pro\"}"), "a!text-invalid: customClaims holds a NUL; z"},
		{"NUL beside claims", with("\"customClaims\":{\"tier\":\x00\"pro\"}"), "malformed 35: record 1: this is not JSON: expected a value"},
		{"NUL in claims that are text", with("\"customAttributes\":\"{\\\"a\\\":\x00}\""), "a!text-invalid: customAttributes holds a NUL; z"},
		{"metadata is a list", with(`"metadata":[]`), "a!record-unreadable: metadata is a list, not an object; z"},
		{"nested 100,000 deep", with(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), "a!record-unreadable: the record is nested deeper than 64 levels; z"},
		{"objects nested 1,000 deep", with(`"x":` + strings.Repeat(`{"y":`, 1000) + `1` + strings.Repeat("}", 1000)), "a!record-unreadable: the record is nested deeper than 64 levels; z"},
		{"invalid UTF-8", with("\"displayName\":\"A\xff\""), "a!text-invalid: displayName holds bytes that are not UTF-8; z"},
		{"half a rune", with("\"email\":\"\xc3\""), "a!text-invalid: email holds bytes that are not UTF-8; z"},
		{"latin1 in an unknown name", with("\"x\":\"\xe9\""), "a; z"},
		{"NUL, escaped", with(`"displayName":"A\u0000"`), "a!text-invalid: displayName holds a NUL; z"},
		{"NUL, raw", with("\"displayName\":\"A\x00\""), "a!text-invalid: displayName holds a NUL; z"},
		{"NUL in a hash", with(`"passwordHash":"c2VjcmV0\u0000"`), "a!text-invalid: passwordHash holds a NUL; z"},
		{"half a pair", with(`"displayName":"\ud83d"`), "a!text-invalid: displayName holds half of a surrogate pair, which is no character; z"},
		{"half a pair, then text", with(`"displayName":"\ud83dx"`), "a!text-invalid: displayName holds half of a surrogate pair, which is no character; z"},
		{"the other half", with(`"displayName":"\udd8a\ud83e"`), "a!text-invalid: displayName holds half of a surrogate pair, which is no character; z"},
		{"no such escape", with(`"displayName":"\x41"`), "a!record-unreadable: displayName holds an escape that JSON does not have; z"},
		{"short escape", with(`"displayName":"\u12"`), "a!record-unreadable: displayName holds an escape that JSON does not have; z"},
		{"17 MB", `[{"localId":"b","x":"` + strings.Repeat(`\"]}x`, 17<<20/5) + `"},{"localId":"a"}]`, "!record-too-large: the record is larger than 16 MiB; a"},

		// The source as a whole.
		{"empty", "", "empty -1: the file is empty"},
		{"only white space", " \n\t", "empty -1: the file is empty"},
		{"only a bom", "\ufeff", "empty -1: the file is empty"},
		{"text", "hello", "malformed 0: neither JSON nor the CSV that auth:export writes"},
		{"html", "<!doctype html><html></html>", "malformed 0: neither JSON nor the CSV that auth:export writes"},
		{"a number", "12", "malformed 0: neither JSON nor the CSV that auth:export writes"},
		{"binary", "\x00\x01\x02\x03", "malformed 0: neither JSON nor the CSV that auth:export writes"},
		{"utf-16, cut in a letter", "\xff\xfe{\x00\"\x00u", "truncated 8: the file ends inside the first object: it was cut off (records before the cut: 0)"},
		{"object without users", `{"a":1}`, `malformed 0: an object without a list "users": this is no export of Firebase Auth`},
		{"empty object", `{}`, `malformed 0: an object without a list "users": this is no export of Firebase Auth`},
		{"users is a number", `{"users":7}`, `malformed 0: an object without a list "users": this is no export of Firebase Auth`},
		{"users is an object", `{"users":{"a":{}}}`, "malformed 0: the users are an object, not a list: this looks like a Realtime Database, which holds no accounts"},
		{"users twice", `{"users":[{"localId":"a"}],"users":[{"localId":"b"}]}`, "a; malformed 35: a second list of accounts"},
		{"two exports in one", `{"users":[{"localId":"a"}]}{"users":[]}`, "a; malformed 27: text behind the end of the export; is this two files in one?"},
		{"text behind", `[{"localId":"a"}] x`, "a; malformed 18: text behind the end of the export; is this two files in one?"},
		{"no comma between records", `[{"localId":"a"} {"localId":"b"}]`, "a; malformed 17: inside the list of accounts: this is not JSON: expected a comma or ]"},
		{"comma after the last", `[{"localId":"a"},]`, "a; malformed 17: record 2: this is not JSON: a bracket closes what it did not open"},
		{"no comma in a record", `[{"localId":"a" "email":"b"}]`, "malformed 16: record 1: this is not JSON: expected a comma or } after a value"},
		{"no colon", `[{"localId" "a"}]`, "malformed 12: record 1: this is not JSON: expected a colon after the name"},
		{"name without quotes", `[{localId:"a"}]`, "malformed 2: record 1: this is not JSON: expected a name in quotes"},
		{"python", `[{"localId":"a","disabled":False}]`, "malformed 27: record 1: this is not JSON: expected a value; words that are not true, false or null stand in quotes"},
		{"wrong bracket", `[{"localId":"a","x":[1}]`, "malformed 22: record 1: this is not JSON: a bracket closes what it did not open"},
		{"quote missing", `[{"localId":"a,"email":"b"}]`, "malformed 16: record 1: this is not JSON: expected a comma or } after a value"},
		{"after the users", `{"users":[{"localId":"a"}],x}`, "a; malformed 27: beside the list of accounts: this is not JSON: expected a name in quotes"},
		{"lines, then something else", `{"localId":"a"}` + "\nx", "a; malformed 16: expected an account, one a line"},
		{"plain passwords", `[{"localId":"a"},{"localId":"b","passwordHash":"fakeHash:salt=s:password=hunter2"}]`, "a; plain-passwords -1: record 2: this comes from the Auth emulator, which keeps passwords in plain text and has no hashes"},
		{"redacted, unpadded", `[{"localId":"a","passwordHash":"UkVEQUNURUQ"}]`, "redacted -1: record 1: instead of a hash there is the word REDACTED, in base64: whoever exported this was not allowed to see hashes, and the file holds none"},
		{"100,000 brackets", strings.Repeat("[", 100_000), "truncated 100000: the file ends inside record 1: it was cut off (records before the cut: 0)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(drain(t, Firebase(strings.NewReader(c.in), "users.json", FirebaseConfig{})))
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "c2Vj") || strings.Contains(got, "hunter2") {
				t.Error("shows a hash or a password")
			}
		})
	}
}

// TestFirebaseJSONCut cuts exports of every shape behind every byte.
func TestFirebaseJSONCut(t *testing.T) {
	list := `[` + one + `,{"localId":"b","x":{"y":[1,true]},"photoUrl":"\u00e9é\""} , ` + one + `]`
	for _, whole := range []string{list, `{"kind":"x\"y","users": ` + list + `,"nextPageToken":"t","n":[1]}`} {
		all, err := drain(t, Firebase(strings.NewReader(whole), "users.json", FirebaseConfig{}))
		if err != nil || len(all) != 3 {
			t.Fatal(len(all), err)
		}
		for n := 1; n < len(whole); n++ {
			recs, err := drain(t, Firebase(strings.NewReader(whole[:n]), "users.json", FirebaseConfig{}))
			source, ok := errors.AsType[*SourceError](err)
			if !ok || source.Kind != Truncated || source.Byte != int64(n) || !strings.Contains(source.Hint(), "--accept-truncated") {
				t.Fatalf("cut at %d: %v", n, err)
			}
			if !reflect.DeepEqual(recs, all[:len(recs)]) && len(recs) > 0 {
				t.Fatalf("cut at %d: other records", n)
			}
			accepted, err := drain(t, Firebase(strings.NewReader(whole[:n]), "users.json", FirebaseConfig{AcceptTruncated: true}))
			if err != nil || len(accepted) < len(recs) || len(accepted) > len(recs)+1 {
				t.Fatalf("cut at %d, accepted: %d records after %d, %v", n, len(accepted), len(recs), err)
			}
			if last := accepted[len(recs):]; len(last) == 1 && (last[0].Problem == nil || last[0].Problem.Code != identity.RecordUnreadable || !strings.HasSuffix(whole[:n], string(last[0].Raw))) {
				t.Fatalf("cut at %d: the cut record is %v", n, last[0].Problem)
			}
		}
	}
}

// csvRowOf is a row of auth:export with so many fields, the empty last one among
// them. set has column, value, column, value …
func csvRowOf(width int, set ...any) string {
	fields := make([]string, width)
	fields[colID], fields[colVerified], fields[colCreated] = "a", "false", "1513202625429"
	for i := 0; i < len(set); i += 2 {
		fields[set[i].(int)] = set[i+1].(string)
	}
	return strings.Join(fields, ",") + "\n"
}

func TestFirebaseCSVMutilated(t *testing.T) {
	good := csvRowOf(29, colID, "z")
	fields := func(n int) string {
		return fmt.Sprintf("!row-broken: the row has %d fields; auth:export writes 27, 28, 29 or 53, and quotes no comma in an id, an address or a picture's URL; export as JSON, which has no such trouble", n)
	}
	shifted := func(what string) string {
		return "!row-broken: " + what + "; values would be shifted; export as JSON, which has no such trouble"
	}
	const twoWays = "!row-broken: the row can be read in two ways, because of a quote in a name; export as JSON, which has no such trouble"
	for _, c := range []struct{ name, in, want string }{
		{"27 fields", csvRowOf(27), "a"},
		{"28 fields", csvRowOf(28), "a"},
		{"29 fields", csvRowOf(29), "a"},
		{"53 fields", csvRowOf(53), "a"},
		{"26 fields", csvRowOf(26) + good, fields(26) + "; z"},
		{"30 fields", csvRowOf(30) + good, fields(30) + "; z"},
		{"54 fields", csvRowOf(54) + good, fields(54) + "; z"},
		{"bom and crlf", "\ufeff" + strings.ReplaceAll(csvRowOf(29)+good, "\n", "\r\n"), "a; z"},
		{"no line end at the end", csvRowOf(29) + strings.TrimSuffix(good, "\n"), "a; z"},
		{"blank lines", "\n\n" + csvRowOf(29) + "\n" + good + "\n", "a; z"},
		{"id is a GUID in braces", csvRowOf(53, colID, "{3f2504e0-4f89-11d3-9a0c-0305e82c3301}"), "{3f2504e0-4f89-11d3-9a0c-0305e82c3301}"},
		{"id is a number in brackets", csvRowOf(29, colID, "[1]"), "[1]"},
		{"id begins with a bracket", csvRowOf(53, colID, "[x]"), "[x]"},
		{"emailVerified is no flag", csvRowOf(29, colVerified, "TRUE") + good, shifted("the third field, emailVerified, is neither true nor false") + "; z"},
		{"emailVerified is empty", csvRowOf(29, colVerified, "") + good, shifted("the third field, emailVerified, is neither true nor false") + "; z"},
		{"createdAt is a date", csvRowOf(29, colCreated, "2020-01-01") + good, shifted("the fields 24 and 25 are not the times of sign-up and sign-in") + "; z"},
		{"createdAt and lastLoginAt one too far", csvRowOf(29, colCreated, "", colLastLogin, "1513202625429") + good, shifted("the fields 24 and 25 are not the times of sign-up and sign-in") + "; z"},
		{"phone is a time", csvRowOf(29, colPhone, "1513202625429") + good, shifted("field 26 is no phone number") + "; z"},
		{"disabled is a phone", csvRowOf(29, colDisabled, "+15550100500") + good, shifted("field 27, disabled, is neither true nor false") + "; z"},
		{"something behind the last comma", strings.TrimSuffix(csvRowOf(29), "\n") + "x\n" + good, shifted("the row does not end in a comma") + "; z"},
		{"comma in a picture", csvRowOf(53, colPhoto, "https://img.example.com/a,b") + csvRowOf(53, colID, "z"), fields(54) + "; z"},
		{"quotes in a name", csvRowOf(27, colName, `A "B" C`), "a"},
		{"lone quote before a name", csvRowOf(29, colName, `"A`) + good + good, "a; z; z"},
		{"lone quote in the newest", csvRowOf(53, colName, `"A`) + csvRowOf(53, colID, "z"), "!row-broken: its quotes are not those that auth:export writes; export as JSON, which has no such trouble; z"},
		{"quote that never closes", csvRowOf(29, colName, `"A, B`) + good + good, fields(30) + "; z; z"},
		{"two names that look like one", csvRowOf(29, colName, `"A`) + good + csvRowOf(29, colID, "b", colName, `B"`) + good, twoWays + "; z; b; z"},
		{"line break in a name", csvRowOf(29, colName, "A\nB\n\nC") + good, "a; z"},
		{"line break in a name, crlf", csvRowOf(29, colName, "A\r\nB") + good, "a; z"},
		{"line break in a quoted name", csvRowOf(53, colName, "\"A\nB\"") + good, "a; z"},
		{"row torn in a name", "b,b@example.com,true,,,Na\n" + good, fields(6) + "; z"},
		{"row torn in an address", "b,b@exa\n" + good, fields(2) + "; z"},
		{"claims unquoted", csvRowOf(29, colClaims, `{"a":1,"b":"x,y"}`) + good, "a; z"},
		{"claims with a quote behind a backslash", csvRowOf(53, colName, `"A ""B"""`, colClaims, `"{""a"":""\"x\""",""b"":2}"`), "a"},
		{"claims that are text", csvRowOf(29, colClaims, `admin`) + good, "a; z"},
		{"claims never closed", csvRowOf(29, colClaims, `{"a":1,"b":[1,2`) + good, fields(31) + "; z"},
		{"invalid UTF-8", csvRowOf(29, colName, "A\xff") + good, "a!text-invalid: displayName holds bytes that are not UTF-8; z"},
		{"NUL in a hash", csvRowOf(29, colHash, "c2VjcmV0\x00") + good, "a!text-invalid: passwordHash holds a NUL; z"},
		{"NUL in an id", csvRowOf(29, colID, "a\x00") + good, "!text-invalid: localId holds a NUL; z"},
		{"5 MB", csvRowOf(53, colName, strings.Repeat("x", 5<<20)) + csvRowOf(53, colID, "z"), "!record-too-large: the row is longer than 4 MiB; z"},
		{"plain passwords", csvRowOf(53) + csvRowOf(53, colHash, "fakeHash:salt=s:password=hunter2"), "a; plain-passwords -1: record 2: this comes from the Auth emulator, which keeps passwords in plain text and has no hashes"},
		{"plain password with a comma", csvRowOf(53) + csvRowOf(53, colHash, "fakeHash:salt=s:password=hunter,2"), "a; plain-passwords -1: record 2: this comes from the Auth emulator, which keeps passwords in plain text and has no hashes"},
		{"redacted", csvRowOf(53, colHash, "UkVEQUNURUQ="), "redacted -1: record 1: instead of a hash there is the word REDACTED, in base64: whoever exported this was not allowed to see hashes, and the file holds none"},
		{"cut in an address", good + "b,b@exa", "z; truncated 55: the file ends inside record 2: it was cut off (records before the cut: 1)"},
		{"cut in the empty fields", csvRowOf(53) + strings.TrimSuffix(good, "\n"), "a; truncated 119: the file ends inside record 2: it was cut off (records before the cut: 1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(drain(t, Firebase(strings.NewReader(c.in), "users.csv", FirebaseConfig{})))
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "c2Vj") || strings.Contains(got, "hunter") {
				t.Error("shows a hash or a password")
			}
		})
	}
}

// What is read out of rows whose quoting is an older exporter's own.
func TestFirebaseCSVNames(t *testing.T) {
	for _, c := range []struct {
		width     int
		cell, is  string
		claims, n string
	}{
		{29, `"Stone, Mia"`, "Stone, Mia", "", ""},
		{29, `"Haas, "Lena""`, `Haas, "Lena"`, "", ""},
		{29, `"Ace"`, `"Ace"`, "", ""},
		{27, `"Ace`, `"Ace`, "", ""},
		{28, "Two\nLines", "Two\nLines", "", ""},
		{28, "Two\r\n\r\nLines", "Two\r\n\r\nLines", "", ""},
		{53, `"Haas, ""Lena"""`, `Haas, "Lena"`, "", ""},
		{53, "\"Two\nLines\"", "Two\nLines", "", ""},
		{53, `"Noah ""Ace"" B"`, `Noah "Ace" B`, `"{""t"":""\"x\"""}"`, `"x"`},
		{29, `"A, B"`, `A, B`, `{"t":"x,y","u":1}`, `x,y`},
		{29, "  padded  ", "  padded  ", `{"t":"\"x\",y"}`, `"x",y`},
		{29, "", "", `"{""t"":""a\\"}"`, `a\`},
	} {
		set := []any{colName, c.cell}
		if c.claims != "" {
			set = append(set, colClaims, c.claims)
		}
		recs, err := drain(t, Firebase(strings.NewReader(csvRowOf(c.width, set...)), "users.csv", FirebaseConfig{}))
		if err != nil || len(recs) != 1 || recs[0].Problem != nil {
			t.Errorf("%q: %s", c.cell, told(recs, err))
			continue
		}
		u := recs[0].User
		if claim, _ := u.Attributes["t"].(string); u.Name != c.is || claim != c.n {
			t.Errorf("%q, %q: %q, %q", c.cell, c.claims, u.Name, u.Attributes)
		}
	}
}

// TestFirebaseCSVCut cuts an export behind every byte: whatever is not whole is
// reported, and nothing is shifted.
func TestFirebaseCSVCut(t *testing.T) {
	data := fixtures.Read(firebaseExports + "firebase-default.csv")
	all := firebaseFixture(t, "firebase-default.csv", FirebaseConfig{})
	for n := 1; n < 9000; n += 1 + n/700 {
		recs, err := drain(t, Firebase(bytes.NewReader(data[:n]), "firebase-default.csv", FirebaseConfig{}))
		source, ok := errors.AsType[*SourceError](err)
		switch {
		case err == nil: // behind a row, or its last comma
			if data[n-1] != '\n' && data[n] != '\n' {
				t.Fatalf("cut at %d: no error", n)
			}
		case ok && source.Kind == Malformed && n < 60: // not yet a row's beginning
		case !ok || source.Kind != Truncated || source.Byte != int64(n):
			t.Fatalf("cut at %d: %v", n, err)
		}
		if len(recs) > 0 && !reflect.DeepEqual(recs, all[:len(recs)]) {
			t.Fatalf("cut at %d: other records", n)
		}
	}
}

// TestFirebaseShowsNoSecret breaks every account of an export in some way and
// looks for its secrets in whatever is said about it.
func TestFirebaseShowsNoSecret(t *testing.T) {
	data := string(fixtures.Read(firebaseExports + "firebase-default.json"))
	for _, change := range []func(string) string{
		func(s string) string { return strings.ReplaceAll(s, `"passwordHash": "`, `"email": ["`) },
		func(s string) string { return strings.ReplaceAll(s, `"salt": "`, `"createdAt": "`) },
		func(s string) string { return strings.ReplaceAll(s, `==",`, `\u0000",`) },
		func(s string) string { return strings.ReplaceAll(s, `"passwordHash": "`, `"disabled": "`) },
		func(s string) string { return strings.ReplaceAll(s, `"passwordHash": "`, `"passwordHash": `) },
		func(s string) string { return strings.ReplaceAll(s, `"passwordHash": "`, `"`) },
	} {
		broken := change(data)
		for _, rec := range firebaseFixture(t, "firebase-default.json", FirebaseConfig{}) {
			if rec.User.Hash.IsZero() {
				continue
			}
			said := told(drain(t, Firebase(strings.NewReader(broken), "users.json", FirebaseConfig{})))
			if strings.Contains(said, string(rec.User.Hash.Encoded)[:20]) || strings.Contains(said, string(rec.User.Hash.Params.Salt)) {
				t.Fatalf("%v: its hash or salt is shown", rec.Pos)
			}
			if rec.Pos.Record > 20 {
				break
			}
		}
	}
}

// TestFirebaseLargeRecord passes over a record of 64 MiB without keeping it.
func TestFirebaseLargeRecord(t *testing.T) {
	filler := io.LimitReader(repeated("abcdefgh"), 64<<20)
	r := io.MultiReader(strings.NewReader(`[{"localId":"b","x":"`), filler, strings.NewReader(`"},{"localId":"a"}]`))
	f := &firebase{w: newWindow(r, "users.json"), name: "users.json"}
	var recs []identity.Record
	f.yield = func(rec identity.Record, _ error) bool { recs = append(recs, rec); return true }
	if err := f.read(); err != nil || len(recs) != 2 || recs[0].Problem.Code != identity.RecordTooLarge || recs[1].User.ID != "a" {
		t.Fatal(told(recs, err))
	}
	if len(f.w.buf) > 2*maxRecord {
		t.Errorf("a buffer of %d bytes", len(f.w.buf))
	}
}

// repeated reads the same text for ever.
type repeated string

func (s repeated) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], s)
	}
	return n, nil
}

// Claims that are no JSON to a decoder are kept as the text that they are, and
// every claim survives being converted and read back.
func TestFirebaseClaimsSurvive(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)
	for _, claims := range []string{`{"a":1}`, `{"a":"\u0000"}`, `{"a":"\ud800"}`, `{"a" 1}`, `{"a":1,}`, `{"a":01}`, `{"a":1e999}`, "{\"a\":\"\t\"}", "{\"a\":\"\x01\x7f\u2028\"}", `{"\ud83d\ude00":[{}]}`, deep, `{"a":` + deep + `}`} {
		for _, member := range []string{`"customClaims":` + claims, `"customAttributes":` + claims, `"customAttributes":` + strconv.Quote(claims)} {
			recs, err := drain(t, Firebase(strings.NewReader(with(member)), "users.json", FirebaseConfig{}))
			if err != nil || len(recs) != 2 {
				t.Fatalf("%s: %d records, %v", member, len(recs), err)
			}
			survives(t, recs)
		}
	}
}
