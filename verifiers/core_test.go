package verifiers

import (
	"bytes"
	"encoding/hex"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"rehome/identity"
)

// RFC 9106 §5: all three kinds, with secret and associated data.
func TestArgon2Core(t *testing.T) {
	in := argon2Input{
		password: bytes.Repeat([]byte{1}, 32), salt: bytes.Repeat([]byte{2}, 16),
		secret: bytes.Repeat([]byte{3}, 8), data: bytes.Repeat([]byte{4}, 12),
	}
	for kind, want := range map[argon2Kind]string{
		argon2d:  "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
		argon2i:  "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
		argon2id: "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
	} {
		core := argon2Core{kind: kind, version: argon2v13, memory: 32, passes: 3, lanes: 4}
		if got := hex.EncodeToString(core.key(in, 32)); got != want {
			t.Errorf("kind %d: %s, want %s", kind, got, want)
		}
	}
}

// Where golang.org/x/crypto computes, ours is the same: odd memory, several
// lanes, digests shorter and longer than a block of BLAKE2b.
func TestArgon2CoreAgrees(t *testing.T) {
	in := argon2Input{password: []byte("password"), salt: []byte("somesalt")}
	for _, lanes := range []uint32{1, 2, 3, 7} {
		for _, memory := range []uint32{8 * lanes, 8*lanes + 5, 300, 1025} {
			for _, size := range []uint32{4, 32, 64, 65, 96, 97, 128} {
				core := argon2Core{version: argon2v13, memory: memory, passes: 2, lanes: lanes}
				core.kind = argon2id
				if !bytes.Equal(core.key(in, size), argon2.IDKey(in.password, in.salt, 2, memory, uint8(lanes), size)) {
					t.Errorf("argon2id m=%d p=%d size %d differs", memory, lanes, size)
				}
				core.kind = argon2i
				if !bytes.Equal(core.key(in, size), argon2.Key(in.password, in.salt, 2, memory, uint8(lanes), size)) {
					t.Errorf("argon2i m=%d p=%d size %d differs", memory, lanes, size)
				}
			}
		}
	}
}

// RFC 6986 §10.1.2 and §10.2.2.
func TestStreebog(t *testing.T) {
	long, err := hex.DecodeString("d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"012345678901234567890123456789012345678901234567890123456789012": "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
		string(long): "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50",
	} {
		s := newStreebog256()
		s.Write([]byte(text))
		if got := hex.EncodeToString(s.Sum(nil)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Ours is golang.org/x/crypto/bcrypt's where that is right.
func TestBcryptAgrees(t *testing.T) {
	for _, password := range []string{"", "a", "password", "p\u00e4ssw\u00f6rt", string(bytes.Repeat([]byte("0123456789"), 7)) + "01", "nul\x00inside"} {
		made, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := Verify(identity.Hash{Algorithm: identity.Bcrypt, Encoded: identity.Secret(made)}, password); !ok || err != nil {
			t.Errorf("%q: another digest (%v)", password, err)
		}
	}
}

func TestTimes(t *testing.T) {
	if got := times(1<<40, 1<<40); got != 1<<64-1 {
		t.Errorf("a product that overflows is %d", got)
	}
	if got := times(3, 5, 7); got != 105 {
		t.Errorf("3·5·7 is %d", got)
	}
}
