package postgres

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/sink"
)

// talked is the user whom the triggers of these tests talk about.
func talked() identity.User {
	return identity.User{
		ID: "u1x9Kd", Username: "quokka77", Email: "Zebulon.Quill@example.test", Phone: "+12025550187", Name: `Zebulon "Zeb" O'Quill`, Photo: "https://img.example.test/zebulon.png",
		Hash:   identity.Hash{Algorithm: identity.Bcrypt, Encoded: "$2y$04$Q2LRnZW./YwnQN0NUicDR.n5HmsX6GJZuipuZXID51cXNP720uhVy"},
		Labels: []string{"velvet"}, Attributes: map[string]any{"badge": "tangerine"}, Logins: []identity.Login{{Provider: "google.com", Subject: "subject-marmalade"}},
	}
}

// giveaways are pieces that tell who it was, in any case.
func giveaways() []string {
	digest := "n5HmsX6GJZ"
	return []string{
		"zebulon", "quill", "quokka", "2025550187", "202-555", "velvet", "tangerine", "marmalade", digest, hex.EncodeToString([]byte(digest)), base64.StdEncoding.EncodeToString([]byte("$2y$04$Q2LRnZW"))[:12],
		"Q2LRnZW", hex.EncodeToString([]byte("Zebulon")), `\u005a`,
	}
}

func wantDiscreet(t *testing.T, said string) {
	t.Helper()
	for _, g := range giveaways() {
		if strings.Contains(strings.ToLower(said), strings.ToLower(g)) {
			t.Errorf("%q gives away %q", said, g)
		}
	}
}

// TestRepeatable: what holds a value in whatever spelling is not repeated, and what
// helps to mend something is.
func TestRepeatable(t *testing.T) {
	u := talked()
	values := []string{u.ID, u.Username, u.Email, u.Phone, u.Name, string(u.Hash.Encoded), "velvet", `{"badge":"tangerine"}`, "Bo", "王伟"}
	hash := string(u.Hash.Encoded)
	for _, said := range []string{
		`column "` + hash + `" does not exist`, `column "` + hash[:20] + `" does not exist`, `syntax error at or near "` + hash[33:] + `"`, strings.ToUpper(hash), strings.ToLower(hash[30:40]),
		`relation "Zebulon ""Zeb"" O''Quill" does not exist`, `Zebulon \"Zeb\" O\'Quill`, `"zebulon"`, `ZEBULON`, `no place for Quill`, `{"name": "Zebulon \"Zeb\" O'Quill"}`,
		`Z.e.b.u.l.o.n`, `\x` + hex.EncodeToString([]byte("Zebulon")), base64.StdEncoding.EncodeToString([]byte("Zebulon Quill")), `\u005aebulon`, `\132ebulon`, `%5Aebulon`,
		`(202) 555-0187`, `12025550187`, `5550187`, `2025550`, `somebody@else.test`, `$2a$10$N9qo8uLOickgx2ZMRZoMye`, `$argon2id$v=19`, `d41d8cd98f00b204e9800998ecf8427e`,
		`velvet`, `tangerine`, `role "bo" does not exist`, `column "王伟" does not exist`, `quokka77`, `u1x9Kd`, strings.Repeat("x", maxHeard+1), "\xff",
	} {
		if got, ok := repeatable(said, values); ok {
			t.Errorf("%q is repeated as %q", said, got)
		}
	}
	for _, said := range []string{
		`permission denied for table profiles`, `relation "app.members" does not exist`, `could not extend file "base/16384/16385": No space left on device`, `canceling statement due to lock timeout`,
		`cannot execute COPY FROM in a read-only transaction`, `function public.welcome(text, uuid) does not exist`, `the database system is starting up`, `sorry, too many clients already`,
		`column "boat" does not exist`, ``,
	} {
		if got, ok := repeatable(said, values); !ok || got != said {
			t.Errorf("%q: %q, %v", said, got, ok)
		}
	}
}

// wordy are what a trigger may say: statements put together from a row, and errors
// of every kind that ends a run, with values in each of their parts.
func wordy(row string, l Layout) (bodies []string) {
	column := map[Layout]map[string]string{
		Generic:  {"hash": "password_hash", "meta": "prefs"},
		Supabase: {"hash": "encrypted_password", "meta": "raw_app_meta_data"},
	}[l]
	hash, all := row+"."+column["hash"], "row_to_json("+row+")::text"
	for _, value := range []string{hash, "left(" + hash + ", 20)", row + ".email", "upper(" + row + ".email)", row + ".phone", row + "." + column["meta"] + "::text", all, row + "::text", "encode(convert_to(" + hash + ", 'UTF8'), 'hex')", "encode(convert_to(" + hash + ", 'UTF8'), 'base64')"} {
		bodies = append(bodies, "execute 'select ' || quote_ident("+value+")", "execute "+value, "execute 'select 1 from ' || quote_ident("+value+")", "execute 'select cast(' || quote_literal("+value+") || ' as integer)'")
		for _, class := range []string{"08006", "0A000", "25006", "3F000", "42501", "53400", "55000", "57014", "P0001", "23514", "XX000", "28000"} {
			bodies = append(bodies, fmt.Sprintf("raise exception using errcode = '%s', message = %s, detail = %s, hint = %s, column = %s, constraint = %s, table = %s, schema = %s, datatype = %s",
				class, value, value, value, value, value, value, value, value))
		}
	}
	return bodies
}

// TestServersWords: whatever a trigger says of the user in hand, nothing of the user
// is repeated, neither where it ends the run nor where it refuses the row.
func TestServersWords(t *testing.T) {
	for _, l := range []Layout{Generic, Supabase} {
		for _, event := range []string{"insert", "delete"} {
			t.Run(string(l)+" "+event, func(t *testing.T) {
				d := newDatabase(t, l)
				s := opened(t, d, Config{Layout: l, Claims: Prefs, Roles: Labels, Patience: 1})
				row := map[string]string{"insert": "new", "delete": "old"}[event]
				var landed []sink.Found
				if event == "delete" {
					results := write(t, s, landings(s, []identity.User{talked()}, false))
					var err error
					if landed, err = s.Read(t.Context(), idsOf(results)); err != nil {
						t.Fatal(err)
					}
				}
				for i, body := range wordy(row, l) {
					d.do(t, "create or replace function public.talk() returns trigger language plpgsql as $talk$ begin "+body+"; return "+row+"; end $talk$")
					if i == 0 {
						d.do(t, "create trigger talk before "+event+" on "+users(l)+" for each row execute function public.talk()")
					}
					var results []sink.Result
					var err error
					if event == "insert" {
						results, err = s.Write(t.Context(), landings(s, []identity.User{talked()}, false))
					} else {
						results, err = s.Remove(t.Context(), landed)
					}
					if err == nil && (len(results) != 1 || results[0].Problem == nil) {
						t.Fatalf("%s: nothing was said: %v", body, results)
					}
					if err != nil {
						wantDiscreet(t, told(err))
						continue
					}
					wantDiscreet(t, results[0].Problem.Detail)
				}
				if event == "insert" {
					wantDiscreet(t, d.text(t, "select coalesce(string_agg(detail, ' '), '') from rehome.import_refusals"))
				}
			})
		}
	}
}
