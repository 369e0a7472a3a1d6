package postgres

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

func offline(t *testing.T, c Config) *Sink {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const bcryptHash = "$2y$10$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW" // "Correct-Horse_9"

func withHash(u identity.User) identity.User {
	u.Hash = identity.Hash{Algorithm: identity.Bcrypt, Encoded: bcryptHash}
	return u
}

// TestPhoneLoss: who lands without the number loses what Judge says of the number,
// and nothing else that it does not say.
func TestPhoneLoss(t *testing.T) {
	for _, layout := range []Layout{Generic, Supabase} {
		s := offline(t, Config{Layout: layout})
		for i := range 4 {
			u := withHash(identity.User{ID: "a", Email: "a@b.cd", EmailVerified: i&1 > 0, Phone: "+12025550123", PhoneVerified: i&2 > 0, Photo: "https://x"})
			whole := s.Judge(u)
			u.Phone, u.PhoneVerified = "", false
			want := slices.DeleteFunc(whole.Losses, func(c identity.Code) bool { return c == whole.PhoneLoss })
			if got := s.Judge(u).Losses; !slices.Equal(got, want) {
				t.Errorf("%s, %b: losses without the number %v, with it %v and of it %q", layout, i, got, want, whole.PhoneLoss)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name            string
		user            identity.User
		verdict         sink.Verdict
		problem         identity.Code
		losses, generic string // in the supabase layout, and in the generic one where they differ
	}{
		{"verified", withHash(identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true}), sink.Ready, "", "", ""},
		{"not verified", withHash(identity.User{ID: "a", Email: "a@b.cd"}), sink.Ready, "", "address-unverified lost-at-provider", ""},
		{"hash and phone", withHash(identity.User{ID: "a", Phone: "+12025550123", PhoneVerified: true}), sink.Ready, "", "", ""},
		{"address only", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true}, sink.Passwordless, "", "", ""},
		{"phone only", identity.User{ID: "a", Phone: "+12025550123"}, sink.Passwordless, "", "address-unverified", ""},
		{"anonymous", identity.User{ID: "a"}, sink.Blocked, identity.AddressMissing, "", ""},
		{"a login name only", withHash(identity.User{ID: "a", Username: "ann"}), sink.Blocked, identity.AddressMissing, "username", ""},
		{"a provider only", identity.User{ID: "a", Logins: []identity.Login{{Provider: "google.com", Subject: "1"}}}, sink.Blocked, identity.AddressMissing, "", ""},
		{"no address", identity.User{ID: "a", Email: "ann"}, sink.Blocked, identity.EmailInvalid, "address-unverified", ""},
		{"blanks inside the address", identity.User{ID: "a", Email: "a b@c.de"}, sink.Blocked, identity.EmailInvalid, "address-unverified", ""},
		{"blanks around the address", identity.User{ID: "a", Email: " A@B.cd\t", EmailVerified: true}, sink.Passwordless, "", "", ""},
		{"address of 321", identity.User{ID: "a", Email: strings.Repeat("a", 319) + "@b", EmailVerified: true}, sink.Blocked, identity.EmailInvalid, "", ""},
		{"bad phone beside an address", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Phone: "0202 555"}, sink.Passwordless, "", "phone-dropped", "phone-dropped"},
		{"bad phone alone", identity.User{ID: "a", Phone: "0202 555"}, sink.Blocked, identity.PhoneInvalid, "phone-dropped", "phone-dropped"},
		{"no id", withHash(identity.User{Email: "a@b.cd", EmailVerified: true}), sink.Blocked, identity.IDMissing, "", ""},
		{"NUL in the name", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Name: "a\x00"}, sink.Blocked, identity.TextInvalid, "", ""},
		{"name that is no text", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Name: "\xff"}, sink.Blocked, identity.TextInvalid, "", ""},
		{"NUL in the id", identity.User{ID: "a\x00", Email: "a@b.cd", EmailVerified: true}, sink.Blocked, identity.TextInvalid, "", ""},
		{"long name", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Name: strings.Repeat("é", 257)}, sink.Passwordless, "", "name-shortened", "name-shortened"},
		{"drupal", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Hash: identity.Hash{Algorithm: "nobody's hash", Encoded: "$S$"}}, sink.NeedsReset, identity.HashUnsupported, "", ""},
		{"everything", identity.User{
			ID: "a", Email: "a@b.cd", EmailVerified: true, Username: "ann", Photo: "https://x", Factors: []string{"totp"}, Labels: []string{"admin"},
			Logins:     []identity.Login{{Provider: "google.com", Subject: "1"}, {Provider: "password"}, {Provider: "yahoo.com", Subject: "2"}, {Provider: "phone", Subject: "3"}},
			Attributes: map[string]any{"x": 1}, Created: time.Unix(1, 0), LastSignIn: time.Unix(2, 0),
		}, sink.Passwordless, "", "username mfa password-not-exported last-sign-in roles claims provider", "mfa password-not-exported roles claims"},
		{"a provider without its subject", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Logins: []identity.Login{{Provider: "google.com"}}}, sink.Passwordless, "", "provider", "provider"},
		{"dates beyond reason", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Created: time.Unix(1e15, 0), LastSignIn: time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)}, sink.Passwordless, "", "created-date last-sign-in", "created-date last-sign-in"},
		{"photo with a NUL", identity.User{ID: "a", Email: "a@b.cd", EmailVerified: true, Photo: "a\x00"}, sink.Passwordless, "", "photo", "photo"},
	} {
		for layout, losses := range map[Layout]string{Supabase: c.losses, Generic: c.generic} {
			j := offline(t, Config{Layout: layout}).Judge(c.user)
			if j.Verdict != c.verdict || j.Problem != nil && j.Problem.Code != c.problem || (j.Problem == nil) != (c.problem == "") {
				t.Errorf("%s, %s: %s %v", c.name, layout, j.Verdict, j.Problem)
			}
			if got := strings.Trim(fmt.Sprint(j.Losses), "[]"); got != losses {
				t.Errorf("%s, %s: losses %q, want %q", c.name, layout, got, losses)
			}
			for _, l := range j.Losses {
				if info, known := identity.Lookup(l); !known || !info.Loss {
					t.Errorf("%s: %s is no loss of the catalogue", c.name, l)
				}
			}
		}
	}
}

func TestJudgeKeys(t *testing.T) {
	u := withHash(identity.User{ID: "AbC.1", Email: " Änn@Example.COM ", Phone: "+12025550123"})
	j := offline(t, Config{Layout: Generic}).Judge(u)
	if want := (sink.Keys{ID: "AbC.1", Email: "änn@example.com", Phone: "+12025550123"}); j.Keys != want || j.TargetID != "AbC.1" || j.Endpoint != "" {
		t.Errorf("%+v", j)
	}
	j = offline(t, Config{Layout: Supabase}).Judge(u)
	if want := sink.DerivedUUID("AbC.1"); j.Keys.ID != want || j.TargetID != want || j.Keys.Email != "änn@example.com" {
		t.Errorf("%+v", j)
	}
}

// TestPlaces: roles, claims and dates go where they are sent, and nowhere else.
func TestPlaces(t *testing.T) {
	u := identity.User{
		ID: "a", Email: "a@b.cd", EmailVerified: true, Labels: []string{"b", "a", "b", "", "\xff"}, Attributes: map[string]any{"role": "service_role", "n": 1.50},
		LastSignIn: time.Unix(1.6e9, 5000), Name: "Ann",
	}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Layout: Supabase}, `{"provider":"email","providers":["email"],"source_id":"a"}`},
		{Config{Layout: Supabase, Roles: Labels}, `{"labels":["a","b"],"provider":"email","providers":["email"],"source_id":"a"}`},
		{Config{Layout: Supabase, Claims: Prefs}, `{"claims":{"n":1.5,"role":"service_role"},"provider":"email","providers":["email"],"source_id":"a"}`},
		{Config{Layout: Supabase, Dates: Prefs}, `{"last_sign_in_at":"2020-09-13T12:26:40.000005Z","provider":"email","providers":["email"],"source_id":"a"}`},
	} {
		s := offline(t, c.config)
		p := s.rules.plan(u)
		if got := string(p.appMetadata(p.supabaseIdentities())); got != c.want {
			t.Errorf("%+v: %s, want %s", c.config, got, c.want)
		}
		if got := string(p.userMetadata()); got != `{"name":"Ann"}` {
			t.Errorf("user metadata %s", got)
		}
		if lost := slices.Contains(p.judgement.Losses, identity.LossRoles); !lost {
			t.Error("of five roles two can be kept, and that is no loss?")
		}
	}
	big := identity.User{ID: "a", Email: "a@b.cd", Labels: []string{strings.Repeat("x", 256)}, Attributes: map[string]any{"x": strings.Repeat("y", 3000)}}
	for range 9 {
		big.Labels = append(big.Labels, fmt.Sprint(len(big.Labels))+big.Labels[0][:200])
	}
	if p := offline(t, Config{Layout: Supabase, Roles: Labels, Claims: Prefs}).rules.plan(big); p.profile.Labels != nil || p.profile.Claims != "" {
		t.Error("a token would become too long for a header")
	}
	if p := offline(t, Config{Layout: Generic, Roles: Labels, Claims: Prefs}).rules.plan(big); len(p.profile.Labels) != 10 || p.profile.Claims == "" {
		t.Error("the generic layout has room for these")
	}
}

// TestTrust: nothing is verified that the source does not call so, and no role of
// a source is the database's.
func TestTrust(t *testing.T) {
	for _, layout := range []Layout{Generic, Supabase} {
		p := offline(t, Config{Layout: layout, Roles: Labels}).rules.plan(identity.User{ID: "a", EmailVerified: true, PhoneVerified: true, Phone: "123", Labels: []string{"postgres"}})
		if p.profile.EmailVerified || p.profile.PhoneVerified {
			t.Errorf("flags without an address: %+v", p.profile)
		}
	}
	u := identity.User{ID: "a", Email: "a@b.cd", Phone: "+12025550123"}
	p := offline(t, Config{Layout: Supabase, ConfirmEmails: true}).rules.plan(u)
	if !p.profile.EmailVerified || p.profile.PhoneVerified {
		t.Errorf("confirming e-mail addresses gave %+v", p.profile)
	}
}

func TestIDs(t *testing.T) {
	const v5 = "b4fbdefb-22aa-51f4-a896-7a0d229eedc2" // of "alice", as everywhere in this project
	for _, c := range []struct {
		layout Layout
		rule   sink.IDRule
		id     string
		want   string
		reject identity.Code
	}{
		{Generic, "", "Ab9_-.z", "Ab9_-.z", ""},
		{Generic, sink.IDAuto, strings.Repeat("x", 128), strings.Repeat("x", 128), ""},
		{Generic, sink.IDAuto, "auth0|5f7c8ec7c33c6c004bbafe82", "86l4gu47sf25o6di8i5iu0r5abo0mb3os8sk", ""},
		{Generic, sink.IDKeep, "_a", "", identity.IDInvalid},
		{Generic, sink.IDKeep, strings.Repeat("x", 129), "", identity.IDInvalid},
		{Generic, sink.IDUUID, "alice", v5, ""},
		{Generic, "prefix:wp-", "7", "wp-7", ""},
		{Generic, "prefix:wp-", "a b", "wp-" + sink.DerivedID("a b"), ""},
		{Generic, sink.IDAuto, strings.Repeat("x", 1025), "", identity.IDInvalid},
		{Supabase, "", "alice", v5, ""},
		{Supabase, "prefix:shop-", "1", sink.DerivedUUID("shop-\x001"), ""},
		{Supabase, "prefix:a b", "6ba7b810-9dad-51d1-80b4-00c04fd430c8", sink.DerivedUUID("a b\x006ba7b810-9dad-51d1-80b4-00c04fd430c8"), ""},
		{Supabase, sink.IDAuto, "6BA7B810-9DAD-51D1-80B4-00C04FD430C8", "6ba7b810-9dad-51d1-80b4-00c04fd430c8", ""},
		{Supabase, sink.IDAuto, nilUUID, sink.DerivedUUID(nilUUID), ""},
		{Supabase, sink.IDAuto, "{6ba7b810-9dad-51d1-80b4-00c04fd430c8}", sink.DerivedUUID("{6ba7b810-9dad-51d1-80b4-00c04fd430c8}"), ""},
		{Supabase, sink.IDAuto, strings.Repeat("Ⱥ", 18), sink.DerivedUUID(strings.Repeat("Ⱥ", 18)), ""},
		{Supabase, sink.IDUUID, "6ba7b810-9dad-51d1-80b4-00c04fd430c8", sink.DerivedUUID("6ba7b810-9dad-51d1-80b4-00c04fd430c8"), ""},
		{Supabase, sink.IDKeep, "28chFirebaseUidAbCdEfGhIjKl", "", identity.IDInvalid},
		{Supabase, sink.IDKeep, "", "", identity.IDMissing},
	} {
		got, bad := idFormOf(c.layout).of(c.rule, c.id)
		if bad != nil && bad.Code != c.reject || (bad == nil) != (c.reject == "") || got != c.want {
			t.Errorf("%s %s of %q: %q %v, want %q %s", c.layout, c.rule, c.id, got, bad, c.want, c.reject)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no layout":        {},
		"unknown layout":   {Layout: "better-auth"},
		"unknown id rule":  {Layout: Generic, ID: "random"},
		"empty prefix":     {Layout: Generic, ID: "prefix:"},
		"illegal prefix":   {Layout: Generic, ID: "prefix:a b"},
		"long prefix":      {Layout: Generic, ID: "prefix:" + sink.IDRule(strings.Repeat("a", 65))},
		"broken prefix":    {Layout: Supabase, ID: "prefix:a\x00"},
		"roles to prefs":   {Layout: Generic, Roles: Prefs},
		"claims to labels": {Layout: Generic, Claims: Labels},
		"negative batch":   {Layout: Generic, Batch: -1},
		"schema":           {Layout: Generic, Schema: strings.Repeat("a", 64)},
		"schema with NUL":  {Layout: Generic, Schema: "a\x00"},
		"Supabase's own":   {Layout: Supabase, Schema: "auth"},
		"confirm generic":  {Layout: Generic, ConfirmEmails: true},
		"empty supabase":   {Layout: Supabase, EmptyTarget: true},
		"key in supabase":  {Layout: Supabase, KeyInHash: true},
	} {
		if _, err := New(c); err == nil || !strings.HasPrefix(err.Error(), "postgres: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestObjects(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1.0,"a":[true,null,{}]}`:     `{"a":[true,null,{}],"b":1}`,
		`{"x":-0.0,"y":1e3,"z":1e-3}`:      `{"x":0,"y":1000,"z":0.001}`,
		`{"<":"\u2028\u0041\ud83d\ude00"}`: `{"<":"\u2028A😀"}`,
		`[1]`:                              `[1]`,
		`nul`:                              `nul`,
	} {
		if got := string(objectFrom(in)); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	for c := rune(1); c < 0x180; c++ { // those that stand as they are, and those that do not
		want := "a" + string(c) + "z"
		o, ok := objectOf(map[string]any{"k": want})
		var back map[string]string
		if err := json.Unmarshal([]byte(o), &back); !ok || err != nil || back["k"] != want || objectFrom(string(o)) != o {
			t.Errorf("%q became %s", want, o)
		}
	}
	deep := map[string]any{}
	for range 200 {
		deep = map[string]any{"a": deep}
	}
	for name, values := range map[string]map[string]any{
		"NUL": {"a": "\x00"}, "no UTF-8": {"\xff": 1}, "large": {"a": strings.Repeat("x", maxObject)}, "deep": deep, "no JSON": {"a": func() {}},
	} {
		if o, ok := objectOf(values); ok {
			t.Errorf("%s was taken: %.40s", name, o)
		}
	}
}

// FuzzJudge: whatever a user is made of, judging neither fails nor contradicts
// itself, and what lands fits its columns.
func FuzzJudge(f *testing.F) {
	f.Add("id", "a@b.cd", "+12025550123", "name", "bcrypt", bcryptHash, "salt", "key", 14, 8, "google.com")
	f.Add("", "A@b", "", "\xff", "scrypt-firebase", "lSrfV15cpx95/sZS2W9c9A==", "42xEC-ixf3L2lw", "jxspr8Ki0RYycVU8zykbdA==", 16384, 8, "twitter.com")
	f.Add("x", "", "", "", "keycloak-argon2", "AAAA", "BBBB", "", 1, 1, "")
	f.Add("x", "", "", "", "scrypt-firebase", "$fbscrypt$v=1,n=14,r=8,p=1,sk=$$", "", "", 0, 0, "")
	f.Fuzz(func(t *testing.T, id, email, phone, name, algorithm, encoded, salt, key string, n, r int, provider string) {
		u := identity.User{ID: id, Email: email, Phone: phone, Name: name, Labels: []string{name, id}, Attributes: map[string]any{name: salt, "n": n}, Created: time.Unix(int64(n), 0)}
		u.Hash = identity.Hash{Algorithm: identity.Algorithm(algorithm), Encoded: identity.Secret(encoded), Params: identity.Params{
			Salt: identity.Secret(salt), SaltSeparator: identity.Secret(key), SignerKey: identity.Secret(key), N: n, R: r, P: 1,
		}}
		u.Logins = []identity.Login{{Provider: provider, Subject: id, Email: email}}
		for _, layout := range []Layout{Generic, Supabase} {
			rules := rules{layout: layout, roles: Labels, claims: Prefs, dates: Prefs}
			p := rules.plan(u)
			if p.judgement.Verdict.Lands() == (p.judgement.Problem != nil) {
				t.Fatalf("%s: %s %v", layout, p.judgement.Verdict, p.judgement.Problem)
			}
			if p.judgement.Verdict.Lands() {
				wantFits(t, layout, p)
			}
		}
	})
}

// wantFits: a row has as many values as columns, all of them of their types and
// text, and reads back as the state says.
func wantFits(t *testing.T, layout Layout, p *plan) {
	t.Helper()
	user, identities := made(t, layoutOf(Config{Layout: layout, Schema: "rehome"}), p, newInstant(time.Unix(1.7e9, 0)))
	for _, row := range append(identities, user) {
		for name, v := range row {
			if text, ok := v.(string); ok && !goodText(text) {
				t.Fatalf("%s is %q", name, text)
			}
		}
	}
	state := rules{layout: layout}.account(p, newInstant(time.Unix(1.7e9, 0))).state()
	if state.Credential == "" || state.Profile == "" {
		t.Fatal("no state")
	}
}

// TestLabelsInToken: what a token spells with backslashes counts with them.
func TestLabelsInToken(t *testing.T) {
	for _, c := range []struct {
		sign string
		fits bool
	}{{"x", true}, {`"`, false}, {`\`, false}} {
		u := person(1)
		u.Labels = nil
		for _, first := range "abcde" {
			u.Labels = append(u.Labels, string(first)+strings.Repeat(c.sign, 250))
		}
		p := rules{layout: Supabase, roles: Labels}.plan(u)
		if fits := len(p.profile.Labels) == 5; fits != c.fits || slices.Contains(p.judgement.Losses, identity.LossRoles) == fits {
			t.Errorf("%s: %d labels, losses %v", c.sign, len(p.profile.Labels), p.judgement.Losses)
		}
	}
}

// TestJudgementTellsNothing: what a judgement carries for Write shows nothing of the
// user to whoever prints it.
func TestJudgementTellsNothing(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		u := person(1)
		j := offline(t, Config{Layout: l}).Judge(u)
		text, err := json.Marshal(j)
		if err != nil || j.Made == nil {
			t.Fatal(err, j.Made)
		}
		for _, said := range []string{string(text), fmt.Sprintf("%v %+v %#v", j, j, j)} {
			if strings.Contains(said, string(u.Hash.Encoded)) {
				t.Error("the hash is in it")
			}
		}
	}
}

// TestMomentOf: the quick way writes what the library would.
func TestMomentOf(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 20000 {
		at := time.Unix(random.Int64N(400e9)-100e9, random.Int64N(1e9)).In(time.FixedZone("", random.IntN(50000)-25000))
		if got, want := momentOf(at), at.UTC().Format(moment); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// TestFirstSignInAtAProvider: whoever has a password and no confirmed e-mail address
// loses it to the first sign-in through a provider, as Supabase Auth's IsConfirmed
// looks at the e-mail address alone.
func TestFirstSignInAtAProvider(t *testing.T) {
	google := []identity.Login{{Provider: "google.com", Subject: "g-1"}}
	for name, c := range map[string]struct {
		config Config
		user   identity.User
		want   bool
	}{
		"unverified, with a provider":         {Config{}, identity.User{Email: "a@b.cd", Logins: google}, true},
		"unverified, and nothing else":        {Config{}, identity.User{Email: "a@b.cd"}, true},
		"unverified, with a verified number":  {Config{}, identity.User{Email: "a@b.cd", Phone: "+12025550123", PhoneVerified: true}, true},
		"a number alone, with a provider":     {Config{}, identity.User{Phone: "+12025550123", PhoneVerified: true, Logins: google}, true},
		"a number alone":                      {Config{}, identity.User{Phone: "+12025550123", PhoneVerified: true}, false},
		"verified":                            {Config{}, identity.User{Email: "a@b.cd", EmailVerified: true, Logins: google}, false},
		"counted as confirmed":                {Config{ConfirmEmails: true}, identity.User{Email: "a@b.cd", Logins: google}, false},
		"no password":                         {Config{}, identity.User{Email: "a@b.cd", Logins: google, Name: "none"}, false},
		"a table of the application's own":    {Config{Layout: Generic}, identity.User{Email: "a@b.cd", Logins: google}, false},
		"a password that cannot come along":   {Config{}, identity.User{Email: "a@b.cd", Logins: google, Name: "bad"}, false},
		"a provider that cannot be signed in": {Config{}, identity.User{Phone: "+12025550123", Logins: []identity.Login{{Provider: "saml.x", Subject: "1"}}}, false},
	} {
		c.user.ID = "a"
		switch c.user.Name {
		case "none":
		case "bad":
			c.user.Hash = identity.Hash{Algorithm: identity.PHPass, Encoded: "$P$B12345678"}
		default:
			c.user = withHash(c.user)
		}
		c.config.Layout = cmp.Or(c.config.Layout, Supabase)
		j := offline(t, c.config).Judge(c.user)
		if got := slices.Contains(j.Losses, identity.LossAtProvider); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestLoginAddress: an identity carries the user's own address, in any case, and no
// other.
func TestLoginAddress(t *testing.T) {
	for address, keeps := range map[string]bool{"ann@example.test": true, " Ann@Example.TEST ": true, "bob@example.test": false, "": true} {
		for _, l := range []Layout{Generic, Supabase} {
			u := withHash(identity.User{ID: "a", Email: "Ann@example.test", EmailVerified: true, Logins: []identity.Login{{Provider: "google.com", Subject: "g-1", Email: address}}})
			p := offline(t, Config{Layout: l}).rules.plan(u)
			lost := slices.Contains(p.judgement.Losses, identity.LossLoginAddress)
			if len(p.logins) != 1 || lost == (keeps || l == Generic) || (p.logins[0].email != "") != (address != "" && !lost) {
				t.Errorf("%s %q: %+v, lost %v", l, address, p.logins, lost)
			}
		}
	}
}
