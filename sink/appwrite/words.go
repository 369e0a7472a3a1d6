package appwrite

import "strings"

// words is Params.Variant taken apart, as far as it concerns a target.
type words struct {
	salt string   // how Params.Salt is written; "" is text
	rest []string // what only the kind of hash knows, such as the name of a digest
}

// readWords leaves out what is said of the source alone: "wordpress", whose keys
// a digest is written with, and in which spelling passwords were hashed. Most
// passwords are the same in all spellings; a proof looks at the others.
func readWords(variant string) (w words) {
	for _, word := range strings.Fields(variant) {
		switch name, value, said := strings.Cut(word, "="); {
		case said && name == "salt":
			w.salt = value
		case word == "wordpress", said && (name == "key" || name == "password"):
		default:
			w.rest = append(w.rest, word)
		}
	}
	return w
}
