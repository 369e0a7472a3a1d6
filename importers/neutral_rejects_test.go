package importers_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/importers"
)

// TestRejectsComeBack reads a run's rejects as they were written, as LibreOffice
// 7.4 writes them after opening them as CSV in German (libreoffice-semicolon.csv;
// by way of .ods and .xlsx it wrote the very bytes of rehome.csv), and in other
// spellings of spreadsheets: all must give the users of the source.
func TestRejectsComeBack(t *testing.T) {
	want := rejected(t, importers.CSV(bytes.NewReader(read(t, "users.csv")), "users.csv", importers.CSVConfig{}))
	if len(want) != 5 || want[0].User.ID != "00123" || want[1].User.ID != "12345678901234567890" {
		t.Fatalf("the source reads as %+v", want)
	}
	ours := string(read(t, "rehome.csv"))
	for name, text := range map[string]string{
		"as written":          ours,
		"LibreOffice, German": string(read(t, "libreoffice-semicolon.csv")),
		"mark and CRLF":       "\ufeff" + strings.ReplaceAll(ours, "\n", "\r\n"),
		"truth values":        strings.NewReplacer("'true", "TRUE", "'false", "FALSE").Replace(ours),
		"apostrophes hidden":  strings.ReplaceAll(ours, ",'", ","),
		"empty end left out":  strings.ReplaceAll(ours, "),\n", ")\n"),
		"emptied rows":        ours + strings.Repeat(",", 21) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := rejected(t, importers.Neutral(strings.NewReader(text), "rejects.csv"))
			if len(got) != len(want) {
				t.Fatalf("%d records, want %d", len(got), len(want))
			}
			for i, rec := range got {
				if rec.Problem != nil {
					t.Fatalf("record %d: %v", i+1, rec.Problem)
				}
				if name == "apostrophes hidden" && i == 3 {
					rec.User.Name = want[i].User.Name // its own apostrophe cannot be told from a guard
				}
				if !reflect.DeepEqual(rec.User, want[i].User) {
					t.Errorf("record %d: %+v, want %+v", i+1, rec.User, want[i].User)
				}
				if p := want[i].Pos.String(); rec.Reject == nil || rec.Reject.Position != p {
					t.Errorf("record %d: stood at %+v, want %s", i+1, rec.Reject, p)
				}
			}
		})
	}
}

// TestRejectedRowsKeepTheirCells: a row that cannot be read is handed back as it
// was mended.
func TestRejectedRowsKeepTheirCells(t *testing.T) {
	text := "id,email,email_verified,created_at,_position,_raw\n" +
		"a,a@example.com,perhaps,,\"x: record 1\",\n" +
		"b,b@example.com,,5.3.2024,\"x: record 2\",\n" +
		"c,,,,\"x: record 3\",{torn\n" +
		"d,d@example.com,,,\"x: record 4\",{torn\n"
	got := rejected(t, importers.Neutral(strings.NewReader(text), "rejects.csv"))
	for i, want := range []struct{ email, created, raw, problem string }{
		{"a@example.com", "", "", "email_verified is neither true nor false"},
		{"b@example.com", "5.3.2024", "", "a value is not of the form that the neutral file has for its field"},
		{"", "", "{torn", "the record stands in _raw as it was found; write it out in the other columns"},
		{"d@example.com", "", "{torn", ""},
	} {
		r := got[i].Reject
		if string(r.Cells[2]) != want.email || string(r.Cells[8]) != want.created || string(r.Raw) != want.raw {
			t.Errorf("row %d: %q, %q, %q", i+1, string(r.Cells[2]), string(r.Cells[8]), string(r.Raw))
		}
		if p := got[i].Problem; (p == nil) != (want.problem == "") || p != nil && p.Detail != want.problem {
			t.Errorf("row %d: %v, want %q", i+1, p, want.problem)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/rejects/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func rejected(t *testing.T, records identity.Records) (list []identity.Record) {
	t.Helper()
	for rec, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rec)
	}
	return list
}
