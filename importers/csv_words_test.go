package importers

import (
	"slices"
	"strings"
	"testing"

	"rehome/identity"
)

// What --hash-algo says behind the algorithm is the whole truth about the hashes
// that do not say it themselves.
func TestCSVHashWords(t *testing.T) {
	const (
		hex32 = "5f4dcc3b5aa765d61d8327deb882cf99"
		hex40 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
		hex64 = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
	)
	type fields = map[field]string
	hash := func(tag, encoded string, p identity.Params) identity.Hash {
		return identity.Hash{Algorithm: identity.Algorithm(tag), Encoded: identity.Secret(encoded), Params: p}
	}
	for _, c := range []struct {
		name, algo string
		fields     fields
		want       identity.Hash
	}{
		{"an order", "salted-md5 salt+password", fields{fieldHash: hex32, fieldSalt: "abc"}, hash("salted-md5", hex32, identity.Params{Salt: "abc", Variant: "salt+password"})},
		{"two words", "salted-sha256  password+salt\tsalt=hex", fields{fieldHash: hex64, fieldSalt: "abcd"}, hash("salted-sha256", hex64, identity.Params{Salt: "abcd", Variant: "password+salt salt=hex"})},
		{"a name with a blank", "SHA 256 password=latin1", fields{fieldHash: hex64}, hash("sha", hex64, identity.Params{Variant: "sha256 password=latin1"})},
		{"over the columns", "salted-sha256 password+salt", fields{fieldHash: hex64, fieldSalt: "abc", fieldAlgorithm: "sha256", fieldVariant: "sha3-256"}, hash("salted-sha256", hex64, identity.Params{Salt: "abc", Variant: "password+salt"})},
		{"a number", "pbkdf2-raw sha1 n=1234", fields{fieldHash: hex40, fieldSalt: "abc", fieldN: "1000"}, hash("pbkdf2-raw", hex40, identity.Params{Salt: "abc", N: 1234, Variant: "sha1"})},
		{"a logarithm", "scrypt n=2^n", fields{fieldHash: hex64, fieldSalt: "abc", fieldN: "14", fieldR: "8", fieldP: "1"}, hash("scrypt", hex64, identity.Params{Salt: "abc", N: 16384, R: 8, P: 1})},
		{"a constant as a power", "scrypt n=2^14 r=8 p=1", fields{fieldHash: hex64, fieldSalt: "abc"}, hash("scrypt", hex64, identity.Params{Salt: "abc", N: 16384, R: 8, P: 1})},
		{"numbers exchanged", "scrypt n=r r=n", fields{fieldHash: hex64, fieldSalt: "abc", fieldN: "8", fieldR: "16384", fieldP: "1"}, hash("scrypt", hex64, identity.Params{Salt: "abc", N: 16384, R: 8, P: 1})},
		{"another length", "scrypt key_length=0", fields{fieldHash: hex64, fieldSalt: "abc", fieldN: "2", fieldR: "8", fieldP: "1", fieldKeyLength: "64"}, hash("scrypt", hex64, identity.Params{Salt: "abc", N: 2, R: 8, P: 1})},
		{"a salt that was not used", "md5 salt=none", fields{fieldHash: hex32, fieldSalt: "abc"}, hash("md5", hex32, identity.Params{})},
		{"against the column", "double-md5 everywhere", fields{fieldHash: hex32, fieldAlgorithm: "md5"}, hash("double-md5", hex32, identity.Params{})},
		{"the column wins", "double-md5", fields{fieldHash: hex32, fieldAlgorithm: "md5"}, hash("md5", hex32, identity.Params{})},
		{"a salt in the text", "salted-md5 salt+password", fields{fieldHash: hex32 + ":xy"}, hash("salted-md5", hex32+":xy", identity.Params{Variant: "salt+password"})},
		{"old Werkzeug", "hmac-sha1 key=salt", fields{fieldHash: "sha1$abc$" + hex40}, hash("hmac-sha1", "sha1$abc$"+hex40, identity.Params{Variant: "key=salt"})},
		{"a text of no known form", "hmac-sha256 key=salt", fields{fieldHash: "sha256$abc$" + hex64}, hash("hmac-sha256", "sha256$abc$"+hex64, identity.Params{Variant: "key=salt"})},
		{"bcrypt of another spelling", "bcrypt password=latin1", fields{fieldHash: bcryptHash}, hash("bcrypt", bcryptHash, identity.Params{Variant: "password=latin1"})},
		{"bcrypt of a digest", "prehashed md5(password)", fields{fieldHash: bcryptHash}, hash("prehashed", bcryptHash, identity.Params{Variant: "md5(password)"})},
		{"what says what it is, stays", "salted-md5 salt+password", fields{fieldHash: bcryptHash}, hash("bcrypt", bcryptHash, identity.Params{})},
		{"what does not fit, stays", "md5 password=latin1", fields{fieldHash: hex40}, hash("sha", hex40, identity.Params{Variant: "sha1"})},
		{"a locked account", "salted-md5 salt+password", fields{fieldHash: "*"}, identity.Hash{}},
	} {
		got, problem := hashOf(t, CSVConfig{HashAlgo: c.algo}, c.fields)
		if got != c.want || problem != nil {
			t.Errorf("%s: tag %q, variant %q, numbers %d %d %d %d, %v", c.name, got.Algorithm, got.Params.Variant, got.Params.N, got.Params.R, got.Params.P, got.Params.KeyLen, problem)
		}
	}
	if _, problem := hashOf(t, CSVConfig{HashAlgo: "scrypt n=2^n"}, fields{fieldHash: hex64, fieldN: "16384"}); problem == nil || problem.Code != identity.HashParams {
		t.Errorf("2^16384 is %v", problem)
	}
	for _, algo := range []string{"rot13", "rot13 salt+password", "scrypt n=many", "scrypt n=2^31", "scrypt r=-1", "pbkdf2-raw n=99999999999", "plaintext x"} {
		if err := (CSVConfig{HashAlgo: algo}).Validate(); err == nil {
			t.Errorf("%q is taken", algo)
		}
	}
}

func TestCSVCells(t *testing.T) {
	const table = "id;mail; Nonce\n1;ann@example.com; x \n\n2;broken\n3;\"cat;@example.com\";z\n"
	for _, c := range []struct {
		record int
		want   []identity.Secret
	}{
		{1, []identity.Secret{"1", "ann@example.com", " x "}}, {2, nil}, {3, []identity.Secret{"3", "cat;@example.com", "z"}}, {4, nil},
	} {
		cells, ok, err := CSVCells(strings.NewReader(table), "t.csv", CSVConfig{}, c.record)
		if err != nil || ok != (c.want != nil) || !slices.Equal(cells.Texts, c.want) {
			t.Errorf("record %d: %d cells, %t, %v", c.record, len(cells.Texts), ok, err)
		}
		if ok && !slices.Equal(cells.Names, []string{"id", "mail", " Nonce"}) {
			t.Errorf("record %d: the header is %q", c.record, cells.Names)
		}
	}
	if _, ok, err := CSVCells(strings.NewReader("rot13"), "t.csv", CSVConfig{}, 1); ok || err == nil {
		t.Errorf("no table: %t, %v", ok, err)
	}
	if _, ok, err := CSVCells(strings.NewReader(`{"id":"1","email":"a@example.com"}`), "t.jsonl", CSVConfig{}, 1); ok || err != nil {
		t.Errorf("JSON Lines: %t, %v", ok, err)
	}
}

// The parameters as given are neither judged nor mended, and written out they are
// read back.
func TestHashConfigAsGiven(t *testing.T) {
	given, err := HashConfigAsGiven([]byte("hash_config {\n algorithm: SCRYPT,\n base64_signer_key: Bw==,\n rounds: 14,\n mem_cost: many,\n}"))
	if want := (HashConfig{SignerKey: "Bw==", Rounds: 14}); err != nil || given != want {
		t.Errorf("rounds %d, mem_cost %d, %v", given.Rounds, given.MemCost, err)
	}
	for _, text := range []string{"pepper: x", "hash_config { rounds: 8, rounds: 8 }", strings.Repeat("x", maxHashConfig+1)} {
		if _, err := HashConfigAsGiven([]byte(text)); err == nil {
			t.Errorf("%.40q is taken", text)
		}
	}
	want := HashConfig{SignerKey: "a2V5", SaltSeparator: "Bw==", Rounds: 8, MemCost: 14}
	if got, err := ParseHashConfig(want.Block()); err != nil || got != want {
		t.Errorf("written out and read back: rounds %d, mem_cost %d, %v", got.Rounds, got.MemCost, err)
	}
	want.SaltSeparator = ""
	if got, err := ParseHashConfig(want.Block()); err != nil || got != want {
		t.Errorf("without a separator: rounds %d, mem_cost %d, %v", got.Rounds, got.MemCost, err)
	}
}

// Whatever stands behind --hash-algo, it is refused or makes hashes without a panic.
func FuzzHashAlgo(f *testing.F) {
	f.Add("salted-sha256 salt+password salt=hex", "abc", 1, 2, 3)
	f.Add("scrypt n=2^n r=p p=r key_length=2^30 salt=none", "abc", 14, 8, 1)
	f.Fuzz(func(t *testing.T, text, encoded string, n, r, p int) {
		defer frugal(t, allocationBound)()
		words, err := readHashWords(text)
		if err != nil {
			return
		}
		hash := identity.Hash{Encoded: identity.Secret(encoded), Params: identity.Params{N: n, R: r, P: p}}
		if words.apply(&hash) == nil && string(hash.Encoded) != encoded {
			t.Error("the text of the hash has changed")
		}
	})
}
