package rehearsal

import (
	"slices"
	"strings"
)

// team is there for the memberships that a user's page lists; nothing else of
// the teams service is.
type team struct {
	id, name string
	created  int64
}

type membership struct {
	id, teamID, teamName string
	roles                []string
	seq                  uint32
	created              int64
}

func createTeam(c *call) *refusal {
	t := &team{strings.Clone(c.text("teamId")), strings.Clone(c.text("name")), c.now()}
	if t.id == unique {
		t.id = c.newUID()
	}
	found := false
	c.store.change(func() {
		if _, found = c.store.teams[fold(t.id)]; !found {
			c.store.teams[fold(t.id)] = t
		}
	})
	if found {
		return refuse(teamExists)
	}
	c.out = c.shape().head(c.out, t.id, t.created, t.created)
	c.out = append(count(field(c.out, "name", t.name), "total", 0), `,"prefs":{}}`...)
	return nil
}

// createMembership is a server's invitation, which is confirmed at once. An
// address that nobody has makes a user.
func createMembership(c *call) *refusal {
	var t *team
	c.store.view(func() { t = c.store.teams[fold(c.text("teamId"))] })
	if t == nil {
		return refuse(teamNotFound)
	}
	u, bad := c.invitee()
	if bad != nil {
		return bad
	}
	m := membership{id: c.newUID(), teamID: t.id, teamName: t.name, created: c.now()}
	for _, role := range c.arg("roles").items {
		m.roles = append(m.roles, strings.Clone(role.text))
	}
	u, bad = c.amendUser(u.id, func(u *user) *refusal {
		own := u.own()
		if slices.ContainsFunc(own.memberships, func(m membership) bool { return m.teamID == t.id }) {
			return refuse(c.rules.invited)
		}
		m.seq = c.store.nextRow
		c.store.nextRow++
		own.memberships = append(slices.Clone(own.memberships), m)
		return nil
	})
	if bad == nil {
		c.out = c.shape().membership(c.out, u, &m)
	}
	return bad
}

func (c *call) invitee() (*user, *refusal) {
	id, email, phone := c.text("userId"), strings.ToLower(c.text("email")), c.text("phone")
	if id == "" && email == "" && phone == "" {
		return nil, badArgument("At least one of userId, email, or phone is required")
	}
	var u *user
	c.store.view(func() {
		switch {
		case id != "":
			u = c.store.find(id)
		case email != "":
			u = c.store.at(byAddress, email)
		default:
			u = c.store.at(byNumber, phone)
		}
	})
	switch {
	case u != nil:
		return u, nil
	case id != "":
		return nil, &refusal{404, userNotFound, "User with given userId doesn't exist."}
	}
	return c.invite(email, phone)
}

// invite makes a user with a password that nobody knows, and no target.
func (c *call) invite(email, phone string) (*user, *refusal) {
	u := &user{id: c.newUID(), email: email, phone: phone, name: c.text("name"), created: c.now()}
	if u.name == "" {
		u.name = email
	}
	u.updated = u.created
	u.set(hasEmail, email != "")
	u.set(hasPhone, phone != "")
	if held := c.clash(u, ""); held != nil {
		return nil, held
	}
	c.rehash(u, fresh(16))
	if c.rules.newOptions {
		u.options = `{"type":"argon2","memory_cost":7168,"time_cost":5,"threads":1}`
	}
	u.pack()
	stored := false
	c.store.change(func() { stored = c.store.insert(u) })
	if !stored {
		return nil, refuse(userExists)
	}
	return u, nil
}

func (m membership) cell(attribute string) cell {
	switch attribute {
	case "$id":
		return cell{text: m.id}
	case "$createdAt", "$updatedAt", "invited", "joined":
		return cell{num: m.created}
	case "$sequence":
		return cell{num: int64(m.seq) + 1}
	case "teamId":
		return cell{text: m.teamID}
	case "confirm":
		return cell{num: 1}
	case "roles":
		return cell{list: append([]string{}, m.roles...)}
	}
	return cell{null: true}
}

func (m membership) order() uint32 { return m.seq }

func membershipQueries(r rules) schema {
	return r.schema(map[string]sort{"userId": asText, "teamId": asText, "invited": asDate, "joined": asDate, "confirm": asBool, "roles": asList})
}

// listMemberships takes queries in profile 1.9 only; in 1.5 it has no such parameter.
func listMemberships(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	l, bad := c.listing(membershipQueries(c.rules))
	if bad != nil {
		return bad
	}
	var rows []row
	for i := range u.extra().memberships {
		rows = append(rows, &u.extra().memberships[i])
	}
	return c.printList(&l, rows, "memberships", "Membership", func(b []byte, r row) []byte {
		return c.shape().membership(b, u, r.(*membership))
	})
}

func (s shape) membership(b []byte, u *user, m *membership) []byte {
	b = s.head(b, m.id, m.created, m.created)
	b = field(b, "userId", u.id)
	b = field(b, "userName", u.name)
	b = field(b, "userEmail", u.email)
	if s.membershipMore && !s.noPhone {
		b = field(b, "userPhone", "")
	}
	b = field(b, "teamId", m.teamID)
	b = field(b, "teamName", m.teamName)
	b = date(b, "invited", m.created)
	b = date(b, "joined", m.created)
	b = yes(b, "confirm", true)
	if !s.old {
		b = yes(b, "mfa", u.is(mfaOn))
	}
	if s.membershipMore {
		b = field(b, "userAccessedAt", "")
	}
	return append(texts(append(b, `,"roles":`...), m.roles), '}')
}
