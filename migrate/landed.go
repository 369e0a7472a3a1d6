package migrate

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// landed counts the users that the ledger says landed.
func (l *Ledger) landed() (n int, err error) {
	err = l.eachSettled(func(*hotLine) error { n++; return nil })
	return n, err
}

// eachLanded reads the ledger from its file, what this process wrote as well, and
// leaves out those who were taken back since.
func (l *Ledger) eachLanded(do func(settleLine) error) error {
	return l.eachSettled(func(h *hotLine) error { return do(h.settled()) })
}

// eachSettled is eachLanded without a string for every user: what is handed on is
// valid until do returns. A ledger that is only read is held against its seals first,
// so that do is never called for a damaged one; of one that is open to be continued
// that was done then.
func (l *Ledger) eachSettled(do func(*hotLine) error) error {
	f, err := OpenFile(l.path, os.O_RDONLY)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	first := &chain{}
	if l.file == nil {
		first = newChain(l.seals.key)
	}
	gone, err := readGone(f, first)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	var hot hotLine
	_, err = eachSealed(f, &chain{}, func(n int, line []byte) error {
		if n == 1 {
			return nil
		}
		ok, err := hot.isSettle(line)
		if err != nil || !ok || gone.outdates(hot.settle[0]) {
			return err
		}
		return do(&hot)
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

// Claims reports whether the run says that it landed the account which the target
// made at that time under one of its ids. An older rehome did not note the time.
func (l *Ledger) Claims(targetID string, created time.Time) (claims bool, err error) {
	err = l.eachSettled(func(h *hotLine) error {
		if string(h.settle[1]) != targetID {
			return nil
		}
		at := h.settled().created()
		claims = claims || at.IsZero() || at.Equal(created)
		return nil
	})
	return claims, err
}
