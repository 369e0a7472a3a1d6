package importers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"rehome/identity"
)

var (
	comma  = dialect{delimiter: ','}
	lazy   = dialect{delimiter: ',', lazyQuotes: true}
	mysql  = dialect{delimiter: ',', backslash: true}
	batch  = dialect{delimiter: '\t', backslash: true, noQuotes: true}
	big    = strings.Repeat("x", maxQuoted)
	bigRow = strings.Repeat("abcdefg,", maxRow/8+10)
)

// shown is a row as the tables below spell it: line:offset[field|field] or the
// problem's code. Null is <nil>.
func shown(r row) string {
	s := fmt.Sprintf("%d:%d", r.line, r.offset)
	if r.problem != nil {
		s += " " + string(r.problem.Code)
	}
	if r.fields == nil {
		return s
	}
	cells := make([]string, len(r.fields))
	for i, f := range r.fields {
		cells[i] = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`).Replace(string(f))
		if f == nil {
			cells[i] = "<nil>"
		}
	}
	return s + "[" + strings.Join(cells, "|") + "]"
}

func readRows(t testing.TB, src io.Reader, d dialect) []string {
	t.Helper()
	var out []string
	for r := newRowReader(src, d); ; {
		next, err := r.next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, shown(next))
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name string
		d    dialect
		in   string
		want []string
	}{
		{"empty", comma, "", nil},
		{"only blank lines", comma, "\n\r\n\r\n\n\r", nil},
		{"no newline at the end", comma, "a,b\nc,d", []string{"1:0[a|b]", "2:4[c|d]"}},
		{"crlf", comma, "a,b\r\nc,d\r\n", []string{"1:0[a|b]", "2:5[c|d]"}},
		{"cr only", comma, "a,b\rc,d\r", []string{"1:0[a|b]", "2:4[c|d]"}},
		{"mixed ends and blanks", comma, "a\n\nb\r\n\r\nc\r\rd", []string{"1:0[a]", "3:3[b]", "5:8[c]", "7:11[d]"}},
		{"empty fields", comma, ",\n,,\na,", []string{"1:0[|]", "2:2[||]", "3:5[a|]"}},
		{"quoted", comma, "\"a,b\",\"c\nd\"\n\"\",\"\"\"\"\ne", []string{"1:0[a,b|c\\nd]", "3:12[|\"]", "4:20[e]"}},
		{"quoted keeps its line ends", comma, "\"a\r\nb\rc\"\nd", []string{"1:0[a\\r\\nb\\rc]", "4:9[d]"}},
		{"doubled quotes", comma, `"a ""b"" c","""",""""""` + "\n", []string{`1:0[a "b" c|"|""]`}},
		{"quote ends the file", comma, `a,"b"`, []string{"1:0[a|b]"}},
		{"long fields cross words", comma, "abcdefghijklmnop,\"qrstuvwxyz, 0123456789\",x\n", []string{"1:0[abcdefghijklmnop|qrstuvwxyz, 0123456789|x]"}},
		{"semicolon", dialect{delimiter: ';'}, "a,b;c\n", []string{"1:0[a,b|c]"}},
		{"tab", dialect{delimiter: '\t'}, "a\tb\n", []string{"1:0[a|b]"}},

		{"bare quote, strict", comma, "a\"b,c\nd\n", []string{"1:0 row-broken", "2:6[d]"}},
		{"bare quote, lazy", lazy, "a\"b,c\" \nd\n", []string{"1:0[a\"b|c\" ]", "2:8[d]"}},
		{"text after the quote", lazy, "1,\"a\"b,c\n2,d\n", []string{"1:0 row-broken", "2:9[2|d]"}},
		{"never closed", lazy, "1,\"a,b\n2,c\n3,d", []string{"1:0 row-broken", "2:7[2|c]", "3:11[3|d]"}},
		{"never closed in the last line", lazy, "1,a\n2,\"b", []string{"1:0[1|a]", "2:4 row-broken"}},
		{"never closed, next line quoted", lazy, "1,\"a\n\"2\",\"b\"\n3,c\n", []string{"1:0 row-broken", "2:5[2|b]", "3:13[3|c]"}},
		{"never closed after a quoted break", lazy, "\"1\nx\",\"a\n2,b\n", []string{"1:0 row-broken", "3:9[2|b]"}},
		{"quoted field of the largest size", comma, `"` + big[:maxQuoted-2] + `"`, []string{"1:0[" + big[:maxQuoted-2] + "]"}},
		{"quote open for too long", comma, "1,\"a\n2,b\n3," + big + "\n", []string{"1:0 row-broken", "2:5[2|b]", "3:9[3|" + big + "]"}},
		{"doubled quote at the bound", comma, "\"" + big[:maxQuoted-2] + "\"\"\"\n1\n", []string{"1:0 row-broken", fmt.Sprintf("2:%d[1]", maxQuoted+3)}},
		{"row too large", comma, bigRow[:len(bigRow)-1] + "\nb\n", []string{"1:0 record-too-large", fmt.Sprintf("2:%d[b]", len(bigRow))}},
		{"one field too large", comma, strings.Repeat("y", maxRow+3*firstBlock) + "\r\nb", []string{"1:0 record-too-large", fmt.Sprintf("2:%d[b]", maxRow+3*firstBlock+2)}},
		{"too many fields", comma, strings.Repeat(",", maxFields) + "\nb", []string{"1:0 record-too-large", "2:4097[b]"}},
		{"too many quoted fields", comma, strings.Repeat("\"\",", maxFields) + "\nb", []string{"1:0 record-too-large", fmt.Sprintf("2:%d[b]", 3*maxFields+1)}},
		{"as many fields as allowed", comma, strings.Repeat(",", maxFields-1) + "\n", []string{"1:0[" + strings.Repeat("|", maxFields-1) + "]"}},

		{"nul", comma, "a,b\x00c\nd\n", []string{"1:0 text-invalid[a|b\\0c]", "2:6[d]"}},
		{"nul in quotes", comma, "a,\"b\x00c\"\nd\n", []string{"1:0 text-invalid[a|b\\0c]", "2:8[d]"}},
		{"nul is the last byte", comma, "a\x00", []string{"1:0 text-invalid[a\\0]"}},
		{"no utf-8", comma, "a,\xff\nd\n", []string{"1:0 text-invalid[a|\xff]", "2:4[d]"}},
		{"a rune cut by the end", comma, "a\nb\xc3", []string{"1:0[a]", "2:2 text-invalid[b\xc3]"}},
		{"utf-8", comma, "é,\"漢\"\n", []string{"1:0[é|漢]"}},

		{"outfile", mysql, "1,\"a \\\"b\\\" c\\\\\",\\N,\"\\N\",\"\"\n2,\"x\\\ny\",\n", []string{`1:0[1|a "b" c\|<nil>|N|]`, "2:27[2|x\\ny|]"}},
		{"escapes outside quotes", mysql, "a\\\"b\\,c,\\\\N,\\t\\0\n", []string{"1:0 text-invalid[a\"b,c|\\N|\\t\\0]"}},
		{"backslash ends the file", mysql, "a\\", []string{"1:0[a]"}},
		{"escaped quote ends the file", mysql, "a,\"b\\\"", []string{"1:0 row-broken"}},
		{"text after the quote, mysql", mysql, "\"a\"b\nc", []string{"1:0 row-broken", "2:5[c]"}},
		{"doubled quote, mysql", mysql, "\"a\"\"b\"\n", []string{"1:0[a\"b]"}},
		{"too many fields, mysql", mysql, strings.Repeat(",", maxFields) + "\nb", []string{"1:0 record-too-large", "2:4097[b]"}},
		{"quote open for too long, mysql", mysql, "\"" + big + "\n2\n", []string{"1:0 row-broken", fmt.Sprintf("2:%d[2]", maxQuoted+2)}},
		{"batch", batch, "a\t\"b\\n\\t\\\\\tNULL\r\n\"c\rd\t\\N\n", []string{"1:0[a|\"b\\n\\t\\|NULL]", "2:17[\"c\\rd|<nil>]"}},
	} {
		for _, src := range []struct {
			name string
			r    io.Reader
		}{{"", strings.NewReader(c.in)}, {" (halves)", iotest.HalfReader(strings.NewReader(c.in))}, {" (data and EOF)", iotest.DataErrReader(strings.NewReader(c.in))}} {
			got := readRows(t, src.r, c.d)
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("%s%s:\ngot  %.300q\nwant %.300q", c.name, src.name, got, c.want)
			}
		}
	}
}

// Rows must not depend on where a read happens to end.
func TestRowsCutAnywhere(t *testing.T) {
	in := "a,\"b\r\n\"\"c\"\r\n\r\n\"d\"x,e\r\nf\\\"g,\\N\rh,\"é"
	for _, d := range []dialect{comma, lazy, mysql, {delimiter: ',', backslash: true, noQuotes: true}} {
		want := strings.Join(readRows(t, strings.NewReader(in), d), "\n")
		for cut := range in {
			src := io.MultiReader(strings.NewReader(in[:cut]), strings.NewReader(in[cut:]))
			if got := strings.Join(readRows(t, src, d), "\n"); got != want {
				t.Errorf("%+v cut at %d:\ngot  %q\nwant %q", d, cut, got, want)
			}
		}
		if got := strings.Join(readRows(t, iotest.OneByteReader(strings.NewReader(in)), d), "\n"); got != want {
			t.Errorf("%+v byte by byte:\ngot  %q\nwant %q", d, got, want)
		}
	}
}

func TestRowsRaw(t *testing.T) {
	r := newRowReader(strings.NewReader("1,\"a\n2,b\r\n"+strings.Repeat("z", maxRow+1)+"\n"), comma)
	for _, want := range []string{`1,"a`, "2,b", strings.Repeat("z", keptRaw)} {
		got, err := r.next()
		if err != nil || string(got.raw) != want {
			t.Errorf("raw is %.40q (%v), want %.40q", got.raw, err, want)
		}
	}
}

// A source that fails in the middle of a row must not yield half a row.
func TestRowsSourceFails(t *testing.T) {
	broken := errors.New("disk on fire")
	r := newRowReader(io.MultiReader(strings.NewReader("a,b\nc,"), iotest.ErrReader(broken)), comma)
	if got, err := r.next(); err != nil || shown(got) != "1:0[a|b]" {
		t.Errorf("got %s, %v", shown(got), err)
	}
	for range 2 {
		if got, err := r.next(); err != broken {
			t.Errorf("got %s, %v; want the source's error", shown(got), err)
		}
	}
}

// FuzzRowsAgainstEncodingCSV: where encoding/csv reads a file, ours reads the
// same rows at the same lines; where it refuses a row, ours reports one. Kept
// apart: a lone CR (text to encoding/csv, a line end here) and CRLF inside
// quotes (which encoding/csv shortens to LF).
func FuzzRowsAgainstEncodingCSV(f *testing.F) {
	for _, seed := range []string{"", "a,b\nc,d\n", "\"a\"\"b\",c\r\n\r\n\"x\ny\",\n", "a\"b,c\n", "\"a\"b\n", "\"a", ",,,\n\"\"", "é;漢\n\x00", "a,\"b\r\nc\"\r\nd"} {
		f.Add([]byte(seed), byte(','))
		f.Add([]byte(seed), byte(';'))
		f.Add([]byte(seed), byte('\t'))
	}
	f.Fuzz(func(t *testing.T, in []byte, delimiter byte) {
		defer frugal(t, allocationBound)()
		if !strings.ContainsRune(",;\t|: ax", rune(delimiter)) || loneCR(in) {
			return
		}
		theirs := csv.NewReader(bytes.NewReader(in))
		theirs.Comma, theirs.FieldsPerRecord, theirs.ReuseRecord = rune(delimiter), -1, true
		ours := newRowReader(bytes.NewReader(in), dialect{delimiter: delimiter})
		for {
			want, wantErr := theirs.Read()
			got, err := ours.next()
			switch {
			case wantErr == io.EOF:
				if err != io.EOF {
					t.Fatalf("theirs has ended, ours goes on: %s, %v", shown(got), err)
				}
				return
			case err != nil:
				t.Fatalf("ours ended with %v, theirs goes on: %q, %v", err, want, wantErr)
			case wantErr != nil:
				if got.problem == nil || got.problem.Code != identity.RowBroken {
					t.Fatalf("theirs says %v, ours read %s", wantErr, shown(got))
				}
				return // after damage each goes on in its own way
			}
			same(t, theirs, want, got)
		}
	})
}

func same(t *testing.T, theirs *csv.Reader, want []string, got row) {
	t.Helper()
	if got.problem != nil && got.problem.Code != identity.TextInvalid {
		t.Fatalf("theirs read %q, ours says %s", want, got.problem.Detail)
	}
	if len(got.fields) != len(want) {
		t.Fatalf("theirs read %q, ours %s", want, shown(got))
	}
	for i, w := range want {
		if strings.ReplaceAll(string(got.fields[i]), "\r\n", "\n") != w {
			t.Fatalf("field %d: theirs %q, ours %q", i, w, got.fields[i])
		}
	}
	if line, _ := theirs.FieldPos(0); line != got.line {
		t.Fatalf("theirs at line %d, ours at %d", line, got.line)
	}
}

func loneCR(in []byte) bool {
	return bytes.Contains(bytes.ReplaceAll(in, []byte("\r\n"), nil), []byte{'\r'})
}

// FuzzRows: no dialect panics, hangs or invents; every byte of the input is in
// one row's raw text or in a line end.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{"a,\"b\r\n\"\"c\"\r\n\"d\"x,e\rf\\\"g,\\N\rh,\"", "\\", "\"\\\"", "\r", "\x00"} {
		for flags := range byte(8) {
			f.Add([]byte(seed), byte(','), flags)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, delimiter, flags byte) {
		defer frugal(t, allocationBound)()
		if !isDelimiter(delimiter) {
			return
		}
		d := dialect{delimiter: delimiter, backslash: flags&1 != 0, lazyQuotes: flags&2 != 0, noQuotes: flags&5 == 5, crOnly: flags&8 != 0}
		r := newRowReader(bytes.NewReader(in), d)
		at := int64(0)
		for {
			next, err := r.next()
			if err == io.EOF {
				next.offset = int64(len(in))
			} else if err != nil {
				t.Fatal(err)
			}
			if gap := in[at:next.offset]; len(bytes.Trim(gap, "\r\n")) != 0 {
				t.Fatalf("bytes lost: %q", gap)
			}
			if err == io.EOF {
				return
			}
			if !bytes.HasPrefix(in[next.offset:], next.raw) || len(next.raw) == 0 {
				t.Fatalf("raw %q is not what stands at %d", next.raw, next.offset)
			}
			at = next.offset + int64(len(next.raw))
		}
	})
}
