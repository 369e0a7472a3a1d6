package importers

import (
	"fmt"
	"sort"
	"strings"
)

// notice tells a text once.
func (w *wordpress) notice(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if w.c.Notice != nil && !w.said[text] {
		w.said[text] = true
		w.c.Notice(text)
	}
}

// conclude tells what the reading met.
func (w *wordpress) conclude() {
	w.concludeColumns()
	w.concludeRoles()
	w.concludeAdmins()
	w.concludeText()
	if w.hashed > 0 {
		w.notice("WordPress trims passwords and hashes quotes and backslashes with a backslash before them: whoever has such a password types it in vain elsewhere. That may concern any of the users with a password hash: %d", w.hashed)
	}
}

// concludeColumns tells of tables that nothing describes.
func (w *wordpress) concludeColumns() {
	for _, kind := range []string{"users", "usermeta", "sitemeta"} {
		table := tableName{w.site.database, w.site.prefix + kind}
		if file := w.assumed[table]; file != "" {
			w.notice("%s: nothing names the columns of %s: its values are taken for the standard columns in their order", file, table)
		}
	}
}

// tellBeginnings tells of rows that a dump takes back.
func (w *wordpress) tellBeginnings() {
	for _, t := range w.site.tables(w.tables) {
		if t.life > 0 {
			w.notice("%s: line %d: the dump empties %s and fills it anew: the rows before that line do not count", w.tables.files[t.begun-1], t.since, t.name)
		}
	}
}

// concludeRoles tells when nobody has roles, and why that may be.
func (w *wordpress) concludeRoles() {
	s := w.site
	key := rolesKey(s.prefix, w.c.Site)
	switch {
	case s.list || s.rights[key]:
	case s.metaRows == 0:
		w.notice("there is no table %susermeta with anything in it: users come without roles", s.prefix)
	default:
		keys := make([]string, 0, len(s.rights))
		for k := range s.rights {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		w.notice("no user has the user meta %s, so nobody has a role; there are: %s", key, strings.Join(keys, ", "))
	}
}

// concludeAdmins tells when the super admins of a network are not known.
func (w *wordpress) concludeAdmins() {
	if w.userAt.spam >= 0 && !w.site.list && w.site.admins == nil {
		w.notice("this is a network of sites, and there is no list of its super admins in %ssitemeta: nobody is taken for one", w.site.prefix)
	}
}

// concludeText tells what was assumed about the bytes.
func (w *wordpress) concludeText() {
	t := w.text
	if t.latinIsUTF8 > 0 {
		w.notice("the dump declares latin1 and holds UTF-8; values read as UTF-8: %d", t.latinIsUTF8)
	}
	if t.undeclared > 0 {
		w.notice("values that are not UTF-8, whose encoding nothing declares, and which were read as Windows-1252: %d; name another with --encoding. Dumps made with --compatible are such, and have lost other letters to question marks already", t.undeclared)
	}
	if t.twice > 0 {
		w.notice("values that look as if they were encoded twice: %d; --encoding %s mends them", t.twice, TwiceEncoded)
	}
	if w.metaFaults > 0 {
		w.notice("values of user meta that hold no text and were left out: %d", w.metaFaults)
	}
}
