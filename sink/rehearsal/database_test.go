package rehearsal

import (
	"fmt"
	"strings"
	"testing"
)

// What differs between the databases; what does not is what the replay looks at.
func TestDatabases(t *testing.T) {
	long := strings.Repeat("x", 37)
	labels := make([]string, 60)
	for i := range labels {
		labels[i] = fmt.Sprintf(`"%036d"`, i)
	}
	many := `{"labels":[` + strings.Join(labels, ",") + `,"` + strings.Repeat("z", 36) + `","` + strings.Repeat("y", 36) + `"]}`
	for _, c := range []struct {
		method, path, body string
		status             map[Database]int
		total              map[Database]float64
	}{
		{"GET", "/v1/users/ALICE", "", map[Database]int{MariaDB: 200, Postgres: 404, MongoDB: 404}, nil},
		{"GET", "/v1/users/Alice", "", map[Database]int{MariaDB: 200, Postgres: 200, MongoDB: 200}, nil},
		{"POST", "/v1/users", `{"userId":"ALICE"}`, map[Database]int{MariaDB: 409, Postgres: 409, MongoDB: 409}, nil},
		{"POST", "/v1/users", `{"userId":"` + long + `"}`, map[Database]int{MariaDB: 400, Postgres: 400, MongoDB: 201}, nil},
		{"GET", `/v1/users?queries[0]={"method":"equal","attribute":"email","values":["ALICE@example.com"]}`, "", map[Database]int{MariaDB: 200, Postgres: 200, MongoDB: 200}, map[Database]float64{MariaDB: 1}},
		{"GET", "/v1/users?search=And", "", map[Database]int{MariaDB: 200, Postgres: 200, MongoDB: 200}, map[Database]float64{MariaDB: 1}},
		{"GET", "/v1/users?search=Anders", "", map[Database]int{MariaDB: 200, Postgres: 200, MongoDB: 200}, map[Database]float64{MariaDB: 1, Postgres: 1, MongoDB: 1}},
		{"PUT", "/v1/users/Alice/labels", many, map[Database]int{MariaDB: 200, Postgres: 500, MongoDB: 200}, nil},
	} {
		for db, want := range c.status {
			s := bare(t, Config{Database: db})
			ask(t, s, "POST", "/v1/users", `{"userId":"Alice","email":"alice@example.com","name":"Alice Anders"}`)
			w, got := ask(t, s, c.method, c.path, c.body)
			if w.Code != want {
				t.Errorf("%s: %s %s: want %d, got %d %.100s", db, c.method, c.path, want, w.Code, w.Body)
			}
			if c.total != nil && got["total"] != c.total[db] {
				t.Errorf("%s: %s: want %v, got %v", db, c.path, c.total[db], got["total"])
			}
		}
	}
}

func TestNullOrder(t *testing.T) {
	for db, first := range map[Database]string{MariaDB: "b", Postgres: "a"} {
		s := bare(t, Config{Database: db})
		ask(t, s, "POST", "/v1/users", `{"userId":"a","email":"a@example.com"}`)
		ask(t, s, "POST", "/v1/users", `{"userId":"b"}`)
		_, got := ask(t, s, "GET", `/v1/users?queries[0]={"method":"orderAsc","attribute":"email"}`, "")
		if users := got["users"].([]any); users[0].(map[string]any)["$id"] != first {
			t.Errorf("%s: %v first", db, users[0])
		}
	}
}

func TestDatabaseOfProfile(t *testing.T) {
	for _, c := range []Config{{Profile: V15, Database: Postgres}, {Database: "oracle"}} {
		c.Verify = verifyOnce
		if _, err := New(c); err == nil {
			t.Errorf("profile %s on %s: accepted", c.Profile, c.Database)
		}
	}
}
