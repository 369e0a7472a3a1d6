package importers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"rehome/fixtures"
	"rehome/identity"
)

const firebaseExports = "exports/firebase/"

// drain reads a source to its end, and checks what holds for every source: it
// counts its records, and a bad record has no user beyond an id.
func drain(t testing.TB, records identity.Records) ([]identity.Record, error) {
	t.Helper()
	var out []identity.Record
	var end error
	for rec, err := range records {
		if end != nil {
			t.Fatalf("a pair after the error %v", end)
		}
		if end = err; err != nil {
			continue
		}
		rec = withoutForm(t, rec)
		out = append(out, rec)
		if rec.Pos.Record != len(out) {
			t.Fatalf("record %d is called %v", len(out), rec.Pos)
		}
		if rec.Problem != nil && rec.Problem.Code != identity.HashParams && !reflect.DeepEqual(rec.User, identity.User{ID: rec.User.ID}) {
			t.Fatalf("%v has a problem and a user", rec.Pos)
		}
		if len(rec.Raw) > maxRaw {
			t.Fatalf("%v keeps %d bytes", rec.Pos, len(rec.Raw))
		}
	}
	return out, end
}

func firebaseFixture(t testing.TB, name string, c FirebaseConfig) []identity.Record {
	t.Helper()
	recs, err := drain(t, Firebase(bytes.NewReader(fixtures.Read(firebaseExports+name)), name, c))
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func fixtureConfig(t testing.TB, name string) FirebaseConfig {
	t.Helper()
	hash, err := ParseHashConfig(fixtures.Read(firebaseExports + name))
	if err != nil {
		t.Fatal(err)
	}
	return FirebaseConfig{Hash: hash, NeedHash: true}
}

// truth is what the fixture's JSON says, by way of encoding/json and this
// test's own reading of the format.
func truth(t testing.TB, name string, c FirebaseConfig) []identity.User {
	t.Helper()
	var file struct {
		Users []struct {
			LocalID, Email, PasswordHash, Salt, DisplayName, PhotoURL, PhoneNumber string
			LastSignedInAt, CreatedAt, CustomAttributes                            string
			EmailVerified, Disabled                                                bool
			ProviderUserInfo                                                       []struct{ ProviderID, RawID, Email string }
			MfaInfo                                                                []struct {
				PhoneInfo string
				TotpInfo  *struct{}
			}
		}
	}
	if err := json.Unmarshal(fixtures.Read(firebaseExports+name), &file); err != nil {
		t.Fatal(err)
	}
	var users []identity.User
	for _, f := range file.Users {
		u := identity.User{
			ID: f.LocalID, Email: f.Email, Name: f.DisplayName, Photo: f.PhotoURL, Phone: f.PhoneNumber,
			EmailVerified: f.EmailVerified, Disabled: f.Disabled,
			Created: millis(t, f.CreatedAt), LastSignIn: millis(t, f.LastSignedInAt),
		}
		if f.PasswordHash != "" {
			u.Hash = identity.Hash{Algorithm: identity.ScryptFirebase, Encoded: identity.Secret(f.PasswordHash), Params: identity.Params{
				Salt: identity.Secret(f.Salt), SaltSeparator: c.Hash.SaltSeparator, SignerKey: c.Hash.SignerKey,
				N: 1 << c.Hash.MemCost, R: c.Hash.Rounds, P: 1,
			}}
		}
		if f.CustomAttributes != "" && f.CustomAttributes != "{}" {
			dec := json.NewDecoder(strings.NewReader(f.CustomAttributes))
			dec.UseNumber()
			if err := dec.Decode(&u.Attributes); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range f.ProviderUserInfo {
			u.Logins = append(u.Logins, identity.Login{Provider: p.ProviderID, Subject: p.RawID, Email: p.Email})
		}
		for _, m := range f.MfaInfo {
			kind := "phone"
			if m.TotpInfo != nil {
				kind = "totp"
			}
			u.Factors = append(u.Factors, kind)
		}
		users = append(users, u)
	}
	return users
}

func millis(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" || text == "0" {
		return time.Time{}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(n).UTC()
}

func TestFirebaseJSONFixtures(t *testing.T) {
	for _, c := range []struct {
		file, config  string
		users, hashes int
	}{
		{"firebase-default.json", "firebase-default.hash-config.txt", 300, 221},
		{"firebase-default.by-firebase-tools-11.20.0.json", "firebase-default.hash-config.txt", 300, 221},
		{"firebase-default.by-firebase-tools-13.0.0.json", "firebase-default.hash-config.txt", 300, 221},
		{"firebase-nondefault.json", "firebase-nondefault.hash-config.txt", 60, 48},
		{"emulator.auth-export.json", "firebase-default.hash-config.txt", 37, 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			config := fixtureConfig(t, c.config)
			want, hashes := truth(t, c.file, config), 0
			recs := firebaseFixture(t, c.file, config)
			if len(recs) != c.users || len(want) != c.users {
				t.Fatalf("%d records, %d in the file, want %d", len(recs), len(want), c.users)
			}
			for i, rec := range recs {
				if rec.Problem != nil || !reflect.DeepEqual(rec.User, want[i]) {
					t.Errorf("%v: %v\n got %+v\nwant %+v", rec.Pos, rec.Problem, rec.User, want[i])
				}
				if !rec.User.Hash.IsZero() {
					hashes++
				}
			}
			if hashes != c.hashes {
				t.Errorf("%d hashes, want %d", hashes, c.hashes)
			}
		})
	}
}

// One person in every shape: as the CLI writes it, and as the Admin SDKs for Node
// (JSON.stringify), Java (Gson) and Go (encoding/json) print their users.
func TestFirebaseSDKs(t *testing.T) {
	const cli = `{"localId":"a","email":"a@x.test","emailVerified":true,"passwordHash":"aGFzaA==","salt":"c2FsdA==","displayName":"A","photoUrl":"https://x.test/a","lastSignedInAt":"1612137600000","createdAt":"1609459200000","phoneNumber":"+15550100","disabled":true,"customAttributes":"{\"tier\":1}","providerUserInfo":[{"providerId":"google.com","rawId":"g","email":"a@g.test"},{"providerId":"password","rawId":"a@x.test","email":"a@x.test"}],"mfaInfo":[{"phoneInfo":"+15550100"}]}`
	const node = `{"uid":"a","email":"a@x.test","emailVerified":true,"displayName":"A","photoURL":"https://x.test/a","phoneNumber":"+15550100","disabled":true,"metadata":{"lastSignInTime":"Mon, 01 Feb 2021 00:00:00 GMT","creationTime":"Fri, 01 Jan 2021 00:00:00 GMT"},"passwordHash":"aGFzaA==","passwordSalt":"c2FsdA==","customClaims":{"tier":1},"providerData":[{"uid":"g","email":"a@g.test","providerId":"google.com"},{"uid":"a@x.test","email":"a@x.test","providerId":"password"}],"multiFactor":{"enrolledFactors":[{"uid":"f","factorId":"phone"}]}}`
	const java = `{"passwordHash":"aGFzaA==","passwordSalt":"c2FsdA==","uid":"a","email":"a@x.test","phoneNumber":"+15550100","emailVerified":true,"displayName":"A","photoUrl":"https://x.test/a","disabled":true,"providers":[{"uid":"g","email":"a@g.test","providerId":"google.com"},{"uid":"a@x.test","email":"a@x.test","providerId":"password"}],"tokensValidAfterTimestamp":1609459200000,"userMetadata":{"creationTimestamp":1609459200000,"lastSignInTimestamp":1612137600000,"lastRefreshTimestamp":0},"customClaims":{"tier":1}}`
	const golang = `{"displayName":"A","email":"a@x.test","phoneNumber":"+15550100","photoUrl":"https://x.test/a","providerId":"firebase","rawId":"a","CustomClaims":{"tier":1},"Disabled":true,"EmailVerified":true,"ProviderUserInfo":[{"email":"a@g.test","providerId":"google.com","rawId":"g"},{"email":"a@x.test","providerId":"password","rawId":"a@x.test"}],"TokensValidAfterMillis":1609459200000,"UserMetadata":{"CreationTimestamp":1609459200000,"LastLogInTimestamp":1612137600000,"LastRefreshTimestamp":0},"TenantID":"","MultiFactor":{"EnrolledFactors":[{"UID":"f","FactorID":"phone"}]},"PasswordHash":"aGFzaA==","PasswordSalt":"c2FsdA=="}`
	want, err := drain(t, Firebase(strings.NewReader("["+cli+"]"), "f", FirebaseConfig{}))
	if err != nil || len(want) != 1 || want[0].User.LastSignIn.IsZero() || want[0].User.Attributes == nil {
		t.Fatalf("%v, %v", want, err)
	}
	for name, text := range map[string]string{"node": node, "java": java, "go": golang} {
		for _, file := range []string{"[" + text + "]", text + "\n", `{"users":[` + text + "]}", `[{"users":[` + text + "]}]"} {
			if found := Detect([]byte(file)); len(found) != 1 || found[0] != FormatFirebase {
				t.Errorf("%s: %.20s looks like %v", name, file, found)
			}
			recs, err := drain(t, Firebase(strings.NewReader(file), "f", FirebaseConfig{}))
			if err != nil || len(recs) != 1 || recs[0].Problem != nil {
				t.Fatalf("%s: %v, %v", name, recs, err)
			}
			got := recs[0].User
			if name == "java" { // which has no factors
				got.Factors = want[0].User.Factors
			}
			if !reflect.DeepEqual(got, want[0].User) {
				t.Errorf("%s:\n got %+v\nwant %+v", name, got, want[0].User)
			}
		}
	}
}

// The CSV is judged by the JSON of the same exporter. The rows named are those
// that the exporter broke beyond repair: a comma in an id and one in the URL of
// a picture.
func TestFirebaseCSVFixtures(t *testing.T) {
	for _, c := range []struct {
		csv, json, config string
		broken            []int // lines
	}{
		{"firebase-default.csv", "firebase-default.json", "firebase-default.hash-config.txt", []int{179, 234}},
		{"firebase-default.by-firebase-tools-13.0.0.csv", "firebase-default.by-firebase-tools-13.0.0.json", "firebase-default.hash-config.txt", []int{179, 234}},
		{"firebase-default.by-firebase-tools-11.20.0.csv", "firebase-default.by-firebase-tools-11.20.0.json", "firebase-default.hash-config.txt", []int{179, 234}},
		{"firebase-nondefault.csv", "firebase-nondefault.json", "firebase-nondefault.hash-config.txt", nil},
		{"emulator.auth-export.csv", "emulator.auth-export.json", "firebase-default.hash-config.txt", []int{35}},
	} {
		t.Run(c.csv, func(t *testing.T) {
			config := fixtureConfig(t, c.config)
			want := truth(t, c.json, config)
			recs := firebaseFixture(t, c.csv, config)
			if len(recs) != len(want) {
				t.Fatalf("%d records, want %d", len(recs), len(want))
			}
			var broken []int
			for i, rec := range recs {
				if rec.Problem != nil {
					broken = append(broken, rec.Pos.Line)
					if rec.Problem.Code != identity.RowBroken || !strings.Contains(string(rec.Raw), want[i].Email) {
						t.Errorf("%v: %s", rec.Pos, rec.Problem.Code)
					}
					continue
				}
				if got, want := likeCSV(rec.User), likeCSV(want[i]); !reflect.DeepEqual(got, want) {
					t.Errorf("%v\n got %+v\nwant %+v", rec.Pos, got, want)
				}
			}
			if !slices.Equal(broken, c.broken) {
				t.Errorf("broken lines %v, want %v", broken, c.broken)
			}
		})
	}
}

// likeCSV is u without what the CSV has no column for: the order of providers
// and second factors.
func likeCSV(u identity.User) identity.User {
	u.Factors = nil
	u.Logins = slices.Clone(u.Logins)
	slices.SortFunc(u.Logins, func(a, b identity.Login) int { return strings.Compare(a.Provider, b.Provider) })
	return u
}

func TestFirebaseAdminSDK(t *testing.T) {
	for _, c := range []struct{ admin, cli, config string }{
		{"firebase-default.admin-sdk-list-users-sample.json", "firebase-default.json", "firebase-default.hash-config.txt"},
		{"firebase-nondefault.admin-sdk-list-users.json", "firebase-nondefault.json", "firebase-nondefault.hash-config.txt"},
	} {
		config := fixtureConfig(t, c.config)
		byID := make(map[string]identity.User)
		for _, u := range truth(t, c.cli, config) {
			byID[u.ID] = u
		}
		spelled, shared := 0, 0
		for _, rec := range firebaseFixture(t, c.admin, config) {
			want, ok := byID[rec.User.ID]
			if rec.Problem != nil || !ok {
				t.Errorf("%v: %v", rec.Pos, rec.Problem)
			}
			got := rec.User
			if !got.Hash.IsZero() && !want.Hash.IsZero() {
				if shared++; got.Hash != want.Hash {
					spelled++
				}
				got.Hash, want.Hash = standardBase64(t, got.Hash), standardBase64(t, want.Hash)
			} else {
				got.Hash, want.Hash = identity.Hash{}, identity.Hash{} // the CLI drops hashes of uploaded accounts
			}
			got.Created, want.Created = got.Created.Truncate(time.Second), want.Created.Truncate(time.Second)
			got.LastSignIn, want.LastSignIn = got.LastSignIn.Truncate(time.Second), want.LastSignIn.Truncate(time.Second)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n got %+v\nwant %+v", rec.Pos, got, want)
			}
		}
		if shared == 0 || spelled == 0 {
			t.Errorf("%s: %d hashes compared, %d spelled otherwise", c.admin, shared, spelled)
		}
	}
}

func standardBase64(t *testing.T, h identity.Hash) identity.Hash {
	t.Helper()
	for _, s := range []*identity.Secret{&h.Encoded, &h.Params.Salt} {
		raw, err := base64.URLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(string(*s)))
		if err != nil {
			t.Fatal("not base64")
		}
		*s = identity.Secret(base64.StdEncoding.EncodeToString(raw))
	}
	return h
}

func TestFirebaseRefusesTheFile(t *testing.T) {
	for _, c := range []struct {
		file string
		kind Kind
	}{
		{"firebase-redacted.json", Redacted},
		{"firebase-redacted.csv", Redacted},
		{"emulators-export/auth_export/accounts.json", PlainPasswords},
		{"emulators-export/firebase-export-metadata.json", PlainPasswords},
		{"emulators-export/auth_export/config.json", Malformed},
		{"firebase-default.passwords.csv", Malformed},
		{"firebase-default.hash-config.txt", Malformed},
	} {
		_, err := drain(t, Firebase(bytes.NewReader(fixtures.Read(firebaseExports+c.file)), c.file, FirebaseConfig{}))
		source, ok := errors.AsType[*SourceError](err)
		if !ok || source.Kind != c.kind || source.Hint() == "" || !strings.HasPrefix(err.Error(), c.file+": ") {
			t.Errorf("%s: %v", c.file, err)
		}
	}
}

func TestFirebaseHashConfig(t *testing.T) {
	data := fixtures.Read(firebaseExports + "firebase-default.json")
	_, err := drain(t, Firebase(bytes.NewReader(data), "users.json", FirebaseConfig{NeedHash: true}))
	if source, ok := errors.AsType[*SourceError](err); !ok || source.Kind != NoHashConfig || !strings.Contains(source.Hint(), "Password hash parameters") {
		t.Errorf("without parameters: %v", err)
	}
	recs, err := drain(t, Firebase(bytes.NewReader(data), "users.json", FirebaseConfig{}))
	want := identity.Params{Salt: "F4suhjpDF+YeMA=="}
	if err != nil || recs[0].User.Hash.Params != want {
		t.Errorf("unjudged: %v, other parameters than the salt", err)
	}
	bad := FirebaseConfig{Hash: HashConfig{SignerKey: "AAAA", Rounds: 8, MemCost: 1 << 40}}
	if recs, err = drain(t, Firebase(bytes.NewReader(data), "users.json", bad)); err == nil || len(recs) > 0 {
		t.Errorf("a memory cost of 2^40: %d records, %v", len(recs), err)
	}
	// Without a hash there is nothing to have parameters for.
	_, err = drain(t, Firebase(strings.NewReader(`[{"localId":"a","email":"a@example.com"}]`), "users.json", FirebaseConfig{NeedHash: true}))
	if err != nil {
		t.Error(err)
	}
}

// TestFirebaseWindow reads exports that are many windows long, in pieces of
// every size.
func TestFirebaseWindow(t *testing.T) {
	const users = 3000
	data := generated(users)
	if len(data) < 4*windowSize {
		t.Fatalf("only %d bytes", len(data))
	}
	want, err := drain(t, Firebase(bytes.NewReader(data), "users.json", FirebaseConfig{}))
	if err != nil || len(want) != users || want[users-1].User.Email != "some.person2999@mail.example.com" {
		t.Fatal(len(want), err)
	}
	for name, r := range map[string]io.Reader{
		"one byte":       iotest.OneByteReader(bytes.NewReader(data)),
		"halves":         iotest.HalfReader(bytes.NewReader(data)),
		"error with eof": iotest.DataErrReader(bytes.NewReader(data)),
	} {
		if got, err := drain(t, Firebase(r, "users.json", FirebaseConfig{})); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d records, %v", name, len(got), err)
		}
	}
}

func TestFirebaseReadErrors(t *testing.T) {
	torn := errors.New("disk on fire")
	for _, file := range []string{"firebase-default.json", "firebase-default.csv"} {
		data := fixtures.Read(firebaseExports + file)
		for _, n := range []int{0, 1, 1000, len(data) - 1, len(data)} {
			r := io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(torn))
			_, err := drain(t, Firebase(r, file, FirebaseConfig{AcceptTruncated: true}))
			if !errors.Is(err, torn) {
				t.Errorf("%s after %d bytes: %v", file, n, err)
			}
		}
	}
	if _, err := drain(t, Firebase(stuckReader{}, "users.json", FirebaseConfig{})); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader without progress: %v", err)
	}
}

// stuckReader never reads anything and never says why.
type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

func TestFirebaseStops(t *testing.T) {
	for _, file := range []string{"firebase-default.json", "firebase-default.csv"} {
		n := 0
		for _, err := range Firebase(bytes.NewReader(fixtures.Read(firebaseExports+file)), file, FirebaseConfig{}) {
			if n++; err != nil || n == 5 {
				break
			}
		}
		if n != 5 {
			t.Errorf("%s: %d", file, n)
		}
	}
}
