package rehearsal

import (
	"cmp"
	"slices"
)

// cell is an attribute of a user as a list sees it.
func (u *user) cell(attribute string) cell {
	flag := func(f flags) cell { return cell{num: int64(truthInt(u.is(f)))} }
	switch attribute {
	case "$id":
		return cell{text: u.id}
	case "$sequence":
		return cell{num: int64(u.seq) + 1}
	case "$createdAt", "registration":
		return cell{num: u.created}
	case "$updatedAt":
		return cell{num: u.updated}
	case "passwordUpdate":
		return cell{num: u.passwordUpdate, null: u.passwordUpdate == 0}
	case "name":
		return cell{text: u.name}
	case "email":
		return cell{text: u.email, null: !u.is(hasEmail)}
	case "phone":
		return cell{text: u.phone, null: !u.is(hasPhone)}
	case "status":
		return cell{num: int64(truthInt(!u.is(blocked)))}
	case "emailVerification":
		return flag(emailVerified)
	case "phoneVerification":
		return flag(phoneVerified)
	case "impersonator":
		return flag(canImpersonate)
	case "labels":
		return cell{list: append([]string{}, u.extra().labels...)}
	case "search":
		return cell{text: u.searchText()}
	}
	return cell{null: true}
}

func (u *user) order() uint32 { return u.seq }

// searchText is what Appwrite's filter userSearch puts into the full-text index.
func (u *user) searchText() string {
	s := u.id + " " + u.email + " " + u.name + " " + u.phone
	for _, l := range u.extra().labels {
		s += " label:" + l
	}
	return s
}

// maxTotal is where totals stop counting; offsets and cursors go beyond.
const maxTotal = 5000

func listUsers(c *call) *refusal {
	shape := c.shape()
	l, bad := c.listing(userQueries(c.rules))
	if bad != nil {
		return bad
	}
	if search := c.text("search"); search != "" {
		l.filters = append(l.filters, query{method: "search", attribute: "search", values: []value{text(search)}})
	}
	var page []*user
	total := 0
	c.store.view(func() { page, total, bad = c.store.list(&l) })
	switch {
	case bad != nil:
		return bad
	case c.rules.pageValues > 0 && len(page) > c.rules.pageValues:
		return badQuery("Invalid query: " + tooMany(c.rules.pageValues, "userInternalId"))
	}
	c.out = c.total(append(c.out, '{'), total)
	c.out = append(c.out, `,"users":[`...)
	for i, u := range page {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = shape.user(c.out, u)
	}
	c.out = append(c.out, `]}`...)
	return nil
}

// list finds the users asked for and how many there are, up to maxTotal.
func (s *store) list(l *listing) ([]*user, int, *refusal) {
	var cursor *user
	if l.cursor != "" {
		if cursor = s.find(l.cursor); cursor == nil {
			return nil, 0, &refusal{400, cursorNotFound, "User '" + l.cursor + "' for the 'cursor' value not found."}
		}
	}
	from := s.candidates(l)
	natural, reversed := l.sorted()
	if natural {
		page := s.walk(from, l, cursor, reversed)
		return page, s.tally(from, l), nil
	}
	var rows []row
	for _, u := range from {
		if u != nil && l.keeps(u) {
			rows = append(rows, u)
		}
	}
	l.arrange(rows)
	var at row
	if cursor != nil {
		at = cursor
	}
	var page []*user
	for _, r := range l.page(rows, at) {
		page = append(page, r.(*user))
	}
	return page, min(len(rows), maxTotal), nil
}

// candidates narrows the users by an index where a condition allows it.
func (s *store) candidates(l *listing) []*user {
	for _, q := range l.filters {
		a, unique := map[string]attribute{"$id": byID, "email": byAddress, "phone": byNumber}[q.attribute]
		if q.method != "equal" || !unique {
			continue
		}
		seen := map[uint32]bool{}
		var users []*user
		for _, v := range q.values {
			if u := s.at(a, v.text); u != nil && !seen[u.seq] {
				seen[u.seq] = true
				users = append(users, u)
			}
		}
		return bySeq(users)
	}
	return s.users
}

// walk pages through users in order of creation without looking at those before
// the cursor, so that reading all of them page by page is linear.
func (s *store) walk(from []*user, l *listing, cursor *user, reversed bool) []*user {
	forward := reversed == l.backwards
	start, step := 0, 1
	if !forward {
		start, step = len(from)-1, -1
	}
	if cursor != nil {
		start = s.after(from, cursor.seq, forward)
	}
	var page []*user
	skip := l.offset
	for i := start; i >= 0 && i < len(from) && len(page) < l.limit; i += step {
		u := from[i]
		if u == nil || len(l.filters) > 0 && !l.keeps(u) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		page = append(page, u)
	}
	if l.backwards {
		slices.Reverse(page)
	}
	return page
}

// tally counts what matches, as far as totals go.
func (s *store) tally(from []*user, l *listing) int {
	if len(l.filters) == 0 {
		return min(s.count, maxTotal)
	}
	n := 0
	for _, u := range from {
		if u != nil && l.keeps(u) {
			if n++; n == maxTotal {
				break
			}
		}
	}
	return n
}

func bySeq(users []*user) []*user {
	slices.SortFunc(users, func(a, b *user) int { return cmp.Compare(a.seq, b.seq) })
	return users
}

// after is where the walk goes on from a user that has been shown. In the whole
// table a user stands at its number.
func (s *store) after(from []*user, seq uint32, forward bool) int {
	at, found := int(seq), true
	if len(from) != len(s.users) {
		at, found = slices.BinarySearchFunc(from, seq, func(u *user, seq uint32) int { return cmp.Compare(u.seq, seq) })
	}
	switch {
	case forward && found:
		return at + 1
	case forward:
		return at
	}
	return at - 1
}
