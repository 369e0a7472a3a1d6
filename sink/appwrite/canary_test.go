package appwrite

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

// TestCanary: one of each algorithm is let in, a broken one is not, and nobody is
// left behind.
func TestCanary(t *testing.T) {
	const password = "Canary-7f3a-Ärger"
	for _, version := range versions {
		t.Run(string(version), func(t *testing.T) {
			t.Parallel()
			s, f := rehearse(t, rehearsal.Config{Profile: version}, Config{})
			if _, err := s.Preflight(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, a := range []identity.Algorithm{
				identity.Argon2, identity.Bcrypt, identity.MD5, identity.PHPass, identity.Scrypt, identity.ScryptFirebase, identity.SHA, identity.Plaintext,
			} {
				h, err := verifiers.Make(a, password)
				if err != nil {
					t.Fatal(err)
				}
				if bad, err := s.Canary(t.Context(), h, password); bad != nil || err != nil {
					t.Errorf("%s: %v, %v", a, bad, err)
				}
				if a == identity.MD5 {
					if bad, err := s.Canary(t.Context(), h, "another password"); bad == nil || err != nil {
						t.Errorf("%s, with another password: %v, %v", a, bad, err)
					}
				}
			}
			if n := f.inner.Users(); n != 0 {
				t.Errorf("%d are left behind", n)
			}
		})
	}
}

// TestCanaryIsBuried: whatever fails, the canary goes, and if it cannot, it is named.
func TestCanaryIsBuried(t *testing.T) {
	h, err := verifiers.Make(identity.MD5, "password1")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("login switched off", func(t *testing.T) {
		s, f := rehearse(t, rehearsal.Config{Policies: rehearsal.Policies{NoEmailPassword: true}}, Config{})
		bad, err := s.Canary(t.Context(), h, "password1")
		if err != nil || bad == nil || !strings.Contains(bad.Detail, "switched off") || f.inner.Users() != 0 {
			t.Errorf("%v, %v, %d left", bad, err, f.inner.Users())
		}
	})
	t.Run("cancelled in between", func(t *testing.T) {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				if strings.HasSuffix(r.URL.Path, sessionPath) {
					cancel(reason)
				}
				return 0, ""
			}
		})
		_, err := s.Canary(ctx, h, "password1")
		if !errors.Is(err, reason) || f.inner.Users() != 0 {
			t.Errorf("%v, %d left", err, f.inner.Users())
		}
	})
	t.Run("not deleted", func(t *testing.T) {
		s, f := rehearse(t, rehearsal.Config{}, Config{})
		f.set(func(f *front) {
			f.force = func(r *http.Request) (int, string) {
				if r.Method == http.MethodDelete {
					return 403, `{"type":"general_access_forbidden"}`
				}
				return 0, ""
			}
		})
		_, err := s.Canary(t.Context(), h, "password1")
		if err == nil || f.inner.Users() != 1 {
			t.Fatalf("%v, %d left", err, f.inner.Users())
		}
		for u := range f.inner.All() {
			if !strings.Contains(err.Error(), u.ID) || strings.Contains(err.Error(), string(h.Encoded)) {
				t.Errorf("%v does not name %s, or more than that", err, u.ID)
			}
		}
	})
}
