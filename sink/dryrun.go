package sink

import (
	"context"
	"slices"

	"rehome/identity"
)

// DryRun is s with everything but the writing: it judges as s does and plans
// what s would write. A target that can be reached is asked whom the users would
// meet there (Scout), and nothing else.
func DryRun(s Sink) Sink {
	scout, _ := s.(Scout)
	return dryRun{s, scout}
}

type dryRun struct {
	Sink
	scout Scout // nil: nobody is met
}

// Accepts is the sink's: a proof is the same in a dry run.
func (d dryRun) Accepts(h identity.Hash, password string) *identity.Problem {
	if prover, ok := d.Sink.(Prover); ok {
		return prover.Accepts(h, password)
	}
	return nil
}

// scouted is how many users a Scout is asked about at once.
const scouted = 100

// Write answers what Write of the sink would, with Planned for Created.
func (d dryRun) Write(ctx context.Context, users []Landing) ([]Result, error) {
	results := make([]Result, 0, len(users))
	for some := range slices.Chunk(users, scouted) {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		planned, err := d.plan(ctx, some)
		if err != nil {
			return results, err
		}
		results = append(results, planned...)
	}
	return results, nil
}

func (d dryRun) plan(ctx context.Context, users []Landing) ([]Result, error) {
	results := make([]Result, len(users))
	landing := make([]Landing, 0, len(users))
	at := make([]int, 0, len(users)) // where each of them stands among users
	for i, l := range users {
		results[i] = plan(l.Judgement)
		if l.Judgement.Verdict.Lands() {
			landing, at = append(landing, l), append(at, i)
		}
	}
	if d.scout == nil || len(landing) == 0 {
		return results, nil
	}
	met, err := d.scout.Look(ctx, landing)
	for i, r := range met {
		results[at[i]] = r
	}
	return results, err
}

func plan(j Judgement) Result {
	if !j.Verdict.Lands() {
		return Result{Outcome: Rejected, TargetID: j.TargetID, Problem: j.Problem}
	}
	return Result{Outcome: Planned, TargetID: j.TargetID}
}
