package rehearsal

import (
	"slices"
	"strings"
)

// targetRow is a target as a list sees it.
type targetRow struct {
	target
	userID string
}

func (t targetRow) cell(attribute string) cell {
	switch attribute {
	case "$id":
		return cell{text: t.id}
	case "$createdAt":
		return cell{num: t.created}
	case "$updatedAt":
		return cell{num: t.updated}
	case "$sequence":
		return cell{num: int64(t.seq) + 1}
	case "userId":
		return cell{text: t.userID}
	case "identifier":
		return cell{text: t.identifier}
	case "providerType":
		return cell{text: t.provider.String()}
	}
	return cell{null: true}
}

func (t targetRow) order() uint32 { return t.seq }

func targetQueries(r rules) schema {
	return r.schema(map[string]sort{"userId": asText, "providerId": asText, "identifier": asText, "providerType": asText})
}

// createTarget checks the identifier before it looks for the user.
func createTarget(c *call) *refusal {
	by := providerOf(c.text("providerType"))
	if bad := c.identifier(by, c.arg("identifier")); bad != nil {
		return bad
	}
	t := target{id: c.text("targetId"), identifier: c.text("identifier"), name: c.text("name"), provider: by, created: c.now()}
	if t.id == unique {
		t.id = c.newUID()
	}
	t.id, t.identifier, t.name = strings.Clone(t.id), strings.Clone(t.identifier), strings.Clone(t.name)
	t.updated = t.created
	bad := c.withTargets(func(u *user) *refusal {
		if c.store.knowsTarget(u, t.id) || !c.store.addTarget(u, t) {
			return refuse(targetExists)
		}
		c.store.named[fold(t.id)] = u.seq
		return nil
	})
	if bad == nil {
		c.out = c.shape().target(c.out, c.text("userId"), &t)
	}
	return bad
}

func providerOf(kind string) provider {
	switch strings.ToLower(kind) {
	case "sms":
		return bySMS
	case "push":
		return byPush
	}
	return byEmail
}

func (c *call) identifier(by provider, v value) *refusal {
	switch {
	case by == byEmail && !(emailCheck{c.rules.trimEmail}).ok(v):
		return refuse(invalidEmail)
	case by == bySMS && !(phoneCheck{c.rules.phoneParsed}).ok(v):
		return refuse(invalidPhone)
	}
	return nil
}

// knowsTarget reports whether any target has the id: those that were given one
// are indexed, those made by the server have random ones.
func (s *store) knowsTarget(u *user, id string) bool {
	_, named := s.named[fold(id)]
	return named || u.targetAt(id) >= 0
}

func (u *user) targetAt(id string) int {
	key := fold(id)
	return slices.IndexFunc(u.targets, func(t target) bool { return fold(t.id) == key })
}

// withTargets changes the targets of the user that the path names, which is no
// change of the user.
func (c *call) withTargets(change func(u *user) *refusal) *refusal {
	bad := refuse(userNotFound)
	c.store.change(func() {
		before := c.store.find(c.text("userId"))
		if before == nil {
			return
		}
		u := *before
		u.targets = slices.Clone(u.targets)
		u.set(unlisted, false)
		if bad = change(&u); bad == nil {
			c.store.replace(&u)
		}
	})
	return bad
}

func getTarget(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	at := u.targetAt(c.text("targetId"))
	if at < 0 {
		return refuse(targetNotFound)
	}
	c.out = c.shape().target(c.out, u.id, &u.targets[at])
	return nil
}

// updateTarget ignores empty parameters. A provider would have to exist, and
// there is none here.
func updateTarget(c *call) *refusal {
	var after target
	var owner string
	bad := c.withTargets(func(u *user) *refusal {
		at := u.targetAt(c.text("targetId"))
		if at < 0 {
			return refuse(targetNotFound)
		}
		t := &u.targets[at]
		if bad := c.amend(u, t); bad != nil {
			return bad
		}
		after, owner = *t, u.id
		return nil
	})
	if bad == nil {
		c.out = c.shape().target(c.out, owner, &after)
	}
	return bad
}

func (c *call) amend(u *user, t *target) *refusal {
	to := c.arg("identifier")
	if !to.empty() {
		if bad := c.identifier(t.provider, to); bad != nil {
			return bad
		}
	}
	if !c.arg("providerId").empty() {
		return refuse(providerNotFound)
	}
	if !to.empty() && fold(to.text) != fold(t.identifier) {
		if c.store.targeted(to.text) {
			return refuse(c.rules.takenTarget)
		}
		c.store.readdress(u.seq, t.identifier, to.text)
	}
	if !to.empty() {
		t.identifier = strings.Clone(to.text)
	}
	if name := c.arg("name"); !name.empty() {
		t.name = strings.Clone(name.text)
	}
	t.updated = max(c.now(), t.updated)
	return nil
}

func deleteTarget(c *call) *refusal {
	return c.withTargets(func(u *user) *refusal {
		at := u.targetAt(c.text("targetId"))
		if at < 0 {
			return refuse(targetNotFound)
		}
		c.store.forget(u.seq, u.targets[at])
		u.targets = slices.Delete(u.targets, at, at+1)
		return nil
	})
}

// listTargets asks by the user's id, not by the row: what a deleted user of the
// same id left behind is listed until the worker has been.
func listTargets(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	l, bad := c.listing(targetQueries(c.rules))
	if bad != nil {
		return bad
	}
	var rows []row
	for i := range u.targets {
		rows = append(rows, targetRow{u.targets[i], u.id})
	}
	c.store.view(func() {
		for _, st := range c.store.strays {
			for _, t := range st.targets {
				if fold(st.userID) == fold(u.id) {
					rows = append(rows, targetRow{t, st.userID})
				}
			}
		}
	})
	return c.printList(&l, rows, "targets", "Target", func(b []byte, r row) []byte {
		t := r.(targetRow)
		return c.shape().target(b, t.userID, &t.target)
	})
}

// printList answers a list of rows that are few.
func (c *call) printList(l *listing, rows []row, name, what string, print func([]byte, row) []byte) *refusal {
	page, total, found := l.run(rows)
	if !found {
		return &refusal{400, cursorNotFound, what + " '" + l.cursor + "' for the 'cursor' value not found."}
	}
	c.out = c.total(append(c.out, '{'), total)
	c.out = append(append(append(c.out, `,"`...), name...), `":[`...)
	for i, r := range page {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = print(c.out, r)
	}
	c.out = append(c.out, `]}`...)
	return nil
}
