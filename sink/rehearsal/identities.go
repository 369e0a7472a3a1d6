package rehearsal

import "slices"

// identityRow is an OAuth identity. No API makes one; see Server.AddIdentity.
type identityRow struct {
	id, userID, provider, uid, email string
	seq, owner                       uint32
	created                          int64
}

// Identity is an OAuth identity to be put straight into the database.
type Identity struct {
	ID       string
	UserID   string // of a user that is there
	Provider string // such as "google"
	UID      string // the user's id at the provider
	Email    string
}

// AddIdentity puts an OAuth identity into the database, which no API of Appwrite
// can do; false when the user is not there.
func (s *Server) AddIdentity(i Identity) bool {
	var u *user
	s.store.change(func() {
		if u = s.store.find(i.UserID); u != nil {
			s.store.idents = append(s.store.idents, &identityRow{
				id: i.ID, userID: u.id, provider: i.Provider, uid: i.UID, email: i.Email,
				owner: u.seq, seq: s.store.nextRow, created: s.now(),
			})
			s.store.nextRow++
		}
	})
	return u != nil
}

func (i *identityRow) cell(attribute string) cell {
	switch attribute {
	case "$id":
		return cell{text: i.id}
	case "$createdAt", "$updatedAt":
		return cell{num: i.created}
	case "$sequence":
		return cell{num: int64(i.seq) + 1}
	case "userId":
		return cell{text: i.userID}
	case "provider":
		return cell{text: i.provider}
	case "providerUid":
		return cell{text: i.uid}
	case "providerEmail":
		return cell{text: i.email}
	}
	return cell{null: true}
}

func (i *identityRow) order() uint32 { return i.seq }

// nobody is the exception that identified makes for no user.
const nobody = -1

// identified reports whether an identity of another user has an address.
func (s *store) identified(email string, except int64) bool {
	return slices.ContainsFunc(s.idents, func(i *identityRow) bool {
		return fold(i.email) == fold(email) && int64(i.owner) != except
	})
}

func identityQueries(r rules) schema {
	return r.schema(map[string]sort{"userId": asText, "provider": asText, "providerUid": asText, "providerEmail": asText, "providerAccessTokenExpiry": asDate})
}

// listIdentities fails when a search is asked for: identities have no full-text
// index, and profile 1.9 has nothing that catches it.
func listIdentities(c *call) *refusal {
	l, bad := c.listing(identityQueries(c.rules))
	if bad != nil {
		return bad
	}
	if c.text("search") != "" {
		if c.rules.identitySearch == serverError {
			return refuse(serverError)
		}
		return badQuery(`Searching by attribute "search" requires a fulltext index.`)
	}
	var rows []row
	c.store.view(func() {
		for _, i := range c.store.idents {
			rows = append(rows, i)
		}
	})
	return c.printList(&l, rows, "identities", "User", func(b []byte, r row) []byte {
		return c.shape().identity(b, r.(*identityRow))
	})
}

func (s shape) identity(b []byte, i *identityRow) []byte {
	b = s.head(b, i.id, i.created, i.created)
	b = field(b, "userId", i.userID)
	b = field(b, "provider", i.provider)
	b = field(b, "providerUid", i.uid)
	b = field(b, "providerEmail", i.email)
	return append(b, `,"providerAccessToken":"","providerAccessTokenExpiry":"","providerRefreshToken":""}`...)
}

func deleteIdentity(c *call) *refusal {
	key, found := fold(c.text("identityId")), false
	c.store.change(func() {
		c.store.idents = slices.DeleteFunc(c.store.idents, func(i *identityRow) bool {
			same := fold(i.id) == key
			found = found || same
			return same
		})
	})
	if !found {
		return refuse(identityNotFound)
	}
	return nil
}
