package migrate

import (
	"context"
	"math/rand/v2"
	"sync"

	"golang.org/x/sync/errgroup"

	"rehome/sink"
)

// Difference is a user that should be as the run left it, and is not. One who has
// signed in since is none: that is what the move was for.
type Difference struct {
	TargetID string `json:"target_id"`
	What     string `json:"what"`                // missing, changed
	Part     Part   `json:"part,omitempty"`      // of who changed
	SignedIn bool   `json:"signed_in,omitempty"` // who changed has signed in since, or the account was used otherwise
}

// The differences.
const (
	WhatMissing = "missing"
	WhatChanged = WhyChanged
)

// readAtOnce is the number of users asked for in one read: targets take a hundred
// values in a query (Appwrite 1.5), and pages of a hundred (1.9 answers no page of
// more than 500). A page of users by their ids costs a server what any other page
// does, so walking through the whole project by cursor is never cheaper: it reads
// strangers as well, and one page must wait for the one before.
const readAtOnce = 100

// readers is how many such reads are under way at once.
const readers = 4

// Verify reads users of a run back and compares them with what the run landed,
// by the seals in its ledger: it needs neither the source nor a secret. All
// users, or sample of them, chosen at random; users who were taken back since are
// not expected.
func Verify(ctx context.Context, l *Ledger, r sink.Reader, sample int, report func(Progress)) (VerifyCounts, []Difference, error) {
	return verify(ctx, l, r, sample, report, nil)
}

// verify is Verify that hands on whoever was changed.
func verify(ctx context.Context, l *Ledger, r sink.Reader, sample int, report func(Progress), changed func(settleLine, sink.Found, change)) (VerifyCounts, []Difference, error) {
	landed, err := l.landed()
	if err != nil {
		return VerifyCounts{}, nil, err
	}
	v := verification{ledger: l, reader: r, of: landed, changed: changed}
	if sample > 0 && sample < landed {
		v.of, v.counts.Of = sample, landed
	}
	if report != nil {
		v.plan.Report = func(e Event) { report(*e.Progress) }
	}
	err = l.batches(ctx, readers, sampler(sample, landed), v.compare)
	return v.counts, v.differences, err
}

// everyone is the sample that leaves nobody out.
func everyone() bool { return true }

// batches reads the ledger, and hands those landed users whom keep takes to
// workers, readAtOnce at a time. It waits for all of them.
func (l *Ledger) batches(ctx context.Context, workers int, keep func() bool, do func(context.Context, []settleLine) error) error {
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan []settleLine)
	group.Go(func() error {
		defer close(queue)
		return l.fill(ctx, keep, queue)
	})
	for range max(workers, 1) {
		group.Go(func() error {
			for batch := range queue {
				if err := do(ctx, batch); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// fill cuts the landed users into batches.
func (l *Ledger) fill(ctx context.Context, keep func() bool, queue chan<- []settleLine) error {
	var batch []settleLine
	flush := func() error {
		select {
		case queue <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := l.eachSettled(func(h *hotLine) error {
		if !keep() {
			return nil
		}
		if batch = append(batch, h.settled()); len(batch) == readAtOnce {
			return flush()
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return err
}

// sampler answers for each of n users in turn whether to take it: all, or
// exactly k of them (Knuth, The Art of Computer Programming, vol. 2, algorithm S).
func sampler(k, n int) func() bool {
	if k <= 0 || k >= n {
		return everyone
	}
	return func() bool {
		take := rand.IntN(n) < k
		n--
		if take {
			k--
		}
		return take
	}
}

type verification struct {
	ledger *Ledger
	reader sink.Reader
	of     int // users to be read
	plan   Plan
	// changed is told of each user who is there and was changed. Optional.
	changed func(settleLine, sink.Found, change)

	mu          sync.Mutex
	pace        pace
	counts      VerifyCounts
	differences []Difference
}

// maxDifferences bounds the list of differences; the counts go on.
const maxDifferences = 10_000

// compare reads a batch back.
func (v *verification) compare(ctx context.Context, batch []settleLine) error {
	there, err := readBack(ctx, v.reader, batch)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range batch {
		f, ok := there[s.Target]
		v.note(s, f, ok)
	}
	v.pace.tick(v.plan, Progress{Stage: "verify", Of: v.of}, len(batch), 0, 0)
	return nil
}

// readBack asks the target for a batch, by the ids its users have there.
func readBack(ctx context.Context, r sink.Reader, batch []settleLine) (map[string]sink.Found, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	ids := make([]string, len(batch))
	for i, s := range batch {
		ids[i] = s.Target
	}
	found, err := r.Read(ctx, ids)
	there := make(map[string]sink.Found, len(found))
	for _, f := range found {
		there[f.TargetID] = f
	}
	return there, err
}

func (v *verification) note(s settleLine, f sink.Found, there bool) {
	if !there {
		v.counts.Missing++
		v.differ(Difference{TargetID: s.Target, What: WhatMissing})
		return
	}
	v.counts.Read++
	c := v.ledger.compare(s, f)
	if c == (change{}) {
		v.counts.Equal++
	}
	if c.used {
		v.counts.SignedIn++
	}
	if c.part != "" {
		v.counts.Changed++
		v.differ(Difference{s.Target, WhatChanged, c.part, c.used})
		if v.changed != nil {
			v.changed(s, f, c)
		}
		if c.used {
			v.counts.Both++
		}
	}
}

func (v *verification) differ(d Difference) {
	if len(v.differences) < maxDifferences {
		v.differences = append(v.differences, d)
	}
}
