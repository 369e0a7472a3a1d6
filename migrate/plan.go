package migrate

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"rehome/identity"
	"rehome/sink"
)

// Pass is one reading of a source.
type Pass struct {
	Records identity.Records
	// Digest answers the SHA-256 of everything read, once Records has ended.
	Digest func() string
}

// Plan says what to move, where to, and how.
type Plan struct {
	Source func() (Pass, error)                       // starts a new pass. Required.
	Check  func(identity.User) *identity.Problem      // form and bounds of a hash. Required.
	Sink   sink.Sink                                  // Required.
	Match  func(identity.Hash, string) (Match, error) // tries a known password. Required with Known.
	Known  []Known                                    // known answers. Optional.
	Pick   func() func(identity.User) bool            // starts a new pass of --only, --except, --limit. Optional.
	Ledger *Ledger                                    // nil remembers nothing. Optional.
	Past   *Past                                      // what earlier runs landed there, for the survey to compare with. Optional.
	Own    *Past                                      // what this run landed before, when it is fed mended rejects. Optional.
	// Claimed names another run that says that it landed the account which the target
	// made at that time under one of its ids; "": none does. Optional.
	Claimed func(targetID string, created time.Time) (run string)
	Report  func(Event)                // never called by two goroutines at once. Optional.
	Bytes   func() (read, total int64) // for progress. Optional.

	WithoutPassword bool                             // land users whose hash the target can never verify, without it
	Workers         int                              // users in flight at the sink; 0: one a core
	Batch           int                              // users a write; 0: 1
	MaxRejected     func(rejected, records int) bool // stop when true. Optional.
	idle            func()                           // called now and then while nothing is settled
	TempDir         string                           // for what does not fit in memory: keyed hashes only. Optional.
}

// item is a record with its place in the source, over all files.
type item struct {
	identity.Record
	ordinal int
	picked  bool
}

func (p *Plan) report(e Event) {
	if p.Report != nil {
		p.Report(e)
	}
}

// judge is the whole word on one record; both passes come to the same.
func (p *Plan) judge(rec *identity.Record) sink.Judgement {
	j := p.judgeAsIs(rec)
	if !p.WithoutPassword || j.Verdict.Lands() || !readable(rec) {
		return j
	}
	bare := p.bare(rec)
	switch lands := bare.Verdict.Lands(); {
	case lands:
		bare.Verdict, bare.Problem = sink.NeedsReset, j.Problem
		return bare
	case j.Verdict == sink.NeedsReset: // and that is not all that is wrong
		j.Verdict, j.Problem = sink.Blocked, bare.Problem
	}
	return j
}

// readable reports whether everything is known of a user but, perhaps, a usable hash.
func readable(rec *identity.Record) bool { return rec.Problem == nil || rec.Problem.Code.AboutHash() }

// bare is the word on a user without the hash; on one who has none it is the same.
func (p *Plan) bare(rec *identity.Record) sink.Judgement {
	u := rec.User
	u.Hash, u.Form = identity.Hash{}, nil
	j := p.Sink.Judge(u)
	j.Losses = append(j.Losses, rec.Losses...)
	return j
}

func (p *Plan) judgeAsIs(rec *identity.Record) sink.Judgement {
	if rec.Problem != nil {
		return sink.Judgement{Verdict: sink.Blocked, Problem: rec.Problem}
	}
	j := p.Sink.Judge(rec.User)
	j.Losses = append(j.Losses, rec.Losses...)
	if j.Verdict.Works() {
		if problem := p.Check(rec.User); problem != nil {
			j.Verdict, j.Problem = sink.NeedsReset, problem
		}
	}
	return j
}

// landing prepares a judged user for the sink. A user whose hash is of no use
// there lands without it, if that was asked for.
func (p *Plan) landing(rec *identity.Record, j sink.Judgement) (sink.Landing, bool) {
	u := rec.User
	if j.Verdict.Lands() {
		return sink.Landing{User: u, Judgement: j}, true
	}
	if j.Verdict != sink.NeedsReset || !p.WithoutPassword {
		return sink.Landing{}, false
	}
	u.Hash, u.Form = identity.Hash{}, nil
	bare := p.bare(rec)
	bare.Losses = append(bare.Losses, identity.LossPassword)
	return sink.Landing{User: u, Judgement: bare}, bare.Verdict.Lands()
}

// claimed asks of one user.
func (p *Plan) claimed(targetID string) func(time.Time) string {
	if p.Claimed == nil {
		return nil
	}
	return func(created time.Time) string { return p.Claimed(targetID, created) }
}

// twin is the problem of a user who would land under an id under which this run
// has landed somebody else. Who landed just so is the same user: an earlier try
// was broken off.
func (p *Plan) twin(l sink.Landing) *identity.Problem {
	without := l.User // as who lost his number on the way was landed
	without.Phone, without.PhoneVerified = "", false
	if p.Own.compare(l.User, l.Judgement, true).fit != changed || p.Own.compare(without, l.Judgement, true).fit == equal {
		return nil
	}
	return &identity.Problem{Code: identity.IDDuplicate, Detail: "this run has landed another user with this id, or this one as it was then; whoever has landed is not changed"}
}

// pass reads the source once. Workers make something of each batch; what they
// make is collected in the caller's goroutine, in no particular order. What a
// worker made before it failed is collected too. Everything started here has
// ended when pass returns.
func pass[T any](ctx context.Context, p Plan, workers, batch int, work func(context.Context, []item) (T, error), collect func(T) error) (reading, error) {
	source, err := p.Source()
	if err != nil {
		return reading{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	group, working := errgroup.WithContext(ctx)
	// Batches are read ahead, and what is made may wait: workers that meet the others
	// at each hand-over sleep a fifth of a survey away.
	batches, made := make(chan []item, 2*workers), make(chan T, workers)
	var read int
	group.Go(func() (err error) {
		defer close(batches)
		read, err = p.read(working, source.Records, batch, batches)
		return err
	})
	for range workers {
		group.Go(func() error { return labour(working, batches, made, work) })
	}
	done := make(chan error, 1)
	go func() { done <- group.Wait(); close(made) }()
	var failed error
	for m := range attended(made, p.idle) { // to the end: what was in hand when something failed has been done
		if err := collect(m); err != nil && failed == nil {
			failed = err
			cancel(failed)
		}
	}
	err = <-done
	if failed != nil {
		err = failed
	}
	return reading{read, source.Digest()}, err
}

// reading is what a pass knows of the source when it has ended.
type reading struct {
	records int
	digest  string
}

func labour[T any](ctx context.Context, batches <-chan []item, made chan<- T, work func(context.Context, []item) (T, error)) error {
	for b := range batches {
		m, err := work(ctx, b)
		made <- m
		if err != nil {
			return err
		}
	}
	return nil
}

// read cuts the source into batches until it ends or the context does.
func (p *Plan) read(ctx context.Context, records identity.Records, size int, out chan<- []item) (n int, err error) {
	pick := func(identity.User) bool { return true }
	if p.Pick != nil {
		pick = p.Pick()
	}
	batch := make([]item, 0, size)
	flush := func() error {
		select {
		case out <- batch:
			batch = make([]item, 0, size)
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for rec, err := range records {
		if err != nil {
			return n, err
		}
		n++
		batch = append(batch, item{Record: rec, ordinal: n, picked: !readable(&rec) || pick(rec.User)})
		if len(batch) == size {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if len(batch) > 0 {
		return n, flush()
	}
	return n, nil
}
