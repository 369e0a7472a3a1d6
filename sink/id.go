package sink

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// IDRule says what id a user has at the target.
//
//	auto       the source's id where the target allows it, else one derived from it
//	keep       the source's id; users whose id the target does not allow are blocked
//	prefix:X   the source's id after X, or X and a derived one
//	uuid       a UUID derived from the source's id
//
// All rules are functions of the source's id alone: a user has the same id at
// every run. Which ids are allowed, and which rules make sense, is the target's
// matter.
type IDRule string

// The rules that take no argument. The empty IDRule is IDAuto.
const (
	IDAuto IDRule = "auto"
	IDKeep IDRule = "keep"
	IDUUID IDRule = "uuid"
)

// Known reports whether there is such a rule.
func (r IDRule) Known() bool {
	_, prefixed := r.Prefix()
	return prefixed || r == "" || r == IDAuto || r == IDKeep || r == IDUUID
}

// Prefix is what the rule puts before ids; false for rules that put nothing there.
func (r IDRule) Prefix() (string, bool) { return strings.CutPrefix(string(r), "prefix:") }

// DerivedIDLength is the length of a derived id in characters.
const DerivedIDLength = 36

// DerivedID is 180 bits of the id's SHA-256 as 36 lower-case letters and digits;
// one case only, since some targets compare ids without regard to case. Among
// five million users the odds of two equal ones are 1 in 10^41.
func DerivedID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:DerivedIDLength]
}

// uuidSpace is the namespace of our UUIDs: itself the UUIDv5 of "rehome" in the
// namespace of names under DNS (RFC 9562, appendix A).
const uuidSpace = "\x3f\x29\xea\x5f\x13\xbb\x53\xad\x9f\x70\x93\xb5\x65\x81\x8e\xb1"

// DerivedUUID is the UUIDv5 of an id (RFC 9562, section 5.5): 122 bits of SHA-1.
func DerivedUUID(id string) string {
	sum := sha1.Sum([]byte(uuidSpace + id))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
