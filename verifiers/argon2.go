package verifiers

import (
	"strings"

	"golang.org/x/crypto/argon2"

	"rehome/identity"
)

// argon2, the PHC string of the reference implementation (P-H-C/phc-winner-argon2,
// src/encoding.c), read as strictly as there:
//
//	$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc
//	 └1       └2   └3              └4          └5
//
//	1  argon2i, argon2d or argon2id
//	2  version in decimal, 16 or 19; 16 when it is left out
//	3  memory in KiB, passes, lanes; in this order, without leading noughts;
//	   then perhaps data=… (base64), which passlib knows
//	4  salt, 8 bytes or more; 5) digest, 4 bytes or more: standard base64 without padding
type argon2Hash struct {
	kind               argon2Kind
	version            uint32
	memory             uint64 // KiB
	passes, lanes      uint64
	salt, data, digest []byte
}

// maxLanes is what golang.org/x/crypto/argon2 can be asked for. The reference
// allows 2^24; more than a few are never seen.
const maxLanes = 255

// argon2Work is the price of a kibibyte in a pass, some 0.8 µs.
const argon2Work = 4

func readArgon2(h identity.Hash) (recipe, *identity.Problem) {
	a, p := parseArgon2(string(h.Encoded))
	if p != nil {
		return recipe{}, p
	}
	return a.recipe()
}

func (a argon2Hash) recipe() (recipe, *identity.Problem) {
	if a.lanes > maxLanes {
		return recipe{}, dear("the argon2 hash asks for %d lanes; over 255 are not computed", a.lanes)
	}
	return recipe{want: a.digest, derive: a.derive, memory: times(a.memory, 1024), work: times(a.memory, a.passes, argon2Work)}, nil
}

func parseArgon2(s string) (argon2Hash, *identity.Problem) {
	form := malformed("an argon2 hash is $argon2id$v=19$m=…,t=…,p=…$salt$digest, or with argon2i or argon2d, or v=16")
	part := strings.Split(s, "$")
	if len(part) == 5 { // the version is left out
		part = []string{part[0], part[1], "v=16", part[2], part[3], part[4]}
	}
	if len(part) != 6 || part[0] != "" {
		return argon2Hash{}, form
	}
	kinds := map[string]argon2Kind{"argon2d": argon2d, "argon2i": argon2i, "argon2id": argon2id}
	versions := map[string]uint32{"v=16": argon2v10, "v=19": argon2v13}
	kind, ok1 := kinds[part[1]]
	version, ok2 := versions[part[2]]
	if !ok1 || !ok2 {
		return argon2Hash{}, form
	}
	a := argon2Hash{kind: kind, version: version}
	if p := a.readCost(part[3]); p != nil {
		return a, p
	}
	a.salt, ok1 = decode64(stdBase64, part[4])
	a.digest, ok2 = decode64(stdBase64, part[5])
	if !ok1 || !ok2 || len(a.salt) < 8 || len(a.digest) < 4 {
		return a, malformed("salt and digest of an argon2 hash are unpadded standard base64 of at least 8 and 4 bytes")
	}
	return a, nil
}

// readCost reads "m=65536,t=3,p=4" and what may follow.
func (a *argon2Hash) readCost(s string) *identity.Problem {
	fields := strings.Split(s, ",")
	if len(fields) < 3 {
		return malformed("the cost of an argon2 hash is m=…,t=…,p=…")
	}
	for i, v := range []struct {
		name  string
		value *uint64
	}{{"m=", &a.memory}, {"t=", &a.passes}, {"p=", &a.lanes}} {
		digits, named := strings.CutPrefix(fields[i], v.name)
		n, ok := number(digits)
		if !named || !ok || n > 1<<32-1 {
			return malformed("the cost of an argon2 hash is m=…,t=…,p=…, whole numbers without leading noughts")
		}
		*v.value = n
	}
	if a.lanes < 1 || a.passes < 1 || a.memory < 8*a.lanes {
		return malformed("an argon2 hash has at least one pass, one lane and 8 KiB of memory a lane")
	}
	return a.readExtras(fields[3:])
}

func (a *argon2Hash) readExtras(fields []string) *identity.Problem {
	if len(fields) > 0 && strings.HasPrefix(fields[0], "keyid=") {
		return lacking("the argon2 hash was made with a secret key (keyid), which is not in it")
	}
	if len(fields) == 0 {
		return nil
	}
	data, named := strings.CutPrefix(fields[0], "data=")
	var ok bool
	if a.data, ok = decode64(stdBase64, data); !named || !ok || len(fields) > 1 {
		return malformed("after m, t and p an argon2 hash may only have data=…")
	}
	return nil
}

// derive uses x/crypto where it can, which is faster, and our own reading of
// RFC 9106 for the rest: version 16, argon2d, associated data.
func (a argon2Hash) derive(password []byte) ([]byte, error) {
	m, t, p, size := uint32(a.memory), uint32(a.passes), uint8(a.lanes), uint32(len(a.digest))
	plain := a.version == argon2v13 && len(a.data) == 0
	switch {
	case plain && a.kind == argon2i:
		return argon2.Key(password, a.salt, t, m, p, size), nil
	case plain && a.kind == argon2id:
		return argon2.IDKey(password, a.salt, t, m, p, size), nil
	}
	in := argon2Input{password: password, salt: a.salt, data: a.data}
	return argon2Core{kind: a.kind, version: a.version, memory: m, passes: t, lanes: uint32(p)}.key(in, size), nil
}
