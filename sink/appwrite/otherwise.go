package appwrite

import (
	"context"
	"slices"

	"rehome/identity"
	"rehome/sink"
)

// What a user asks for may be somebody else's at the target, or more than the
// database under the server holds. Nobody loses the account for that: the user lands
// without, or under another id, if there is a way to sign in.

// otherwise is the plan that does without what is in the way; false if there is none.
func (p plan) otherwise(inTheWay start) (plan, bool) {
	switch bad := inTheWay.problem; {
	case bad == nil:
	case bad.Code == identity.PhoneTaken && p.profile.Email != "":
		return p.withoutPhone(), true
	case bad.Code == identity.LossRoles:
		return p.fewerLabels()
	case inTheWay.otherCase && p.spare() != "":
		p.id = p.spare()
		return p, true
	}
	return p, false
}

// withoutPhone leaves the number to whoever has it.
func (p plan) withoutPhone() plan {
	p.profile.Phone, p.profile.PhoneVerification = "", false
	p.lost = append(slices.Clip(p.lost), identity.LossPhone)
	return p
}

// maxSearch is how many bytes PostgreSQL takes of the text that Appwrite searches:
// id, address, name, number and labels; a btree index of it holds rows of 2,704 bytes
// (our own recording of 1.9.6 on PostgreSQL 17). MariaDB holds a thousand labels.
const maxSearch = 2700

// fewerLabels keeps as many labels as PostgreSQL holds; false if that is all.
func (p plan) fewerLabels() (plan, bool) {
	size := len(p.id + " " + p.profile.Email + " " + p.profile.Name + " " + p.profile.Phone)
	for i, l := range p.profile.Labels {
		if size += len(" label:") + len(l); size > maxSearch {
			p.profile.Labels = p.profile.Labels[:i:i]
			p.lost = append(slices.Clip(p.lost), identity.LossRoles)
			return p, true
		}
	}
	return p, false
}

// losses are those of a landing, as the target turned out; nil: as judged.
func (p plan) losses(l sink.Landing) []identity.Code {
	if len(p.lost) == 0 {
		return nil
	}
	losses := slices.Clone(l.Judgement.Losses)
	if slices.Contains(p.lost, identity.LossPhone) {
		losses = slices.DeleteFunc(losses, func(c identity.Code) bool { return c == l.Judgement.PhoneLoss })
	}
	for _, c := range p.lost {
		if !slices.Contains(losses, c) {
			losses = append(losses, c)
		}
	}
	return losses
}

// start begins a landing, and again without what somebody else has.
func (s *Sink) start(ctx context.Context, p plan, l sink.Landing) (plan, start, error) {
	for {
		bad, err := s.phoneInUse(ctx, p, l.Taken)
		begun := start{problem: bad}
		if bad == nil && err == nil {
			begun, err = s.begin(ctx, p, l)
		}
		next, can := p.otherwise(begun)
		if err != nil || !can {
			return p, begun, err
		}
		p = next
	}
}

// completed completes an account, and again without what the target refuses.
func (s *Sink) completed(ctx context.Context, p plan, a account) (plan, *identity.Problem, error) {
	if fewer, can := p.fewerLabels(); can && slices.Equal(slices.Sorted(slices.Values(a.Labels)), fewer.profile.Labels) {
		p = fewer // as an earlier try left it
	}
	for {
		bad, err := s.complete(ctx, p, a)
		next, can := p.otherwise(start{problem: bad})
		switch {
		case err != nil || bad == nil:
			return p, nil, err
		case !can && bad.Code == identity.LossRoles:
			return p, problem(identity.TargetRefused, "%s", bad.Detail), nil
		case !can:
			return p, bad, nil
		}
		p = next
		if a, err = s.client.get(ctx, p.id); is(err, typeUserNotFound) {
			return p, goneMeanwhile(), nil
		}
		if err != nil {
			return p, nil, err
		}
	}
}
