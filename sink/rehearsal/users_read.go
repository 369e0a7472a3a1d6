package rehearsal

// getUser answers the user with the id, whatever the letter case.
func getUser(c *call) *refusal {
	u, bad := c.named()
	if bad == nil {
		c.printUser(u)
	}
	return bad
}

// named is the user that the path names.
func (c *call) named() (*user, *refusal) {
	var u *user
	if !c.who.console {
		c.store.view(func() { u = c.store.find(c.text("userId")) })
	}
	if u == nil {
		return nil, refuse(userNotFound)
	}
	return u, nil
}

func (c *call) printUser(u *user) { c.out = c.shape().user(c.out, u) }

// getPrefs answers the preferences alone. A key named $id makes PHP take them
// for a document of their own, which it then cannot print.
func getPrefs(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	prefs := prefsText(u.extra())
	if v, _ := decode(prefs); v.str("$id") != "" || v.str("$collection") != "" {
		return refuse(serverError)
	}
	c.out = append(c.out, prefs...)
	return nil
}

// deleteUser removes a user; in profile 1.5 a worker removes the targets later.
func deleteUser(c *call) *refusal {
	var found bool
	c.store.change(func() {
		u := c.store.find(c.text("userId"))
		if found = u != nil; !found {
			return
		}
		late := c.rules.lateCleanUp
		c.store.remove(u, late)
		if late {
			c.putOff(c.cfg.CleanUp, func(s *store) { s.clean(u.seq) })
		}
	})
	if !found {
		return refuse(userNotFound)
	}
	return nil
}
