package verifiers

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf16"

	"rehome/identity"
)

// expression is the text that a home-made form digests, as a function of the
// password. It is written as a sum of terms:
//
//	salt+password    md5(password)+salt    sha1(salt+sha1(password))    password+"{"+salt+"}"
//
// A term is password, salt, letters in double quotes (neither quotes nor blanks
// among them), or a function of a sum:
//
//	md5(…) sha1(…) … sha3-512(…)   the digest in lower-case hex
//	hex(…) unhex(…)                lower-case hex, and what hex stands for; nothing where it is none
//	base64(…)                      padded standard base64
//	upper(…) lower(…)              letters in one case
//	utf16le(…) utf16be(…)          UTF-8 as UTF-16 without a mark
type expression func(password []byte) []byte

// Bounds of an expression. Functions can double a text, so that depth is bounded
// more tightly than length.
const (
	maxTerms = 16
	maxDepth = 4
)

// expressionReader takes the text of an expression apart.
type expressionReader struct {
	rest  string
	salt  []byte // nil: there is none
	terms int
}

// readExpression also answers how many terms there are, which bounds the work.
func readExpression(text string, salt []byte) (expression, uint64, *identity.Problem) {
	r := &expressionReader{rest: text, salt: salt}
	e, p := r.sum(0)
	if p == nil && r.rest != "" {
		p = lacking("the variant's sum of terms does not end where it should")
	}
	return e, uint64(r.terms), p
}

func (r *expressionReader) sum(depth int) (expression, *identity.Problem) {
	if depth > maxDepth {
		return nil, lacking("the variant's functions stand in one another more than %d deep", maxDepth)
	}
	var terms []expression
	for more := true; more; {
		term, p := r.term(depth)
		if p != nil {
			return nil, p
		}
		terms = append(terms, term)
		r.rest, more = strings.CutPrefix(r.rest, "+")
	}
	if len(terms) == 1 {
		return terms[0], nil
	}
	return func(password []byte) (text []byte) {
		for _, term := range terms {
			text = append(text, term(password)...)
		}
		return text
	}, nil
}

func (r *expressionReader) term(depth int) (expression, *identity.Problem) {
	if r.terms++; r.terms > maxTerms {
		return nil, lacking("the variant has more than %d terms; no program that is known uses as many", maxTerms)
	}
	if text, ok := strings.CutPrefix(r.rest, `"`); ok {
		return r.letters(text)
	}
	name := r.rest[:strings.IndexAny(r.rest+"+", "+()\"")]
	r.rest = r.rest[len(name):]
	switch {
	case strings.HasPrefix(r.rest, "("):
		return r.function(textFunction(name), depth)
	case name == "password":
		return func(password []byte) []byte { return password }, nil
	case name == "salt" && r.salt == nil:
		return nil, lacking("the hash needs the salt it was made with")
	case name == "salt":
		salt := r.salt
		return func([]byte) []byte { return salt }, nil
	}
	return nil, errTerm()
}

func errTerm() *identity.Problem {
	return lacking("the variant has a term that is none of salt, password, letters in double quotes, and functions of them such as md5(password)")
}

// letters are a text that is the same for everybody.
func (r *expressionReader) letters(text string) (expression, *identity.Problem) {
	letters, rest, closed := strings.Cut(text, `"`)
	if !closed {
		return nil, lacking("the variant opens a quote that is never closed")
	}
	r.rest = rest
	return func([]byte) []byte { return []byte(letters) }, nil
}

func (r *expressionReader) function(f func([]byte) []byte, depth int) (expression, *identity.Problem) {
	if f == nil {
		return nil, errTerm()
	}
	r.rest = r.rest[1:]
	of, p := r.sum(depth + 1)
	if p != nil {
		return nil, p
	}
	rest, closed := strings.CutPrefix(r.rest, ")")
	if !closed {
		return nil, lacking("the variant opens a bracket that is never closed")
	}
	r.rest = rest
	return func(password []byte) []byte { return f(of(password)) }, nil
}

// textFunction is a function by its name, nil for none.
func textFunction(name string) func([]byte) []byte {
	switch name {
	case "hex":
		return func(text []byte) []byte { return hex.AppendEncode(nil, text) }
	case "unhex":
		return unhex
	case "base64":
		return func(text []byte) []byte { return base64.StdEncoding.AppendEncode(nil, text) }
	case "upper":
		return bytes.ToUpper
	case "lower":
		return bytes.ToLower
	case "utf16le":
		return func(text []byte) []byte { return utf16Text(binary.LittleEndian, text) }
	case "utf16be":
		return func(text []byte) []byte { return utf16Text(binary.BigEndian, text) }
	}
	if digest := newDigest(name); digest != nil {
		return func(text []byte) []byte { return hexSum(digest, text) }
	}
	return nil
}

func unhex(text []byte) []byte {
	b, err := hex.AppendDecode(nil, text)
	if err != nil {
		return nil
	}
	return b
}

// utf16Text puts the replacement character for what is no UTF-8.
func utf16Text(order binary.AppendByteOrder, text []byte) []byte {
	var b []byte
	for _, unit := range utf16.Encode(bytes.Runes(text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}
