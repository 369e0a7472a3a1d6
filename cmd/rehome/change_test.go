package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestSourceChanges changes the end of an export while its beginning is being
// moved: the run stops, and nobody lands who was not surveyed.
func TestSourceChanges(t *testing.T) {
	t.Chdir(t.TempDir())
	const users = 30_000 // some 4 MiB, more than is read ahead
	var text bytes.Buffer
	text.WriteString(`{"users": [`)
	for i := range users {
		fmt.Fprintf(&text, "{\"localId\": \"user%06d\", \"email\": \"user%06d@example.com\", \"displayName\": \"%s\"},\n", i, i, strings.Repeat("x", 60))
	}
	text.WriteString(`{"localId": "last", "email": "last@example.com"}]}`)
	if err := os.WriteFile("users.json", text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	server := startPractice(t, "1.9", "")
	t.Setenv("APPWRITE_ENDPOINT", server.endpoint)
	t.Setenv("APPWRITE_PROJECT_ID", server.project)
	t.Setenv("APPWRITE_API_KEY", server.key)
	changed := make(chan error, 1)
	go func() { changed <- changeWhenBegun(server) }()
	var out bytes.Buffer
	code := run(context.Background(), strings.Fields("rehome import users.json --to appwrite --no-proof --yes --quiet"), nil, &out, &out)
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	if code != exitFailed || !strings.Contains(out.String(), "changed") {
		t.Errorf("exit %d: %s", code, out.String())
	}
	for _, u := range server.users(t) {
		if strings.HasPrefix(u["$id"].(string), "evil") {
			t.Fatalf("%v landed and was never surveyed", u["$id"])
		}
	}
}

// changeWhenBegun waits for the first user to land and then rewrites the last of
// the file.
func changeWhenBegun(server *practiceServer) error {
	for range 10_000 {
		if server.Users() > 0 {
			f, err := os.OpenFile("users.json", os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte(`{"localId": "evil", "email": "evil@example.com"}]}`), info.Size()-50)
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("nobody landed")
}
