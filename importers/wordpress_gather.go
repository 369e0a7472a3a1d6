package importers

import (
	"bytes"
	"slices"
	"strconv"

	"rehome/identity"
)

// maxRights bounds how many keys of capabilities are remembered for a notice.
const maxRights = 64

// metaColumns are the places of a usermeta or sitemeta table's columns.
type metaColumns struct {
	of                   []tableColumn
	id, owner, key, text int
}

// The columns of a table that nothing describes, in the order that WordPress
// gives them (wp-admin/includes/schema.php, 4.4 to 7.1).
var (
	standardUsers = named("ID", "user_login", "user_pass", "user_nicename", "user_email", "user_url",
		"user_registered", "user_activation_key", "user_status", "display_name")
	standardNetworkUsers = append(standardUsers[:len(standardUsers):len(standardUsers)], named("spam", "deleted")...)
	standardMeta         = named("umeta_id", "user_id", "meta_key", "meta_value")
	standardSitemeta     = named("meta_id", "site_id", "meta_key", "meta_value")
)

func named(names ...string) []tableColumn {
	columns := make([]tableColumn, len(names))
	for i, name := range names {
		columns[i].name = name
	}
	return columns
}

// columnsOf are the columns of a row: those that are named, else the standard
// ones if there are as many.
func (w *wordpress) columnsOf(row *tableRow, in Input, standards ...[]tableColumn) []tableColumn {
	if row.columns != nil {
		return row.columns
	}
	if w.assumed[row.table] == "" {
		w.assumed[row.table] = in.Name
	}
	for _, standard := range standards {
		if len(row.values) == len(standard) {
			return standard
		}
	}
	return nil
}

// gatherMeta keeps what is wanted of a row of usermeta.
func (w *wordpress) gatherMeta(site *wpSite, row *tableRow, in Input) error {
	store := site.meta
	if site.names != nil {
		store = site.names
	}
	if row.problem != nil && row.problem.Code == identity.RecordTooLarge {
		w.notice("%s: line %d: a row of %s was left out: %s", in.Name, row.line, row.table, row.problem.Detail)
		return nil
	}
	columns, err := w.metaColumns(row, in, "user_id", standardMeta)
	if err != nil {
		return err
	}
	site.metaRows++
	w.noteKey(row, columns.id)
	name, _ := row.values[columns.key].bytes(&w.scratch)
	site.noteRights(name)
	key, wanted := store.keys[string(name)]
	if !wanted || row.values[columns.text].null() {
		return nil
	}
	user, ok := w.number(&row.values[columns.owner])
	if !ok {
		return metaError(row, in, "the user_id of a row is no number")
	}
	value, ok := w.metaText(row, columns)
	if ok && !store.add(user, key, value) {
		return metaError(row, in, "the user meta of so many users does not fit into memory: ask for fewer keys with --meta, or split the table")
	}
	return nil
}

// noteRights remembers which sites have roles.
func (s *wpSite) noteRights(key []byte) {
	if bytes.HasSuffix(key, []byte("capabilities")) && !s.rights[string(key)] && len(s.rights) < maxRights {
		s.rights[string(key)] = true
	}
}

// metaText is the text of a meta, as UTF-8. What is no text is left out.
func (w *wordpress) metaText(row *tableRow, columns *metaColumns) ([]byte, bool) {
	v := &row.values[columns.text]
	value, ok := v.bytes(&w.scratch)
	if ok && isPlainASCII(value) {
		return value, true
	}
	text, fault := w.text.decode(value, cellCharset(v, columns.of[columns.text], row.charset))
	if !ok || fault != "" {
		w.metaFaults++
		return nil, false
	}
	return []byte(text), true
}

// metaColumns are the places of a row's columns.
func (w *wordpress) metaColumns(row *tableRow, in Input, owner string, standard []tableColumn) (*metaColumns, error) {
	of := w.columnsOf(row, in, standard)
	if row.problem != nil {
		return nil, metaError(row, in, row.problem.Detail)
	}
	if sameColumns(of, w.metaAt.of) {
		return &w.metaAt, nil
	}
	m := metaColumns{of, columnIndex(of, standard[0].name), columnIndex(of, owner), columnIndex(of, "meta_key"), columnIndex(of, "meta_value")}
	if m.owner < 0 || m.key < 0 || m.text < 0 {
		return nil, metaError(row, in, "the columns "+owner+", meta_key and meta_value are not all there, or nothing names them")
	}
	w.metaAt = m
	return &w.metaAt, nil
}

// metaError is a fault in a table of metas, which no record could carry.
func metaError(row *tableRow, in Input, says string) error {
	e := &SourceError{Kind: Malformed, File: in.Name, Byte: row.offset, Says: row.table.String() + ": " + says}
	if row.line > 0 {
		e.Says = "line " + strconv.Itoa(row.line) + ": " + e.Says
	}
	return e
}

// gatherAdmins takes the super admins of the network: of the one with the lowest
// number, should there be several.
func (w *wordpress) gatherAdmins(site *wpSite, row *tableRow, in Input) error {
	columns, err := w.metaColumns(row, in, "site_id", standardSitemeta)
	if err != nil {
		return err
	}
	w.noteKey(row, columns.id)
	if key, _ := row.values[columns.key].bytes(&w.scratch); string(key) != "site_admins" {
		return nil
	}
	network, ok := w.number(&row.values[columns.owner])
	if !ok || site.admins != nil && network >= site.network {
		return nil
	}
	value, _ := w.metaText(row, columns)
	list, err := phpUnserialize(value)
	logins, isList := list.(phpArray)
	if err != nil || !isList {
		w.notice("%s: line %d: the list of super admins is damaged, and nobody is taken for one", in.Name, row.line)
		return nil
	}
	site.network, site.admins = network, map[string]bool{}
	for _, entry := range logins {
		if login, ok := entry.value.(string); ok {
			site.admins[login] = true
		}
	}
	return nil
}

// gatherNames is the pass for users without a display name, whose name is in
// usermeta.
func (w *wordpress) gatherNames() error {
	if len(w.site.nameless) == 0 {
		return nil
	}
	names := newMetaStore(map[string]int{"first_name": keyFirstName, "last_name": keyLastName, "nickname": keyNickname})
	names.only = w.site.nameless
	w.site.names = names
	err := w.each(w.site.wantTable("usermeta"), func(row *tableRow, in Input) error {
		if site, kind := w.siteOf(row.table); site != w.site || kind != "usermeta" || row.problem != nil {
			return nil
		}
		return w.gatherMeta(w.site, row, in)
	})
	names.seal()
	return err
}

// wpRoles is what a value of capabilities says.
type wpRoles struct {
	names  []string // shared by all users that have these roles
	broken bool
}

// parseRoles are the roles and single capabilities that a value grants, sorted.
// A role that is false is denied; one that is true in PHP's eyes counts, since
// the recipes that people follow write "1".
func parseRoles(value []byte) wpRoles {
	if len(bytes.TrimSpace(value)) == 0 {
		return wpRoles{}
	}
	list, err := phpUnserialize(value)
	granted, ok := list.(phpArray)
	if err != nil || !ok {
		return wpRoles{broken: true}
	}
	var roles wpRoles
	for _, entry := range granted {
		if name, ok := entry.key.(string); ok && name != "" && phpTrue(entry.value) {
			roles.names = append(roles.names, name)
		}
	}
	slices.Sort(roles.names)
	roles.names = slices.Compact(roles.names)
	return roles
}
