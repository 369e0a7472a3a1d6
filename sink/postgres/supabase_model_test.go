package postgres

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// model is what a Supabase Auth makes of a row, as the recordings say: the test
// holds it against every one of them, and then every row of ours against it.
//
// It answers the status of a login with the right password and that of the list of
// all users; -1 when Postgres refuses the row.
type model struct {
	user       map[string]any // NULL is nil, or a column left out
	identities []map[string]any
}

const refused = -1

func (m model) login() (login, list int) {
	switch {
	case m.refused():
		return refused, refused
	case m.broken():
		return 500, 500
	case m.identityBroken():
		return 500, 200
	case m.hidden(), m.text("encrypted_password") == "", !m.reachable(), m.banned():
		return 400, 200
	}
	return 200, 200
}

func (m model) text(column string) string {
	s, _ := m.user[column].(string)
	return s
}

func (m model) null(column string) bool { return m.user[column] == nil }

func (m model) refused() bool {
	_, sso := m.user["is_sso_user"]
	_, uuidful := uuid(strings.Replace(m.text("id"), nilUUID, "10000000-0000-4000-8000-000000000000", 1))
	return !uuidful || len([]rune(m.text("email"))) > 255 || len(m.text("encrypted_password")) > 255 || sso && m.null("is_sso_user")
}

// broken: the server cannot read the row, and so not the list it is in.
func (m model) broken() bool {
	for _, column := range []string{"confirmation_token", "recovery_token", "email_change_token_new", "email_change", "role"} {
		if m.null(column) {
			return true
		}
	}
	for _, column := range []string{"phone_change", "phone_change_token", "email_change_token_current", "reauthentication_token", "email_change_confirm_status"} {
		if v, named := m.user[column]; named && v == nil {
			return true
		}
	}
	for _, column := range []string{"created_at", "updated_at", "banned_until"} {
		if strings.Contains(m.text(column), "infinity") || m.null(column) && column != "banned_until" {
			return true
		}
	}
	return !objectOrNull(m.user["raw_user_meta_data"]) || !objectOrNull(m.user["raw_app_meta_data"])
}

func objectOrNull(v any) bool {
	if s, ok := v.(string); ok { // SQL, in the recordings
		return s == "'null'::jsonb"
	}
	_, ok := v.(map[string]any)
	return ok || v == nil
}

func (m model) identityBroken() bool {
	for _, i := range m.identities {
		if i["created_at"] == nil || i["updated_at"] == nil {
			return true
		}
	}
	return false
}

func (m model) hidden() bool {
	return m.text("aud") != "authenticated" || m.text("instance_id") != nilUUID || m.user["is_sso_user"] == true
}

// reachable: an address under which the row is found, and confirmed.
func (m model) reachable() bool {
	email, phone := m.text("email"), m.text("phone")
	return email != "" && strings.TrimSpace(email) == email && !m.null("email_confirmed_at") ||
		phone != "" && !strings.HasPrefix(phone, "+") && !m.null("phone_confirmed_at")
}

func (m model) banned() bool {
	until, err := time.Parse(time.RFC3339, m.text("banned_until"))
	return err == nil && until.After(time.Now())
}

// rowExceptions are recordings of more than one row.
var rowExceptions = map[string]string{
	"two rows differ by case": "two rows for one address: which of them answers is chance, and the keys of a judgement keep the second one out",
}

// TestTruthOfRows holds the model against every recorded row, then makes each row's
// user land: whatever broke the server is refused or mended, and nothing that
// worked is lost.
func TestTruthOfRows(t *testing.T) {
	var matrix [2][2]int
	lines := servedLines(t, "row")
	for _, line := range lines {
		login, list := model{line.Inserted.Users, line.Inserted.Identities}.login()
		if rowExceptions[line.Name] != "" {
			if len(line.Inserted.More) == 0 {
				t.Errorf("%s is no exception", line.Name)
			}
			continue
		}
		matrix[at2(login == 200)][at2(line.logsIn())]++
		if got := recorded(line); got != [2]int{login, list} {
			t.Errorf("%s: the model says %d and %d, the server said %v", line.Name, login, list, got)
		}
		mends(t, line)
	}
	t.Logf("rows: %d exceptions\n%s", len(rowExceptions), confusion(matrix))
	if len(lines) != 49 {
		t.Errorf("%d rows, want 49", len(lines))
	}
}

func recorded(line served) [2]int {
	if line.InsertError != nil {
		return [2]int{refused, refused}
	}
	return [2]int{*line.Status, *line.AdminList}
}

// mends lands the user that a recorded row stands for.
func mends(t *testing.T, line served) {
	t.Helper()
	row := model{user: line.Inserted.Users}
	u := identity.User{
		ID: row.text("id"), Email: row.text("email"), EmailVerified: !row.null("email_confirmed_at"), PhoneVerified: !row.null("phone_confirmed_at"),
		Labels: []string{row.text("role")}, Hash: identity.Hash{Algorithm: identity.Bcrypt, Encoded: identity.Secret(row.text("encrypted_password"))},
	}
	if row.text("phone") != "" {
		u.Phone = "+" + strings.TrimPrefix(row.text("phone"), "+")
	}
	u.Created, _ = time.Parse(time.RFC3339, row.text("created_at"))
	u.Disabled = row.banned()
	p := rules{layout: Supabase, roles: Labels}.plan(u)
	if !p.judgement.Verdict.Works() {
		if line.logsIn() {
			t.Errorf("%s: worked there, and is %s here: %v", line.Name, p.judgement.Verdict, p.judgement.Problem)
		}
		return
	}
	want := 200
	if u.Disabled || !u.EmailVerified && !u.PhoneVerified {
		want = 400 // as at the source, and announced
	}
	m := ours(t, p)
	if login, list := m.login(); login != want || list != 200 {
		t.Errorf("%s: our row gives %d and %d, want %d and 200", line.Name, login, list, want)
	}
	if m.text("role") != authenticated || m.text("email") != strings.ToLower(strings.TrimSpace(u.Email)) || m.user["deleted_at"] != nil {
		t.Errorf("%s: our row is %v", line.Name, m.user)
	}
}

// ours is our row as the model reads it.
func ours(t *testing.T, p *plan) (m model) {
	t.Helper()
	m.user, m.identities = made(t, supabaseLayout(), p, newInstant(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)))
	return m
}

// TestNoRowBreaksTheServer: of 10,000 random users none becomes a row that the
// server cannot read, or a sign-in that the verdict did not announce.
func TestNoRowBreaksTheServer(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 19))
	landed := 0
	for range 10_000 {
		u := randomUser(random)
		r := rules{
			layout: Supabase, roles: pick(random, Drop, Labels), claims: pick(random, Drop, Prefs), dates: pick(random, Drop, Prefs),
			id: pick(random, sink.IDAuto, sink.IDUUID), confirmed: random.IntN(2) == 0,
		}
		p := r.plan(u)
		if !p.judgement.Verdict.Lands() {
			continue
		}
		landed++
		m := ours(t, p)
		login, list := m.login()
		want := 200
		if p.judgement.Verdict == sink.Passwordless || u.Disabled || !p.profile.EmailVerified && !p.profile.PhoneVerified {
			want = 400
		}
		if login != want || list != 200 {
			t.Fatalf("%+v\nbecame %v, which gives %d and %d; want %d", u, m.user, login, list, want)
		}
		checkIdentities(t, m)
	}
	if landed < 2500 {
		t.Errorf("only %d landed", landed)
	}
}

// checkIdentities: everybody has a way to sign in, and each way its own name once.
func checkIdentities(t *testing.T, m model) {
	t.Helper()
	seen := map[string]bool{}
	for _, i := range m.identities {
		key := fmt.Sprint(i["provider"], " ", i["provider_id"])
		data, _ := i["identity_data"].(map[string]any)
		if seen[key] || i["user_id"] != m.user["id"] || i["provider_id"] == "" || data["sub"] != i["provider_id"] {
			t.Fatalf("identity %v", i)
		}
		seen[key] = true
	}
	if len(seen) == 0 {
		t.Fatalf("no identity: %v", m.user)
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// randomUser has hostile values everywhere.
func randomUser(random *rand.Rand) identity.User {
	text := func() string {
		return pick(random, "", "a", "Ann'; drop table users;--", `\.`, `\N`, "tab\there\nline\r", "😀", "\x00", "\xff", " pad ", `{"a":1}`, "infinity", nilUUID, strings.Repeat("x", random.IntN(5000)), "İıẞΣ", "null")
	}
	moment := func() time.Time {
		return pick(random, time.Time{}, time.Unix(random.Int64N(2e9), random.Int64N(1e9)), time.Unix(random.Int64()-random.Int64(), 0), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC))
	}
	return identity.User{
		ID: pick(random, "7", "28chFirebaseUidAbCdEfGhIjKl", text()), Username: text(), Name: text(), Photo: text(),
		Email: pick(random, "Ann.Ö@Example.com", " a@b.cd ", "", text()+"@example.test", text()), Phone: pick(random, "", "+12025550123", "12025550123", text()),
		EmailVerified: random.IntN(2) == 0, PhoneVerified: random.IntN(2) == 0, Disabled: random.IntN(4) == 0,
		Created: moment(), LastSignIn: moment(), Labels: []string{text(), text(), "service_role"}, Attributes: map[string]any{text(): text(), "n": random.ExpFloat64() * 1e300},
		Logins: []identity.Login{{Provider: pick(random, "google.com", "password", "phone", "saml.x", text()), Subject: text(), Email: text()}, {Provider: "google.com", Subject: text()}},
		Hash: pick(random, identity.Hash{}, identity.Hash{Algorithm: identity.Bcrypt, Encoded: bcryptHash},
			identity.Hash{Algorithm: pick(random, identity.Bcrypt, identity.PHPass, identity.Argon2, identity.ScryptFirebase), Encoded: identity.Secret(text())}),
		Factors: []string{text()},
	}
}
