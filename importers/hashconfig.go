package importers

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rehome/identity"
)

// HashConfig is a Firebase project's password hash parameters. The zero value
// is "not given".
type HashConfig struct {
	SignerKey     identity.Secret // base64 in either alphabet. Required
	SaltSeparator identity.Secret // base64; "Bw==" in most projects
	Rounds        int             // scrypt's r, 1 to 8. Required
	MemCost       int             // log2 of scrypt's N, 1 to 14. Required
}

// Bounds of Firebase's own scrypt (firebase.google.com, "Import users": rounds
// and memory cost).
const (
	maxRounds     = 8
	maxMemCost    = 14
	maxHashConfig = 64 << 10 // bytes of the pasted text
)

const adviceHashConfig = "copy the block from the Firebase console: Authentication → Users → ⋮ → Password hash parameters, into a file, and pass it with --hash-config"

// Validate reports what is wrong with the parameters. The error holds neither
// the key nor the separator.
func (c HashConfig) Validate() error {
	switch {
	case c.SignerKey == "":
		return badHashConfig("the signer key is missing")
	case !isBase64(string(c.SignerKey)):
		return badHashConfig("the signer key is not base64; it may have been cut or wrapped")
	case !isBase64(string(c.SaltSeparator)):
		return badHashConfig("the salt separator is not base64")
	case c.Rounds < 1 || c.Rounds > maxRounds:
		return badHashConfig(fmt.Sprintf("rounds is missing or out of bounds: Firebase allows 1 to %d", maxRounds))
	case c.MemCost < 1 || c.MemCost > maxMemCost:
		return badHashConfig(fmt.Sprintf("mem_cost is missing or out of bounds: Firebase allows 1 to %d", maxMemCost))
	}
	return nil
}

func badHashConfig(says string) error {
	return &SourceError{Kind: NoHashConfig, Byte: -1, Says: "password hash parameters: " + says, Advice: adviceHashConfig}
}

// isBase64 takes both alphabets (RFC 4648 §4 and §5), padded or not.
func isBase64(text string) bool {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	bare := strings.TrimRight(text, "=")
	if len(text)-len(bare) > 2 || strings.ContainsAny(bare, "\r\n") {
		return false
	}
	_, err := base64.RawStdEncoding.DecodeString(bare)
	return err == nil
}

// ParseHashConfig reads the block that the Firebase console shows, pasted whole:
//
//	hash_config {
//	  algorithm: SCRYPT,
//	  base64_signer_key: …,
//	  base64_salt_separator: Bw==,
//	  rounds: 8,
//	  mem_cost: 14,
//	}
//
// White space, commas, braces, quotes and line ends may be other or missing, and
// the names may be those of the Identity Toolkit API (signerKey, saltSeparator,
// memoryCost). An error never holds anything of the text.
func ParseHashConfig(text []byte) (HashConfig, error) {
	p, err := parseHashConfig(text)
	if err != nil {
		return HashConfig{}, err
	}
	return p.config()
}

// HashConfigAsGiven reads the block as ParseHashConfig does and leaves its values
// as they stand there: some may be missing, out of bounds, or in each other's
// place. It is for finding out which.
func HashConfigAsGiven(text []byte) (HashConfig, error) {
	p, err := parseHashConfig(text)
	if err != nil {
		return HashConfig{}, err
	}
	return p.values(), nil
}

func parseHashConfig(text []byte) (hashConfigParser, error) {
	p := hashConfigParser{given: make(map[string]string)}
	if len(text) > maxHashConfig {
		return p, badHashConfig("the file is far too large to be the console's block")
	}
	return p, p.parse(bytes.TrimPrefix(text, []byte(byteOrderMark)))
}

// hashConfigParser collects the block's values by their names.
type hashConfigParser struct {
	given map[string]string
}

func (p *hashConfigParser) parse(text []byte) error {
	name := "" // the one whose value is awaited
	for _, word := range hashConfigWords(string(text)) {
		switch {
		case strings.TrimSuffix(word, ":") == "hash_config" || word == "hashConfig:":
		case strings.HasSuffix(word, ":"):
			if name = knownName(strings.TrimSuffix(word, ":")); name == "" {
				return badHashConfig("there is a name that the console's block does not have")
			}
			if _, twice := p.given[name]; twice {
				return badHashConfig(name + " is given twice")
			}
			p.given[name] = ""
		case name != "":
			p.given[name] = word
			name = ""
		default:
			return badHashConfig("a value stands where a name should; a wrapped line has to be joined again")
		}
	}
	return nil
}

// hashConfigWords cuts the text into names, which end in a colon, and values.
// Neither base64 nor numbers hold any of the separators.
func hashConfigWords(text string) []string {
	text = strings.NewReplacer(`"`, " ", `'`, " ").Replace(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;{}\u00a0", r) })
	var out []string
	for _, w := range words {
		name, value, found := strings.Cut(w, ":")
		switch {
		case !found:
			out = append(out, w)
		case name == "" && len(out) > 0: // the colon of `"name" : value`
			out[len(out)-1] += ":"
		default:
			out = append(out, name+":")
		}
		if value != "" {
			out = append(out, value)
		}
	}
	return out
}

// knownName maps the names of both notations to one; "" for any other.
func knownName(name string) string {
	switch name {
	case "algorithm", "rounds":
		return name
	case "base64_signer_key", "signerKey":
		return "base64_signer_key"
	case "base64_salt_separator", "saltSeparator":
		return "base64_salt_separator"
	case "mem_cost", "memoryCost":
		return "mem_cost"
	}
	return ""
}

// config makes sense of the values.
func (p *hashConfigParser) config() (HashConfig, error) {
	for _, name := range []string{"base64_signer_key", "base64_salt_separator", "rounds", "mem_cost"} {
		if _, ok := p.given[name]; !ok {
			return HashConfig{}, badHashConfig(name + " is missing")
		}
	}
	if err := onlySCRYPT(p.given["algorithm"]); err != nil {
		return HashConfig{}, err
	}
	c := p.values()
	if err := c.Validate(); err != nil {
		return HashConfig{}, err
	}
	return c, nil
}

// values are those given; a number that is none is 0, which is out of bounds.
func (p *hashConfigParser) values() HashConfig {
	c := HashConfig{
		SignerKey:     identity.Secret(p.given["base64_signer_key"]),
		SaltSeparator: identity.Secret(p.given["base64_salt_separator"]),
	}
	c.Rounds, _ = strconv.Atoi(p.given["rounds"])
	c.MemCost, _ = strconv.Atoi(p.given["mem_cost"])
	return c
}

// Block writes the parameters as the Firebase console does. It holds the signer
// key: it belongs in a file that only its owner can read.
func (c HashConfig) Block() []byte {
	return fmt.Appendf(nil, "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: %s,\n  base64_salt_separator: %s,\n  rounds: %d,\n  mem_cost: %d,\n}\n",
		string(c.SignerKey), string(c.SaltSeparator), c.Rounds, c.MemCost)
}

// onlySCRYPT refuses what is not Firebase's own scrypt. The others are those
// that accounts can be uploaded with; a project never hashes with them.
func onlySCRYPT(algorithm string) error {
	others := []string{"STANDARD_SCRYPT", "HMAC_SHA512", "HMAC_SHA256", "HMAC_SHA1", "HMAC_MD5", "SHA512", "SHA256", "SHA1", "MD5", "PBKDF_SHA1", "PBKDF2_SHA256", "BCRYPT", "ARGON2"}
	switch {
	case algorithm == "SCRYPT" || algorithm == "":
		return nil
	case slices.Contains(others, algorithm):
		return badHashConfig("algorithm is " + algorithm + "; hashes that Firebase exports are always SCRYPT")
	}
	return badHashConfig("algorithm is not SCRYPT")
}
