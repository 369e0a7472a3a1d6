package sink

import "context"

// DryRun is s with everything but the writing: it judges as s does and plans
// what s would write. Nothing is asked of the target.
func DryRun(s Sink) Sink { return dryRun{s} }

type dryRun struct{ Sink }

func (dryRun) Write(ctx context.Context, users []Landing) ([]Result, error) {
	results := make([]Result, 0, len(users))
	for _, l := range users {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		results = append(results, plan(l.Judgement))
	}
	return results, nil
}

func plan(j Judgement) Result {
	if !j.Verdict.Lands() {
		return Result{Outcome: Rejected, TargetID: j.TargetID, Problem: j.Problem}
	}
	return Result{Outcome: Planned, TargetID: j.TargetID}
}
