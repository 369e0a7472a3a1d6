//go:build !race

package rehearsal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"rehome/fixtures"
)

// lines decodes a fixture of one JSON object a line.
func lines[T any](t *testing.T, path string) []T {
	t.Helper()
	var all []T
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read(path)))
	for {
		var one T
		if err := dec.Decode(&one); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

// passwords are those of the vectors, by id.
func passwords(t *testing.T) map[string]string {
	known := map[string]string{}
	for _, file := range []string{"vectors/vectors.jsonl", "vectors/public-vectors.jsonl"} {
		for _, v := range lines[struct {
			ID       string
			Password *string
			Hex      string `json:"password_hex"`
		}](t, file) {
			raw, err := hex.DecodeString(v.Hex)
			if err != nil {
				t.Fatal(err)
			}
			known[v.ID] = string(raw)
			if v.Password != nil {
				known[v.ID] = *v.Password
			}
		}
	}
	return known
}

// Every vector, sent as it stands to every plausible endpoint of a real Appwrite:
// creating and logging in must answer as they did there.
func TestRecordedLogins(t *testing.T) {
	known := passwords(t)
	for version, file := range map[string]string{"1.5": "appwrite-logins.jsonl", "1.9": "appwrite-1.9-logins.jsonl"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := bare(t, Config{Profile: Profile(version), Verify: verifyOnce})
			logins := lines[recordedLogin](t, "vectors/"+file)
			for i, l := range logins {
				if d := l.differs(t, s, i, known[l.ID]); d != "" {
					t.Errorf("%s to %s: %s", l.ID, l.Endpoint, d)
				}
			}
			t.Logf("%s: %d creates and logins", version, len(logins))
		})
	}
}

type recordedLogin struct {
	ID, Endpoint string
	Sent         map[string]any
	CreateStatus int    `json:"create_status"`
	CreateType   string `json:"create_type"`
	LoginStatus  int    `json:"login_status"`
	LoginType    string `json:"login_type"`
}

func (l recordedLogin) differs(t *testing.T, s *Server, i int, password string) string {
	email := fmt.Sprintf("login-%d@example.com", i)
	l.Sent["userId"], l.Sent["email"] = fmt.Sprintf("login-%d", i), email
	body, err := json.Marshal(l.Sent)
	if err != nil {
		t.Fatal(err)
	}
	w, got := ask(t, s, "POST", "/v1/users/"+l.Endpoint, string(body))
	if kind, _ := got["type"].(string); w.Code != l.CreateStatus || kind != l.CreateType {
		return fmt.Sprintf("create: want %d %s, got %d %s", l.CreateStatus, l.CreateType, w.Code, kind)
	}
	if l.LoginStatus == 0 {
		return ""
	}
	body, _ = json.Marshal(map[string]string{"email": email, "password": password})
	w, got = ask(t, s, "POST", "/v1/account/sessions/email", string(body))
	if kind, _ := got["type"].(string); w.Code != l.LoginStatus || kind != l.LoginType {
		return fmt.Sprintf("login: want %d %s, got %d %s", l.LoginStatus, l.LoginType, w.Code, kind)
	}
	return ""
}
