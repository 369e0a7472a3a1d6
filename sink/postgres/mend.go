package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
	"rehome/sink"
)

var _ sink.Mender = (*Sink)(nil)

// Mend gives users who are there what they lack, each in a transaction of its own.
// Cancelling ctx ends it between two users.
func (s *Sink) Mend(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	working, stop := outlast(ctx, min(drain, s.config.Patience))
	defer stop()
	results := make([]sink.Result, 0, len(users))
	for _, l := range users {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		r, err := s.mendOne(working, &member{Landing: &l, plan: s.planOf(&l)})
		if err != nil {
			return results, err
		}
		results = append(results, r)
	}
	return results, nil
}

func (s *Sink) mendOne(ctx context.Context, m *member) (r sink.Result, err error) {
	if len(s.known([]string{m.plan.id})) == 0 {
		return spare(m.plan.id, identity.ChangedSince, "the table cannot hold a user with this id"), nil
	}
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.transaction(ctx, s.beginQuery(), func(tx pgx.Tx) (err error) {
			r, err = s.fillUp(ctx, tx, m)
			return err
		})
	})
	return r, err
}

// fillUp looks the user up, holds the row, and writes what is missing.
func (s *Sink) fillUp(ctx context.Context, tx pgx.Tx, m *member) (sink.Result, error) {
	p := m.plan
	held, err := accounts(ctx, tx, s.layout.accounts+s.layout.byID+" for update of u", []string{p.id})
	switch {
	case err != nil:
		return sink.Result{}, err
	case len(held) == 0:
		return spare(p.id, identity.ChangedSince, "the user is not there any more"), nil
	}
	a := held[0]
	bad, err := s.give(ctx, tx, m, a, s.layout.missing(p, a))
	if err != nil {
		return sink.Result{}, &carrying{err, func() []string { return append(a.values(), m.values()...) }}
	}
	if held, err = accounts(ctx, tx, s.layout.accounts+s.layout.byID, []string{p.id}); err != nil {
		return sink.Result{}, err
	}
	r := sink.Result{Outcome: sink.Recovered, TargetID: p.id, Problem: bad}
	if bad != nil || len(held) == 0 {
		r.Outcome = sink.Rejected
		return r, nil
	}
	r.State = held[0].state()
	return r, nil
}

// give writes what is missing: at once, and where that is refused one after another,
// so that what is refused keeps nothing else from being written.
func (s *Sink) give(ctx context.Context, tx pgx.Tx, m *member, a account, missing []assignment) (first *identity.Problem, err error) {
	if len(missing) == 0 {
		return nil, nil
	}
	err = savepoint(ctx, tx, func() error { return s.update(ctx, tx, m.plan.id, missing) })
	if err == nil || !aboutRow(err) {
		return nil, err
	}
	if len(missing) == 1 && missing[0].ofPhone && state(err) == uniqueViolation {
		return problem(identity.PhoneTaken, "another user of the target has this phone number"), nil
	}
	if len(missing) == 1 {
		return problem(identity.TargetRefused, "%s", refusal(err, append(a.values(), m.values()...))), nil
	}
	phoneless := false
	for i, one := range missing {
		if phoneless && one.ofPhone {
			continue // a later number would come verified
		}
		bad, err := s.give(ctx, tx, m, a, missing[i:i+1])
		if err != nil {
			return nil, err
		}
		phoneless = phoneless || bad != nil && one.ofPhone
		first = cmp.Or(first, bad)
	}
	return first, nil
}

// assignment gives a column a value, which is text that the database reads as kind.
type assignment struct {
	column, kind, value string
	ofPhone             bool
}

// update is one statement, which leaves the date of the last change as it is: in
// Supabase Auth's table that is what tells the run's rows. In the statement
// names can be nothing else than they are: it fires
// triggers of the table's owner, with the path of the database.
func (s *Sink) update(ctx context.Context, tx pgx.Tx, id string, missing []assignment) error {
	sets, args := make([]string, len(missing)), []any{id}
	for i, m := range missing {
		args = append(args, m.value)
		sets[i] = fmt.Sprintf("%s = $%d::pg_catalog.text::pg_catalog.%s", m.column, i+2, m.kind)
	}
	query := "update " + s.layout.users.name + " u set " + strings.Join(sets, ", ") + " where u.id operator(pg_catalog.=) $1::" + s.layout.idKind()
	return withTheirPath(ctx, tx, func() error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// genericMissing is what a user of our own table lacks of its plan.
func genericMissing(p *plan, a account) (list []assignment) {
	u, has := &p.profile, a.Profile
	add := func(needed bool, column, kind, value string) {
		if needed {
			list = append(list, assignment{column, kind, value, strings.HasPrefix(column, "phone")})
		}
	}
	phone := has.Phone
	add(u.Disabled && !has.Disabled, "disabled", "bool", "true")
	if has.Phone == "" && u.Phone != "" {
		phone = u.Phone
		add(true, "phone", "text", u.Phone)
	}
	add(u.PhoneVerified && !has.PhoneVerified && phone == u.Phone, "phone_verified", "bool", "true")
	add(u.EmailVerified && !has.EmailVerified && has.EmailKey == u.EmailKey, "email_verified", "bool", "true")
	add(has.Name == "" && u.Name != "", "name", "text", u.Name)
	add(has.Username == "" && u.Username != "", "username", "text", u.Username)
	add(has.Photo == "" && u.Photo != "", "photo_url", "text", u.Photo)
	add(len(has.Labels) == 0 && len(u.Labels) > 0, "labels", "text[]", arrayText(u.Labels))
	add(has.Prefs == "" && u.Claims != "" && u.Claims != emptyObject, "prefs", "jsonb", string(u.Claims))
	return list
}

// supabaseMissing is the same of a user of Supabase Auth. The row of a number in
// auth.identities is not made anew; people sign in without it.
func supabaseMissing(p *plan, a account) (list []assignment) {
	u, has := &p.profile, a.Profile
	add := func(needed bool, column, kind, value string) {
		if needed {
			list = append(list, assignment{column, kind, value, strings.HasPrefix(column, "phone")})
		}
	}
	phone := has.Phone
	add(u.Disabled && has.BannedUntil == "", "banned_until", "timestamptz", momentOf(forever))
	if has.Phone == "" && u.Phone != "" {
		phone = phoneDigits(u.Phone)
		add(true, "phone", "text", phone)
	}
	add(u.PhoneVerified && !has.PhoneVerified && phone == phoneDigits(u.Phone), "phone_confirmed_at", "timestamptz", has.Created)
	add(u.EmailVerified && !has.EmailVerified && has.Email == u.EmailKey, "email_confirmed_at", "timestamptz", has.Created)
	add(has.User == "" && p.userMetadata() != emptyObject, "raw_user_meta_data", "jsonb", string(p.userMetadata()))
	if app, bare := serverMade(has.App); bare {
		add(true, "raw_app_meta_data", "jsonb", string(p.appMetadata(p.supabaseIdentities()).with(app)))
	}
	return list
}

// serverMade reads metadata of the application that is what the server gives a user by
// itself: how the person signs in, and nothing else.
func serverMade(o object) (fields map[string]any, bare bool) {
	fields = o.fields()
	for name := range fields {
		if name != "provider" && name != "providers" {
			return nil, false
		}
	}
	return fields, true
}

// with is an object with these fields in the place of its own.
func (o object) with(fields map[string]any) object {
	all := o.fields()
	maps.Copy(all, fields)
	return built(all)
}

// fields are an object's; none if it is no object.
func (o object) fields() map[string]any {
	fields := map[string]any{}
	dec := json.NewDecoder(strings.NewReader(string(o)))
	dec.UseNumber()
	_ = dec.Decode(&fields) // what jsonb gave is JSON
	return fields
}

// arrayText is a list as the database reads it (PostgreSQL 18, 8.15.2): every element
// quoted.
func arrayText(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}
