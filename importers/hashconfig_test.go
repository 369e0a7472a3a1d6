package importers

import (
	"errors"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
)

const (
	testKey  = "p06h/q2sLOK1071WyzGUOzXJ39gceLtdR17r3mtt0SwoUWCB+XfAOW/f0U6J2LMclhewZrNBYWZr8W4FQCKqAQ=="
	testKey2 = "UMjSvqT/Vz13vcIm+GgHeyLXd9Mv+sqrlXtE9uhn6ecj08JI+9igh1PtwuTDV2kszEx/iHhQJqRGkes/PFaHdg=="
)

func TestParseHashConfig(t *testing.T) {
	block := string(fixtures.Read(firebaseExports + "firebase-default.hash-config.txt"))
	urlKey := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(testKey), "=")
	for name, text := range map[string]string{
		"as shown":         block,
		"crlf":             strings.ReplaceAll(block, "\n", "\r\n"),
		"bom":              "\ufeff" + block,
		"no commas":        strings.ReplaceAll(block, ",", ""),
		"no last comma":    strings.Replace(block, "14,", "14", 1),
		"one line":         strings.ReplaceAll(block, "\n", ""),
		"one line, spaces": strings.ReplaceAll(strings.ReplaceAll(block, "\n", " "), ",", " "),
		"no braces":        strings.NewReplacer("hash_config", "", "{", "", "}", "").Replace(block),
		"no space":         strings.ReplaceAll(block, " ", ""),
		"space before :":   strings.ReplaceAll(block, ":", " : "),
		"tabs":             strings.ReplaceAll(block, " ", "\t"),
		"only the inside":  "base64_signer_key: " + testKey + "\nbase64_salt_separator: Bw==\nrounds: 8\nmem_cost: 14",
		"other order":      "{mem_cost:14,rounds:8,base64_salt_separator:Bw==,base64_signer_key:" + testKey + "}",
		"json of the api":  `{"hashConfig": {"algorithm": "SCRYPT", "signerKey": "` + testKey + `", "saltSeparator": "Bw==", "rounds": 8, "memoryCost": 14}}`,
	} {
		c, err := ParseHashConfig([]byte(text))
		if want := (HashConfig{testKey, "Bw==", 8, 14}); err != nil || c != want {
			t.Errorf("%s: %v, or other values", name, err)
		}
	}
	if c, err := ParseHashConfig([]byte(strings.Replace(block, testKey, urlKey, 1))); err != nil || string(c.SignerKey) != urlKey {
		t.Errorf("the other alphabet, unpadded: %v, or another key", err)
	}
	if c, err := ParseHashConfig([]byte(strings.Replace(block, "Bw==", "", 1))); err != nil || c.SaltSeparator != "" {
		t.Errorf("an empty separator: %v", err)
	}
	other, err := ParseHashConfig(fixtures.Read(firebaseExports + "firebase-nondefault.hash-config.txt"))
	if want := (HashConfig{testKey2, "AgEH", 6, 12}); err != nil || other != want {
		t.Errorf("another project: %v, or other values", err)
	}
}

func TestParseHashConfigRefuses(t *testing.T) {
	block := string(fixtures.Read(firebaseExports + "firebase-default.hash-config.txt"))
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "base64_signer_key is missing"},
		{"another file", "localId,email\n", "a value stands where a name should"},
		{"json of something", `{"a": 1}`, "a name that the console's block does not have"},
		{"no key", strings.Replace(block, "base64_signer_key: "+testKey, "", 1), "base64_signer_key is missing"},
		{"empty key", strings.Replace(block, testKey, "", 1), "the signer key is missing"},
		{"no separator", strings.Replace(block, "base64_salt_separator: Bw==,", "", 1), "base64_salt_separator is missing"},
		{"no rounds", strings.Replace(block, "rounds: 8,", "", 1), "rounds is missing"},
		{"no mem_cost", strings.Replace(block, "mem_cost: 14,", "", 1), "mem_cost is missing"},
		{"rounds 9", strings.Replace(block, "rounds: 8", "rounds: 9", 1), "rounds is missing or out of bounds: Firebase allows 1 to 8"},
		{"rounds 0", strings.Replace(block, "rounds: 8", "rounds: 0", 1), "rounds is missing or out of bounds"},
		{"rounds -1", strings.Replace(block, "rounds: 8", "rounds: -1", 1), "rounds is missing or out of bounds"},
		{"rounds eight", strings.Replace(block, "rounds: 8", "rounds: eight", 1), "rounds is missing or out of bounds"},
		{"mem_cost 15", strings.Replace(block, "mem_cost: 14", "mem_cost: 15", 1), "mem_cost is missing or out of bounds: Firebase allows 1 to 14"},
		{"mem_cost huge", strings.Replace(block, "mem_cost: 14", "mem_cost: 99999999999999999999", 1), "mem_cost is missing or out of bounds"},
		{"key cut", strings.Replace(block, testKey, testKey[:77], 1), "the signer key is not base64"},
		{"key with dots", strings.Replace(block, testKey, testKey[:20]+"…", 1), "the signer key is not base64"},
		{"key wrapped", strings.Replace(block, testKey, testKey[:40]+"\n"+testKey[40:], 1), "a wrapped line has to be joined again"},
		{"key padded in the middle", strings.Replace(block, testKey, "AAA="+testKey, 1), "the signer key is not base64"},
		{"separator is text", strings.Replace(block, "Bw==", "B!", 1), "the salt separator is not base64"},
		{"twice", block + block, "is given twice"},
		{"bcrypt", strings.Replace(block, "SCRYPT", "BCRYPT", 1), "algorithm is BCRYPT; hashes that Firebase exports are always SCRYPT"},
		{"standard scrypt", strings.Replace(block, "SCRYPT", "STANDARD_SCRYPT", 1), "algorithm is STANDARD_SCRYPT"},
		{"key for an algorithm", strings.Replace(block, "SCRYPT", testKey, 1), "algorithm is not SCRYPT"},
		{"key for a name", strings.Replace(block, "rounds:", testKey+":", 1), "a name that the console's block does not have"},
		{"huge", strings.Repeat(" ", 1<<20), "far too large"},
	} {
		config, err := ParseHashConfig([]byte(c.text))
		source, ok := errors.AsType[*SourceError](err)
		switch {
		case !ok || source.Kind != NoHashConfig || !strings.Contains(err.Error(), c.says) || !strings.Contains(source.Hint(), "--hash-config"):
			t.Errorf("%s: %v", c.name, err)
		case config != HashConfig{}:
			t.Errorf("%s: values beside an error", c.name)
		case strings.Contains(err.Error(), testKey[:8]):
			t.Errorf("%s: the key is shown", c.name)
		}
	}
}

func TestHashConfigValidate(t *testing.T) {
	for _, c := range []struct {
		config HashConfig
		ok     bool
	}{
		{HashConfig{testKey, "Bw==", 8, 14}, true},
		{HashConfig{testKey, "", 1, 1}, true},
		{HashConfig{testKey, "Bw", 8, 14}, true},
		{HashConfig{}, false},
		{HashConfig{testKey, "Bw===", 8, 14}, false},
		{HashConfig{testKey + "\n", "Bw==", 8, 14}, false},
		{HashConfig{identity.Secret(testKey[:12] + "\n" + testKey[12:]), "Bw==", 8, 14}, false},
		{HashConfig{testKey, "Bw==", 14, 8}, false},
	} {
		if err := c.config.Validate(); (err == nil) != c.ok {
			t.Errorf("rounds %d, memory %d: %v", c.config.Rounds, c.config.MemCost, err)
		}
	}
}

func FuzzHashConfig(f *testing.F) {
	f.Add(fixtures.Read(firebaseExports + "firebase-default.hash-config.txt"))
	f.Add([]byte(`{"algorithm": "SCRYPT", "signerKey": "AAAA", "saltSeparator": "Bw==", "rounds": 8, "memoryCost": 14}`))
	f.Add([]byte("a: b: c :: d, :e"))
	f.Fuzz(func(t *testing.T, text []byte) {
		defer frugal(t, allocationBound)()
		c, err := ParseHashConfig(text)
		if err == nil {
			if c.Validate() != nil {
				t.Error("parsed, but not valid")
			}
			return
		}
		if c != (HashConfig{}) {
			t.Error("values beside an error")
		}
		said := strings.NewReplacer("base64_signer_key", "", "base64_salt_separator", "").Replace(err.Error())
		for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return !isBase64Letter(r) }) {
			if len(word) > 16 && strings.ContainsAny(word, "0123456789+/") && strings.Contains(said, word) {
				t.Errorf("the error shows %d characters of the text", len(word))
			}
		}
	})
}

func isBase64Letter(r rune) bool {
	return r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("+/-_", r))
}
