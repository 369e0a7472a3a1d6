package appwrite

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
)

// vector is a hash with a password, made by an independent program.
type vector struct {
	ID       string
	Algo     string
	Password *string
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
			h.Params.Salt = "\xff" + p.SaltBase64 // bytes that are no text
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

// TestTruth compares what is said of each hash with what two real servers did.
func TestTruth(t *testing.T) {
	for _, server := range []struct {
		profile Profile
		file    string
	}{{Profile15, "vectors/appwrite-logins.jsonl"}, {Profile19, "vectors/appwrite-1.9-logins.jsonl"}} {
		t.Run(string(server.profile), func(t *testing.T) {
			logins := map[string][]login{}
			for line := range jsonLines(server.file) {
				l := decode[login](t, line)
				logins[l.ID] = append(logins[l.ID], l)
			}
			truth := truth{t: t, rules: rules{profile: server.profile, undocumented: true}, logins: logins}
			for line := range jsonLines("vectors/vectors.jsonl") {
				truth.vector(line)
			}
			t.Logf("compared %d verdicts that it works and %d that it never does", truth.will, truth.never)
			if truth.will < 300 || truth.never < 150 {
				t.Error("too little was compared for the test to mean anything")
			}
		})
	}
}

type truth struct {
	t           *testing.T
	rules       rules
	logins      map[string][]login
	will, never int
}

func (c *truth) vector(line []byte) {
	v := decode[vector](c.t, line)
	endpoint := endpoints[v.Algo]
	if endpoint == "" || v.Password == nil {
		return
	}
	h := v.hash()
	p, bad := c.rules.payload(h)
	sound := v.Verifies && accepts(h, *v.Password) == nil
	for _, l := range c.logins[v.ID] {
		switch {
		case explained[v.ID] != "" && bad != nil:
		case bad != nil && (l.Endpoint == endpoint || v.Algo == "wp-bcrypt"):
			c.never++
			if l.works() {
				c.t.Errorf("%s: said to be %s (%s), but the server's %s endpoint logs in", v.ID, bad.Code, bad.Detail, l.Endpoint)
			}
		case bad == nil && l.Endpoint == p.endpoint && sameBody(plan{hash: p}.createBody(), l.Sent):
			c.will++
			if l.works() != sound {
				c.t.Errorf("%s: said to work at %s, password %v; the server answered %d, %d", v.ID, p.endpoint, sound, l.Created, l.Login)
			}
		}
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
func sameBody(ours, theirs map[string]any) bool {
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
		p, bad := rules{profile: Profile19}.payload(v.hash())
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
