package importers

import (
	"bytes"
	"slices"
)

// documentShape is where in a JSON text its users stand.
type documentShape struct {
	lines bool     // an object a line, so that damage ends with its line
	list  bool     // [ITEM, …]; otherwise one ITEM behind the other
	under []string // an ITEM is an object around the users: the names that lead to their list
}

// What programs call the list of users, and the objects around it.
var (
	listsOfUsers = []string{"users", "Users", "userInfo", "user", "members", "accounts", "identities"}
	listsOfAny   = []string{"results", "data", "items", "Resources", "records", "rows", "docs", "documents", "content", "value", "resources", "list"}
	envelopes    = []string{"data", "result", "response", "body", "payload", "_embedded"}
)

// shapeOf finds the users in the first bytes of a JSON text, which may be cut
// anywhere. identifies reports whether a name means something by which a person
// is known.
func shapeOf(head []byte, identifies func(name string) bool) documentShape {
	s := jsonScan{b: head}
	var shape documentShape
	if s.token() == '[' {
		shape.list = true
		s.i++
		s.token()
	}
	if !s.short && head[s.i] == '{' {
		shape.under = listWithin(head[s.i:], identifies, 0)
	}
	shape.lines = !shape.list && shape.under == nil && inLines(head)
	return shape
}

// inLines reports whether the first object ends where its line ends, or is a
// damaged line: then the next begins an object too.
func inLines(head []byte) bool {
	line, rest, ended := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	s := jsonScan{b: line}
	s.token()
	if s.skip() {
		s.token()
		return s.short
	}
	next := bytes.TrimLeft(rest, " \t\r\n")
	return !ended || len(next) > 0 && next[0] == '{'
}

// member is a member of an object, as far as the text goes.
type member struct {
	name  string
	value []byte // from its first byte on
}

// listWithin is the names that lead from an object to its list of users; nil where
// the object is a user itself. A list that is called users is one. One that may be
// anything is, where the object around it has no name of a person: and of other
// names only the one that is the only list of objects.
func listWithin(object []byte, identifies func(name string) bool, depth int) []string {
	var lists, objects []member
	person := false
	for _, m := range membersOf(object) {
		switch {
		case holdsObjects(m.value):
			lists = append(lists, m)
		case m.value[0] == '{':
			objects = append(objects, m)
		case identifies(m.name) && m.value[0] != '[':
			person = true
		}
	}
	for _, names := range [][]string{listsOfUsers[:3], listsOfUsers[3:], listsOfAny} {
		for _, name := range names {
			if i := slices.IndexFunc(lists, func(m member) bool { return m.name == name }); i >= 0 && (!person || name == "users") {
				return []string{name}
			}
		}
	}
	if person {
		return nil
	}
	for _, m := range objects {
		if depth < 3 && slices.Contains(envelopes, m.name) {
			if under := listWithin(m.value, identifies, depth+1); under != nil {
				return append([]string{m.name}, under...)
			}
		}
	}
	if len(lists) == 1 {
		return []string{lists[0].name}
	}
	return nil
}

// membersOf is the members of an object that begins here, up to the one in which
// the text was cut.
func membersOf(object []byte) (list []member) {
	s := jsonScan{b: object}
	s.members(func(name []byte) bool {
		if s.token(); s.short {
			return false
		}
		list = append(list, member{string(name), object[s.i:]})
		return s.skip()
	})
	return list
}

// holdsObjects reports whether a value is a list that begins with an object.
func holdsObjects(value []byte) bool {
	if value[0] != '[' {
		return false
	}
	s := jsonScan{b: value, i: 1}
	return s.token() == '{'
}
