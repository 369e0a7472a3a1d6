package importers

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// TwiceEncoded names text that was UTF-8, was taken for Latin-1, and was encoded
// as UTF-8 once more: "GarcÃ­a". It is mended value by value, never a file as a
// whole, and only when asked for by this name.
const TwiceEncoded = "utf8-as-latin1"

// charsetSample is how many bytes of a text are looked at before its encoding
// is decided on.
const charsetSample = 1 << 20

// text is a source as UTF-8.
type text struct {
	io.Reader
	charset string // its encoding as it came: "utf-8", "windows-1252", …
}

// replaced reports whether bytes without meaning were replaced by U+FFFD on the
// way. In text that came as UTF-8 that character is the source's own.
func (t text) replaced() bool { return t.charset != "utf-8" }

// decodeCharset makes UTF-8 of a text. What decides, in this order: a byte order
// mark; bytes that are valid UTF-8; the encoding that was named (a name of the
// WHATWG Encoding Standard, or TwiceEncoded, which leaves the text as it is);
// else windows-1252, a guess that notice tells of.
//
// Text that is mostly UTF-8 is read as UTF-8, its damaged places left as they
// are for the reader of the format to report. Text that cannot be windows-1252
// is refused. name is the file's, for errors.
func decodeCharset(r io.Reader, name, named string, notice Notice) (text, error) {
	head, r := peek(r, charsetSample)
	charset, skip, says := sniffCharset(head, len(head) < charsetSample, named)
	if charset == "" {
		return text{}, &SourceError{Kind: Malformed, File: name, Byte: -1, Says: says, Advice: "name the encoding with --encoding, such as windows-1251, shift_jis or gb18030"}
	}
	if says != "" && notice != nil {
		notice(says)
	}
	_, _ = io.CopyN(io.Discard, r, int64(skip)) // it is in head
	t := text{Reader: r, charset: charset}
	if charset == "utf-8" {
		return t, nil
	}
	decoder, err := charsetDecoder(charset)
	if err != nil {
		return text{}, err
	}
	t.Reader = transform.NewReader(r, decoder.NewDecoder())
	return t, nil
}

const guessedCharset = "windows-1252"

// sniffCharset decides on the encoding of a text by its first bytes. whole says
// that they are the whole text. An empty name is a refusal; skip is the length
// of the byte order mark.
func sniffCharset(head []byte, whole bool, named string) (charset string, skip int, says string) {
	for _, mark := range []struct{ bytes, charset string }{
		{"\xff\xfe\x00\x00", ""}, {"\x00\x00\xfe\xff", ""}, {"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
	} {
		if !bytes.HasPrefix(head, []byte(mark.bytes)) {
			continue
		}
		if mark.charset == "" {
			return "", 0, "the text is UTF-32, which is not read here"
		}
		return mark.charset, len(mark.bytes), ""
	}
	if charset := sniffUTF16(head); charset != "" {
		return charset, 0, ""
	}
	good, bad := countUTF8(head, whole)
	named = canonical(named)
	switch {
	case bad == 0 && good > 0 && named != "" && named != "utf-8":
		return "utf-8", 0, "the text is valid UTF-8 and is read as such, not as " + named
	case named != "" && (good == 0 || good < bad):
		return named, 0, ""
	case bad == 0:
		return "utf-8", 0, ""
	case good >= bad:
		return "utf-8", 0, fmt.Sprintf("the text is UTF-8 with damage in %d places or more; the records concerned are reported", bad)
	case good*20 > bad:
		return "", 0, "the text mixes UTF-8 and another encoding"
	case !looksWestern(head):
		return "", 0, "the text is not UTF-8, and it does not look like Western text either"
	}
	return guessedCharset, 0, fmt.Sprintf("the text is not UTF-8 and is read as %s, which is a guess: its letters beyond ASCII come out as %q; name its encoding with --encoding", guessedCharset, lettersBeyondASCII(head))
}

// lettersBeyondASCII is what the first bytes beyond ASCII are in windows-1252,
// each once: enough to see whether the guess was right, and nothing about anybody.
func lettersBeyondASCII(b []byte) string {
	const most = 20
	var letters []rune
	for _, c := range b {
		r := charmap.Windows1252.DecodeByte(c)
		if c >= utf8.RuneSelf && len(letters) < most && !slices.Contains(letters, r) {
			letters = append(letters, r)
		}
	}
	return string(letters)
}

// canonical is the WHATWG name of an encoding; TwiceEncoded is UTF-8 for the bytes.
func canonical(named string) string {
	named = strings.ToLower(strings.TrimSpace(named))
	if named == TwiceEncoded {
		return "utf-8"
	}
	if found, err := charsetDecoder(named); err == nil {
		if name, err := htmlindex.Name(found); err == nil {
			return name
		}
	}
	return named
}

// checkCharset refuses a name that decodeCharset would not know.
func checkCharset(named string) error {
	if named == "" || strings.EqualFold(named, TwiceEncoded) {
		return nil
	}
	_, err := charsetDecoder(strings.ToLower(strings.TrimSpace(named)))
	return err
}

func charsetDecoder(name string) (encoding.Encoding, error) {
	switch name {
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	case "cp932":
		name = "shift_jis" // Microsoft's name, which the standard's list lacks
	}
	found, err := htmlindex.Get(name)
	if err != nil || found == encoding.Replacement {
		return nil, fmt.Errorf("encoding %.40q is not known: use a name such as windows-1252, iso-8859-2, shift_jis, utf-16le, or %s", name, TwiceEncoded)
	}
	return found, nil
}

// sniffUTF16 recognises UTF-16 without a mark: text that is ASCII for the most
// part has a zero in every second byte, and in hardly any other.
func sniffUTF16(head []byte) string {
	head = head[:min(len(head), 1024)&^1]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	pairs := len(head) / 2
	switch {
	case pairs < 4:
		return ""
	case zeros[1]*10 > pairs*7 && zeros[0]*20 < pairs:
		return "utf-16le"
	case zeros[0]*10 > pairs*7 && zeros[1]*20 < pairs:
		return "utf-16be"
	}
	return ""
}

// countUTF8 counts the characters beyond ASCII that are well formed, and the
// bytes that belong to none. A character cut off at the end counts for neither
// unless the text ends there.
func countUTF8(b []byte, whole bool) (good, bad int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !whole && !utf8.FullRune(b[i:]) {
			break
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good, bad
}

// looksWestern reports whether bytes above ASCII can be Western text in
// windows-1252: no byte that it leaves undefined, and most of them alone among
// ASCII, as accents are. Cyrillic, Greek and Asian text come in runs.
func looksWestern(b []byte) bool {
	alone, inRuns := 0, 0
	for i := 0; i < len(b); {
		n := 0
		for ; i+n < len(b) && b[i+n] >= utf8.RuneSelf; n++ {
			if undefined1252(rune(b[i+n])) {
				return false
			}
		}
		switch n {
		case 0:
		case 1:
			alone++
		default:
			inRuns += n
		}
		i += n + 1
	}
	return alone >= inRuns
}

// undefined1252 reports whether windows-1252 leaves a byte undefined.
func undefined1252(c rune) bool {
	return c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d
}

// looksTwiceEncoded reports whether s is UTF-8 of UTF-8.
func looksTwiceEncoded(s string) bool {
	_, ok := mendTwiceEncoded(s)
	return ok
}

// mendTwiceEncoded undoes one encoding too many; false leaves s as it is. It
// goes by MySQL's latin1, which is windows-1252 with the five undefined bytes
// kept as control characters (MySQL manual, "The latin1 Character Set").
func mendTwiceEncoded(s string) (string, bool) {
	once := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && !undefined1252(r) {
			return s, false
		}
		if !ok {
			c = byte(r)
		}
		once = append(once, c)
	}
	if len(once) == len(s) || !utf8.Valid(once) {
		return s, false
	}
	return string(once), true
}

// peek reads up to n bytes ahead and returns them with a reader that still has
// them. An error of the source comes where it came.
func peek(r io.Reader, n int) ([]byte, io.Reader) {
	head, err := io.ReadAll(io.LimitReader(r, int64(n)))
	switch {
	case err != nil:
		return head, io.MultiReader(bytes.NewReader(head), failing{err})
	case len(head) < n:
		return head, bytes.NewReader(head)
	}
	return head, io.MultiReader(bytes.NewReader(head), r)
}

// failing is a source that has failed already.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
