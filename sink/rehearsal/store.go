package rehearsal

import "sync"

// store is the project's database. One lock guards it: HTTP and JSON take
// nearly all of a request's time (BenchmarkCreate beside BenchmarkCreateInProcess),
// so that shards would gain next to nothing on two cores.
type store struct {
	engine
	mu      sync.RWMutex
	users   []*user // by seq; nil where a user was deleted
	count   int
	ids     *index
	emails  *index
	phones  *index
	targets *index            // by identifier, to the user whose target it is or was
	named   map[string]uint32 // targets whose id was given, by id: their user
	strays  map[uint32]stray  // what deleted users left behind, until the worker has been
	nextRow uint32            // order of creation of everything but users
	teams   map[string]*team
	idents  []*identityRow
	later   []chore
}

// stray is what a deleted user left behind.
type stray struct {
	userID  string
	targets []target
}

// chore is what a background worker will do.
type chore struct {
	due int64
	do  func(*store)
}

func newStore(e engine) *store {
	return &store{
		engine: e,
		ids:    newIndex(), emails: newIndex(), phones: newIndex(), targets: newIndex(),
		named: map[string]uint32{}, strays: map[uint32]stray{}, teams: map[string]*team{},
	}
}

// view runs f with the store for reading.
func (s *store) view(f func()) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f()
}

// change runs f with the store for itself.
func (s *store) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// attribute is a unique one of a user, with its index.
type attribute uint8

const (
	byID attribute = iota
	byAddress
	byNumber
)

func (s *store) index(a attribute) *index { return [...]*index{s.ids, s.emails, s.phones}[a] }

// key is the user's folded value; has is false where it has none.
func (u *user) key(a attribute) (key string, has bool) {
	switch a {
	case byAddress:
		return fold(u.email), u.is(hasEmail)
	case byNumber:
		return fold(u.phone), u.is(hasPhone)
	}
	return fold(u.id), true
}

// find looks a user up by id, in whatever letter case the database takes for the
// same.
func (s *store) find(id string) *user {
	u := s.at(byID, id)
	if u == nil || s.engine.fold(u.id) != s.engine.fold(id) {
		return nil
	}
	return u
}

// at looks a user up by a unique attribute, without regard to letter case.
func (s *store) at(a attribute, v string) *user {
	key := fold(v)
	seq, ok := s.index(a).find(key, s.holds(a, key))
	if !ok {
		return nil
	}
	return s.users[seq]
}

// holds tells whether a user has a key.
func (s *store) holds(a attribute, key string) func(uint32) bool {
	return func(seq uint32) bool {
		u := s.users[seq]
		if u == nil {
			return false
		}
		k, has := u.key(a)
		return has && k == key
	}
}

// insert stores a new user, or reports that its id, address or number is taken.
func (s *store) insert(u *user) bool {
	for a := byID; a <= byNumber; a++ {
		if key, has := u.key(a); has && s.at(a, key) != nil {
			return false
		}
	}
	u.seq = uint32(len(s.users))
	s.users = append(s.users, u)
	s.count++
	for a := byID; a <= byNumber; a++ {
		if key, has := u.key(a); has {
			s.index(a).add(key, u.seq)
		}
	}
	return true
}

// replace stores u in the place of its former self.
func (s *store) replace(u *user) { s.users[u.seq] = u }

// rename gives the user, still stored as it was, another key; false when another
// user has that.
func (s *store) rename(u *user, a attribute, to string, has bool) bool {
	to = fold(to)
	if other := s.at(a, to); has && other != nil && other.seq != u.seq {
		return false
	}
	if key, had := s.users[u.seq].key(a); had {
		s.index(a).remove(key, s.holds(a, key))
	}
	if has {
		s.index(a).add(to, u.seq)
	}
	return true
}

// remove deletes a user. Its targets go with it, or, when late, stay behind.
func (s *store) remove(u *user, late bool) {
	for a := byID; a <= byNumber; a++ {
		if key, has := u.key(a); has {
			s.index(a).remove(key, s.holds(a, key))
		}
	}
	if late {
		s.strays[u.seq] = stray{u.id, u.targets}
	} else {
		for _, t := range u.targets {
			s.forget(u.seq, t)
		}
	}
	s.users[u.seq] = nil
	s.count--
}

// putOff has a worker do something at a time in milliseconds.
func (s *store) putOff(due int64, do func(*store)) { s.later = append(s.later, chore{due, do}) }

// work does what is due. It is called with the store for itself.
func (s *store) work(now int64) {
	chores := s.later
	s.later = nil
	for _, c := range chores {
		if c.due <= now {
			c.do(s)
		} else {
			s.later = append(s.later, c)
		}
	}
}
