package migrate

import (
	"context"
	"encoding/hex"
	"sync"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// RepairPlan says which run's users to complete, and from what.
type RepairPlan struct {
	Plan                // the run's own source and settings, and its ledger
	Reader  sink.Reader // Required.
	Mender  sink.Mender // Required.
	Lacking *Lacking    // who is looked at. Required.
}

// RepairOutcome is what became of one user whose profile was not as it had landed.
type RepairOutcome string

// The outcomes of a repair.
const (
	RepairedWhole   RepairOutcome = "whole"   // filled: the profile is as it was landed
	RepairedPartly  RepairOutcome = "partly"  // something was filled; other values stand beside it, and were left
	RepairLeft      RepairOutcome = "left"    // nothing was empty: other values stand there, and were left
	RepairedRefused RepairOutcome = "refused" // the target refused
)

// Repaired says what became of one user.
type Repaired struct {
	TargetID string            `json:"target_id"`
	Outcome  RepairOutcome     `json:"outcome"`
	Problem  *identity.Problem `json:"problem,omitempty"`
}

// RepairCounts counts the users whose profile was not as it had landed.
type RepairCounts struct {
	Lacking int `json:"lacking"`
	Whole   int `json:"whole"`
	Partly  int `json:"partly"`
	Left    int `json:"left"`
	Refused int `json:"refused"`
	Untold  int `json:"untold"` // not in the source as they were landed: mended rejects, mostly
}

// Lacking is who of a run's users are there with another profile than they landed
// with: some 60 bytes each.
type Lacking struct {
	ids    *keys
	users  blocks[lack]
	ledger *Ledger
}

// lack is a user with another profile than it landed with.
type lack struct {
	landed, found [sealLength]byte // the seals of the profile
	created       int64            // when the target made the account; 0: not known
}

// Count is how many they are.
func (l *Lacking) Count() int { return l.ids.count }

// FindLacking reads the users of a run back, and answers who of them lacks something
// or holds other values, beside what Verify answers.
func FindLacking(ctx context.Context, l *Ledger, r sink.Reader, report func(Progress)) (*Lacking, VerifyCounts, []Difference, error) {
	found := &Lacking{ids: newKeys(), ledger: l}
	counts, differences, err := verify(ctx, l, r, 0, report, found.note)
	return found, counts, differences, err
}

func (l *Lacking) note(s settleLine, f sink.Found, c change) {
	if c.part != PartProfile && c.part != PartBoth {
		return
	}
	var of lack
	if _, err := hex.Decode(of.landed[:], []byte(s.Profile)); err != nil {
		return // cannot equal what a source makes
	}
	of.found = l.ledger.profileSeal(s.Target, f.State)
	if created := s.created(); !created.IsZero() {
		of.created = created.UnixNano()
	}
	*l.users.at(admit(l.ids, s.ID)) = of
}

func (l *Ledger) profileSeal(targetID string, s sink.State) (seal [sealLength]byte) {
	_, _ = hex.Decode(seal[:], []byte(l.seals.seal(targetID, s).Profile)) // its own digits
	return seal
}

// Repair reads the source again and has the target's users filled up with what still
// stands there as the target makes it. A user of whom the source does not make what was
// landed is left alone. It may be broken off and begun again, and does no harm twice.
func Repair(ctx context.Context, p RepairPlan, f *Findings) (RepairCounts, error) {
	r := &repair{plan: p, findings: f}
	r.counts.Lacking = p.Lacking.Count()
	p.idle = func() { r.pace.tick(p.Plan, r.progress(), 0, 0, 0) }
	source, err := pass(ctx, p.Plan, max(p.Workers, 1), max(p.Batch, 1), r.work, r.collect)
	if err == nil && source.digest != f.Digest {
		err = ErrSourceChanged
	}
	if err == nil {
		r.counts.Untold = r.counts.Lacking - r.counts.Whole - r.counts.Partly - r.counts.Left - r.counts.Refused
	}
	return r.counts, err
}

type repair struct {
	plan     RepairPlan
	findings *Findings
	pace     pace

	mu   sync.Mutex
	seen flags // of Lacking's numbers: no two records of the source repair one user

	counts RepairCounts
}

// repairing is a user in hand.
type repairing struct {
	lack
	sink.Landing
}

// work fills up those of a batch of records whose users lack something.
func (r *repair) work(ctx context.Context, batch []item) ([]Repaired, error) {
	var users []repairing
	var landings []sink.Landing
	for i := range batch {
		if u, lacks := r.lacking(&batch[i]); lacks {
			users, landings = append(users, u), append(landings, u.Landing)
		}
	}
	if len(users) == 0 || ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	results, err := r.plan.Mender.Mend(ctx, landings)
	done, failed := r.outcomes(context.WithoutCancel(ctx), users[:len(results)], results)
	if err == nil {
		err = failed
	}
	return done, err
}

// lacking says whether the record is that of a user who lacks something.
func (r *repair) lacking(it *item) (u repairing, lacks bool) {
	if !it.picked || it.Problem != nil {
		return u, false
	}
	n, is := number(r.plan.Lacking.ids, it.User.ID)
	if !is {
		return u, false
	}
	u.lack = *r.plan.Lacking.users.at(n)
	if u.Landing, lacks = r.landed(it, u.landed); !lacks || !r.first(n) {
		return u, false
	}
	u.Taken, u.Since = true, r.plan.Ledger.since()
	if u.created != 0 {
		u.Landing.Created = time.Unix(0, u.created)
	}
	return u, true
}

// landed is the record as the run landed it, by the seal of the profile: a number that
// somebody else had at the target was left out. False if the source makes something
// else of it, as far as the sink can foretell that.
func (r *repair) landed(it *item, profile [sealLength]byte) (sink.Landing, bool) {
	if r.findings.duplicate(it.ordinal) != nil {
		return sink.Landing{}, false
	}
	rec := r.findings.asLanded(it)
	bare := phoneless(*rec)
	for _, rec := range []*identity.Record{rec, &bare} {
		l, lands := r.plan.landing(rec, r.plan.judge(rec))
		if lands && r.makes(l, profile) {
			return l, true
		}
	}
	return sink.Landing{}, false
}

func (r *repair) makes(l sink.Landing, profile [sealLength]byte) bool {
	f, can := r.plan.Sink.(sink.Foreteller)
	if !can {
		return true
	}
	state, known := f.Foretell(l.User)
	return !known || r.plan.Ledger.profileSeal(l.Judgement.TargetID, state) == profile
}

func (r *repair) first(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen.has(n) {
		return false
	}
	r.seen.set(n)
	return true
}

// outcomes reads the users back, and says what became of each.
func (r *repair) outcomes(ctx context.Context, users []repairing, results []sink.Result) ([]Repaired, error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.Judgement.TargetID
	}
	found, err := r.plan.Reader.Read(ctx, ids)
	if err != nil || len(users) == 0 {
		return nil, err
	}
	now := map[string][sealLength]byte{}
	for _, f := range found {
		now[f.TargetID] = r.plan.Ledger.profileSeal(f.TargetID, f.State)
	}
	done := make([]Repaired, len(users))
	for i, u := range users {
		d := Repaired{TargetID: ids[i], Outcome: RepairedPartly}
		switch {
		case now[ids[i]] == u.landed:
			d.Outcome = RepairedWhole
		case results[i].Outcome == sink.Rejected:
			d.Outcome, d.Problem = RepairedRefused, results[i].Problem
		case now[ids[i]] == u.found:
			d.Outcome = RepairLeft
		}
		done[i] = d
	}
	return done, nil
}

func (r *repair) progress() Progress { return Progress{Stage: "repair", Of: r.counts.Lacking} }

func (r *repair) collect(done []Repaired) error {
	whole, refused := 0, 0
	for i := range done {
		switch done[i].Outcome {
		case RepairedWhole:
			r.counts.Whole++
			whole++
		case RepairedPartly:
			r.counts.Partly++
		case RepairLeft:
			r.counts.Left++
		default:
			r.counts.Refused++
			refused++
		}
		r.plan.report(Event{Repaired: &done[i]})
	}
	r.pace.tick(r.plan.Plan, r.progress(), len(done), whole, refused)
	return nil
}
