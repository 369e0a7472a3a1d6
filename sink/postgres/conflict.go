package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
	"rehome/sink"
)

// fillCarefully looks everyone up, says what stands in the way of whom, and writes
// the rest, one half after the other where a row is refused.
func (s *Sink) fillCarefully(ctx context.Context, tx pgx.Tx, b *batch, now instant) error {
	before := len(b.open())
	b.apart()
	if err := s.weigh(ctx, tx, b.open(), b.leftNow); err != nil {
		return err
	}
	rest := b.open()
	s.clashes.Store(len(rest) < before)
	return halves(rest, func(members []*member) error {
		err := s.copy(ctx, tx, members, now)
		switch {
		case err == nil:
			s.created(members, now)
		case aboutRow(err) && len(members) == 1:
			return s.refused(ctx, tx, members[0], err)
		}
		return err
	})
}

// halves does something for all items at once, or for one half and then the other
// where a row of them is refused; a single one that is refused is do's own matter.
func halves[T any](items []T, do func([]T) error) error {
	if len(items) == 0 {
		return nil
	}
	err := do(items)
	if err == nil || !aboutRow(err) || len(items) == 1 {
		return err
	}
	half := len(items) / 2
	if err := halves(items[:half], do); err != nil {
		return err
	}
	return halves(items[half:], do)
}

// refused settles a member whose row alone was refused: somebody took one of its
// keys in the meantime, or the database has a reason of its own.
func (s *Sink) refused(ctx context.Context, tx pgx.Tx, m *member, err error) error {
	if state(err) == uniqueViolation {
		if err := s.weigh(ctx, tx, []*member{m}, instant{}); err != nil {
			return err
		}
	}
	if m.open {
		m.refuse(problem(identity.TargetRefused, "%s", refusal(err, m.values())))
	}
	return nil
}

// apart refuses whoever wants a key that another user of the same batch has.
func (b *batch) apart() {
	owners := map[string]string{}
	for _, m := range b.open() {
		if code, words, owner := m.clash(owners); code != "" {
			m.refuse(problem(code, words, owner))
			continue
		}
		for _, k := range m.keys() {
			owners[k.name] = m.plan.id
		}
	}
}

// key is a value that no two users may share.
type key struct {
	name  string // with its kind
	code  identity.Code
	words string // of the one who has it
}

// idInUse is said of an id that somebody else has. Sources that count up from 1 have
// the same ids, and ids derived from the same are the same.
const idInUse = "the target has another user with the id %q; --id prefix:TEXT keeps the ids of this source apart from those of another"

func (m *member) keys() []key {
	keys := []key{{"id " + m.plan.id, identity.IDTaken, idInUse}}
	if email := m.plan.profile.EmailKey; email != "" {
		keys = append(keys, key{"email " + email, identity.EmailTaken, "the target's user %q has this e-mail address"})
	}
	if phone := m.plan.profile.Phone; phone != "" {
		keys = append(keys, key{"phone " + phoneDigits(phone), identity.PhoneTaken, "the target's user %q has this phone number"})
	}
	for _, l := range m.plan.logins {
		keys = append(keys, key{"login " + l.provider + " " + l.subject, identity.LoginTaken, "the target's user %q signs in with this account of " + printable(l.provider)})
	}
	return keys
}

// printable keeps a source's text out of a format.
func printable(s string) string {
	for i := range len(s) {
		if !letterOrDigit(s[i]) && s[i] != '.' && s[i] != '-' {
			return "the same provider"
		}
	}
	return s
}

// clash finds the first of a member's keys that somebody has.
func (m *member) clash(owners map[string]string) (code identity.Code, words, owner string) {
	for _, k := range m.keys() {
		if owner, taken := owners[k.name]; taken {
			return k.code, k.words, owner
		}
	}
	return "", "", ""
}

// weigh looks up who holds the keys of members, and settles all who meet somebody.
// leftNow is when a try wrote whose commit was not answered; zero: there is none.
func (s *Sink) weigh(ctx context.Context, tx pgx.Tx, members []*member, leftNow instant) error {
	held, err := s.holders(ctx, tx, members)
	if err != nil || len(held) == 0 {
		return err
	}
	byID, owners := map[string]account{}, map[string]string{}
	for _, a := range held {
		byID[a.ID] = a
		for _, name := range a.keys() {
			owners[name] = a.ID
		}
	}
	ours, err := s.ours(ctx, tx, members, byID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if a, there := byID[m.plan.id]; there {
			s.meet(m, a, leftNow, ours)
		} else if code, words, owner := m.clash(owners); code != "" {
			m.refuse(problem(code, words, owner))
		}
	}
	return nil
}

// meet says what a user with a member's own id is to us.
//
//	ours, made now    as we make it, of the very moment of a try whose commit was
//	                  not answered: Created
//	ours, begun       Taken, as we make it, written by this run: Recovered
//	there before      the same id with the same address: Existing, untouched
//	in the way        the same id with another address: rejected
func (s *Sink) meet(m *member, a account, leftNow instant, ours func(*member, account) bool) {
	same := s.same(m.plan, a)
	switch {
	case same && !leftNow.IsZero() && a.Stamp == leftNow.text:
		m.settled(sink.Created, a)
	case same && m.Taken && ours(m, a):
		m.settled(sink.Recovered, a)
	case a.sameAddress(m.plan):
		m.existing()
	default:
		m.refuse(problem(identity.IDTaken, idInUse, a.ID))
	}
}

// ours tells, of members that an earlier try of the run may have written, whether
// it did. The ledger knows it. Without one whatever is no older than the run counts
// as ours, although another import of the same source may have been quicker.
func (s *Sink) ours(ctx context.Context, tx pgx.Tx, members []*member, held map[string]account) (func(*member, account) bool, error) {
	if !s.ledger || s.run == "" {
		return func(m *member, a account) bool { return a.Stamp >= momentOf(m.Since) }, nil
	}
	var moments []string
	for _, m := range members {
		if a, there := held[m.plan.id]; there && m.Taken && a.Stamp != "" {
			moments = append(moments, a.Stamp)
		}
	}
	if len(moments) == 0 {
		return func(*member, account) bool { return false }, nil
	}
	written, err := s.written(ctx, tx, slices.Compact(moments))
	return func(_ *member, a account) bool { return written[a.Stamp] }, err
}

// same tells whether an account is exactly as a plan makes it. Where the source
// has no date of sign-up the account has the moment of landing.
func (s *Sink) same(p *plan, a account) bool {
	created, err := time.Parse(moment, a.Profile.Created)
	if err != nil {
		return false
	}
	return s.rules.account(p, newInstant(created)).state() == a.state()
}

// sameAddress tells whether an account is the user's own, made before us: by its
// e-mail address, or its number where there is none.
func (a account) sameAddress(p *plan) bool {
	email, phone := a.address()
	return email == p.profile.EmailKey && (email != "" || phone == phoneDigits(p.profile.Phone))
}

// holders reads everyone who holds a key of members.
func (s *Sink) holders(ctx context.Context, tx pgx.Tx, members []*member) ([]account, error) {
	var ids, emails, phones, providers, subjects []string
	for _, m := range members {
		ids = append(ids, m.plan.id)
		if m.plan.profile.EmailKey != "" {
			emails = append(emails, m.plan.profile.EmailKey)
		}
		if phone := s.layout.phone(m.plan.profile.Phone); phone != "" {
			phones = append(phones, phone)
		}
		for _, l := range m.plan.logins {
			providers, subjects = append(providers, l.provider), append(subjects, l.subject)
		}
	}
	if len(providers) > 0 {
		owners, err := s.loginOwners(ctx, tx, providers, subjects)
		if err != nil {
			return nil, err
		}
		ids = append(ids, owners...)
	}
	return accounts(ctx, tx, s.layout.accounts+s.layout.byKeys, ids, emails, phones)
}

func (s *Sink) loginOwners(ctx context.Context, tx pgx.Tx, providers, subjects []string) ([]string, error) {
	query := "select i.user_id::pg_catalog.text from " + s.layout.identities.name + " i join rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) k(provider, subject) on i.provider = k.provider and i." +
		s.layout.subject + " = k.subject"
	found, err := tx.Query(ctx, query, providers, subjects)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[string])
}

// accounts reads users back. Lists are never nil: an array of no type is no array.
func accounts(ctx context.Context, tx pgx.Tx, query string, lists ...[]string) ([]account, error) {
	args := make([]any, len(lists))
	for i, list := range lists {
		args[i] = append([]string{}, list...)
	}
	found, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (account, error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return account{}, err
		}
		return readAccount(text)
	})
}
