package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestTriggersTellNothing lands somebody where triggers put the row into statements
// and errors: nothing of it is on the terminal, in the events or in the run folder.
func TestTriggersTellNothing(t *testing.T) {
	for name, body := range map[string]string{
		"a column of that name": "execute 'select ' || quote_ident(new.password_hash) || ', ' || quote_ident(new.email)",
		"its own words":         "raise exception using errcode = '42501', message = 'not ' || new.name, hint = new.phone",
		"a refused row":         "raise exception using errcode = '23514', message = new::text, constraint = left(new.password_hash, 30), column = new.email",
		"while it may pass":     "raise exception using errcode = '57014', message = 'call ' || new.phone || ', ' || upper(new.name)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			d := startDatabase(t, "empty")
			t.Setenv("DATABASE_URL", string(d.DSN))
			import1 := func(want int, id, hash, more string) string {
				t.Helper()
				text := `{"id":"` + id + `","email":"` + id + `.quokka@marmalade.test",` + more + `"hash_algorithm":"bcrypt","password_hash":"` + hash + `"}`
				if err := os.WriteFile(id+".jsonl", []byte(text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				var printed bytes.Buffer
				code := run(t.Context(), []string{"rehome", "import", id + ".jsonl", "--to", "postgres", "--layout", "generic", "--create", "--no-proof", "--yes", "--patience", "1s", "--json"}, strings.NewReader(""), &printed, &printed)
				if code != want && want >= 0 {
					t.Fatalf("exit %d\n%s", code, printed.String())
				}
				return printed.String()
			}
			import1(exitOK, "before", bcryptOf, "")
			if _, err := d.Exec(t.Context(), "create function public.tr() returns trigger language plpgsql as $$ begin "+body+"; return new; end $$; create trigger tr before insert on rehome.users for each row execute function public.tr()"); err != nil {
				t.Fatal(err)
			}
			const digest = "n5HmsX6GJZuipuZXID51cXNP720uhVy"
			printed := import1(-1, "x7", "$2y$04$Q2LRnZW./YwnQN0NUicDR."+digest, `"name":"Zebulon Quill","phone":"+12025550187",`)
			if !strings.Contains(printed, "SQLSTATE") {
				t.Fatalf("nothing went wrong:\n%s", printed)
			}
			texts := map[string]string{"the output": printed}
			readAll(t, "rehome-runs", texts)
			for where, text := range texts {
				for _, secret := range []string{"quokka", "marmalade", "Zebulon", "ZEBULON", "2025550187", "Q2LRnZW", digest[:12]} {
					if strings.Contains(text, secret) {
						t.Errorf("%s holds %s", where, secret)
					}
				}
			}
		})
	}
}
