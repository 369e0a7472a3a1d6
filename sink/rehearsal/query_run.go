package rehearsal

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
)

// cell is an attribute's value in one row.
type cell struct {
	null bool
	text string
	num  int64 // of dates, bools, ints
	list []string
}

// row is something that can be listed.
type row interface {
	cell(attribute string) cell
	order() uint32 // of creation
}

// listing is a parsed list request: conditions, orders and the first of each bound.
type listing struct {
	schema
	engine
	filters       []query
	orders        []query
	limit, offset int
	cursor        string
	backwards     bool
}

const defaultLimit = 25

// listing takes the checked queries apart. A cursor must be found by the caller.
func (c *call) listing(s schema) (listing, *refusal) {
	queries := c.arg("queries")
	if queries.kind != isArray {
		queries = list()
	}
	l := listing{schema: s, engine: c.engine, limit: -1, offset: -1}
	for _, item := range queries.items {
		q, complaint := s.parseQuery(item.text)
		if complaint != "" {
			return l, badQuery(complaint)
		}
		l.take(q)
	}
	if l.limit < 0 {
		l.limit = defaultLimit
	}
	l.offset = max(l.offset, 0)
	return l, l.database()
}

func (l *listing) take(q query) {
	switch {
	case q.method == "limit" && l.limit < 0:
		n, _ := integer(q.values[0])
		l.limit = clampInt(n)
	case q.method == "offset" && l.offset < 0:
		n, _ := integer(q.values[0])
		l.offset = clampInt(n)
	case strings.HasPrefix(q.method, "cursor") && l.cursor == "":
		l.cursor, l.backwards = q.values[0].text, q.method == "cursorBefore"
	case strings.HasPrefix(q.method, "order"):
		l.orders = append(l.orders, q)
	case slices.Contains(bounds, q.method):
	default:
		l.filters = append(l.filters, q)
	}
}

func clampInt(n int64) int { return int(min(n, 1<<31-1)) }

// database refuses what only the database finds wrong.
func (l *listing) database() *refusal {
	for _, q := range l.filters {
		if complaint := l.unsearchable(q); complaint != "" {
			return badQuery(complaint)
		}
	}
	return nil
}

func (l *listing) unsearchable(q query) string {
	for _, inner := range q.nested {
		if complaint := l.unsearchable(inner); complaint != "" {
			return complaint
		}
	}
	if (q.method == "search" || q.method == "notSearch") && q.attribute != "search" {
		return `Searching by attribute "` + q.attribute + `" requires a fulltext index.`
	}
	if len(q.values) > l.maxValues && len(q.nested) == 0 {
		return "Invalid query: " + tooMany(l.maxValues, q.attribute)
	}
	return ""
}

// keeps reports whether a row meets every condition.
func (l *listing) keeps(r row) bool {
	for i := range l.filters {
		if !l.holds(&l.filters[i], r) {
			return false
		}
	}
	return true
}

func (l *listing) holds(q *query, r row) bool {
	switch q.method {
	case "and":
		return !slices.ContainsFunc(q.nested, func(n query) bool { return !l.holds(&n, r) })
	case "or":
		return slices.ContainsFunc(q.nested, func(n query) bool { return l.holds(&n, r) })
	}
	c := r.cell(q.attribute)
	switch q.method {
	case "isNull":
		return c.null
	case "isNotNull":
		return !c.null
	}
	return !c.null && l.compares(q, c)
}

// compares is a comparison in SQL with a value that is there.
func (l *listing) compares(q *query, c cell) bool {
	first := func() int { return l.compare(c, q.values[0]) }
	switch q.method {
	case "equal":
		return slices.ContainsFunc(q.values, func(v value) bool { return l.compare(c, v) == 0 })
	case "notEqual":
		return first() != 0
	case "lessThan":
		return first() < 0
	case "lessThanEqual":
		return first() <= 0
	case "greaterThan":
		return first() > 0
	case "greaterThanEqual":
		return first() >= 0
	case "between":
		return first() >= 0 && l.compare(c, q.values[1]) <= 0
	case "notBetween":
		return first() < 0 || l.compare(c, q.values[1]) > 0
	case "search":
		return l.words(q.values[0].text).in(c.text)
	case "notSearch":
		return !l.words(q.values[0].text).in(c.text)
	}
	return l.likes(q, c)
}

func (l *listing) likes(q *query, c cell) bool {
	any := func(f func(s, part string) bool) bool {
		return slices.ContainsFunc(q.values, func(v value) bool { return f(l.fold(c.text), l.part(v.text)) })
	}
	contains := func() bool {
		if c.list == nil {
			return any(strings.Contains)
		}
		return slices.ContainsFunc(q.values, func(v value) bool { return slices.Contains(c.list, v.text) })
	}
	switch q.method {
	case "contains":
		return contains()
	case "notContains":
		return !contains()
	case "startsWith":
		return any(strings.HasPrefix)
	case "notStartsWith":
		return !any(strings.HasPrefix)
	case "endsWith":
		return any(strings.HasSuffix)
	case "notEndsWith":
		return !any(strings.HasSuffix)
	}
	return false
}

func (l *listing) compare(c cell, v value) int {
	switch v.kind {
	case isText:
		if c.text == "" && c.num != 0 { // a date
			ms, _ := parseDate(v.text)
			return cmp.Compare(c.num, ms)
		}
		return strings.Compare(l.fold(c.text), l.fold(v.text))
	}
	return cmp.Compare(c.num, v.num)
}

// sorted reports whether rows in order of creation are already in the order
// asked for, and whether that is backwards.
func (l *listing) sorted() (natural, reversed bool) {
	if len(l.orders) == 0 {
		return true, false
	}
	o := l.orders[0]
	if o.method != "orderRandom" && (o.attribute == "" || o.attribute == "$sequence") {
		return true, o.method == "orderDesc"
	}
	return false, false
}

// arrange sorts rows; equal ones stay in order of creation, which is the last
// order of every list.
func (l *listing) arrange(rows []row) {
	if l.orders[0].method == "orderRandom" {
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		return
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, o := range l.orders {
			n := l.compareRows(a, b, o.attribute)
			if o.method == "orderDesc" {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
}

// compareRows orders null before everything, or after it, as the database does.
func (l *listing) compareRows(a, b row, attribute string) int {
	if attribute == "" || attribute == "$sequence" {
		return cmp.Compare(a.order(), b.order())
	}
	x, y := a.cell(attribute), b.cell(attribute)
	switch {
	case x.null || y.null:
		n := cmp.Compare(truthInt(y.null), truthInt(x.null))
		if l.nullsLast {
			return -n
		}
		return n
	case x.num != y.num:
		return cmp.Compare(x.num, y.num)
	}
	return strings.Compare(l.fold(x.text), l.fold(y.text))
}

func truthInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// run lists rows that are few: which match, in their order, and how many; found
// is false when the cursor's row is not there.
func (l *listing) run(all []row) (page []row, total int, found bool) {
	var rows []row
	var cursor row
	for _, r := range all {
		if l.keeps(r) {
			rows = append(rows, r)
		}
		if l.cursor != "" && fold(r.cell("$id").text) == fold(l.cursor) {
			cursor = r
		}
	}
	if l.cursor != "" && cursor == nil {
		return nil, 0, false
	}
	if natural, reversed := l.sorted(); !natural {
		l.arrange(rows)
	} else if reversed {
		slices.Reverse(rows)
	}
	return l.page(rows, cursor), min(len(rows), maxTotal), true
}

// page cuts the rows asked for out of all that match, in their final order.
func (l *listing) page(rows []row, cursor row) []row {
	if cursor != nil {
		at := slices.Index(rows, cursor)
		switch {
		case at < 0:
			rows = nil
		case l.backwards:
			rows = rows[:at]
			rows = rows[:max(len(rows)-l.offset, 0)]
			return rows[max(len(rows)-l.limit, 0):]
		default:
			rows = rows[at+1:]
		}
	}
	rows = rows[min(l.offset, len(rows)):]
	return rows[:min(l.limit, len(rows))]
}
