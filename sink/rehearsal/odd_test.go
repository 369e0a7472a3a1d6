package rehearsal

import "testing"

// TestOddRequests are requests that nobody means, as a real 1.5.11 and 1.9.6 answered
// them.
func TestOddRequests(t *testing.T) {
	for _, c := range []struct {
		name               string
		profile            Profile
		method, path, body string
		header             [2]string
		status             int
		kind               string // of a refusal
	}{
		{"the id 0", V15, "POST", "/v1/users", `{"userId":"0"}`, [2]string{}, 500, serverError},
		{"the id 0", V19, "POST", "/v1/users", `{"userId":"0"}`, [2]string{}, 500, serverError},
		{"two slashes", V19, "POST", "/v1//users", `{"userId":"a"}`, [2]string{}, 201, ""},
		{"two slashes", V15, "POST", "/v1//users", `{"userId":"a"}`, [2]string{}, 404, routeNotFound},
		{"the project in other letters", V19, "GET", "/v1/users", "", [2]string{"X-Appwrite-Project", "TheProject"}, 403, projectIDMissing},
		{"another project", V19, "GET", "/v1/users", "", [2]string{"X-Appwrite-Project", "another"}, 404, projectNotFound},
		{"a JWT that is none", V19, "GET", "/v1/account", "", [2]string{"X-Appwrite-JWT", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"}, 401, jwtInvalid},
		{"a total that is no truth value", V15, "GET", "/v1/users?total=x", "", [2]string{}, 200, ""},
		{"a total that is no truth value", V19, "GET", "/v1/users?total=x", "", [2]string{}, 400, argumentInvalid},
		{"targets without their scope", V15, "GET", "/v1/users/alice/targets", "", [2]string{"X-Appwrite-Key", "standard_users"}, 401, unauthorizedScope},
		{"policies in 1.5", V15, "GET", "/v1/project/policies", "", [2]string{}, 404, routeNotFound},
		{"policies without their scope", V19, "GET", "/v1/project/policies", "", [2]string{"X-Appwrite-Key", "standard_users"}, 401, unauthorizedScope},
	} {
		s := bare(t, Config{Profile: c.profile, Keys: []Key{{Secret: "standard_full"}, {Secret: "standard_users", Scopes: []string{"users.read", "users.write"}}}})
		var header []string
		if c.header[0] != "" {
			header = c.header[:]
		}
		w, got := ask(t, s, c.method, c.path, c.body, header...)
		if kind, _ := got["type"].(string); w.Code != c.status || kind != c.kind {
			t.Errorf("%s %s: %d %v, want %d %s", c.profile, c.name, w.Code, got, c.status, c.kind)
		}
	}
}
