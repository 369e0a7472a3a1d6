package verifiers_test

import (
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/verifiers"
)

// No problem, error or note repeats any part of a hash, salt, key or password,
// whatever the text is taken for.
func TestNothingSecretIsSaid(t *testing.T) {
	vectors := readVectors(t, "vectors.jsonl")
	for i := 0; i < len(vectors); i += 7 {
		v := vectors[i]
		h := v.hash()
		var said []string
		for _, tag := range verifiers.Algorithms() {
			for _, params := range []identity.Params{h.Params, {}, {Variant: v.Hash, Salt: h.Encoded, SignerKey: h.Encoded, N: 1024, R: 8, P: 1}} {
				if p := verifiers.Check(identity.Hash{Algorithm: tag, Encoded: h.Encoded, Params: params}); p != nil {
					said = append(said, p.Detail, p.Error())
				}
			}
		}
		if p := verifiers.Check(identity.Hash{Algorithm: identity.Algorithm(v.Hash), Encoded: h.Encoded}); p != nil {
			said = append(said, p.Detail)
		}
		for _, c := range forms.Identify(v.Hash) {
			said = append(said, c.Note)
		}
		for _, secret := range []string{v.Hash, v.Params.Salt, v.Params.SaltBase64, v.Params.SignerKey, v.Params.KeyBase64} {
			for _, text := range said {
				if part := shared(text, secret, 9); part != "" {
					t.Fatalf("%s: %q holds %q", v.ID, text, part)
				}
			}
		}
	}
}

// shared is a part of secret of n characters that text holds.
func shared(text, secret string, n int) string {
	for i := 0; i+n <= len(secret); i++ {
		if part := secret[i : i+n]; strings.Contains(text, part) && !strings.Contains(magic, part) {
			return part
		}
	}
	return ""
}

// magic is what hashes begin with, or have in them for everybody to see.
const magic = "$bcrypt-sha256$v=2,t=2b,r= $pbkdf2-sha256$ $pbkdf2-sha512$ pbkdf2:sha256:1000$ pbkdf2_sha256$1000$ pbkdf2_sha1$1000$ " +
	"bcrypt_sha256$$2b$ argon2$argon2id$v=19$m= $argon2id$v=19$m= $argon2i$v=19$m= $argon2d$v=19$m= fakeHash:salt=fakeSalt {PBKDF2-SHA256}10000$ $md5,rounds= {CLEARTEXT}password"
