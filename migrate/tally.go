package migrate

import (
	"rehome/identity"
	"rehome/sink"
)

// kind is what records have in common that the summary counts. A source of
// millions has a few dozen kinds, so counting kinds is counting everything, and
// a record can be moved from one to another when it turns out a duplicate.
type kind struct {
	verdict   sink.Verdict
	algorithm identity.Algorithm
	problem   identity.Code
	losses    lossSet
	signIn    string
	lands     bool // by the survey's word, or by what came of it
	reset     bool // lands and needs a new password
	existing  bool // was at the target before the run
	disabled  bool
}

// excluded is what was left out on request: nothing else about it is counted.
var excluded = kind{problem: identity.Excluded}

// lossSet is a set of losses: bit i is the i-th code of the catalogue.
type lossSet uint64

// tally counts records by kind and by outcome.
type tally struct {
	kinds    map[kind]int
	outcomes map[sink.Outcome]int
	bits     map[identity.Code]int
	names    map[string]string
}

// maxNames bounds the distinct names (algorithms, providers) that a source can
// make us count; what comes later is counted as other.
const (
	maxNames = 200
	other    = "other"
)

// name admits a name that comes from a file.
func (t *tally) name(s string) string {
	if known, ok := t.names[s]; ok {
		return known
	}
	if len(t.names) >= maxNames {
		return other
	}
	t.names[s] = s
	return s
}

func newTally() *tally {
	t := &tally{kinds: map[kind]int{}, outcomes: map[sink.Outcome]int{}, bits: map[identity.Code]int{}, names: map[string]string{}}
	for i, info := range identity.Codes() {
		t.bits[info.Code] = i
	}
	return t
}

// kindOf sorts a judged record. Losses count only for users that land.
func (t *tally) kindOf(rec *identity.Record, v sink.Verdict, problem *identity.Problem, losses []identity.Code) kind {
	k := kind{verdict: v, algorithm: identity.Algorithm(t.name(string(rec.User.Hash.Algorithm))), disabled: rec.User.Disabled}
	if rec.Problem == nil {
		k.signIn = t.name(signIn(rec.User))
	}
	if problem != nil {
		k.problem = problem.Code
	}
	for _, l := range losses {
		k.losses |= 1 << t.bits[l]
	}
	return k
}

func (t *tally) add(k kind, n int) { t.kinds[k] += n }

func (t *tally) outcome(o sink.Outcome) { t.outcomes[o]++ }

// summary spells the counts out.
func (t *tally) summary() Summary {
	s := Summary{
		Verdicts: map[sink.Verdict]int{}, Algorithms: map[identity.Algorithm]int{},
		Problems: map[identity.Code]int{}, Losses: map[identity.Code]int{}, SignIns: map[string]int{},
		Created: t.outcomes[sink.Created], Existing: t.outcomes[sink.Existing], Skipped: t.outcomes[sink.Skipped],
		Recovered: t.outcomes[sink.Recovered], Planned: t.outcomes[sink.Planned], Rejected: t.outcomes[sink.Rejected],
		People: &People{},
	}
	for k, n := range t.kinds {
		if n > 0 {
			t.count(&s, k, n)
		}
	}
	return s
}

// prediction is what a survey's tally says of the move.
func (t *tally) prediction() (p Prediction) {
	for k, n := range t.kinds {
		switch {
		case k.lands:
			p.Lands += n
		case k != excluded:
			p.Rejected += n
		}
	}
	return p
}

func (t *tally) count(s *Summary, k kind, n int) {
	s.Records += n
	s.People.add(k, n, k.losses&(1<<t.bits[identity.LossUnverified]) != 0)
	if k.verdict != "" {
		s.Verdicts[k.verdict] += n
	}
	if k.algorithm != identity.None {
		s.Algorithms[k.algorithm] += n
	}
	if k.problem != "" {
		s.Problems[k.problem] += n
	}
	if k.signIn != "" {
		s.SignIns[k.signIn] += n
	}
	for i, info := range identity.Codes() {
		if k.losses&(1<<i) != 0 {
			s.Losses[info.Code] += n
		}
	}
}

// signIn names the way a person signs in at the source, the strongest that a
// target keeps first.
func signIn(u identity.User) string {
	switch {
	case !u.Hash.IsZero() || u.PasswordLost():
		return "password"
	case len(u.Logins) > 0:
		return u.Logins[0].Provider
	case u.Phone != "":
		return "phone"
	case u.Email != "":
		return "email-link"
	case u.Anonymous():
		return "anonymous"
	}
	return ""
}
