package importers

import (
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
)

// What the exports of known systems look like, made up after the sources that the
// table names; the hashes are of nobody.
var systemExports = map[string]struct {
	text string
	want []identity.User
}{
	"an export of Keycloak": {
		`{"realm":"shop","roles":{"realm":[{"id":"1","name":"user"}]},"users":[
		{"id":"a","username":"ana","enabled":true,"emailVerified":true,"email":"ana@x.test","credentials":[{"type":"otp","secretData":"{\"value\":\"no\"}"},{"type":"password","secretData":"{\"value\":\"R4XnJ2S0SUjy6Zxkp7SpZe1NC0j3OK4V3jBkEHHbIAY=\",\"salt\":\"kFCq7ud0ULkya2vqg+lvQQ==\"}","credentialData":"{\"hashIterations\":5,\"algorithm\":\"argon2\",\"additionalParameters\":{\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}"}],"disableableCredentialTypes":[]},
		{"id":"b","username":"bob","enabled":false,"email":"bob@x.test","credentials":[{"type":"password","secretData":"{\"value\":\"9MPU7nRfY5uXsT2yrCBLMlDr9LLOj84XAH2w4x6bAkI=\",\"salt\":\"kFCq7ud0ULkya2vqg+lvQQ==\"}","credentialData":"{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}"}]},
		{"id":"c","username":"cy","enabled":true,"email":"cy@x.test","credentials":[]}]}`,
		[]identity.User{
			{ID: "a", Email: "ana@x.test", EmailVerified: true, Hash: identity.Hash{Algorithm: forms.KeycloakArgon2, Params: identity.Params{N: 7168, R: 5, P: 1, Variant: "id 1.3"}}},
			{ID: "b", Email: "bob@x.test", Disabled: true, Hash: identity.Hash{Algorithm: forms.KeycloakPBKDF2, Params: identity.Params{N: 27500, Variant: "pbkdf2-sha256"}}},
			{ID: "c", Email: "cy@x.test"},
		},
	},
	"a file for Auth0's import of users": {
		`[{"user_id":"a","email":"ana@x.test","password_hash":"` + bcryptHash + `"},{"email":"Bob@x.test","custom_password_hash":{"algorithm":"bcrypt","hash":{"value":"` + bcryptHash + `"}}},
		{"email":"cy@x.test","blocked":true,"custom_password_hash":{"algorithm":"sha256","hash":{"value":"41f8711bfe59a4ae79d9ab704bb6069c42d77de816a418ea5699491616187c33"},"salt":{"value":"NaCl","position":"suffix"}}}]`,
		[]identity.User{
			{ID: "a", Email: "ana@x.test", Hash: identity.Hash{Algorithm: identity.Bcrypt}},
			{ID: "bob@x.test", Email: "Bob@x.test", Hash: identity.Hash{Algorithm: identity.Bcrypt}},
			{ID: "cy@x.test", Email: "cy@x.test", Disabled: true, Hash: identity.Hash{Algorithm: forms.SaltedSHA256, Params: identity.Params{Variant: "password+salt"}}},
		},
	},
	"a list of users of Amazon Cognito": {
		`{"Users":[{"Username":"a","Attributes":[{"Name":"sub","Value":"a"},{"Name":"email_verified","Value":"true"},{"Name":"email","Value":"ana@x.test"}],"UserCreateDate":1623052150.123,"Enabled":true,"UserStatus":"CONFIRMED"},
		{"Username":"b","Attributes":[{"Name":"email","Value":"bob@x.test"}],"Enabled":false,"UserStatus":"EXTERNAL_PROVIDER"}]}`,
		[]identity.User{{ID: "a", Email: "ana@x.test", EmailVerified: true}, {ID: "b", Email: "bob@x.test", Disabled: true}},
	},
	"a dumpdata of Django": {
		`[{"model":"auth.group","pk":1,"fields":{"name":"Editors"}},{"model":"auth.user","pk":1,"fields":{"password":"bcrypt$` + bcryptHash + `","username":"ana","email":"ana@x.test","is_active":true}},
		{"model":"auth.user","pk":2,"fields":{"password":"!x","username":"bob","email":"bob@x.test","is_active":false}}]`,
		[]identity.User{{ID: "1", Email: "ana@x.test", Hash: identity.Hash{Algorithm: forms.DjangoBcrypt}}, {ID: "2", Email: "bob@x.test", Disabled: true}},
	},
	"identities of Ory Kratos": {
		`[{"id":"a","credentials":{"password":{"type":"password","config":{"hashed_password":"` + bcryptHash + `"}}},"schema_id":"default","state":"active","traits":{"email":"ana@x.test"},"verifiable_addresses":[{"value":"ana@x.test","verified":true,"via":"email"}]},
		{"id":"b","schema_id":"default","state":"inactive","traits":{"email":"bob@x.test"}}]`,
		[]identity.User{{ID: "a", Email: "ana@x.test", EmailVerified: true, Hash: identity.Hash{Algorithm: identity.Bcrypt}}, {ID: "b", Email: "bob@x.test", Disabled: true}},
	},
	"users of Meteor": {
		`{"_id":"a","services":{"password":{"bcrypt":"` + bcryptHash + `"}},"emails":[{"address":"ana@x.test","verified":true}],"profile":{"name":"Ana"}}` + "\n",
		[]identity.User{{ID: "a", Email: "ana@x.test", EmailVerified: true, Hash: identity.Hash{Algorithm: forms.DjangoBcryptSHA256}}},
	},
	"a list of users of Okta": {
		`[{"id":"a","status":"ACTIVE","created":"2020-01-02T03:04:05.000Z","profile":{"login":"ana@x.test","email":"ana@x.test"},"credentials":{"provider":{"type":"OKTA"}}},
		{"id":"b","status":"DEPROVISIONED","created":"2020-01-02T03:04:05.000Z","profile":{"login":"bob@x.test","email":"bob@x.test"}}]`,
		[]identity.User{{ID: "a", Email: "ana@x.test"}, {ID: "b", Email: "bob@x.test", Disabled: true}},
	},
	"a list of users of Appwrite": {
		`{"total":2,"users":[{"$id":"a","$createdAt":"2020-01-02T03:04:05.000+00:00","registration":"2020-01-02T03:04:05.000+00:00","status":true,"email":"ana@x.test","emailVerification":true,"password":"` + bcryptHash + `","hash":"bcrypt","hashOptions":{"cost":8},"prefs":{"a":1}},
		{"$id":"b","$createdAt":"2020-01-02T03:04:05.000+00:00","registration":"2020-01-02T03:04:05.000+00:00","status":false,"email":"bob@x.test","emailVerification":false,"password":"","hash":"argon2","hashOptions":{"type":"argon2","memoryCost":2048}}]}`,
		[]identity.User{{ID: "a", Email: "ana@x.test", EmailVerified: true, Hash: identity.Hash{Algorithm: identity.Bcrypt}}, {ID: "b", Email: "bob@x.test", Disabled: true}},
	},
}

// Of every known system its users come with what they have there, the file is named,
// and no other system's marks fit it.
func TestSystems(t *testing.T) {
	for _, known := range systems() {
		export, ok := systemExports[known.what]
		if !ok {
			t.Errorf("nobody reads %s", known.what)
			continue
		}
		got := readCSV(t, strings.NewReader(export.text), CSVConfig{})
		if got.err != nil || len(got.records) != len(export.want) {
			t.Errorf("%s: %s, %v", known.what, idsOf(got), got.err)
			continue
		}
		for i, rec := range got.records {
			sameUser(t, known.what, rec, export.want[i])
		}
		if len(got.notices) == 0 || !strings.Contains(strings.Join(got.notices, "\n"), known.what) {
			t.Errorf("%s: not named in %q", known.what, got.notices)
		}
		if formats := Detect([]byte(export.text)); len(formats) != 1 || formats[0] != FormatCSV {
			t.Errorf("%s: it looks like %q", known.what, formats)
		}
		for _, other := range systems() {
			for _, object := range shapeOf([]byte(export.text), func(string) bool { return false }).first(sample{[]byte(export.text), true}) {
				if other.what != known.what && other.fits(object) {
					t.Errorf("%s looks like %s too", known.what, other.what)
				}
			}
		}
	}
}

// sameUser compares what the table of exports says.
func sameUser(t *testing.T, what string, rec identity.Record, want identity.User) {
	t.Helper()
	u, p := rec.User, rec.User.Hash.Params
	p.Salt = ""
	if rec.Problem != nil || u.ID != want.ID || u.Email != want.Email || u.EmailVerified != want.EmailVerified || u.Disabled != want.Disabled ||
		u.Hash.Algorithm != want.Hash.Algorithm || p != want.Hash.Params {
		t.Errorf("%s: record %d: %v, id %s, verified %t, disabled %t, %s, %d %d %d %q", what, rec.Pos.Record, rec.Problem, u.ID, u.EmailVerified, u.Disabled, u.Hash.Algorithm, p.N, p.R, p.P, p.Variant)
	}
	if _, problem := forms.Read(u.Hash); u.Hash.Encoded != "" && problem != nil {
		t.Errorf("%s: record %d: the hash cannot be read: %v", what, rec.Pos.Record, problem)
	}
}

// A state that a known system has not had so far keeps people out.
func TestSystemStates(t *testing.T) {
	text := strings.Replace(systemExports["a list of users of Okta"].text, "DEPROVISIONED", "HIBERNATED", 1)
	if got := readCSV(t, strings.NewReader(text), CSVConfig{}); len(got.records) != 2 || !got.records[1].User.Disabled {
		t.Error(idsOf(got), got.err)
	}
}

// --map goes before what a system is known to have.
func TestSystemMapped(t *testing.T) {
	got := readCSV(t, strings.NewReader(systemExports["a list of users of Okta"].text), CSVConfig{Map: map[string]string{"username": "id"}})
	if got.err != nil || got.records[0].User.Username != "a" {
		t.Error(idsOf(got), got.err)
	}
}
