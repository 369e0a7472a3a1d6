package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible spells out what would not be seen, or would change how the text around it
// is seen: control characters, which steer a terminal (ECMA-48; U+0080 to U+009F are
// its 8-bit ones), separators of lines, and the marks that turn the direction of
// writing (Unicode Technical Report 36, "Trojan Source"). Whatever is shown of a text
// that is not our own goes through here, wherever it is shown. What is no text becomes
// U+FFFD.
func Visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case hidden(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// VisibleJSON is a writer of JSON that spells out what Visible does, as JSON escapes
// it: the text means the same. encoding/json leaves U+007F and everything above as it
// is, but for U+2028 and U+2029. A write ends between two characters.
func VisibleJSON(w io.Writer) io.Writer { return visibleJSON{w} }

type visibleJSON struct{ w io.Writer }

func (v visibleJSON) Write(p []byte) (int, error) {
	steers := func(r rune) bool { return r >= 0x7f && hidden(r) } // below that JSON has escaped what is in a text
	if !bytes.ContainsFunc(p, steers) {
		return v.w.Write(p)
	}
	var b bytes.Buffer
	for rest := p; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if steers(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		} else {
			b.Write(rest[:n])
		}
		rest = rest[n:]
	}
	_, err := v.w.Write(b.Bytes())
	return len(p), err
}
