package importers

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/identity/forms"
)

// vector is a line of fixtures/vectors/vectors.jsonl, as far as it is of use here.
type vector struct {
	ID, Algo, Hash, Password string
	Malformed                bool
	Params                   map[string]any
}

func vectors(t testing.TB) []vector {
	t.Helper()
	var out []vector
	for _, line := range bytes.Split(bytes.TrimSpace(fixtures.Read("vectors/vectors.jsonl")), []byte("\n")) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		if v.Algo == "scrypt-modified" {
			v.Algo = "scrypt-firebase"
		}
		out = append(out, v)
	}
	return out
}

// hashOf reads one hash through the front door.
func hashOf(t *testing.T, c CSVConfig, fields map[field]string) (identity.Hash, *identity.Problem) {
	t.Helper()
	object := map[string]string{"id": "1"}
	for f, text := range fields {
		object[f.String()] = text
	}
	line, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	got := readCSV(t, bytes.NewReader(line), c)
	if got.err != nil || len(got.records) != 1 {
		t.Fatalf("%d records, %v", len(got.records), got.err)
	}
	return got.records[0].User.Hash, got.records[0].Problem
}

// Every form of hash is known by its prefix alone or refused with the advice to
// name it; named, every one gets its tag; and nothing is known for something that
// the verifiers know to be something else.
func TestCSVHashVectors(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Malformed || v.Algo == "none" {
			continue
		}
		hash, problem := hashOf(t, CSVConfig{HashAlgo: "salted-sha512"}, map[field]string{fieldHash: v.Hash, fieldAlgorithm: v.Algo})
		needsVariant := v.Algo == "sha" && len(v.Hash) != 40
		if needsVariant != (problem != nil) || hash.Encoded != identity.Secret(v.Hash) && hash.Encoded != "" || problem == nil && string(hash.Algorithm) != v.Algo {
			t.Errorf("%s: named %s it is %q, %v", v.ID, v.Algo, hash.Algorithm, problem)
		}
		claim := forms.ClaimOf(v.Hash)
		if !claim.Allows(identity.Algorithm(v.Algo)) {
			t.Errorf("%s: %s is taken for %s", v.ID, v.Algo, claim.Tags)
		}
		if known := forms.Identify(v.Hash); known[0].Certain && len(known) == 1 {
			if claim.Kind != forms.Known || claim.Tag() != known[0].Algorithm {
				t.Errorf("%s: identify is certain of %s, the reader says %q", v.ID, known[0].Algorithm, claim.Tags)
			}
		}
	}
}

func TestCSVHashTagged(t *testing.T) {
	const (
		hex32  = "5f4dcc3b5aa765d61d8327deb882cf99"
		hex40  = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
		hex64  = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
		base44 = "XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg="
	)
	plain := CSVConfig{Plaintext: true}
	for _, c := range []struct {
		name   string
		c      CSVConfig
		fields map[field]string
		want   identity.Hash
		code   identity.Code
	}{
		{"empty", CSVConfig{}, map[field]string{fieldHash: " ", fieldSalt: "abc"}, identity.Hash{}, ""},
		{"locked", CSVConfig{}, map[field]string{fieldHash: "!!"}, identity.Hash{}, ""},
		{"Django's unusable", CSVConfig{}, map[field]string{fieldHash: "!mRL1DVuUtWJ8MHcvmJbZ1tBhDWPGWH0wLfTrVwvW"}, identity.Hash{}, ""},
		{"NULL", CSVConfig{}, map[field]string{fieldHash: "NULL"}, identity.Hash{}, ""},
		{"white space", CSVConfig{}, map[field]string{fieldHash: " " + bcryptHash + "\t"}, identity.Hash{Algorithm: "bcrypt", Encoded: " " + bcryptHash + "\t"}, ""},
		{"upper-case hex stays", CSVConfig{}, map[field]string{fieldHash: strings.ToUpper(hex32)}, identity.Hash{Algorithm: "md5", Encoded: identity.Secret(strings.ToUpper(hex32))}, ""},
		{"sha1", CSVConfig{}, map[field]string{fieldHash: hex40}, identity.Hash{Algorithm: "sha", Encoded: hex40, Params: identity.Params{Variant: "sha1"}}, ""},
		{"64 hex digits", CSVConfig{}, map[field]string{fieldHash: hex64}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"base64", CSVConfig{}, map[field]string{fieldHash: base44}, identity.Hash{Encoded: base44}, identity.HashParams},
		{"salted", CSVConfig{}, map[field]string{fieldHash: hex32, fieldSalt: "abc"}, identity.Hash{Encoded: hex32, Params: identity.Params{Salt: "abc"}}, identity.HashParams},
		{"salted, named", CSVConfig{HashAlgo: "salted-md5"}, map[field]string{fieldHash: hex32, fieldSalt: " abc "}, identity.Hash{Algorithm: "salted-md5", Encoded: hex32, Params: identity.Params{Salt: " abc "}}, ""},
		{"named by the flag", CSVConfig{HashAlgo: "sha256"}, map[field]string{fieldHash: hex64}, identity.Hash{Algorithm: "sha", Encoded: hex64, Params: identity.Params{Variant: "sha256"}}, ""},
		{"named, in base64", CSVConfig{HashAlgo: "SHA-256"}, map[field]string{fieldHash: base44}, identity.Hash{Algorithm: "sha", Encoded: base44, Params: identity.Params{Variant: "sha256"}}, ""},
		{"named sha3", CSVConfig{HashAlgo: "sha3_256"}, map[field]string{fieldHash: hex64}, identity.Hash{Algorithm: "sha", Encoded: hex64, Params: identity.Params{Variant: "sha3-256"}}, ""},
		{"the flag does not fit", CSVConfig{HashAlgo: "sha512"}, map[field]string{fieldHash: hex64}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"the flag leaves what says what it is", CSVConfig{HashAlgo: "sha256"}, map[field]string{fieldHash: bcryptHash}, identity.Hash{Algorithm: "bcrypt", Encoded: bcryptHash}, ""},
		{"named by the row", CSVConfig{HashAlgo: "sha256"}, map[field]string{fieldHash: hex64, fieldAlgorithm: "sha512/256"}, identity.Hash{Algorithm: "sha", Encoded: hex64, Params: identity.Params{Variant: "sha512/256"}}, ""},
		{"sha and a variant", CSVConfig{}, map[field]string{fieldHash: hex64, fieldAlgorithm: "sha", fieldVariant: "sha3-256"}, identity.Hash{Algorithm: "sha", Encoded: hex64, Params: identity.Params{Variant: "sha3-256"}}, ""},
		{"sha and no variant", CSVConfig{}, map[field]string{fieldHash: hex64, fieldAlgorithm: "sha"}, identity.Hash{Algorithm: "sha", Encoded: hex64}, identity.HashParams},
		{"two variants", CSVConfig{}, map[field]string{fieldHash: hex64, fieldAlgorithm: "sha256", fieldVariant: "sha3-256"}, identity.Hash{Algorithm: "sha", Encoded: hex64, Params: identity.Params{Variant: "sha3-256"}}, identity.HashParams},
		{"Clerk's name", CSVConfig{}, map[field]string{fieldHash: hex32, fieldAlgorithm: "scrypt_firebase"}, identity.Hash{Algorithm: "scrypt-firebase", Encoded: hex32}, ""},
		{"the row contradicts the text", CSVConfig{}, map[field]string{fieldHash: bcryptHash, fieldAlgorithm: "md5"}, identity.Hash{Encoded: bcryptHash}, identity.HashParams},
		{"the row names nothing known", CSVConfig{}, map[field]string{fieldHash: bcryptHash, fieldAlgorithm: "rot13"}, identity.Hash{Encoded: bcryptHash}, identity.HashParams},
		{"Kratos's scrypt", CSVConfig{HashAlgo: "kratos-scrypt"}, map[field]string{fieldHash: "$scrypt$ln=16384,r=8,p=1$c2FsdA==$aGFzaA=="}, identity.Hash{Algorithm: "kratos-scrypt", Encoded: "$scrypt$ln=16384,r=8,p=1$c2FsdA==$aGFzaA=="}, ""},
		{"parameters in columns", CSVConfig{HashAlgo: "scrypt"}, map[field]string{fieldHash: hex64, fieldSalt: "NaCl", fieldN: "16384", fieldR: " 8 ", fieldP: "1", fieldKeyLength: "32"},
			identity.Hash{Algorithm: "scrypt", Encoded: hex64, Params: identity.Params{Salt: "NaCl", N: 16384, R: 8, P: 1, KeyLen: 32}}, ""},
		{"parameters in an object", CSVConfig{HashAlgo: "scrypt"}, map[field]string{fieldHash: hex64, fieldParams: `{"salt":"NaCl","n":16384,"r":8,"p":1,"key_length":32}`, fieldSalt: "NaCl"},
			identity.Hash{Algorithm: "scrypt", Encoded: hex64, Params: identity.Params{Salt: "NaCl", N: 16384, R: 8, P: 1, KeyLen: 32}}, ""},
		{"Firebase's own names", CSVConfig{HashAlgo: "firebase"}, map[field]string{fieldHash: base44, fieldSalt: "c2FsdA==", fieldSaltSeparator: "Bw==", fieldSignerKey: "a2V5", fieldMemCost: "14", fieldR: "8"},
			identity.Hash{Algorithm: "scrypt-firebase", Encoded: base44, Params: identity.Params{Salt: "c2FsdA==", SaltSeparator: "Bw==", SignerKey: "a2V5", N: 16384, R: 8}}, ""},
		{"bcrypt in parts", CSVConfig{}, map[field]string{fieldHash: "h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", fieldAlgorithm: "bcrypt", fieldSalt: "6rX8d30EBUQcZ7CAHOc0s.", fieldN: "10"},
			identity.Hash{Algorithm: "fusionauth-bcrypt", Encoded: "h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW", Params: identity.Params{Salt: "6rX8d30EBUQcZ7CAHOc0s.", N: 10}}, ""},
		{"two salts", CSVConfig{}, map[field]string{fieldHash: hex64, fieldParams: `{"salt":"x"}`, fieldSalt: "y"}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"two variants again", CSVConfig{}, map[field]string{fieldHash: hex64, fieldParams: `{"variant":"sha1"}`, fieldVariant: "sha256"}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"two costs", CSVConfig{}, map[field]string{fieldHash: hex64, fieldN: "8", fieldMemCost: "4"}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"a cost that is no number", CSVConfig{}, map[field]string{fieldHash: hex64, fieldN: "many"}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"a cost beyond all bounds", CSVConfig{}, map[field]string{fieldHash: hex64, fieldMemCost: "64"}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"an object that is none", CSVConfig{}, map[field]string{fieldHash: hex64, fieldParams: `{"salt":`}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"an object with more in it", CSVConfig{}, map[field]string{fieldHash: hex64, fieldParams: `{"pepper":"x"}`}, identity.Hash{Encoded: hex64}, identity.HashParams},
		{"plain, asked for", plain, map[field]string{fieldHash: " hunter2 "}, identity.Hash{Algorithm: identity.Plaintext, Encoded: " hunter2 "}, ""},
		{"plain in LDAP's wrapping", plain, map[field]string{fieldHash: "{CLEARTEXT}hunter2"}, identity.Hash{Algorithm: identity.Plaintext, Encoded: "hunter2"}, ""},
		{"the emulator's", plain, map[field]string{fieldHash: "fakeHash:salt=abc:password=hunter2"}, identity.Hash{}, identity.HashParams},
		{"plain by the row, not asked for", CSVConfig{}, map[field]string{fieldHash: "hunter2", fieldAlgorithm: "plaintext"}, identity.Hash{}, identity.HashParams},
	} {
		got, problem := hashOf(t, c.c, c.fields)
		if got != c.want {
			t.Errorf("%s: tag %q, variant %q; want %q, %q (all equal but these: %t)", c.name, got.Algorithm, got.Params.Variant, c.want.Algorithm, c.want.Params.Variant, got.Encoded == c.want.Encoded)
		}
		if (problem == nil) != (c.code == "") || problem != nil && problem.Code != c.code {
			t.Errorf("%s: problem %v, want %q", c.name, problem, c.code)
		}
	}
}

// A password that the source holds back is remembered as such.
func TestCSVHashRedacted(t *testing.T) {
	got := readCSV(t, strings.NewReader("id,password_hash\n1,UkVEQUNURUQ=\n"), CSVConfig{})
	if len(got.records) != 1 || !got.records[0].User.PasswordLost() {
		t.Errorf("got %+v, %v", got.records, got.err)
	}
}
