package rehearsal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"

	phc "golang.org/x/crypto/argon2"

	"rehome/identity"
)

// hasher makes the strings that Appwrite stores for plain passwords, and verifies
// others, few at a time: each takes 64 MiB or more.
//
// The strings are real and verify anywhere. But rehearsals try one password on
// thousands of users, and one string costs a tenth of a second, so a password
// is hashed with turns different salts, which then take turns.
type hasher struct {
	make  func(password string) string
	hold  func(bytes uint64) (release func())
	slots chan struct{}
	key   [32]byte

	mu    sync.Mutex
	known map[[32]byte]*made // by a keyed digest: no password is kept
}

// made are the strings made of one password.
type made struct {
	texts []string
	calls int
}

const (
	turns     = 4
	mostKnown = 1024

	madeMemory = 64 << 20 // of argon2id, see there
)

func newHasher(key [32]byte, hold func(uint64) func()) *hasher {
	if hold == nil {
		hold = func(uint64) func() { return func() {} }
	}
	return &hasher{make: argon2id, hold: hold, slots: make(chan struct{}, hashers()), key: key, known: map[[32]byte]*made{}}
}

func (h *hasher) hash(password string) string {
	id := h.prove("", password)
	if s := h.again(id); s != "" {
		return s
	}
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	defer h.hold(madeMemory)()
	s := h.make(password)
	h.keep(id, s)
	return s
}

// again is a string that was made of the password before, once there are enough.
func (h *hasher) again(id [32]byte) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.known[id]
	if m == nil || len(m.texts) < turns {
		return ""
	}
	m.calls++
	return m.texts[m.calls%turns]
}

func (h *hasher) keep(id [32]byte, s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.known) >= mostKnown {
		clear(h.known)
	}
	if h.known[id] == nil {
		h.known[id] = &made{}
	}
	if m := h.known[id]; len(m.texts) < turns {
		m.texts = append(m.texts, s)
	}
}

// verify asks the verifier, in turn with the rest: a hash may ask for a gibibyte.
func (h *hasher) verify(f func(identity.Hash, string) (bool, error), hash identity.Hash, password string) (bool, error) {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	return f(hash, password)
}

// prove ties a password to the string that was made of it, under a key that
// lives and dies with the server. It spares the second login the work.
func (h *hasher) prove(stored, password string) (proof [32]byte) {
	mac := hmac.New(sha256.New, h.key[:])
	mac.Write([]byte(stored))
	mac.Write([]byte{0})
	mac.Write([]byte(password))
	mac.Sum(proof[:0])
	return proof
}

// argon2id is PHP's password_hash with the options Appwrite uses in every
// version: m=65536, t=4, p=3. The salt is 16 characters of base64 text, as
// PHP's own is.
func argon2id(password string) string {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	enc := base64.RawStdEncoding
	salt := []byte(enc.EncodeToString(raw))
	key := phc.IDKey([]byte(password), salt, 4, 65536, 3, 32)
	return "$argon2id$v=19$m=65536,t=4,p=3$" + enc.EncodeToString(salt) + "$" + enc.EncodeToString(key)
}

// rehash gives u, a copy not yet stored, the hash of a plain password, and the
// proof that answers the next login.
func (s *Server) rehash(u *user, password string) {
	u.hash, u.password, u.options = argon2, s.hasher.hash(password), s.plainOptions()
	u.set(hasPassword, true)
	u.own().proof = s.hasher.prove(u.password, password)
}

// proven reports whether this server has seen the password make the string.
func (s *Server) proven(u *user, password string) bool {
	known := u.extra().proof
	sum := s.hasher.prove(u.password, password)
	return known != [32]byte{} && hmac.Equal(known[:], sum[:])
}
