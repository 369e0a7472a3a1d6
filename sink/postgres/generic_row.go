package postgres

import "time"

// The generic layout's tables (migrations/002.generic.sql).

func genericTables(schema string) (users, identities table) {
	users = table{quote(schema) + ".users", []column{
		{"id", "text"}, {"source_id", "text"}, {"email", "text"}, {"email_key", "text"}, {"email_verified", "boolean"},
		{"phone", "text"}, {"phone_verified", "boolean"}, {"name", "text"}, {"username", "text"}, {"photo_url", "text"},
		{"password_format", "text"}, {"password_hash", "text"}, {"password_params", "jsonb"}, {"labels", "text[]"}, {"prefs", "jsonb"},
		{"disabled", "boolean"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"last_sign_in_at", "timestamptz"}, {"imported_at", "timestamptz"},
	}}
	identities = table{quote(schema) + ".user_identities", []column{
		{"provider", "text"}, {"subject", "text"}, {"user_id", "text"}, {"data", "jsonb"},
	}}
	return users, identities
}

// genericRows appends a user who lands at now, in the columns' order.
func genericRows(r *rows, p *plan, now instant) {
	u, to := &p.profile, &r.users
	to.row(20)
	to.text(p.id)
	to.text(p.sourceID)
	to.textOrNull(u.Email)
	to.textOrNull(u.EmailKey)
	to.flag(u.EmailVerified)
	to.textOrNull(u.Phone)
	to.flag(u.PhoneVerified)
	to.textOrNull(u.Name)
	to.textOrNull(u.Username)
	to.textOrNull(u.Photo)
	to.textOrNull(string(p.hash.Algorithm))
	to.textOrNull(string(p.hash.Encoded))
	to.object(paramsOf(p.hash.Params).orEmpty())
	to.list(u.Labels)
	to.object(u.Claims.orEmpty())
	to.flag(u.Disabled)
	to.at(p.created(now.Time))
	to.at(now.Time)
	to.at(u.LastSignIn)
	to.at(now.Time)
	for _, l := range p.logins {
		to := &r.identities
		to.row(4)
		to.text(l.provider)
		to.text(l.subject)
		to.text(p.id)
		to.object(l.data())
	}
}

// data is what is kept of an identity beside its key.
func (l login) data() object {
	if l.email == "" {
		return emptyObject
	}
	data, _ := objectOf(map[string]any{"email": l.email}) // bounded by rules.login
	return data
}

// created is the date of sign-up; now where the source does not say.
func (p *plan) created(now time.Time) time.Time {
	if p.profile.Created.IsZero() {
		return now
	}
	return p.profile.Created
}

const emptyObject object = "{}"

func (o object) orEmpty() object {
	if o == "" {
		return emptyObject
	}
	return o
}
