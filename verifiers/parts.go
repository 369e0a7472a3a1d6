package verifiers

import (
	"encoding/hex"
	"strings"

	"rehome/identity"
)

// Hashes that their programs store in pieces, or without their settings.

// readBetterAuth reads better-auth's scrypt, "salt:key" in hex: N=16384, r=16,
// p=1, 64 bytes. The salt is used as its text (better-auth/better-auth,
// packages/better-auth/src/crypto/password.ts). It hashes the NFKC form of the
// password; see Spellings.
func readBetterAuth(h identity.Hash) (recipe, *identity.Problem) {
	salt, key, ok := strings.Cut(string(h.Encoded), ":")
	want, err := hex.DecodeString(key)
	if !ok || salt == "" || err != nil || len(want) != 64 {
		return recipe{}, malformed("a better-auth hash is salt:key with a key of 128 hex digits")
	}
	return scryptCost{n: 16384, r: 16, p: 1}.recipe(want, []byte(salt)), nil
}

// readFusionAuthBcrypt reads bcrypt in FusionAuth's columns: the digest of 31
// characters, Salt of 22, N its factor.
func readFusionAuthBcrypt(h identity.Hash) (recipe, *identity.Problem) {
	n := iterations(h.Params)
	if h.Params.Salt == "" || n == 0 {
		return recipe{}, lacking("a FusionAuth bcrypt hash needs its salt and its factor (as N)")
	}
	if n < 4 || n > 31 {
		return recipe{}, lacking("the factor of a bcrypt hash is 4 to 31")
	}
	b, p := parseBcryptParts('a', twoDigits(n), string(h.Params.Salt), string(h.Encoded))
	if p != nil {
		return recipe{}, p
	}
	return b.recipe(func(password []byte) []byte { return password }), nil
}

// readKeycloakArgon2 reads a credential of Keycloak 25 and later: value and salt
// in base64, N the memory in KiB, R hashIterations, P the parallelism; the variant
// has the type and version where they are not "id" and "1.3".
func readKeycloakArgon2(h identity.Hash) (recipe, *identity.Problem) {
	want, salt, p := keycloakParts(h)
	if p != nil {
		return recipe{}, p
	}
	a := argon2Hash{kind: argon2id, version: argon2v13, salt: salt, digest: want}
	for _, word := range readWords(h.Params.Variant).rest {
		switch word {
		case "id":
			a.kind = argon2id
		case "i":
			a.kind = argon2i
		case "d":
			a.kind = argon2d
		case "1.3":
			a.version = argon2v13
		case "1.0":
			a.version = argon2v10
		default:
			return recipe{}, lacking("the variant has a word that is none of Keycloak's types id, i, d and versions 1.3, 1.0")
		}
	}
	q := h.Params
	if q.N < 1 || q.R < 1 || q.P < 1 || uint64(q.N) < times(8, uint64(q.P)) || uint64(max(q.N, q.R, q.P)) > 1<<32-1 {
		return recipe{}, lacking("a Keycloak argon2 hash needs its memory in KiB (N, at least 8 a lane), iterations (R) and parallelism (P)")
	}
	a.memory, a.passes, a.lanes = uint64(q.N), uint64(q.R), uint64(q.P)
	return a.recipe()
}
