package postgres

import (
	"math/bits"
	"strconv"
	"strings"

	"rehome/identity"
)

// firebase is a Firebase hash taken apart. Firebase's own spelling has the salt
// beside the hash and the project's settings elsewhere; other programs put
// everything in one string, in padded standard base64, where n, m and ln are
// mem_cost itself, log2 N:
//
//	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=KEY$salt$hash       Supabase Auth; ss is left out when there is none
//	$firescrypt$ln=14,r=8,p=1$salt$hash$Bw==$KEY              Ory Kratos
//	$f_scrypt$hash$salt$m=14$r=8$s=Bw==                       SuperTokens; the key is in its configuration
//	$firebase-scrypt$hash=…$salt=…$sk=KEY$ss=Bw==$r=8$m=14    WorkOS
//
// (supabase/auth internal/crypto/password.go, ory/kratos hash/hash_comparator.go,
// supertokens-core ParsedFirebaseSCryptResponse, workos.com/docs/migrate/firebase.)
type firebase struct {
	memCost, rounds            int
	hash, salt, separator, key base64Text
	keyInside                  bool // the source has the key in the string
}

// Bounds of what a login may cost: 1 GiB at most. Firebase itself goes to 14 and 8.
const maxMemCost, maxRounds = 17, 8

func readFirebase(h identity.Hash) (firebase, *identity.Problem) {
	f, bad := readFirebaseText(string(h.Encoded), h.Params)
	switch {
	case bad != nil:
		return f, bad
	case f.key.size == 0:
		return f, problem(identity.HashParams, "a Firebase hash needs the project's signer key, rounds and mem_cost (Authentication, Users, ⋮, Password hash parameters)")
	case f.salt.size == 0:
		return f, problem(identity.HashParams, "the hash has no salt beside it")
	case f.memCost < 1 || f.rounds < 1:
		return f, problem(identity.HashParams, "Firebase's rounds are at least 1, and its N is 2^mem_cost with a mem_cost of at least 1")
	case f.memCost > maxMemCost || f.rounds > maxRounds:
		return f, problem(identity.HashCost, "Firebase's scrypt with mem_cost %d and rounds %d; more than %d and %d could stop the server that computes it", f.memCost, f.rounds, maxMemCost, maxRounds)
	case f.hash.size != f.key.size:
		return f, problem(identity.HashMalformed, "a Firebase hash is as long as the signer key; it has %d bytes and the key %d", f.hash.size, f.key.size)
	}
	return f, nil
}

func readFirebaseText(s string, p identity.Params) (firebase, *identity.Problem) {
	if !strings.HasPrefix(s, "$") || strings.Count(s, "$") < 2 {
		return firebaseOf(s, p)
	}
	part := strings.Split(s, "$")
	var fields map[string]string
	switch part[1] {
	case "fbscrypt":
		fields = fbscryptFields(part[2:])
	case "firescrypt":
		fields = fieldsOf(append(strings.Split(part[2], ","), part[3:]...), "m:ln=", "r:r=", "p:p=", "salt:", "hash:", "ss:", "sk:")
	case "f_scrypt":
		fields = fieldsOf(part[2:], "hash:", "salt:", "m:m=", "r:r=", "ss:s=")
	case "firebase-scrypt":
		fields = fieldsOf(part[2:], "hash:hash=", "salt:salt=", "sk:sk=", "ss:ss=", "r:r=", "m:m=")
	}
	f, ok := firebaseFrom(fields)
	if !ok {
		return f, problem(identity.HashMalformed, "the hash is no Firebase hash in a spelling that is known")
	}
	if !f.keyInside {
		f.key, ok = read64(string(p.SignerKey))
	}
	if !ok {
		return f, problem(identity.HashParams, "the signer key must be base64")
	}
	return f, nil
}

// firebaseOf reads Firebase's own spelling.
func firebaseOf(s string, p identity.Params) (f firebase, bad *identity.Problem) {
	var ok [4]bool
	f.hash, ok[0] = read64(s)
	f.salt, ok[1] = read64(string(p.Salt))
	f.separator, ok[2] = read64(string(p.SaltSeparator))
	f.key, ok[3] = read64(string(p.SignerKey))
	if !ok[0] {
		return f, problem(identity.HashMalformed, "a Firebase hash is base64")
	}
	if !ok[1] || !ok[2] || !ok[3] {
		return f, problem(identity.HashParams, "salt, salt separator and signer key must be base64")
	}
	if p.N > 1 && bits.OnesCount(uint(p.N)) == 1 && (p.P == 0 || p.P == 1) {
		f.memCost = bits.TrailingZeros(uint(p.N))
	}
	f.rounds = max(p.R, 0)
	return f, nil
}

// fbscryptFields: the separator is left out or stands with a value; "ss=" with
// none is refused by the server.
func fbscryptFields(part []string) map[string]string {
	settings := strings.Split(part[0], ",")
	if len(settings) == 5 {
		return fieldsOf(append(settings, part[1:]...), "v:v=1", "m:n=", "r:r=", "p:p=", "sk:sk=", "salt:", "hash:")
	}
	fields := fieldsOf(append(settings, part[1:]...), "v:v=1", "m:n=", "r:r=", "p:p=", "ss:ss=", "sk:sk=", "salt:", "hash:")
	if fields["ss"] == "" {
		return nil
	}
	return fields
}

// fieldsOf cuts the name off each part; names and order are fixed. A name is
// written here as "ours:theirs".
func fieldsOf(part []string, names ...string) map[string]string {
	if len(part) != len(names) {
		return nil
	}
	fields := map[string]string{}
	for i, name := range names {
		ours, theirs, _ := strings.Cut(name, ":")
		value, ok := strings.CutPrefix(part[i], theirs)
		if !ok || ours == "p" && value != "1" || ours == "v" && value != "" {
			return nil
		}
		fields[ours] = value
	}
	return fields
}

func firebaseFrom(fields map[string]string) (f firebase, ok bool) {
	if fields == nil {
		return f, false
	}
	f.memCost, f.rounds = small(fields["m"]), small(fields["r"])
	_, f.keyInside = fields["sk"]
	for _, v := range []struct {
		name string
		into *base64Text
	}{{"hash", &f.hash}, {"salt", &f.salt}, {"ss", &f.separator}, {"sk", &f.key}} {
		if *v.into, ok = read64(fields[v.name]); !ok || !padded(fields[v.name]) {
			return f, false
		}
	}
	return f, f.memCost > 0 && f.rounds > 0
}

// small reads a whole number of up to nine digits, written without leading
// noughts; 0 when it is none.
func small(s string) int {
	if !digitsOnly(s) || len(s) > 9 || s[0] == '0' {
		return 0
	}
	n, _ := strconv.Atoi(s)
	return n
}

// fbscrypt is the string with everything in it, as Supabase Auth reads it.
func (f firebase) fbscrypt() identity.Secret {
	text := "$fbscrypt$v=1,n=" + strconv.Itoa(f.memCost) + ",r=" + strconv.Itoa(f.rounds) + ",p=1"
	if f.separator.size > 0 {
		text += ",ss=" + f.separator.text
	}
	return identity.Secret(text + ",sk=" + f.key.text + "$" + f.salt.text + "$" + f.hash.text)
}

// keyless is the string without the signer key, as SuperTokens reads it.
func (f firebase) keyless() identity.Secret {
	return identity.Secret("$f_scrypt$" + f.hash.text + "$" + f.salt.text + "$m=" + strconv.Itoa(f.memCost) +
		"$r=" + strconv.Itoa(f.rounds) + "$s=" + f.separator.text)
}
