package importers

import (
	"slices"
	"strconv"
	"strings"

	"rehome/identity/forms"
)

// nestedNames are the paths of values inside of others that may be what a person
// signs in with: for whoever has to name them.
type nestedNames struct {
	paths  []string // as many as are told
	fields [fieldCount]string
}

// maxNested bounds how many are remembered, and how deep they are looked for.
const maxNested, maxNestedDepth = 20, 5

// look goes through an object.
func (n *nestedNames) look(object []byte, known *headerTable) {
	eachMember(object, func(name, value []byte) {
		if value[0] == '{' || value[0] == '[' {
			n.inside(string(name), value, known, 1)
		}
	})
}

func (n *nestedNames) inside(path string, value []byte, known *headerTable, depth int) {
	if depth > maxNestedDepth || len(n.paths) >= maxNested {
		return
	}
	switch value[0] {
	case '{':
		eachMember(value, func(name, value []byte) { n.inside(path+"."+string(name), value, known, depth+1) })
	case '[':
		s := jsonScan{b: value, i: 1}
		if s.token() == '{' {
			from := s.i
			if s.skip() {
				n.inside(path+"."+strconv.Itoa(0), value[from:s.i], known, depth+1)
			}
		}
	case '"':
		n.leaf(path, string(value[1:len(value)-1]), known)
	}
}

// leaf remembers a text: by what it is, and else by its name.
func (n *nestedNames) leaf(path, text string, known *headerTable) {
	f := known.field(path[strings.LastIndexByte(path, '.')+1:])
	switch {
	case forms.ClaimOf(text).Kind == forms.Known:
		f = fieldHash
	case f == noField && strings.Contains(text, "@") && !strings.ContainsAny(text, " /"):
		f = fieldEmail
	}
	if !slices.Contains([]field{fieldUsername, fieldEmail, fieldPhone, fieldHash}, f) || slices.Contains(n.paths, path) {
		return
	}
	n.paths = append(n.paths, path)
	if n.fields[f] == "" {
		n.fields[f] = path
	}
}

// suggests is --map for what was found, "" where nothing names a person.
func (n *nestedNames) suggests() string {
	if n.fields[fieldEmail] == "" && n.fields[fieldUsername] == "" && n.fields[fieldPhone] == "" {
		return ""
	}
	var pairs []string
	for _, f := range []field{fieldEmail, fieldPhone, fieldUsername, fieldHash} {
		if n.fields[f] != "" && len(n.fields[f]) < 100 {
			pairs = append(pairs, f.String()+"="+n.fields[f])
		}
	}
	return strings.Join(pairs, ",")
}

// list names what was found, for a sentence that went before.
func (n *nestedNames) list() string {
	if len(n.paths) == 0 {
		return ""
	}
	return "; nested values that may be meant are " + quotedList(n.paths)
}
