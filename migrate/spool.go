package migrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// A spool is standard input copied into the folder of runs, for its owner only:
//
//	.spool-123        the copy
//	.spool-123.lock   held as long as its owner lives
//
// It is removed when its owner is done. What a killed owner left is removed by
// whoever opens the folder of runs next: a lock that can be taken has no owner.
const (
	spoolPrefix = ".spool-"
	spoolLock   = ".lock"
)

// Spool is a file that is gone when its owner is.
type Spool struct {
	*os.File
	lock *flock.Flock
}

// NewSpool makes an empty spool in the folder of runs.
func NewSpool(runs string) (*Spool, error) {
	if err := prepare(runs); err != nil {
		return nil, err
	}
	for {
		lock, err := spoolOwner(runs)
		if err != nil {
			return nil, fmt.Errorf("cannot set standard input aside: %w", err)
		}
		if lock == nil {
			continue // swept between its making and its locking
		}
		path := strings.TrimSuffix(lock.Path(), spoolLock)
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("cannot set standard input aside: %w", errors.Join(err, lock.Unlock()))
		}
		return &Spool{f, lock}, nil
	}
}

// spoolOwner makes and takes a lock; nil: somebody took it for one that was left.
func spoolOwner(runs string) (*flock.Flock, error) {
	f, err := os.CreateTemp(runs, spoolPrefix+"*"+spoolLock)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	lock := flock.New(f.Name(), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil || !held {
		return nil, err
	}
	if _, err := os.Stat(f.Name()); err != nil {
		return nil, lock.Unlock() // what is held is a file without a name
	}
	return lock, nil
}

// Remove takes the spool away; its file may be closed already.
func (s *Spool) Remove() error {
	_ = s.Close()
	return errors.Join(os.Remove(s.Name()), os.Remove(s.lock.Path()), s.lock.Unlock())
}

// Sweep removes the spools whose owners are gone. What cannot be removed is left
// for another time.
func Sweep(runs string) {
	entries, _ := os.ReadDir(runs)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), spoolPrefix) || !strings.HasSuffix(e.Name(), spoolLock) {
			continue
		}
		path := filepath.Join(runs, e.Name())
		lock := flock.New(path, flock.SetPermissions(0o600))
		if held, err := lock.TryLock(); err != nil || !held {
			continue
		}
		_ = os.Remove(strings.TrimSuffix(path, spoolLock))
		_ = os.Remove(path)
		_ = lock.Unlock()
	}
}
