package rehearsal

import "strings"

// Database is what stands under the server. Profile 1.5 knows MariaDB only.
type Database string

// The databases. The recordings are of MariaDB; of PostgreSQL there are notes of
// what differed, of MongoDB only what Appwrite's code says.
const (
	MariaDB  Database = "mariadb"
	Postgres Database = "postgres"
	MongoDB  Database = "mongodb"
)

// engine is in what the databases differ. Ids, addresses and identifiers are
// unique without regard to letter case under all of them.
type engine struct {
	exact      bool // looks up and compares in exact letter case
	wholeWords bool // a search does not find the beginnings of words
	nullsLast  bool // orders null after everything
	longestID  int
	searchText int // most bytes of the text that a search looks at; 0: no bound
}

func engineOf(d Database) engine {
	switch d {
	case Postgres:
		// A btree index over the search text takes rows of 2,704 bytes.
		return engine{exact: true, wholeWords: true, nullsLast: true, longestID: 36, searchText: 2700}
	case MongoDB:
		return engine{exact: true, wholeWords: true, longestID: 255}
	}
	return engine{longestID: 36}
}

// fold is a text as the database compares it.
func (e engine) fold(s string) string {
	if e.exact {
		return s
	}
	return fold(s)
}

// part is a piece of a text as the database compares it.
func (e engine) part(s string) string {
	if e.exact {
		return s
	}
	return collate(s)
}

// words reads a search.
func (e engine) words(s string) terms {
	t := words(s)
	if e.wholeWords && t.prefix != "" {
		t.exact, t.prefix = append(t.exact, t.prefix), ""
	}
	return t
}

// holdable refuses a user whose search text the database cannot store.
func (e engine) holdable(u *user) *refusal {
	if e.searchText == 0 || len(u.searchText()) <= e.searchText {
		return nil
	}
	return refuse(serverError)
}

// long are the words for ids that are too long for a database.
func (e engine) long(complaint string) string {
	if e.longestID == 255 {
		return strings.Replace(complaint, "at most 36 chars", "at most 255 chars", 1)
	}
	return complaint
}
