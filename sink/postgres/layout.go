package postgres

import (
	"fmt"
	"strings"
)

// layout is what reading and writing must know of a set of tables.
type layout struct {
	users, identities table
	appendRows        func(to *rows, p *plan, now instant)
	// accounts selects users as JSON, in the form of account; a condition on the
	// table's alias u follows.
	accounts string
	// byKeys is such a condition: the users who hold any of the ids $1, folded
	// addresses $2 and phone numbers $3.
	byKeys string
	byID   string // and this one: the users with the ids $1
	// subject is the name of the column that holds a provider's id of a person.
	subject string
	phone   func(e164 string) string // as the table spells it
	// missing is what an account lacks of its plan, and how to give it.
	missing func(*plan, account) []assignment
}

func layoutOf(c Config) layout {
	if c.Layout == Supabase {
		return supabaseLayout()
	}
	return genericLayout(c.Schema)
}

// asMoment selects a time in the form of moment; NULL for none.
func asMoment(column string) string {
	return `pg_catalog.to_char(` + column + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

// asJSON selects an object with these fields, written as name and expression in
// turn.
func asJSON(fields ...string) string {
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "'%s', %s", fields[i], fields[i+1])
	}
	return "pg_catalog.json_build_object(" + b.String() + ")"
}

// listOf selects the identities of u as lists of provider, subject and data.
func listOf(identities, provider, subject, data string) string {
	return fmt.Sprintf("(select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(i.%s, i.%s, i.%s::pg_catalog.text)), '[]') from %s i where i.user_id = u.id)",
		provider, subject, data, identities)
}

func genericLayout(schema string) layout {
	l := layout{appendRows: genericRows, missing: genericMissing, subject: "subject", phone: func(e164 string) string { return e164 }}
	l.users, l.identities = genericTables(schema)
	l.accounts = "select " + asJSON(
		"id", "u.id",
		"stamp", asMoment("u.imported_at"),
		"signed_in", "(u.password_changed_at is not null or coalesce(u.last_sign_in_at > u.imported_at and u.last_sign_in_at <= pg_catalog.now(), false))",
		"credential", asJSON("format", "u.password_format", "hash", "u.password_hash", "params", "u.password_params::pg_catalog.text",
			"changed", asMoment("u.password_changed_at"), "last_sign_in", asMoment("u.last_sign_in_at")),
		"profile", asJSON("source_id", "u.source_id", "email", "u.email", "email_key", "u.email_key", "email_verified", "u.email_verified",
			"phone", "u.phone", "phone_verified", "u.phone_verified", "name", "u.name", "username", "u.username", "photo", "u.photo_url",
			"labels", "pg_catalog.to_json(u.labels)", "prefs", "u.prefs::pg_catalog.text", "disabled", "u.disabled", "created", asMoment("u.created_at"),
			"identities", listOf(l.identities.name, "provider", "subject", "data")),
	) + "::pg_catalog.text from " + l.users.name + " u where "
	l.byKeys = "u.id = any($1::pg_catalog.text[]) or u.email_key = any($2::pg_catalog.text[]) or u.phone = any($3::pg_catalog.text[])"
	l.byID = "u.id = any($1::pg_catalog.text[])"
	return l
}

// supabaseLayout looks addresses up without regard to case as well: rows that
// other tools wrote may differ from ours in that alone, and the server would let
// either of the two answer.
func supabaseLayout() layout {
	l := layout{appendRows: supabaseRows, missing: supabaseMissing, subject: "provider_id", phone: phoneDigits}
	l.users, l.identities = supabaseTables()
	l.accounts = "select " + asJSON(
		"id", "u.id::pg_catalog.text",
		"stamp", asMoment("u.updated_at"),
		"signed_in", "(u.last_sign_in_at is not null)",
		"credential", asJSON("hash", "u.encrypted_password", "last_sign_in", asMoment("u.last_sign_in_at")),
		"profile", asJSON("email", "u.email", "email_verified", "(u.email_confirmed_at is not null)",
			"phone", "u.phone", "phone_verified", "(u.phone_confirmed_at is not null)", "created", asMoment("u.created_at"),
			"aud", "u.aud", "role", "u.role", "app", "u.raw_app_meta_data::pg_catalog.text", "user", "u.raw_user_meta_data::pg_catalog.text",
			"banned_until", asMoment("u.banned_until"), "deleted", "(u.deleted_at is not null)",
			"identities", listOf(l.identities.name, "provider", "provider_id", "identity_data")),
	) + "::pg_catalog.text from " + l.users.name + " u where "
	l.byKeys = "u.id = any($1::pg_catalog.uuid[]) or u.email = any($2::pg_catalog.text[]) and u.is_sso_user = false" +
		" or u.instance_id = '" + nilUUID + "' and pg_catalog.lower(u.email::pg_catalog.text) = any($2::pg_catalog.text[]) and u.is_sso_user = false or u.phone = any($3::pg_catalog.text[])"
	l.byID = "u.id = any($1::pg_catalog.uuid[])"
	return l
}

// idKind is the SQL type of ids, as a statement names it.
func (l layout) idKind() string {
	for _, c := range l.users.columns {
		if c.name == "id" {
			return "pg_catalog." + c.kind
		}
	}
	return "pg_catalog.text"
}
