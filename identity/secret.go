package identity

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that may be carried and compared, never shown: a hash, a salt,
// a signer key, a password. Whatever prints it, with whatever verb, prints
// "[secret]"; so do slog and every encoder that asks for text. A String method
// alone would not do, since %d or %x would still print the bytes.
//
// Two places never ask: %p, which go vet refuses, and encoding/json for the keys
// of a map, so a Secret is no key of anything that is marshalled.
//
// To use the text, convert it: string(s). Such a conversion is the place to look
// for in a review.
type Secret string

const shown = "[secret]"

// Format answers every verb of package fmt.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, shown) }

// String never returns the text.
func (Secret) String() string { return shown }

// GoString never returns the text.
func (Secret) GoString() string { return shown }

// LogValue keeps the text out of structured logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(shown) }

// MarshalText keeps the text out of JSON, XML and everything else that asks.
func (Secret) MarshalText() ([]byte, error) { return []byte(shown), nil }
