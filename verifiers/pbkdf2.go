package verifiers

import (
	"crypto/pbkdf2"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"rehome/identity"
)

// PBKDF2 (RFC 8018 §5.2) with HMAC, in the spellings of the programs that store
// it. Django's, Werkzeug's and LDAP's stand in their own files.

// pbkdf2Recipe is the recipe of a derived key of any length. An iteration digests
// two blocks for each digest that the key takes.
func pbkdf2Recipe(digest string, want, salt []byte, iterations uint64) (recipe, *identity.Problem) {
	newHash := newDigest(digest)
	if newHash == nil {
		return recipe{}, lacking("the variant names no digest that PBKDF2 is used with (sha1, sha256, sha512, …)")
	}
	if iterations < 1 {
		return recipe{}, lacking("PBKDF2 needs the number of iterations")
	}
	size := newHash().Size()
	derive := func(password []byte) ([]byte, error) {
		return pbkdf2.Key(newHash, string(password), salt, int(iterations), len(want))
	}
	work := times(2, iterations, uint64((len(want)+size-1)/size))
	return recipe{want: want, derive: derive, work: work}, nil
}

// readPBKDF2 reads a bare derived key, hex or base64: N is the number of
// iterations, KeyLen the length, the variant names the digest and how the salt is
// written ("sha256 salt=base64").
func readPBKDF2(h identity.Hash) (recipe, *identity.Problem) {
	w := readWords(h.Params.Variant)
	digest, p := w.one("")
	if p != nil {
		return recipe{}, p
	}
	if digest == "" {
		return recipe{}, lacking("a PBKDF2 hash needs the digest it was made with (variant sha1, sha256, sha512, …)")
	}
	salt, p := readSalt(h.Params)
	if p != nil {
		return recipe{}, p
	}
	want, p := readRaw(h.Encoded, h.Params.KeyLen)
	if p != nil {
		return recipe{}, p
	}
	return pbkdf2Recipe(digest, want, salt, iterations(h.Params))
}

// iterations is N, nought where it is none.
func iterations(p identity.Params) uint64 { return uint64(max(0, p.N)) }

// readKeycloakPBKDF2 reads a credential of Keycloak: value and salt in base64, N
// is hashIterations, the variant its algorithm ("pbkdf2-sha256"; plain "pbkdf2"
// is SHA-1). The key may be longer than the digest: 64 bytes of SHA-256 in old
// versions (keycloak/keycloak, Pbkdf2PasswordHashProvider).
func readKeycloakPBKDF2(h identity.Hash) (recipe, *identity.Problem) {
	name, p := readWords(h.Params.Variant).one("")
	if p != nil {
		return recipe{}, p
	}
	digest := strings.TrimPrefix(strings.TrimPrefix(name, "pbkdf2"), "-")
	if name == "pbkdf2" {
		digest = "sha1"
	}
	if digest == "" {
		return recipe{}, lacking("a Keycloak hash needs its algorithm (variant pbkdf2-sha256, pbkdf2-sha512, …)")
	}
	want, salt, p := keycloakParts(h)
	if p != nil {
		return recipe{}, p
	}
	return pbkdf2Recipe(digest, want, salt, iterations(h.Params))
}

// keycloakParts are value and salt, as both of Keycloak's families store them.
func keycloakParts(h identity.Hash) (want, salt []byte, p *identity.Problem) {
	salt, ok := decodePadded(string(h.Params.Salt))
	if !ok || len(salt) == 0 {
		return nil, nil, lacking("a Keycloak hash needs its salt, in base64")
	}
	want, ok = decodePadded(string(h.Encoded))
	if !ok || len(want) < 8 {
		return nil, nil, malformed("the value is not padded base64 of at least 8 bytes; it has %d characters", len(h.Encoded))
	}
	return want, salt, nil
}

// readAspNetV3 reads ASP.NET Core Identity, version 3 (dotnet/aspnetcore,
// PasswordHasher.cs): base64 of one byte 01, then in network order the digest
// (0 SHA-1, 1 SHA-256, 2 SHA-512), the iterations and the length of the salt, each
// of four bytes, then salt and key, at least 16 bytes each.
func readAspNetV3(h identity.Hash) (recipe, *identity.Problem) {
	b, ok := decodePadded(string(h.Encoded))
	if !ok || len(b) < 13 || b[0] != 1 {
		return recipe{}, malformed("an ASP.NET Identity hash of version 3 is padded base64 of a first byte 01 and at least 44 more")
	}
	prf, count, length := binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])
	rest := b[13:]
	if prf > 2 || length < 16 || uint64(length)+16 > uint64(len(rest)) {
		return recipe{}, malformed("the head of the ASP.NET Identity hash names no digest, or lengths that the rest has not")
	}
	digest := []string{"sha1", "sha256", "sha512"}[prf]
	return pbkdf2Recipe(digest, rest[length:], rest[:length], uint64(count))
}

// readPasslibPBKDF2 reads passlib's "$pbkdf2-sha256$1000$salt$digest", whose
// base64 has "." for "+" and no padding; the key is as long as the digest.
func readPasslibPBKDF2(magic, digest string) reader {
	return func(h identity.Hash) (recipe, *identity.Problem) {
		return pbkdf2Text(string(h.Encoded), magic, digest)
	}
}

// pbkdf2Text reads what follows magic: iterations$salt$digest.
func pbkdf2Text(s, magic, digest string) (recipe, *identity.Problem) {
	rest, ok := strings.CutPrefix(s, magic)
	part := strings.Split(rest, "$")
	if !ok || len(part) != 3 {
		return recipe{}, malformed("the hash is not %siterations$salt$digest", magic)
	}
	count, ok1 := number(part[0])
	salt, ok2 := decode64(dottedBase64, part[1])
	want, ok3 := decode64(dottedBase64, part[2])
	if !ok1 || count < 1 || !ok2 || !ok3 || len(want) != newDigest(digest)().Size() {
		return recipe{}, malformed("after %s stand a number, and salt and digest in base64 with . for + and no padding", magic)
	}
	return pbkdf2Recipe(digest, want, salt, count)
}

// dottedBase64 is passlib's "adapted" base64.
var dottedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./").WithPadding(base64.NoPadding).Strict()
