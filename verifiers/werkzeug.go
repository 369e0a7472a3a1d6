package verifiers

import (
	"strings"

	"rehome/identity"
)

// Werkzeug, which Flask programs use (pallets/werkzeug, src/werkzeug/security.py):
// method$salt$hex, where the salt is text and the digest lower-case hex.

// readWerkzeugPBKDF2: pbkdf2:sha256:iterations$salt$hex. Old versions left the
// iterations out and meant their own default of the day, which must then be given
// as N.
func readWerkzeugPBKDF2(h identity.Hash) (recipe, *identity.Problem) {
	method, salt, digits, p := werkzeugParts(string(h.Encoded), "pbkdf2")
	if p != nil {
		return recipe{}, p
	}
	digest, count := "sha256", iterations(h.Params)
	if len(method) > 0 {
		digest = method[0]
	}
	newHash := newDigest(digest)
	if len(method) > 2 || newHash == nil {
		return recipe{}, malformed("the method of the Werkzeug hash is not pbkdf2:digest:iterations")
	}
	if len(method) == 2 {
		n, ok := number(method[1])
		if !ok || n < 1 {
			return recipe{}, malformed("the iterations of the Werkzeug hash are no number")
		}
		count = n
	}
	if count == 0 {
		return recipe{}, lacking("the Werkzeug hash does not say its iterations: give as N what that version used (50000, 150000, 260000, …)")
	}
	want, p := readLowerHex(digits, newHash().Size())
	if p != nil {
		return recipe{}, p
	}
	return pbkdf2Recipe(digest, want, []byte(salt), count)
}

// readWerkzeugScrypt: scrypt:N:r:p$salt$hex of 64 bytes.
func readWerkzeugScrypt(h identity.Hash) (recipe, *identity.Problem) {
	method, salt, digits, p := werkzeugParts(string(h.Encoded), "scrypt")
	if p != nil {
		return recipe{}, p
	}
	if len(method) != 3 {
		return recipe{}, malformed("the method of the Werkzeug hash is not scrypt:N:r:p")
	}
	cost, p := scryptNumbers(method[0], method[1], method[2])
	if p != nil {
		return recipe{}, p
	}
	want, p := readLowerHex(digits, 64)
	if p != nil {
		return recipe{}, p
	}
	return cost.recipe(want, []byte(salt)), nil
}

func werkzeugParts(s, word string) (method []string, salt, digits string, p *identity.Problem) {
	part := strings.Split(s, "$")
	method = strings.Split(part[0], ":")
	if len(part) != 3 || method[0] != word || part[1] == "" {
		return nil, "", "", malformed("the hash is not %s:…$salt$hex", word)
	}
	return method[1:], part[1], part[2], nil
}
