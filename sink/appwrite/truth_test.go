package appwrite

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/verifiers"
)

// vector is a hash with a password, made by an independent program.
type vector struct {
	ID       string
	Algo     string
	Password *string
	Hex      string `json:"password_hex"`
	Hash     string
	Verifies bool `json:"should_verify"`
	Params   struct {
		Version       string
		Salt          identity.Secret
		SaltBase64    identity.Secret `json:"salt_base64"`
		SaltSeparator identity.Secret `json:"salt_separator"`
		SignerKey     identity.Secret `json:"signer_key"`
		CPU, Memory   int
		Parallel      int
		Length        int
		Rounds        int
		MemCost       int `json:"mem_cost"`
	}
}

// password is its text, or its bytes where it is none.
func (v vector) password() string {
	if v.Password != nil {
		return *v.Password
	}
	b, _ := hex.DecodeString(v.Hex)
	return string(b)
}

// hash is the vector as an importer hands it over.
func (v vector) hash() identity.Hash {
	h := identity.Hash{Algorithm: identity.Algorithm(v.Algo), Encoded: identity.Secret(v.Hash)}
	p := v.Params
	switch h.Algorithm {
	case identity.SHA:
		h.Params.Variant = p.Version
	case identity.Scrypt:
		h.Params = identity.Params{Salt: p.Salt, N: p.CPU, R: p.Memory, P: p.Parallel, KeyLen: p.Length}
		if p.SaltBase64 != "" {
			h.Params.Salt, h.Params.Variant = p.SaltBase64, "salt=base64"
		}
	case "scrypt-modified":
		h.Algorithm = identity.ScryptFirebase
		h.Params = identity.Params{Salt: p.Salt, SaltSeparator: p.SaltSeparator, SignerKey: p.SignerKey, N: 1 << p.MemCost, R: p.Rounds}
	}
	return h
}

// login is what a real server said when a vector was sent to an endpoint as it
// stands, and its password was tried.
type login struct {
	ID       string
	Endpoint string
	Sent     map[string]any
	Created  int `json:"create_status"`
	Login    int `json:"login_status"`
}

func (l login) works() bool { return l.Created == 201 && l.Login == 201 }

// TestTruth predicts every create and login that two real servers were asked for:
// each vector, sent as it stands to each plausible endpoint.
func TestTruth(t *testing.T) {
	vectors := map[string]vector{}
	for line := range jsonLines("vectors/vectors.jsonl") {
		v := decode[vector](t, line)
		vectors[v.ID] = v
	}
	for _, server := range []struct {
		profile Profile
		file    string
	}{{Profile15, "vectors/appwrite-logins.jsonl"}, {Profile19, "vectors/appwrite-1.9-logins.jsonl"}} {
		t.Run(string(server.profile), func(t *testing.T) {
			truth := truth{rules: rules{profile: server.profile, undocumented: true}, matrix: map[[2]string]int{}}
			for line := range jsonLines(server.file) {
				truth.compare(t, decode[login](t, line), vectors)
			}
			truth.print(t)
			if all := truth.lines; all != 3125 {
				t.Errorf("%d lines were compared, want 3125", all)
			}
		})
	}
}

// truth counts what was predicted, and what came.
type truth struct {
	rules  rules
	matrix map[[2]string]int
	lines  int
}

// The rows and columns of the matrix.
var (
	predictions = []string{"will work", "will work, wrong password", "cannot"}
	answers     = []string{"logs in", "taken, no login", "refused"}
)

func (c *truth) compare(t *testing.T, l login, vectors map[string]vector) {
	said, saw := c.predict(l, vectors[l.ID]), l.answer()
	c.lines++
	c.matrix[[2]string{said, saw}]++
	if false := said == "will work" != (saw == "logs in"); false && explained[l.ID] == "" {
		t.Errorf("%s at %s: said that it %s; the server answered %d, %d", l.ID, l.Endpoint, said, l.Created, l.Login)
	}
	if said != "cannot" && saw == "refused" {
		t.Errorf("%s at %s: said that it is taken; the server answered %d", l.ID, l.Endpoint, l.Created)
	}
}

func (l login) answer() string {
	switch {
	case l.works():
		return "logs in"
	case l.Created == 201:
		return "taken, no login"
	}
	return "refused"
}

// predict tells what becomes of a vector that is sent as it stands: whether it is,
// as one of the kinds that the endpoint verifies, exactly what we would send.
func (c *truth) predict(l login, v vector) string {
	for _, kind := range kindsAt(l.Endpoint) {
		h := v.hash()
		if string(kind) != v.Algo && !(kind == identity.ScryptFirebase && v.Algo == "scrypt-modified") {
			h = identity.Hash{Algorithm: kind, Encoded: identity.Secret(v.Hash)}
			if kind == identity.SHA {
				h.Params.Variant, _ = l.Sent["passwordVersion"].(string)
			}
		}
		p, bad := c.rules.payload(identity.User{Hash: h})
		if bad != nil || !sameBody(plan{hash: p}.createBody(), l.Sent) {
			continue
		}
		sound := v.Verifies
		if h != v.hash() {
			sound, _ = verifiers.Verify(h, v.password())
		}
		if sound && accepts(h, v.password()) == nil {
			return "will work"
		}
		return "will work, wrong password"
	}
	return "cannot"
}

// kindsAt are the kinds of hash that an endpoint verifies: argon2 and bcrypt are
// one function, and three of them hand to crypt() what they do not know.
func kindsAt(endpoint string) []identity.Algorithm {
	crypt := []identity.Algorithm{identity.Bcrypt, "md5-crypt", "sha256-crypt", "sha512-crypt", "des-crypt", "bsdi-crypt"}
	switch endpoint {
	case "argon2", "bcrypt":
		return append(crypt, identity.Argon2)
	case "phpass":
		return append(crypt, identity.PHPass)
	case "scrypt-modified":
		return []identity.Algorithm{identity.ScryptFirebase}
	}
	return []identity.Algorithm{identity.Algorithm(endpoint)}
}

// print logs the matrix, with the exceptions apart.
func (c *truth) print(t *testing.T) {
	t.Logf("%-26s %10s %16s %10s", "", answers[0], answers[1], answers[2])
	for _, said := range predictions {
		t.Logf("%-26s %10d %16d %10d", said, c.matrix[[2]string{said, answers[0]}], c.matrix[[2]string{said, answers[1]}], c.matrix[[2]string{said, answers[2]}])
	}
	for _, id := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("exception %s: %s", id, explained[id])
	}
}

// explained are the vectors of which we say never, and the servers log in.
var explained = map[string]string{
	"s0327": "a hash of mem_cost 14 with 13 written beside it: the server computes 14 whatever is said",
	"s0762": "PHP's argon2 ignores a NUL and what follows; such a text is damaged",
	"s0783": "as s0762",
}

// endpoints are where each kind belongs.
var endpoints = map[string]string{
	"argon2": "argon2", "bcrypt": "bcrypt", "md5": "md5", "phpass": "phpass", "scrypt": "scrypt",
	"scrypt-modified": "scrypt-modified", "sha": "sha", "wp-bcrypt": "bcrypt",
	"md5-crypt": "bcrypt", "sha256-crypt": "bcrypt", "sha512-crypt": "bcrypt",
}

// sameBody compares the fields of a hash.
func sameBody(ours fields, theirs map[string]any) bool {
	a, _ := json.Marshal(ours)
	var got map[string]any
	_ = json.Unmarshal(a, &got)
	for name, value := range theirs {
		if got[name] != value {
			return false
		}
	}
	return true
}

// TestStoredOptions holds the two lists of a hash's options together: what is
// sent, and what is read back.
func TestStoredOptions(t *testing.T) {
	seen := map[string]bool{}
	for line := range jsonLines("vectors/vectors.jsonl") {
		v := decode[vector](t, line)
		p, bad := rules{profile: Profile19}.payload(identity.User{Hash: v.hash()})
		if bad != nil || seen[p.tag] {
			continue
		}
		seen[p.tag] = true
		sent := map[string]bool{}
		for _, o := range p.options {
			sent[o.stored] = true
		}
		read := storedOptions(p.tag)
		for _, name := range read {
			if !sent[name] {
				t.Errorf("%s: %s is compared and never sent", p.tag, name)
			}
		}
		if len(read) != len(sent) {
			t.Errorf("%s: %d options are sent, %d compared", p.tag, len(sent), len(read))
		}
	}
	if len(seen) != 7 {
		t.Errorf("saw %d kinds of hash, want 7", len(seen))
	}
}

func jsonLines(file string) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		lines := bufio.NewScanner(bytes.NewReader(fixtures.Read(file)))
		lines.Buffer(nil, 1<<24)
		for lines.Scan() && yield(lines.Bytes()) {
		}
	}
}

func decode[T any](t *testing.T, line []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
