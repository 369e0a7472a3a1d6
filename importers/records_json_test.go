package importers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	anaJSON = `{"id":"1","email":"ana@x.test","name":"Ana"}`
	bobJSON = `{"id":"2","email":"bob@x.test","name":"Bob [}"}`
)

// idsOf is the ids of a table, "!" and a code for a problem, and the kind of the
// error at its end.
func idsOf(got table) string {
	var ids []string
	for _, rec := range got.records {
		if rec.Problem != nil {
			ids = append(ids, "!"+string(rec.Problem.Code))
			continue
		}
		ids = append(ids, rec.User.ID)
	}
	if got.err != nil {
		kind := "error"
		if source, ok := got.err.(*SourceError); ok {
			kind = string(source.Kind)
		}
		ids = append(ids, "refused:"+kind)
	}
	return strings.Join(ids, " ")
}

// Users are found wherever they stand in a JSON text.
func TestJSONShapes(t *testing.T) {
	pretty := strings.NewReplacer(`{"`, "{\n  \"", `,"`, ",\n  \"", `"}`, "\"\n}")
	both := anaJSON + "," + bobJSON
	for _, c := range []struct{ name, text, want string }{
		{"a list", "[" + both + "]", "1 2"},
		{"a list a line", "[\n" + anaJSON + ",\n" + bobJSON + "\n]\n", "1 2"},
		{"a pretty list", pretty.Replace("[" + both + "]"), "1 2"},
		{"with a mark", "\ufeff[" + both + "]", "1 2"},
		{"UTF-16", string(utf16Texts("[" + both + "]")["utf-16le"]), "1 2"},
		{"pretty objects", pretty.Replace(anaJSON) + "\n" + pretty.Replace(bobJSON), "1 2"},
		{"objects without a line end", anaJSON + bobJSON, "1 2"},
		{"lines", anaJSON + "\n" + bobJSON + "\n", "1 2"},
		{"a damaged line", strings.TrimSuffix(anaJSON, "}") + "\n" + bobJSON + "\n", "!record-unreadable 2"},
		{"users", `{"realm":"x","roles":{"realm":[{"id":7,"name":"r"}]},"users":[` + both + `],"clients":[{"id":"c"}]}`, "1 2"},
		{"users beside an id", `{"id":"shop","users":[` + both + `]}`, "1 2"},
		{"Users", `{"Users":[` + both + `],"NextToken":"x"}`, "1 2"},
		{"userInfo", `{"recordsCount":"2","userInfo":[` + both + `]}`, "1 2"},
		{"results", `{"count":2,"results":[` + both + `]}`, "1 2"},
		{"data among other lists", `{"links":[{"rel":"next"}],"data":[` + both + `]}`, "1 2"},
		{"an only list", `{"kunden":[` + both + `]}`, "1 2"},
		{"an envelope", `{"data":{"customers":[` + both + `]}}`, "1 2"},
		{"pages", `{"users":[` + anaJSON + `]}` + "\n" + `{"users":[` + bobJSON + `]}`, "1 2"},
		{"a list of pages", `[{"users":[` + anaJSON + `]},{"users":[` + bobJSON + `]},{"users":[]}]`, "1 2"},
		{"a user's own lists", `{"id":"1","email":"ana@x.test","orders":[` + bobJSON + `]}`, "1"},
		{"a user with two addresses", `{"_id":"1","emails":[{"address":"ana@x.test"}],"username":"ana"}`, "1"},
		{"something else in a list", "[" + anaJSON + ",7," + bobJSON + "]", "1 !record-unreadable 2"},
		{"empty lists", `{"users":[]}{"users":[` + anaJSON + `]}`, "refused:malformed"},
		{"a cut list", "[" + both, "1 2 refused:truncated"},
		{"a cut object", "[" + both[:len(both)-9], "1 refused:truncated"},
		{"a cut envelope", `{"users":[` + both + "]", "1 2 refused:truncated"},
		{"text behind a list", "[" + both + "]{}", "1 2 refused:malformed"},
		{"no comma", "[" + anaJSON + bobJSON + "]", "1 refused:malformed"},
		{"no JSON", "[" + anaJSON + ",{id:2}]", "1 refused:malformed"},
	} {
		got := readCSV(t, strings.NewReader(c.text), CSVConfig{})
		if ids := idsOf(got); ids != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, ids, got.err, c.want)
		}
		if formats := Detect([]byte(c.text)); strings.HasPrefix(c.want, "1") && !slices.Equal(formats, []Format{FormatCSV}) && (c.name != "lines" || !slices.Equal(formats, []Format{FormatNeutral})) {
			t.Errorf("%s: it looks like %q", c.name, formats)
		}
	}
}

// A record that is too large is passed over in a list, and so is what stands around
// one, whatever its length.
func TestJSONLarge(t *testing.T) {
	long := strings.Repeat("x", 2*maxRecord)
	text := `{"blob":"` + long + `","users":[` + anaJSON + `,{"id":"9","bio":"` + long + `"},` + bobJSON + `]}`
	for _, lead := range []string{"", `{"users":[` + anaJSON + "]}"} {
		got := readCSV(t, strings.NewReader(lead+text), CSVConfig{Map: map[string]string{"id": "id"}})
		if want := strings.TrimSpace(strings.Repeat("1 ", len(lead)/len(anaJSON)) + "1 !record-too-large 2"); lead != "" && idsOf(got) != want {
			t.Errorf("%s, %v", idsOf(got), got.err)
		}
		if lead == "" && idsOf(got) != "refused:malformed" {
			t.Errorf("a list behind more than is looked at: %s, %v", idsOf(got), got.err)
		}
	}
}

// Positions count records in a list, and name no line.
func TestJSONPositions(t *testing.T) {
	got := readCSV(t, strings.NewReader("["+anaJSON+",\n[],"+bobJSON+"]"), CSVConfig{})
	if len(got.records) != 3 || got.records[2].Pos.String() != "t.csv: record 3" {
		t.Error(idsOf(got))
	}
}

const nested = `{"_id":"1","emails":[{"address":"ana@x.test","verified":true},{"address":"b@x.test"}],"auth":{"password":{"bcrypt":"` + bcryptHash + `"}},"keys":[{"type":"otp","data":"{\"v\":1}"},{"type":"password","data":"{\"value\":\"one\"}"},{"type":"password","data":"{\"value\":\"two\"}"}]}`

// --map reaches nested values, elements by number or by a member, and into JSON in texts.
func TestNestedValues(t *testing.T) {
	for _, c := range []struct{ field, path, want string }{
		{"email", "emails.0.address", "ana@x.test"},
		{"email", "emails.1.address", "b@x.test"},
		{"email", "emails[verified=true].address", ""}, // a text is meant
		{"name", "keys[type=password].data.value", "one"},
		{"name", "keys.2.data.value", "two"},
		{"name", "keys[type=otp].data.v", "1"},
		{"password_hash", "auth.password.bcrypt", bcryptHash},
	} {
		fields := map[string]string{"username": "_id", c.field: c.path}
		got := readCSV(t, strings.NewReader("["+nested+"]"), CSVConfig{Map: fields})
		if c.want == "" {
			if got.err == nil || !strings.Contains(got.err.Error(), "--map "+c.field+"="+c.path) {
				t.Errorf("%s: %v", c.path, got.err)
			}
			continue
		}
		if got.err != nil || len(got.records) != 1 || got.records[0].Problem != nil {
			t.Errorf("%s: %s, %v", c.path, idsOf(got), got.err)
			continue
		}
		u := got.records[0].User
		if text := map[string]string{"email": u.Email, "name": u.Name, "password_hash": string(u.Hash.Encoded)}[c.field]; text != c.want {
			t.Errorf("%s: another text", c.path)
		}
	}
}

// A name of --map that nobody has is said, and so are the nested values that could
// be meant; a file that has its people inside of other values says where.
func TestNestedMisses(t *testing.T) {
	for _, c := range []struct {
		text, says string
		fields     map[string]string
	}{
		{nested, "--map email=emails.0.adress: no object has such a name", map[string]string{"id": "_id", "email": "emails.0.adress"}},
		{nested, "auth.password.bcrypt", map[string]string{"id": "_id", "email": "emails.0.adress"}},
		{nested, "--map email=emails.0.address,password_hash=auth.password.bcrypt", nil},
		{`{"_id":"1","auth":{"local":{"email":"ana@x.test"}}}`, "--map email=auth.local.email", nil},
	} {
		got := readCSV(t, strings.NewReader(c.text+"\n"+c.text), CSVConfig{Map: c.fields})
		source, ok := got.err.(*SourceError)
		if !ok || !strings.Contains(source.Says+" "+source.Advice, c.says) {
			t.Errorf("%q: %v", c.says, got.err)
		}
		if strings.Contains(fmt.Sprint(got.err), "ana@") {
			t.Error("somebody's address is told")
		}
	}
}

// What MongoDB writes in objects is a text, a number or a date wherever it stands.
func TestExtendedJSON(t *testing.T) {
	text := `[{"_id":{"$oid":"5f1a2b3c4d5e6f7a8b9c0d1e"},"email":"ana@x.test","createdAt":{"$date":{"$numberLong":"1595552523000"}},"lastLogin":{"$date":"2020-07-24T01:02:03Z"}},
		{"_id":{"$numberInt":"7"},"email":"bob@x.test","createdAt":{"$date":{"$numberLong":"1595552523000"}}}]`
	got := readCSV(t, strings.NewReader(text), CSVConfig{})
	if idsOf(got) != "5f1a2b3c4d5e6f7a8b9c0d1e 7" {
		t.Fatal(idsOf(got), got.err)
	}
	if u := got.records[0].User; u.Created.Unix() != 1595552523 || !u.LastSignIn.Equal(u.Created) {
		t.Errorf("%v, %v", u.Created, u.LastSignIn)
	}
}

// A list cut anywhere is refused or read up to the cut, and what was read is what
// stands there.
func TestJSONCutAnywhere(t *testing.T) {
	text := `{"total":2,"users":[` + anaJSON + `, ` + bobJSON + `]}`
	for n := range len(text) {
		got := readCSV(t, strings.NewReader(text[:n]), CSVConfig{})
		if got.err == nil {
			t.Errorf("%q is read without a word", text[:n])
		}
		for i, rec := range got.records {
			if rec.Problem == nil && rec.User.Email != []string{"ana@x.test", "bob@x.test"}[i] {
				t.Errorf("%q: record %d", text[:n], i+1)
			}
		}
	}
}
