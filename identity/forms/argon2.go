package forms

import (
	"encoding/base64"
	"fmt"
	"strings"

	"rehome/identity"
)

// Argon2 is the PHC string of the reference implementation (P-H-C/phc-winner-argon2,
// src/encoding.c), read as strictly as there:
//
//	$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc
//	 └1       └2   └3              └4          └5
//
//	1  argon2i, argon2d or argon2id
//	2  version in decimal, 16 or 19; 16 when it is left out
//	3  memory in KiB, passes, lanes; in this order, without leading zeros;
//	   then perhaps keyid=… or data=… (base64), which passlib knows
//	4  salt, 8 bytes or more; 5) digest, 4 bytes or more: standard base64 without padding
type Argon2 struct {
	kind
	Variety            string // "argon2i", "argon2d", "argon2id"
	Version            int    // 16, 19
	Memory             uint64 // KiB
	Passes, Lanes      uint64
	Keyed              bool // made with a secret key, which is not in it
	Salt, Data, Digest []byte
	text               string // as it was read; "" where it stood in parts
}

// PHC is the hash as a PHC string.
func (a *Argon2) PHC() string {
	if a.text != "" {
		return a.text
	}
	bare := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", a.Variety, a.Version, a.Memory, a.Passes, a.Lanes, bare(a.Salt), bare(a.Digest))
}

const argon2Written = "an argon2 hash is $argon2id$v=19$m=…,t=…,p=…$salt$digest, or with argon2i or argon2d, or v=16"

func readArgon2(in input) (identity.Form, *identity.Problem) {
	part := strings.Split(in.text, "$")
	if len(part) == 5 { // the version is left out
		part = []string{part[0], part[1], "v=16", part[2], part[3], part[4]}
	}
	if len(part) != 6 || part[0] != "" {
		return nil, malformed(argon2Written)
	}
	a := &Argon2{kind: kind{in.tag}, Variety: part[1], text: in.text}
	switch part[2] {
	case "v=16":
		a.Version = 16
	case "v=19":
		a.Version = 19
	}
	if a.Version == 0 || a.Variety != "argon2d" && a.Variety != "argon2i" && a.Variety != "argon2id" {
		return nil, malformed(argon2Written)
	}
	if p := a.readCost(part[3]); p != nil {
		return nil, p
	}
	var ok1, ok2 bool
	a.Salt, ok1 = decode64(stdBase64, part[4])
	a.Digest, ok2 = decode64(stdBase64, part[5])
	if !ok1 || !ok2 || len(a.Salt) < 8 || len(a.Digest) < 4 {
		return nil, malformed("salt and digest of an argon2 hash are unpadded standard base64 of at least 8 and 4 bytes")
	}
	return a, nil
}

// readCost reads "m=65536,t=3,p=4" and what may follow.
func (a *Argon2) readCost(s string) *identity.Problem {
	fields := strings.Split(s, ",")
	if len(fields) < 3 {
		return malformed("the cost of an argon2 hash is m=…,t=…,p=…")
	}
	for i, v := range []struct {
		name  string
		value *uint64
	}{{"m=", &a.Memory}, {"t=", &a.Passes}, {"p=", &a.Lanes}} {
		digits, named := strings.CutPrefix(fields[i], v.name)
		n, ok := number(digits)
		if !named || !ok || n > 1<<32-1 {
			return malformed("the cost of an argon2 hash is m=…,t=…,p=…, whole numbers without leading zeros")
		}
		*v.value = n
	}
	if a.Lanes < 1 || a.Passes < 1 || a.Memory < 8*a.Lanes {
		return malformed("an argon2 hash has at least one pass, one lane and 8 KiB of memory a lane")
	}
	return a.readExtras(fields[3:])
}

func (a *Argon2) readExtras(fields []string) *identity.Problem {
	if len(fields) == 0 {
		return nil
	}
	if strings.HasPrefix(fields[0], "keyid=") {
		a.Keyed = true
		return nil
	}
	data, named := strings.CutPrefix(fields[0], "data=")
	var ok bool
	if a.Data, ok = decode64(stdBase64, data); !named || !ok || len(fields) > 1 {
		return malformed("after m, t and p an argon2 hash may only have data=…")
	}
	return nil
}

// readKeycloakArgon2 reads a credential of Keycloak 25 and later: value and salt
// in base64, N the memory in KiB, R hashIterations, P the parallelism; the variant
// has the type and version where they are not "id" and "1.3".
func readKeycloakArgon2(in input) (identity.Form, *identity.Problem) {
	digest, salt, p := keycloakParts(in)
	if p != nil {
		return nil, p
	}
	a := &Argon2{kind: kind{in.tag}, Variety: "argon2id", Version: 19, Salt: salt, Digest: digest}
	for _, word := range WordsOf(in.params.Variant).Rest {
		switch word {
		case "id", "i", "d":
			a.Variety = "argon2" + word
		case "1.3":
			a.Version = 19
		case "1.0":
			a.Version = 16
		default:
			return nil, lacking("the variant has a word that is none of Keycloak's types id, i, d and versions 1.3, 1.0")
		}
	}
	q := in.params
	if q.N < 1 || q.R < 1 || q.P < 1 || q.P > 1<<28 || q.N < 8*q.P || max(q.N, q.R, q.P) > 1<<32-1 {
		return nil, lacking("a Keycloak argon2 hash needs its memory in KiB (N, at least 8 a lane), iterations (R) and parallelism (P)")
	}
	if len(salt) < 8 {
		return nil, malformed("salt and digest of an argon2 hash are base64 of at least 8 bytes")
	}
	a.Memory, a.Passes, a.Lanes = uint64(q.N), uint64(q.R), uint64(q.P)
	return a, nil
}

// keycloakParts are value and salt, as both of Keycloak's families store them.
func keycloakParts(in input) (digest, salt []byte, p *identity.Problem) {
	salt, ok := decodePadded(string(in.params.Salt))
	if !ok || len(salt) == 0 {
		return nil, nil, lacking("a Keycloak hash needs its salt, in base64")
	}
	digest, ok = decodePadded(in.text)
	if !ok || len(digest) < 8 {
		return nil, nil, malformed("the value is not padded base64 of at least 8 bytes; it has %d characters", len(in.text))
	}
	return digest, salt, nil
}
