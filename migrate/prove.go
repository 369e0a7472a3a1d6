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
	if len(pr.plan.Known) == 0 || j.Problem != nil {
		return
	}
	u := j.User
	s := suspect{u, j.judgement, j.ordinal, k}
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

// prove tries every known password, on all cores.
func (pr *proof) prove(ctx context.Context) ([]Proved, error) {
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
			proved[i] = pr.proveOne(i)
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
func (pr *proof) proveOne(i int) Proved {
	k := pr.plan.Known[i]
	best := Proved{ID: k.ID, Outcome: Absent}
	for _, s := range pr.suspects[i] {
		p := pr.judge(s, string(k.Password))
		if better(p.Outcome, best.Outcome) {
			best = p
		}
	}
	return best
}

var proofOrder = map[ProofOutcome]int{Absent: 0, Mismatched: 1, Unusable: 2, Matched: 3}

func better(a, b ProofOutcome) bool { return proofOrder[a] > proofOrder[b] }

// judge tries a password as the target will.
func (pr *proof) judge(s suspect, password string) Proved {
	outcome, problem := pr.outcome(s, password)
	return Proved{ID: s.user.ID, Outcome: outcome, Problem: problem, User: s.user, ordinal: s.ordinal, kind: s.kind}
}

func (pr *proof) outcome(s suspect, password string) (ProofOutcome, *identity.Problem) {
	if s.user.Hash.IsZero() {
		return Absent, nil
	}
	if problem := pr.plan.Check(s.user); problem != nil && (problem.Code == identity.HashMalformed || problem.Code == identity.HashParams) {
		return Mismatched, problem
	}
	match, err := pr.plan.Match(s.user.Hash, password)
	switch {
	case err != nil:
		return Unusable, unanswered(err)
	case !match.Right:
		return Mismatched, nil
	case match.Respelt:
		return Unusable, &identity.Problem{Code: identity.PasswordSpelling, Detail: "the source hashed another spelling than is typed (WordPress adds slashes and trims; others use another encoding of letters)"}
	case s.judgement.Verdict == sink.NeedsReset:
		return Unusable, s.judgement.Problem
	}
	if prover, ok := pr.plan.Sink.(sink.Prover); ok {
		if problem := prover.Accepts(s.user.Hash, password); problem != nil {
			return Unusable, problem
		}
	}
	return Matched, nil
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
		case Mismatched:
			c.Mismatched++
		case Absent:
			c.Absent++
		}
	}
	return c
}
