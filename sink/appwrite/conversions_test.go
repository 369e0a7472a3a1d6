package appwrite

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
	"rehome/verifiers"
)

// source is a hash as some program stores it, and its password.
type source struct {
	id       string
	hash     identity.Hash
	password string
}

// sources are the vectors whose password is right, and a few forms that the
// vectors have not: better-auth's (made by Python's hashlib).
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, file := range []string{"vectors/vectors.jsonl", "vectors/public-vectors.jsonl"} {
		i := 0
		for line := range jsonLines(file) {
			i++
			v := decode[vector](t, line)
			if v.ID == "" {
				v.ID = fmt.Sprintf("public-%d", i)
			}
			if v.Verifies && v.Password != nil {
				all = append(all, source{v.ID, v.hash(), *v.Password})
			}
		}
	}
	return append(all, source{"better-auth", identity.Hash{
		Algorithm: "better-auth-scrypt",
		Encoded:   "000102030405060708090a0b0c0d0e0f:6bf05e6700b00cef27abb736b63f4f7ae18aca0e1473ac6e8ff0f1f09a455ee073edeaee1fdaf1b65bb132e7cff9f4189486eef1805c9dedfeb4308ebe29f2d4",
	}, "Correct-Horse_9"})
}

var padded, bare, bareURL = base64.StdEncoding.EncodeToString, base64.RawStdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString

// respelt is the same hash as other programs would store it.
func respelt(t *testing.T, h identity.Hash) []identity.Hash {
	t.Helper()
	var all []identity.Hash
	add := func(tag identity.Algorithm, text string, p identity.Params) {
		all = append(all, identity.Hash{Algorithm: tag, Encoded: identity.Secret(text), Params: p})
	}
	text := string(h.Encoded)
	raw, isHex := hex.DecodeString(text)
	none := identity.Params{}
	switch h.Algorithm {
	case identity.MD5, identity.SHA:
		if isHex != nil { // two of the vectors are base64
			if raw, isHex = base64.StdEncoding.DecodeString(text); isHex != nil {
				t.Fatal(isHex)
			}
			text = hex.EncodeToString(raw)
		}
		for _, s := range []string{strings.ToUpper(text), padded(raw), bare(raw), bareURL(raw)} {
			add(h.Algorithm, s, h.Params)
		}
		named := h.Params
		named.Variant = strings.TrimSpace("wordpress " + named.Variant)
		add(h.Algorithm, strings.ToLower(text), named)
		respellDigest(add, h.Params.Variant, strings.ToLower(text), padded(raw))
	case identity.Scrypt:
		if h.Params.Variant == "" && isHex == nil {
			respellScrypt(add, h, raw)
		}
	case identity.Bcrypt:
		add("ldap-crypt", "{crypt}"+text, none)
		add("django-bcrypt", "bcrypt$"+text, none)
		for _, marked := range []string{"{bcrypt}" + text, "{BLF-CRYPT}" + text, "Bcrypt:" + text, "1|" + text, text + ":0", " " + text + "\n", padded([]byte(text)),
			`a:1:{s:4:"hash";s:60:"` + text + `";}`} {
			add(identity.Bcrypt, marked, none)
		}
		if strings.HasPrefix(text, "$2a$") {
			n, _ := strconv.Atoi(text[4:6])
			add("fusionauth-bcrypt", text[29:], identity.Params{N: n, Salt: identity.Secret(text[7:29])})
		}
	case identity.Argon2:
		respellArgon2(add, text)
	case identity.ScryptFirebase:
		respellFirebase(add, h)
	case "md5-crypt", "sha256-crypt", "sha512-crypt":
		add("kratos-crypt", "$"+string(h.Algorithm)+"$"+text[3:], none)
		add("ldap-crypt", "{CRYPT}"+text, none)
	case "des-crypt", "bsdi-crypt":
		add("ldap-crypt", "{CRYPT}"+text, none)
	}
	return all
}

type adder func(tag identity.Algorithm, text string, p identity.Params)

func respellDigest(add adder, variant, lower, base64 string) {
	none := identity.Params{}
	const format = "$pf=e1BBU1NXT1JEfQ==$" // {PASSWORD}
	switch variant {
	case "":
		add("ldap-md5", "{MD5}"+base64, none)
		add("magento", lower+":0", none)
		add("ldap-md5", "{md5}"+base64, none)
		add("django-unsalted-md5", "md5$$"+lower, none)
		add("kratos-digest", "$md5$"+base64, none)
		add("kratos-digest", "$md5"+format+"$"+base64, none)
	case "sha1":
		add("ldap-sha", "{SHA}"+base64, none)
		add("django-unsalted-sha1", "sha1$$"+lower, none)
		add("kratos-digest", "$sha1"+format+"c2FsdA==$"+base64, none)
	case "sha256", "sha384", "sha512":
		add(identity.Algorithm("ldap-"+variant), "{"+strings.ToUpper(variant)+"}"+base64, none)
		if variant == "sha256" {
			add("magento", lower+":1", none)
		}
		if variant != "sha384" {
			add("kratos-digest", "$"+variant+format+"$"+base64, none)
		}
	}
}

func respellScrypt(add adder, h identity.Hash, raw []byte) {
	p := h.Params
	salt := string(p.Salt)
	for word, s := range map[string]string{"salt=hex": hex.EncodeToString([]byte(salt)), "salt=base64": padded([]byte(salt)), "salt=base64url": bareURL([]byte(salt))} {
		p.Variant, p.Salt = word, identity.Secret(s)
		add(identity.Scrypt, string(h.Encoded), p)
	}
	p = h.Params
	p.KeyLen = 0
	add(identity.Scrypt, padded(raw), p)
	add("adonis-scrypt", fmt.Sprintf("$scrypt$n=%d,r=%d,p=%d$%s$%s", p.N, p.R, p.P, bare([]byte(salt)), bare(raw)), identity.Params{})
	add("kratos-scrypt", fmt.Sprintf("$scrypt$ln=%d,r=%d,p=%d$%s$%s", p.N, p.R, p.P, padded([]byte(salt)), padded(raw)), identity.Params{})
	if len(raw) == 32 {
		add("passlib-scrypt", fmt.Sprintf("$scrypt$ln=%d,r=%d,p=%d$%s$%s", bits.Len(uint(p.N))-1, p.R, p.P, bare([]byte(salt)), bare(raw)), identity.Params{})
	}
	if len(raw) == 64 {
		add("django-scrypt", fmt.Sprintf("scrypt$%d$%s$%d$%d$%s", p.N, salt, p.R, p.P, padded(raw)), identity.Params{})
		add("werkzeug-scrypt", fmt.Sprintf("scrypt:%d:%d:%d$%s$%s", p.N, p.R, p.P, salt, string(h.Encoded)), identity.Params{})
	}
}

func respellArgon2(add adder, text string) {
	add("ldap-argon2", "{ARGON2}"+text, identity.Params{})
	add("django-argon2", "argon2"+text, identity.Params{})
	part := strings.Split(text, "$")
	var m, t, p int
	if len(part) != 6 || part[2] != "v=19" {
		return
	}
	if n, _ := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &m, &t, &p); n != 3 || strings.Count(part[3], ",") != 2 {
		return
	}
	salt, _ := base64.RawStdEncoding.DecodeString(part[4])
	value, _ := base64.RawStdEncoding.DecodeString(part[5])
	variant := "1.3 " + strings.TrimPrefix(part[1], "argon2")
	add("keycloak-argon2", padded(value), identity.Params{Salt: identity.Secret(padded(salt)), N: m, R: t, P: p, Variant: variant})
}

func respellFirebase(add adder, h identity.Hash) {
	p := h.Params
	rawHash, ok1 := forms.DecodeBase64(string(h.Encoded))
	rawSalt, ok2 := forms.DecodeBase64(string(p.Salt))
	if !ok1 || !ok2 || p.SaltSeparator == "" {
		return
	}
	hash, salt := padded(rawHash), padded(rawSalt)
	m, r, ss, sk := bits.Len(uint(p.N))-1, p.R, string(p.SaltSeparator), string(p.SignerKey)
	add(h.Algorithm, fmt.Sprintf("$fbscrypt$v=1,n=%d,r=%d,p=1,ss=%s,sk=%s$%s$%s", m, r, ss, sk, salt, hash), identity.Params{})
	add(h.Algorithm, fmt.Sprintf("$firescrypt$ln=%d,r=%d,p=1$%s$%s$%s$%s", m, r, salt, hash, ss, sk), identity.Params{})
	add(h.Algorithm, fmt.Sprintf("$f_scrypt$%s$%s$m=%d$r=%d$s=%s", hash, salt, m, r, ss), identity.Params{SignerKey: p.SignerKey})
	add(h.Algorithm, fmt.Sprintf("$firebase-scrypt$hash=%s$salt=%s$sk=%s$ss=%s$r=%d$m=%d", hash, salt, sk, ss, r, m), identity.Params{})
}

// TestRespelt: whatever a program writes around a hash, the server is sent the
// same; and what cannot land as it stands cannot land in another spelling.
func TestRespelt(t *testing.T) {
	seen := map[identity.Algorithm]int{}
	for _, profile := range []Profile{Profile15, Profile19} {
		r := rules{profile: profile, undocumented: true}
		for _, s := range sources(t) {
			want, refused := r.payload(identity.User{Hash: s.hash})
			for _, other := range respelt(t, s.hash) {
				got, bad := r.payload(identity.User{Hash: other})
				if (bad == nil) != (refused == nil) || bad == nil && (got.endpoint != want.endpoint || got.password != want.password || !slices.Equal(got.options, want.options)) {
					t.Errorf("%s %s as %s %s: %v, differs from the payload of the hash as it stands (%v)", profile, s.id, other.Algorithm, other.Params.Variant, bad, refused)
				}
				if asItStands := got.password == other.Encoded && !strings.HasPrefix(other.Params.Variant, "salt="); bad == nil && got.converted == asItStands {
					t.Errorf("%s as %s: converted %v", s.id, other.Algorithm, got.converted)
				}
				if bad == nil {
					seen[other.Algorithm]++
				}
			}
		}
	}
	if len(seen) != 26 {
		t.Errorf("saw %d kinds in other spellings: %v", len(seen), seen)
	}
}

// TestEveryKind: of every kind of hash that is known there is one that lands, or a
// sentence of its own that says why none does.
func TestEveryKind(t *testing.T) {
	lands := map[identity.Algorithm]bool{identity.Plaintext: true}
	r := rules{profile: Profile19, undocumented: true}
	for _, s := range sources(t) {
		for _, h := range append(respelt(t, s.hash), s.hash) {
			_, bad := r.payload(identity.User{Hash: h})
			lands[h.Algorithm] = lands[h.Algorithm] || bad == nil
		}
	}
	for _, a := range verifiers.Algorithms() {
		if (neverBy(a) == "") != lands[a] {
			t.Errorf("%s: lands %v, and otherwise %q", a, lands[a], neverBy(a))
		}
	}
	if _, bad := r.payload(identity.User{Hash: identity.Hash{Algorithm: "5f4dcc3b5aa765d6", Encoded: "x"}}); bad == nil || strings.Contains(bad.Detail, "5f4d") {
		t.Errorf("columns mixed up: %v", bad)
	}
}

// TestNotConverted: what is lost in the other spelling, or was damaged, stays out.
func TestNotConverted(t *testing.T) {
	const hex32, b64 = "5f4dcc3b5aa765d61d8327deb882cf99", "X03MO1qnZdYdgyfeuILPmQ=="
	const key64 = "LPM50yWMcfk1qKTQyyEBVAhGIH4SgBW5k4pVbDLZbLTgVG1nQ0nXQgA8j1MIO3eYxJ6Vbgcd3pnT6eM1wOLzCw=="
	p := func(n, r, q int, salt identity.Secret, variant string) identity.Params {
		return identity.Params{N: n, R: r, P: q, Salt: salt, Variant: variant}
	}
	for _, c := range []struct {
		tag     identity.Algorithm
		encoded string
		params  identity.Params
		code    identity.Code
	}{
		{"ldap-md5", "{SHA}" + b64, identity.Params{}, identity.HashMalformed},
		{"ldap-md5", b64, identity.Params{}, identity.HashMalformed},
		{"ldap-md5", "{MD5}" + b64[:22], identity.Params{}, identity.HashMalformed},
		{"ldap-sha", "{SHA}" + b64, identity.Params{}, identity.HashMalformed},
		{"ldap-crypt", "{CRYPT}", identity.Params{}, identity.HashMalformed},
		{"ldap-crypt", "{CRY", identity.Params{}, identity.HashMalformed},
		{"ldap-crypt", "{CRYPX}ViEf2XcUEeIio", identity.Params{}, identity.HashMalformed},
		{"ldap-crypt", "{CRYPT}$y$j75$GeRT0N7wX65aI/x3DiDme.$i/DDMZkUy9spD9cjSTkLYl5SapCHyiATNmz6qCJfl22", identity.Params{}, identity.HashUnsupported},
		{"des-crypt", "ViEf2XcUEeIip", identity.Params{}, identity.HashMalformed}, // bits that nothing encodes
		{"bsdi-crypt", "_....mz4mkZPT4aM6ss.", identity.Params{}, identity.HashMalformed},
		{"bsdi-crypt", "_zzzzmz4mkZPT4aM6ss.", identity.Params{}, identity.HashCost},
		{"django-unsalted-md5", "md5$$" + strings.ToUpper(hex32), identity.Params{}, identity.HashMalformed},
		{"django-unsalted-sha1", hex32 + "00000000", identity.Params{}, identity.HashMalformed},
		{"django-bcrypt", "bcrypt_sha256$" + bcryptHash, identity.Params{}, identity.HashMalformed},
		{"django-scrypt", "scrypt$1024$salt$8$1$" + b64, identity.Params{}, identity.HashMalformed},
		{"django-scrypt", "scrypt$1024$$8$1$" + key64, identity.Params{}, identity.HashMalformed},
		{"django-scrypt", "scrypt$2097152$salt$8$1$" + key64, identity.Params{}, identity.HashCost},
		{"passlib-scrypt", "$scrypt$ln=8,r=8,p=1$JSQE4Nxb613L+f//f8+59w$HayfmeJOlu9k1fwL564I3WRqQcvPbG/kwep0av9Ysio", identity.Params{}, identity.HashUnsupported},
		{"passlib-scrypt", "$scrypt$ln=40,r=8,p=1$c2FsdA$HayfmeJOlu9k1fwL564I3WRqQcvPbG/kwep0av9Ysio", identity.Params{}, identity.HashMalformed},
		{"better-auth-scrypt", hex32 + ":" + hex32, identity.Params{}, identity.HashMalformed},
		{identity.Scrypt, hex32, p(1024, 8, 1, "zEssEmSpsBxbDgK8v4ZE0A==", "salt=base64"), identity.HashUnsupported},
		{identity.Scrypt, hex32, p(1024, 8, 1, "6162630064", "salt=hex"), identity.HashUnsupported}, // a NUL
		{identity.Scrypt, hex32, p(1024, 8, 1, "no hex", "salt=hex"), identity.HashParams},
		{identity.Scrypt, hex32, p(1024, 8, 1, "salt", "salt=rot13"), identity.HashParams},
		{identity.SHA, hex32 + "00000000", identity.Params{Variant: "sha1 sha256"}, identity.HashParams},
		{"kratos-digest", "$md5$pf=e1NBTFR9e1BBU1NXT1JEfQ==$cGVwcGVy$TIuMFoNL9dYfsvj9m+Y5Ug==", identity.Params{}, identity.HashUnsupported},
		{"kratos-digest", "$sha1$" + b64, identity.Params{}, identity.HashMalformed},
		{"kratos-crypt", "md5-crypt$abcdefgh$n2OpFqxnHh4l5YdW7v0F20", identity.Params{}, identity.HashMalformed},
		{"keycloak-argon2", b64, p(64, 2, 1, "", ""), identity.HashParams},
		{"keycloak-argon2", b64, p(64, 2, 1, "6GN7+z6dccy/GV+4p/Pa6A==", "d"), identity.HashUnsupported},
		{"keycloak-argon2", b64, p(64, 2, 1, "6GN7+z6dccy/GV+4p/Pa6A==", "x"), identity.HashParams},
		{"keycloak-argon2", b64, p(1<<40, 2, 1, "6GN7+z6dccy/GV+4p/Pa6A==", ""), identity.HashParams},
		{"fusionauth-bcrypt", bcryptHash[29:], p(10, 0, 0, "", ""), identity.HashParams},
		{"fusionauth-bcrypt", bcryptHash[29:], p(10, 0, 0, identity.Secret(bcryptHash[7:28]), ""), identity.HashMalformed},
		{"fusionauth-bcrypt", bcryptHash[29:], p(31, 0, 0, identity.Secret(bcryptHash[7:29]), ""), identity.HashCost},
		{identity.ScryptFirebase, "$fbscrypt$v=1,n=14,r=8,p=1,sk=AAAA$42xEC+ixf3L2lw==$AAAA", identity.Params{}, identity.HashUnsupported},
		{identity.ScryptFirebase, "$fbscrypt$v=1,n=13,r=8,p=1,ss=Bw==,sk=AAAA$42xEC+ixf3L2lw==$AAAA", identity.Params{}, identity.HashUnsupported},
		{identity.ScryptFirebase, "$fbscrypt$v=1,n=99,r=8,p=1,ss=Bw==,sk=AAAA$42xEC+ixf3L2lw==$AAAA", identity.Params{}, identity.HashParams},
		{identity.ScryptFirebase, "$f_scrypt$AAAA$42xEC+ixf3L2lw==$m=14$r=8$s=Bw==", identity.Params{}, identity.HashParams},
		{identity.ScryptFirebase, "$firescrypt$ln=14,r=8,p=2$42xEC+ixf3L2lw==$AAAA$Bw==$AAAA", identity.Params{}, identity.HashMalformed},
		{identity.ScryptFirebase, "$scrypt$", identity.Params{}, identity.HashMalformed},
	} {
		u := identity.User{ID: "a", Email: "a@b.cd", Hash: identity.Hash{Algorithm: c.tag, Encoded: identity.Secret(c.encoded), Params: c.params}}
		j := (rules{profile: Profile19, undocumented: true}).plan(u).judgement
		if j.Verdict != sink.NeedsReset || j.Problem.Code != c.code {
			t.Errorf("%s %s: %s %v, want %s", c.tag, c.encoded, j.Verdict, j.Problem, c.code)
		} else if len(c.encoded) > 8 && strings.Contains(j.Problem.Detail, c.encoded) {
			t.Errorf("%s: the detail holds the hash", c.tag)
		}
	}
}

// TestDocumentedOnly: without the switch no crypt string lands, however wrapped.
func TestDocumentedOnly(t *testing.T) {
	r := rules{profile: Profile19}
	for _, s := range sources(t) {
		for _, h := range append(respelt(t, s.hash), s.hash) {
			crypt := strings.HasSuffix(string(s.hash.Algorithm), "-crypt") && !strings.Contains(string(h.Encoded), "$2")
			if _, bad := r.payload(identity.User{Hash: h}); crypt && (bad == nil || bad.Code != identity.HashUnsupported) {
				t.Errorf("%s as %s: %v", s.id, h.Algorithm, bad)
			}
		}
	}
}
