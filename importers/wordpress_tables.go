package importers

import (
	"bytes"
	"cmp"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"rehome/identity"
)

// wpSite is what the first pass learns of a WordPress in the files: the tables
// PREFIXusers, PREFIXusermeta and PREFIXsitemeta of one database. They are the
// same for all sites of a multisite network.
type wpSite struct {
	database, prefix string

	rows     int             // of the table of users
	found    bool            // it is one: its columns say so
	list     bool            // it is a list that a program made
	nameless map[uint64]bool // users without a display name

	meta     *metaStore
	names    *metaStore // of the nameless
	metaRows int
	rights   map[string]bool // the keys of capabilities that were met

	admins  map[string]bool // logins of the network's super admins
	network uint64          // the one that they are of

	// fault is what is wrong with the tables of metas. It matters only if this is
	// the site to read: plugins have tables with such names.
	fault error
}

// label is the site's prefix as --table-prefix takes it.
func (s *wpSite) label(full bool) string {
	if s.list {
		return "a list without tables"
	}
	if full && s.database != "" {
		return s.database + "." + s.prefix
	}
	return s.prefix
}

// wantWordPress answers for the tables that a wpSite is made of. WordPress
// spells them in lower case, and not every server tells the cases apart.
func wantWordPress(table []byte) bool { return tableKind(table) != "" }

// tableKind is which of WordPress's tables one is by its name; "" when it is none.
func tableKind(table []byte) string {
	for _, kind := range []string{"users", "usermeta", "sitemeta"} {
		if n := len(table) - len(kind); n >= 0 && bytes.EqualFold(table[n:], []byte(kind)) {
			return kind
		}
	}
	return ""
}

// wantTable answers for one table of the site.
func (s *wpSite) wantTable(kind string) func([]byte) bool {
	name := s.prefix + kind
	return func(table []byte) bool { return strings.EqualFold(string(table), name) }
}

// siteOf is the site that a table belongs to, and which of its tables it is.
// Rows of a table come in long runs, so the last answer is kept.
func (w *wordpress) siteOf(t tableName) (*wpSite, string) {
	if w.last.site == nil || w.last.table != t {
		w.last.table = t
		w.last.site, w.last.kind = w.findSite(t)
	}
	return w.last.site, w.last.kind
}

func (w *wordpress) findSite(t tableName) (*wpSite, string) {
	kind := cmp.Or(tableKind([]byte(t.table)), "users") // a list of users is of no table
	key := tableName{t.database, t.table[:max(0, len(t.table)-len(kind))]}
	site := w.sites[key]
	if site == nil {
		site = &wpSite{database: key.database, prefix: key.table, rights: map[string]bool{}}
		site.meta = newMetaStore(w.metaKeys(site.prefix))
		w.sites[key] = site
	}
	return site, kind
}

// Numbers of the meta keys that are always wanted; those of WordPressConfig.Meta
// follow.
const (
	keyPhone = 1 + iota
	keyFirstName
	keyLastName
	keyNickname
	keyMeta
)

// metaKeys are the wanted keys of a usermeta table.
func (w *wordpress) metaKeys(prefix string) map[string]int {
	keys := map[string]int{}
	for i, key := range w.c.Meta {
		keys[key] = keyMeta + i
	}
	if _, asked := keys["billing_phone"]; !asked {
		keys["billing_phone"] = keyPhone
	}
	keys[rolesKey(prefix, w.c.Site)] = keyRoles
	return keys
}

// rolesKey is the meta key of a site's roles. The main site has no number.
func rolesKey(prefix string, site int) string {
	if site > 1 {
		prefix += strconv.Itoa(site) + "_"
	}
	return prefix + "capabilities"
}

// gather is the first pass: everything but the users themselves. It is done
// again when a table began anew behind rows, as in two dumps one behind the other,
// and when a definition turns up behind rows that had to be read without it, as in
// a mydumper's files in any order.
func (w *wordpress) gather() error {
	err := w.gatherOnce()
	if begunAnew := w.tables.learn(); err != nil || !begunAnew && !w.definedLate() {
		return err
	}
	clear(w.sites)
	clear(w.assumed)
	w.last.site = nil
	return w.gatherOnce()
}

func (w *wordpress) definedLate() bool {
	for table := range w.assumed {
		if t := w.tables.find(table); t != nil && t.columns != nil {
			return true
		}
	}
	return false
}

func (w *wordpress) gatherOnce() error {
	err := w.each(wantWordPress, func(row *tableRow, in Input) error {
		w.gatherRow(row, in)
		return nil
	})
	for _, site := range w.sites {
		site.meta.seal()
	}
	return err
}

func (w *wordpress) gatherRow(row *tableRow, in Input) {
	site, kind := w.siteOf(row.table)
	cut := row.problem != nil && row.problem.Code == identity.RecordUnreadable
	switch {
	case kind == "users":
		w.gatherUser(site, row, in)
	case site.fault != nil || cut || w.c.TablePrefix != "" && !w.asked(site):
	case kind == "usermeta":
		site.fault = w.gatherMeta(site, row, in)
	default:
		site.fault = w.gatherAdmins(site, row, in)
	}
}

// gatherUser counts a user and notes whether there is a name.
func (w *wordpress) gatherUser(site *wpSite, row *tableRow, in Input) {
	site.rows++
	columns := w.userColumns(row, in)
	if columns == nil {
		return
	}
	site.found, site.list = true, row.list
	w.noteKey(row, columns.id)
	if row.problem != nil || columns.display < 0 || row.list {
		return
	}
	if name := row.values[columns.display]; name.null() || len(name.raw) == 0 {
		if id, ok := w.number(&row.values[columns.id]); ok {
			if site.nameless == nil {
				site.nameless = map[uint64]bool{}
			}
			site.nameless[id] = true
		}
	}
}

// noteKey tells the dump's table the primary key of a row.
func (w *wordpress) noteKey(row *tableRow, at int) {
	if row.from == nil || row.problem != nil || at < 0 {
		return
	}
	if key, ok := w.number(&row.values[at]); ok {
		row.from.noteKey(key, row.line)
	}
}

// number is a value that is an id.
func (w *wordpress) number(v *tableValue) (uint64, bool) {
	id, ok := v.bytes(&w.scratch)
	if !ok || len(id) == 0 || len(id) > 20 {
		return 0, false
	}
	var n uint64
	for _, c := range id {
		if !isDigit(c) || n > (1<<64-10)/10 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// asked reports whether a site is the one that TablePrefix names.
func (w *wordpress) asked(s *wpSite) bool {
	return w.c.TablePrefix == s.prefix || w.c.TablePrefix == s.label(true)
}

// choose takes the only site there is, or the one that was asked for.
func (w *wordpress) choose() error {
	var found, fit []*wpSite
	for _, s := range w.sites {
		if !s.found {
			continue
		}
		found = append(found, s)
		if w.c.TablePrefix == "" || w.asked(s) || s.list {
			fit = append(fit, s)
		}
	}
	switch {
	case len(fit) == 1:
		w.site = fit[0]
		return w.trouble(w.site)
	case len(found) == 0:
		if err := w.anyTrouble(); err != nil {
			return err
		}
		return &SourceError{Kind: NoUsers, Byte: -1, Says: "no table of WordPress users with a user in it: none whose name ends in users and whose columns include user_login and user_pass",
			Advice: "export the tables wp_users and wp_usermeta, whatever stands for wp_ on this site"}
	case len(fit) == 0:
		return &SourceError{Kind: NoUsers, Byte: -1, Says: fmt.Sprintf("no table of users has the prefix %s; there are %s", w.c.TablePrefix, listSites(found)),
			Advice: "choose one with --table-prefix"}
	}
	return &SourceError{Kind: Ambiguous, Byte: -1, Says: "the files hold the users of several sites: " + listSites(fit),
		Advice: "choose one with --table-prefix"}
}

// trouble is why a site cannot be read; nil when it can.
func (w *wordpress) trouble(s *wpSite) error {
	for _, t := range s.tables(w.tables) {
		if err := w.tables.trouble(t); err != nil {
			return err
		}
	}
	return s.fault
}

// tables are those of a site that stand in dumps.
func (s *wpSite) tables(all *dumpTables) []*dumpTable {
	var found []*dumpTable
	for _, kind := range []string{"users", "usermeta", "sitemeta"} {
		if t := all.find(tableName{s.database, s.prefix + kind}); t != nil {
			found = append(found, t)
		}
	}
	return found
}

// anyTrouble is why there may be no users at all.
func (w *wordpress) anyTrouble() error {
	for _, t := range w.tables.sorted() {
		if err := w.tables.trouble(t); err != nil && tableKind([]byte(t.name.table)) == "users" {
			return err
		}
	}
	return nil
}

// listSites names sites as --table-prefix takes them: with their database where
// two share a prefix.
func listSites(sites []*wpSite) string {
	times := map[string]int{}
	for _, s := range sites {
		times[s.prefix]++
	}
	var names []string
	for _, s := range sites {
		names = append(names, fmt.Sprintf("%s (%d users)", s.label(times[s.prefix] > 1), s.rows))
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
