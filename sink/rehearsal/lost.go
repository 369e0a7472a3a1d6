package rehearsal

// put stores a row over its former self, whatever of its keys has changed. A key
// that another user has got meanwhile is that user's.
func (s *store) put(u *user) {
	for _, a := range [...]attribute{byAddress, byNumber} {
		if key, has := u.key(a); !s.rename(u, a, key, has) {
			u.drop(a)
			s.rename(u, a, "", false)
		}
	}
	s.replace(u)
}

// drop takes a user's address or number away.
func (u *user) drop(a attribute) {
	if a == byAddress {
		u.email = ""
		u.set(hasEmail, false)
		return
	}
	u.phone = ""
	u.set(hasPhone, false)
}

// writeBack gives u, a copy of the present row, the row as somebody has read it, and
// stores that: what others have changed meanwhile is undone. So does Appwrite 1.5
// with every change, and with a sign-in that replaces the hash (app/controllers/api,
// users.php and account.php: updateDocument of the whole user). What stands in tables
// of its own stays: messaging targets, sessions, tokens, logs, memberships.
func (s *store) writeBack(u, read *user) {
	there := *u
	*u = *read
	u.targets = there.targets
	if there.more != nil {
		mine, theirs := u.own(), there.more
		mine.sessions, mine.tokens, mine.recovery = theirs.sessions, theirs.tokens, theirs.recovery
		mine.logs, mine.memberships = theirs.logs, theirs.memberships
	}
	row := *u
	s.put(&row)
	*u = row
}
