package rehearsal

import (
	"slices"
	"strings"
	"time"
)

// update changes the user that the path names and answers it.
func (c *call) update(change func(u *user) *refusal) *refusal {
	u, bad := c.touch(c.text("userId"), change)
	if bad == nil {
		s := c.shape()
		s.foreign = c.gone
		c.out = s.user(c.out, u)
	}
	return bad
}

// touch changes a user and its date. With LostUpdates the user is read, and written
// back whole a moment later.
func (c *call) touch(id string, change func(u *user) *refusal) (*user, *refusal) {
	var read *user
	c.store.view(func() { read = c.store.find(id) })
	if read == nil {
		return nil, refuse(userNotFound)
	}
	if c.cfg.LostUpdates {
		pause(c.r.Context(), 5*time.Millisecond)
	}
	after, bad := new(user), refuse(userNotFound)
	c.store.change(func() {
		now := c.store.users[read.seq]
		if now == nil {
			return
		}
		*after = *now
		if c.cfg.LostUpdates {
			c.store.writeBack(after, read)
		}
		after.updated = max(c.now(), after.updated)
		after.set(unlisted, false)
		if bad = change(after); bad == nil {
			c.store.replace(after)
		} else if c.cfg.LostUpdates {
			c.store.put(now)
		}
	})
	return after, bad
}

func updateName(c *call) *refusal {
	return c.update(func(u *user) *refusal {
		u.name = strings.Clone(c.text("name"))
		return c.holdable(u)
	})
}

func updateStatus(c *call) *refusal {
	return c.update(func(u *user) *refusal {
		u.set(blocked, !cast(c.arg("status")))
		return nil
	})
}

func updateFlag(param string, f flags) func(*call) *refusal {
	return func(c *call) *refusal {
		return c.update(func(u *user) *refusal {
			u.set(f, cast(c.arg(param)))
			return nil
		})
	}
}

func updateLabels(c *call) *refusal {
	return c.update(func(u *user) *refusal {
		var labels []string
		for _, l := range c.arg("labels").items {
			if !slices.Contains(labels, l.text) {
				labels = append(labels, strings.Clone(l.text))
			}
		}
		u.own().labels = labels
		return c.holdable(u)
	})
}

// updatePrefs replaces the preferences and answers them alone.
func updatePrefs(c *call) *refusal {
	prefs := "{}"
	v := c.arg("prefs")
	if !v.finite() {
		return refuse(serverError)
	}
	if len(v.items) > 0 {
		prefs = string(v.appendJSON(nil, false))
	}
	_, bad := c.touch(c.text("userId"), func(u *user) *refusal {
		u.own().prefs = prefs
		return nil
	})
	c.out = append(c.out, prefs...)
	return bad
}

// updateEmail moves the user's address and the target that had it. An address
// that any target has is refused, be it the user's own.
func updateEmail(c *call) *refusal {
	v := c.arg("email")
	if v.kind == isNull { // a type error in profile 1.5
		return refuse(serverError)
	}
	email := strings.ToLower(v.text)
	return c.update(func(u *user) *refusal {
		if email != "" && c.store.identified(email, int64(u.seq)) {
			return refuse(emailExists)
		}
		if email != "" && c.store.targeted(email) {
			return refuse(targetExists)
		}
		if !c.store.rename(u, byAddress, email, true) {
			return refuse(emailExists)
		}
		c.retarget(u, u.email, email, byEmail)
		u.email = strings.Clone(email)
		u.set(hasEmail, true)
		u.set(emailVerified, false)
		return nil
	})
}

// updatePhone does the same with the number.
func updatePhone(c *call) *refusal {
	number := c.text("number")
	return c.update(func(u *user) *refusal {
		stored := number != "" || !c.rules.emptyPhoneNull
		if number != "" && c.store.targeted(number) {
			return refuse(targetExists)
		}
		if !c.store.rename(u, byNumber, number, stored) {
			return refuse(phoneExists)
		}
		c.retarget(u, u.phone, number, bySMS)
		u.phone = strings.Clone(number)
		u.set(hasPhone, stored)
		u.set(phoneVerified, false)
		return nil
	})
}

// retarget gives the target that had an identifier the new one, makes one where
// there was none, and removes it where there is no new one.
func (c *call) retarget(u *user, from, to string, by provider) {
	at := slices.IndexFunc(u.targets, func(t target) bool { return from != "" && t.identifier == from })
	switch {
	case at < 0 && to == "":
	case at < 0:
		t := target{id: c.newUID(), identifier: strings.Clone(to), provider: by, created: u.updated, updated: u.updated}
		c.store.addTarget(u, t)
	case to == "":
		c.gone = append(c.gone, foreignTarget{u.targets[at], u.id})
		c.store.forget(u.seq, u.targets[at])
		u.targets = slices.Delete(slices.Clone(u.targets), at, at+1)
	default:
		c.store.readdress(u.seq, from, to)
		u.targets = slices.Clone(u.targets)
		u.targets[at].identifier, u.targets[at].updated = strings.Clone(to), u.updated
	}
}

// updatePassword hashes a plain password. "" is stored as it is, and hashed
// later all the same: Appwrite answers and then goes on.
func updatePassword(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	password := c.text("password")
	if bad := c.suits(u, password); bad != nil {
		return bad
	}
	if password == "" {
		return c.emptyPassword()
	}
	made := &user{}
	c.rehash(made, password)
	return c.update(func(u *user) *refusal {
		c.takeHash(u, made)
		if c.rules.dropSessions && !c.policies().KeepSessions {
			u.own().sessions = nil
		}
		return nil
	})
}

// suits are the checks of a plain password that replaces another.
func (c *call) suits(u *user, password string) *refusal {
	if c.policies().PersonalData && password != "" {
		if bad := c.personal(u, password); bad != nil {
			return bad
		}
	}
	if c.policies().History == 0 {
		return nil
	}
	return c.history(u, password)
}

// hashingTakes is how long Appwrite hashes the empty password after its answer.
const hashingTakes = 300 * time.Millisecond

func (c *call) emptyPassword() *refusal {
	made := &user{}
	c.rehash(made, "")
	return c.update(func(u *user) *refusal {
		u.password, u.passwordUpdate = "", u.updated
		u.set(hasPassword, true)
		seq := u.seq
		c.putOff(hashingTakes, func(s *store) {
			if u := s.users[seq]; u != nil && u.password == "" && u.is(hasPassword) {
				after := *u
				c.takeHash(&after, made)
				s.replace(&after)
			}
		})
		return nil
	})
}

// takeHash gives u the hash that was made for another copy.
func (c *call) takeHash(u, made *user) {
	u.hash, u.password, u.options = made.hash, made.password, made.options
	u.set(hasPassword, true)
	u.passwordUpdate = u.updated
	u.own().proof = made.extra().proof
	c.remember(u)
}
