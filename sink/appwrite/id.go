package appwrite

import (
	"fmt"
	"strings"

	"rehome/identity"
	"rehome/sink"
)

// maxID is the longest id that every database under Appwrite takes
// (utopia-php/database, validator Key); MongoDB alone would take 255.
const maxID = 36

// maxPrefix leaves a derived id at least 100 bits.
const maxPrefix = 16

// checkRule refuses a rule that could not give a legal id.
func checkRule(r sink.IDRule) error {
	prefix, ok := r.Prefix()
	switch {
	case ok && legalID(prefix+"0") && len(prefix) > 0 && len(prefix) <= maxPrefix:
		return nil
	case ok:
		return fmt.Errorf("appwrite: the prefix of ids must be 1 to %d of A-Z a-z 0-9 . _ - and begin with a letter or digit", maxPrefix)
	case r.Known():
		return nil
	}
	return fmt.Errorf("appwrite: unknown rule %q for ids; use auto, keep, prefix:… or uuid", string(r))
}

// idOf is the id of a user whose id at the source is id.
func idOf(r sink.IDRule, id string) (string, *identity.Problem) {
	prefix, prefixed := r.Prefix()
	if !prefixed {
		prefix = ""
	}
	switch {
	case id == "":
		return "", problem(identity.IDMissing, "the user has no id")
	case r == sink.IDUUID:
		return sink.DerivedUUID(id), nil
	case legalID(prefix + id):
		return prefix + id, nil
	case r == sink.IDKeep:
		return "", problem(identity.IDInvalid, "Appwrite takes ids of 1 to %d characters of A-Z a-z 0-9 . _ - that begin with a letter or digit, and neither \"identities\" nor \"usage\" nor \"0\"", maxID)
	case prefixed:
		return prefix + sink.DerivedID(id)[:maxID-len(prefix)], nil
	}
	return sink.DerivedID(id), nil
}

// spareID is the derived id of a user whose own one may be taken at the target in
// another letter case; "" where the rule allows no other.
func spareID(r sink.IDRule, id, source string) string {
	prefix, prefixed := r.Prefix()
	if !prefixed {
		prefix = ""
	}
	spare := prefix + sink.DerivedID(source)[:maxID-len(prefix)]
	if r == sink.IDUUID || r == sink.IDKeep || spare == id || source == "" {
		return ""
	}
	return spare
}

// spare is spareID of the user: "" once it is the id. It is derived when an id was
// found taken, and not for everybody in a survey.
func (p plan) spare() string { return spareID(p.rule, p.id, p.source) }

// legalID tells whether the target takes an id and can give the user back by it:
// "identities" and "usage" are taken by the server but name other routes of it
// (our recordings, create/plain/id-named-*). PHP takes "0" for no id at all, and
// the server answers 500 to it.
func legalID(id string) bool {
	if id == "" || id == "0" || len(id) > maxID || strings.IndexByte("._-", id[0]) >= 0 {
		return false
	}
	for i := range len(id) {
		if !letterOrDigit(id[i]) && strings.IndexByte("._-", id[i]) < 0 {
			return false
		}
	}
	return !strings.EqualFold(id, "identities") && !strings.EqualFold(id, "usage")
}

func letterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
