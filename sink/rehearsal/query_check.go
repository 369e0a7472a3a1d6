package rehearsal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sort is the type of an attribute.
type sort uint8

const (
	asText sort = iota
	asDate
	asBool
	asInt
	asList // of texts
)

// schema is what a list can be asked about.
type schema struct {
	rules
	attributes map[string]sort
	only       []string // the only methods taken; nil: all
}

func (r rules) schema(attributes map[string]sort) schema {
	attributes["$id"], attributes["$createdAt"], attributes["$updatedAt"] = asText, asDate, asDate
	if r.strictQueries {
		attributes["$sequence"] = asInt
	}
	return schema{rules: r, attributes: attributes}
}

func userQueries(r rules) schema {
	s := r.schema(map[string]sort{
		"name": asText, "email": asText, "phone": asText, "status": asBool, "passwordUpdate": asDate, "registration": asDate,
		"emailVerification": asBool, "phoneVerification": asBool, "labels": asList,
	})
	if r.impersonator {
		s.attributes["impersonator"] = asBool
	}
	return s
}

// test is the validator of the queries parameter.
func (s schema) test(v value) string {
	if v.kind != isArray {
		return "Queries must be an array"
	}
	for _, item := range v.items {
		q, complaint := s.parseQuery(item.text)
		if complaint != "" {
			return "Invalid query: " + complaint
		}
		if complaint = s.complain(q); complaint != "" {
			return complaint
		}
	}
	return ""
}

func (s schema) complain(q query) string {
	for _, inner := range q.nested {
		if complaint := s.complain(inner); complaint != "" {
			return complaint
		}
	}
	refused := s.only != nil && !slices.Contains(s.only, q.method)
	if q.method == "select" || refused {
		return "Invalid query method: " + q.method
	}
	if complaint := s.check(q); complaint != "" {
		return "Invalid query: " + complaint
	}
	return ""
}

func (s schema) check(q query) string {
	switch q.method {
	case "limit":
		return s.bound(q, "Invalid limit: ", 1)
	case "offset":
		return s.bound(q, "Invalid offset: ", 0)
	case "cursorAfter", "cursorBefore":
		if len(q.values) == 0 || q.values[0].kind != isText || !idText(q.values[0].text, 36) {
			return "Invalid cursor: " + uidText
		}
		return ""
	case "orderRandom":
		return ""
	case "orderAsc", "orderDesc":
		if q.attribute == "" {
			return ""
		}
		_, complaint := s.sort(q.attribute)
		return complaint
	case "and", "or":
		return logical(q)
	}
	return s.filter(q)
}

func (s schema) bound(q query, word string, least int64) string {
	v := value{}
	if len(q.values) > 0 {
		v = q.values[0]
	}
	if !numeric(v) {
		return "Invalid limit: Value must be a valid number"
	}
	if n, ok := integer(v); !ok || n < least {
		return word + "Value must be a valid range between " + strconv.FormatInt(least, 10) + " and " + s.maxInt
	}
	return ""
}

// numeric is PHP's is_numeric.
func numeric(v value) bool {
	if v.kind == isText {
		_, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
		return err == nil
	}
	return v.kind == isInt || v.kind == isFloat
}

func logical(q query) string {
	for _, inner := range q.nested {
		if slices.Contains(bounds, inner.method) || slices.Contains(orders, inner.method) {
			return ucfirst(q.method) + " queries can only contain filter queries"
		}
	}
	if len(q.nested) < 2 {
		return ucfirst(q.method) + " queries require at least two queries"
	}
	return ""
}

func ucfirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (s schema) sort(attribute string) (sort, string) {
	kind, ok := s.attributes[attribute]
	if ok {
		return kind, ""
	}
	top, _, dotted := strings.Cut(attribute, ".")
	if _, ok := s.attributes[top]; ok && dotted && !s.strictQueries {
		return 0, "Cannot query nested attribute on: " + top
	}
	if dotted {
		attribute = top
	}
	return 0, "Attribute not found in schema: " + attribute
}

// filter checks a condition: how many values, the attribute, the values' types,
// and whether the method goes with the attribute — in this order.
func (s schema) filter(q query) string {
	switch q.method {
	case "equal", "contains", "notContains":
		if len(q.values) == 0 || q.values[0].kind == isArray && len(q.values[0].items) == 0 {
			return ucfirst(q.method) + " queries require at least one value."
		}
	case "between", "notBetween":
		if len(q.values) != 2 {
			return ucfirst(q.method) + " queries require exactly two values."
		}
	case "isNull", "isNotNull":
	default:
		if len(q.values) != 1 {
			return ucfirst(q.method) + " queries require exactly one value."
		}
	}
	kind, complaint := s.sort(q.attribute)
	if complaint != "" {
		return complaint
	}
	if len(q.values) > s.manyValues {
		return tooMany(s.manyValues, q.attribute)
	}
	for _, v := range q.values {
		if !s.fits(v, kind) {
			return `Query value is invalid for attribute "` + q.attribute + `"`
		}
	}
	return s.suits(q, kind)
}

func tooMany(most int, attribute string) string {
	return "Query on attribute has greater than " + strconv.Itoa(most) + " values: " + attribute
}

func (s schema) fits(v value, kind sort) bool {
	switch kind {
	case asBool:
		return v.kind == isBool
	case asInt:
		return v.kind == isInt
	case asDate:
		_, ok := parseDate(v.text)
		return v.kind == isText && (ok || !s.checkDates && slices.Contains(relativeDates, v.text))
	}
	return v.kind == isText
}

func (s schema) suits(q query, kind sort) string {
	contains := q.method == "contains" || q.method == "notContains"
	switch {
	case contains && kind != asList && kind != asText && s.strictQueries:
		return "Cannot query " + q.method + ` on attribute "` + q.attribute + `" because it is not an array, string, or object.`
	case contains && kind != asList && kind != asText:
		return `Cannot query contains on attribute "` + q.attribute + `" because it is not an array or string.`
	case kind == asList && !contains && q.method != "isNull" && q.method != "isNotNull":
		return "Cannot query " + q.method + ` on attribute "` + q.attribute + `" because it is an array.`
	}
	return ""
}

// relativeDates are words that PHP's DateTime takes for a time, which profile
// 1.5 lets pass; the database then compares with no date at all.
var relativeDates = []string{"now", "today", "yesterday", "tomorrow", "midnight", "noon"}

var datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)

// parseDate reads the forms of ISO 8601 that clients send.
func parseDate(s string) (int64, bool) {
	if !datePattern.MatchString(s) {
		return 0, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
