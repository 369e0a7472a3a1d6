//go:build !race

package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/report"
)

// remedy is a made-up record with a problem, and what the catalogue says to do about
// it, as lines of a script with its files.
type remedy struct {
	code   identity.Code
	before string   // its last command prints an event with the code
	shows  string   // what it prints instead, where nobody gets the code
	after  string   // what the hint says; its last command prints an event …
	want   []string // … that holds all of this
	reset  bool     // the person lands and is in resets.csv, with the code as the reason
}

const (
	practise  = "$ rehome import users.jsonl --no-proof --json --quiet\n"
	migration = "$ rehome import users.jsonl --to appwrite --no-proof --yes --json --quiet\n"
	bcrypt    = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	created   = `"outcome":"created"`
	x         = `"id":"x"`
)

func users(lines ...string) string { return "\n-- users.jsonl --\n" + strings.Join(lines, "\n") + "\n" }

func remedies() []remedy {
	lands := []string{x, created}
	without := func(line string) string {
		return strings.Replace(line, " --no-proof", " --no-proof --without-password", 1)
	}
	onSupabase := "$ rehome import users.jsonl --to postgres --layout supabase --create --no-proof --yes --json --quiet\n"
	return []remedy{
		{code: identity.RecordUnreadable, before: practise + users(`{"id":"x","email":5}`),
			after: `replace users.jsonl "5" "\"x@example.com\""` + "\n" + practise, want: lands},
		{code: identity.RecordTooLarge, before: "repeat 20000000 \"y\" name\njoin users.jsonl \"{\\\"id\\\":\\\"x\\\",\\\"name\\\":\\\"\" name \"\\\"}\\n\"\n" + practise,
			after: "repeat 90 \"y\" name\njoin users.jsonl \"{\\\"id\\\":\\\"x\\\",\\\"name\\\":\\\"\" name \"\\\"}\\n\"\n" + practise, want: lands},
		{code: identity.RowBroken, before: "$ rehome import users.csv --no-proof --json --quiet\n\n-- users.csv --\nid,email\na,a@example.com\nb,b@example.com\nc,c@example.com\nx,x@example.com,more,and more\n",
			after: "replace users.csv \",more,and more\" \"\"\n$ rehome import users.csv --no-proof --json --quiet\n", want: lands},
		{code: identity.TextInvalid, before: "replace users.jsonl \"BAD\" \"\\xff\"\n" + practise + users(`{"id":"x","name":"BAD"}`),
			after: "replace users.jsonl \"\\xff\" \"y\"\n" + practise, want: lands},
		{code: identity.IDMissing, before: "$ rehome import users.csv --no-proof --json --quiet\n\n-- users.csv --\nid,email\n,x@example.com\ny,y@example.com\n",
			after: "replace users.csv \"\\n,\" \"\\nx,\"\n$ rehome import users.csv --no-proof --json --quiet\n", want: lands},
		{code: identity.IDInvalid, before: strings.Replace(practise, "--no", "--id keep --no", 1) + users(`{"id":"x y","email":"x@example.com"}`),
			after: practise, want: []string{`"id":"x y"`, created}},
		{code: identity.IDDuplicate, before: practise + users(`{"id":"y","email":"y@example.com"}`, `{"id":"y","email":"x@example.com"}`),
			after: `replace users.jsonl "y\",\"email\":\"x" "x\",\"email\":\"x"` + "\n" + practise, want: lands},
		{code: identity.IDTaken, before: "serve\nask POST /users {\"userId\":\"x\",\"email\":\"other@example.com\"}\n" + migration + users(`{"id":"x","email":"x@example.com"}`),
			after: strings.Replace(migration, "--no", "--id prefix:shop- --no", 1), want: lands},
		{code: identity.EmailMissing, before: practise + users(`{"id":"x","phone":"+12025550199","hash_algorithm":"bcrypt","password_hash":"`+bcrypt+`"}`),
			after: without(practise), want: lands, reset: true},
		{code: identity.EmailInvalid, before: practise + users(`{"id":"x","email":"x at example"}`),
			after: `replace users.jsonl "x at example" "x@example.com"` + "\n" + practise, want: lands},
		{code: identity.EmailDuplicate, before: practise + users(`{"id":"y","email":"x@example.com"}`, `{"id":"x","email":"X@example.com"}`),
			after: `replace users.jsonl "\"y\",\"email\":\"x@" "\"y\",\"email\":\"y@"` + "\n" + practise, want: lands},
		{code: identity.EmailTaken, before: "serve\nask POST /users {\"userId\":\"other\",\"email\":\"x@example.com\"}\n" + migration + users(`{"id":"x","email":"x@example.com"}`),
			after: "ask DELETE /users/other\n" + migration, want: lands},
		{code: identity.AddressMissing, before: "database supabase\n" + onSupabase + users(`{"id":"x","name":"X"}`),
			after: `replace users.jsonl "\"name\"" "\"email\":\"x@example.com\",\"name\""` + "\n" + onSupabase, want: lands},
		{code: identity.PhoneInvalid, before: practise + users(`{"id":"x","phone":"030 1234567"}`),
			after: `replace users.jsonl "030 1234567" "+49301234567"` + "\n" + practise, want: lands},
		{code: identity.PhoneDuplicate, before: practise + users(`{"id":"y","phone":"+12025550199"}`, `{"id":"x","phone":"+12025550199"}`),
			after: `replace users.jsonl "x\",\"phone\":\"+12025550199" "x\",\"phone\":\"+12025550198"` + "\n" + practise, want: lands},
		{code: identity.PhoneTaken, before: "serve\nask POST /users {\"userId\":\"other\",\"phone\":\"+12025550199\"}\n" + migration + users(`{"id":"x","phone":"+12025550199"}`),
			after: "ask DELETE /users/other\n" + migration, want: lands},
		{code: identity.LoginTaken, before: "database supabase\n" + strings.Replace(onSupabase, "users", "others", 1) + onSupabase +
			users(`{"id":"x","email":"x@example.com","logins":[{"provider":"google.com","subject":"1"}]}`) + "-- others.jsonl --\n" + `{"id":"y","email":"y@example.com","logins":[{"provider":"google.com","subject":"1"}]}` + "\n",
			after: "sql delete from auth.users where email = 'y@example.com'\n" + onSupabase, want: lands},
		{code: identity.HashMalformed, before: practise + users(`{"id":"x","email":"x@example.com","hash_algorithm":"bcrypt","password_hash":"$2y$10$short"}`),
			after: without(practise), want: lands, reset: true},
		{code: identity.HashUnsupported, before: practise + users(`{"id":"x","email":"x@example.com","hash_algorithm":"wp-bcrypt","password_hash":"$wp`+bcrypt+`"}`),
			after: without(practise), want: lands, reset: true},
		{code: identity.HashParams, before: "$ rehome import users.csv --no-proof --json --quiet\n\n-- users.csv --\nid,email,password_hash\nx,x@example.com,5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\n",
			after: "$ rehome import users.csv --no-proof --without-password --json --quiet\n", want: lands, reset: true},
		{code: identity.HashCost, before: practise + users(`{"id":"x","email":"x@example.com","hash_algorithm":"argon2","password_hash":"$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b/dWRWJTmaaJObG0000000000A"}`),
			after: without(practise), want: lands, reset: true},
		{code: identity.PasswordLength, before: "$ rehome prove users.jsonl --known known.csv --json --quiet\n" + users(`{"id":"x","email":"x@example.com","hash_algorithm":"md5","password_hash":"900150983cd24fb0d6963f7d28e17f72"}`) + "-- known.csv --\nid,password\nx,abc\n",
			after: "$ rehome import users.jsonl --known known.csv --json --quiet\n", want: lands, reset: true},
		{code: identity.PasswordSpelling, before: "$ rehome prove users.jsonl --known known.csv --json --quiet\n" + users(`{"id":"x","email":"x@example.com","hash_algorithm":"md5","password_hash":"5f4dcc3b5aa765d61d8327deb882cf99","hash_params":{"variant":"wordpress"}}`) + "-- known.csv --\nid,password\nx, password \n",
			after: "$ rehome import users.jsonl --known known.csv --json --quiet\n", want: lands, reset: true},
		{code: identity.PolicyPersonal, before: "serve\npersonal\n" + migration + users(`{"id":"x","email":"x@example.com","hash_algorithm":"bcrypt","password_hash":"`+bcrypt+`"}`), shows: "personal-data policy",
			after: "personal off\n" + migration, want: lands},
		{code: identity.PolicyPassword, before: "serve\nstrength\n$ rehome import plain.csv --plaintext --to appwrite --no-proof --yes --json --quiet\n\n-- plain.csv --\nid,email,password\nx,x@example.com,weakweakweak\n",
			after: "$ rehome import plain.csv --plaintext --without-password --to appwrite --no-proof --yes --json --quiet\n", want: lands, reset: true},
		{code: identity.TargetRefused, before: "database supabase\nsql create table public.profiles (name text not null); create function public.welcome() returns trigger language plpgsql security definer as $$ begin insert into public.profiles values (new.raw_user_meta_data ->> 'name'); return new; end $$; create trigger welcome after insert on auth.users for each row execute function public.welcome()\n" +
			onSupabase + users(`{"id":"x","email":"x@example.com"}`),
			after: `replace users.jsonl "\"email\"" "\"name\":\"X\",\"email\""` + "\n" + onSupabase, want: lands},
		{code: identity.AccountUnclear, before: "serve\n" + "instead {\"userId\":\"x\",\"email\":\"other@example.com\"}\n" + migration + users(`{"id":"x","email":"x@example.com","hash_algorithm":"bcrypt","password_hash":"`+bcrypt+`"}`),
			after: "ask DELETE /users/x\n$ rehome retry RUN rejects.csv --yes --json --quiet\n", want: lands},
		{code: identity.AccountOpen, before: "serve\n" + "instead {\"userId\":\"x\",\"email\":\"other@example.com\"}\n" + migration + users(`{"id":"x","email":"x@example.com","disabled":true,"hash_algorithm":"bcrypt","password_hash":"`+bcrypt+`"}`),
			after: "ask PATCH /users/x/status {\"status\":false}\n$ rehome retry RUN rejects.csv --yes --json --quiet\n", want: []string{x, `"account-unclear"`}},
		{code: identity.Excluded, before: strings.Replace(practise, "--no", "--limit 1 --no", 1) + users(`{"id":"y"}`, `{"id":"x"}`), after: practise, want: lands},
		{code: identity.SignedIn, before: "serve\n" + migration + "ask POST /users/x/sessions {}\n$ rehome undo RUN --yes --json --quiet\n" + users(`{"id":"x","email":"x@example.com","email_verified":true}`), shows: `"why":"signed-in"`,
			after: "ask DELETE /users/x\n$ rehome undo RUN --yes --json --quiet\n", want: []string{`"gone":1`}},
		{code: identity.ChangedSince, before: "serve\n" + migration + "ask PATCH /users/x/name {\"name\":\"Another\"}\n$ rehome undo RUN --yes --json --quiet\n" + users(`{"id":"x","email":"x@example.com"}`), shows: `"why":"changed"`,
			after: "ask DELETE /users/x\n$ rehome undo RUN --yes --json --quiet\n", want: []string{`"gone":1`}},
	}
}

// TestHintsCanBeFollowed does for every problem what its entry in the catalogue says,
// on a made-up record, and sees that it comes true.
func TestHintsCanBeFollowed(t *testing.T) {
	rows := remedies()
	for _, info := range identity.Codes() {
		i := slices.IndexFunc(rows, func(r remedy) bool { return r.code == info.Code })
		if !info.Loss && i < 0 {
			t.Errorf("%s: nobody has tried whether its hint can be followed", info.Code)
		}
		if i >= 0 {
			t.Run(string(info.Code), rows[i].follow)
		}
	}
}

func (r remedy) follow(t *testing.T) {
	s := &script{t: t, path: "hints_test.go", env: map[string]string{}}
	s.begin()
	head, files, _ := strings.Cut(r.before, "\n\n-- ")
	s.writeFiles(files)
	s.lines(head)
	shows := r.shows
	if shows == "" {
		shows = `"code":"` + string(r.code) + `"`
	}
	if !strings.Contains(s.last, shows) {
		t.Fatalf("before, nothing shows %s:\n%s", shows, s.last)
	}
	s.lines(r.after)
	if !slices.ContainsFunc(strings.Split(s.last, "\n"), func(event string) bool {
		return !slices.ContainsFunc(r.want, func(part string) bool { return !strings.Contains(event, part) })
	}) {
		t.Errorf("after what the hint says, no event holds %q:\n%s", r.want, s.last)
	}
	if _, in := s.resets()["x"]; in != r.reset || r.reset && s.resets()["x"] != string(r.code) {
		t.Errorf("resets: %v", s.resets())
	}
}

func (s *script) lines(text string) {
	for line := range strings.Lines(text) {
		s.line(strings.TrimSuffix(line, "\n"))
	}
}

// resets are the reasons in the resets.csv of the latest run, by id.
func (s *script) resets() map[string]string {
	file, err := os.Open(filepath.Join(defaultRuns, s.latestRun(), report.ResetsName))
	s.must(err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	s.must(err)
	reasons := map[string]string{}
	for _, row := range rows[1:] {
		reasons[row[0]] = row[3]
	}
	return reasons
}
