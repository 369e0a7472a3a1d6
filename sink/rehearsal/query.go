package rehearsal

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// query is one condition, order or bound of a list (utopia-php/database, Query.php).
type query struct {
	method, attribute string
	values            []value
	nested            []query // of and, or
}

// The methods that a list of this service may use. What is beyond the common
// ones comes with the profile's rules.
var (
	filters  = []string{"equal", "notEqual", "lessThan", "lessThanEqual", "greaterThan", "greaterThanEqual", "contains", "search", "isNull", "isNotNull", "between", "startsWith", "endsWith", "and", "or"}
	bounds   = []string{"limit", "offset", "cursorAfter", "cursorBefore"}
	orders   = []string{"orderAsc", "orderDesc"}
	oddities = []string{"select"} // known, and refused by every list here
)

func (r rules) knows(method string) bool {
	for _, known := range [][]string{filters, bounds, orders, oddities, r.extraMethods} {
		if slices.Contains(known, method) {
			return true
		}
	}
	return false
}

// parseQuery reads the JSON form. The complaint is the exception's text.
func (r rules) parseQuery(s string) (q query, complaint string) {
	if !utf8.ValidString(s) {
		return q, "Invalid query: Malformed UTF-8 characters, possibly incorrectly encoded"
	}
	v, ok := decode(s)
	switch {
	case !ok:
		return q, "Invalid query: Syntax error"
	case v.kind != isArray:
		return q, "Invalid query. Must be an array, got " + phpType(v)
	}
	return r.queryOf(v)
}

func (r rules) queryOf(v value) (q query, complaint string) {
	method, _ := v.get("method")
	attribute, _ := v.get("attribute")
	values, _ := v.get("values")
	switch {
	case method.kind != isText && method.kind != isNull && r.strictQueries:
		return q, "Invalid query method. Must be a string, got " + phpType(method)
	case !r.knows(method.text):
		return q, "Invalid query method: " + method.text
	case attribute.kind != isText && attribute.kind != isNull:
		return q, "Invalid query attribute. Must be a string, got " + phpType(attribute)
	case values.kind != isArray && values.kind != isNull && r.strictQueries:
		return q, "Invalid query values. Must be an array, got " + phpType(values)
	case values.kind != isArray && values.kind != isNull:
		return q, `Utopia\Database\Query::__construct(): Argument #3 ($values) must be of type array, ` + zendType(values) +
			" given, called in /usr/src/code/vendor/utopia-php/database/src/Database/Query.php on line 262"
	}
	q = query{method: method.text, attribute: attribute.text}
	if values.kind == isArray {
		q.values = values.items
	}
	if q.method == "and" || q.method == "or" {
		return r.nest(q)
	}
	return q, ""
}

// nest reads the queries inside and, or.
func (r rules) nest(q query) (query, string) {
	for _, v := range q.values {
		if v.kind != isArray {
			return q, `Utopia\Database\Query::parseQuery(): Argument #1 ($query) must be of type array, ` + zendType(v) +
				" given, called in /usr/src/code/vendor/utopia-php/database/src/Database/Query.php on line 258"
		}
		inner, complaint := r.queryOf(v)
		if complaint != "" {
			return q, complaint
		}
		q.nested = append(q.nested, inner)
	}
	return q, ""
}

// phpType is PHP's gettype.
func phpType(v value) string {
	return [...]string{"NULL", "boolean", "integer", "double", "string", "array"}[v.kind]
}

// zendType is how PHP's type errors name it.
func zendType(v value) string {
	if v.kind == isBool {
		if v.flag() {
			return "true"
		}
		return "false"
	}
	return [...]string{"null", "", "int", "float", "string", "array"}[v.kind]
}

// textQuery reads the form of Appwrite up to 1.4, such as
// equal("email", ["a@b.c"]), which servers since 1.5 take only for an old
// response format (src/Appwrite/Utopia/Request/Filters/V17.php).
func textQuery(s string) (query, bool) {
	method, rest, ok := strings.Cut(s, "(")
	if !ok || method == "" || strings.Contains(method, ".") {
		return query{}, false
	}
	if rest != "" {
		rest = rest[:len(rest)-1]
	}
	args := textArgs(rest)
	q := query{method: method}
	switch {
	case slices.Contains(bounds, method):
		q.values = args[:min(len(args), 1)]
	case method == "between" && len(args) == 3:
		q.attribute, q.values = args[0].text, args[1:]
	case len(args) > 0:
		q.attribute, q.values = args[0].text, flat(args[1:])
	}
	return q, true
}

// modern turns the text form of queries into JSON, where the request asks for an
// old response format.
func (c *call) modern(queries value) (value, *refusal) {
	if queries.kind != isArray || !c.shape().legacyText || !c.convertible() {
		return queries, nil
	}
	converted := list()
	for _, item := range queries.items {
		q, ok := textQuery(item.text)
		if !ok {
			return converted, refuse(serverError)
		}
		v := value{kind: isArray, array: &array{keys: []string{"method", "attribute", "values"}, items: []value{text(q.method), text(q.attribute), list(q.values...)}}}
		converted.items = append(converted.items, text(string(v.appendJSON(nil, false))))
	}
	return converted, nil
}

// convertible are the lists whose text queries are converted.
func (c *call) convertible() bool {
	return slices.Contains([]string{"/v1/users", "/v1/users/identities", "/v1/users/{userId}/logs"}, c.route.path)
}

// flat is the second argument, taken apart where it is a list.
func flat(args []value) []value {
	if len(args) > 0 && args[0].kind == isArray {
		return args[0].items
	}
	return args[:min(len(args), 1)]
}

// textArgs splits the arguments: quoted texts keep their blanks and commas, an
// array is one argument.
func textArgs(s string) []value {
	var r textReader
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			r.take(s[i])
			continue
		}
		if i++; !strings.ContainsRune(`,[]"'`, rune(s[i])) {
			r.word.WriteByte('\\')
		}
		r.word.WriteByte(s[i])
	}
	r.end(&r.args)
	return r.args
}

// textReader collects the arguments of a text query.
type textReader struct {
	args, items []value
	word        strings.Builder // the one being read
	quote       byte
	array       bool
}

func (r *textReader) take(c byte) {
	switch {
	case r.quote != 0 || c == '"' || c == '\'':
		r.word.WriteByte(c)
		if r.quote == 0 {
			r.quote = c
		} else if c == r.quote {
			r.quote = 0
		}
	case c == '[':
		r.array, r.items = true, nil
	case c == ']':
		r.end(&r.items)
		r.args, r.array = append(r.args, list(r.items...)), false
	case c == ',' && r.array:
		r.end(&r.items)
	case c == ',':
		r.end(&r.args)
	case c != ' ':
		r.word.WriteByte(c)
	}
}

func (r *textReader) end(to *[]value) {
	if r.word.Len() > 0 {
		*to = append(*to, textValue(r.word.String()))
		r.word.Reset()
	}
}

func textValue(s string) value {
	switch s {
	case "true", "false":
		return truth(s == "true")
	case "null":
		return value{}
	}
	if v, ok := decode(s); ok && (v.kind == isInt || v.kind == isFloat) {
		return v
	}
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') {
		s = s[1 : len(s)-1]
	}
	return text(s)
}
