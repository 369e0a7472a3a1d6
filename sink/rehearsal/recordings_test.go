//go:build !race

package rehearsal

import (
	"regexp"
	"testing"
)

// The recordings hold over a thousand logins with real hashes, which the race
// detector would make take minutes; race_test.go is for it.

// leftOut are the exchanges that cannot be replayed one after another, or that
// depend on settings and workers; other tests of this package look at them.
var leftOut = regexp.MustCompile(`^(concurrent|rate-limit|client-gone|lost-update|sequential-update|project-settings|identities|auth|misc)/` +
	`|^list/many/|^list/over-5000/|^logs/list|^tokens/login|^memberships/invited-user$`)

// known are the differences there are, by profile and name, each with its reason.
var known = map[string]map[string]string{
	"1.9": {
		"invalid/route/unknown": "a 404 page of Appwrite's own design; ours is another page",
		"invalid/route/method":  "a 404 page of Appwrite's own design; ours is another page",
		"new/list/orderRandom":  atRandom,
	},
}

const atRandom = "the order is random: equal by chance only"

func TestReplay(t *testing.T) {
	for _, version := range []string{"1.5", "1.9"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			given, equal := 0, 0
			projects := map[string]*replay{}
			for _, e := range recording(t, version) {
				if leftOut.MatchString(e.Name) || e.Shortened != nil {
					continue
				}
				r := projects[e.Project]
				if r == nil {
					r = newReplay(t, version, false)
					projects[e.Project] = r
				}
				d := r.compare(e)
				if e.Response == nil || e.Request.RawBody != nil {
					continue
				}
				given++
				reason, excused := known[version][e.Name]
				switch {
				case d == "":
					equal++
					if excused && reason != atRandom {
						t.Errorf("%s: equal now; strike it off the list (%s)", e.Name, reason)
					}
				case !excused:
					t.Errorf("%s (%s): %s", e.Name, e.Note, d)
				}
			}
			t.Logf("%s: %d of %d given answers equal (%.2f %%)", version, equal, given, 100*float64(equal)/float64(given))
			if float64(equal) < 0.985*float64(given) {
				t.Error("less than 98.5 % equal")
			}
		})
	}
}
