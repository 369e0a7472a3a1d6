package migrate

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"rehome/identity"
	"rehome/sink"
)

// Known is an account whose password the operator knows. Empty cells mean "any";
// all others must fit.
type Known struct {
	ID, Username, Email, Phone string
	Password                   identity.Secret
}

// Match is what trying a password against a hash showed.
type Match struct {
	Right bool // the source would accept the password
	// Respelt is set when the source hashed another spelling than was typed
	// (WordPress trims and adds slashes).
	Respelt bool
}

// proof pairs known accounts with the records they fit, while the survey reads,
// and tries the passwords when it is done.
type proof struct {
	plan     Plan
	byCell   map[string][]int // "email:a@b.c" → known accounts
	suspects map[int][]suspect
}

// suspect is a record that fits a known account.
type suspect struct {
	user      identity.User
	broken    *identity.Problem // of the record itself
	judgement sink.Judgement
	ordinal   int
	kind      kind
}

// maxSuspects bounds the records kept for one known account.
const maxSuspects = 8

func newProof(p Plan) *proof {
	pr := &proof{plan: p, byCell: map[string][]int{}, suspects: map[int][]suspect{}}
	for i, k := range p.Known {
		cell := firstCell(k.ID, k.Username, k.Email, k.Phone)
		pr.byCell[cell] = append(pr.byCell[cell], i)
	}
	return pr
}

// firstCell is the first cell that is not empty, marked with its place. One is
// enough to find candidates by; the others are compared then.
func firstCell(id, username, email, phone string) string {
	switch {
	case id != "":
		return "id:" + id
	case username != "":
		return "username:" + strings.ToLower(username)
	case email != "":
		return "email:" + strings.ToLower(email)
	}
	return "phone:" + phone
}

// see keeps a record if it fits a known account.
func (pr *proof) see(j judged, k kind) {
	if len(pr.plan.Known) == 0 {
		return
	}
	u := j.User
	s := suspect{u, j.Problem, j.judgement, j.ordinal, k}
	pr.try(firstCell(u.ID, "", "", ""), s)
	for _, cell := range []string{firstCell("", u.Username, "", ""), firstCell("", "", u.Email, ""), firstCell("", "", "", u.Phone)} {
		pr.try(cell, s)
	}
}

func (pr *proof) try(cell string, s suspect) {
	for _, i := range pr.byCell[cell] {
		if pr.plan.Known[i].fits(s.user) && len(pr.suspects[i]) < maxSuspects {
			pr.suspects[i] = append(pr.suspects[i], s)
		}
	}
}

// fits reports whether every cell given is the user's. Names and addresses are
// compared without regard to case, as people type them.
func (k Known) fits(u identity.User) bool {
	return (k.ID == "" || k.ID == u.ID) &&
		(k.Username == "" || strings.EqualFold(k.Username, u.Username)) &&
		(k.Email == "" || strings.EqualFold(k.Email, u.Email)) &&
		(k.Phone == "" || k.Phone == u.Phone)
}

// prove tries every known password, on all cores. lost says why a record gave way to
// another.
func (pr *proof) prove(ctx context.Context, lost func(ordinal int) *identity.Problem) ([]Proved, error) {
	proved := make([]Proved, len(pr.plan.Known))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	var pace pace
	for i := range pr.plan.Known {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			proved[i] = pr.proveOne(i, lost)
			mu.Lock()
			defer mu.Unlock()
			pace.tick(pr.plan, Progress{Stage: "prove", Of: len(proved)}, 1, 0, 0)
			return nil
		})
	}
	return proved, group.Wait()
}

// proveOne is the best outcome over the records that fit: several may share an
// address, and one is enough to know the parameters right.
func (pr *proof) proveOne(i int, lost func(int) *identity.Problem) Proved {
	k := pr.plan.Known[i]
	best := Proved{ID: k.ID, Outcome: Absent}
	for _, s := range pr.suspects[i] {
		if duplicate := lost(s.ordinal); duplicate != nil {
			s.judgement.Verdict, s.judgement.Problem = sink.Blocked, duplicate
		}
		p := pr.judge(s, string(k.Password))
		if better(p, best) {
			best = p
		}
	}
	return best
}

var proofOrder = map[ProofOutcome]int{Absent: 0, Unusable: 1, Mismatched: 2, Matched: 3}

// better reports whether a says more for the parameters than b.
func better(a, b Proved) bool {
	if a.right != b.right {
		return a.right
	}
	return proofOrder[a.Outcome] > proofOrder[b.Outcome]
}

// judge tries a password as the target will.
func (pr *proof) judge(s suspect, password string) Proved {
	p := Proved{ID: s.user.ID, User: s.user, ordinal: s.ordinal, kind: s.kind}
	if p.Outcome, p.Problem = pr.tryable(s); p.Outcome != "" {
		return p
	}
	match, err := pr.plan.Match(s.user.Hash, password)
	switch {
	case err != nil:
		p.Outcome, p.Problem = Unusable, unanswered(err)
		return p
	case !match.Right:
		p.Outcome = Mismatched
		return p
	}
	p.Outcome, p.right = Matched, true
	if p.Problem = pr.useless(s, match, password); p.Problem != nil {
		p.Outcome = Unusable
	}
	return p
}

// tryable says what becomes of an account whose password cannot be tried: it is in
// the source, but what stands there is no hash, or not said to be of which kind.
func (pr *proof) tryable(s suspect) (ProofOutcome, *identity.Problem) {
	switch {
	case s.broken != nil:
		return Unusable, s.broken
	case s.user.Hash.IsZero():
		return Absent, nil
	}
	if problem := pr.plan.Check(s.user); problem != nil && (problem.Code == identity.HashMalformed || problem.Code == identity.HashParams) {
		return Mismatched, problem
	}
	return "", nil
}

// useless says why a password that is right at the source is of no use at the
// target; nil if it is.
func (pr *proof) useless(s suspect, match Match, password string) *identity.Problem {
	switch {
	case match.Respelt:
		return &identity.Problem{Code: identity.PasswordSpelling, Detail: "the source hashed another spelling than is typed (WordPress adds slashes and trims; others use another encoding of letters)"}
	case !s.judgement.Verdict.Works():
		return s.judgement.Problem
	}
	if prover, ok := pr.plan.Sink.(sink.Prover); ok {
		return prover.Accepts(s.user.Hash, password)
	}
	return nil
}

// unanswered is why a hash could not be answered for: over a bound, mostly.
func unanswered(err error) *identity.Problem {
	if problem, ok := errors.AsType[*identity.Problem](err); ok {
		return problem
	}
	return &identity.Problem{Code: identity.HashUnsupported, Detail: err.Error()}
}

func countProofs(proved []Proved) *ProofCounts {
	if len(proved) == 0 {
		return nil
	}
	c := &ProofCounts{Known: len(proved)}
	for _, p := range proved {
		switch p.Outcome {
		case Matched:
			c.Matched++
		case Unusable:
			c.Unusable++
			if p.right {
				c.UnusableRight++
			}
		case Mismatched:
			c.Mismatched++
		case Absent:
			c.Absent++
		}
	}
	return c
}
