package postgres

import (
	"fmt"
	"strings"

	"rehome/identity"
	"rehome/sink"
)

// idForm is what a layout takes for an id.
type idForm struct {
	// legal is the id as the table keeps it; false where it takes no such id.
	legal    func(id string) (string, bool)
	derive   func(id string) string // a legal id made from any
	prefixes bool                   // an id may be put together of text; else a prefix goes into what is derived
	words    string                 // the rule in words
}

func idFormOf(l Layout) idForm {
	if l == Supabase {
		return idForm{uuid, sink.DerivedUUID, false, "Supabase Auth takes UUIDs only"}
	}
	return idForm{genericID, sink.DerivedID, true, "the table takes ids of 1 to 128 characters of A-Z a-z 0-9 . _ - that begin with a letter or digit"}
}

// maxID is in characters; maxPrefix leaves room for a derived id and then some.
const maxID, maxPrefix = 128, 64

// maxSourceID bounds what is kept of a source beside the id, in bytes.
const maxSourceID = 1024

// check refuses a rule that could not give a legal id.
func (f idForm) check(r sink.IDRule) error {
	prefix, prefixed := r.Prefix()
	switch {
	case !r.Known():
		return fmt.Errorf("postgres: unknown rule %q for ids; use auto, keep, prefix:… or uuid", string(r))
	case prefixed && (prefix == "" || len(prefix) > maxPrefix || !goodText(prefix)):
		return fmt.Errorf("postgres: the prefix of ids has 1 to %d characters", maxPrefix)
	}
	if _, ok := f.legal(prefix + "0"); prefixed && f.prefixes && !ok {
		return fmt.Errorf("postgres: %s; so must their prefix", f.words)
	}
	return nil
}

// betweenIDs stands between a prefix and an id that another is derived from: no text
// of ours holds it, so that no two pairs come to the same.
const betweenIDs = "\x00"

// of is the id of a user whose id at the source is id.
func (f idForm) of(r sink.IDRule, id string) (string, *identity.Problem) {
	prefix, prefixed := r.Prefix()
	if !prefixed {
		prefix = ""
	}
	switch {
	case id == "":
		return "", problem(identity.IDMissing, "the user has no id")
	case len(id) > maxSourceID:
		return "", problem(identity.IDInvalid, "the id has %d bytes; at most %d are kept", len(id), maxSourceID)
	case r == sink.IDUUID:
		return sink.DerivedUUID(id), nil
	case prefixed && !f.prefixes:
		return f.derive(prefix + betweenIDs + id), nil
	}
	legal, ok := f.legal(prefix + id)
	switch {
	case ok:
		return legal, nil
	case r == sink.IDKeep:
		return "", problem(identity.IDInvalid, "%s", f.words)
	}
	return prefix + f.derive(id), nil
}

func genericID(id string) (string, bool) {
	if id == "" || len(id) > maxID || strings.IndexByte("._-", id[0]) >= 0 {
		return "", false
	}
	for i := range len(id) {
		if !letterOrDigit(id[i]) && strings.IndexByte("._-", id[i]) < 0 {
			return "", false
		}
	}
	return id, true
}

// The letters and digits of ASCII, a bit for each: every character of every id is
// looked at, and comparing costs four times as much.
const (
	digitBits  = 0x03ff << '0'                               // of 0 to 63
	letterBits = 0x03ffffff<<('A'-64) | 0x03ffffff<<('a'-64) // of 64 to 127
)

func letterOrDigit(c byte) bool {
	if c < 64 {
		return uint64(digitBits)>>c&1 != 0
	}
	return c < 128 && uint64(letterBits)>>(c-64)&1 != 0
}

// nilUUID is Supabase Auth's instance, and never a person.
const nilUUID = "00000000-0000-0000-0000-000000000000"

// uuid reads the usual spelling of a UUID, of any version, and writes it in lower
// case as Postgres does. Postgres reads more spellings; they are no UUIDs to
// anybody else.
func uuid(id string) (string, bool) {
	if len(id) != len(nilUUID) {
		return "", false
	}
	for i := range len(id) {
		c, dash := id[i], nilUUID[i] == '-'
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if dash != (c == '-') || !dash && !hex {
			return "", false
		}
	}
	return strings.ToLower(id), id != nilUUID
}
