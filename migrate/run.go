package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"

	"rehome/identity"
	"rehome/sink"
)

// Run is the move: the second pass, which lands users. It ends when everything
// is settled, when the context is cancelled (workers finish the user in their
// hand), or with the first failure of source, sink or ledger. The summary is
// true in every case; an error says why the rest is unsettled.
func Run(ctx context.Context, p Plan, f *Findings) (Summary, error) {
	r := &run{plan: p, findings: f, tally: newTally(), unusable: unusablePasswords(f.Proved)}
	workers := p.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	p.idle = func() { r.progress(0, 0, 0) }
	source, err := pass(ctx, p, workers, max(p.Batch, 1), r.work, r.collect)
	s := r.tally.summary()
	s.Proof, s.Predicted, s.Delta = countProofs(f.Proved), &f.Predicted, f.Delta
	if s.Records < f.Summary.Records {
		s.People.Of = f.Summary.Records
	}
	if err == nil && source.digest != f.Digest {
		err = ErrSourceChanged
	}
	if err == nil {
		err = reconcile(s, source.records)
	}
	return s, err
}

// ErrSourceChanged is the failure of a move whose source is not what was surveyed.
var ErrSourceChanged = errors.New("the source changed while it was being moved: the second reading differs from the first")

// ErrTooManyRejected ends a run that --max-errors stopped.
var ErrTooManyRejected = errors.New("too many records were rejected")

// reconcile checks that every record became something, and only one thing.
func reconcile(s Summary, records int) error {
	sum := s.Created + s.Existing + s.Recovered + s.Skipped + s.Planned + s.Rejected
	if s.Records != records || sum != records {
		return fmt.Errorf("reconciliation failed: %d records read, %d settled: a bug in rehome, please report it", records, sum)
	}
	return nil
}

type run struct {
	plan     Plan
	findings *Findings
	tally    *tally
	unusable map[string]identity.Code // known passwords, by id
	pace     pace
}

// settlement is a record with what became of it, on its way to the ledger and to be
// counted.
type settlement struct {
	*item
	judgement sink.Judgement
	result    sink.Result
	asked     bool // the sink gave the result
}

// free tells whether a user was handed to the sink and nothing of ours is there: the
// next try does not look for it.
func (s settlement) free() bool {
	return s.asked && !s.landed() && s.result.Outcome != sink.Planned && !s.result.Left
}

// landed tells whether the user is there because of this try.
func (s settlement) landed() bool {
	return s.result.Outcome == sink.Created || s.result.Outcome == sink.Recovered
}

// work settles a batch: what cannot land at once, the rest through the sink. Who
// landed is in the ledger when it returns, unless the ledger itself failed.
func (r *run) work(ctx context.Context, batch []item) ([]settlement, error) {
	settled := make([]settlement, 0, len(batch))
	landings := make([]sink.Landing, 0, len(batch))
	for i := range batch {
		s, landing := r.settle(&batch[i])
		if s.result.Outcome == waiting {
			landings = append(landings, landing)
		}
		settled = append(settled, s)
	}
	written, err := r.write(ctx, landings)
	settled = answered(settled, written)
	return settled, cmp.Or(r.plan.Ledger.settleAll(settled), err)
}

// settle says what becomes of a record, or that it waits for the sink to say so.
func (r *run) settle(it *item) (settlement, sink.Landing) {
	rec := r.findings.asLanded(it)
	s := settlement{item: it, judgement: r.judge(rec, it.ordinal)}
	landing, lands := r.landing(rec, &s)
	state := r.plan.Ledger.State(it.User.ID)
	s.result = sink.Result{Outcome: sink.Skipped, TargetID: s.judgement.TargetID}
	switch {
	case !it.picked:
		s.result.Problem = &identity.Problem{Code: identity.Excluded, Detail: "left out on request"}
	case !lands:
		s.result.Outcome, s.result.Problem = sink.Rejected, s.judgement.Problem
	case state == Landed:
		s.judgement.Losses = landing.Judgement.Losses
	default:
		s.judgement.Losses, s.judgement.Endpoint = landing.Judgement.Losses, landing.Judgement.Endpoint
		landing.Taken, landing.Since, landing.Claimed = state == Taken, r.plan.Ledger.since(), r.plan.claimed(landing.Judgement.TargetID)
		s.result.Outcome = waiting
	}
	return s, landing
}

// waiting is the outcome of who was handed to the sink, until it answers.
const waiting sink.Outcome = ""

// answered gives those who wait what the sink answered, in their order, and leaves
// out those whom it did not come to.
func answered(settled []settlement, written []sink.Result) []settlement {
	kept := settled[:0]
	for _, s := range settled {
		if s.result.Outcome == waiting {
			if len(written) == 0 {
				continue
			}
			s.result, s.asked, written = written[0], true, written[1:]
		}
		kept = append(kept, s)
	}
	return kept
}

// landing prepares a user, unless the run has landed another with the id before.
func (r *run) landing(rec *identity.Record, s *settlement) (sink.Landing, bool) {
	landing, lands := r.plan.landing(rec, s.judgement)
	if !lands || !s.picked {
		return landing, lands
	}
	if problem := r.plan.twin(landing); problem != nil {
		s.judgement.Verdict, s.judgement.Problem = sink.Blocked, problem
		return landing, false
	}
	return landing, true
}

// judge is the plan's judgement, and the survey's word on duplicates.
func (r *run) judge(rec *identity.Record, ordinal int) sink.Judgement {
	j := r.plan.judge(rec)
	if problem := r.findings.duplicate(ordinal); problem != nil {
		j.Verdict, j.Problem = sink.Blocked, problem
	}
	return j
}

// write takes users in the ledger and hands them to the sink.
func (r *run) write(ctx context.Context, landings []sink.Landing) ([]sink.Result, error) {
	if len(landings) == 0 || ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	ids := make([]string, 0, len(landings))
	for _, l := range landings {
		if !l.Taken {
			ids = append(ids, l.User.ID)
		}
	}
	if err := r.plan.Ledger.Take(ids); err != nil {
		return nil, err
	}
	return r.plan.Sink.Write(ctx, landings)
}

// collect counts and reports.
func (r *run) collect(settled []settlement) error {
	landed, refused := 0, 0
	for _, s := range settled {
		switch {
		case s.landed():
			landed++
		case s.result.Outcome == sink.Rejected:
			refused++
		}
		r.count(s)
	}
	r.progress(len(settled), landed, refused)
	if r.plan.MaxRejected != nil && r.plan.MaxRejected(r.pace.refused, r.findings.Summary.Records) {
		return ErrTooManyRejected
	}
	return nil
}

func (r *run) progress(records, landed, refused int) {
	r.pace.tick(r.plan, Progress{Stage: "move", Of: r.findings.Summary.Records}, records, landed, refused)
}

func (r *run) count(s settlement) {
	verdict, problem := s.judgement.Verdict, s.result.Problem
	if problem == nil {
		problem = s.judgement.Problem // needs-reset that landed without the password
	}
	lands := s.result.Outcome != sink.Rejected && s.picked
	if s.result.Losses != nil {
		s.judgement.Losses = s.result.Losses
	}
	losses, reset := landed(lands, s.judgement.Losses), identity.Code("")
	if lands {
		reset = resetReason(&s.Record, verdict, problem, r.unusable)
	}
	k := r.tally.kindOf(&s.Record, verdict, problem, losses)
	k.lands, k.reset, k.existing = lands, reset != "", s.result.Outcome == sink.Existing
	if !s.picked {
		k = excluded
	}
	r.tally.add(k, 1)
	r.tally.outcome(s.result.Outcome)
	r.plan.report(Event{Settled: &Settled{
		ID: s.User.ID, TargetID: s.result.TargetID, Position: s.Pos, Algorithm: s.User.Hash.Algorithm,
		Verdict: verdict, Endpoint: s.judgement.Endpoint, Outcome: s.result.Outcome, Problem: problem, Losses: losses,
		Reset: reset, Record: &s.Record,
	}})
}
