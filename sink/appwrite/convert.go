package appwrite

import (
	"strings"

	"rehome/identity"
)

// payload is a hash as the server takes it: where it is sent, and how it is spelt.
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

// payload is the table of what becomes of each kind of hash: as it stands, after
// a lossless change of spelling, or never, with the reason.
func (r rules) payload(h identity.Hash) (payload, *identity.Problem) {
	p, bad := r.convert(h)
	p.converted = p.converted || p.password != h.Encoded
	if bad == nil && (len(p.password) < minStored || len(p.password) > maxStored) {
		bad = problem(identity.HashUnsupported, "Appwrite stores hashes of %d to %d bytes; this one has %d", minStored, maxStored, len(p.password))
	}
	return p, bad
}

func (r rules) convert(h identity.Hash) (payload, *identity.Problem) {
	switch h.Algorithm {
	case identity.Argon2:
		return fromArgon2(h)
	case identity.Bcrypt:
		return fromBcrypt(h)
	case identity.MD5:
		return fromMD5(h)
	case identity.PHPass:
		return fromPHPass(h)
	case identity.SHA:
		return r.fromSHA(h)
	case identity.Scrypt:
		return r.fromScrypt(h)
	case identity.ScryptFirebase:
		return fromFirebase(h)
	case identity.Plaintext:
		return fromPlaintext(h)
	case "md5-crypt", "sha256-crypt", "sha512-crypt", "des-crypt", "bsdi-crypt":
		return r.fromCrypt(h)
	}
	return r.convertOther(h)
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

func asItStands(endpoint string, h identity.Hash) (payload, *identity.Problem) {
	return payload{endpoint: endpoint, tag: endpoint, password: h.Encoded}, nil
}

func fromArgon2(h identity.Hash) (payload, *identity.Problem) {
	f, ok := readArgon2(string(h.Encoded))
	switch {
	case !ok:
		return malformed("an argon2 hash is $argon2id$v=19$m=…,t=…,p=…$salt$digest in unpadded standard base64")
	case f.kind == "argon2d":
		return never("PHP, and so Appwrite, verifies argon2i and argon2id; this is argon2d")
	case f.extra != "":
		return never("PHP, and so Appwrite, does not take an argon2 hash with keyid or data")
	case f.memory > maxArgon2KiB:
		return dear("each login would take %d MiB of the server's memory; more than %d MiB is not safe", f.memory>>10, maxArgon2KiB>>10)
	case f.memory*f.passes > maxArgon2Work:
		return dear("each login would fill memory of %d MiB; more than %d MiB is not safe", f.memory*f.passes>>10, maxArgon2Work>>10)
	}
	return asItStands("argon2", h)
}

func fromBcrypt(h identity.Hash) (payload, *identity.Problem) {
	cost, ok := bcryptForm(string(h.Encoded))
	switch {
	case strings.HasPrefix(string(h.Encoded), "$wp$"):
		return never("this is WordPress 6.8's hash, bcrypt of a pre-hashed password, which Appwrite does not verify")
	case !ok:
		return malformed("a bcrypt hash that PHP verifies is $2a$, $2b$, $2y$ or $2x$, a cost of 04 to 31, $ and 53 characters, exactly")
	case cost > maxBcryptCost:
		return dear("bcrypt of cost %d; more than %d would stall the server at each login", cost, maxBcryptCost)
	}
	return asItStands("bcrypt", h)
}

func fromPHPass(h identity.Hash) (payload, *identity.Problem) {
	log2, ok := phpassForm(string(h.Encoded))
	if !ok {
		return malformed("a phpass hash is $P$ or $H$, a letter from 5 to S for the count, and 30 characters, exactly")
	}
	if log2 > maxPhpassLog2 {
		return dear("phpass of 2^%d rounds; more than 2^%d would stall the server at each login", log2, maxPhpassLog2)
	}
	return asItStands("phpass", h)
}

func fromMD5(h identity.Hash) (payload, *identity.Problem) {
	return fromDigest(h, "md5", 32)
}

// fromDigest takes an unsalted digest of size hex digits, or the same in base64.
func fromDigest(h identity.Hash, endpoint string, size int) (payload, *identity.Problem) {
	if h.Params.Salt != "" {
		return never("this digest is salted, and Appwrite has no field for the salt of a digest")
	}
	text, ok := digestForm(string(h.Encoded), size)
	if !ok {
		return malformed("this digest is not %d hexadecimal digits, nor the same bytes in base64", size)
	}
	return payload{endpoint: endpoint, tag: endpoint, password: identity.Secret(text)}, nil
}

// fromSHA always names the digest: left out, 1.5 means SHA3-512 and 1.9 SHA-256.
func (r rules) fromSHA(h identity.Hash) (payload, *identity.Problem) {
	variant := strings.ToLower(strings.Join(readWords(h.Params.Variant).rest, " "))
	size := shaDigits(variant)
	switch {
	case variant == "":
		return lacking("it is not said which SHA this is (sha1 … sha3-512)")
	case size == 0:
		return never("Appwrite knows no digest of this name")
	case r.profile == Profile19 && strings.Contains(variant, "/"):
		return never("Appwrite 1.8 and later refuse %s", variant)
	}
	p, bad := fromDigest(h, "sha", size)
	p.options = []option{{field: "passwordVersion", stored: "version", text: identity.Secret(variant)}}
	return p, bad
}

// shaDigits is the length in hex of a digest the sha endpoint names; 0 for others.
func shaDigits(variant string) int {
	switch variant {
	case "sha1":
		return 40
	case "sha224", "sha512/224", "sha3-224":
		return 56
	case "sha256", "sha512/256", "sha3-256":
		return 64
	case "sha384", "sha3-384":
		return 96
	case "sha512", "sha3-512":
		return 128
	}
	return 0
}
