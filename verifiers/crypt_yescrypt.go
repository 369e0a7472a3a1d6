package verifiers

import (
	"hash"

	"rehome/identity/forms"
)

// yescryptRecipe is yescrypt (openwall/yescrypt, yescrypt-common.c), and GOST's:
// HMAC(key HMAC(key GOST(password), setting), yescrypt), where the setting is
// everything before the digest (besser82/libxcrypt, lib/crypt-gost-yescrypt.c).
func yescryptRecipe(f *forms.YescryptForm) recipe {
	cost := yescryptCost{f.N, f.R, f.P, f.T}
	derive := func(password []byte) ([]byte, error) { return cost.derive(password, f.Salt) }
	if f.GOST {
		derive = func(password []byte) ([]byte, error) {
			inner, err := cost.derive(password, f.Salt)
			if err != nil {
				return nil, err
			}
			gost := func() hash.Hash { return newStreebog256() }
			key := hmacSum(gost, sum(gost, password), []byte(f.Setting))
			return hmacSum(gost, key, inner), nil
		}
	}
	return recipe{want: func() []byte { return f.Digest }, derive: derive, memory: cost.memory(), work: cost.work()}
}

// yescryptCost is what crypt(3) can ask for; the read-write flavour is understood.
type yescryptCost struct{ n, r, p, t uint64 }
