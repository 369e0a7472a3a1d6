package migrate

import (
	"bytes"
	"context"
	"os"
	"sync"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// UndoPlan says which run to take back, and how.
type UndoPlan struct {
	Ledger  *Ledger      // of that run. Required.
	Reader  sink.Reader  // Required.
	Remover sink.Remover // Required, but for a dry run.
	Workers int          // batches at the target at once; 0: 1
	DryRun  bool         // find out, delete nothing, note nothing
	// Sparer says in a dry run whom the Remover would spare. Optional.
	Sparer sink.Sparer
	// Hung is told in a dry run what hangs on users, by the Sparer's word; never called
	// by two goroutines at once. Optional.
	Hung func(sink.Hung)
	// Claimed names a later run that has landed the user with this source id
	// again; "" where none has. Optional.
	Claimed func(id string) (run string)
	Report  func(Event) // never called by two goroutines at once. Optional.
}

// Undo deletes the users that the run landed and that are as it left them, by the
// seals in its ledger. It spares, and names in events,
//
//	signed-in  whoever has signed in, set a password or left any other trace of use since
//	changed    whoever was edited since
//	kept       whoever the target refuses to delete; whom a later run has landed
//	           again; and, of users that the run met half made, those that the
//	           target does not date from after its beginning
//
// Users who were there before the run are in no ledger and not looked at.
//
// A deletion is noted in the ledger once it is done, and those noted are not the
// run's any more: a new import lands them anew. Killed in between, the same Undo
// finds the user missing and goes on, so it ends the same however often it was
// broken off. A run whose taking back has begun is never continued by an import.
func Undo(ctx context.Context, p UndoPlan) (UndoCounts, error) {
	u := &undo{plan: p}
	var err error
	if u.total, err = p.Ledger.landed(); err != nil || u.total == 0 {
		return u.counts, err
	}
	if !p.DryRun {
		if err := p.Ledger.append(ledgerLine{Undo: &undoLine{}}); err != nil {
			return u.counts, err
		}
	}
	err = p.Ledger.batches(ctx, p.Workers, everyone, u.takeBack)
	return u.counts, err
}

// FinishUndo notes that the run has been taken back as far as can be.
func (l *Ledger) FinishUndo(exit int) error {
	return l.append(ledgerLine{Finish: &finishLine{Exit: exit, Undo: true}})
}

// TakenBack reports whether the run was being taken back when the ledger was
// opened, and whether that had come to its end.
func (l *Ledger) TakenBack() (begun, done bool) {
	c := l.states.course
	return c.undo || c.undone, c.undone
}

// undoLine says that from here on the run is taken back. The users who are gone
// stand in lines of their own behind it.
type undoLine struct{}

// Why a user was spared.
const (
	WhySignedIn = "signed-in"
	WhyChanged  = "changed"
	WhyKept     = "kept"
)

type undo struct {
	plan  UndoPlan
	total int

	mu     sync.Mutex
	counts UndoCounts
	pace   pace
}

// fate is what becomes of a batch.
type fate struct {
	doomed  []sink.Found
	missing []string          // source ids
	source  map[string]string // source ids of the doomed, by the id they have at the target
	spared  []Spared
}

// takeBack settles a batch: reads it back, has the target delete whoever is as he
// was landed, and notes who is gone.
func (u *undo) takeBack(ctx context.Context, batch []settleLine) error {
	there, err := readBack(ctx, u.plan.Reader, batch)
	if err != nil {
		return err
	}
	f := u.sort(batch, there)
	refused, err := u.remove(ctx, f.doomed)
	if err != nil {
		return err
	}
	for _, r := range refused {
		delete(f.source, r.TargetID)
		f.spared = append(f.spared, sparedBy(r))
	}
	if u.plan.DryRun {
		u.note(f)
		return nil
	}
	gone := f.missing
	for _, id := range f.source {
		gone = append(gone, id)
	}
	if len(gone) > 0 {
		if err := u.plan.Ledger.append(ledgerLine{Gone: gone}); err != nil {
			return err
		}
	}
	u.note(f)
	return nil
}

// remove has the target delete users, or say in a dry run whom it would not.
func (u *undo) remove(ctx context.Context, users []sink.Found) ([]sink.Result, error) {
	if len(users) == 0 {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if u.plan.DryRun {
		return u.foresee(ctx, users)
	}
	return u.plan.Remover.Remove(ctx, users)
}

// foresee asks whom the target would spare.
func (u *undo) foresee(ctx context.Context, users []sink.Found) ([]sink.Result, error) {
	if u.plan.Sparer == nil {
		return nil, nil
	}
	spared, hung, err := u.plan.Sparer.Spares(ctx, users)
	if u.plan.Hung != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		for _, h := range hung {
			u.plan.Hung(h)
		}
	}
	return spared, err
}

// sort says who of a batch is to go.
func (u *undo) sort(batch []settleLine, there map[string]sink.Found) fate {
	f := fate{source: map[string]string{}}
	for _, s := range batch {
		found, is := there[s.Target]
		if !is {
			f.missing = append(f.missing, s.ID)
			continue
		}
		if spared, why := u.spares(s, found); why {
			f.spared = append(f.spared, spared)
			continue
		}
		f.doomed = append(f.doomed, found)
		f.source[s.Target] = s.ID
	}
	return f
}

// spares says why a user is left where it is.
func (u *undo) spares(s settleLine, found sink.Found) (Spared, bool) {
	switch c := u.plan.Ledger.compare(s, found); {
	case c.part != "":
		return Spared{TargetID: s.Target, Why: WhyChanged, Part: c.part, SignedIn: c.used, Detail: found.Used}, true
	case c.used:
		return spare(s.Target, WhySignedIn, found.Used), true
	}
	if u.plan.Claimed != nil {
		if run := u.plan.Claimed(s.ID); run != "" {
			return spare(s.Target, WhyKept, "run "+run+" has landed this user again"), true
		}
	}
	switch landed := s.created(); {
	case !landed.IsZero() && !found.Created.IsZero() && !landed.Equal(found.Created):
		return spare(s.Target, WhyKept, "the target dates it "+createdText(found.Created)+": it was made or written anew since this run landed it"), true
	case !landed.IsZero():
	case older(found.Created, u.plan.Ledger.since()), s.Outcome == sink.Recovered && found.Created.IsZero():
		return spare(s.Target, WhyKept, "by the target's clock it may have been there before the run"), true
	}
	return Spared{}, false
}

// older tells whether an account was made before the run began, on the same clock,
// which may have told whole seconds only when the run began. It is asked where the
// ledger does not say when the account was made.
func older(created, since time.Time) bool {
	return !created.IsZero() && created.Before(since.Truncate(time.Second))
}

func spare(id, why, detail string) Spared { return Spared{TargetID: id, Why: why, Detail: detail} }

// sparedBy sorts what the target would not delete.
func sparedBy(r sink.Result) Spared {
	if r.Problem == nil {
		return spare(r.TargetID, WhyKept, "the target did not say why")
	}
	switch r.Problem.Code {
	case identity.SignedIn:
		return spare(r.TargetID, WhySignedIn, r.Problem.Detail)
	case identity.ChangedSince:
		return spare(r.TargetID, WhyChanged, "")
	}
	return spare(r.TargetID, WhyKept, r.Problem.Detail)
}

// note counts a batch and reports it.
func (u *undo) note(f fate) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.counts.Gone += len(f.missing)
	if u.plan.DryRun {
		u.counts.Planned += len(f.source)
	} else {
		u.counts.Removed += len(f.source)
	}
	for i := range f.spared {
		u.counts.spare(f.spared[i].Why)
		u.plan.report(Event{Spared: &f.spared[i]})
	}
	n := len(f.missing) + len(f.source) + len(f.spared)
	u.pace.tick(Plan{Report: u.plan.Report}, Progress{Stage: "undo", Of: u.total}, n, len(f.missing)+len(f.source), len(f.spared))
}

func (c *UndoCounts) spare(why string) {
	switch why {
	case WhySignedIn:
		c.SignedIn++
	case WhyChanged:
		c.Changed++
	default:
		c.Kept++
	}
}

// Spared counts those who were left where they are.
func (c UndoCounts) Spared() int { return c.SignedIn + c.Changed + c.Kept }

func (p UndoPlan) report(e Event) {
	if p.Report != nil {
		p.Report(e)
	}
}

// goneHead begins the lines that say who is gone.
const goneHead = `{"gone":`

// gone counts how often each user of a run was taken back; nil: nobody was. A
// user can come and go several times: mended rejects may bring back the id.
type gone struct {
	ids   *keys
	times []int
}

// readGone reads from the ledger's file who was taken back.
func readGone(f *os.File, c *chain) (*gone, error) {
	g := &gone{ids: newKeys()}
	_, err := eachSealed(f, c, func(n int, line []byte) error {
		switch {
		case n == 1:
			_, err := c.move(line)
			return err
		case !bytes.HasPrefix(line, []byte(goneHead)):
			return nil
		}
		parsed, err := parseLine(line)
		for _, id := range parsed.Gone {
			g.add(id)
		}
		return err
	})
	return g, err
}

func (g *gone) add(id string) {
	n := admit(g.ids, id)
	for n >= len(g.times) {
		g.times = append(g.times, 0)
	}
	g.times[n]++
}

// outdates tells whether a user who landed was taken back later. It is asked once
// for each settle line, in their order.
func (g *gone) outdates(id []byte) bool {
	n, came := number(g.ids, id)
	if !came || g.times[n] == 0 {
		return false
	}
	g.times[n]--
	return true
}

// Landings answers which source ids the run has landed, in this process or before,
// and not taken back. It takes about 25 bytes of memory a user.
func (l *Ledger) Landings() (func(id string) bool, error) {
	ids := newKeys()
	err := l.eachLanded(func(s settleLine) error {
		admit(ids, s.ID)
		return nil
	})
	return func(id string) bool {
		_, has := number(ids, id)
		return has
	}, err
}
