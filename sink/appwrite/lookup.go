package appwrite

import (
	"context"
	"slices"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// look finds out what became of a create that met a conflict or no answer.
//
// What is found is
//
//	ours, made now    the create's answer was lost, the account is as we make it
//	                  and no older than the create: Created
//	ours, begun       Taken, as we make it, with the hash that we send or none, and
//	                  no older than the run: Recovered
//	there before      the same id with the same address: Existing, untouched
//	in the way        the same id with another address, or the address (or the
//	                  number) with another id: rejected, naming the other
//
// "As we make it" allows whatever may still be missing and nothing else: an
// account that somebody has changed since is not completed.
type look struct {
	sink   *Sink
	plan   plan
	taken  bool
	since  time.Time // when the run began; zero: with this sink
	unsure bool      // a create of this call may have been done
	before time.Time // the server's clock when this call began; zero: not known
}

// byID looks for an account with exactly our id.
func (l look) byID(ctx context.Context) (account, bool, error) {
	a, err := l.sink.client.get(ctx, l.plan.id)
	if is(err, typeUserNotFound) {
		return a, false, nil
	}
	return a, err == nil, err
}

// conflict follows the five steps: id, e-mail, phone, federated identities, and
// what is left. The server has one and the same 409 for all of them.
func (l look) conflict(ctx context.Context) (start, error) {
	a, found, err := l.byID(ctx)
	if found || err != nil {
		return l.weigh(a), err
	}
	for _, by := range []func(context.Context) (start, bool, error){l.byEmail, l.byPhone, l.byIdentity} {
		if s, found, err := by(ctx); found || err != nil {
			return s, err
		}
	}
	return inTheWay(identity.IDTaken, "the target has a user with this id in another letter case"), nil
}

func (l look) byEmail(ctx context.Context) (start, bool, error) {
	return l.byAttribute(ctx, "email", l.plan.profile.Email, emailOf)
}

func (l look) byPhone(ctx context.Context) (start, bool, error) {
	return l.byAttribute(ctx, "phone", l.plan.profile.Phone, phoneOf)
}

func (l look) byAttribute(ctx context.Context, name, value string, of func(account) start) (start, bool, error) {
	if value == "" {
		return start{}, false, nil
	}
	accounts, err := l.sink.client.list(ctx, name, value)
	if err != nil || len(accounts) == 0 {
		return start{}, false, err
	}
	if a := accounts[0]; a.ID == l.plan.id { // made between the two look-ups
		return l.weigh(a), true, nil
	}
	return of(accounts[0]), true, nil
}

func (l look) byIdentity(ctx context.Context) (start, bool, error) {
	if l.plan.profile.Email == "" {
		return start{}, false, nil
	}
	owners, err := l.sink.client.identities(ctx, l.plan.profile.Email)
	if err != nil || len(owners) == 0 {
		return start{}, false, err
	}
	return identityOf(owners[0].UserID), true, nil
}

func inTheWay(code identity.Code, words string, args ...any) start {
	return start{problem: problem(code, words, args...)}
}

func emailOf(a account) start {
	return inTheWay(identity.EmailTaken, "the target's user %q has this e-mail address", a.ID)
}

func phoneOf(a account) start {
	return inTheWay(identity.PhoneTaken, "the target's user %q has this phone number", a.ID)
}

func identityOf(owner string) start {
	return inTheWay(identity.EmailTaken, "the target's user %q signs in with this e-mail address through another provider", owner)
}

// weigh says what an account with our id is to us.
func (l look) weigh(a account) start {
	switch {
	case a.ID != l.plan.id: // databases that compare ids without letter case
		return inTheWay(identity.IDTaken, "the target has the user %q, whose id differs in letter case only", a.ID)
	case l.unsure && l.asWeMakeIt(a) && l.sameCredential(a) && l.noOlder(a, l.before):
		return start{outcome: sink.Created, account: a}
	case l.taken && l.asWeMakeIt(a) && l.sameCredential(a) && l.begunByUs(a):
		return start{outcome: sink.Recovered, account: a}
	case l.sameAddress(a):
		return start{outcome: sink.Existing}
	}
	return inTheWay(identity.IDTaken, "the target has another user with the id %q", a.ID)
}

// begunByUs tells whether the run was there before the account. A hash that is the
// one we send proves nothing by itself, since an earlier import of the same source
// has sent it too. The server's Date header counts whole seconds: an account made
// by others in the very second in which the run began passes for younger.
func (l look) begunByUs(a account) bool { return l.noOlder(a, l.begin().Truncate(time.Second)) }

// noOlder tells whether an account was made at that time or later. Where the
// server never says what time it is, the hash must be proof enough.
func (l look) noOlder(a account, than time.Time) bool {
	if than.IsZero() {
		return a.Password != "" && !l.plan.hash.plain
	}
	return !a.created().Before(than)
}

// begin is when the run began, on the server's clock; zero when it has none.
func (l look) begin() time.Time {
	if l.since.IsZero() {
		return l.sink.clock.start()
	}
	return l.since
}

// sameCredential cannot compare what the server makes of a plain password: a
// young account with a string of the server's own passes for ours.
func (l look) sameCredential(a account) bool {
	if l.plan.hash.plain {
		return a.signedIn() && !l.begin().IsZero() && l.begunByUs(a)
	}
	return a.state().Credential == l.plan.state().Credential
}

// sameAddress tells whether an account is the user's own, made before us: by its
// e-mail address, or its number where there is none.
func (l look) sameAddress(a account) bool {
	want := l.plan.profile
	return a.Email == want.Email && (want.Email != "" || a.Phone == want.Phone)
}

// asWeMakeIt tells whether everything of an account is either ours or not set yet.
func (l look) asWeMakeIt(a account) bool {
	want, has := l.plan.profile, a.profile()
	labels := slices.Sorted(slices.Values(has.Labels))
	return has.Email == want.Email && has.Name == want.Name &&
		(has.Phone == want.Phone || has.Phone == "") &&
		(has.EmailVerification == want.EmailVerification || !has.EmailVerification) &&
		(has.PhoneVerification == want.PhoneVerification || !has.PhoneVerification) &&
		(has.Status == want.Status || has.Status) &&
		(len(labels) == 0 || slices.Equal(labels, want.Labels)) &&
		(has.Prefs.canonical == "" || has.Prefs.canonical == want.Prefs.canonical)
}
