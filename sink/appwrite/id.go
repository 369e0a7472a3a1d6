package appwrite

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"rehome/identity"
)

// IDRule says what id a user has at the target.
//
//	auto       the source's id where the target allows it, else one derived from it
//	keep       the source's id; users whose id the target does not allow are blocked
//	prefix:X   the source's id after X, or X and a derived one
//	uuid       a UUID derived from the source's id
//
// All rules are functions of the source's id alone: a user has the same id at
// every run.
type IDRule string

// The rules that take no argument. The empty IDRule is IDAuto.
const (
	IDAuto IDRule = "auto"
	IDKeep IDRule = "keep"
	IDUUID IDRule = "uuid"
)

const idPrefix = "prefix:"

// maxID is the longest id that every database under Appwrite takes
// (utopia-php/database, validator Key); MongoDB alone would take 255.
const maxID = 36

// maxPrefix leaves a derived id at least 100 bits.
const maxPrefix = 16

// check refuses a rule that could not give a legal id.
func (r IDRule) check() error {
	prefix, ok := strings.CutPrefix(string(r), idPrefix)
	switch {
	case ok && legalID(prefix+"0") && len(prefix) > 0 && len(prefix) <= maxPrefix:
		return nil
	case ok:
		return fmt.Errorf("appwrite: the prefix of ids must be 1 to %d of A-Z a-z 0-9 . _ - and begin with a letter or digit", maxPrefix)
	case r == "" || r == IDAuto || r == IDKeep || r == IDUUID:
		return nil
	}
	return fmt.Errorf("appwrite: unknown rule %q for ids; use auto, keep, prefix:… or uuid", string(r))
}

// of is the id of a user whose id at the source is id.
func (r IDRule) of(id string) (string, *identity.Problem) {
	prefix, prefixed := strings.CutPrefix(string(r), idPrefix)
	if !prefixed {
		prefix = ""
	}
	switch {
	case id == "":
		return "", problem(identity.IDMissing, "the user has no id")
	case r == IDUUID:
		return uuidOf(id), nil
	case legalID(prefix + id):
		return prefix + id, nil
	case r == IDKeep:
		return "", problem(identity.IDInvalid, "Appwrite takes ids of 1 to %d characters of A-Z a-z 0-9 . _ - that begin with a letter or digit, and neither \"identities\" nor \"usage\"", maxID)
	case prefixed:
		return prefix + derivedID(id)[:maxID-len(prefix)], nil
	}
	return derivedID(id), nil
}

// legalID tells whether the target takes an id and can give the user back by it:
// "identities" and "usage" are taken by the server but name other routes of it
// (our recordings, create/plain/id-named-*).
func legalID(id string) bool {
	if id == "" || len(id) > maxID || strings.IndexByte("._-", id[0]) >= 0 {
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

// derivedID is 180 bits of the id's SHA-256 as 36 lower-case letters and digits;
// one case only, since ids at the target are unique without regard to case. Among
// five million users the odds of two equal ones are 1 in 10^41.
func derivedID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:maxID]
}

// uuidSpace is the namespace of our UUIDs: itself the UUIDv5 of "rehome" in the
// namespace of names under DNS (RFC 9562, appendix A).
const uuidSpace = "\x3f\x29\xea\x5f\x13\xbb\x53\xad\x9f\x70\x93\xb5\x65\x81\x8e\xb1"

// uuidOf is the UUIDv5 of an id (RFC 9562, section 5.5): 122 bits of SHA-1.
func uuidOf(id string) string {
	sum := sha1.Sum([]byte(uuidSpace + id))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
