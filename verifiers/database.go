package verifiers

import (
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	//lint:ignore SA1019 the digest of hashes that exist; nothing new is made with it
	"golang.org/x/crypto/md4"

	"rehome/identity"
)

// Hashes of databases and of Windows.

// readMySQL41: "*" and hex of SHA-1(SHA-1(password)), MySQL's PASSWORD() since
// 4.1; the star may be lost.
func readMySQL41(h identity.Hash) (recipe, *identity.Problem) {
	s := strings.TrimPrefix(string(h.Encoded), "*")
	want, err := hex.DecodeString(s)
	if err != nil || len(want) != sha1.Size {
		return recipe{}, malformed("a MySQL hash is * and 40 hex digits; this one has %d characters", len(h.Encoded))
	}
	derive := func(password []byte) ([]byte, error) { return sum(sha1.New, sum(sha1.New, password)), nil }
	return recipe{want: want, derive: derive, work: 2}, nil
}

// readMySQL323: 16 hex digits, MySQL's PASSWORD() before 4.1.
func readMySQL323(h identity.Hash) (recipe, *identity.Problem) {
	want, err := hex.DecodeString(string(h.Encoded))
	if err != nil || len(want) != 8 {
		return recipe{}, malformed("a MySQL hash from before 4.1 is 16 hex digits; this one has %d characters", len(h.Encoded))
	}
	derive := func(password []byte) ([]byte, error) { return mysql323(password), nil }
	return recipe{want: want, derive: derive, work: 1}, nil
}

// mysql323 is hash_password of MySQL 3.23: two running sums of 31 bits; blanks and
// tabs do not count.
func mysql323(password []byte) []byte {
	a, b, add := uint32(1345345333), uint32(0x12345671), uint32(7)
	for _, c := range password {
		if c == ' ' || c == '\t' {
			continue
		}
		a ^= (a&63+add)*uint32(c) + a<<8
		b += b<<8 ^ a
		add += uint32(c)
	}
	out := binary.BigEndian.AppendUint32(nil, a&(1<<31-1))
	return binary.BigEndian.AppendUint32(out, b&(1<<31-1))
}

// readPostgresMD5: "md5" and lower-case hex of MD5(password role); the role's name
// is the salt.
func readPostgresMD5(h identity.Hash) (recipe, *identity.Problem) {
	digits, ok := strings.CutPrefix(string(h.Encoded), "md5")
	if !ok {
		return recipe{}, malformed("a Postgres hash begins with md5")
	}
	want, p := readLowerHex(digits, md5.Size)
	if p != nil {
		return recipe{}, p
	}
	role, p := readSalt(h.Params)
	derive := func(password []byte) ([]byte, error) { return sum(md5.New, password, role), nil }
	return recipe{want: want, derive: derive, work: 1}, p
}

// readPostgresSCRAM: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, padded
// base64 (PostgreSQL, src/common/scram-common.c; RFC 5802). Postgres hashes the
// SASLprep form of a password; only what it leaves alone, as all ASCII, is right
// here.
func readPostgresSCRAM(h identity.Hash) (recipe, *identity.Problem) {
	part := strings.FieldsFunc(strings.TrimPrefix(string(h.Encoded), "SCRAM-SHA-256$"), func(r rune) bool { return r == '$' || r == ':' })
	if len(part) != 4 || "SCRAM-SHA-256$"+part[0]+":"+part[1]+"$"+part[2]+":"+part[3] != string(h.Encoded) {
		return recipe{}, malformed("the hash is not SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey")
	}
	count, ok1 := number(part[0])
	salt, ok2 := decodePadded(part[1])
	want, ok3 := decodePadded(part[2])
	server, ok4 := decodePadded(part[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || count < 1 || len(want) != sha256.Size || len(server) != sha256.Size {
		return recipe{}, malformed("the hash is not a number, and salt and two keys of 32 bytes in padded base64")
	}
	derive := func(password []byte) ([]byte, error) {
		salted, err := pbkdf2.Key(sha256.New, string(password), salt, int(count), sha256.Size)
		if err != nil {
			return nil, err
		}
		return sum(sha256.New, hmacSHA256(salted, []byte("Client Key"))), nil
	}
	return recipe{want: want, derive: derive, work: times(2, count)}, nil
}

// readNTHash: hex of MD4 of the password in UTF-16LE, as Windows and Samba keep
// it; "$3$$" before it is FreeBSD's.
func readNTHash(h identity.Hash) (recipe, *identity.Problem) {
	want, p := readDigest(identity.Secret(strings.TrimPrefix(string(h.Encoded), "$3$$")), md4.Size)
	derive := func(password []byte) ([]byte, error) {
		return sum(md4.New, utf16Text(binary.LittleEndian, password)), nil
	}
	return recipe{want: want, derive: derive, work: 1}, p
}
