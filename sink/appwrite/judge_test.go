package appwrite

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

func offline(t *testing.T, c Config) *Sink {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const bcryptHash = "$2y$08$PDbMtV18J1KOBI9tIYabBuyUwBrtXPGhLxCy9pWP6xkldVOKLrLKy" // password "secret": Appwrite's own test

func withHash(u identity.User) identity.User {
	u.Hash = identity.Hash{Algorithm: identity.Bcrypt, Encoded: bcryptHash}
	return u
}

func TestJudge(t *testing.T) {
	s := offline(t, Config{})
	for _, c := range []struct {
		name    string
		user    identity.User
		verdict sink.Verdict
		problem identity.Code
		losses  string
	}{
		{"hash and address", withHash(identity.User{ID: "a", Email: "a@b.cd"}), sink.Ready, "", ""},
		{"address only", identity.User{ID: "a", Email: "a@b.cd"}, sink.Passwordless, "", ""},
		{"phone only", identity.User{ID: "a", Phone: "+12025550123", PhoneVerified: true}, sink.Passwordless, "", ""},
		{"phone that nobody says was confirmed", identity.User{ID: "a", Phone: "+12025550123"}, sink.Passwordless, "", "phone-unverified"},
		{"nothing at all", identity.User{ID: "a"}, sink.Passwordless, "", "anonymous"},
		{"hash without address", withHash(identity.User{ID: "a", Phone: "+12025550123", PhoneVerified: true}), sink.Blocked, identity.EmailMissing, ""},
		{"bad address", identity.User{ID: "a", Email: "a@b"}, sink.Blocked, identity.EmailInvalid, ""},
		{"bad address with a hash", withHash(identity.User{ID: "a", Email: "jörg@b.cd"}), sink.Blocked, identity.EmailInvalid, ""},
		{"blanks around the address", identity.User{ID: "a", Email: " A@B.cd\t"}, sink.Passwordless, "", ""},
		{"bad phone beside an address", identity.User{ID: "a", Email: "a@b.cd", Phone: "0202 555"}, sink.Passwordless, "", "phone-dropped"},
		{"bad phone alone", identity.User{ID: "a", Phone: "0202 555"}, sink.Blocked, identity.PhoneInvalid, "phone-dropped"},
		{"unassigned code beside an address", withHash(identity.User{ID: "a", Email: "a@b.cd", Phone: "+2145551234", PhoneVerified: true}), sink.Ready, "", "phone-dropped"},
		{"unassigned code alone", identity.User{ID: "a", Phone: "+2145551234"}, sink.Blocked, identity.PhoneInvalid, "phone-dropped"},
		{"assigned code, short number", identity.User{ID: "a", Phone: "+1234567", PhoneVerified: true}, sink.Passwordless, "", ""},
		{"no id", withHash(identity.User{Email: "a@b.cd"}), sink.Blocked, identity.IDMissing, ""},
		{"long name", identity.User{ID: "a", Email: "a@b.cd", Name: strings.Repeat("é", 129)}, sink.Passwordless, "", "name-shortened"},
		{"name that is no text", identity.User{ID: "a", Email: "a@b.cd", Name: "\xff"}, sink.Blocked, identity.TextInvalid, ""},
		{"hash that nothing verifies", identity.User{ID: "a", Email: "a@b.cd", Hash: identity.Hash{Algorithm: "drupal7", Encoded: "$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf"}}, sink.NeedsReset, identity.HashUnsupported, ""},
		{"the same without address", identity.User{ID: "a", Hash: identity.Hash{Algorithm: "drupal7", Encoded: "$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf"}}, sink.NeedsReset, identity.HashUnsupported, ""},
		{"everything that is lost", identity.User{
			ID: "a", Email: "a@b.cd", Username: "ann", Photo: "https://x", Factors: []string{"totp"}, Labels: []string{"admin"},
			Logins: []identity.Login{{Provider: "google.com"}, {Provider: "password"}}, Attributes: map[string]any{"x": 1},
			Created: time.Unix(1, 0), LastSignIn: time.Unix(2, 0),
		}, sink.Passwordless, "", "provider mfa photo username password-not-exported roles claims created-date last-sign-in"},
		{"nothing of that", identity.User{ID: "a", Email: "a@b.cd", Username: "A@B.cd", Logins: []identity.Login{{Provider: "phone"}}}, sink.Passwordless, "", ""},
	} {
		j := s.Judge(c.user)
		if j.Verdict != c.verdict || j.Problem != nil && j.Problem.Code != c.problem || (j.Problem == nil) != (c.problem == "") {
			t.Errorf("%s: %s %v", c.name, j.Verdict, j.Problem)
		}
		if got := strings.Trim(fmt.Sprint(j.Losses), "[]"); got != c.losses {
			t.Errorf("%s: losses %q, want %q", c.name, got, c.losses)
		}
		for _, l := range j.Losses {
			if info, known := identity.Lookup(l); !known || !info.Loss {
				t.Errorf("%s: %s is no loss of the catalogue", c.name, l)
			}
		}
	}
}

// TestPhoneLoss: who lands without the number loses what Judge says of the number,
// and nothing else that it does not say.
func TestPhoneLoss(t *testing.T) {
	s := offline(t, Config{})
	for _, verified := range []bool{false, true} {
		u := withHash(identity.User{ID: "a", Email: "a@b.cd", Phone: "+12025550123", PhoneVerified: verified, Photo: "https://x"})
		whole := s.Judge(u)
		u.Phone, u.PhoneVerified = "", false
		want := slices.DeleteFunc(whole.Losses, func(c identity.Code) bool { return c == whole.PhoneLoss })
		if got := s.Judge(u).Losses; !slices.Equal(got, want) || (whole.PhoneLoss == "") != verified {
			t.Errorf("verified %v: losses without the number %v, with it %v and of it %q", verified, got, want, whole.PhoneLoss)
		}
	}
}

func TestJudgeKeys(t *testing.T) {
	j := offline(t, Config{}).Judge(withHash(identity.User{ID: "AbC.1", Email: " Ann@Example.COM ", Phone: "+12025550123"}))
	if want := (sink.Keys{ID: "abc.1", Email: "ann@example.com", Phone: "+12025550123"}); j.Keys != want || j.TargetID != "AbC.1" || j.Endpoint != "bcrypt" {
		t.Errorf("%+v", j)
	}
}

// TestTrust: nothing verified, nobody enabled, no label that the source does
// not say.
func TestTrust(t *testing.T) {
	p := rules{profile: Profile19, roles: Labels}.plan(identity.User{ID: "a", EmailVerified: true, PhoneVerified: true, Disabled: true, Labels: []string{"b", "a", "b", "no good", strings.Repeat("x", 37)}})
	if p.profile.EmailVerification || p.profile.PhoneVerification || p.profile.Status {
		t.Errorf("flags without an address, or an enabled user: %+v", p.profile)
	}
	if fmt.Sprint(p.profile.Labels) != "[a b]" || !slices.Contains(p.judgement.Losses, identity.LossRoles) {
		t.Errorf("labels %v, losses %v", p.profile.Labels, p.judgement.Losses)
	}
}

func TestIDRules(t *testing.T) {
	long := strings.Repeat("x", 37)
	for _, c := range []struct {
		rule   sink.IDRule
		id     string
		want   string
		reject identity.Code
	}{
		{"", "Ab9_-.z", "Ab9_-.z", ""},
		{sink.IDAuto, strings.Repeat("x", 36), strings.Repeat("x", 36), ""},
		{sink.IDAuto, "auth0|5f7c8ec7c33c6c004bbafe82", "86l4gu47sf25o6di8i5iu0r5abo0mb3os8sk", ""},
		{sink.IDAuto, "usage", "1974oaa35r5g3eavgvc7vunvjiqf6r74n2fv", ""},
		{sink.IDKeep, "Identities", "", identity.IDInvalid},
		{sink.IDKeep, "_a", "", identity.IDInvalid},
		{sink.IDKeep, long, "", identity.IDInvalid},
		{sink.IDKeep, "7", "7", ""},
		{sink.IDAuto, "0", "bvmempnvp1njhmaif1m6qqbcf71dnghprl79", ""},
		{sink.IDKeep, "0", "", identity.IDInvalid},
		{"prefix:wp-", "0", "wp-0", ""},
		{sink.IDUUID, "alice", "b4fbdefb-22aa-51f4-a896-7a0d229eedc2", ""},
		{"prefix:wp-", "7", "wp-7", ""},
		{"prefix:wp-", "_7", "wp-_7", ""},
		{sink.IDKeep, "", "", identity.IDMissing},
		{sink.IDUUID, "", "", identity.IDMissing},
	} {
		got, bad := idOf(c.rule, c.id)
		if bad != nil && bad.Code != c.reject || (bad == nil) != (c.reject == "") || c.reject == "" && got != c.want {
			t.Errorf("%s of %q: %q %v, want %q %s", c.rule, c.id, got, bad, c.want, c.reject)
		}
	}
	if got, _ := idOf("prefix:wp-", long); !legalID(got) || !strings.HasPrefix(got, "wp-") || len(got) != 36 {
		t.Errorf("a prefixed id that was too long became %q", got)
	}
	for _, rule := range []sink.IDRule{"prefix:", "prefix:-x", "prefix:seventeen-letters", "prefix:a b", "PREFIX:x", "random"} {
		if _, err := New(Config{ID: rule}); err == nil {
			t.Errorf("the rule %q is taken", rule)
		}
	}
}

func TestHashes(t *testing.T) {
	key := identity.Secret("jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==")
	firebase := identity.Params{Salt: "42xEC-ixf3L2lw", SaltSeparator: "Bw==", SignerKey: key, N: 16384, R: 8, P: 1}
	const digest = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
	with := func(change func(*identity.Params)) identity.Params { p := firebase; change(&p); return p }
	scrypt := identity.Params{Salt: "NaCl", N: 1024, R: 8, P: 16, KeyLen: 16}
	withScrypt := func(change func(*identity.Params)) identity.Params { p := scrypt; change(&p); return p }
	hex32 := strings.Repeat("0a", 16)
	for _, c := range []struct {
		name      string
		profile   Profile
		algorithm identity.Algorithm
		encoded   string
		params    identity.Params
		code      identity.Code
		converted bool
	}{
		{"md5", "", identity.MD5, hex32, identity.Params{}, "", false},
		{"md5 upper", "", identity.MD5, strings.ToUpper(hex32), identity.Params{}, "", true},
		{"md5 salted", "", identity.MD5, hex32, identity.Params{Salt: "x"}, identity.HashUnsupported, false},
		{"md5 cut", "", identity.MD5, hex32[1:], identity.Params{}, identity.HashMalformed, false},
		{"sha unnamed", "", identity.SHA, hex32, identity.Params{}, identity.HashParams, false},
		{"sha of another length", "", identity.SHA, hex32, identity.Params{Variant: "sha1"}, identity.HashMalformed, false},
		{"sha1 in capitals", "", identity.SHA, hex32 + "0000000F", identity.Params{Variant: "SHA1"}, "", true},
		{"sha512/256 on 1.5", Profile15, identity.SHA, hex32 + hex32, identity.Params{Variant: "sha512/256"}, "", false},
		{"sha512/256 on 1.9", "", identity.SHA, hex32 + hex32, identity.Params{Variant: "sha512/256"}, identity.HashUnsupported, false},
		{"whirlpool", "", identity.SHA, hex32, identity.Params{Variant: "whirlpool"}, identity.HashParams, false},
		{"bcrypt too dear", "", identity.Bcrypt, "$2y$17" + bcryptHash[6:], identity.Params{}, identity.HashCost, false},
		{"bcrypt with a newline", "", identity.Bcrypt, bcryptHash + "\n", identity.Params{}, "", true},
		{"WordPress bcrypt by the wrong name", "", identity.Bcrypt, "$wp" + bcryptHash, identity.Params{}, identity.HashMalformed, false},
		{"WordPress bcrypt", "", identity.WPBcrypt, "$wp" + bcryptHash, identity.Params{}, identity.HashUnsupported, false},
		{"phpass too dear", "", identity.PHPass, "$P$OVUgpggk9Y9uCJuglua9yHYHZS8tXk0", identity.Params{}, identity.HashCost, false},
		{"argon2 of 4 TiB", "", identity.Argon2, "$argon2id$v=19$m=4294967295,t=2,p=1$Qi4zOUx5ay9sWnV5NTlaRw$G2vx0SlPJYBF98/QNf2WndMQtgwQ3dZd0GoUXuwqT/8", identity.Params{}, identity.HashCost, false},
		{"argon2 of many passes", "", identity.Argon2, "$argon2id$v=19$m=65536,t=4000000000,p=1$Qi4zOUx5ay9sWnV5NTlaRw$G2vx0SlPJYBF98/QNf2WndMQtgwQ3dZd0GoUXuwqT/8", identity.Params{}, identity.HashCost, false},
		{"argon2d", "", identity.Argon2, "$argon2d$v=19$m=64,t=2,p=1$Qi4zOUx5ay9sWnV5NTlaRw$G2vx0SlPJYBF98/QNf2WndMQtgwQ3dZd0GoUXuwqT/8", identity.Params{}, identity.HashUnsupported, false},
		{"argon2 with a key", "", identity.Argon2, "$argon2id$v=19$m=64,t=2,p=1,keyid=Zm9v$Qi4zOUx5ay9sWnV5NTlaRw$G2vx0SlPJYBF98/QNf2WndMQtgwQ3dZd0GoUXuwqT/8", identity.Params{}, identity.HashUnsupported, false},
		{"argon2 over 256 bytes", "", identity.Argon2, "$argon2id$v=19$m=64,t=2,p=1$Qi4zOUx5ay9sWnV5NTlaRw$" + strings.Repeat("AAAA", 60), identity.Params{}, identity.HashUnsupported, false},
		{"scrypt", "", identity.Scrypt, hex32, scrypt, "", false},
		{"scrypt, length from the digest", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.KeyLen = 0 }), "", false},
		{"scrypt upper", "", identity.Scrypt, strings.ToUpper(hex32), scrypt, "", true},
		{"scrypt without salt", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.Salt = "" }), identity.HashParams, false},
		{"scrypt N odd", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.N = 1000 }), identity.HashParams, false},
		{"scrypt negative", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.R = -8 }), identity.HashParams, false},
		{"scrypt binary salt", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.Salt = "\xff" }), identity.HashUnsupported, false},
		{"scrypt salt 0 on 1.9", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.Salt = "0" }), identity.HashUnsupported, false},
		{"scrypt salt 0 on 1.5", Profile15, identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.Salt = "0" }), "", false},
		{"scrypt short", "", identity.Scrypt, hex32[:30], withScrypt(func(p *identity.Params) { p.KeyLen = 15 }), identity.HashUnsupported, false},
		{"scrypt of another length", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.KeyLen = 32 }), identity.HashMalformed, false},
		{"scrypt of 2 GiB", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.N, p.P = 1<<21, 1 }), identity.HashCost, false},
		{"scrypt of much work", "", identity.Scrypt, hex32, withScrypt(func(p *identity.Params) { p.P = 1 << 20 }), identity.HashCost, false},
		{"Firebase", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.Salt = "42xEC+ixf3L2lw==" }), "", false},
		{"Firebase, p not said", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.Salt, p.P = "42xEC+ixf3L2lw==", 0 }), "", false},
		{"Firebase, salt of the other alphabet", "", identity.ScryptFirebase, digest, firebase, "", true},
		{"Firebase, hash of the other alphabet", "", identity.ScryptFirebase, strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(digest), with(func(p *identity.Params) { p.Salt = "42xEC+ixf3L2lw==" }), "", true},
		{"Firebase, other rounds", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.R = 7 }), identity.HashUnsupported, false},
		{"Firebase, other mem_cost", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.N = 8192 }), identity.HashUnsupported, false},
		{"Firebase, no key", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.SignerKey = "" }), identity.HashParams, false},
		{"Firebase, no separator", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.SaltSeparator = "" }), identity.HashParams, false},
		{"Firebase, no salt", "", identity.ScryptFirebase, digest, with(func(p *identity.Params) { p.Salt = "" }), identity.HashParams, false},
		{"Firebase, cut", "", identity.ScryptFirebase, digest[:80], firebase, identity.HashMalformed, false},
		{"Firebase, no base64", "", identity.ScryptFirebase, "UkVE QUNURUQ", firebase, identity.HashMalformed, false},
		{"crypt", "", "sha512-crypt", "$6$6z6q3DW/XRmDKtGs$k2aP/eQknwzzYztc1P6dMTQAg40XYD2mFNDCoLAJXnjalpI2w6oqCUcNs/NG2DwRCmtjzO6jwV70ylzV.Msqc1", identity.Params{}, identity.HashUnsupported, false},
		{"unheard of", "", "snefru", "x", identity.Params{}, identity.HashUnsupported, false},
	} {
		profile := c.profile
		if profile == "" {
			profile = Profile19
		}
		p, bad := rules{profile: profile}.payload(identity.User{Hash: identity.Hash{Algorithm: c.algorithm, Encoded: identity.Secret(c.encoded), Params: c.params}})
		if bad != nil && bad.Code != c.code || (bad == nil) != (c.code == "") {
			t.Errorf("%s: %v, want %s", c.name, bad, c.code)
			continue
		}
		if bad == nil && p.converted != c.converted {
			t.Errorf("%s: converted %v", c.name, p.converted)
		}
		if bad != nil && (strings.Contains(bad.Detail, c.encoded) || c.params.Salt != "" && strings.Contains(bad.Detail, string(c.params.Salt)) && len(c.params.Salt) > 3) {
			t.Errorf("%s: the detail holds the hash or the salt", c.name)
		}
	}
}

// TestUndocumented: the switch lets crypt strings in, within bounds.
func TestUndocumented(t *testing.T) {
	r := rules{profile: Profile19, undocumented: true}
	digest := strings.Repeat("a", 85) + "."
	for text, code := range map[string]identity.Code{
		"$6$salt$" + digest:                  "",
		"$6$rounds=9000$salt$" + digest:      "",
		"$6$rounds=99999999$salt$" + digest:  identity.HashCost,
		"$6$rounds=999$salt$" + digest:       identity.HashMalformed,
		"$6$rounds=9000$" + digest:           identity.HashMalformed,
		"$6$seventeen letters$" + digest:     identity.HashMalformed,
		"$5$salt$" + digest:                  identity.HashMalformed,
		"$6$salt$" + digest + "\x00":         identity.HashMalformed,
		"$6$salt$" + digest[1:]:              identity.HashMalformed,
		"$6$rounds=09000$salt$" + digest:     identity.HashMalformed,
		"$6$rounds=9000000000$a$" + digest:   identity.HashMalformed,
		"$6$rounds=99999999999$a$" + digest:  identity.HashMalformed,
		"$6$rounds=-9000$salt$" + digest[2:]: identity.HashMalformed,
	} {
		_, bad := r.payload(identity.User{Hash: identity.Hash{Algorithm: "sha512-crypt", Encoded: identity.Secret(text)}})
		if bad != nil && bad.Code != code || (bad == nil) != (code == "") {
			t.Errorf("%q: %v, want %s", text, bad, code)
		}
	}
}

func TestEmails(t *testing.T) {
	long := strings.Repeat("a", 63)
	for address, valid := range map[string]bool{
		"a@b.cd": true, "o'brien@example.com": true, "a/b@example.com": true, "50%+x@example.com": true, "a@b.c": true,
		"a@[127.0.0.1]": true, `"a.b"@example.com`: true, `"a\ b"@example.com`: true, "a@xn--bcher-kva.example": true,
		strings.Repeat("l", 64) + "@example.com":                                     true,
		strings.Repeat("l", 65) + "@example.com":                                     false,
		"a@" + long + "." + long + "." + long + "." + strings.Repeat("b", 58) + ".c": true,
		"a@" + long + "." + long + "." + long + "." + strings.Repeat("b", 59) + ".c": false,
		"a@" + long + "b.com": false, "": false, "@": false, "a": false, "a@": false, "@b.cd": false, "a@b": false, "user@localhost": false,
		"a..b@example.com": false, ".a@example.com": false, "a.@example.com": false, "a@b..cd": false, "a@b.cd.": false, "a@.b.cd": false,
		"a@-b.cd": false, "a@b-.cd": false, "a@b_c.de": false, "a@b.123": false, "a@b.1cd": false, "jörg@example.com": false,
		"a@exämple.com": false, "a b@example.com": false, `"a b"@example.com`: false, "a@b.cd\n": false, "a@[127.0.0.256]": false, "a@[::1]": false,
		"a@b@c.de": false, `"a@b.cd`: false, `"`: false, `"\`: false, "a,b@example.com": false, "a(b)@example.com": false,
	} {
		if got := (rules{profile: Profile19}).validEmail(address); got != valid {
			t.Errorf("%q: %v", address, got)
		}
	}
	if quoted := `"a@b"@example.com`; !(rules{profile: Profile15}).validEmail(quoted) || (rules{profile: Profile19}).validEmail(quoted) {
		t.Error("an address with a quoted @ is taken by 1.5 and not by 1.9")
	}
}

func TestAccepts(t *testing.T) {
	bcrypt := identity.Hash{Algorithm: identity.Bcrypt, Encoded: bcryptHash}
	argon := identity.Hash{Algorithm: identity.Argon2}
	for _, c := range []struct {
		hash     identity.Hash
		password string
		want     identity.Code
	}{
		{bcrypt, "1234567", identity.PasswordLength}, {bcrypt, "12345678", ""}, {bcrypt, "pässwör", ""}, // nine bytes
		{bcrypt, strings.Repeat("x", 256), ""}, {bcrypt, strings.Repeat("x", 257), identity.PasswordLength},
		{bcrypt, "12345678\x00x", identity.PasswordSpelling}, {argon, "12345678\x00x", ""},
	} {
		got := accepts(c.hash, c.password)
		if got != nil && got.Code != c.want || (got == nil) != (c.want == "") {
			t.Errorf("%q: %v", c.password, got)
		}
	}
}

func TestPrefs(t *testing.T) {
	big := func(n int) map[string]any { return map[string]any{"k": strings.Repeat("x", n)} }
	created := time.Date(2020, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		name       string
		attributes map[string]any
		want       string // canonical
		losses     string
	}{
		{"plain", map[string]any{"b": true, "a": "x"}, `{"a":"x","b":true,"created_at":"2020-01-02T02:04:05Z"}`, ""},
		{"none", nil, `{"created_at":"2020-01-02T02:04:05Z"}`, ""},
		{"a list in object's clothes", map[string]any{"0": 1, "1": 2}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"numbers for keys", map[string]any{"5": 1}, `{"5":1,"created_at":"2020-01-02T02:04:05Z"}`, ""},
		{"an empty object inside", map[string]any{"a": map[string]any{}, "created_at": 1}, `{"a":[],"created_at":1}`, "claims-reshaped created-date"},
		{"a list in object's clothes inside a list", map[string]any{"a": []any{map[string]any{"0": 1}}, "created_at": 1}, `{"a":[[1]],"created_at":1}`, "claims-reshaped created-date"},
		{"an empty list inside", map[string]any{"a": []any{}, "created_at": 1}, `{"a":[],"created_at":1}`, "created-date"},
		{"a name of the server's", map[string]any{"$id": 1}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"our own name", map[string]any{"created_at": "x"}, `{"created_at":"x"}`, "created-date"},
		{"an integer of 65 bits", map[string]any{"n": json.Number("18446744073709551616")}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"a number beyond all", map[string]any{"n": json.Number("1e999")}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"no text", map[string]any{"n": "\xff"}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"full to the last byte", big(65527), "", "created-date"},
		{"one byte more", big(65528), `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"slashes count twice", map[string]any{"k": strings.Repeat("/", 33000)}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"beyond ASCII counts six times", map[string]any{"k": strings.Repeat("é", 11000)}, `{"created_at":"2020-01-02T02:04:05Z"}`, "claims"},
		{"and so ten thousand fit", map[string]any{"k": strings.Repeat("é", 10000)}, "", ""},
	} {
		p := rules{profile: Profile19, claims: Prefs, dates: Prefs}.plan(identity.User{ID: "a", Email: "a@b.cd", Attributes: c.attributes, Created: created})
		if got := p.profile.Prefs.canonical; c.want != "" && got != c.want {
			t.Errorf("%s: %.100s", c.name, got)
		}
		if got := strings.Trim(fmt.Sprint(p.judgement.Losses), "[]"); got != c.losses {
			t.Errorf("%s: losses %q, want %q", c.name, got, c.losses)
		}
	}
}

// TestReshaped: exactly the claims that come back in another shape are said to.
func TestReshaped(t *testing.T) {
	many := func(n int) map[string]any {
		m := map[string]any{}
		for i := range n {
			m[fmt.Sprint(i)] = true
		}
		return m
	}
	for _, version := range versions {
		s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{Claims: Prefs})
		for i, claims := range []map[string]any{
			{"a": map[string]any{}}, {"a": []any{}}, {"a": map[string]any{"0": true}}, {"a": []any{map[string]any{}}}, {"a": many(10)}, {"a": many(11)},
			{"a": map[string]any{"1": true}}, {"a": map[string]any{"b": map[string]any{"c": nil}}}, {"a": many(5), "b": map[string]any{}},
		} {
			r := landOne(t, s, identity.User{ID: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("u%d@b.cd", i), Attributes: claims}, false)
			wantState(t, s, r)
			var back map[string]any
			if err := json.Unmarshal([]byte(f.must(t, "GET", "/v1/users/"+r.TargetID+"/prefs", "")), &back); err != nil {
				t.Fatal(err)
			}
			j := s.Judge(identity.User{ID: "x", Email: "x@b.cd", Attributes: claims})
			if said, is := slices.Contains(j.Losses, identity.LossClaimsShape), !reflect.DeepEqual(back, claims); said != is {
				t.Errorf("%s: %v comes back as %v, said to be reshaped: %v", version, claims, back, said)
			}
		}
	}
}

// TestSpellings: what PHP does to preferences does not change their canonical form.
func TestSpellings(t *testing.T) {
	sent := map[string]any{
		"empty": map[string]any{}, "list": map[string]any{"0": "a", "1": "b"}, "f": json.Number("1.0"), "g": json.Number("1e17"), "i": 1e17, "h": 0.1,
		"s": "é/<>", "n": nil, "big": json.Number("9007199254740993"), "neg": json.Number("-0"), "exp": json.Number("1E3"),
	}
	p, ok := canonicalPrefs(sent)
	if !ok {
		t.Fatal("refused")
	}
	for _, answer := range []string{
		string(p.wire),
		`{"big":9007199254740993,"empty":[],"exp":1000,"f":1,"g":1.0e+17,"h":0.1,"i":100000000000000000,"list":["a","b"],"n":null,"neg":-0.0,"s":"\u00e9\/<>"}`,
	} {
		if got := canonicalAnswer(json.RawMessage(answer)); got != p.canonical {
			t.Errorf("%s\nbecame %s\nwant   %s", answer, got, p.canonical)
		}
	}
	for _, empty := range []string{"{}", "[]", "null"} {
		if got := canonicalAnswer(json.RawMessage(empty)); got != "" {
			t.Errorf("%s became %s", empty, got)
		}
	}
}

func TestConfig(t *testing.T) {
	good := Config{Endpoint: "https://appwrite.example.com/v1/", Project: "p", Key: "k"}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"plain http":           func(c *Config) { c.Endpoint = "http://appwrite.example.com/v1" },
		"http to a look-alike": func(c *Config) { c.Endpoint = "http://localhost.example.com/v1" },
		"http by address":      func(c *Config) { c.Endpoint = "http://192.0.2.1/v1" },
		"another scheme":       func(c *Config) { c.Endpoint = "ftp://localhost/v1" },
		"no scheme":            func(c *Config) { c.Endpoint = "appwrite.example.com/v1" },
		"no path":              func(c *Config) { c.Endpoint = "https://appwrite.example.com" },
		"a query":              func(c *Config) { c.Endpoint += "?x=1" },
		"no address":           func(c *Config) { c.Endpoint = "https://[" },
		"a password in it":     func(c *Config) { c.Endpoint = "https://user:hunter2@appwrite.example.com/v1" },
		"no project":           func(c *Config) { c.Project = "" },
		"no key":               func(c *Config) { c.Key = "" },
		"a line break":         func(c *Config) { c.Key = "key\n" },
		"a profile":            func(c *Config) { c.Profile = "2.0" },
		"roles to prefs":       func(c *Config) { c.Roles = Prefs },
		"claims to labels":     func(c *Config) { c.Claims = Labels },
		"no patience at all":   func(c *Config) { c.Patience = -1 },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s is taken", name)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, local := range []string{"http://localhost:8090/v1", "http://127.0.0.2/v1", "http://[::1]:80/v1"} {
		c := good
		c.Endpoint = local
		if _, err := New(c); err != nil {
			t.Errorf("%s: %v", local, err)
		}
	}
	s := offline(t, Config{})
	if _, err := s.Write(t.Context(), nil); err == nil {
		t.Error("a sink without an endpoint writes")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestVersions(t *testing.T) {
	for version, want := range map[string]Profile{
		"1.5.11": Profile15, "1.7.4": Profile15, "1.8.0": Profile19, "1.9.6": Profile19, "1.10.0": Profile19, "2.0.0-rc.1": Profile19,
		"1.4.13": "", "0.15.3": "", "": "", "latest": "", "1": "", "1.x": "",
	} {
		got, err := profileOf(version)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", version, got, err)
		}
	}
}

// TestCallingCodesByVersion: 1.5 takes a number of no country, everything later
// does not.
func TestCallingCodesByVersion(t *testing.T) {
	for version, asked := range map[string]bool{"1.5.11": false, "1.6.0": true, "1.7.4": true, "1.9.6": true, "2.0.0": true} {
		if checksCodes(version) != asked {
			t.Errorf("%s: %v", version, !asked)
		}
	}
	u := identity.User{ID: "a", Phone: "+2145551234"}
	if j := offline(t, Config{Profile: Profile15}).Judge(u); j.Verdict != sink.Passwordless || j.Keys.Phone != u.Phone {
		t.Errorf("1.5: %+v", j)
	}
	for _, server := range versions {
		s, _ := rehearse(t, rehearsal.Config{Profile: server}, Config{})
		if _, err := s.Preflight(t.Context()); err != nil || s.rules.callingCodes != (server == rehearsal.V19) {
			t.Errorf("%s: %v, asks for codes %v", server, err, s.rules.callingCodes)
		}
	}
}

// FuzzJudge: no user makes it panic; whoever lands can be written, and what would
// be there is equal to itself after the server's answer.
func FuzzJudge(f *testing.F) {
	f.Add("id", "a@b.cd", "+12025550123", "name", "bcrypt", bcryptHash, "salt", "key", 16384, 8, `{"a":{"0":[]}}`)
	f.Add("", "", "", "", "argon2", "$argon2id$v=19$m=64,t=2,p=1$Qi4zOUx5ay9sWnV5NTlaRw$G2vx0SlPJYBF98/QNf2WndMQtgwQ3dZd0GoUXuwqT/8", "", "", 0, 0, `{}`)
	f.Add("a|b", `"\"@[1.2.3.4]`, "+", "\xff", "scrypt-firebase", "AAAA", "AA==", "AAAA", 16384, 8, `{"$id":1}`)
	f.Fuzz(func(t *testing.T, id, email, phone, name, algorithm, encoded, salt, key string, n, r int, attributes string) {
		u := identity.User{ID: id, Email: email, Phone: phone, Name: name, Labels: []string{name, id}, Created: time.Unix(int64(n), 0)}
		u.Hash = identity.Hash{Algorithm: identity.Algorithm(algorithm), Encoded: identity.Secret(encoded), Params: identity.Params{
			Salt: identity.Secret(salt), SaltSeparator: identity.Secret(key), SignerKey: identity.Secret(key), N: n, R: r, P: 1, Variant: salt,
		}}
		_ = json.Unmarshal([]byte(attributes), &u.Attributes)
		for _, profile := range []Profile{Profile15, Profile19} {
			p := rules{profile: profile, roles: Labels, claims: Prefs, dates: Prefs, undocumented: true}.plan(u)
			if !p.judgement.Verdict.Lands() {
				if p.judgement.Problem == nil {
					t.Fatal("refused without a problem")
				}
				continue
			}
			body, err := encode(p.createBody())
			if err != nil || !legalID(p.id) {
				t.Fatalf("%v, id %q", err, p.id)
			}
			if got := canonicalAnswer(p.profile.Prefs.wire); len(p.profile.Prefs.wire) > 0 && got != p.profile.Prefs.canonical {
				t.Fatalf("%s becomes %s", p.profile.Prefs.wire, got)
			}
			var back map[string]any
			if err := json.Unmarshal(body, &back); err != nil || !slices.Contains(slices.Collect(maps.Keys(back)), "userId") {
				t.Fatalf("%s: %v", body, err)
			}
		}
	})
}
