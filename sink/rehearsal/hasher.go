package rehearsal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	phc "golang.org/x/crypto/argon2"

	"rehome/identity"
)

// hasher makes the strings that Appwrite stores for plain passwords, and verifies
// others, few at a time: each takes 64 MiB or more.
type hasher struct {
	make  func(password string) string
	slots chan struct{}
}

func newHasher(own func(string) string) *hasher {
	if own == nil {
		own = argon2id
	}
	return &hasher{make: own, slots: make(chan struct{}, hashers())}
}

func (h *hasher) hash(password string) string {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	return h.make(password)
}

// verify asks the verifier, in turn with the rest: a hash may ask for a gibibyte.
func (h *hasher) verify(f func(identity.Hash, string) (bool, error), hash identity.Hash, password string) (bool, error) {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	return f(hash, password)
}

// argon2id is PHP's password_hash with Appwrite's options. PHP's salt is 16
// random bytes of base64 text, as Appwrite makes it itself.
func argon2id(password string) string {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	salt := []byte(base64.RawStdEncoding.EncodeToString(raw))
	key := phc.IDKey([]byte(password), salt, 4, 65536, 3, 32)
	enc := base64.RawStdEncoding
	return "$argon2id$v=19$m=65536,t=4,p=3$" + enc.EncodeToString(salt) + "$" + enc.EncodeToString(key)
}

// rehash gives u, a copy not yet stored, the hash of a plain password, and the
// proof that answers the next login without computing it again.
func (s *Server) rehash(u *user, password string) {
	u.hash, u.password, u.options = argon2, s.hasher.hash(password), s.plainOptions()
	u.set(hasPassword, true)
	u.own().proof = s.prove(u.password, password)
}

// prove ties a password to the string that was made of it, under a key that
// lives and dies with this server. It spares the second login 64 MiB of work.
func (s *Server) prove(stored, password string) (proof [32]byte) {
	mac := hmac.New(sha256.New, s.secret[:])
	mac.Write([]byte(stored))
	mac.Write([]byte{0})
	mac.Write([]byte(password))
	mac.Sum(proof[:0])
	return proof
}

// proven reports whether this server has seen the password make the string.
func (s *Server) proven(u *user, password string) bool {
	known := u.extra().proof
	sum := s.prove(u.password, password)
	return known != [32]byte{} && hmac.Equal(known[:], sum[:])
}
