package sink

import "context"

// DryRun is s with everything but the writing: it judges as s does and plans
// what s would write. Nothing is asked of the target.
func DryRun(s Sink) Sink { return dryRun{s} }

type dryRun struct{ Sink }

func (d dryRun) Write(ctx context.Context, users []Landing) ([]Result, error) {
	results := make([]Result, 0, len(users))
	for _, l := range users {
		if err := ctx.Err(); err != nil {
			return results, err
		}
		j := d.Judge(l.User)
		r := Result{Outcome: Planned, TargetID: j.TargetID}
		if !j.Verdict.Lands() {
			r = Result{Outcome: Rejected, TargetID: j.TargetID, Problem: j.Problem}
		}
		results = append(results, r)
	}
	return results, nil
}
