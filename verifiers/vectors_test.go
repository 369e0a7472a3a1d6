package verifiers_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/verifiers"
)

// vector is a line of vectors.jsonl or public-vectors.jsonl.
type vector struct {
	ID           string  `json:"id"`
	Algo         string  `json:"algo"`
	Params       params  `json:"params"`
	Password     *string `json:"password"`
	PasswordHex  string  `json:"password_hex"`
	Hash         string  `json:"hash"`
	ShouldVerify bool    `json:"should_verify"`
	Malformed    bool    `json:"malformed"`
	Note         string  `json:"note"`
}

// params are the parameters in the vectors' own names.
type params struct {
	Version                     string
	Salt                        string
	SaltBase64                  string `json:"salt_base64"`
	CPU, Memory, Parallel       int
	Length                      int
	Separator                   string `json:"salt_separator"`
	SignerKey                   string `json:"signer_key"`
	Rounds                      int
	MemCost                     uint `json:"mem_cost"`
	Digest                      string
	Iterations, HashIterations  int
	Algorithm, User, Order, Prf string
	KeyBase64                   string `json:"key_base64"`
}

// hash maps a vector to a Hash.
func (v vector) hash() identity.Hash {
	h := identity.Hash{Algorithm: identity.Algorithm(v.Algo), Encoded: identity.Secret(v.Hash)}
	p := v.Params
	switch v.Algo {
	case "none":
		h.Algorithm = identity.None
	case "sha":
		h.Params = identity.Params{Variant: p.Version}
	case "scrypt":
		h.Params = identity.Params{Salt: identity.Secret(p.Salt), N: p.CPU, R: p.Memory, P: p.Parallel, KeyLen: p.Length}
		if p.SaltBase64 != "" {
			h.Params.Salt, h.Params.Variant = identity.Secret(p.SaltBase64), "salt=base64"
		}
	case "scrypt-modified":
		h.Algorithm = identity.ScryptFirebase
		h.Params = identity.Params{
			Salt: identity.Secret(p.Salt), SaltSeparator: identity.Secret(p.Separator), SignerKey: identity.Secret(p.SignerKey),
			N: 1 << p.MemCost, R: p.Rounds,
		}
	case "pbkdf2-raw":
		h.Params = identity.Params{N: p.Iterations, KeyLen: p.Length, Salt: identity.Secret(p.SaltBase64), Variant: p.Digest + " salt=base64"}
	case "keycloak-pbkdf2":
		h.Params = identity.Params{N: p.HashIterations, Salt: identity.Secret(p.SaltBase64), Variant: p.Algorithm}
	case "postgres-md5":
		h.Params = identity.Params{Salt: identity.Secret(p.User)}
	case "salted-md5", "salted-sha256":
		h.Params = identity.Params{Salt: identity.Secret(p.Salt), Variant: p.Order}
	case "hmac-sha256":
		h.Params = identity.Params{SignerKey: identity.Secret(p.KeyBase64), Variant: "key=base64"}
	}
	return h
}

// spaced are the damaged vectors with white space around a right hash. Who reads a
// hash leaves it aside; who writes the hash anew writes it without.
func (v vector) spaced() bool { return strings.HasPrefix(v.Note, "whitespace: ") }

func (v vector) password(t testing.TB) string {
	if v.Password != nil {
		return *v.Password
	}
	b, err := hex.DecodeString(v.PasswordHex)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readVectors(t testing.TB, name string) []vector {
	var all []vector
	for i, line := range bytes.Split(bytes.TrimSpace(fixtures.Read("vectors/"+name)), []byte("\n")) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: line %d: %v", name, i+1, err)
		}
		if v.ID == "" {
			v.ID = fmt.Sprintf("public line %d", i+1)
		}
		all = append(all, v)
	}
	return all
}

// explained are the vectors on which programs disagree, and what we answer; the
// vectors' own should_verify is our answer in all of them.
var explained = map[string]string{
	"s0081": "a NUL in the password counts: made by bcryptjs; C's crypt() would stop at it and say no",
	"s0082": "a NUL in the password counts: made by PHP from what stands before it; PHP would say yes",
	"s0762": "PHP's argon2 leaves a NUL behind the hash aside; a hash that holds one is damaged",
	"s0783": "as s0762, argon2id",
	"s0898": "passlib forgives {SSHA} a newline at the end",
	"s0369": "WordPress trims: the password as typed is right",
}

// Every vector is answered as should_verify says, and a damaged one never yes.
func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"vectors.jsonl", "public-vectors.jsonl"} {
		for _, v := range readVectors(t, name) {
			seen[v.ID] = true
			got, err := verifiers.Verify(v.hash(), v.password(t))
			want := v.ShouldVerify || v.spaced()
			if got != want {
				t.Errorf("%s %s (%s): verifies %t (%v), want %t", v.ID, v.Algo, v.Note, got, err, want)
			}
			if v.Malformed && got && !v.spaced() {
				t.Errorf("%s %s: a damaged hash verifies: %s", v.ID, v.Algo, v.Note)
			}
			if p := verifiers.Check(v.hash()); v.ShouldVerify && p != nil {
				t.Errorf("%s %s: verifies, but the check says %s: %s", v.ID, v.Algo, p.Code, p.Detail)
			}
		}
	}
	if len(seen) != 940+39 {
		t.Errorf("%d vectors, want 979", len(seen))
	}
	for id := range explained {
		if !seen[id] {
			t.Errorf("explained vector %s is not there", id)
		}
	}
}

// changed are the damaged vectors whose text is a hash all the same: only its
// letters are others. Every other damaged vector is told by its form.
var changed = map[string]bool{
	"one character changed near the end": true, "another valid cost": true, "another count": true,
	"upper-cased": true, "lower-cased": true, "first character lost": true,
	"argon2id called argon2i or the other way": true,
}

// formless are damaged so that another hash of the same form comes out.
var formless = map[string]string{
	"s0754": "a digest of 33 bytes, which argon2 could have made",
	"s0775": "a digest of 33 bytes, which argon2 could have made",
	"s0908": "what is left of the salt is still one",
}

func TestDamageIsToldByTheForm(t *testing.T) {
	for _, v := range readVectors(t, "vectors.jsonl") {
		if !v.Malformed || v.spaced() || changed[v.Note] || formless[v.ID] != "" {
			continue
		}
		p := verifiers.Check(v.hash())
		switch {
		case v.Algo == "none" && v.Hash == "":
			if p != nil {
				t.Errorf("%s: no password is a problem: %v", v.ID, p)
			}
		case p == nil:
			t.Errorf("%s %s %q: the check finds nothing (%s)", v.ID, v.Algo, v.Hash, v.Note)
		}
	}
}
