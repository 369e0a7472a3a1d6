package appwrite

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"rehome/sink"
)

// Look asks the target whom users would meet there. Three things cannot be asked
// for: on a database that looks ids up exactly (1.9 on Postgres or MongoDB) an id
// that differs in letter case only, a messaging target that holds a number, and how
// many labels fit. They keep nobody from landing (see otherwise.go); the id, or a
// loss, is then another than foretold.
func (s *Sink) Look(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	plans := make([]plan, len(users))
	for i, l := range users {
		plans[i] = s.rules.plan(l.User)
	}
	var there holders
	if s.client != nil {
		var err error
		if there, err = s.holders(ctx, plans); err != nil {
			return nil, s.explain(err)
		}
	}
	results := make([]sink.Result, len(users))
	for i, p := range plans {
		results[i] = there.meeting(s, p, users[i])
		if err := s.tryPlain(ctx, p, &results[i]); err != nil {
			return nil, s.explain(err)
		}
	}
	return results, nil
}

// tryPlain asks whether a policy would refuse a plain password, unless none is on.
func (s *Sink) tryPlain(ctx context.Context, p plan, r *sink.Result) error {
	if s.client == nil || s.anyPassword || !p.hash.plain || r.Outcome != sink.Planned {
		return nil
	}
	refused, err := s.client.refusesPassword(ctx, p.hash.password)
	if refused {
		*r = p.rejected(refusedPassword())
	}
	return err
}

// meeting is what Write would answer.
func (h holders) meeting(s *Sink, p plan, l sink.Landing) sink.Result {
	found, met := h.met(s, p, l)
	for next, can := p.otherwise(found); can; next, can = p.otherwise(found) {
		p = next
		found, met = h.met(s, p, l)
	}
	r := p.meeting(found, met)
	if r.Outcome == sink.Planned {
		r.Losses = p.losses(l)
	}
	return r
}

// meeting is what Write would answer.
func (p plan) meeting(found start, met bool) sink.Result {
	switch {
	case !met, found.outcome == sink.Recovered:
		return sink.Result{Outcome: sink.Planned, TargetID: p.id}
	case found.problem != nil:
		return p.rejected(found.problem)
	}
	return sink.Result{Outcome: found.outcome, TargetID: p.id}
}

// holders are those at the target who hold what some users need for themselves.
type holders struct {
	ids            map[string]account // by the id in lower case
	emails, phones map[string]account
	identities     map[string]string // address of a federated identity → its user's id
}

// holders looks up who holds ids, addresses and numbers: three or four requests.
func (s *Sink) holders(ctx context.Context, plans []plan) (h holders, err error) {
	var ids, emails, phones []string
	for _, p := range plans {
		ids = append(ids, p.id)
		if p.profile.Email != "" {
			emails = append(emails, p.profile.Email)
		}
		if p.profile.Phone != "" {
			phones = append(phones, p.profile.Phone)
		}
	}
	if h.ids, err = s.client.listed(ctx, "$id", ids, func(a account) string { return strings.ToLower(a.ID) }); err != nil {
		return h, err
	}
	if h.emails, err = s.client.listed(ctx, "email", emails, func(a account) string { return a.Email }); err != nil {
		return h, err
	}
	if h.phones, err = s.client.listed(ctx, "phone", phones, func(a account) string { return a.Phone }); err != nil {
		return h, err
	}
	h.identities, err = s.client.identityOwners(ctx, emails)
	return h, err
}

// met is what a user meets, in the order in which a landing meets it.
func (h holders) met(s *Sink, p plan, l sink.Landing) (start, bool) {
	byPhone, taken := h.phones[p.profile.Phone]
	taken = taken && p.profile.Phone != "" && byPhone.ID != p.id
	if taken && p.hash.endpoint != "" { // asked for before such a user is made
		return phoneOf(byPhone), true
	}
	if a, found := h.ids[strings.ToLower(p.id)]; found {
		return look{sink: s, plan: p, landing: l}.weigh(a), true
	}
	if a, found := h.emails[p.profile.Email]; found && p.profile.Email != "" {
		return emailOf(a), true
	}
	if taken {
		return phoneOf(byPhone), true
	}
	if owner, found := h.identities[p.profile.Email]; found && p.profile.Email != "" {
		return identityOf(owner), true
	}
	return start{}, false
}

// maxAddress bounds the values in a request's address: proxies before a server
// take 8 KiB of it (nginx, large_client_header_buffers).
const maxAddress = 6 << 10

// listed answers the accounts with one of the values, by their key.
func (c *client) listed(ctx context.Context, attribute string, values []string, key func(account) string) (map[string]account, error) {
	found := map[string]account{}
	for _, some := range addressable(values) {
		accounts, err := c.list(ctx, attribute, some...)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			found[key(a)] = a
		}
	}
	return found, nil
}

// identityOwners answers whose federated identities have one of the addresses. A
// person may have several of one address: a full page is asked for in halves.
func (c *client) identityOwners(ctx context.Context, emails []string) (map[string]string, error) {
	owners := map[string]string{}
	for pages := addressable(emails); len(pages) > 0; {
		page := pages[0]
		pages = pages[1:]
		found, err := c.identities(ctx, page...)
		if err != nil {
			return nil, err
		}
		if half := len(page) / 2; len(found) == defaultPage && half > 0 {
			pages = append(pages, page[:half], page[half:])
			continue
		}
		for _, i := range found {
			owners[foldEmail(i.Email)] = i.UserID
		}
	}
	return owners, nil
}

// addressable cuts values into pieces that one request can ask for.
func addressable(values []string) (pieces [][]any) {
	var piece []any
	size := 0
	for _, v := range values {
		n := len(url.QueryEscape(v)) + len(`%22%22%2C`)
		if len(piece) == maxPage || len(piece) > 0 && size+n > maxAddress {
			pieces, piece, size = append(pieces, piece), nil, 0
		}
		piece, size = append(piece, v), size+n
	}
	if len(piece) > 0 {
		pieces = append(pieces, piece)
	}
	return slices.Clip(pieces)
}
