package importers

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/transform"

	"rehome/identity"
)

// utf16Sample is how many bytes tell UTF-16 from anything else.
const utf16Sample = 1 << 10

// UTF8 is a text as UTF-8 where it is UTF-16, as PowerShell's > and spreadsheets'
// "Unicode text" write it; anything else stays as it is. charset says what it was:
// "utf-16le" or "utf-16be", and "" for anything else. Half a pair of surrogates
// becomes U+FFFD.
func UTF8(r io.Reader) (text io.Reader, charset string) {
	buffered := bufio.NewReader(r)
	head, _ := buffered.Peek(utf16Sample) // an error comes again, behind what was read
	if charset = utf16Of(head); charset == "" {
		return buffered, ""
	}
	decoder, err := charsetDecoder(charset)
	if err != nil {
		return buffered, ""
	}
	return transform.NewReader(buffered, decoder.NewDecoder()), charset
}

// utf16Of is the UTF-16 that a text begins as; "" when it is anything else.
func utf16Of(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "utf-16be"
	}
	return sniffUTF16(head)
}

// damaged says that a record's text was not all letters in the charset that it
// was decoded from; nil for a record that came as it stands.
func damaged(raw []byte, charset string) *identity.Problem {
	if charset == "" || !bytes.Contains(raw, []byte("\ufffd")) {
		return nil
	}
	return &identity.Problem{Code: identity.TextInvalid, Detail: "the record holds bytes that mean nothing in " + charset}
}
