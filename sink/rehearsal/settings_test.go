package rehearsal

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// withSettings are the sections of the recordings that depend on settings, on
// abuse protection, or on a row put into the database.
var withSettings = regexp.MustCompile(`^(auth|misc|identities|project-settings|sequential-update|rate-limit)/`)

// elsewhere are the exchanges among them that belong to something this server
// does not play, or to a request that the recording does not hold.
var elsewhere = map[string]string{
	"misc/v1":               "the API's front page",
	"misc/project-via-key":  "the projects service",
	"misc/chunked-body-get": "the create before it, sent in chunks, is not recorded",
	"identities/list":       "asks in a project that the main replay looks at",
	"identities/list-query": "asks in a project that the main replay looks at",
}

// settingsOf are the project's settings at the time of an exchange, as the
// recordings' notes tell them.
func settingsOf(name string) Policies {
	for prefix, p := range map[string]Policies{
		"new/strength/":                        {Strength: &Strength{Min: 12, Upper: true, Number: true, Symbol: true}},
		"new/session-limit/":                   {SessionLimit: 2},
		"project-settings/dictionary/":         {Dictionary: []string{"password1", "12345678"}},
		"project-settings/personal-data/":      {PersonalData: true},
		"project-settings/limit/":              {UserLimit: 1},
		"project-settings/history/":            {History: 2},
		"project-settings/email-password-off/": {NoEmailPassword: true},
	} {
		if strings.HasPrefix(name, prefix) {
			return p
		}
	}
	return Policies{}
}

func TestReplayWithSettings(t *testing.T) {
	for _, version := range []string{"1.5", "1.9"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			given := 0
			projects := map[string]*replay{}
			for _, e := range recording(t, version) {
				section := withSettings.MatchString(e.Name)
				if !section && e.Project != "list" || e.Shortened != nil || elsewhere[e.Name] != "" {
					continue
				}
				r := projects[e.Project]
				if r == nil {
					r = newReplay(t, version, e.Project == "rate")
					projects[e.Project] = r
				}
				if e.Name == "identities/list-one" {
					r.server.AddIdentity(Identity{ID: "ident1", UserID: "iu", Provider: "google", UID: "g-123", Email: "oauth@example.com"})
				}
				d := r.compare(e)
				if section && e.Response != nil {
					given++
				}
				if section && d != "" {
					t.Errorf("%s (%s): %s", e.Name, e.Note, d)
				}
			}
			if given < 60 {
				t.Errorf("only %d answers compared", given)
			}
		})
	}
}

// The headers of a limited endpoint, as recorded: what is left of the hour's ten.
func TestRateLimitHeaders(t *testing.T) {
	for _, version := range []string{"1.5", "1.9"} {
		r := newReplay(t, version, true)
		for _, e := range recording(t, version) {
			if e.Project != "rate" {
				continue
			}
			w, _ := r.send(e)
			if e.Response == nil {
				continue
			}
			for _, name := range []string{"x-ratelimit-limit", "x-ratelimit-remaining"} {
				want := ""
				if v, ok := e.Response.Headers[name]; ok {
					want = fmt.Sprint(v)
				}
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %s: %s: want %q, got %q", version, e.Name, name, want, got)
				}
			}
		}
	}
}

// The server has one clock: its Date header is what its users' dates are from.
func TestOneClock(t *testing.T) {
	then := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	s := bare(t, Config{Now: func() time.Time { return then }})
	w, got := ask(t, s, "POST", "/v1/users/md5", fmt.Sprintf(md5Body, "a", "a"))
	if date := w.Header().Get("Date"); date != then.Format(http.TimeFormat) || !strings.HasPrefix(fmt.Sprint(got["$createdAt"]), "2024-02-29T12:00:00") {
		t.Errorf("Date %q, created at %v", date, got["$createdAt"])
	}
}
