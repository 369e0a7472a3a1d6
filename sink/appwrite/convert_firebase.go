package appwrite

import (
	"strings"

	"rehome/identity"
)

// What Appwrite computes on the scrypt-modified endpoint, whatever the project's
// settings were.
const firebaseN, firebaseR, firebaseP = 16384, 8, 1

// fromFirebase writes hash, salt, separator and key in padded standard base64:
// the server compares the hash in that spelling, and from 1.8 on refuses others.
func fromFirebase(h identity.Hash) (payload, *identity.Problem) {
	if strings.HasPrefix(string(h.Encoded), "$") {
		return fromFirebaseDialect(h)
	}
	p := h.Params
	switch {
	case p.SignerKey == "" || p.SaltSeparator == "" || p.N == 0 || p.R == 0:
		return lacking("a Firebase hash needs the project's signer key, salt separator, rounds and mem_cost (Authentication, Users, ⋮, Password hash parameters)")
	case p.Salt == "":
		return lacking("the hash has no salt beside it")
	case p.N != firebaseN || p.R != firebaseR || p.P != firebaseP && p.P != 0:
		return never("Appwrite computes Firebase's scrypt with rounds 8 and mem_cost 14 only; this project used rounds %d and N %d", p.R, p.N)
	}
	digest, size, ok := standardBase64(string(h.Encoded))
	if !ok {
		return malformed("a Firebase hash is base64")
	}
	salt, _, ok1 := standardBase64(string(p.Salt))
	separator, _, ok2 := standardBase64(string(p.SaltSeparator))
	key, keySize, ok3 := standardBase64(string(p.SignerKey))
	if !ok1 || !ok2 || !ok3 || salt == "" || separator == "" || key == "" {
		return lacking("salt, salt separator and signer key must be base64")
	}
	if size != keySize {
		return malformed("a Firebase hash is as long as the signer key; it has %d bytes and the key %d", size, keySize)
	}
	return firebasePayload(h, identity.Secret(digest), identity.Secret(salt), identity.Secret(separator), identity.Secret(key))
}

func firebasePayload(h identity.Hash, digest, salt, separator, key identity.Secret) (payload, *identity.Problem) {
	if max(len(salt), len(separator), len(key)) > maxParam {
		return never("Appwrite takes salt, separator and signer key of up to %d characters", maxParam)
	}
	return payload{endpoint: "scrypt-modified", tag: "scryptMod", password: digest, converted: salt != h.Params.Salt, options: []option{
		{field: "passwordSalt", stored: "salt", text: salt},
		{field: "passwordSaltSeparator", stored: "saltSeparator", text: separator},
		{field: "passwordSignerKey", stored: "signerKey", text: key},
	}}, nil
}

// fromFirebaseDialect takes a hash that holds its settings, in the spellings of
// Supabase, Ory Kratos, SuperTokens (whose key is given beside it) and WorkOS:
//
//	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=KEY$salt$hash
//	$firescrypt$ln=14,r=8,p=1$salt$hash$Bw==$KEY
//	$f_scrypt$hash$salt$m=14$r=8$s=Bw==
//	$firebase-scrypt$hash=…$salt=…$sk=KEY$ss=Bw==$r=8$m=14
//
// (supabase/auth internal/crypto/password.go, ory/kratos hash/hash_comparator.go,
// supertokens-core ParsedFirebaseSCryptResponse, workos.com/docs/migrate/firebase.)
func fromFirebaseDialect(h identity.Hash) (payload, *identity.Problem) {
	d, ok := readDialect(string(h.Encoded), string(h.Params.SignerKey))
	memCost, ok1 := number(d.memCost)
	rounds, ok2 := number(d.rounds)
	switch {
	case !ok || !ok1 || !ok2:
		return malformed("the hash begins as Firebase's scrypt does in another program, and goes on otherwise")
	case d.key == "":
		return lacking("the hash needs the project's signer key, which is not in it")
	case d.separator == "":
		return never("the hash was made without a salt separator, and Appwrite takes none without one")
	case memCost > 30 || rounds > 1<<30:
		return never("Appwrite computes Firebase's scrypt with rounds 8 and mem_cost 14 only")
	}
	return fromFirebase(identity.Hash{Algorithm: h.Algorithm, Encoded: identity.Secret(d.hash), Params: identity.Params{
		Salt: identity.Secret(d.salt), SaltSeparator: identity.Secret(d.separator), SignerKey: identity.Secret(d.key),
		N: 1 << memCost, R: int(rounds), P: firebaseP,
	}})
}

// dialect is the parts of such a string, still as text.
type dialect struct{ hash, salt, separator, key, memCost, rounds string }

func readDialect(s, key string) (dialect, bool) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(s, "$"), "$")
	part := strings.Split(rest, "$")
	switch kind {
	case "fbscrypt":
		v, ok := valuesOf(strings.Split(part[0], ","), "v=", "n=", "r=", "p=", "ss=", "sk=")
		if bare, none := valuesOf(strings.Split(part[0], ","), "v=", "n=", "r=", "p=", "sk="); none {
			v, ok = append(bare[:4:4], "", bare[4]), true
		}
		if !ok || len(part) != 3 || v[0] != "1" || v[3] != "1" {
			return dialect{}, false
		}
		return dialect{part[2], part[1], v[4], v[5], v[1], v[2]}, paddedAll(part[2], part[1], v[4], v[5])
	case "firescrypt":
		v, ok := valuesOf(strings.Split(part[0], ","), "ln=", "r=", "p=")
		if !ok || len(part) != 5 || v[2] != "1" {
			return dialect{}, false
		}
		return dialect{part[2], part[1], part[3], part[4], v[0], v[1]}, paddedAll(part[1:]...)
	case "f_scrypt":
		v, ok := valuesOf(part, "", "", "m=", "r=", "s=")
		if !ok {
			return dialect{}, false
		}
		return dialect{v[0], v[1], v[4], key, v[2], v[3]}, paddedAll(v[0], v[1], v[4])
	case "firebase-scrypt":
		v, ok := valuesOf(part, "hash=", "salt=", "sk=", "ss=", "r=", "m=")
		if !ok {
			return dialect{}, false
		}
		return dialect{v[0], v[1], v[3], v[2], v[5], v[4]}, paddedAll(v[:4]...)
	}
	return dialect{}, false
}

// valuesOf cuts its name off each field; the names and their order are fixed.
func valuesOf(fields []string, names ...string) ([]string, bool) {
	if len(fields) != len(names) {
		return nil, false
	}
	values := make([]string, len(fields))
	for i, name := range names {
		var ok bool
		if values[i], ok = strings.CutPrefix(fields[i], name); !ok {
			return nil, false
		}
	}
	return values, true
}

// paddedAll tells whether all texts are padded standard base64, as these programs
// write and read it.
func paddedAll(texts ...string) bool {
	for _, s := range texts {
		if _, ok := paddedBase64(s); !ok {
			return false
		}
	}
	return true
}
