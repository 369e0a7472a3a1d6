package appwrite

import (
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// takeScrypt takes what php-scrypt computes: the salt is used as its text, whatever it
// is the text of, and the digest compared in lower-case hex.
func (r rules) takeScrypt(f *forms.Scrypt, h identity.Hash) (payload, *identity.Problem) {
	if bad := r.checkScrypt(f); bad != nil {
		return payload{}, bad
	}
	salt := identity.Secret(f.Salt)
	return payload{
		endpoint: "scrypt", tag: "scrypt", password: identity.Secret(f.Hex()), converted: h.Params.Salt != "" && salt != h.Params.Salt,
		options: []option{
			{field: "passwordSalt", stored: "salt", text: salt},
			{field: "passwordCpu", stored: "costCpu", number: int(f.N)},
			{field: "passwordMemory", stored: "costMemory", number: int(f.R)},
			{field: "passwordParallel", stored: "costParallel", number: int(f.P)},
			{field: "passwordLength", stored: "length", number: len(f.Digest)},
		},
	}, nil
}

// Lengths of a scrypt digest in bytes: php-scrypt computes no shorter one, and
// longer ones do not fit as hex.
const minScrypt, maxScrypt = 16, maxStored / 2

func (r rules) checkScrypt(f *forms.Scrypt) *identity.Problem {
	salt := characters(string(f.Salt))
	switch {
	case len(f.Digest) < minScrypt || len(f.Digest) > maxScrypt:
		return problem(identity.HashUnsupported, "Appwrite verifies scrypt digests of %d to %d bytes; this one has %d", minScrypt, maxScrypt, len(f.Digest))
	case salt < 1 || salt > maxParam:
		return problem(identity.HashUnsupported, "Appwrite takes the salt as text of 1 to %d characters; this one is binary or longer", maxParam)
	case strings.IndexByte(string(f.Salt), 0) >= 0:
		return problem(identity.HashUnsupported, "the salt holds a NUL, which no Appwrite was seen to take in a text")
	case r.profile == Profile19 && string(f.Salt) == "0":
		return problem(identity.HashUnsupported, "Appwrite 1.8 and later refuse a salt of a single zero")
	case f.N > maxScryptBlock/f.R:
		return problem(identity.HashCost, "each login would take more than %d MiB of the server's memory", maxScryptBlock>>13)
	case f.N*f.R > maxScryptWork/f.P:
		return problem(identity.HashCost, "scrypt with N=%d, r=%d, p=%d would stall the server at each login", f.N, f.R, f.P)
	}
	return nil
}

// What Appwrite computes on the scrypt-modified endpoint, whatever the project's
// settings were.
const firebaseN, firebaseRounds = 16384, 8

// takeFirebase writes hash, salt, separator and key in padded standard base64:
// the server compares the hash in that spelling, and from 1.8 on refuses others.
func takeFirebase(f *forms.Firebase, h identity.Hash) (payload, *identity.Problem) {
	salt, separator, key := f.Salt.Standard(), f.Separator.Standard(), f.Key.Standard()
	switch {
	case separator == "" && !f.Whole:
		return lacking("a Firebase hash needs the project's signer key, salt separator, rounds and mem_cost (Authentication, Users, ⋮, Password hash parameters)")
	case separator == "":
		return never("the hash was made without a salt separator, and Appwrite takes none without one")
	case f.N != firebaseN || f.Rounds != firebaseRounds:
		return never("Appwrite computes Firebase's scrypt with rounds 8 and mem_cost 14 only; this project used rounds %d and N %d", f.Rounds, f.N)
	case max(len(salt), len(separator), len(key)) > maxParam:
		return never("Appwrite takes salt, separator and signer key of up to %d characters", maxParam)
	}
	return payload{
		endpoint: "scrypt-modified", tag: "scryptMod", password: identity.Secret(f.Hash.Standard()), converted: !f.Whole && salt != string(h.Params.Salt),
		options: []option{
			{field: "passwordSalt", stored: "salt", text: identity.Secret(salt)},
			{field: "passwordSaltSeparator", stored: "saltSeparator", text: identity.Secret(separator)},
			{field: "passwordSignerKey", stored: "signerKey", text: identity.Secret(key)},
		},
	}, nil
}
