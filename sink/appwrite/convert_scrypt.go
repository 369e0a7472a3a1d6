package appwrite

import (
	"encoding/hex"
	"math"
	"math/bits"
	"strings"

	"rehome/identity"
)

// fromScrypt takes what php-scrypt computes: the salt is used as its text,
// whatever it is the text of, and the digest compared in lower-case hex.
func (r rules) fromScrypt(h identity.Hash) (payload, *identity.Problem) {
	salt, ok := saltText(h.Params)
	if !ok {
		return lacking("the salt is not written as the variant says (salt=text, hex, base64 or base64url)")
	}
	p := h.Params
	p.Salt = salt
	if p.KeyLen == 0 {
		p.KeyLen = digestBytes(string(h.Encoded))
	}
	if bad := r.checkScrypt(p); bad != nil {
		return payload{}, bad
	}
	text, ok := digestForm(string(h.Encoded), 2*p.KeyLen)
	if !ok {
		return malformed("this digest is not %d hexadecimal digits, nor the same bytes in base64", 2*p.KeyLen)
	}
	return payload{endpoint: "scrypt", tag: "scrypt", password: identity.Secret(text), converted: salt != h.Params.Salt, options: []option{
		{field: "passwordSalt", stored: "salt", text: p.Salt},
		{field: "passwordCpu", stored: "costCpu", number: p.N},
		{field: "passwordMemory", stored: "costMemory", number: p.R},
		{field: "passwordParallel", stored: "costParallel", number: p.P},
		{field: "passwordLength", stored: "length", number: p.KeyLen},
	}}, nil
}

// Lengths of a scrypt digest in bytes: php-scrypt computes no shorter one, and
// longer ones do not fit as hex.
const minScrypt, maxScrypt = 16, maxStored / 2

func (r rules) checkScrypt(p identity.Params) *identity.Problem {
	salt := characters(string(p.Salt))
	switch {
	case p.N == 0 || p.R == 0 || p.P == 0 || p.Salt == "":
		return problem(identity.HashParams, "a scrypt hash needs its salt, N, r and p")
	case p.N < 2 || bits.OnesCount(uint(p.N)) != 1 || p.R < 0 || p.P < 0 || p.N > math.MaxInt32 || p.R > math.MaxInt32 || p.P > math.MaxInt32:
		return problem(identity.HashParams, "scrypt's N is a power of two, r and p are positive")
	case p.KeyLen < minScrypt || p.KeyLen > maxScrypt:
		return problem(identity.HashUnsupported, "Appwrite verifies scrypt digests of %d to %d bytes; this one has %d", minScrypt, maxScrypt, p.KeyLen)
	case salt < 1 || salt > maxParam:
		return problem(identity.HashUnsupported, "Appwrite takes the salt as text of 1 to %d characters; this one is binary or longer", maxParam)
	case strings.IndexByte(string(p.Salt), 0) >= 0:
		return problem(identity.HashUnsupported, "the salt holds a NUL, which no Appwrite was seen to take in a text")
	case r.profile == Profile19 && p.Salt == "0":
		return problem(identity.HashUnsupported, "Appwrite 1.8 and later refuse the salt of one nought")
	case p.N > maxScryptBlock/p.R:
		return problem(identity.HashCost, "each login would take more than %d MiB of the server's memory", maxScryptBlock>>13)
	case p.N*p.R > maxScryptWork/p.P:
		return problem(identity.HashCost, "scrypt with N=%d, r=%d, p=%d would stall the server at each login", p.N, p.R, p.P)
	}
	return nil
}

// saltText is the salt as the text that the server is to use: decoded, where the
// variant says that it is written in hex or base64.
func saltText(p identity.Params) (identity.Secret, bool) {
	var b []byte
	var err error
	ok := true
	switch readWords(p.Variant).salt {
	case "", "text":
		return p.Salt, true
	case "hex":
		b, err = hex.DecodeString(string(p.Salt))
		ok = err == nil
	case "base64", "base64url":
		b, ok = anyBase64(string(p.Salt))
	default:
		return "", false
	}
	return identity.Secret(b), ok
}
