package importers

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"rehome/identity"
)

// userColumns are the places of the columns of a table or list of users; -1
// where there is none.
type userColumns struct {
	of                                  []tableColumn
	id, login, pass, email              int
	registered, display, spam, deleted  int
	roles, first, last, nickname, phone int // of lists alone
	meta                                []int
}

// userColumns are the places of a row's columns; nil when the table is none of
// WordPress's users.
func (w *wordpress) userColumns(row *tableRow, in Input) *userColumns {
	of := w.columnsOf(row, in, standardUsers, standardNetworkUsers)
	if len(of) == 0 || row.columns == nil && !looksUser(row) {
		return nil
	}
	if sameColumns(of, w.userAt.of) {
		return &w.userAt
	}
	at := func(name string) int { return columnIndex(of, name) }
	u := userColumns{
		of: of, id: at("ID"), login: at("user_login"), pass: at("user_pass"), email: at("user_email"),
		registered: at("user_registered"), display: at("display_name"), spam: at("spam"), deleted: at("deleted"),
		roles: at("roles"), first: at("first_name"), last: at("last_name"), nickname: at("nickname"), phone: at("billing_phone"),
	}
	for _, key := range w.c.Meta {
		u.meta = append(u.meta, at(key))
	}
	if !row.list && (u.id < 0 || u.login < 0 || u.pass < 0) {
		return nil
	}
	w.userAt = u
	return &w.userAt
}

// sameColumns reports whether two lists of columns are one and the same: rows of
// a table share theirs.
func sameColumns(a, b []tableColumn) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

// looksUser reports whether a row without column names can be one of users: a
// number first, a date where user_registered stands.
func looksUser(row *tableRow) bool {
	const id, registered = 0, 6
	if n := len(row.values); n != len(standardUsers) && n != len(standardNetworkUsers) {
		return false
	}
	number, date := row.values[id].raw, row.values[registered].raw
	return isNumber(number) && len(number) > 0 && len(date) == len(time.DateTime) && date[4] == '-' && date[10] == ' '
}

// give is the last pass: it yields the users.
func (w *wordpress) give() error {
	given, file, number := 0, "", 0
	err := w.each(w.site.wantTable("users"), func(row *tableRow, in Input) error {
		if site, kind := w.siteOf(row.table); site != w.site || kind != "users" {
			return nil
		}
		if file != in.Name {
			file, number = in.Name, 0
		}
		given++
		number++
		rec := w.record(row, in)
		rec.Pos = identity.Pos{File: in.Name, Record: number, Line: row.line}
		if !rec.User.Hash.IsZero() {
			w.hashed++
		}
		if !w.yield(rec, nil) {
			return errStopped
		}
		return nil
	})
	if err != nil {
		return err
	}
	if given != w.site.rows {
		return &SourceError{Kind: Malformed, Byte: -1, Says: "the files changed while they were read", Advice: "copy them to a place where nobody writes, and begin again"}
	}
	w.conclude()
	return nil
}

// record makes a record of a row.
func (w *wordpress) record(row *tableRow, in Input) identity.Record {
	b := userBuilder{wordpress: w, row: row}
	b.problem = row.problem
	if b.columns = w.userColumns(row, in); b.columns == nil && b.problem == nil {
		b.problem = &identity.Problem{Code: identity.RowBroken, Detail: "the row has " + strconv.Itoa(len(row.values)) + " values, and nothing names its columns"}
	}
	if b.problem == nil {
		b.build()
	}
	if b.problem != nil {
		return identity.Record{User: identity.User{ID: b.user.ID}, Problem: b.problem, Raw: identity.Secret(rawText(row.raw))}
	}
	rec := identity.Record{User: b.user, Losses: b.losses, Problem: b.broken}
	if rec.Problem != nil {
		rec.Raw = identity.Secret(rawText(row.raw))
	}
	return rec
}

// userBuilder makes a user of a row. The first problem it meets ends it.
type userBuilder struct {
	*wordpress
	row     *tableRow
	columns *userColumns
	user    identity.User
	losses  []identity.Code
	problem *identity.Problem
	broken  *identity.Problem // of the hash alone: the user is whole without it
}

func (b *userBuilder) build() {
	c := b.columns
	id := b.id()
	b.user.Username = b.cell(c.login)
	b.user.Email = b.cell(c.email)
	b.user.Created = wordpressDate(b.cell(c.registered))
	b.user.Disabled = isSet(b.cell(c.spam)) || isSet(b.cell(c.deleted))
	b.password()
	if b.row.list {
		b.listed()
		return
	}
	b.joined(id)
}

// id is the user's number. A list without an ID column has the login, which is
// as unique.
func (b *userBuilder) id() uint64 {
	if b.columns.id < 0 {
		b.notice("the list has no column ID: user_login serves as the users' id; ID in --fields gives WordPress's own")
		if b.user.ID = b.cell(b.columns.login); b.user.ID == "" && b.problem == nil {
			b.problem = &identity.Problem{Code: identity.IDMissing, Detail: "the row has neither ID nor user_login"}
		}
		return 0
	}
	v := &b.row.values[b.columns.id]
	id, ok := b.number(v)
	switch {
	case ok:
		b.user.ID = strconv.FormatUint(id, 10)
	case v.null() || len(v.raw) == 0:
		b.problem = &identity.Problem{Code: identity.IDMissing, Detail: "the row has no ID"}
	default:
		b.problem = &identity.Problem{Code: identity.RecordUnreadable, Detail: "ID is no number: the row is damaged, or its columns are others"}
	}
	return id
}

// cell is the text of a column; "" where there is none.
func (b *userBuilder) cell(i int) string {
	if i < 0 || b.problem != nil {
		return ""
	}
	v, column := &b.row.values[i], b.columns.of[i]
	if v.null() {
		return ""
	}
	raw, ok := v.bytes(&b.scratch)
	text, fault := b.text.decode(raw, cellCharset(v, column, b.row.charset))
	if !ok {
		fault = "holds what is no text: digits or escapes that mean nothing"
	}
	if fault != "" {
		b.problem = fault.problem(column.name)
	}
	return text
}

// cellCharset is the charset that a value is said to be in: its own, its
// column's where the dump holds bytes, else the dump's.
func cellCharset(v *tableValue, column tableColumn, declared string) string {
	switch {
	case v.charset != "" && v.charset != "binary":
		return v.charset
	case v.charset == "binary", declared == "binary", column.charset == "binary":
		return column.charset
	}
	return declared
}

// password takes the hash, or notes why there is none.
func (b *userBuilder) password() {
	if b.columns.pass < 0 {
		b.user.Logins = []identity.Login{{Provider: identity.PasswordProvider}}
		return
	}
	stored := b.cell(b.columns.pass)
	if b.problem != nil {
		return
	}
	if b.user.Hash, b.broken = wordpressHash(stored); b.user.Hash.IsZero() {
		b.losses = append(b.losses, identity.LossLocked)
	}
	takeApart(&b.user)
}

// listed takes what a list says of roles and names.
func (b *userBuilder) listed() {
	c := b.columns
	for _, role := range strings.Split(b.cell(c.roles), ",") {
		if role = strings.TrimSpace(role); role != "" {
			b.user.Labels = append(b.user.Labels, role)
		}
	}
	sort.Strings(b.user.Labels)
	b.name(b.cell(c.first), b.cell(c.last), b.cell(c.nickname))
	b.phone(b.cell(c.phone))
	for i, at := range c.meta {
		if at >= 0 {
			b.attribute(b.c.Meta[i], b.cell(at))
		}
	}
}

// joined takes what the tables of metas say of the user.
func (b *userBuilder) joined(id uint64) {
	meta := b.site.meta.of(id, b.metaTexts[:0])
	b.metaTexts = meta.texts
	if meta.roles != nil {
		b.user.Labels = slices.Clone(meta.roles.names)
		if meta.roles.broken {
			b.losses = append(b.losses, identity.LossRolesBroken)
		}
	}
	if b.site.admins[b.user.Username] {
		b.user.Labels = append(b.user.Labels, "super_admin")
		sort.Strings(b.user.Labels)
	}
	b.phone(meta.first(b.site.meta.keys["billing_phone"]))
	for _, t := range meta.texts {
		if t.key >= keyMeta {
			b.attribute(b.c.Meta[t.key-keyMeta], string(t.text))
		}
	}
	b.name("", "", "")
	if b.user.Name == "" && b.site.names != nil {
		names := b.site.names.of(id, nil)
		b.name(names.first(keyFirstName), names.first(keyLastName), names.first(keyNickname))
	}
}

// name is the name as displayed, else made of its parts. WordPress stores names
// with their markup escaped; they are un-escaped once.
func (b *userBuilder) name(first, last, nickname string) {
	for _, name := range []string{b.cell(b.columns.display), strings.TrimSpace(first + " " + last), nickname} {
		if name != "" && b.user.Name == "" {
			b.user.Name = name
			if strings.IndexByte(name, '&') >= 0 {
				b.user.Name = wordpressEntities.Replace(name)
			}
		}
	}
}

// wordpressEntities are those that _wp_specialchars makes (wp-includes/formatting.php).
var wordpressEntities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#039;", "'")

// phone takes WooCommerce's billing_phone, the only number that sites have in
// common. What cannot be put in international form stays as it was typed, but for
// what can be read as two numbers.
func (b *userBuilder) phone(number string) {
	if number == "" {
		return
	}
	if b.user.Phone, _ = normalisePhone(number, b.c.Region); b.user.Phone == "" {
		b.losses = append(b.losses, identity.LossPhone)
	}
}

// attribute adds a meta; one that a user has several times is a list.
func (b *userBuilder) attribute(key, text string) {
	if b.user.Attributes == nil {
		b.user.Attributes = map[string]any{}
	}
	switch before := b.user.Attributes[key].(type) {
	case nil:
		b.user.Attributes[key] = text
	case []any:
		b.user.Attributes[key] = append(before, text)
	default:
		b.user.Attributes[key] = []any{before, text}
	}
}

// isSet is the value of a flag.
func isSet(flag string) bool { return flag != "" && flag != "0" }

// wordpressDate is user_registered, "2026-11-21 19:13:12" in UTC. Zero and
// impossible dates occur, and so do the ends of Unix time, where a broken clock
// or plugin wrote 1969 or 2038: they are no dates.
func wordpressDate(text string) time.Time {
	const form = "0000-00-00 00:00:00"
	if len(text) < len(form) || len(text) > len(form) && text[len(form)] != '.' {
		return time.Time{}
	}
	var n [6]int // year to second
	part := 0
	for i := range len(form) {
		switch {
		case form[i] == '0' && isDigit(text[i]):
			n[part] = n[part]*10 + int(text[i]-'0')
		case form[i] != '0' && form[i] == text[i]:
			part++
		default:
			return time.Time{}
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	if t.Year() != n[0] || t.Month() != time.Month(n[1]) || t.Day() != n[2] || n[3] > 23 || n[4] > 59 || n[5] > 59 || n[0] < 1970 || n[0] >= 2038 {
		return time.Time{}
	}
	return t
}
