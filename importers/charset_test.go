package importers

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDecodeCharset(t *testing.T) {
	utf8 := "Zoë, Łukasz, 山田, 🦊"
	ascii := strings.Repeat("plain text, ", 4)
	for _, c := range []struct {
		name, in, named string
		want, charset   string
		notice          string // a part of it
		refused         bool
	}{
		{"ascii", ascii, "", ascii, "utf-8", "", false},
		{"utf-8", utf8, "", utf8, "utf-8", "", false},
		{"utf-8 with a mark", "\xef\xbb\xbf" + utf8, "", utf8, "utf-8", "", false},
		{"a mark beats a name", "\xef\xbb\xbf" + utf8, "windows-1252", utf8, "utf-8", "", false},
		{"utf-8 beats a name", utf8, "windows-1252", utf8, "utf-8", "valid UTF-8", false},
		{"utf-8 by name", utf8, "utf8", utf8, "utf-8", "", false},
		{"ascii by name", ascii, "shift_jis", ascii, "shift_jis", "", false},
		{"utf-16le", "\xff\xfeZ\x00o\x00\xeb\x00", "", "Zoë", "utf-16le", "", false},
		{"utf-16be", "\xfe\xff\x00Z\x00o\x00\xeb", "", "Zoë", "utf-16be", "", false},
		{"utf-16le, no mark", "n\x00a\x00m\x00e\x00\n\x00Z\x00o\x00\xeb\x00", "", "name\nZoë", "utf-16le", "", false},
		{"utf-16be, no mark", "\x00n\x00a\x00m\x00e\x00\n\x00Z\x00o\x00\xeb", "", "name\nZoë", "utf-16be", "", false},
		{"utf-16 by name", "\xeb\x00", "utf-16le", "ë", "utf-16le", "", false},
		{"half a letter", "\xff\xfeZ\x00o", "", "Z\ufffd", "utf-16le", "", false},
		{"half a surrogate pair", "\xff\xfeZ\x00\x3e\xd8a\x00", "", "Z\ufffda", "utf-16le", "", false},
		{"utf-32", "\xff\xfe\x00\x00Z\x00\x00\x00", "", "", "", "", true},
		{"guessed", "Zo\xeb, M\xfcller, 5 \x80", "", "Zoë, Müller, 5 €", "windows-1252", `"ëü€"`, false},
		{"named", "\xc0\xed\xed\xe0", "windows-1251", "Анна", "windows-1251", "", false},
		{"named by an alias", "Zo\xeb", "CP1252", "Zoë", "windows-1252", "", false},
		{"Microsoft's name", "\x8e\x52\x93\x63", "cp932", "山田", "shift_jis", "", false},
		{"no western text", "\xc0\xed\xed\xe0 \xc8\xe2\xe0\xed", "", "", "", "", true},
		{"a byte that windows-1252 has not", "M\x81ller", "", "", "", "", true},
		{"damaged utf-8", utf8 + " Ren\xc3, \xff", "", utf8 + " Ren\xc3, \xff", "utf-8", "2 places", false},
		{"mixed", "Zoë \xeb \xeb", "", "", "", "", true},
		{"mixed, named", "Zoë \xeb \xeb", "latin1", "ZoÃ« ë ë", "windows-1252", "", false},
		{"twice encoded stays", "ZoÃ«", TwiceEncoded, "ZoÃ«", "utf-8", "", false},
		{"empty", "", "", "", "utf-8", "", false},
		{"one byte", "\xe9", "", "é", "windows-1252", "guess", false},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			var notice string
			got, err := decodeCharset(r, "x.csv", c.named, func(says string) { notice = says })
			if (err != nil) != c.refused {
				t.Errorf("%s: %v", c.name, err)
			}
			if err != nil {
				continue
			}
			text, err := io.ReadAll(got)
			if err != nil || string(text) != c.want || got.charset != c.charset {
				t.Errorf("%s: %q in %s (%v), want %q in %s", c.name, text, got.charset, err, c.want, c.charset)
			}
			if (notice == "") != (c.notice == "") || !strings.Contains(notice, c.notice) {
				t.Errorf("%s: notice %q, want %q in it", c.name, notice, c.notice)
			}
		}
	}
}

// A letter that the sample's end cuts in two is no damage.
func TestDecodeCharsetSampleEnd(t *testing.T) {
	for shift := range 4 {
		in := strings.Repeat("x", charsetSample-shift) + "🦊"
		got, err := decodeCharset(strings.NewReader(in), "", "", func(says string) { t.Errorf("notice %q", says) })
		if err != nil || got.charset != "utf-8" {
			t.Fatalf("%v, %v", got.charset, err)
		}
		if text, err := io.ReadAll(got); err != nil || string(text) != in {
			t.Errorf("the text changed (%v)", err)
		}
	}
}

func TestMendTwiceEncoded(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"GarcÃ\u00ada", "García", true},
		{"Zoë", "Zoë", false},
		{"plain", "plain", false},
		{"", "", false},
		{"å±±ç”°", "山田", true},
		{"ðŸ¦Š", "🦊", true},
		{"Å\u0081ukasz", "Łukasz", true}, // MySQL's latin1 keeps 0x81
		{"Ã", "Ã", false},
		{"Ã© and 山", "Ã© and 山", false},
		{"Ã©é", "Ã©é", false},
	} {
		if got, ok := mendTwiceEncoded(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q: %q, %t; want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}

// In a table it is announced, and mended only when asked for.
func TestCSVTwiceEncoded(t *testing.T) {
	in := "id,name\n1,GarcÃ\u00ada\n2,Zoë\n3,Ana\n"
	for _, c := range []struct {
		encoding, names string
		notices         int
	}{{"", "GarcÃ\u00ada Zoë Ana", 1}, {TwiceEncoded, "García Zoë Ana", 0}} {
		got := readCSV(t, strings.NewReader(in), CSVConfig{Encoding: c.encoding})
		var names []string
		for _, rec := range got.records {
			names = append(names, rec.User.Name)
		}
		if strings.Join(names, " ") != c.names || len(got.notices) != c.notices {
			t.Errorf("%q: %q, %q", c.encoding, names, got.notices)
		}
	}
}

// FuzzDecodeCharset: whatever the bytes, the text comes out, or a refusal.
func FuzzDecodeCharset(f *testing.F) {
	for _, seed := range []string{"Zoë", "\xff\xfeZ\x00", "Zo\xeb", "\x8e\x52", "\xc3", "GarcÃ\u00ada"} {
		for _, named := range []string{"", "utf-16be", "shift_jis", "gb18030", TwiceEncoded} {
			f.Add(seed, named)
		}
	}
	f.Fuzz(func(t *testing.T, in, named string) {
		defer frugal(t, allocationBound)()
		got, err := decodeCharset(strings.NewReader(in), "", named, nil)
		if err != nil {
			return
		}
		text, err := io.ReadAll(got)
		if err != nil {
			t.Fatal(err)
		}
		if mended, ok := mendTwiceEncoded(string(text)); ok && len(mended) >= len(text) {
			t.Fatalf("%q was mended to %q", text, mended)
		}
	})
}
