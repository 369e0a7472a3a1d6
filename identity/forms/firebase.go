package forms

import (
	"math/bits"
	"strings"

	"rehome/identity"
)

// Firebase is Firebase's scrypt (firebase/scrypt, README). Its own spelling has the
// salt beside the hash and the project's settings elsewhere, in base64 of either
// alphabet: the console and the command line write the standard one, the Admin SDK
// and the API the other. Other programs put everything in one string, in padded
// standard base64, where n, m and ln are mem_cost itself, log2 N:
//
//	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=KEY$salt$hash            Supabase Auth; ss may be left out
//	$firescrypt$ln=14,r=8,p=1$salt$hash$Bw==$KEY                   Ory Kratos
//	$f_scrypt$hash$salt$m=14$r=8$s=Bw==                            SuperTokens; the key is in its configuration
//	$firebase-scrypt$hash=…$salt=…$sk=KEY$ss=Bw==$r=8$m=14         WorkOS
//
// (supabase/auth internal/crypto/password.go, ory/kratos hash/hash_comparator.go,
// supertokens-core ParsedFirebaseSCryptResponse, workos.com/docs/migrate/firebase.)
type Firebase struct {
	kind
	N, Rounds                  uint64 // N is 2^mem_cost
	Hash, Salt, Separator, Key Base64
	Whole                      bool // all stands in one string, as other programs write it
	KeyInside                  bool // the source has the key in each hash
}

// MemCost is log2 N.
func (f *Firebase) MemCost() int { return bits.TrailingZeros64(f.N) }

// FBScrypt is the string with everything in it, as Supabase Auth reads it.
func (f *Firebase) FBScrypt() string {
	text := "$fbscrypt$v=1,n=" + decimal(uint64(f.MemCost())) + ",r=" + decimal(f.Rounds) + ",p=1"
	if f.Separator.size > 0 {
		text += ",ss=" + f.Separator.text
	}
	return text + ",sk=" + f.Key.text + "$" + f.Salt.text + "$" + f.Hash.text
}

// Keyless is the string without the signer key, as SuperTokens reads it.
func (f *Firebase) Keyless() string {
	return "$f_scrypt$" + f.Hash.text + "$" + f.Salt.text + "$m=" + decimal(uint64(f.MemCost())) +
		"$r=" + decimal(f.Rounds) + "$s=" + f.Separator.text
}

func readFirebase(in input) (identity.Form, *identity.Problem) {
	f := &Firebase{kind: kind{in.tag}}
	p, dialect := f.readDialect(in)
	if !dialect {
		p = f.readParams(in)
	}
	switch {
	case p != nil:
		return nil, p
	case f.N < 2 || bits.OnesCount64(f.N) != 1 || f.N > 1<<31 || f.Rounds < 1:
		return nil, lacking("Firebase's rounds are at least 1, and its N is 2^mem_cost with a mem_cost of at least 1; these are %d and %d", f.Rounds, f.N)
	case f.Hash.size != f.Key.size:
		return nil, malformed("a Firebase hash is as long as the signer key; it has %d bytes and the key %d", f.Hash.size, f.Key.size)
	}
	return f, nil
}

// readParams reads Firebase's own spelling.
func (f *Firebase) readParams(in input) *identity.Problem {
	p := in.params
	if p.SignerKey == "" || p.N == 0 || p.R == 0 {
		return lacking("a Firebase hash needs the project's signer key, rounds and mem_cost (Authentication, Users, ⋮, Password hash parameters)")
	}
	if p.Salt == "" {
		return lacking("the hash has no salt beside it")
	}
	var ok [4]bool
	f.Hash, ok[0] = readBase64(in.text)
	f.Salt, ok[1] = readBase64(string(p.Salt))
	f.Separator, ok[2] = readBase64(string(p.SaltSeparator))
	f.Key, ok[3] = readBase64(string(p.SignerKey))
	switch {
	case !ok[1] || !ok[2] || !ok[3] || f.Key.size == 0:
		return lacking("salt, salt separator and signer key must be base64")
	case p.R < 0 || p.N < 0 || p.P != 0 && p.P != 1:
		return lacking("rounds and mem_cost must be positive, and Firebase's p is 1")
	case !ok[0]:
		return malformed("the hash is not base64; it has %d characters", len(in.text))
	}
	f.N, f.Rounds = uint64(p.N), uint64(p.R)
	return nil
}

// firebaseText is the parts of a dialect, still as text.
type firebaseText struct{ hash, salt, separator, key, memCost, rounds string }

// readDialect takes a string of another program apart; false when it is not one.
func (f *Firebase) readDialect(in input) (p *identity.Problem, dialect bool) {
	if !strings.HasPrefix(in.text, "$") { // most: Firebase's own spelling
		return nil, false
	}
	part := append(strings.Split(in.text, "$"), "", "")
	part = part[:max(3, len(part)-2)]
	var t *firebaseText
	f.Whole, f.KeyInside = true, true
	switch part[1] {
	case "fbscrypt":
		t = supabaseText(part[2:])
	case "firescrypt":
		t = kratosText(part[2:])
	case "f_scrypt":
		t = superTokensText(part[2:])
		f.KeyInside = false
	case "firebase-scrypt":
		t = workOSText(part[2:])
	default:
		return malformed("the hash begins with $ and is not one of Firebase's in a spelling that is known"), true
	}
	if t == nil {
		return malformed("the hash begins with $%s$ and goes on otherwise than such a hash does", part[1]), true
	}
	return f.readText(t, in.params), true
}

func supabaseText(part []string) *firebaseText {
	settings := strings.Split(part[0], ",")
	if len(settings) == 5 { // without a separator
		settings = append(settings[:4:4], "ss=", settings[4])
	} else if strings.Contains(part[0], ",ss=,") {
		return nil // Supabase refuses it
	}
	v, ok := valuesOf(settings, "v=", "n=", "r=", "p=", "ss=", "sk=")
	if !ok || len(part) != 3 || v[0] != "1" || v[3] != "1" {
		return nil
	}
	return &firebaseText{memCost: v[1], rounds: v[2], separator: v[4], key: v[5], salt: part[1], hash: part[2]}
}

func kratosText(part []string) *firebaseText {
	v, ok := valuesOf(strings.Split(part[0], ","), "ln=", "r=", "p=")
	if !ok || len(part) != 5 || v[2] != "1" {
		return nil
	}
	return &firebaseText{memCost: v[0], rounds: v[1], salt: part[1], hash: part[2], separator: part[3], key: part[4]}
}

func superTokensText(part []string) *firebaseText {
	v, ok := valuesOf(part, "", "", "m=", "r=", "s=")
	if !ok {
		return nil
	}
	return &firebaseText{hash: v[0], salt: v[1], memCost: v[2], rounds: v[3], separator: v[4]}
}

func workOSText(part []string) *firebaseText {
	v, ok := valuesOf(part, "hash=", "salt=", "sk=", "ss=", "r=", "m=")
	if !ok {
		return nil
	}
	return &firebaseText{hash: v[0], salt: v[1], key: v[2], separator: v[3], rounds: v[4], memCost: v[5]}
}

// readText reads the parts. A key that is not in the string may be given beside it,
// in either alphabet.
func (f *Firebase) readText(t *firebaseText, params identity.Params) *identity.Problem {
	read, key := readPadded, t.key
	if !f.KeyInside {
		read, key = readBase64, string(params.SignerKey)
	}
	if key == "" {
		return lacking("the hash needs the project's signer key, which is not in it")
	}
	memCost, ok1 := number(t.memCost)
	rounds, ok2 := number(t.rounds)
	var ok [4]bool
	f.Hash, ok[0] = readPadded(t.hash)
	f.Salt, ok[1] = readPadded(t.salt)
	f.Separator, ok[2] = readPadded(t.separator)
	f.Key, ok[3] = read(key)
	if !ok1 || !ok2 || ok != [4]bool{true, true, true, true} || f.Salt.size == 0 {
		return malformed("the parts of the hash are not whole numbers and padded standard base64")
	}
	if memCost < 1 || memCost > 31 {
		return lacking("Firebase's mem_cost is 1 to 14; this one is %d", memCost)
	}
	f.N, f.Rounds = 1<<memCost, rounds
	return nil
}
