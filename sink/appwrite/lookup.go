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
// Whose an account with our id is, is told by when the server made it, against the
// beginning of the run: the creation of a trial user, on the same clock (see Begin).
// The Date of an answer is no such clock: proxies set it, and it counts whole
// seconds. Of an account that a try of this run may have made (Taken, or a create
// of this call whose end is unknown):
//
//	made since the run began      ours, whatever the person has done with it since;
//	                              another run's if that says that it landed it
//	made within margin before     ours if it is as we make it, but for a hash that a
//	                              sign-in has replaced, and no run says that it
//	                              landed it; otherwise rejected, and named
//	made before that              somebody else's, even with our hash, which an
//	                              earlier import of the same source sends as well
//
// Somebody else's is
//
//	there before      the same id with the same address: Existing, untouched
//	in the way        the same id with another address, or the address (or the
//	                  number) with another id: rejected, naming the other
type look struct {
	sink    *Sink
	plan    plan
	landing sink.Landing
	unsure  bool // a create of this call may have been done
}

// margin is how far the clocks of a server's machines may be apart: one of them
// made the trial user, another may have made the account.
const margin = 10 * time.Second

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
	return otherCase("the target has a user with this id in another letter case"), nil
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
	} else if a.ID == l.plan.spare() { // made by an earlier try, which met the same
		return otherCase("the target has this user under another id"), true, nil
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

// otherCase is an id that the target has already, spelt in other letters.
func otherCase(words string, args ...any) start {
	s := inTheWay(identity.IDTaken, words, args...)
	s.otherCase = true
	return s
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
	since := l.landing.Since
	switch {
	case a.ID != l.plan.id: // databases that compare ids without letter case
		return otherCase("the target has the user %q, whose id differs in letter case only", a.ID)
	case !l.unsure && !l.landing.Taken, a.created().Before(since.Add(-margin)):
		return l.foreign(a)
	case !since.IsZero() && !a.created().Before(since):
		return l.ours(a)
	case l.asWeMakeIt(a) && l.credible(a) && l.claimant(a) == "":
		return l.begun(a)
	case !l.sameAddress(a):
		return l.foreign(a)
	}
	return l.doubtful(a)
}

// foreign is an account that no try of this run made.
func (l look) foreign(a account) start {
	if l.sameAddress(a) {
		return start{outcome: sink.Existing}
	}
	return inTheWay(identity.IDTaken, "the target has another user with the id %q", a.ID)
}

// ours is an account that was made since the run began. A run at work at the same
// time may have been quicker: what it says that it landed is its own. Nor is one
// ours that has neither the address nor the hash which we sent.
func (l look) ours(a account) start {
	switch {
	case l.claimant(a) != "":
		return l.foreign(a)
	case l.sameAddress(a), l.plan.hash.endpoint != "" && l.plan.sent(a): // to have no password proves nothing
		return l.begun(a)
	}
	return l.doubtful(a)
}

// begun is an account to be completed: an earlier try may have made it, or else this
// very call did.
func (l look) begun(a account) start {
	if l.landing.Taken {
		return start{outcome: sink.Recovered, account: a}
	}
	return start{outcome: sink.Created, account: a}
}

// claimant names another run that says that it landed the account; "": none does.
func (l look) claimant(a account) string {
	if l.landing.Claimed == nil {
		return ""
	}
	return l.landing.Claimed(a.created())
}

// doubtful is an account that cannot be told from somebody else's.
func (l look) doubtful(a account) start {
	bad := problem(identity.AccountUnclear, "the target's user %q, made at %s, may be this run's, half made, or somebody else's: it is left as it is", a.ID, a.Created)
	return start{problem: l.plan.leftOpen(a, bad), left: true}
}

// credible reports whether a password is the one we send, or what the server makes
// of it when the person signs in. Where the beginning of the run is not known, it
// must be proof enough, and no password is none.
func (l look) credible(a account) bool {
	if l.landing.Since.IsZero() {
		return a.Password != "" && !l.plan.hash.plain && l.plan.sent(a)
	}
	return l.plan.sent(a) || a.signedIn() && l.plan.hash.password != ""
}

// sent reports whether an account holds the credential that we send, as we sent it.
// What the server makes of a plain password cannot be compared: a string of its own
// passes for ours.
func (p plan) sent(a account) bool {
	if p.hash.plain {
		return a.signedIn()
	}
	return a.state().Credential == p.state().Credential
}

// leftOpen is the problem of a user whose account is left as it is. One that is
// disabled at the source and not at the target can sign in meanwhile: that goes
// before whatever else is wrong.
func (p plan) leftOpen(a account, bad *identity.Problem) *identity.Problem {
	if p.profile.Status || !a.Status {
		return bad
	}
	return problem(identity.AccountOpen, "%s; the person is disabled at the source, and the account is OPEN: block it (Appwrite console, Auth, user %q, block account)", bad.Detail, a.ID)
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
