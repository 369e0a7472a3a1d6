package migrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"rehome/sink"
)

// Difference is a user that is not as the run left it.
type Difference struct {
	TargetID string
	What     string // missing, signed-in, changed
}

// readAtOnce is the number of users asked for in one read; targets take a
// hundred values in a query (Appwrite 1.5).
const readAtOnce = 100

// Verify reads users of a run back and compares them with what the run landed,
// by the seals in its ledger: it needs neither the source nor a secret. All
// users, or sample of them, chosen at random.
func Verify(ctx context.Context, l *Ledger, r sink.Reader, sample int, report func(Progress)) (VerifyCounts, []Difference, error) {
	v := verification{ledger: l, reader: r, report: report}
	landed, err := l.landed()
	if err != nil {
		return v.counts, nil, err
	}
	v.total = landed
	keep := sampler(sample, landed)
	err = l.eachLanded(func(s settleLine) error {
		if !keep() {
			return nil
		}
		v.batch = append(v.batch, s)
		if len(v.batch) < readAtOnce {
			return nil
		}
		return v.compare(ctx)
	})
	if err == nil {
		err = v.compare(ctx)
	}
	return v.counts, v.differences, err
}

// sampler answers for each of n users in turn whether to take it: all, or
// exactly k of them (Knuth, The Art of Computer Programming, vol. 2, algorithm S).
func sampler(k, n int) func() bool {
	if k <= 0 || k >= n {
		return func() bool { return true }
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
	ledger      *Ledger
	reader      sink.Reader
	report      func(Progress)
	total       int
	batch       []settleLine
	counts      VerifyCounts
	differences []Difference
}

// maxDifferences bounds the list of differences; the counts go on.
const maxDifferences = 10_000

// compare reads a batch back.
func (v *verification) compare(ctx context.Context) error {
	if len(v.batch) == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ids := make([]string, len(v.batch))
	for i, s := range v.batch {
		ids[i] = s.Target
	}
	found, err := v.reader.Read(ctx, ids)
	if err != nil {
		return err
	}
	there := make(map[string]sink.Found, len(found))
	for _, f := range found {
		there[f.TargetID] = f
	}
	for _, s := range v.batch {
		f, ok := there[s.Target]
		v.note(s, f, ok)
	}
	v.batch = v.batch[:0]
	if v.report != nil {
		v.report(Progress{Stage: "verify", Records: v.counts.Read + v.counts.Missing, Of: v.total})
	}
	return nil
}

func (v *verification) note(s settleLine, f sink.Found, there bool) {
	if !there {
		v.counts.Missing++
		v.differ(s.Target, "missing")
		return
	}
	v.counts.Read++
	seals := v.ledger.seals.seal(s.Target, f.State)
	switch {
	case seals == Seals{s.Credential, s.Profile}:
		v.counts.Equal++
	case seals.Credential != s.Credential && f.SignedIn:
		v.counts.SignedIn++
		v.differ(s.Target, "signed-in")
	default:
		v.counts.Changed++
		v.differ(s.Target, "changed")
	}
}

func (v *verification) differ(id, what string) {
	if len(v.differences) < maxDifferences {
		v.differences = append(v.differences, Difference{id, what})
	}
}

// landed counts the users that the ledger says landed.
func (l *Ledger) landed() (n int, err error) {
	err = l.eachLanded(func(settleLine) error { n++; return nil })
	return n, err
}

// eachLanded reads the ledger from its file: what this process wrote as well.
func (l *Ledger) eachLanded(do func(settleLine) error) error {
	f, err := os.Open(l.file.Name())
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	_, err = eachLine(f, func(n int, line []byte) error {
		s, ok, err := parseSettle(line)
		if err != nil || !ok || n == 1 {
			return err
		}
		return do(s)
	})
	return err
}

// Landed counts the users that the run landed, this process's included.
func (l *Ledger) Landed() (int, error) {
	if l == nil {
		return 0, errors.New("there is no ledger")
	}
	return l.landed()
}
