package forms

import (
	"encoding/binary"
	"strconv"
	"strings"

	"rehome/identity"
)

// PBKDF2Form is a derived key of PBKDF2 (RFC 8018 §5.2) with HMAC.
type PBKDF2Form struct {
	kind
	Name       string // the digest
	Iterations uint64
	Salt, Key  []byte
}

func pbkdf2Of(in input, name string, iterations uint64, salt, key []byte) (identity.Form, *identity.Problem) {
	if DigestSize(name) == 0 {
		return nil, lacking("the variant does not name a digest that PBKDF2 is used with (sha1, sha256, sha512, …)")
	}
	if iterations < 1 {
		return nil, lacking("PBKDF2 needs the number of iterations")
	}
	return &PBKDF2Form{kind{in.tag}, name, iterations, salt, key}, nil
}

// readPBKDF2 reads a bare derived key, hex or base64: N is the number of
// iterations, KeyLen the length, the variant names the digest and how the salt is
// written ("sha256 salt=base64").
func readPBKDF2(in input) (identity.Form, *identity.Problem) {
	name, p := WordsOf(in.params.Variant).One("")
	if p != nil {
		return nil, p
	}
	if name == "" {
		return nil, lacking("a PBKDF2 hash needs the digest it was made with (variant sha1, sha256, sha512, …)")
	}
	salt, p := Salt(in.params)
	if p != nil {
		return nil, p
	}
	key, p := ReadRaw(in.text, in.params.KeyLen)
	if p != nil {
		return nil, p
	}
	return pbkdf2Of(in, name, iterations(in.params), salt, key)
}

// readDjangoPBKDF2 reads pbkdf2_sha256$iterations$salt$base64; the salt is text.
func readDjangoPBKDF2(word, name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		part := strings.Split(in.text, "$")
		if len(part) != 4 || part[0] != word {
			return nil, malformed("the hash is not %s$iterations$salt$base64", word)
		}
		count, ok1 := number(part[1])
		key, ok2 := decodePadded(part[3])
		if !ok1 || count < 1 || part[2] == "" || !ok2 || len(key) != DigestSize(name) {
			return nil, malformed("after %s there should be a number, a salt and the digest in padded base64", word)
		}
		return pbkdf2Of(in, name, count, []byte(part[2]), key)
	}
}

// readWerkzeugPBKDF2 reads pbkdf2:sha256:iterations$salt$hex, where the salt is text
// and the digest lower-case hex. Old versions left the iterations out and meant their
// own default of the day, which must then be given as N.
func readWerkzeugPBKDF2(in input) (identity.Form, *identity.Problem) {
	method, salt, digits, p := werkzeugParts(in.text, "pbkdf2")
	if p != nil {
		return nil, p
	}
	name, count := "sha256", iterations(in.params)
	if len(method) > 0 {
		name = method[0]
	}
	if len(method) > 2 || DigestSize(name) == 0 {
		return nil, malformed("the method of the Werkzeug hash is not pbkdf2:digest:iterations")
	}
	if len(method) == 2 {
		n, ok := number(method[1])
		if !ok || n < 1 {
			return nil, malformed("the iterations of the Werkzeug hash are not a number")
		}
		count = n
	}
	if count == 0 {
		return nil, lacking("the Werkzeug hash does not say its iterations: give as N what that version used (50000, 150000, 260000, …)")
	}
	key, p := readLowerHex(digits, DigestSize(name))
	if p != nil {
		return nil, p
	}
	return pbkdf2Of(in, name, count, []byte(salt), key)
}

// readPasslibPBKDF2 reads passlib's "$pbkdf2-sha256$1000$salt$digest", whose
// base64 has "." for "+" and no padding; the key is as long as the digest.
func readPasslibPBKDF2(magic, name string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		rest, ok := strings.CutPrefix(in.text, magic)
		if !ok {
			return nil, malformed("the hash does not begin with %s", magic)
		}
		return pbkdf2Text(in, rest, name)
	}
}

// readLDAPPBKDF2 reads iterations$salt$digest as passlib writes them (OpenLDAP,
// contrib/slapd-modules/passwd/pbkdf2).
func readLDAPPBKDF2(name string, schemes ...string) reader {
	return func(in input) (identity.Form, *identity.Problem) {
		s, p := afterScheme(in.text, schemes...)
		if p != nil {
			return nil, p
		}
		if isHex(s) && len(s)%2 == 0 {
			return nil, beyond("Spring Security's {pbkdf2} does not say its iterations, its digest and its secret")
		}
		return pbkdf2Text(in, s, name)
	}
}

func pbkdf2Text(in input, s, name string) (identity.Form, *identity.Problem) {
	part := strings.Split(s, "$")
	if len(part) != 3 {
		return nil, malformed("the hash is not iterations$salt$digest behind its beginning")
	}
	count, ok1 := number(part[0])
	salt, ok2 := decode64(dottedBase64, part[1])
	key, ok3 := decode64(dottedBase64, part[2])
	if !ok1 || count < 1 || !ok2 || !ok3 || len(key) != DigestSize(name) {
		return nil, malformed("there should be a number, and salt and digest in base64 with . for + and no padding")
	}
	return pbkdf2Of(in, name, count, salt, key)
}

// readKratosPBKDF2 reads $pbkdf2-sha256$i=29000,l=32$salt$digest, unpadded base64. The
// length that counts is that of the digest.
func readKratosPBKDF2(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, "$")
	if len(part) != 5 || part[0] != "" || !strings.HasPrefix(part[1], "pbkdf2-sha") {
		return nil, malformed("the hash is not $pbkdf2-sha256$i=…,l=…$salt$digest")
	}
	i, l, ok := strings.Cut(part[2], ",l=")
	i, named := strings.CutPrefix(i, "i=")
	count, ok1 := number(i)
	_, ok2 := number(l)
	salt, ok3 := decode64(stdBase64, part[3])
	key, ok4 := decode64(stdBase64, part[4])
	if !ok || !named || !ok1 || !ok2 || !ok3 || !ok4 || count < 1 || len(key) < 8 {
		return nil, malformed("after $pbkdf2-… there should be i=…,l=…, and salt and digest in unpadded base64, the digest of at least 8 bytes")
	}
	return pbkdf2Of(in, strings.TrimPrefix(part[1], "pbkdf2-"), count, salt, key)
}

// readKeycloakPBKDF2 reads a credential of Keycloak: value and salt in base64, N
// is hashIterations, the variant its algorithm ("pbkdf2-sha256"; plain "pbkdf2"
// is SHA-1). The key may be longer than the digest: 64 bytes of SHA-256 in old
// versions (keycloak/keycloak, Pbkdf2PasswordHashProvider).
func readKeycloakPBKDF2(in input) (identity.Form, *identity.Problem) {
	word, p := WordsOf(in.params.Variant).One("")
	if p != nil {
		return nil, p
	}
	name := strings.TrimPrefix(strings.TrimPrefix(word, "pbkdf2"), "-")
	if word == "pbkdf2" {
		name = "sha1"
	}
	if name == "" {
		return nil, lacking("a Keycloak hash needs its algorithm (variant pbkdf2-sha256, pbkdf2-sha512, …)")
	}
	key, salt, p := keycloakParts(in)
	if p != nil {
		return nil, p
	}
	return pbkdf2Of(in, name, iterations(in.params), salt, key)
}

// readAspNetV3 reads ASP.NET Core Identity, version 3 (dotnet/aspnetcore,
// PasswordHasher.cs): base64 of one byte 01, then in network order the digest
// (0 SHA-1, 1 SHA-256, 2 SHA-512), the iterations and the length of the salt, each
// of four bytes, then salt and key, at least 16 bytes each.
func readAspNetV3(in input) (identity.Form, *identity.Problem) {
	b, ok := decodePadded(in.text)
	if !ok || len(b) < 13 || b[0] != 1 {
		return nil, malformed("an ASP.NET Identity hash of version 3 is padded base64 of a first byte 01 and at least 44 more")
	}
	prf, count, length := binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])
	rest := b[13:]
	if prf > 2 || length < 16 || uint64(length)+16 > uint64(len(rest)) {
		return nil, malformed("the head of the ASP.NET Identity hash names a digest or lengths that the rest does not have")
	}
	return pbkdf2Of(in, []string{"sha1", "sha256", "sha512"}[prf], uint64(count), rest[:length], rest[length:])
}

// readAspNetV2 reads ASP.NET Identity, version 2, of MVC 5 (PasswordHasher.cs, the
// same): base64 of one byte 00, 16 of salt and 32 of key: SHA-1, 1,000 iterations.
func readAspNetV2(in input) (identity.Form, *identity.Problem) {
	b, ok := decodePadded(in.text)
	if !ok || len(b) != 1+16+32 || b[0] != 0 {
		return nil, malformed("an ASP.NET Identity hash of version 2 is padded base64 of a first byte 00 and 48 more")
	}
	return pbkdf2Of(in, "sha1", 1000, b[1:17], b[17:])
}

// SCRAM is Postgres' SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, padded
// base64 (PostgreSQL, src/common/scram-common.c; RFC 5802). Postgres hashes the
// SASLprep form of a password; only what it leaves alone, as all ASCII, is right.
type SCRAM struct {
	kind
	Iterations      uint64
	Salt, StoredKey []byte
}

func readSCRAM(in input) (identity.Form, *identity.Problem) {
	form := malformed("the hash is not SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, with 32 bytes a key, in padded base64")
	part := strings.Split(in.text, "$")
	if len(part) != 3 || part[0] != "SCRAM-SHA-256" {
		return nil, form
	}
	digits, salt, ok1 := strings.Cut(part[1], ":")
	stored, server, ok2 := strings.Cut(part[2], ":")
	f := &SCRAM{kind: kind{in.tag}}
	var ok [4]bool
	f.Iterations, ok[0] = number(digits)
	f.Salt, ok[1] = decodePadded(salt)
	f.StoredKey, ok[2] = decodePadded(stored)
	serverKey, isBase64 := decodePadded(server)
	ok[3] = isBase64
	if !ok1 || !ok2 || ok != [4]bool{true, true, true, true} || f.Iterations < 1 || len(f.Salt) == 0 || len(f.StoredKey) != 32 || len(serverKey) != 32 {
		return nil, form
	}
	return f, nil
}

// MySQL323Form is MySQL's PASSWORD() before 4.1, 16 hex digits.
type MySQL323Form struct {
	kind
	Value []byte
}

func readMySQL323(in input) (identity.Form, *identity.Problem) {
	value, ok := DecodeDigest(in.text, 8)
	if !ok || len(in.text) != 16 {
		return nil, malformed("a MySQL hash from before 4.1 is 16 hex digits; this one has %d characters", len(in.text))
	}
	return &MySQL323Form{kind{in.tag}, value}, nil
}

// Plaintext is no hash but the password itself, which the operator allowed.
type Plaintext struct {
	kind
	Password identity.Secret
}

func readPlaintext(in input) (identity.Form, *identity.Problem) {
	if in.text == "" {
		return nil, malformed("there is no password where a plain one is said to be")
	}
	return &Plaintext{kind{in.tag}, identity.Secret(in.text)}, nil
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
