package importers

import (
	"encoding/binary"
	"slices"
)

// maxMetaMemory bounds what is kept of usermeta, in bytes: room for the roles
// and telephone numbers of some twenty million users.
const maxMetaMemory = 1 << 30

const (
	metaBlock = 1 << 20 // bytes of texts are kept in blocks of this size, or of one text
	noText    = 1<<32 - 1
)

// metaStore keeps what is needed of a usermeta table until the users come by,
// which in most dumps is later: "usermeta" sorts before "users". A user costs 16
// bytes and the texts that were asked for; nothing is kept by pointer, so that
// millions of users cost the garbage collector nothing.
//
// A run of rows of one user is a clump. Texts lie behind each other in blocks,
//
//	key+1 (uvarint), length (uvarint), bytes; … 0
//
// and the roles of a user, of which a site knows a few dozen combinations, are
// a number.
type metaStore struct {
	keys   map[string]int  // wanted meta keys
	only   map[uint64]bool // wanted users; nil: all
	clumps []clump
	blocks [][]byte
	bytes  int
	sorted bool
	last   int // the clump that was found last

	roles   []wpRoles // roles[0] is unused
	roleIDs map[string]uint32
}

// clump is what a run of usermeta rows says of a user.
type clump struct {
	user  uint64
	at    uint32 // block and offset of its texts, or noText
	roles uint32 // in metaStore.roles; 0: it says nothing of roles
}

// keyRoles is the number of the capabilities' key; the others count from 1.
const keyRoles = 0

func newMetaStore(keys map[string]int) *metaStore {
	return &metaStore{keys: keys, sorted: true, roles: make([]wpRoles, 1), roleIDs: map[string]uint32{}}
}

// add keeps a row; false when the store is full. Of a user's roles the first
// row counts, as in WordPress (get_user_meta, $single).
func (m *metaStore) add(user uint64, key int, value []byte) bool {
	if m.only != nil && !m.only[user] {
		return true
	}
	c := m.clump(user)
	if key == keyRoles {
		if c.roles == 0 {
			c.roles = m.rolesID(value)
		}
		return m.bytes <= maxMetaMemory
	}
	var head [2 * binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(key)+1)
	n += binary.PutUvarint(head[n:], uint64(len(value)))
	m.write(user, head[:n], value)
	return m.bytes <= maxMetaMemory
}

// clump is the one that rows of the user go to.
func (m *metaStore) clump(user uint64) *clump {
	n := len(m.clumps)
	if n == 0 || m.clumps[n-1].user != user {
		m.sorted = m.sorted && (n == 0 || m.clumps[n-1].user < user)
		m.closeTexts()
		m.clumps = append(m.clumps, clump{user: user, at: noText})
		m.bytes += 16
	}
	return &m.clumps[len(m.clumps)-1]
}

// closeTexts ends the texts of the last clump.
func (m *metaStore) closeTexts() {
	if n := len(m.clumps); n > 0 && m.clumps[n-1].at != noText {
		b := len(m.blocks) - 1
		m.blocks[b] = append(m.blocks[b], 0)
	}
}

// write adds a text to the last clump. Texts of one clump lie in one block: when
// that is full, another clump of the same user goes on in the next.
func (m *metaStore) write(user uint64, head, value []byte) {
	size := len(head) + len(value) + 1 // and the zero behind the last
	b := len(m.blocks) - 1
	if b < 0 || len(m.blocks[b])+size > cap(m.blocks[b]) {
		if c := &m.clumps[len(m.clumps)-1]; c.at != noText {
			m.closeTexts()
			m.clumps = append(m.clumps, clump{user: user, at: noText})
		}
		m.blocks = append(m.blocks, make([]byte, 0, max(size, metaBlock)))
		m.bytes += max(size, metaBlock) + 16
		b++
	}
	if c := &m.clumps[len(m.clumps)-1]; c.at == noText {
		c.at = uint32(b*metaBlock + len(m.blocks[b]))
	}
	m.blocks[b] = append(append(m.blocks[b], head...), value...)
}

// rolesID is the number of a capabilities value. Equal values are read once.
func (m *metaStore) rolesID(value []byte) uint32 {
	if id, ok := m.roleIDs[string(value)]; ok {
		return id
	}
	id := uint32(len(m.roles))
	m.roles = append(m.roles, parseRoles(value))
	m.roleIDs[string(value)] = id
	m.bytes += 2*len(value) + 128
	return id
}

// seal makes the store ready to be asked.
func (m *metaStore) seal() {
	m.closeTexts()
	if !m.sorted {
		slices.SortStableFunc(m.clumps, func(a, b clump) int {
			switch {
			case a.user < b.user:
				return -1
			case a.user > b.user:
				return 1
			}
			return 0
		})
	}
	m.sorted = true
}

// userMeta is what the store knows of a user.
type userMeta struct {
	roles *wpRoles // nil: nothing is said
	texts []metaText
}

type metaText struct {
	key  int
	text []byte // of the store; not to be changed
}

// of is what is known of a user, into texts. Users mostly come in the order of
// their metas, so the search begins behind the one found last.
func (m *metaStore) of(user uint64, texts []metaText) userMeta {
	found := userMeta{texts: texts[:0]}
	i := m.last
	if i >= len(m.clumps) || m.clumps[i].user != user {
		i, _ = slices.BinarySearchFunc(m.clumps, user, func(c clump, user uint64) int {
			switch {
			case c.user < user:
				return -1
			case c.user > user:
				return 1
			}
			return 0
		})
	}
	for ; i < len(m.clumps) && m.clumps[i].user == user; i++ {
		c := m.clumps[i]
		if c.roles != 0 && found.roles == nil {
			found.roles = &m.roles[c.roles]
		}
		found.texts = m.textsOf(c, found.texts)
	}
	m.last = i
	return found
}

func (m *metaStore) textsOf(c clump, texts []metaText) []metaText {
	if c.at == noText {
		return texts
	}
	for b := m.blocks[c.at/metaBlock][c.at%metaBlock:]; ; {
		key, n := binary.Uvarint(b)
		if key == 0 {
			return texts
		}
		length, more := binary.Uvarint(b[n:])
		from := n + more
		texts = append(texts, metaText{int(key) - 1, b[from : from+int(length)]})
		b = b[from+int(length):]
	}
}

// first is the first text of a key, as WordPress takes it; "" when there is none.
func (u userMeta) first(key int) string {
	for _, t := range u.texts {
		if t.key == key {
			return string(t.text)
		}
	}
	return ""
}
