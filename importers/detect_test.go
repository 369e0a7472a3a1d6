package importers

import (
	"errors"
	"strings"
	"testing"
)

// A file of no known format is called what it is, with a way that is not
// another program's, and none of its names is shown.
func TestUnknown(t *testing.T) {
	const jq, firebase = "jq -c", "firebase auth:export"
	for _, c := range []struct{ head, says, advice string }{
		{"", "the file is empty", "export again"},
		{" \r\n", "the file is empty", "export again"},
		{`[{"ana@x.test":1},{"b":2}]`, "a JSON list that is no export", jq + " '.[] "},
		{`{"Users":[{"Username":"ana"}]}`, "a JSON object that is no export", jq + " '.users[] "},
		{string(utf16Texts(`{"realm":"x","users":7}`)["utf-16le"]), "a JSON object that is no export", jq},
		{`{"a":[1,2`, "a JSON object that is no export", jq}, // the head of a file ends anywhere
		{`[{"a":1},` + "\n" + `{"b":nope}]`, "byte 15: this is not JSON", "mend the file at that byte"},
		{"a,a@x.test,TRUE,aGFzaA==,c2FsdA==" + strings.Repeat(",", 19) + "1.60946E+12,1.61214E+12,,FALSE,\n", "Firebase's CSV after a spreadsheet", firebase},
		{"a;a@x.test;true;aGFzaA==;c2FsdA==" + strings.Repeat(";", 19) + "1609459200000;;;false;\n", "Firebase's CSV after a spreadsheet", firebase},
		{`"1","ana","$P$B9hX1ozcIzWqXnC1i1lJwTxGzXfXm/1","ana","a@x.test","","2020-01-02 03:04:05","","0","Ana"` + "\n", "this is the table wp_users", "--columns id,username,password_hash,-,email,-,created_at,-,-,name"},
		{`{"users":{"a":{}}}`, "this looks like a Realtime Database", firebase},
	} {
		err := Unknown([]byte(c.head), "f")
		source, ok := errors.AsType[*SourceError](err)
		if !ok || !strings.Contains(source.Error(), c.says) || !strings.Contains(source.Advice, c.advice) || c.advice != firebase && strings.Contains(source.Advice, firebase) {
			t.Errorf("%q: %v", c.head, err)
		}
	}
	for _, head := range []string{"shoe,size\n", "a;a@x.test;TRUE;" + strings.Repeat(";", 30), "plain text", "[1, 2]", `"users"`} {
		if err := Unknown([]byte(head), "f"); err != nil {
			t.Errorf("%q: %v", head, err)
		}
	}
}
