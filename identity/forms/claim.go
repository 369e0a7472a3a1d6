package forms

import (
	"slices"
	"strings"

	"rehome/identity"
)

// Kind is what a text in the place of a hash is.
type Kind int

// The kinds.
const (
	Nothing  Kind = iota // no password: empty, the word for no value
	Locked               // a mark with which nobody can sign in
	Withheld             // there is a password, but the export does not give its hash
	Known                // a hash that says what it is
	Bare                 // hex or base64 of a digest's length: a hash, but which
	Clear                // a password in a wrapping that says that it is one
	Unknown              // nothing that is known; most likely a plaintext password
)

// Claim is what a text says of itself by its form alone.
type Claim struct {
	Kind Kind
	// Tags are those whose texts look like this one, of Known: the most likely first,
	// before it those that can read the text.
	Tags []identity.Algorithm
	// Marked is set where other programs' markers stand around the hash.
	Marked bool

	text string // without markers
	why  string // of what is not a hash
}

// Tag is the most likely algorithm, None where nothing says.
func (c Claim) Tag() identity.Algorithm {
	if len(c.Tags) == 0 {
		return identity.None
	}
	return c.Tags[0]
}

// Allows reports whether the text may be of an algorithm that something else names.
func (c Claim) Allows(tag identity.Algorithm) bool {
	if c.Kind != Known || slices.Contains(c.Tags, tag) {
		return true
	}
	r := rows[tag]
	for begins := range strings.FieldsSeq(r.allows) {
		if strings.HasPrefix(c.text, begins) || begins == saltedHex && looksJoomla(c.text) {
			return true
		}
	}
	return false
}

// ClaimOf says what a text claims to be. White space around it does not count.
func ClaimOf(text string) Claim {
	c := Said(text)
	if c.Kind == Unknown && bareLength(c.text) {
		c.Kind = Bare
	}
	return c
}

// Said is ClaimOf without a look at whether a text that says nothing of itself may be
// a digest all the same: that is Unknown here.
func Said(text string) Claim {
	s := strings.Trim(text, asciiSpace)
	if kind, why := notHash(s); why != "" {
		return Claim{Kind: kind, text: s, why: why}
	}
	bare, marked := versioned(s)
	if c, ok := known(bare); ok {
		c.Marked = marked
		return c
	}
	if inner, ok := unwrap(s); ok {
		if c, ok := known(inner); ok {
			c.Marked = true
			return c
		}
	}
	return Claim{Kind: Unknown, text: s}
}

// known finds the tags of a text that says what it is.
func known(s string) (Claim, bool) {
	c := Claim{Kind: Known, text: s}
	if b := beginningOf(s); b != nil {
		c.Tags = b.tags
	} else if r, ok := shaped(s); ok {
		c.Tags = []identity.Algorithm{r.tag}
	} else {
		return Claim{}, false
	}
	if len(c.Tags) > 1 {
		c.Tags = slices.Clone(c.Tags)
		slices.SortStableFunc(c.Tags, func(a, b identity.Algorithm) int { return broken(a, s) - broken(b, s) })
	}
	return c, true
}

// broken is 1 where the text cannot be of a tag.
func broken(tag identity.Algorithm, s string) int {
	_, p := rows[tag].form(input{tag: tag, text: s})
	if p != nil && p.Code == identity.HashMalformed {
		return 1
	}
	return 0
}

// shaped is the row whose shape a text has.
func shaped(s string) (*row, bool) {
	if len(s) < 20 { // the shortest shape
		return nil, false
	}
	for _, r := range shapes {
		if r.shape(s) {
			return r, true
		}
	}
	return nil, false
}

// shapes are the rows that have one.
var shapes = func() (all []*row) {
	for i := range table {
		if table[i].shape != nil {
			all = append(all, &table[i])
		}
	}
	return all
}()

// notHash recognises what stands in a hash column instead of a hash.
func notHash(s string) (Kind, string) {
	switch s {
	case "":
		return Nothing, "no password"
	case "NULL", "null", "undefined", `\N`:
		return Nothing, "the word for no value, written out by an export"
	case "*", "!", "!!", "x", "*LK*", "*NP*", "*0", "*1", "not cached", "to be generated": // the last two are Moodle's (lib/moodlelib.php)
		return Locked, "a locked account: no password matches"
	case "UkVEQUNURUQ=", "UkVEQUNURUQ":
		return Withheld, `base64 of "REDACTED": whoever exported from Firebase lacked the permission to read hashes`
	case "a:0:{}":
		return Nothing, "no password, as XenForo writes it"
	}
	if s[0] == '!' {
		return Locked, "an unusable password, as Django and shadow files mark it"
	}
	if _, ok := cutClear(s); ok {
		return Clear, "holds the password itself, in plain text"
	}
	return Unknown, ""
}

// clearWords stand before a password in plain text, in any case: of Firebase's
// emulator, of LDAP, of other tools.
var clearWords = []string{"fakeHash:salt=", "{CLEARTEXT}", "{PLAIN}", "{NOOP}", "plaintext:"}

func cutClear(s string) (word string, ok bool) {
	if strings.IndexByte("fFpP{", s[0]) < 0 {
		return "", false
	}
	for _, word := range clearWords {
		if hasFold(s, word) {
			return word, true
		}
	}
	return "", false
}

// Cleartext is the password in a text whose wrapping says that it is one: what stands
// behind {CLEARTEXT} and its like. False for the hashes of Firebase's emulator, whose
// form is its own.
func Cleartext(text string) (password string, ok bool) {
	s := strings.TrimLeft(text, asciiSpace)
	word, ok := cutClear(s)
	if !ok || word == clearWords[0] {
		return "", false
	}
	return s[len(word):], true
}

// settle is what decides between digests of one length.
const settle = "the length alone does not tell; name the algorithm, or prove a known password"

// bareLength reports whether a text has the letters and the length of a digest. In
// base64 letters of both cases and digits are asked for, which a digest has and a
// word of that length has not.
func bareLength(s string) bool {
	if isHex(s) {
		return slices.Contains([]int{32, 40, 56, 64, 96, 128}, len(s))
	}
	if !slices.Contains([]int{22, 27, 38, 43, 64, 86}, len(unpad(s))) || !isBase64(s) {
		return false
	}
	var digit, upper, lower bool
	for i := range len(s) {
		c := s[i]
		digit, upper, lower = digit || c <= '9', upper || c >= 'A' && c <= 'Z', lower || c >= 'a'
	}
	return digit && upper && lower
}

func looksBSDi(s string) bool { return len(s) == 20 && s[0] == '_' && cryptText(s[1:]) }

func looksMySQL41(s string) bool { return len(s) == 41 && s[0] == '*' && isHex(s[1:]) }

func looksPostgresMD5(s string) bool {
	return len(s) == 35 && s[:3] == "md5" && isHex(s[3:])
}

func looksAspNetV3(s string) bool {
	return len(s) == 84 && strings.HasPrefix(s, "AQAAAA") && isBase64(s)
}

func looksAspNetV2(s string) bool { return len(s) == 68 && s[0] == 'A' && s[1] < 'Q' && isBase64(s) }

func isBase64(s string) bool {
	_, ok := readBase64(s)
	return ok
}

// looksBetterAuth: 32 hex digits of salt, 128 of key.
func looksBetterAuth(s string) bool {
	return len(s) == 161 && s[32] == ':' && isHex(s[:32]) && isHex(s[33:])
}

// looksJoomla: an MD5 and a salt that has no colon.
func looksJoomla(s string) bool {
	return len(s) > 33 && len(s) <= 97 && s[32] == ':' && isHex(s[:32]) && strings.IndexByte(s[33:], ':') < 0 && !looksMagento(s)
}

// looksMagento: hex, perhaps a salt, and a version behind the last colon.
func looksMagento(s string) bool {
	digest, rest, ok := strings.Cut(s, ":")
	if !ok || len(digest) != 32 && len(digest) != 64 || !isHex(digest) {
		return false
	}
	version := rest[strings.LastIndexByte(rest, ':')+1:]
	short := version == "0" || version == "1"
	return short || strings.HasPrefix(version, "3_") && within(version, "0123456789_")
}

// HexDigits is how many hex digits a text consists of; 0 where it has anything else.
func HexDigits(text string) int {
	s := strings.Trim(text, asciiSpace)
	if !isHex(s) {
		return 0
	}
	return len(s)
}

// InParts reports whether a hash that is called bcrypt is the digest alone, with its
// salt beside it.
func InParts(h identity.Hash) bool {
	return h.Algorithm == identity.Bcrypt && len(h.Encoded) == 31 && len(h.Params.Salt) == 22
}
