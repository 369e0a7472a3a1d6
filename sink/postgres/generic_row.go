package postgres

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

// genericRows is a user who lands at now, in the columns' order.
func genericRows(p plan, now instant) rows {
	u := p.profile
	r := rows{user: []value{
		text(p.id), text(p.sourceID), textOrNull(u.Email), textOrNull(u.EmailKey), flag(u.EmailVerified),
		textOrNull(u.Phone), flag(u.PhoneVerified), textOrNull(u.Name), textOrNull(u.Username), textOrNull(u.Photo),
		textOrNull(string(p.hash.Algorithm)), textOrNull(string(p.hash.Encoded)), text(string(paramsOf(p.hash.Params).orEmpty())),
		array(u.Labels), text(string(u.Claims.orEmpty())),
		flag(u.Disabled), p.created(now).value(), now.value(), at(u.LastSignIn), now.value(),
	}}
	for _, l := range p.logins {
		r.identities = append(r.identities, []value{text(l.provider), text(l.subject), text(p.id), text(string(l.data()))})
	}
	return r
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
func (p plan) created(now instant) instant {
	if p.profile.Created.IsZero() {
		return now
	}
	return newInstant(p.profile.Created)
}

const emptyObject object = "{}"

func (o object) orEmpty() object {
	if o == "" {
		return emptyObject
	}
	return o
}
