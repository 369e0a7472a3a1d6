package main

import (
	"strings"
	"testing"
	"unicode/utf16"

	"rehome/migrate"
)

// A list of known accounts is read as spreadsheets and PowerShell write one, and
// its passwords stay as they are.
func TestReadKnown(t *testing.T) {
	const password = ` ;,"ë" `
	want := migrate.Known{ID: "7", Email: "zoë@x.test", Password: password}
	for _, delimiter := range []string{",", ";", "\t"} {
		table := strings.Join([]string{"ID", "email", "note", "password"}, delimiter) + "\r\n" +
			strings.Join([]string{"7", "zoë@x.test", "a", `" ;,""ë"" "`}, delimiter) + "\r\n"
		for charset, text := range map[string]string{"UTF-8": table, "UTF-8 with a mark": "\ufeff" + table, "UTF-16": utf16LE(table)} {
			known, err := readKnown(strings.NewReader(text), "known.csv")
			if err != nil || len(known) != 1 || known[0] != want {
				t.Errorf("%q in %s: %d accounts, %v", delimiter, charset, len(known), err)
			}
		}
	}
	torn := strings.Replace(utf16LE("id,password\r\n1,x🎈y\r\n"), "\x3c\xd8", "", 1)
	if _, err := readKnown(strings.NewReader(torn), "known.csv"); err == nil || !strings.Contains(err.Error(), "line 2: bytes that mean nothing in utf-16le") {
		t.Errorf("half a letter: %v", err)
	}
}

func utf16LE(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}
