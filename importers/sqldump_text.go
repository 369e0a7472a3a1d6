package importers

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// dumpText makes text of a dump's bytes, value by value, because the charset
// that a dump declares is often not the one it is in: one bad name must not
// lose a file, nor one good name excuse it. What it had to assume is counted.
//
// In this order: the encoding that was given; what the dump declares, where the
// bytes bear it out; UTF-8 where they happen to be valid UTF-8; and for bytes of
// which nothing is declared (mysqldump --compatible writes such) latin1.
type dumpText struct {
	given  func([]byte) (string, textFault) // nil: none
	repair bool                             // the given one is TwiceEncoded

	latinIsUTF8 int // values that are UTF-8 though latin1 is declared
	undeclared  int // values taken for latin1 for want of anything better
	twice       int // values that look encoded twice
}

// newDumpText takes the name of an encoding: TwiceEncoded, one of MySQL's, or one
// of the WHATWG Encoding Standard.
func newDumpText(name string) (*dumpText, error) {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "":
		return &dumpText{}, nil
	case TwiceEncoded:
		return &dumpText{repair: true}, nil
	case "latin1", "iso-8859-1", "windows-1252", "cp1252":
		return &dumpText{given: latin1Text}, nil
	}
	e, err := mysqlCharsets[name], error(nil)
	if e == nil {
		e, err = charsetDecoder(name)
	}
	return &dumpText{given: func(b []byte) (string, textFault) { return decodeIn(e, b) }}, err
}

// decode returns the text of b, which is said to be in a charset of MySQL's; ""
// and "binary" say nothing. It answers why where b is no text.
func (t *dumpText) decode(b []byte, charset string) (string, textFault) {
	if isPlainASCII(b) {
		return string(b), ""
	}
	text, fault := t.declared(b, charset)
	switch {
	case fault != "":
		return "", fault
	case strings.IndexByte(text, 0) >= 0:
		return "", holdsNUL
	}
	if once, ok := decodedOnce(text); ok {
		if t.repair {
			return once, ""
		}
		t.twice++
	}
	return text, ""
}

// declared decodes by what was given or declared.
func (t *dumpText) declared(b []byte, charset string) (string, textFault) {
	if t.given != nil {
		return t.given(b)
	}
	valid := utf8.Valid(b)
	switch charset {
	case "utf8", "utf8mb3", "utf8mb4":
		if !valid {
			return "", notUTF8
		}
	case "latin1":
		if !valid {
			return latin1Text(b)
		}
		t.latinIsUTF8++
	case "", "binary", "ascii", "default":
		if !valid {
			t.undeclared++
			return latin1Text(b)
		}
	default:
		e := mysqlCharsets[charset]
		if e == nil {
			return "", textFault("is in the charset " + charset + ", which is not known here: export with --default-character-set=utf8mb4")
		}
		return decodeIn(e, b)
	}
	return string(b), ""
}

// decodeIn decodes b; what the encoding has no letter for is a fault.
func decodeIn(e encoding.Encoding, b []byte) (string, textFault) {
	text, err := e.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", "holds bytes that are no letters in the file's encoding"
	}
	return string(text), ""
}

// isPlainASCII reports whether b is ASCII without a NUL.
func isPlainASCII(b []byte) bool {
	for _, c := range b {
		if c-1 >= 0x7f {
			return false
		}
	}
	return true
}

// decodedOnce undoes the second encoding of text whose UTF-8 bytes were taken
// for latin1 and encoded again; false when that is not what happened.
func decodedOnce(text string) (string, bool) {
	var short [256]byte
	once := short[:0]
	for _, r := range text {
		c, ok := latin1Byte(r)
		if !ok {
			return "", false
		}
		once = append(once, c)
	}
	if !utf8.Valid(once) {
		return "", false
	}
	return string(once), true
}

// latin1Text decodes what MySQL calls latin1: Windows-1252, but the five bytes
// that Windows leaves open are control characters, so that every byte is a
// character (MySQL manual, West European Character Sets).
func latin1Text(b []byte) (string, textFault) {
	out := make([]rune, len(b))
	for i, c := range b {
		if out[i] = charmap.Windows1252.DecodeByte(c); out[i] == utf8.RuneError {
			out[i] = rune(c)
		}
	}
	return string(out), ""
}

// latin1Byte is the inverse of latin1Text for one character.
func latin1Byte(r rune) (byte, bool) {
	switch r {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

// mysqlCharsets are MySQL's charsets (SHOW CHARACTER SET) that text is found in,
// but for UTF-8 and latin1, which have rules of their own.
var mysqlCharsets = map[string]encoding.Encoding{
	"cp1250":   charmap.Windows1250,
	"cp1251":   charmap.Windows1251,
	"cp1256":   charmap.Windows1256,
	"cp1257":   charmap.Windows1257,
	"cp850":    charmap.CodePage850,
	"cp852":    charmap.CodePage852,
	"cp866":    charmap.CodePage866,
	"latin2":   charmap.ISO8859_2,
	"latin5":   charmap.ISO8859_9,
	"latin7":   charmap.ISO8859_13,
	"greek":    charmap.ISO8859_7,
	"hebrew":   charmap.ISO8859_8,
	"koi8r":    charmap.KOI8R,
	"koi8u":    charmap.KOI8U,
	"tis620":   charmap.Windows874,
	"macroman": charmap.Macintosh,
	"gb2312":   simplifiedchinese.GBK,
	"gbk":      simplifiedchinese.GBK,
	"gb18030":  simplifiedchinese.GB18030,
	"big5":     traditionalchinese.Big5,
	"sjis":     japanese.ShiftJIS,
	"cp932":    japanese.ShiftJIS,
	"ujis":     japanese.EUCJP,
	"eucjpms":  japanese.EUCJP,
	"euckr":    korean.EUCKR,
}
