package verifiers

import (
	"strings"

	"rehome/identity"
)

// scrypt in crypt(3), of openwall's yescrypt ("$7$"):
//
//	$7$BU..../.....GPBcBXhOm8cJ08AGs4t..$wzbf/J1TzUvPRyAiBjpSaSp2CEc/zQ81cryJwuN/PWD
//	   └1└2   └3   └ salt, as text       digest, 32 bytes in 43 letters of crypt64
//
//	1  log2 N, one letter; 2) r and 3) p, five letters each, the lowest first
func readScryptCrypt7(h identity.Hash) (recipe, *identity.Problem) {
	s := string(h.Encoded)
	rest, ok := strings.CutPrefix(s, "$7$")
	cut := strings.LastIndexByte(rest, '$')
	if !ok || cut < 11 {
		return recipe{}, malformed("the hash is not $7$, a cost of 11 letters, salt$digest")
	}
	c, p := crypt7Cost(rest[:11])
	if p != nil {
		return recipe{}, p
	}
	want, ok := decodeCrypt64(rest[cut+1:])
	if !ok || len(want) != 32 {
		return recipe{}, malformed("the digest is not 43 letters of ./0-9A-Za-z that encode 32 bytes; it has %d characters", len(rest)-cut-1)
	}
	return c.recipe(want, []byte(rest[11:cut])), nil
}

func crypt7Cost(s string) (scryptCost, *identity.Problem) {
	log2, ok1 := number64(s[:1])
	r, ok2 := number64(s[1:6])
	p, ok3 := number64(s[6:])
	c := scryptCost{1 << log2, uint64(r), uint64(p)}
	if !ok1 || !ok2 || !ok3 || c.check() != nil {
		return c, malformed("the cost after $7$ is none of scrypt's")
	}
	return c, nil
}
