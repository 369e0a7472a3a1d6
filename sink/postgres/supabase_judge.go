package postgres

import (
	"strings"

	"rehome/identity"
)

// Supabase Auth verifies three families: bcrypt, argon2i and argon2id, and
// Firebase's scrypt as "$fbscrypt$". Whatever is not argon2 or fbscrypt it takes
// for bcrypt, and answers 500 to every login when it is none, also to a wrong
// password. Such hashes never land.

// maxColumn is the length of encrypted_password in characters.
const maxColumn = 255

// supabaseHash is a hash as the server verifies it.
func supabaseHash(h identity.Hash) (identity.Hash, *identity.Problem) {
	var bad *identity.Problem
	switch h.Algorithm {
	case identity.Bcrypt:
		bad = supabaseBcrypt(string(h.Encoded))
	case identity.Argon2:
		bad = supabaseArgon2(string(h.Encoded))
	case identity.ScryptFirebase:
		var f firebase
		if f, bad = readFirebase(h); bad == nil {
			h.Encoded = f.fbscrypt()
		}
		if bad == nil && len(h.Encoded) > maxColumn {
			bad = never("the hash with its settings has %d characters and Supabase Auth's column takes %d; salts of up to 27 bytes fit beside a key of 64", len(h.Encoded), maxColumn)
		}
	default:
		bad = supabaseNever(h.Algorithm)
	}
	h.Params = identity.Params{}
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

func supabaseBcrypt(s string) *identity.Problem {
	cost, ok := bcryptForm(s)
	switch {
	case strings.HasPrefix(s, "$wp$"):
		return supabaseNever(identity.WPBcrypt)
	case !ok:
		return problem(identity.HashMalformed, "a bcrypt hash that Supabase Auth verifies is $2a$, $2b$, $2y$ or $2x$, a cost of 04 to 31, $ and 53 characters, exactly")
	case cost > maxBcryptCost:
		return problem(identity.HashCost, "bcrypt of cost %d; more than %d would stall the server at each login", cost, maxBcryptCost)
	}
	return nil
}

func supabaseArgon2(s string) *identity.Problem {
	a, ok := readArgon2(s)
	switch {
	case !ok:
		return problem(identity.HashMalformed, "an argon2 hash is $argon2id$v=19$m=…,t=…,p=…$salt$digest in unpadded standard base64")
	case a.kind == "argon2d":
		return never("Supabase Auth verifies argon2i and argon2id; this is argon2d")
	case a.version != 19:
		return never("Supabase Auth verifies argon2 of version 19; this is version %d", a.version)
	case a.extra:
		return never("Supabase Auth does not take an argon2 hash with keyid or data")
	case a.memory > maxArgon2KiB:
		return problem(identity.HashCost, "each login would take %d MiB of the server's memory; more than %d MiB is not safe", a.memory>>10, maxArgon2KiB>>10)
	case a.passes > maxArgon2Passes || a.lanes > maxArgon2Lanes:
		return problem(identity.HashCost, "argon2 with %d passes and %d lanes; Supabase Auth computes up to %d and %d", a.passes, a.lanes, maxArgon2Passes, maxArgon2Lanes)
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
	bare, bad := undress(h)
	cost, isBcrypt := bcryptForm(string(bare.Encoded))
	if bad != nil || bare.Algorithm != identity.Bcrypt || !isBcrypt {
		return nil
	}
	if len(password) > 72 && (cost > 10 || cost == minBcryptCost) {
		return problem(identity.PasswordLength, "the password has %d bytes, and Supabase Auth's login fails at more than 72 with a bcrypt hash of cost %d", len(password), cost)
	}
	beyondASCII := func(r rune) bool { return r > 127 }
	if strings.HasPrefix(string(bare.Encoded), "$2x$") && strings.IndexFunc(password, beyondASCII) >= 0 {
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
