package rehearsal

import "strings"

// algorithm is the label under which Appwrite stores a hash.
type algorithm uint8

const (
	argon2 algorithm = iota
	bcrypt
	md5
	phpass
	scrypt
	scryptMod
	sha
)

func (a algorithm) String() string {
	return [...]string{"argon2", "bcrypt", "md5", "phpass", "scrypt", "scryptMod", "sha"}[a]
}

// flags are the yes-and-no attributes of a user.
type flags uint16

const (
	blocked flags = 1 << iota
	emailVerified
	phoneVerified
	mfaOn
	canImpersonate
	hasEmail    // an address is stored, be it ""; otherwise null
	hasPhone    // likewise
	hasPassword // likewise
	unlisted    // profile 1.5: the cached user lacks the newest sessions
)

// user is a row of the users table. It is never changed once it is stored: an
// update stores a changed copy, so that a reader needs no lock to print it.
//
// A million of them must fit into memory with room to spare, so the strings of
// a new user share one allocation (see pack), times are milliseconds, and what
// few users have stands behind more.
type user struct {
	seq            uint32 // its place in the table, for ever
	flags          flags
	hash           algorithm
	id             string
	email, phone   string
	name           string
	password       string // the hash
	options        string // hashOptions as JSON; shared between users where it is always the same
	created        int64
	updated        int64
	passwordUpdate int64 // 0: never
	targets        []target
	more           *more
}

// more is what a freshly imported user does not have. Never changed once stored.
type more struct {
	labels      []string
	prefs       string // JSON; "" is {}
	accessed    int64
	sessions    []session
	tokens      []token
	recovery    []string
	history     []string // former hashes
	proof       [32]byte // see passwords.go
	pending     int64    // an access date that the next login writes, see welcome
	logs        []logEntry
	memberships []membership
}

// target is where a message may be sent.
type target struct {
	id, name, identifier string
	provider             provider
	seq                  uint32 // order of creation in the project
	created, updated     int64
}

type provider uint8

const (
	byEmail provider = iota
	bySMS
	byPush
)

func (p provider) String() string { return [...]string{"email", "sms", "push"}[p] }

func (u *user) is(f flags) bool { return u.flags&f != 0 }

func (u *user) set(f flags, on bool) {
	if on {
		u.flags |= f
	} else {
		u.flags &^= f
	}
}

// extra is the user's rarer part, to be read only.
func (u *user) extra() *more {
	if u.more == nil {
		return &more{}
	}
	return u.more
}

// own gives the copy u a rarer part of its own, to be changed.
func (u *user) own() *more {
	m := *u.extra()
	u.more = &m
	return u.more
}

// pack puts the user's texts into one allocation, which also frees them from
// the request body they were cut out of.
func (u *user) pack() {
	fields := [...]*string{&u.id, &u.email, &u.phone, &u.name, &u.password}
	size := 0
	for _, f := range fields {
		size += len(*f)
	}
	var b strings.Builder
	b.Grow(size)
	for _, f := range fields {
		b.WriteString(*f)
	}
	all := b.String()
	for _, f := range fields {
		n := len(*f)
		*f, all = all[:n], all[n:]
	}
}
