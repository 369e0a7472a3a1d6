package importers

import (
	"encoding/json"
	"slices"
	"strings"

	"rehome/identity"
)

// lists reads what is JSON in a cell, or a plain list; false when the roles cannot
// be read. Of the rest something is kept whatever stands there: that there is a
// second factor or a login, and the text of attributes that are no object.
func lists(u *identity.User, c *cells) (rolesRead bool) {
	u.Labels, rolesRead = readList(c[fieldLabels])
	factors, ok := readList(c[fieldFactors])
	if u.Factors = factors; !ok {
		u.Factors = []string{"unknown"}
	}
	if absent(c[fieldTOTP]) != "" {
		u.Factors = append(u.Factors, "totp")
	}
	u.Attributes = readAttributes(c[fieldAttributes])
	u.Logins = append(u.Logins, readLogins(c[fieldLogins])...)
	return rolesRead
}

// readList reads a JSON array of strings or an object of those that are true, an
// array of Postgres', or names between , ; or |.
func readList(s string) (list []string, ok bool) {
	s = absent(s)
	switch {
	case s == "":
		return nil, true
	case s[0] == '[' || s[0] == '"':
		if list, ok = fromJSON[[]string](s); len(list) == 0 || !ok {
			return nil, ok
		}
		return list, true
	case s[0] == '{':
		if list, ok = postgresArray(s); ok {
			return list, true
		}
		return trueNames(s)
	case !strings.ContainsAny(s, ",;|"):
		return []string{s}, true
	}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, true
}

// trueNames are the names of an object's members that are true.
func trueNames(s string) (list []string, ok bool) {
	flags, ok := fromJSON[map[string]bool](s)
	for name, on := range flags {
		if on {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, ok
}

// postgresArray reads an array of one dimension as Postgres writes it: {a,"b c"}
// (manual, Array Input and Output Syntax). NULL is no element.
func postgresArray(s string) (list []string, ok bool) {
	rest, ok := strings.CutPrefix(s, "{")
	if !ok || rest == "}" {
		return nil, ok
	}
	for ok {
		var element string
		if strings.HasPrefix(rest, `"`) {
			element, rest, ok = quotedElement(rest[1:])
		} else {
			end := strings.IndexAny(rest, ",}")
			if end < 1 || strings.ContainsAny(rest[:end], "{\"\\:") {
				return nil, false
			}
			element, rest = rest[:end], rest[end:]
			if strings.EqualFold(element, "NULL") {
				element = ""
			}
		}
		if element != "" {
			list = append(list, element)
		}
		if rest == "}" {
			return list, ok
		}
		rest, ok = strings.CutPrefix(rest, ",")
	}
	return nil, false
}

// quotedElement reads up to the quote that closes an element.
func quotedElement(s string) (element, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// readAttributes reads an object. Anything else is one attribute, so that it is
// not lost: JSON as what it is, and text as text.
func readAttributes(s string) map[string]any {
	if s = absent(s); s == "" {
		return nil
	}
	value, ok := fromJSON[any](s)
	if !ok {
		return map[string]any{fieldAttributes.String(): s}
	}
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
		return v
	case []any:
		if len(v) == 0 {
			return nil
		}
	}
	return map[string]any{fieldAttributes.String(): value}
}

// readLogins reads a JSON array of logins, or names of providers. Of one that
// cannot be read is kept that there is one.
func readLogins(s string) []identity.Login {
	if s = absent(s); s == "" {
		return nil
	}
	logins, ok := fromJSON[[]identity.Login](s)
	if !ok {
		logins = nil
		names, ok := readList(s)
		if !ok {
			names = []string{"unknown"}
		}
		for _, name := range names {
			logins = append(logins, identity.Login{Provider: name})
		}
	}
	for i := range logins {
		if logins[i].Provider == "" {
			logins[i].Provider = "unknown"
		}
	}
	return logins
}

// fromJSON reads a whole text as JSON; numbers keep their digits.
func fromJSON[T any](s string) (value T, ok bool) {
	if !isJSON(s) {
		return value, false
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	return value, dec.Decode(&value) == nil
}

// isJSON reports whether a cell is one value in JSON, nested no deeper than is
// read.
func isJSON(s string) bool {
	if !json.Valid([]byte(s)) {
		return false
	}
	scan := jsonScan{b: []byte(s + " ")} // a word ends before something
	scan.token()
	return scan.skip() && !scan.deep
}
