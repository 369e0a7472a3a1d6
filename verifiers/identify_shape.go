package verifiers

import (
	"fmt"
	"strings"

	"rehome/identity"
)

// Texts that say what they are only by length and letters, if at all.

const (
	hexDigits = "0123456789abcdef"
	mixedHex  = "0123456789abcdefABCDEF"
)

// settle is what decides between digests of one length.
const settle = "the length alone does not tell; name the algorithm, or prove a known password"

func identifyShape(s string) []Candidate {
	switch {
	case len(s) == 41 && s[0] == '*' && within(s[1:], mixedHex):
		return []Candidate{{Algorithm: MySQL41, Certain: true}}
	case len(s) == 35 && strings.HasPrefix(s, "md5") && within(s[3:], hexDigits):
		return []Candidate{{Algorithm: PostgresMD5, Certain: true, Note: "salted with the role's name, which must be given as the salt"}}
	case len(s) == 20 && s[0] == '_' && within(s[1:], crypt64):
		return readable(s, BSDiCrypt, "")
	case len(s) == 84 && strings.HasPrefix(s, "AQAAAA"):
		return readable(s, AspNetV3, "")
	}
	if found := identifyColon(s); found != nil {
		return found
	}
	if within(s, mixedHex) {
		if found := identifyHex(s); found != nil {
			return found
		}
	}
	if len(s) == 13 && within(s, crypt64) {
		return []Candidate{{Algorithm: DESCrypt, Note: "thirteen letters of its alphabet, as many a word is; name the algorithm, or prove a known password"}}
	}
	return identifyBase64(s)
}

// identifyColon recognises a hash with its salt behind a colon.
func identifyColon(s string) []Candidate {
	before, after, ok := strings.Cut(s, ":")
	switch {
	case !ok || len(before) != 32 || !within(before, mixedHex):
		return nil
	case len(after) == 128 && within(after, mixedHex):
		return readable(s, BetterAuthScrypt, "")
	case len(after) >= 1 && len(after) <= 64 && !strings.Contains(after, ":"):
		return []Candidate{{Algorithm: JoomlaMD5, Note: "an MD5 with its salt, Joomla's if the salt stands after the password; " + settle}}
	}
	return nil
}

// readable is a candidate if its verifier can read the text.
func readable(s string, tag identity.Algorithm, note string) []Candidate {
	if Check(identity.Hash{Algorithm: tag, Encoded: identity.Secret(s)}) != nil {
		return nil
	}
	return []Candidate{{Algorithm: tag, Certain: true, Note: note}}
}

// identifyHex names the digests of a length, the most likely first.
func identifyHex(s string) []Candidate {
	var found []Candidate
	switch len(s) {
	case 16:
		found = []Candidate{{Algorithm: MySQL323}}
	case 32:
		found = []Candidate{{Algorithm: identity.MD5}, {Algorithm: SaltedMD5}, {Algorithm: DoubleMD5}, {Algorithm: NTHash}}
	case 40:
		found = append(shas("sha1"), Candidate{Algorithm: SaltedSHA1}, Candidate{Algorithm: MySQL41})
	case 56:
		found = shas("sha224", "sha512/224", "sha3-224")
	case 64:
		found = append(shas("sha256", "sha512/256", "sha3-256"), Candidate{Algorithm: SaltedSHA256}, Candidate{Algorithm: HMACSHA256},
			Candidate{Algorithm: PBKDF2}, Candidate{Algorithm: identity.Scrypt})
	case 96:
		found = append(shas("sha384", "sha3-384"), Candidate{Algorithm: SaltedSHA384})
	case 128:
		found = append(shas("sha512", "sha3-512"), Candidate{Algorithm: SaltedSHA512}, Candidate{Algorithm: HMACSHA512},
			Candidate{Algorithm: identity.Scrypt}, Candidate{Algorithm: PBKDF2})
	}
	return noted(found, fmt.Sprintf("%d hex digits: %s; a column of salts beside it means a salted form", len(s), settle))
}

func shas(digests ...string) []Candidate {
	var found []Candidate
	for _, d := range digests {
		found = append(found, Candidate{Algorithm: identity.SHA, Variant: d})
	}
	return found
}

// identifyBase64 names the digests that have as many bytes.
func identifyBase64(s string) []Candidate {
	b, ok := decodeAny64(s)
	if !ok {
		return nil
	}
	var found []Candidate
	switch len(b) {
	case 16:
		found = []Candidate{{Algorithm: identity.MD5}}
	case 20:
		found = shas("sha1")
	case 28:
		found = shas("sha224", "sha512/224", "sha3-224")
	case 32:
		found = append(shas("sha256", "sha512/256", "sha3-256"), Candidate{Algorithm: KeycloakPBKDF2}, Candidate{Algorithm: PBKDF2}, Candidate{Algorithm: identity.ScryptFirebase})
	case 48:
		found = append(shas("sha384", "sha3-384"), Candidate{Algorithm: identity.ScryptFirebase})
	case 64:
		found = append([]Candidate{{Algorithm: identity.ScryptFirebase}}, append(shas("sha512", "sha3-512"), Candidate{Algorithm: KeycloakPBKDF2}, Candidate{Algorithm: PBKDF2})...)
	}
	return noted(found, fmt.Sprintf("base64 of %d bytes: %s; Firebase's needs a salt and the project's settings beside it", len(b), settle))
}

func noted(found []Candidate, note string) []Candidate {
	for i := range found {
		found[i].Note = note
	}
	return found
}
