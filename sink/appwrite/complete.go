package appwrite

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"rehome/identity"
)

// maxRounds is how often the rest of a user is made before something else must be
// at work on it: over some twenty seconds, where a sign-in takes one.
const maxRounds = 7

// complete makes the rest of the user: the block first, since whoever is disabled
// at the source can sign in until then; the others in the server's order, where a
// phone number resets its own verification. A step that is refused for good keeps no
// other from being done.
//
// Up to 1.7 the server writes a whole user back with every change, and with the
// first sign-in. One whose answer was lost, or a sign-in, may still be at work while
// the next change is done, and then undoes it. So there every user is looked at once
// more, and anywhere if a change went out twice.
func (s *Sink) complete(ctx context.Context, p plan, a account) (*identity.Problem, error) {
	for n := 1; n <= maxRounds; n++ {
		steps := p.steps(a)
		again, bad, err := s.round(ctx, p, a, steps)
		if bad != nil || err != nil || !again && (len(steps) == 0 || !s.rules.losesUpdates()) {
			return bad, err
		}
		now := time.Now()
		s.changed.Store(&now)
		if n > 1 { // whatever is at work on the user shall come to its end
			if err := sleep(ctx, s.client.patience.wait(n)); err != nil {
				return nil, err
			}
		}
		a, err = s.client.get(ctx, p.id)
		if is(err, typeUserNotFound) {
			return goneMeanwhile(), nil
		}
		if err != nil || len(p.steps(a)) == 0 {
			return nil, err
		}
	}
	return problem(identity.TargetRefused, "the user was made, but its changes are undone by somebody again and again"), nil
}

func goneMeanwhile() *identity.Problem {
	return problem(identity.TargetRefused, "the user was made, and deleted by somebody before it was complete")
}

// losesUpdates reports whether changes of one user that are made at the same time
// undo each other (our recordings of 1.5, lost-update; 1.9 keeps all of them).
func (r rules) losesUpdates() bool { return r.profile == Profile15 }

// round does what is missing, and tells whether a change went out more than once.
func (s *Sink) round(ctx context.Context, p plan, a account, steps []step) (again bool, first *identity.Problem, err error) {
	blocking := 0
	if len(steps) > 0 && steps[0].part == statusPart {
		blocking = 1
	}
	if again, first, err = s.walk(ctx, p, steps[:blocking]); err != nil {
		return again, nil, err
	}
	bad, err := s.addTargets(ctx, p, a)
	if err != nil {
		return again, nil, err
	}
	more, worse, err := s.walk(ctx, p, steps[blocking:])
	return again || more, cmp.Or(first, bad, worse), err
}

// walk does steps, one after another.
func (s *Sink) walk(ctx context.Context, p plan, steps []step) (again bool, first *identity.Problem, err error) {
	phoneless := false
	for _, step := range steps {
		if phoneless && step.part == phoneFlagPart {
			continue // a later number would come verified
		}
		repeated, bad, err := s.take(ctx, p, step)
		if err != nil {
			return again, nil, err
		}
		again = again || repeated
		phoneless = phoneless || bad != nil && step.part == phonePart
		first = cmp.Or(first, bad)
	}
	return again, first, nil
}

// take does one step.
func (s *Sink) take(ctx context.Context, p plan, step step) (repeated bool, bad *identity.Problem, err error) {
	ctx, tries := countTries(ctx)
	err = s.persist(ctx, func() error { return s.client.do(ctx, step.method, userPath(p.id, step.part), step.body, nil) })
	repeated = tries.Load() > 1
	switch {
	case err == nil:
		return repeated, nil, nil
	case step.part == phonePart && status(err) == http.StatusConflict:
		bad, err = s.phoneRefused(ctx, p, err)
	case step.part == labelsPart && status(err) == http.StatusInternalServerError:
		if bad, err = s.stepRefused(ctx, step.what, err); bad != nil {
			bad.Code = identity.LossRoles // PostgreSQL holds no thousand of them
		}
	case aboutUser(err):
		bad, err = s.stepRefused(ctx, step.what, err)
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
		err := s.persist(ctx, func() error { return s.client.insist(ctx, path, missing) })
		if address, _ := missing["identifier"].(string); status(err) == http.StatusConflict && a.leftover(address) {
			err = s.outwait(ctx, path, missing)
		}
		if err == nil || status(err) == http.StatusConflict || is(err, typeNoScope) {
			continue
		}
		if !aboutUser(err) {
			return nil, err
		}
		if bad, err := s.stepRefused(ctx, "messaging target", err); bad != nil || err != nil {
			return bad, err
		}
	}
	return nil, nil
}

// targets are those of the account that are missing.
func (p plan) targets(a account) (missing []map[string]any) {
	if a.Email == p.profile.Email && !a.reaches(a.Email) { // somebody may have given the user another address
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

const phonePart, phoneFlagPart, statusPart, labelsPart = "/phone", "/verification/phone", "/status", "/labels"

// steps are the requests that make of an account what the plan says; none for what
// is so already. What somebody has filled otherwise meanwhile is left so, and an
// address counts as verified only if it is the one that was verified.
func (p plan) steps(a account) (steps []step) {
	want, has := p.profile, a.profile()
	add := func(needed bool, what, method, part, field string, value any) {
		if needed {
			steps = append(steps, step{what, method, part, map[string]any{field: value}})
		}
	}
	phone := cmp.Or(has.Phone, want.Phone) // that the user will have
	add(!want.Status && has.Status, "status", http.MethodPatch, statusPart, "status", false)
	add(has.Phone != phone, "phone number", http.MethodPatch, phonePart, "number", phone)
	add(has.Name == "" && want.Name != "", "name", http.MethodPatch, "/name", "name", want.Name)
	add(want.EmailVerification && !has.EmailVerification && has.Email == want.Email, "verification", http.MethodPatch, "/verification", "emailVerification", true)
	add(want.PhoneVerification && phone == want.Phone && (has.Phone != phone || !has.PhoneVerification), "phone verification", http.MethodPatch, phoneFlagPart, "phoneVerification", true)
	add(len(want.Labels) > 0 && len(has.Labels) == 0, "labels", http.MethodPut, labelsPart, "labels", want.Labels)
	add(want.Prefs.canonical != "" && has.Prefs.canonical == "", "preferences", http.MethodPatch, "/prefs", "prefs", want.Prefs.wire)
	return steps
}

// phoneRefused settles a conflict over the number: the server answers the same to
// a number that the user has already, from a try whose answer was lost.
func (s *Sink) phoneRefused(ctx context.Context, p plan, conflict error) (*identity.Problem, error) {
	a, err := s.client.get(ctx, p.id)
	switch {
	case is(err, typeUserNotFound):
		return goneMeanwhile(), nil
	case err != nil || a.Phone == p.profile.Phone:
		return nil, err
	}
	if orphan, found := a.orphan(p.profile.Phone); found {
		return s.reunite(ctx, p, orphan)
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
		switch err = s.giveNumber(ctx, p); {
		case err == nil:
			return nil, nil
		case status(err) == http.StatusConflict:
		case aboutUser(err):
			return s.stepRefused(ctx, "phone number", err)
		default:
			return nil, err
		}
	}
	return problem(identity.PhoneTaken, "the phone number is a messaging target of another user"), nil
}

// giveNumber gives a user the phone number.
func (s *Sink) giveNumber(ctx context.Context, p plan) error {
	return s.persist(ctx, func() error {
		return s.client.do(ctx, http.MethodPatch, userPath(p.id, phonePart), map[string]any{"number": p.profile.Phone}, nil)
	})
}

// stepRefused blames the user only when the target is seen to answer otherwise.
func (s *Sink) stepRefused(ctx context.Context, what string, err error) (*identity.Problem, error) {
	if _, ill := s.well(ctx); ill != nil {
		return nil, ill
	}
	return problem(identity.TargetRefused, "the user could not be given its %s: %v", what, err), nil
}
