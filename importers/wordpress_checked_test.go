package importers

import (
	"bytes"
	"encoding/csv"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/verifiers"
)

// For every account, the hash as it was read and the verifier of its tag say what
// that version of WordPress said of the password: as it is typed, and as
// WordPress had hashed it.
func TestWordPressChecked(t *testing.T) {
	for site, dump := range map[string]string{"wp67": "wp67.full.sql.gz", "wp68-upgraded": "wp68-upgraded.full.sql.gz", "wpms": "wpms.full.sql.gz"} {
		t.Run(site, func(t *testing.T) {
			t.Parallel()
			got := readWordPress(t, WordPressConfig{}, wpFixture(dump))
			if got.err != nil {
				t.Fatal(got.err)
			}
			users := map[string]identity.User{}
			for _, rec := range got.records {
				users[rec.User.Username] = rec.User
			}
			typed := wpColumn(t, site+".passwords.csv", "login", "password")
			accepts := wpColumn(t, site+".checked.csv", "login", "wordpress_accepts_hashed_input")
			plainly := wpColumn(t, site+".checked.csv", "login", "raw_password_matches_without_trim_or_slashes")
			if len(accepts) != len(users) {
				t.Errorf("%d accounts checked, %d users", len(accepts), len(users))
			}
			for login, u := range users {
				right, asTyped := wpVerify(t, u.Hash, typed[login])
				wantRight, wantTyped := accepts[login] == "yes", plainly[login] == "yes"
				switch {
				case site == "wp67" && u.Hash.Algorithm == identity.Argon2, site != "wp67" && login == "phpbbuser":
					// 6.7 checks argon2 with a plugin only, 6.8 no longer checks $H$: the
					// password is right all the same.
					wantRight, wantTyped = true, true
				case login == "spacepw" && u.Hash.Algorithm == identity.WPBcrypt:
					wantTyped = true // to trim is part of the algorithm
				}
				if right != wantRight || asTyped != wantTyped {
					t.Errorf("%s: right %t, as typed %t; WordPress says %t, %t", login, right, asTyped, wantRight, wantTyped)
				}
			}
		})
	}
}

// wpVerify tries a password as typed, and as WordPress may have hashed it.
func wpVerify(t *testing.T, h identity.Hash, password string) (right, asTyped bool) {
	for i, spelling := range verifiers.Spellings(h, password) {
		ok, err := verifiers.Verify(h, spelling)
		if problem := verifiers.Check(h); err != nil && (problem == nil || problem.Code != identity.HashUnsupported) {
			t.Error(err)
		}
		if ok {
			return true, i == 0
		}
	}
	return false, false
}

// wpColumn is a column of a fixture, by another.
func wpColumn(t *testing.T, name, key, column string) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(fixtures.Read(wpExports + name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, field := range rows[0] {
		at[field] = i
	}
	values := map[string]string{}
	for _, row := range rows[1:] {
		values[row[at[key]]] = row[at[column]]
	}
	return values
}
