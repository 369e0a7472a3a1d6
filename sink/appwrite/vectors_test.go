//go:build !race

package appwrite

import (
	"fmt"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

// TestVectorsLogIn lands every vector that is said to work on a server, as its
// program stores it, and signs in with its password. The newer server gets all of
// them, and one hash of each other spelling; the older one a hash of each kind, and
// the digests that only it takes.
func TestVectorsLogIn(t *testing.T) {
	all := landable(t, offline(t, Config{Profile: Profile15, AllowUndocumented: true}))
	newer := offline(t, Config{Profile: Profile19, AllowUndocumented: true})
	old, others, seen := []source{}, []source{}, map[identity.Algorithm]bool{}
	for _, one := range all {
		both := works(newer, one.hash)
		if both {
			others = append(others, one)
		}
		if !both || !seen[one.hash.Algorithm] {
			old = append(old, one)
		}
		seen[one.hash.Algorithm] = true
	}
	if len(seen) != 34 || len(others) < 400 {
		t.Fatalf("%d hashes of %d kinds are too few for the test to mean anything", len(others), len(seen))
	}
	logInAll(t, rehearsal.V15, old)
	logInAll(t, rehearsal.V19, others)
}

// logInAll shares the users out to two tests that run at once, on one server.
func logInAll(t *testing.T, version rehearsal.Profile, all []source) {
	s, _ := rehearse(t, rehearsal.Config{Profile: version}, Config{Profile: Profile(version), AllowUndocumented: true})
	for half := range 2 {
		t.Run(fmt.Sprintf("%s half %d", version, half), func(t *testing.T) {
			t.Parallel()
			count := map[sink.Verdict]int{}
			for i := half; i < len(all); i += 2 {
				count[logIn(t, s, i, all[i])]++
			}
			t.Logf("logged in with %d hashes as they stand and %d converted", count[sink.Ready], count[sink.Converted])
		})
	}
}

// logIn lands one user and signs in.
func logIn(t *testing.T, s *Sink, i int, one source) sink.Verdict {
	t.Helper()
	u := identity.User{ID: fmt.Sprintf("v%d", i), Email: fmt.Sprintf("v%d@example.com", i), Hash: one.hash}
	verdict := s.Judge(u).Verdict
	r := landOne(t, s, u, false)
	if r.Outcome != sink.Created {
		t.Errorf("%s %s: %s %v", one.id, one.hash.Algorithm, r.Outcome, r.Problem)
		return verdict
	}
	if ok, err := s.Login(t.Context(), u.Email, one.password); !ok || err != nil {
		t.Errorf("%s %s: said to be %s, and the login says %v %v", one.id, one.hash.Algorithm, verdict, ok, err)
	}
	return verdict
}

// landable are the vectors whose passwords can be typed and which are said to
// work, and of each of them that is the first of its kind all other spellings.
func landable(t *testing.T, s *Sink) []source {
	t.Helper()
	var all []source
	seen := map[string]bool{}
	for _, one := range sources(t) {
		if s.Accepts(one.hash, one.password) != nil || !works(s, one.hash) {
			continue
		}
		all = append(all, one)
		for _, h := range respelt(t, one.hash) {
			kind := fmt.Sprint(h.Algorithm, " ", h.Params.Variant, " ", one.hash.Algorithm, " ", len(string(h.Encoded)), " ", h.Encoded[:2])
			if seen[kind] || dearer(one.hash) {
				continue
			}
			seen[kind] = true
			if ok, err := verifiers.Verify(h, one.password); !ok || err != nil {
				t.Errorf("%s as %s is no hash of its password: %v", one.id, h.Algorithm, err)
			}
			all = append(all, source{one.id, h, one.password})
		}
	}
	return all
}

func works(s *Sink, h identity.Hash) bool {
	return s.Judge(identity.User{ID: "a", Email: "a@b.cd", Hash: h}).Verdict.Works()
}

// dearer tells whether computing a hash once is enough.
func dearer(h identity.Hash) bool {
	form, _ := forms.Read(h)
	switch f := form.(type) {
	case *forms.Argon2:
		return f.Memory*f.Passes > 1<<14
	case *forms.Bcrypt:
		return f.Cost > 8
	case *forms.Scrypt:
		return f.N > 1<<14
	}
	return h.Params.N > 1<<14
}
