package importers

import "bytes"

// shape is what a JSON object at the top of a file is.
type shape int

const (
	shapeUnknown  shape = iota
	shapeUsers          // holds a list "users"
	shapeAccount        // is an account
	shapeReply          // a reply of the API without a user
	shapeEmulator       // firebase-export-metadata.json of emulators:export
	shapeDatabase       // "users" is an object
)

// topLevel looks at the first object of a file until its shape is known.
type topLevel struct {
	jsonScan
	shape                shape
	reply, auth, version bool
}

// look goes through the members up to the one that decides.
func (t *topLevel) look() bool {
	t.shape, t.reply, t.auth, t.version = shapeUnknown, false, false, false
	if t.token() != '{' {
		return !t.short
	}
	ok := t.members(t.member)
	switch {
	case t.shape != shapeUnknown:
		return true
	case ok && t.auth && t.version:
		t.shape = shapeEmulator
	case ok && t.reply:
		t.shape = shapeReply
	}
	return ok
}

// member answers false to look no further.
func (t *topLevel) member(name []byte) bool {
	c := t.token()
	if t.short {
		return false
	}
	from := t.i
	switch string(name) {
	case "users":
		switch c {
		case '[':
			t.shape = shapeUsers
		case '{':
			t.shape = shapeDatabase
		}
	case "localId", "uid", "rawId":
		t.shape = shapeAccount
	case "version":
		t.version = true
	case "auth":
		t.auth = c == '{'
	}
	if t.shape != shapeUnknown || !t.skip() {
		return false
	}
	if string(name) == "kind" {
		t.reply = bytes.HasPrefix(t.b[from:t.i], []byte(`"identitytoolkit#`))
	}
	return true
}

// looksFirebaseJSON reports whether head begins an export of Firebase Auth: one
// of the objects above whose first account has the names of one.
func looksFirebaseJSON(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	t := topLevel{jsonScan: jsonScan{b: head}}
	switch t.token() {
	case '[':
		rest := head[t.i+1:]
		return t.firstAccount() || isExport(rest)
	case '{':
		t.look()
	}
	switch t.shape {
	case shapeUsers:
		return t.firstAccount()
	case shapeAccount:
		a := jsonScan{b: t.b}
		a.token()
		return a.isAccount()
	}
	return t.shape == shapeReply || t.shape == shapeEmulator
}

// isExport reports whether text begins with an object that holds accounts: of two
// exports that jq -s has put into a list.
func isExport(text []byte) bool {
	t := topLevel{jsonScan: jsonScan{b: text}}
	if t.token() == '{' {
		t.look()
	}
	return t.shape == shapeUsers && t.firstAccount()
}

// firstAccount looks into the list at hand.
func (t *topLevel) firstAccount() bool {
	t.i++
	if c := t.token(); c == ']' {
		return t.shape == shapeUsers
	}
	return t.isAccount()
}

// isAccount reports whether the object at hand has the names of an account: a
// localId, or a uid (in Go a rawId) beside another name of the Admin SDKs'. Others
// have a uid or users too.
func (s *jsonScan) isAccount() bool {
	if s.token() != '{' {
		return false
	}
	local, uid, admin := false, false, false
	s.members(func(name []byte) bool {
		switch string(name) {
		case "localId":
			local = true
		case "uid", "rawId":
			uid = true
		case "metadata", "providerData", "tokensValidAfterTime", "passwordSalt", "emailVerified", "userMetadata", "UserMetadata", "PasswordSalt":
			admin = true
		}
		return !local && !(uid && admin) && s.skip()
	})
	return local || uid && admin
}
