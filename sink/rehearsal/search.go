package rehearsal

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// terms is a full-text search as Appwrite puts it to MariaDB: several words, of
// which one must be there; the last may be the beginning of one. In quotes, all
// of them in a row.
type terms struct {
	exact  []string
	prefix string
	phrase bool
}

// words reads the search parameter (utopia-php/database, getFulltextValue): its
// operators count as blanks, and a wildcard is put behind.
func words(s string) terms {
	phrase := len(s) > 1 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`@+-*)(<>~"`, r) {
			return ' '
		}
		return r
	}, s)
	tokens := split(s)
	if phrase || len(tokens) == 0 {
		return terms{exact: tokens, phrase: phrase}
	}
	last := len(tokens) - 1
	if !wordRune(lastRune(strings.TrimSpace(s))) {
		return terms{exact: tokens}
	}
	return terms{exact: tokens[:last], prefix: tokens[last]}
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' }

// split is InnoDB's tokenizer.
func split(s string) []string {
	return strings.FieldsFunc(collate(s), func(r rune) bool { return !wordRune(r) })
}

// indexed are the words of a text that InnoDB's full-text index holds: three
// characters or more, and no stopwords.
func indexed(s string) []string {
	return slices.DeleteFunc(split(s), func(w string) bool {
		return utf8.RuneCountInString(w) < 3 || slices.Contains(stopwords, w)
	})
}

// stopwords are those of InnoDB's default list with three characters or more.
var stopwords = []string{"about", "are", "com", "for", "from", "how", "that", "the", "this", "was", "what", "when", "where", "who", "will", "with", "und", "www"}

func (t terms) in(s string) bool {
	found := indexed(s)
	if t.phrase {
		return inRow(found, t.exact)
	}
	return slices.ContainsFunc(found, func(w string) bool {
		return slices.Contains(t.exact, w) || t.prefix != "" && strings.HasPrefix(w, t.prefix)
	})
}

func inRow(all, part []string) bool {
	for i := 0; len(part) > 0 && i+len(part) <= len(all); i++ {
		if slices.Equal(all[i:i+len(part)], part) {
			return true
		}
	}
	return false
}
