package postgres

import (
	"slices"
	"strings"
	"time"
)

// Supabase Auth's tables. Each column that is named here, and each that is not,
// was seen to matter on a live server (fixtures/supabase-auth, "row").

// supabaseSchema holds Supabase Auth's tables.
const supabaseSchema = "auth"

func supabaseTables() (users, identities table) {
	users = table{"auth.users", []column{
		{"instance_id", "uuid"}, {"id", "uuid"}, {"aud", "text"}, {"role", "text"}, {"email", "text"}, {"encrypted_password", "text"},
		{"email_confirmed_at", "timestamptz"}, {"phone", "text"}, {"phone_confirmed_at", "timestamptz"},
		{"confirmation_token", "text"}, {"recovery_token", "text"}, {"email_change_token_new", "text"}, {"email_change", "text"},
		{"raw_app_meta_data", "jsonb"}, {"raw_user_meta_data", "jsonb"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"},
		{"banned_until", "timestamptz"},
	}}
	identities = table{"auth.identities", []column{
		{"provider", "text"}, {"provider_id", "text"}, {"user_id", "uuid"}, {"identity_data", "jsonb"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"},
	}}
	return users, identities
}

// authenticated is audience and role of everybody. Both are fixed: a role that
// came from a source would stand in the token, "service_role" among them.
const authenticated = "authenticated"

// forever is when a ban ends that does not. "infinity" breaks the server's list of
// users for everybody.
var forever = time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)

// supabaseRows appends a user who lands at now, in the columns' order.
//
// The four token columns have no default and must be empty, not NULL: one NULL
// breaks the login of this user and the list of all. No password is ” for the
// same reason with older servers.
func supabaseRows(r *rows, p *plan, now instant) {
	u, created, to := &p.profile, p.created(now.Time), &r.users
	to.row(18)
	to.uuid(nilUUID)
	to.uuid(p.id)
	to.text(authenticated)
	to.text(authenticated)
	to.textOrNull(u.EmailKey)
	to.text(string(p.hash.Encoded))
	to.at(confirmed(u.EmailVerified, created))
	to.textOrNull(phoneDigits(u.Phone))
	to.at(confirmed(u.PhoneVerified, created))
	for range 4 {
		to.text("")
	}
	all := p.supabaseIdentities()
	to.object(p.appMetadata(all))
	to.object(p.userMetadata())
	to.at(created)
	to.at(now.Time)
	to.at(p.bannedUntil())
	for _, i := range all {
		to := &r.identities
		to.row(6)
		to.text(i.provider)
		to.text(i.subject)
		to.uuid(p.id)
		to.object(i.data)
		to.at(created)
		to.at(now.Time)
	}
}

// confirmed is when an address was confirmed, which no source says: the server
// asks only whether there is a time.
func confirmed(yes bool, when time.Time) time.Time {
	if !yes {
		return time.Time{}
	}
	return when
}

// phoneDigits is a number as the server looks it up.
func phoneDigits(e164 string) string { return strings.TrimPrefix(e164, "+") }

func (p *plan) bannedUntil() time.Time {
	if !p.profile.Disabled {
		return time.Time{}
	}
	return forever
}

// appMetadata is what only the server can change, and every token holds.
func (p *plan) appMetadata(all []supabaseIdentity) object {
	var providers []any
	for _, i := range all {
		if !slices.Contains(providers, any(i.provider)) {
			providers = append(providers, i.provider)
		}
	}
	m := map[string]any{"providers": providers, "source_id": p.sourceID}
	if len(providers) > 0 {
		m["provider"] = providers[0]
	}
	if len(p.profile.Labels) > 0 {
		m["labels"] = p.profile.Labels
	}
	if p.profile.Claims != "" {
		m["claims"] = p.profile.Claims
	}
	if p.keepSignIn && !p.profile.LastSignIn.IsZero() {
		m["last_sign_in_at"] = p.profile.LastSignIn.Format(time.RFC3339Nano)
	}
	return built(m)
}

// userMetadata is what the person can change: nothing of it is ever to be trusted.
func (p *plan) userMetadata() object {
	m := map[string]any{}
	if p.profile.Name != "" {
		m["name"] = p.profile.Name
	}
	if p.profile.Photo != "" {
		m["avatar_url"] = p.profile.Photo
	}
	return built(m)
}

// built is an object of values whose size and text were checked before.
func built(m map[string]any) object {
	var c canon
	c.object(m, 0)
	return object(c.out.String())
}

// supabaseIdentity is a row of auth.identities.
type supabaseIdentity struct {
	login
	data object
}

// supabaseIdentities are the ways of signing in: by the e-mail address unless the
// person only ever came through a provider, by phone, and by each provider. A user
// of auth.users who has none can sign in, but shows none in the API.
func (p *plan) supabaseIdentities() (all []supabaseIdentity) {
	u := &p.profile
	add := func(provider, subject string, data map[string]any) {
		all = append(all, supabaseIdentity{login{provider: provider, subject: subject}, built(data)})
	}
	if u.EmailKey != "" && p.byEmail {
		add("email", p.id, map[string]any{"sub": p.id, "email": u.EmailKey, "email_verified": u.EmailVerified, "phone_verified": false})
	}
	if u.Phone != "" {
		add("phone", p.id, map[string]any{"sub": p.id, "phone": phoneDigits(u.Phone), "email_verified": false, "phone_verified": u.PhoneVerified})
	}
	for _, l := range p.logins {
		data := map[string]any{"sub": l.subject, "provider_id": l.subject, "email_verified": false, "phone_verified": false}
		if l.email != "" {
			data["email"], data["email_verified"] = l.email, u.EmailVerified && l.email == u.EmailKey
		}
		add(l.provider, l.subject, data)
	}
	return all
}
