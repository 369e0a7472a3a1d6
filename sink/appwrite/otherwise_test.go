package appwrite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// TestLandsOtherwise: nobody loses the account for a number that is somebody else's,
// for an id that the target has in another letter case, or for more labels than the
// database holds. A dry run says of each what the landing then does, and what was
// landed is what is sealed; the same again finds the same user.
func TestLandsOtherwise(t *testing.T) {
	labels := make([]string, 1000)
	for i := range labels {
		labels[i] = fmt.Sprintf("label%04d", i)
	}
	for _, server := range servers {
		s, f := rehearse(t, server, Config{Roles: Labels, Patience: 20 * time.Second})
		f.must(t, "POST", "/v1/users", `{"userId":"Other","email":"other@example.com","phone":"+12025550199"}`)
		f.must(t, "POST", "/v1/users/Other/targets", `{"targetId":"t1","providerType":"sms","identifier":"+12025550177"}`)
		holdsAll := server.Database != rehearsal.Postgres
		for _, c := range []struct {
			name string
			user identity.User
			lost identity.Code // "": none
		}{
			{"number of another", withHash(identity.User{ID: "a", Email: "a@example.com", Phone: "+12025550199", PhoneVerified: true}), identity.LossPhone},
			{"number of another, no hash", identity.User{ID: "b", Email: "b@example.com", Phone: "+12025550199"}, identity.LossPhone},
			{"another's messaging target", withHash(identity.User{ID: "c", Email: "c@example.com", Phone: "+12025550177", Disabled: true}), identity.LossPhone},
			{"the same, number alone", identity.User{ID: "d", Phone: "+12025550177", PhoneVerified: true}, ""},
			{"id in another case", withHash(identity.User{ID: "oTHER", Email: "e@example.com"}), ""},
			{"a thousand labels", withHash(identity.User{ID: "f", Email: "f@example.com", Labels: labels}), map[bool]identity.Code{false: identity.LossRoles}[holdsAll]},
		} {
			planned, err := s.Look(t.Context(), []sink.Landing{{User: c.user, Judgement: s.Judge(c.user)}})
			if err != nil || planned[0].Outcome != sink.Planned {
				t.Errorf("%s %s: a dry run says %v, %v", server.Database, c.name, planned, err)
			}
			r := landOne(t, s, c.user, false)
			if r.Outcome != sink.Created || (c.lost != "") != (r.Losses != nil) || c.lost != "" && !slices.Contains(r.Losses, c.lost) || slices.Contains(r.Losses, identity.LossPhoneProof) {
				t.Errorf("%s %s: %s %v, losses %v", server.Database, c.name, r.Outcome, r.Problem, r.Losses)
				continue
			}
			wantState(t, s, r)
			if again := landSince(t, s, c.user, time.Now().Add(-time.Minute)); again.Outcome != sink.Recovered || again.TargetID != r.TargetID || again.State != r.State {
				t.Errorf("%s %s, once more: %s %v as %s, not %s", server.Database, c.name, again.Outcome, again.Problem, again.TargetID, r.TargetID)
			}
		}
		if n := f.inner.Users(); n != 7 || strings.Count(f.look(t, "Other"), "+12025550199") == 0 {
			t.Errorf("%s: %d users", server.Database, n)
		}
	}
}
