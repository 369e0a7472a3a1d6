package appwrite

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"rehome/identity"
	"rehome/sink"
)

// maxRounds is how often the rest of a user is made before something else must be
// at work on it.
const maxRounds = 4

// complete makes the rest of the user, in the server's order: a phone number
// resets its own verification, and the block comes last because it is what says
// that nothing is missing. A step that is refused for good keeps no other from
// being done: where the account cannot be taken back, a user who was blocked at
// the source is blocked here in any case.
//
// Up to 1.7 the server writes a whole user back with every change. One whose
// answer was lost may still be at work while the next is done, and then undoes it.
// So where a change went out twice, the user is looked at once more.
func (s *Sink) complete(ctx context.Context, p plan, a account) (*identity.Problem, error) {
	if bad, err := s.addTargets(ctx, p, a); bad != nil || err != nil {
		return bad, err
	}
	for range maxRounds {
		again, bad, err := s.round(ctx, p, a)
		if !again || bad != nil || err != nil {
			return bad, err
		}
		a, err = s.client.get(ctx, p.id)
		if is(err, typeUserNotFound) {
			return problem(identity.TargetRefused, "the user was made, and deleted by somebody before it was complete"), nil
		}
		if err != nil || len(p.steps(a)) == 0 {
			return nil, err
		}
	}
	return problem(identity.TargetRefused, "the user was made, but its changes are undone by somebody again and again"), nil
}

// round does what is missing, and tells whether a change went out more than once.
func (s *Sink) round(ctx context.Context, p plan, a account) (again bool, first *identity.Problem, err error) {
	phoneless := false
	for _, step := range p.steps(a) {
		if phoneless && step.part == phoneFlagPart {
			continue // a later number would come verified
		}
		repeated, bad, err := s.take(ctx, p, step)
		if err != nil {
			return again, nil, err
		}
		again = again || repeated
		phoneless = phoneless || bad != nil && step.part == phonePart
		if first == nil {
			first = bad
		}
	}
	return again, first, nil
}

// take does one step.
func (s *Sink) take(ctx context.Context, p plan, step step) (repeated bool, bad *identity.Problem, err error) {
	ctx, tries := countTries(ctx)
	err = s.client.do(ctx, step.method, userPath(p.id, step.part), step.body, nil)
	repeated = tries.Load() > 1
	switch {
	case err == nil:
		return repeated, nil, nil
	case step.part == phonePart && status(err) == http.StatusConflict:
		bad, err = s.phoneRefused(ctx, p, err)
	case aboutUser(err):
		bad, err = s.stepRefused(ctx, p, step.what, err)
	}
	return repeated, bad, err
}

// addTargets makes what messages need and the server did not get to. Nobody's
// sign-in hangs on it, so two refusals are none: another user may have the target
// (409), and in 1.5 the key may lack the scope targets.write (401), which nothing
// else here needs and the preflight tells of.
func (s *Sink) addTargets(ctx context.Context, p plan, a account) (*identity.Problem, error) {
	for _, missing := range p.targets(a) {
		path := userPath(p.id, "/targets")
		err := s.client.insist(ctx, path, missing)
		if address, _ := missing["identifier"].(string); status(err) == http.StatusConflict && a.leftover(address) {
			err = s.outwait(ctx, path, missing)
		}
		if err == nil || status(err) == http.StatusConflict || is(err, typeNoScope) {
			continue
		}
		if !aboutUser(err) {
			return nil, err
		}
		if bad, err := s.stepRefused(ctx, p, "messaging target", err); bad != nil || err != nil {
			return bad, err
		}
	}
	return nil, nil
}

// targets are those of the account that are missing.
func (p plan) targets(a account) (missing []map[string]any) {
	if !a.reaches(p.profile.Email) {
		missing = append(missing, map[string]any{"targetId": "unique()", "providerType": "email", "identifier": p.profile.Email})
	}
	if a.Phone != "" && !a.reaches(a.Phone) { // a number set later brings its own
		missing = append(missing, map[string]any{"targetId": "unique()", "providerType": "sms", "identifier": a.Phone})
	}
	return missing
}

type step struct {
	what, method, part string
	body               map[string]any
}

const phonePart, phoneFlagPart = "/phone", "/verification/phone"

// steps are the requests that make of an account what the plan says; none for
// what is so already.
func (p plan) steps(a account) (steps []step) {
	want, has := p.profile, a.profile()
	add := func(needed bool, what, method, part, field string, value any) {
		if needed {
			steps = append(steps, step{what, method, part, map[string]any{field: value}})
		}
	}
	newPhone := want.Phone != "" && want.Phone != has.Phone
	add(newPhone, "phone number", http.MethodPatch, phonePart, "number", want.Phone)
	add(want.Name != has.Name, "name", http.MethodPatch, "/name", "name", want.Name)
	add(want.EmailVerification && !has.EmailVerification, "verification", http.MethodPatch, "/verification", "emailVerification", true)
	add(want.PhoneVerification && (newPhone || !has.PhoneVerification), "phone verification", http.MethodPatch, phoneFlagPart, "phoneVerification", true)
	add(len(want.Labels) > 0 && !slices.Equal(want.Labels, slices.Sorted(slices.Values(has.Labels))), "labels", http.MethodPut, "/labels", "labels", want.Labels)
	add(want.Prefs.canonical != "" && want.Prefs.canonical != has.Prefs.canonical, "preferences", http.MethodPatch, "/prefs", "prefs", want.Prefs.wire)
	add(!want.Status && has.Status, "status", http.MethodPatch, "/status", "status", false)
	return steps
}

// phoneRefused settles a conflict over the number: the server answers the same to
// a number that the user has already, from a try whose answer was lost.
func (s *Sink) phoneRefused(ctx context.Context, p plan, conflict error) (*identity.Problem, error) {
	a, err := s.client.get(ctx, p.id)
	switch {
	case is(err, typeUserNotFound):
		return problem(identity.TargetRefused, "the user was made, and deleted by somebody before it was complete"), nil
	case err != nil || a.Phone == p.profile.Phone:
		return nil, err
	}
	bad, err := s.phoneOwner(ctx, p)
	if bad != nil || err != nil {
		return bad, err
	}
	return s.phoneHeld(ctx, p, conflict)
}

// phoneHeld is about a number that nobody has and that is a messaging target all
// the same: somebody's for good, or up to 1.6 that of a deleted user, which goes
// when the server's worker comes to it (see leftover).
func (s *Sink) phoneHeld(ctx context.Context, p plan, err error) (*identity.Problem, error) {
	tries := s.client.tries()
	tries.patience.total = min(tries.patience.total, leftoverPatience)
	for s.rules.profile == Profile15 && !s.workerLate.Load() {
		tries.over(err)
		ended := tries.next(ctx, err)
		if _, tired := errors.AsType[*weary](ended); tired {
			s.workerLate.Store(true)
			break
		}
		if ended != nil {
			return nil, ended
		}
		switch err = s.client.do(ctx, http.MethodPatch, userPath(p.id, phonePart), map[string]any{"number": p.profile.Phone}, nil); {
		case err == nil:
			return nil, nil
		case status(err) == http.StatusConflict:
		case aboutUser(err):
			return s.stepRefused(ctx, p, "phone number", err)
		default:
			return nil, err
		}
	}
	return problem(identity.PhoneTaken, "the phone number is a messaging target of another user"), nil
}

// stepRefused blames the user only when the target is seen to answer otherwise.
func (s *Sink) stepRefused(ctx context.Context, p plan, what string, err error) (*identity.Problem, error) {
	if _, sick := s.client.get(ctx, p.id); sick != nil && !is(sick, typeUserNotFound) {
		return nil, sick
	}
	return problem(identity.TargetRefused, "the user could not be given its %s: %v", what, err), nil
}

// unmade takes back an account that could not be completed, so that a rejected
// user is not there, and lands once the record is mended. Only what is ours beyond
// doubt is deleted: made by this very call, or found with the hash that we send.
func (s *Sink) unmade(ctx context.Context, p plan, begun start, bad *identity.Problem, err error) (sink.Result, error) {
	if err != nil {
		return sink.Result{}, err
	}
	if begun.outcome != sink.Created && (p.hash.endpoint == "" || begun.account.Password == "") {
		bad.Detail += "; the account was left as it is"
		return p.rejected(bad), nil
	}
	kept, err := s.erase(ctx, p.id)
	if err != nil {
		return sink.Result{}, err
	}
	if kept != nil {
		bad.Detail += "; the account could not be taken back and is left as it is"
	}
	return p.rejected(bad), nil
}
