package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
)

// FuzzFirebaseJSON holds the reader against encoding/json: whatever is an
// export to both has the same accounts with the same ids.
func FuzzFirebaseJSON(f *testing.F) {
	f.Add(fixtures.Read(firebaseExports + "firebase-default.json")[:5000])
	f.Add(fixtures.Read(firebaseExports + "firebase-nondefault.admin-sdk-list-users.json")[:3000])
	f.Add([]byte(`{"users":[{"localId":"a","customAttributes":"{\"a\":[1.5e3,\"\\ud83d\\ude00\"]}"},null,{"uid":"\ud83d\ude00"}],"x":{}}`))
	f.Add([]byte("{\"users\":[{\"localId\":\"a\",\"customClaims\":{\"tier\x00\":\"pro\"}}]}"))
	f.Add([]byte("{\"localId\":\"a\"}\n{\"localId\":\"b\",\"multiFactor\":{\"enrolledFactors\":[{\"factorId\":\"totp\"}]}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer frugal(t, allocationBound)()
		recs, err := drain(t, Firebase(bytes.NewReader(data), "users.json", FirebaseConfig{}))
		if _, ok := errors.AsType[*SourceError](err); err != nil && !ok {
			t.Fatal(err)
		}
		survives(t, recs)
		var export struct {
			Users []json.RawMessage `json:"users"`
		}
		if err != nil || !bytes.HasPrefix(data, []byte(`{"users":`)) || json.Unmarshal(data, &export) != nil || strings.Count(string(data), `sers"`) != 1 {
			return
		}
		if len(export.Users) != len(recs) {
			t.Fatalf("%d records, %d accounts", len(recs), len(export.Users))
		}
		for i, raw := range export.Users {
			sameID(t, raw, recs[i])
		}
	})
}

func sameID(t *testing.T, raw []byte, rec identity.Record) {
	t.Helper()
	var account map[string]any
	if rec.Problem != nil || json.Unmarshal(raw, &account) != nil || account["uid"] != nil || account["rawId"] != nil {
		return
	}
	if id, _ := account["localId"].(string); id != rec.User.ID {
		t.Fatalf("%v: id %q, encoding/json says %q", rec.Pos, rec.User.ID, id)
	}
	if email, _ := account["email"].(string); email != rec.User.Email {
		t.Fatalf("%v: e-mail %q, encoding/json says %q", rec.Pos, rec.User.Email, email)
	}
}

// FuzzFirebaseCSV checks that no line is lost: every line that is a good row by
// itself, without a quote anywhere in the file, is a record.
func FuzzFirebaseCSV(f *testing.F) {
	f.Add(fixtures.Read(firebaseExports + "firebase-default.csv")[:4000])
	f.Add(fixtures.Read(firebaseExports + "firebase-default.by-firebase-tools-11.20.0.csv")[:4000])
	f.Add([]byte(csvRowOf(29, colName, `"A`) + csvRowOf(29, colName, `B"`)))
	f.Add([]byte(csvRowOf(53, colName, "\"A\nB\"", colClaims, `"{""a"":""\"x\"""}"`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer frugal(t, allocationBound)()
		recs, err := drain(t, Firebase(bytes.NewReader(data), "users.csv", FirebaseConfig{AcceptTruncated: true}))
		if _, ok := errors.AsType[*SourceError](err); err != nil && !ok {
			t.Fatal(err)
		}
		survives(t, recs)
		if err != nil || bytes.ContainsAny(data, "\"\r{[") || !utf8Text(data) {
			return
		}
		good := 0
		for line := range bytes.Lines(data) {
			fields := bytes.Split(bytes.TrimSuffix(line, []byte{'\n'}), []byte{','})
			if rightWidth(fields) && wrongColumn(fields) == "" {
				good++
			}
		}
		if read := len(usersOf(recs)); read < good-1 { // the last one may be taken for cut
			t.Fatalf("%d good rows, %d users", good, read)
		}
	})
}

func utf8Text(data []byte) bool {
	return bytes.IndexByte(data, 0) < 0 && bytes.Equal(data, bytes.ToValidUTF8(data, nil))
}
