package appwrite

import (
	"context"
	"net/http"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// drain is how long the user in hand may still take once Write is cancelled. A
// target that works needs less than a second; one that gave out is not waited for.
const drain = 20 * time.Second

// Write lands users one after another. A user in hand when ctx is cancelled is
// finished, unless the target takes longer than twenty seconds over it.
func (s *Sink) Write(ctx context.Context, users []sink.Landing) ([]sink.Result, error) {
	if s.client == nil {
		return nil, errOffline
	}
	return s.each(ctx, users, s.land)
}

// each does something with one user after another.
func (s *Sink) each(ctx context.Context, users []sink.Landing, do func(context.Context, sink.Landing) (sink.Result, error)) ([]sink.Result, error) {
	working, stop := outlast(ctx, min(drain, s.client.patience.total))
	defer stop()
	results := make([]sink.Result, 0, len(users))
	for _, l := range users {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		r, err := do(working, l)
		if err != nil {
			return results, s.explain(err)
		}
		results = append(results, r)
	}
	return results, nil
}

// outlast is ctx that lives a little longer than ctx does.
func outlast(ctx context.Context, grace time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	forget := context.AfterFunc(ctx, func() {
		_ = sleep(longer, grace) // ends early when the work does
		cancel(context.Cause(ctx))
	})
	return longer, func() { forget(); cancel(nil) }
}

// land settles one user: makes the account, or finds out what is in its way, and
// completes it if it is ours. An error means that the user is unsettled, perhaps
// half made; a later Write with Taken completes it. A user lands whole or not at
// all: what is refused on the way takes the account with it.
func (s *Sink) land(ctx context.Context, l sink.Landing) (sink.Result, error) {
	p := s.rules.plan(l.User)
	if !p.judgement.Verdict.Lands() {
		return p.rejected(p.judgement.Problem), nil
	}
	p, start, err := s.start(ctx, p, l)
	if err != nil || start.problem != nil {
		r := p.rejected(start.problem)
		r.Left = start.left
		return r, err
	}
	if start.outcome == sink.Existing {
		return sink.Result{Outcome: sink.Existing, TargetID: p.id}, nil
	}
	p, bad, err := s.completed(ctx, p, start.account)
	if bad != nil || err != nil {
		return s.unmade(ctx, p, start, bad, err)
	}
	return sink.Result{Outcome: start.outcome, TargetID: p.id, State: p.settled(start.account), Created: start.account.created(), Losses: p.losses(l)}, nil
}

func (p plan) rejected(bad *identity.Problem) sink.Result {
	return sink.Result{Outcome: sink.Rejected, TargetID: p.id, Problem: bad}
}

// phoneInUse asks for a number's owner before a user with a hash is made: such a
// user gets the number afterwards, and would be left without it. One that may be
// there already gets it or not.
func (s *Sink) phoneInUse(ctx context.Context, p plan, taken bool) (*identity.Problem, error) {
	if p.hash.endpoint == "" || p.profile.Phone == "" || taken {
		return nil, nil
	}
	return s.phoneOwner(ctx, p)
}

func (s *Sink) phoneOwner(ctx context.Context, p plan) (*identity.Problem, error) {
	owners, err := s.client.list(ctx, "phone", p.profile.Phone)
	for _, a := range owners {
		if a.ID != p.id {
			return phoneOf(a).problem, nil
		}
	}
	return nil, err
}

// start is how a landing begins: with an account of ours to complete, or with
// what is in its way.
type start struct {
	outcome sink.Outcome // Created, Recovered or Existing
	account account
	problem *identity.Problem // rejected
	left    bool              // rejected, and the account may be ours

	otherCase bool // rejected for an id that the target has in another letter case
}

// begin creates the account. A create whose end is unknown is looked for before
// anything else, and tried again only when nothing is there. A bare 500 that comes
// again and again is an answer if the database is well.
func (s *Sink) begin(ctx context.Context, p plan, l sink.Landing) (start, error) {
	look := look{sink: s, plan: p, landing: l}
	for tries := s.client.tries(); ; {
		a, err := s.client.create(ctx, p)
		switch {
		case err == nil:
			return start{outcome: sink.Created, account: a}, nil
		case is(err, typeUserExists, typeEmailExists, typePhoneExists, typeTargetExists):
			return look.conflict(ctx)
		case !unsettled(err):
			return p.refuse(err)
		}
		look.unsure = true
		if a, found, err := look.byID(ctx); found || err != nil {
			return look.weigh(a), err
		}
		vain, ill := s.retry(ctx, &tries, err)
		if ill != nil {
			return start{}, ill
		}
		if vain {
			return start{problem: problem(identity.TargetRefused, "%v to this user %d times, while it answers otherwise: it cannot take these values", err, tries.broken)}, nil
		}
	}
}

// refuse sorts a create's refusal: about this user, or about all of them.
func (p plan) refuse(err error) (start, error) {
	r, refused := refusalOf(err)
	switch {
	case p.hash.plain && refused && r.kind == typeInvalid && r.param == "password":
		return start{problem: refusedPassword()}, nil
	case is(err, typePersonalData, typePersonalData2):
		return start{problem: problem(identity.PolicyPersonal, "the project's personal-data policy found the user's id, name or address inside the hash or password; switch it off during the import")}, nil
	case aboutUser(err):
		return start{problem: problem(identity.TargetRefused, "%v", err)}, nil
	}
	return start{}, err
}

// aboutUser tells whether a refusal concerns this user alone. 401, 402 and 403
// are about the key or the project, 404 about the address, a redirect about the
// endpoint: they would meet every user.
func aboutUser(err error) bool {
	switch code := status(err); code {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusMethodNotAllowed:
		return false
	case http.StatusNotFound:
		return is(err, typeUserNotFound)
	default:
		return code >= 400 && (code < 500 || code == http.StatusInternalServerError)
	}
}
