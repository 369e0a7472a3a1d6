package postgres

import (
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// Supabase Auth verifies three families: bcrypt, argon2i and argon2id, and
// Firebase's scrypt as "$fbscrypt$". Whatever is not argon2 or fbscrypt it takes
// for bcrypt, and answers 500 to every login when it is none, also to a wrong
// password. Such hashes never land.

// maxColumn is the length of encrypted_password in characters.
const maxColumn = 255

// supabaseMay reports whether the server verifies some hashes of a kind.
func supabaseMay(a identity.Algorithm) bool {
	switch a {
	case identity.Bcrypt, forms.DjangoBcrypt, forms.FusionAuthBcrypt, forms.LDAPCrypt, identity.Argon2, forms.DjangoArgon2, forms.LDAPArgon2,
		forms.KeycloakArgon2, identity.ScryptFirebase, forms.Magento:
		return true
	}
	return false
}

// supabaseHash is a hash as the server verifies it.
func supabaseHash(form identity.Form) (h identity.Hash, bad *identity.Problem) {
	switch f := form.(type) {
	case *forms.Bcrypt:
		h, bad = identity.Hash{Algorithm: identity.Bcrypt, Encoded: identity.Secret(f.MCF())}, supabaseBcrypt(f)
	case *forms.Argon2:
		h, bad = identity.Hash{Algorithm: identity.Argon2, Encoded: identity.Secret(f.PHC())}, supabaseArgon2(f)
	case *forms.Firebase:
		h = identity.Hash{Algorithm: identity.ScryptFirebase, Encoded: identity.Secret(f.FBScrypt())}
		if len(h.Encoded) > maxColumn {
			bad = never("the hash with its settings has %d characters and Supabase Auth's column takes %d; salts of up to 27 bytes fit beside a key of 64", len(h.Encoded), maxColumn)
		}
	default:
		bad = supabaseNever(form.Algorithm())
	}
	if bad == nil && len(h.Encoded) > maxColumn {
		bad = never("the hash has %d characters; Supabase Auth's column takes %d", len(h.Encoded), maxColumn)
	}
	return h, bad
}

func supabaseNever(a identity.Algorithm) *identity.Problem {
	switch a {
	case identity.WPBcrypt:
		return never("WordPress 6.8 hashes the password with SHA-384 before bcrypt, which Supabase Auth does not: passwords of WordPress cannot move there, not even with the prefix cut off")
	case identity.PHPass:
		return never("Supabase Auth does not verify phpass, the hash of WordPress up to 6.7: passwords of WordPress cannot move there")
	}
	return never("Supabase Auth verifies bcrypt, argon2i, argon2id and Firebase's scrypt, and no other hash")
}

func never(format string, args ...any) *identity.Problem {
	return problem(identity.HashUnsupported, format, args...)
}

// Bounds of what a login may cost the server, which computes it in the one
// process that serves everybody: about two seconds, or 1 GiB. From 2.189.0 on it
// refuses argon2 beyond its own limits; older ones die of it.
const (
	minBcryptCost, maxBcryptCost = 4, 15
	maxArgon2KiB                 = 1 << 20
	maxArgon2Passes              = 20
	maxArgon2Lanes               = 16
)

func supabaseBcrypt(f *forms.Bcrypt) *identity.Problem {
	if f.Cost > maxBcryptCost {
		return problem(identity.HashCost, "bcrypt of cost %d; more than %d would stall the server at each login", f.Cost, maxBcryptCost)
	}
	return nil
}

func supabaseArgon2(f *forms.Argon2) *identity.Problem {
	switch {
	case f.Variety == "argon2d":
		return never("Supabase Auth verifies argon2i and argon2id; this is argon2d")
	case f.Version != 19:
		return never("Supabase Auth verifies argon2 of version 19; this is version %d", f.Version)
	case f.Keyed || len(f.Data) > 0:
		return never("Supabase Auth does not take an argon2 hash with keyid or data")
	case f.Memory > maxArgon2KiB:
		return problem(identity.HashCost, "each login would take %d MiB of the server's memory; more than %d MiB is not safe", f.Memory>>10, maxArgon2KiB>>10)
	case f.Passes > maxArgon2Passes || f.Lanes > maxArgon2Lanes:
		return problem(identity.HashCost, "argon2 with %d passes and %d lanes; Supabase Auth computes up to %d and %d", f.Passes, f.Lanes, maxArgon2Passes, maxArgon2Lanes)
	}
	return nil
}

// supabaseAccepts says why a password that is right at the source could not be
// typed at the login.
//
// At each login with a bcrypt hash of cost 4, or above 10, the server makes the
// hash anew with Go's bcrypt, which takes no password over 72 bytes: it panics. Of
// $2x$ it knows only the name, and computes $2y$; the two differ for bytes beyond
// ASCII.
func supabaseAccepts(h identity.Hash, password string) *identity.Problem {
	form, _ := forms.Read(h)
	f, is := form.(*forms.Bcrypt)
	if !is {
		return nil
	}
	if len(password) > 72 && (f.Cost > 10 || f.Cost == minBcryptCost) {
		return problem(identity.PasswordLength, "the password has %d bytes, and Supabase Auth's login fails at more than 72 with a bcrypt hash of cost %d", len(password), f.Cost)
	}
	beyondASCII := func(r rune) bool { return r > 127 }
	if f.Minor == 'x' && strings.IndexFunc(password, beyondASCII) >= 0 {
		return problem(identity.PasswordSpelling, "the password has letters beyond ASCII, and Supabase Auth computes $2x$ as if it were $2y$")
	}
	return nil
}

// supabaseProvider is Supabase Auth's name for a provider as Firebase or Supabase
// Auth itself names it; "" for providers it cannot sign people in with.
func supabaseProvider(name string) string {
	switch name {
	case "google.com", "google":
		return "google"
	case "apple.com", "apple":
		return "apple"
	case "github.com", "github":
		return "github"
	case "facebook.com", "facebook":
		return "facebook"
	case "twitter.com", "twitter":
		return "twitter"
	case "microsoft.com", "azure":
		return "azure"
	}
	return ""
}
