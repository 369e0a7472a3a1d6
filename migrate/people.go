package migrate

import (
	"rehome/identity"
	"rehome/sink"
)

// People counts records by what the move means to the person. The groups add up
// to the records; Confirm and Disabled are parts of Keep, and of those who were in
// Keep before some were found to differ. Whatever a person is told
// about passwords is made of these numbers, so that no two sentences differ.
type People struct {
	Keep      int `json:"keep"`             // the target's verifier takes the old password, as far as is known
	Bare      int `json:"bare"`             // had no password at the source, and need none
	Reset     int `json:"reset"`            // need a new password: the rows of resets.csv
	Untouched int `json:"untouched"`        // were at the target before the run, and were left as they were
	NotMoved  int `json:"not_moved"`        // the rows of rejects.csv
	LeftOut   int `json:"left_out"`         // left out on request
	Differ    int `json:"differ,omitempty"` // not found at the target as they were landed

	Confirm  int `json:"confirm,omitempty"`  // of Keep: must confirm an address before the first sign-in
	Disabled int `json:"disabled,omitempty"` // of Keep: disabled, so nobody is let in

	Of int `json:"of,omitempty"` // records of the source, where the run stopped before it had settled them all
}

// add counts n records of a kind.
func (p *People) add(k kind, n int, confirms bool) {
	switch {
	case k.problem == identity.Excluded:
		p.LeftOut += n
	case !k.lands:
		p.NotMoved += n
	case k.reset:
		p.Reset += n
	case k.existing:
		p.Untouched += n
	case !k.verdict.Works():
		p.Bare += n
	default:
		p.Keep += n
		if k.disabled {
			p.Disabled += n
		} else if confirms {
			p.Confirm += n
		}
	}
}

// ReadBack notes what was found when users were read back. Of those who differ it is
// not known who was to keep a password, so they are taken from Keep first.
func (s *Summary) ReadBack(c VerifyCounts) {
	s.Verified = &c
	if s.People == nil {
		return
	}
	p, differ := s.People, c.Missing+c.Changed
	for _, group := range []*int{&p.Keep, &p.Bare, &p.Reset} {
		part := min(*group, differ-p.Differ)
		*group -= part
		p.Differ += part
	}
}

// resetReason is why a user who lands needs a new password; "" if the old one works
// as far as is known, or there was none. unusable are known passwords that are right
// at the source and of no use at the target.
func resetReason(rec *identity.Record, v sink.Verdict, problem *identity.Problem, unusable map[string]identity.Code) identity.Code {
	switch {
	case v == sink.NeedsReset && problem != nil:
		return problem.Code
	case rec.User.PasswordLost():
		return identity.LossPasswordGone
	}
	return unusable[rec.User.ID]
}

// unusablePasswords are the reasons, by the source's ids.
func unusablePasswords(proved []Proved) map[string]identity.Code {
	reasons := map[string]identity.Code{}
	for _, p := range proved {
		if p.Outcome == Unusable && p.Problem != nil {
			reasons[p.User.ID] = p.Problem.Code
		}
	}
	return reasons
}
