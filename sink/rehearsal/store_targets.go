package rehearsal

import "slices"

// addTarget gives u, a copy not yet stored, a target; false: the identifier is taken.
func (s *store) addTarget(u *user, t target) bool {
	if s.targeted(t.identifier) {
		return false
	}
	t.seq = s.nextRow
	s.nextRow++
	s.targets.add(fold(t.identifier), u.seq)
	u.targets = append(u.targets[:len(u.targets):len(u.targets)], t)
	return true
}

// targeted reports whether any target has the identifier.
func (s *store) targeted(identifier string) bool {
	_, _, ok := s.holder(identifier)
	return ok
}

// readdress gives a target of a stored user another identifier.
func (s *store) readdress(seq uint32, from, to string) {
	key := fold(from)
	s.targets.remove(key, s.addressed(key, seq))
	s.targets.add(fold(to), seq)
}

// forget frees the identifier and id of a target that its user, still stored as
// it was, is about to lose.
func (s *store) forget(seq uint32, t target) {
	key := fold(t.identifier)
	s.targets.remove(key, s.addressed(key, seq))
	delete(s.named, fold(t.id))
}

// addressed tells whether a certain user has a target with a key.
func (s *store) addressed(key string, owner uint32) func(uint32) bool {
	return func(seq uint32) bool { return seq == owner && has(s.targetsOf(seq), key) }
}

// targetsOf are a user's targets, or those a deleted user left behind.
func (s *store) targetsOf(seq uint32) []target {
	if u := s.users[seq]; u != nil {
		return u.targets
	}
	return s.strays[seq].targets
}

func has(targets []target, key string) bool { return locate(targets, key) >= 0 }

func locate(targets []target, key string) int {
	return slices.IndexFunc(targets, func(t target) bool { return fold(t.identifier) == key })
}

// holder finds the target with an identifier, and the id of its user, who may
// be gone.
func (s *store) holder(identifier string) (t target, userID string, ok bool) {
	key := fold(identifier)
	seq, ok := s.targets.find(key, func(seq uint32) bool { return has(s.targetsOf(seq), key) })
	if !ok {
		return target{}, "", false
	}
	targets := s.targetsOf(seq)
	userID = s.strays[seq].userID
	if u := s.users[seq]; u != nil {
		userID = u.id
	}
	return targets[locate(targets, key)], userID, true
}

// clean is the delete worker: what a deleted user left behind goes.
func (s *store) clean(seq uint32) {
	for _, t := range s.strays[seq].targets {
		s.forget(seq, t)
	}
	delete(s.strays, seq)
}
