package forms

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"rehome/identity"
)

// MaxText bounds every stored text: a hash, a salt, a key. The longest real one (an
// argon2 hash under a long salt) stays below a tenth of it.
const MaxText = 4096

// input is a hash on its way to a form.
type input struct {
	tag    identity.Algorithm
	text   string // without white space around it, and without markers
	params identity.Params
}

// kind is what every form has. A form holds what identity.Secret guards, so whatever
// prints it, with whatever verb, prints its tag; so do slog and every encoder.
type kind struct{ tag identity.Algorithm }

// Algorithm is the tag of the hash that was read.
func (k kind) Algorithm() identity.Algorithm { return k.tag }

// Format answers every verb of package fmt.
func (k kind) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// String names the form, and tells nothing of it.
func (k kind) String() string { return "[" + string(k.tag) + "]" }

// LogValue keeps the form out of structured logs.
func (k kind) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText keeps the form out of JSON, XML and everything else that asks.
func (k kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Read takes the text of a hash apart. It is nil without a problem for no password.
// White space around the text and other programs' markers before it are left aside:
// who writes the form anew writes it without them.
func Read(h identity.Hash) (identity.Form, *identity.Problem) {
	if h.IsZero() {
		return nil, nil
	}
	row, ok := rows[h.Algorithm]
	if !ok {
		return nil, unknown(h.Algorithm)
	}
	if p := CheckSize(h); p != nil {
		return nil, p
	}
	return row.form(input{h.Algorithm, string(h.Encoded), h.Params})
}

// Of is the form of a user's hash: as his importer read it, or else read now.
func Of(u identity.User) (identity.Form, *identity.Problem) {
	if u.Form != nil {
		return u.Form, nil
	}
	return Read(u.Hash)
}

// Text is the text of a hash without white space around it and without markers.
func Text(h identity.Hash) string {
	r, ok := rows[h.Algorithm]
	if !ok {
		return string(h.Encoded)
	}
	return r.text(string(h.Encoded))
}

func (r *row) text(s string) string {
	if r.verbatim {
		return s
	}
	s = strings.Trim(s, asciiSpace)
	if bare, marked := r.bare(s); marked {
		return bare
	}
	return s
}

// CheckSize refuses texts that are too long to be what they are said to be.
func CheckSize(h identity.Hash) *identity.Problem {
	p := h.Params
	if len(h.Encoded) > MaxText {
		return malformed("the hash is longer than %d characters", MaxText)
	}
	if max(len(p.Salt), len(p.SaltSeparator), len(p.SignerKey), len(p.Variant)) > MaxText {
		return lacking("a parameter of the hash is longer than %d characters", MaxText)
	}
	return nil
}

// form reads a text of the row's tag: a form or a problem, never both.
func (r *row) form(in input) (identity.Form, *identity.Problem) {
	in.text = r.text(in.text)
	read := r.read
	if r.tag == Prehashed {
		read = readPrehashed
	}
	f, p := read(in)
	if p != nil {
		return nil, p
	}
	return f, nil
}

// unknown does not repeat the tag: where columns are mixed up, it is the hash.
func unknown(a identity.Algorithm) *identity.Problem {
	detail := "unknown hash algorithm"
	if a == identity.None {
		detail = "the hash has no algorithm named for it"
	}
	return &identity.Problem{Code: identity.HashUnsupported, Detail: detail}
}

// beyond is the problem of a hash that is well formed, as far as can be told, and that
// nothing here can read.
func beyond(detail string) *identity.Problem {
	return &identity.Problem{Code: identity.HashUnsupported, Detail: detail}
}

// malformed is the problem of a text that is not a hash of its family.
func malformed(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashMalformed, Detail: fmt.Sprintf(format, a...)}
}

// lacking is the problem of parameters that are missing or make no sense.
func lacking(format string, a ...any) *identity.Problem {
	return &identity.Problem{Code: identity.HashParams, Detail: fmt.Sprintf(format, a...)}
}
