package migrate

import (
	"context"

	"rehome/sink"
)

// VerifySome reads the users back that have one of the ids at the target, and
// compares them with what the run landed, as Verify does.
func VerifySome(ctx context.Context, l *Ledger, r sink.Reader, ids map[string]bool) (VerifyCounts, []Difference, error) {
	v := verification{ledger: l, reader: r, of: len(ids)}
	var batch []settleLine
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := v.compare(ctx, batch)
		batch = nil
		return err
	}
	err := l.eachLanded(func(s settleLine) error {
		if !ids[s.Target] {
			return nil
		}
		if batch = append(batch, s); len(batch) == readAtOnce {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return v.counts, v.differences, err
}
