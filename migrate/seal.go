package migrate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"rehome/identity"
	"rehome/sink"
)

// Seals are what a ledger keeps of a user that landed: 8 bytes of HMAC-SHA-256
// under a random key of the run, one over the credential and one over the rest.
// They tell later whether the target still holds what was landed, and which half
// changed, without the source and without a secret in the ledger.
type Seals struct{ Credential, Profile string } // 16 hex digits each

// sealLength is in bytes. A seal guards against nothing but coincidence, so 64
// bits do.
const sealLength = 8

type sealer struct{ key []byte }

func (s sealer) seal(targetID string, state sink.State) Seals {
	return Seals{
		Credential: s.one("credential", targetID, state.Credential),
		Profile:    s.one("profile", targetID, state.Profile),
	}
}

func (s sealer) one(half, targetID string, text identity.Secret) string {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "%s %d:%s ", half, len(targetID), targetID)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:sealLength])
}
