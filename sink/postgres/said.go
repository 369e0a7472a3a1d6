package postgres

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// carrying is an error with the values that the server had at hand when it came:
// what it says of them must not be repeated.
type carrying struct {
	error
	values func() []string
}

func (c *carrying) Unwrap() error { return c.error }

// Bounds of a server's words: what is looked through, in bytes, and what is
// repeated, in characters.
const maxHeard, maxWords = 16 << 10, 200

// repeatable is what may be repeated of a server's words; false: nothing. A server
// puts into its message what it was given: a constraint quotes the row, a trigger
// that puts statements together makes a column's name of a hash. So nothing is
// repeated in which one of the values is found, whole or in part, or that looks as
// if it were somebody's.
func repeatable(words string, values []string) (string, bool) {
	if len(words) > maxHeard || !goodText(words) {
		return "", false
	}
	for _, spelling := range spellings(words) {
		if personal.MatchString(spelling) || blob(spelling) || quotes(spelling, values) {
			return "", false
		}
	}
	return string([]rune(words)[:min(maxWords, characters(words))]), true
}

// personal is what looks like an address, a modular crypt string, or a number of
// somebody: seven digits, as people write them.
var personal = regexp.MustCompile(`\S@\S|\$[0-9A-Za-z-]{1,24}\$|\d(?:[ .()-]*\d){6,}`)

var unbroken = regexp.MustCompile(`[0-9A-Za-z+=]{16,}`)

// blob reports whether a text holds what looks like a digest or an encoded value.
func blob(text string) bool {
	return slices.ContainsFunc(unbroken.FindAllString(text, -1), func(s string) bool {
		return strings.ContainsAny(s, "0123456789") && strings.IndexFunc(s, unicode.IsLetter) >= 0
	})
}

// window is how many letters and digits in a row make it a value's, whatever stands
// between them.
const window = 6

// quotes reports whether part of a value is in a text: so many letters and digits of
// it, or a word of it as a word. Case and what stands between letters differ from
// spelling to spelling.
func quotes(text string, values []string) bool {
	heard := map[string]bool{}
	var joined []rune
	for _, w := range wordsOf(text) {
		if !slices.Contains(ofTheServer, w) {
			heard[w] = true
			joined = append(joined, []rune(w)...)
		}
	}
	for i := 0; i+window <= len(joined); i++ {
		heard[string(joined[i:i+window])] = true
	}
	return len(heard) > 0 && slices.ContainsFunc(values, func(v string) bool { return holds(heard, v) })
}

// holds reports whether a part of a value was heard.
func holds(heard map[string]bool, value string) bool {
	words := wordsOf(value)
	joined := []rune(strings.Join(words, ""))
	for i := 0; i+window <= len(joined); i++ {
		if heard[string(joined[i:i+window])] {
			return true
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return heard[w] && (characters(w) > 2 || len(words) == 1 && characters(w) == 2) })
}

// wordsOf are the runs of letters and digits of a text, in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var (
	escape = regexp.MustCompile(`\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[0-7]{3}|%[0-9A-Fa-f]{2}`)
	inHex  = regexp.MustCompile(`[0-9A-Fa-f]{8,}`)
	in64   = regexp.MustCompile(`[0-9A-Za-z+/]{8,}`)
)

// spellings are a text as it stands, with its escapes undone, and with what may be
// hexadecimal or base64 in it decoded.
func spellings(text string) []string {
	plain := escape.ReplaceAllStringFunc(text, func(e string) string {
		digits, base := strings.TrimLeft(e, `\xu%`), 16
		if e[0] == '\\' && e[1] <= '7' {
			base = 8
		}
		n, _ := strconv.ParseUint(digits, base, 16) // its form was just matched
		if n < 0x80 || strings.HasPrefix(e, `\u`) {
			return string(rune(n))
		}
		return string([]byte{byte(n)}) // of a character that goes on in the next escape
	})
	all := []string{text, plain}
	for _, digits := range inHex.FindAllString(text, -1) {
		b, _ := hex.DecodeString(digits[:len(digits)&^1])
		all = append(all, string(b))
	}
	for _, digits := range in64.FindAllString(text, -1) {
		b, _ := base64.RawStdEncoding.DecodeString(digits[:len(digits)&^3])
		all = append(all, string(b))
	}
	return all
}

// ofTheServer are words of the system's own messages, which are nobody's.
var ofTheServer = strings.Fields(`
	a aborted accepting access administrator ago already ambiguous an and another any argument at be because being block by call cannot canceling client
	clients column command commands conflict connection connections constraint contains copy could crash create current database deadlock deleted denied
	detected device disk does down drop due end error execute exist exists extend failed field file for from full function has have id idle ignored in
	insert invalid is it language left lock longer many memory mode must near no not obtain of on only operation operator or out outside owner parameter
	password permission policy prepared privilege procedure process query read ready record recovery refers referenced relation remaining request reserved
	role roles row rows running schema select server session set shutting slots sorry space starting state statement statements such superuser support
	supported syntax system table tables terminating than the this timeout to too transaction trigger type unexpected until up update used user users
	value values view was with within without write yet you`)

// values are what the tables would hold of a user, and the secrets that it was
// made from.
func (m *member) values() []string {
	u, p, h := &m.plan.profile, m.plan, m.User.Hash
	list := []string{
		string(h.Encoded), string(h.Params.Salt), string(h.Params.SaltSeparator), string(h.Params.SignerKey),
		string(p.hash.Encoded), string(p.hash.Params.Salt), p.id, p.sourceID, u.Email, u.EmailKey, u.Phone, u.Name, u.Username, u.Photo, string(u.Claims),
	}
	for _, l := range p.logins {
		list = append(list, l.subject, l.email)
	}
	return append(list, u.Labels...)
}

func (b *batch) values() (list []string) {
	for _, m := range b.members {
		list = append(list, m.values()...)
	}
	return list
}

// values are what the tables hold of a user.
func (a account) values() []string {
	p := &a.Profile
	list := []string{
		a.ID, a.Password.Hash, string(a.Password.Params), p.SourceID, p.Email, p.EmailKey, p.Phone, p.Name, p.Username, p.Photo,
		string(p.Prefs), string(p.App), string(p.User),
	}
	for _, i := range p.Identities {
		list = append(list, i[1], i[2])
	}
	return append(list, p.Labels...)
}

func valuesOf(held []account) (list []string) {
	for _, a := range held {
		list = append(list, a.values()...)
	}
	return list
}
