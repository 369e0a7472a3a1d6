package appwrite

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"rehome/identity"
	"rehome/identity/forms"
)

// payload is a hash as the server takes it: where it is sent, and how it is spelt. The
// servers' verifiers compare text: what is not spelt exactly so is taken with 201 and
// never matches.
type payload struct {
	endpoint  string // "bcrypt", as in POST /users/bcrypt
	tag       string // what the server calls it afterwards, in `hash`
	password  identity.Secret
	options   []option
	converted bool // spelt otherwise than at the source
	plain     bool // no hash: the password itself, which the server hashes
}

// option is a parameter beside the hash.
type option struct {
	field  string          // its name in the create request
	stored string          // its name in `hashOptions`
	text   identity.Secret // its value, or
	number int
}

func (o option) value() any {
	if o.number != 0 {
		return o.number
	}
	return string(o.text)
}

// Bounds of what a login may cost the server, which computes it in a worker that
// serves nobody else meanwhile: about five seconds, or 1 GiB, the dearest that a
// real server was seen to bear. Above, a login would stall or kill it.
const (
	maxBcryptCost  = 16
	maxPhpassLog2  = 24
	maxArgon2KiB   = 1 << 20 // 1 GiB
	maxArgon2Work  = 1 << 22 // KiB times passes
	maxScryptBlock = 1 << 23 // N·r, in units of 128 bytes: 1 GiB
	maxScryptWork  = 1 << 23 // N·r·p
	maxCryptRounds = 5_000_000
)

// Lengths of the create's parameters: the hash in bytes, the rest in characters.
const (
	minStored, maxStored = 8, 256
	maxParam             = 128
)

// payload is what becomes of a user's hash: as it stands, after a lossless change of
// spelling, or never, with the reason.
func (r rules) payload(u identity.User) (payload, *identity.Problem) {
	form, bad := forms.Of(u)
	if bad != nil {
		return payload{}, orNever(u.Hash.Algorithm, bad)
	}
	p, bad := r.take(form, u.Hash)
	p.converted = p.converted || p.password != u.Hash.Encoded
	if bad == nil && (len(p.password) < minStored || len(p.password) > maxStored) {
		bad = problem(identity.HashUnsupported, "Appwrite stores hashes of %d to %d bytes; this one has %d", minStored, maxStored, len(p.password))
	}
	return p, bad
}

// take is the table of what Appwrite verifies.
func (r rules) take(form identity.Form, h identity.Hash) (payload, *identity.Problem) {
	switch f := form.(type) {
	case *forms.Argon2:
		return takeArgon2(f)
	case *forms.Bcrypt:
		return takeBcrypt(f)
	case *forms.PHPass:
		return takePHPass(f)
	case *forms.Digest:
		return r.takeDigest(f, h)
	case *forms.Scrypt:
		return r.takeScrypt(f, h)
	case *forms.Firebase:
		return takeFirebase(f, h)
	case *forms.Plaintext:
		return takePlaintext(h)
	case *forms.DES:
		return r.takeCrypt(form.Algorithm(), uint64(f.Rounds), f.MCF())
	case *forms.Crypt:
		return r.takeSaltedCrypt(f)
	}
	return never("%s", reason(form))
}

func never(format string, args ...any) (payload, *identity.Problem) {
	return payload{}, problem(identity.HashUnsupported, format, args...)
}

func malformed(format string, args ...any) (payload, *identity.Problem) {
	return payload{}, problem(identity.HashMalformed, format, args...)
}

func lacking(format string, args ...any) (payload, *identity.Problem) {
	return payload{}, problem(identity.HashParams, format, args...)
}

func dear(format string, args ...any) (payload, *identity.Problem) {
	return payload{}, problem(identity.HashCost, format, args...)
}

// at is a hash that says everything by itself.
func at(endpoint, text string) (payload, *identity.Problem) {
	return payload{endpoint: endpoint, tag: endpoint, password: identity.Secret(text)}, nil
}

func takeArgon2(f *forms.Argon2) (payload, *identity.Problem) {
	switch {
	case f.Variety == "argon2d":
		return never("PHP, and so Appwrite, verifies argon2i and argon2id; this is argon2d")
	case f.Keyed || len(f.Data) > 0:
		return never("PHP, and so Appwrite, does not take an argon2 hash with keyid or data")
	case f.Memory > maxArgon2KiB:
		return dear("each login would take %d MiB of the server's memory; more than %d MiB is not safe", f.Memory>>10, maxArgon2KiB>>10)
	case f.Memory*f.Passes > maxArgon2Work:
		return dear("each login would fill memory of %d MiB; more than %d MiB is not safe", f.Memory*f.Passes>>10, maxArgon2Work>>10)
	}
	return at("argon2", f.PHC())
}

func takeBcrypt(f *forms.Bcrypt) (payload, *identity.Problem) {
	if f.Cost > maxBcryptCost {
		return dear("bcrypt of cost %d; more than %d would stall the server at each login", f.Cost, maxBcryptCost)
	}
	return at("bcrypt", f.MCF())
}

func takePHPass(f *forms.PHPass) (payload, *identity.Problem) {
	if f.Log2 > maxPhpassLog2 {
		return dear("phpass of 2^%d rounds; more than 2^%d would stall the server at each login", f.Log2, maxPhpassLog2)
	}
	return at("phpass", f.MCF())
}

// takeDigest takes an unsalted digest. Which SHA it is, is always named: left out, 1.5
// means SHA3-512 and 1.9 SHA-256.
func (r rules) takeDigest(f *forms.Digest, h identity.Hash) (payload, *identity.Problem) {
	switch {
	case h.Params.Salt != "" && (h.Algorithm == identity.MD5 || h.Algorithm == identity.SHA):
		return never("this digest is salted, and Appwrite has no field for the salt of a digest")
	case f.Name == "md5":
		return at("md5", f.Hex())
	case r.profile == Profile19 && strings.Contains(f.Name, "/"):
		return never("Appwrite 1.8 and later refuse %s", f.Name)
	}
	p, bad := at("sha", f.Hex())
	p.options = []option{{field: "passwordVersion", stored: "version", text: identity.Secret(f.Name)}}
	return p, bad
}

// takeSaltedCrypt takes the crypt(3) strings with a salt that PHP's crypt() has.
func (r rules) takeSaltedCrypt(f *forms.Crypt) (payload, *identity.Problem) {
	switch {
	case f.Family == forms.Apr1:
		return never("%s", reason(f))
	case strings.IndexFunc(f.Salt, func(c rune) bool { return c < ' ' || c > '~' }) >= 0:
		return malformed("the salt of a crypt(3) string is visible ASCII")
	}
	return r.takeCrypt(f.Family, f.Rounds, f.MCF())
}

// takeCrypt takes crypt(3) strings: PHP's password_verify, which stands behind
// the bcrypt endpoint, hands whatever it does not know to crypt(). Nobody
// promises that it stays so; hence only when asked.
func (r rules) takeCrypt(family identity.Algorithm, rounds uint64, text string) (payload, *identity.Problem) {
	switch {
	case !r.undocumented:
		return never("Appwrite has no endpoint for %s; its bcrypt endpoint verifies it today without promising so (--allow-undocumented)", string(family))
	case rounds > maxCryptRounds:
		return dear("%s of %d rounds; more than %d would stall the server at each login", string(family), rounds, maxCryptRounds)
	}
	return at("bcrypt", text)
}

// characters is a text's length as the server counts it; -1 for text that is not
// UTF-8, which JSON cannot carry.
func characters(s string) int {
	if !utf8.ValidString(s) {
		return -1
	}
	return utf8.RuneCountInString(s)
}

func problem(code identity.Code, format string, args ...any) *identity.Problem {
	return &identity.Problem{Code: code, Detail: fmt.Sprintf(format, args...)}
}
