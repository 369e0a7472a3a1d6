package importers

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"rehome/fixtures"
	"rehome/identity"
)

// utf16Texts are a text in both kinds of UTF-16, with a mark and without.
func utf16Texts(text string) map[string][]byte {
	little, big := []byte{}, []byte{}
	for _, unit := range utf16.Encode([]rune(text)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	return map[string][]byte{
		"utf-16le": append([]byte{0xff, 0xfe}, little...), "utf-16be": append([]byte{0xfe, 0xff}, big...),
		"utf-16le, no mark": little, "utf-16be, no mark": big,
	}
}

// Whatever a text is, it is recognised and read in UTF-16 as it is in UTF-8.
func TestReadUTF16(t *testing.T) {
	firebase := func(r io.Reader) identity.Records { return Firebase(r, "f", FirebaseConfig{}) }
	neutral := func(r io.Reader) identity.Records { return Neutral(r, "f") }
	csv := func(r io.Reader) identity.Records { return CSV(r, "f", CSVConfig{}) }
	wordpress := func(r io.Reader) identity.Records {
		data, _ := io.ReadAll(r)
		return WordPress(func() ([]Input, error) { return []Input{{"f", bytes.NewReader(data)}}, nil }, WordPressConfig{})
	}
	export := func(name string) string { return string(fixtures.Read(firebaseExports + name)) }
	for _, c := range []struct {
		name, text string
		read       func(io.Reader) identity.Records
	}{
		{"firebase json", export("firebase-default.json"), firebase},
		{"firebase csv", export("firebase-default.csv"), firebase},
		{"admin sdk", export("firebase-nondefault.admin-sdk-list-users.json"), firebase},
		{"json lines", `{"id":"1","name":"Zoë 🎈","hash_params":{"n":2}}` + "\r\n" + `{"id":"2"}`, neutral},
		{"rejects", "id,name,hash_params,_reason\r\n1,Zoë 🎈,,x\r\n", neutral},
		{"csv", "id,name\r\n1,Zoë 🎈\r\n", csv},
		{"objects", `{"uid":"1","full_name":"Zoë 🎈","mail":"a@x.test"}` + "\n", csv},
		{"dump", wpDump, wordpress},
		{"wp-cli", wpListCSVText, wordpress},
	} {
		want, err := drain(t, c.read(strings.NewReader(c.text)))
		if err != nil || len(want) == 0 {
			t.Fatalf("%s: %d records, %v", c.name, len(want), err)
		}
		for charset, text := range utf16Texts(c.text) {
			head := min(len(text), 64<<10)
			if got, plain := Detect(text[:head]), Detect([]byte(c.text[:min(len(c.text), 64<<10)])); fmt.Sprint(got) != fmt.Sprint(plain) {
				t.Errorf("%s in %s looks like %v, not %v", c.name, charset, got, plain)
			}
			got, err := drain(t, c.read(bytes.NewReader(text)))
			if !reflect.DeepEqual(got, want) || err != nil {
				t.Errorf("%s in %s: %d of %d records, %v", c.name, charset, len(got), len(want), err)
			}
		}
	}
}

// Half of a pair of surrogates is no letter: the record says so, and no name comes
// out with another letter in it.
func TestReadUTF16Damaged(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		read func(io.Reader) identity.Records
	}{
		"firebase": {`{"users":[{"localId":"a","displayName":"x🎈"},{"localId":"b"}]}`, func(r io.Reader) identity.Records { return Firebase(r, "f", FirebaseConfig{}) }},
		"lines":    {`{"id":"a","name":"x🎈"}` + "\n" + `{"id":"b"}`, func(r io.Reader) identity.Records { return Neutral(r, "f") }},
		"rows":     {"id,name,_reason\na,x🎈,\nb,y,\n", func(r io.Reader) identity.Records { return Neutral(r, "f") }},
		"csv":      {"id,name\na,x🎈\nb,y\n", func(r io.Reader) identity.Records { return CSV(r, "f", CSVConfig{}) }},
	} {
		text := utf16Texts(c.text)["utf-16le"]
		half := bytes.Index(text, []byte{0x3c, 0xd8}) // of the balloon
		recs, err := drain(t, c.read(bytes.NewReader(append(bytes.Clone(text[:half]), text[half+2:]...))))
		if err != nil || len(recs) != 2 || recs[0].Problem == nil || recs[0].Problem.Code != identity.TextInvalid || recs[1].Problem != nil {
			t.Errorf("%s: %v, %v", name, recs, err)
		}
	}
}
