package verifiers

import (
	"strings"

	"rehome/identity"
)

// Firebase's scrypt with its settings in one string, as other programs store it.
// All are standard padded base64; m, n and ln are mem_cost itself, log2 N:
//
//	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=KEY$salt$hash            Supabase; ss may be left out
//	$firescrypt$ln=14,r=8,p=1$salt$hash$Bw==$KEY                   Ory Kratos
//	$f_scrypt$hash$salt$m=14$r=8$s=Bw==                            SuperTokens; the key is in its configuration
//	$firebase-scrypt$hash=…$salt=…$sk=KEY$ss=Bw==$r=8$m=14         WorkOS
//
// (supabase/auth internal/crypto/password.go, ory/kratos hash/hash_comparator.go,
// supertokens-core ParsedFirebaseSCryptResponse, workos.com/docs/migrate/firebase.)

// dialect is the parts of such a string, still as text.
type dialect struct {
	hash, salt, separator, key, memCost, rounds string
	givenKey                                    bool // the key is not in the string, but given beside it
}

// readDialect takes a string apart; nil when it is in no dialect.
func readDialect(s string, p identity.Params) (*dialect, *identity.Problem) {
	if !strings.HasPrefix(s, "$") { // most: Firebase's own spelling
		return nil, nil
	}
	part := strings.Split(s, "$")
	if len(part) < 3 {
		return nil, nil
	}
	var d *dialect
	switch part[1] {
	case "fbscrypt":
		d = supabaseDialect(part[2:])
	case "firescrypt":
		d = kratosDialect(part[2:])
	case "f_scrypt":
		d = superTokensDialect(part[2:], string(p.SignerKey))
	case "firebase-scrypt":
		d = workOSDialect(part[2:])
	default:
		return nil, nil
	}
	if d == nil {
		return nil, malformed("the hash begins with $%s$ and goes on otherwise than such a hash does", part[1])
	}
	return d, nil
}

func supabaseDialect(part []string) *dialect {
	names := []string{"v=", "n=", "r=", "p=", "ss=", "sk="}
	settings := strings.Split(part[0], ",")
	if len(settings) == 5 { // without a separator
		settings = append(settings[:4:4], "ss=", settings[4])
	} else if strings.Contains(part[0], ",ss=,") {
		return nil // Supabase refuses it
	}
	v, ok := valuesOf(settings, names)
	if !ok || len(part) != 3 || v[0] != "1" || v[3] != "1" {
		return nil
	}
	return &dialect{memCost: v[1], rounds: v[2], separator: v[4], key: v[5], salt: part[1], hash: part[2]}
}

func kratosDialect(part []string) *dialect {
	v, ok := valuesOf(strings.Split(part[0], ","), []string{"ln=", "r=", "p="})
	if !ok || len(part) != 5 || v[2] != "1" {
		return nil
	}
	return &dialect{memCost: v[0], rounds: v[1], salt: part[1], hash: part[2], separator: part[3], key: part[4]}
}

func superTokensDialect(part []string, key string) *dialect {
	v, ok := valuesOf(part, []string{"", "", "m=", "r=", "s="})
	if !ok {
		return nil
	}
	return &dialect{hash: v[0], salt: v[1], memCost: v[2], rounds: v[3], separator: v[4], key: key, givenKey: true}
}

func workOSDialect(part []string) *dialect {
	v, ok := valuesOf(part, []string{"hash=", "salt=", "sk=", "ss=", "r=", "m="})
	if !ok {
		return nil
	}
	return &dialect{hash: v[0], salt: v[1], key: v[2], separator: v[3], rounds: v[4], memCost: v[5]}
}

// valuesOf cuts the name off each field; the names and their order are fixed.
func valuesOf(fields, names []string) ([]string, bool) {
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

// hashed decodes the parts.
func (d *dialect) hashed() (firebaseHash, []byte, *identity.Problem) {
	if d.key == "" {
		return firebaseHash{}, nil, lacking("the hash needs the project's signer key, which is not in it")
	}
	memCost, ok1 := number(d.memCost)
	rounds, ok2 := number(d.rounds)
	salt, ok3 := decodePadded(d.salt)
	separator, ok4 := decodePadded(d.separator)
	key, ok5 := decodePadded(d.key)
	if d.givenKey {
		key, ok5 = decodeAny64(d.key)
	}
	want, ok6 := decodePadded(d.hash)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || len(salt) == 0 {
		return firebaseHash{}, nil, malformed("the parts of the hash are not whole numbers and padded standard base64")
	}
	if memCost > maxMemCost {
		return firebaseHash{}, nil, lacking("Firebase's mem_cost is 1 to 14; this one is %d", memCost)
	}
	f := firebaseHash{scryptCost{1 << memCost, rounds, 1}, append(salt, separator...), key}
	return f, want, f.check()
}
