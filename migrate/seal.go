package migrate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"sync"

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

// sealer makes seals. Several goroutines may at once.
type sealer struct {
	key []byte
	mac *sync.Pool // *stamp
}

func newSealer(key []byte) sealer {
	return sealer{key, &sync.Pool{New: func() any { return newStamp(key) }}}
}

// stamp is a MAC with room for what it is of: making one anew costs as much as the
// seal.
type stamp struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

func newStamp(key []byte) *stamp { return &stamp{mac: hmac.New(sha256.New, key)} }

// digits is the seal of the text.
func (m *stamp) digits() sealText {
	m.mac.Reset()
	m.mac.Write(m.text)
	m.sum = m.mac.Sum(m.sum[:0])
	return digits(m.sum)
}

func digits(sum []byte) (d sealText) {
	hex.Encode(d[:], sum[:sealLength])
	return d
}

func (s sealer) seal(targetID string, state sink.State) Seals {
	return Seals{
		Credential: s.one("credential", targetID, state.Credential),
		Profile:    s.one("profile", targetID, state.Profile),
	}
}

func (s sealer) one(half, targetID string, text identity.Secret) string {
	m := s.mac.Get().(*stamp)
	defer s.mac.Put(m)
	m.text = append(append(m.text[:0], half...), ' ')
	m.text = append(strconv.AppendInt(m.text, int64(len(targetID)), 10), ':')
	m.text = append(append(m.text, targetID...), ' ')
	m.text = append(m.text, text...)
	d := m.digits()
	return string(d[:])
}
