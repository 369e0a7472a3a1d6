package importers

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"rehome/fixtures"
	"rehome/identity"
)

const (
	bcryptHash = "$2y$04$I5drhFfKdYvCzA7FOQNROul.6wM7MNAMXIll954Y1kFZsQaCpYk0y"
	head4      = "id,email,name,password_hash\n"
	ana        = "1,ana@x.test,Ana," + bcryptHash + "\n"
	bob        = "2,bob@x.test,Bob," + bcryptHash + "\n"
	cy         = "3,cy@x.test,Cy," + bcryptHash + "\n"
)

// What is done to a table, and what must come of it: users by their ids,
// damaged rows by line and code, a refusal by its kind. Never a panic, a shifted
// field or a user fewer.
func TestCSVMutilated(t *testing.T) {
	long := strings.Repeat("x", maxRow)
	utf16 := "\xff\xfe" + strings.Join(strings.Split(head4+ana+bob, ""), "\x00") + "\x00"
	for _, c := range []struct {
		name, in, want string
		c              CSVConfig
	}{
		{"whole", head4 + ana + bob + cy, "1 2 3", CSVConfig{}},

		// Cut.
		{"to nothing", "", "refused:empty", CSVConfig{}},
		{"to blanks", "\r\n \n\t\n", "refused:empty", CSVConfig{}},
		{"to a byte order mark", "\xef\xbb\xbf", "refused:empty", CSVConfig{}},
		{"in the header", "id,ema", "", CSVConfig{}},
		{"in the first name", "i", "refused:malformed", CSVConfig{}},
		{"behind the header", head4, "", CSVConfig{}},
		{"in an id", head4 + ana + "2", "1 3:row-broken", CSVConfig{}},
		{"behind a delimiter", head4 + ana + "2,bob@x.test,", "1 3:row-broken", CSVConfig{}},
		{"in the last field", head4 + ana + "2,bob@x.test,Bob,$2y$04$I5drhF", "1 2", CSVConfig{}}, // the verifiers' matter
		{"inside quotes", head4 + ana + "2,bob@x.test,\"Bob", "1 3:row-broken", CSVConfig{}},
		{"between doubled quotes", head4 + ana + "2,bob@x.test,\"Bob \"", "1 3:row-broken", CSVConfig{}},
		{"between CR and LF", strings.ReplaceAll(head4+ana+bob, "\n", "\r\n")[:len(head4+ana+bob)+2], "1 2", CSVConfig{}},
		{"in a letter", head4 + ana + "2,bob@x.test,Zo\xc3", "1 3:row-broken", CSVConfig{}},
		{"in a UTF-16 letter", utf16[:len(utf16)-1], "1 3:text-invalid", CSVConfig{}},
		{"in a UTF-16 mark", "\xff", "refused:malformed", CSVConfig{}},

		// Lengths.
		{"a field fewer", head4 + ana + "2,bob@x.test,Bob\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"a field more", head4 + ana + "2,bob@x.test,Bob," + bcryptHash + ",\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"a comma in a name", head4 + ana + "2,bob@x.test,Smith, Bob," + bcryptHash + "\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"a line break in a name", head4 + ana + "2,bob@x.test,Bo\nb," + bcryptHash + "\n" + cy, "1 3:row-broken 4:row-broken 3", CSVConfig{}},
		{"every row longer", head4 + "1,a@x.test,A,h,\n2,b@x.test,B,h,\n", "refused:malformed", CSVConfig{}},
		{"a row of blanks", head4 + ana + " , ,\t,\n" + bob, "1 2", CSVConfig{}},
		{"a row beyond all bounds", head4 + ana + "2," + long + "\n" + cy, "1 3:record-too-large 3", CSVConfig{}},
		{"thousands of fields", head4 + ana + strings.Repeat(",", maxFields) + "\n" + cy, "1 3:record-too-large 3", CSVConfig{}},

		// Quotes.
		{"a quote never closed", head4 + ana + "2,bob@x.test,\"Bob," + bcryptHash + "\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"a quote closed too early", head4 + ana + "2,bob@x.test,\"B\"ob," + bcryptHash + "\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"a quote in the header never closed", "id,\"email,name,password_hash\n" + ana + bob, "refused:malformed", CSVConfig{}},
		{"an apostrophe for a quote", head4 + ana + "2,bob@x.test,'Bob, the',x\n" + cy, "1 3:row-broken 3", CSVConfig{}},

		// Other tables.
		{"another table", "order,amount,currency\n1,2.50,EUR\n", "refused:malformed", CSVConfig{}},
		{"no way to tell users apart", "name,password_hash\nAna," + bcryptHash + "\n", "refused:malformed", CSVConfig{}},
		{"without its header", ana + bob, "refused:malformed", CSVConfig{}},
		{"without its header, no address", "1,Ana," + bcryptHash + "\n", "refused:malformed", CSVConfig{}},
		{"header named though there is one", head4 + ana, "refused:malformed", CSVConfig{Columns: []string{"id", "email", "name", "password_hash"}}},
		{"columns too few", ana + bob, "refused:malformed", CSVConfig{Columns: []string{"id", "email", "name"}}},
		{"joined with another file", head4 + ana + head4 + bob, "1 3:row-broken 2", CSVConfig{}},
		{"joined with another file and its mark", "\xef\xbb\xbf" + head4 + ana + "\xef\xbb\xbf" + head4 + bob, "1 3:row-broken 2", CSVConfig{}},
		{"joined in the middle of a line", head4 + strings.TrimSpace(ana) + head4 + bob, "2:row-broken 2", CSVConfig{}},
		{"a column twice", "id,email,E-Mail\n1,a@x.test,b@x.test\n", "refused:malformed", CSVConfig{}},
		{"another delimiter inside", head4 + ana + strings.ReplaceAll(bob, ",", ";") + cy, "1 3:row-broken 3", CSVConfig{}},
		{"the wrong delimiter", head4 + ana + bob, "refused:malformed", CSVConfig{Delimiter: ';'}},
		{"a map to nothing", head4 + ana, "refused:malformed", CSVConfig{Map: map[string]string{"phone": "Mobile"}}},
		{"a map to a column that is not there", head4 + ana, "refused:malformed", CSVConfig{Map: map[string]string{"phone": "#5"}}},
		{"an SQL dump", "-- MySQL dump 10.13\nINSERT INTO users VALUES (1);\n", "refused:malformed", CSVConfig{}},
		{"a web page", "\n<!DOCTYPE html><html>", "refused:malformed", CSVConfig{}},
		{"a JSON list of nobody", "[{\"size\": 1}]", "refused:malformed", CSVConfig{}},
		{"a workbook", "PK\x03\x04\x14\x00\x06\x00xl/workbook.xml", "refused:malformed", CSVConfig{}},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "refused:malformed", CSVConfig{}},

		// Encodings.
		{"a NUL", head4 + ana + strings.Replace(bob, "Bob", "B\x00b", 1) + cy, "1 3:text-invalid 3", CSVConfig{}},
		{"one name in another encoding", head4 + strings.Replace(ana, "Ana", "Zoë", 1) + strings.Replace(bob, "Bob", "Zo\xeb", 1) + cy, "1 3:text-invalid 3", CSVConfig{}},
		{"UTF-8 among another encoding", head4 + strings.Replace(ana, "Ana", "Zoë", 1) + strings.Replace(bob, "Bob", "\xeb \xeb", 1) + cy, "refused:malformed", CSVConfig{}},
		{"Cyrillic that nobody named", head4 + strings.Replace(ana, "Ana", "\xc0\xed\xed\xe0", 1), "refused:malformed", CSVConfig{}},
		{"Cyrillic that somebody named", head4 + strings.Replace(ana, "Ana", "\xc0\xed\xed\xe0", 1), "1", CSVConfig{Encoding: "windows-1251"}},
		{"bytes that Shift JIS has not", head4 + ana + strings.Replace(bob, "Bob", "\x8e\xb8\xfd", 1) + cy, "1 3:text-invalid 3", CSVConfig{Encoding: "cp932"}},
		{"UTF-16 without a mark", utf16[2:], "1 2", CSVConfig{}},
		{"UTF-16 with a lost byte", utf16[:80] + utf16[81:], "", CSVConfig{}},
		{"UTF-32", "\xff\xfe\x00\x00i\x00\x00\x00", "refused:malformed", CSVConfig{}},

		// Values.
		{"an empty id", head4 + ana + strings.Replace(bob, "2", "", 1) + cy, "1 3:id-missing 3", CSVConfig{}},
		{"an id that a spreadsheet shortened", head4 + ana + strings.Replace(bob, "2", "1.23E+11", 1) + cy, "1 3:id-invalid 3", CSVConfig{}},
		{"plain passwords", head4 + "1,a@x.test,A,hunter2\n2,b@x.test,B,correct horse\n", "refused:plain-passwords", CSVConfig{}},
		{"one plain password", head4 + ana + "2,b@x.test,B,correct horse\n" + cy, "1 3:hash-params 3", CSVConfig{}},
		{"a comment", head4 + ana + "# 2,bob@x.test,Bob," + bcryptHash + "\n" + cy, "1 3:row-broken 3", CSVConfig{}},
		{"an unclear ban", "id,email,banned\n1,a@x.test,no\n2,b@x.test,perhaps\n", "1 2 refused:unclear", CSVConfig{}},
		{"attributes that are no object", "id,email,attributes\n1,a@x.test,{}\n2,b@x.test,\"{\"\"a\"\":\"\n", "1 2", CSVConfig{}},
	} {
		got := readCSV(t, strings.NewReader(c.in), c.c)
		if c.name == "UTF-16 with a lost byte" { // all behind it is other letters
			if len(got.records) > 0 && got.records[0].User.Email == "ana@x.test" {
				t.Errorf("%s: a user came out of it", c.name)
			}
			continue
		}
		if got.shown() != c.want {
			t.Errorf("%s:\ngot  %.300s (%v)\nwant %.300s", c.name, got.shown(), got.err, c.want)
		}
		if source, ok := errors.AsType[*SourceError](got.err); ok && (source.File != "t.csv" || source.Says == "") {
			t.Errorf("%s: the refusal says %q of %q", c.name, source.Says, source.File)
		}
	}
}

// A quote that is never closed costs its own row, however many follow.
func TestCSVQuoteNeverClosed(t *testing.T) {
	const rows = 40_000 // more than the reader waits for a closing quote
	in := head4 + ana + "2,bob@x.test,\"Bob," + bcryptHash + "\n" + strings.Repeat(cy, rows)
	got := readCSV(t, strings.NewReader(in), CSVConfig{})
	if got.err != nil || len(got.records) != rows+2 {
		t.Fatalf("%d records, %v", len(got.records), got.err)
	}
	for i, rec := range got.records {
		if (rec.Problem != nil) != (i == 1) {
			t.Fatalf("%v: %v", rec.Pos, rec.Problem)
		}
	}
}

// Wherever a fixture is cut, no user comes out changed: what comes out was in
// the whole file, or is the row at the cut.
func TestCSVCutAnywhere(t *testing.T) {
	data := string(fixtures.Read(csvExports + "semicolon.csv"))
	whole := map[string]identity.User{}
	for _, w := range csvTruth(t) {
		whole[w.ID] = w
	}
	for cut := len(data) - 1; cut > 0; cut -= 23 {
		got := readCSV(t, strings.NewReader(data[:cut]), CSVConfig{HashAlgo: "sha256"})
		for i, rec := range got.records {
			last := i == len(got.records)-1
			if rec.Problem == nil && !last && rec.User.Hash != whole[rec.User.ID].Hash {
				t.Fatalf("cut at %d: %v is not what it was", cut, rec.Pos)
			}
			if rec.Problem != nil && i < len(got.records)-2 { // a name of two lines
				t.Fatalf("cut at %d: %v: %v", cut, rec.Pos, rec.Problem)
			}
		}
	}
}

// A compressed file that ends too early is refused at its end, or accepted when
// asked; other failures are the source's.
func TestCSVSourceFails(t *testing.T) {
	cut := &SourceError{Kind: Truncated, File: "t.csv.gz", Byte: 99, Says: "cut"}
	broken := errors.New("disk on fire")
	for _, c := range []struct {
		name   string
		err    error
		c      CSVConfig
		want   string
		failed error
	}{
		{"cut", cut, CSVConfig{}, "1 refused:truncated", cut},
		{"cut, accepted", cut, CSVConfig{AcceptTruncated: true}, "1", nil},
		{"broken", broken, CSVConfig{AcceptTruncated: true}, "1 error", broken},
	} {
		for _, in := range []string{head4 + ana + "2,bob@x", `{"id":"1"}` + "\n" + `{"id":"2`} {
			got := readCSV(t, io.MultiReader(strings.NewReader(in), iotest.ErrReader(c.err)), c.c)
			if got.shown() != c.want || c.failed == broken && !errors.Is(got.err, broken) {
				t.Errorf("%s: got %s, %v; want %s", c.name, got.shown(), got.err, c.want)
			}
		}
		got := readCSV(t, iotest.ErrReader(c.err), CSVConfig{})
		if got.err == nil && !c.c.AcceptTruncated {
			t.Errorf("%s before the first byte: %v", c.name, got.err)
		}
	}
}

// Whoever stops ranging is not called again.
func TestCSVStops(t *testing.T) {
	for _, in := range []string{head4 + ana + bob, "{\"id\":1}\n{\"id\":2}\n", head4 + "x\n" + ana} {
		n := 0
		for range CSV(strings.NewReader(in), "t.csv", CSVConfig{}) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%d pairs", n)
		}
	}
}

func TestCSVConfigValidate(t *testing.T) {
	for _, c := range []struct {
		c  CSVConfig
		ok bool
	}{
		{CSVConfig{}, true},
		{CSVConfig{HashAlgo: "SHA-256", Region: "de", Delimiter: '|', Encoding: "cp1252", Map: map[string]string{"password-hash": "x"}}, true},
		{CSVConfig{Encoding: TwiceEncoded}, true},
		{CSVConfig{HashAlgo: "rot13"}, false},
		{CSVConfig{HashAlgo: "plaintext"}, false},
		{CSVConfig{HashAlgo: "plaintext", Plaintext: true}, true},
		{CSVConfig{Region: "Germany"}, false},
		{CSVConfig{Delimiter: '"'}, false},
		{CSVConfig{Delimiter: '\\'}, false},
		{CSVConfig{Delimiter: 0xa7}, false},
		{CSVConfig{Encoding: "ebcdic-of-my-own"}, false},
		{CSVConfig{Map: map[string]string{"mail": "x"}}, false}, // the field is email
		{CSVConfig{Map: map[string]string{"email": " "}}, false},
	} {
		if err := c.c.Validate(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.c, err)
		}
	}
}
