package importers

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
)

// FuzzCSV: whatever the bytes and settings, every record is a user with an id or
// a problem with its text, positions count up, and a file without users says why.
func FuzzCSV(f *testing.F) {
	names, err := fs.ReadDir(fixtures.FS(), strings.TrimSuffix(csvExports, "/"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data := fixtures.Read(csvExports + name.Name())
		f.Add(data[:min(len(data), 2000)], "", byte(0))
	}
	for _, seed := range []string{head4 + ana, "sep=;\nid;name\n1;a\n", `{"id":1,"labels":["a"],"hash_params":{"n":1}}`, "id\tname\n1\ta\\nb\n", "id,created_at,disabled,salt,n\n1,01/02/03,x,y,z\n",
		`[{"id":1,"emails":[{"address":"a@x.test"}]},{"id":2}]`, `{"realm":"x","users":[{"id":1}]}`, "{\n \"id\": 1\n}\n{\n \"id\": 2\n}", `{"data":{"items":[{"_id":{"$oid":"5f"}}]}}`} {
		for flags := range byte(16) {
			f.Add([]byte(seed), "windows-1252", flags)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, encoding string, flags byte) {
		defer frugal(t, allocationBound)()
		c := CSVConfig{Encoding: encoding, Plaintext: flags&1 != 0}
		if flags&2 != 0 {
			c.HashAlgo = "sha256"
		}
		if flags&4 != 0 {
			c.Columns = []string{"id", "email", "-", "password_hash"}
		}
		if flags&10 == 10 {
			c.Map = map[string]string{"email": "emails.0.address", "password_hash": "credentials[type=password].secretData.value"}
		} else if flags&8 != 0 {
			c.Region, c.Map = "US", map[string]string{"name": "#2"}
		}
		n, line := 0, 0
		var recs []identity.Record
		var end error
		for rec, err := range CSV(bytes.NewReader(in), "f", c) {
			if end != nil {
				t.Fatal("a pair behind the error")
			}
			if end = err; err != nil {
				continue
			}
			n++
			if rec.Pos.Record != n || rec.Pos.Line <= line && rec.Pos.Line+line > 0 {
				t.Fatalf("record %d is called %v", n, rec.Pos)
			}
			line = rec.Pos.Line
			checkRecord(t, rec)
			recs = append(recs, rec)
		}
		survives(t, recs)
		looksCSV(in)
	})
}

func checkRecord(t *testing.T, rec identity.Record) {
	t.Helper()
	switch {
	case rec.Problem == nil && rec.User.ID == "":
		t.Fatalf("%v: a user without an id", rec.Pos)
	case rec.Problem != nil && (rec.Raw == "" || rec.Problem.Detail == ""):
		t.Fatalf("%v: %+v without its text", rec.Pos, rec.Problem)
	case rec.Problem == nil && rec.User.Hash.Encoded != "" && rec.User.Hash.Algorithm == identity.None:
		t.Fatalf("%v: a hash that nobody named", rec.Pos)
	}
	if _, err := identity.EncodeNeutral(rec.User); err != nil {
		t.Fatalf("%v: %v", rec.Pos, err)
	}
}
