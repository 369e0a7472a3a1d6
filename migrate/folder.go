package migrate

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Folder is the folder of one run: a ledger, its key, and the files that are
// left for people. Folders are 0700 and files 0600, because ids are often
// addresses and the rejects hold hashes.
type Folder struct {
	Path string
	lock *flock.Flock
}

// Name is the run's name: its start on the local clock and four random hex
// digits, "20261121-231502-7f3a".
func (f Folder) Name() string { return filepath.Base(f.Path) }

// File is the path of a file in the folder.
func (f Folder) File(name string) string { return filepath.Join(f.Path, name) }

const (
	keyName  = "run.key"
	lockName = "lock"
)

// ErrLocked is the failure of a process that wants a run which another holds.
var ErrLocked = errors.New("another process holds this run")

// NewFolder makes the folder of a new run under runs and locks it.
func NewFolder(runs string) (Folder, error) {
	if err := prepare(runs); err != nil {
		return Folder{}, err
	}
	for {
		var random [2]byte
		_, _ = rand.Read(random[:])
		path := filepath.Join(runs, time.Now().Format("20060102-150405-")+hex.EncodeToString(random[:]))
		err := os.Mkdir(path, 0o700)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return Folder{}, fmt.Errorf("cannot make the run folder: %w", err)
		}
		f := Folder{Path: path}
		return f, f.Lock()
	}
}

// prepare makes the folder of all runs, keeps git from taking it in, and removes
// what a killed process left of its standard input.
func prepare(runs string) error {
	Sweep(runs)
	if err := os.MkdirAll(runs, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder of runs: %w", err)
	}
	ignore := filepath.Join(runs, ".gitignore")
	f, err := newFile(ignore)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err == nil {
		_, err = f.WriteString("*\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("cannot prepare the folder of runs: %w", err)
	}
	return nil
}

// OpenFolder finds a run by its name or path. It does not lock it.
func OpenFolder(runs, name string) (Folder, error) {
	Sweep(runs)
	for _, path := range []string{filepath.Join(runs, name), name} {
		if _, err := os.Lstat(filepath.Join(path, ledgerName)); err == nil {
			return Folder{Path: filepath.Clean(path)}, nil
		}
	}
	return Folder{}, fmt.Errorf("there is no run %q under %s", name, runs)
}

// Lock takes the run for this process. A kill releases it.
func (f *Folder) Lock() error {
	lock, err := newFlock(f.File(lockName))
	if err != nil {
		return fmt.Errorf("cannot lock the run: %w", err)
	}
	held, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("cannot lock the run: %w", err)
	}
	if !held {
		return fmt.Errorf("%s: %w", f.Name(), ErrLocked)
	}
	f.lock = lock
	return nil
}

// Unlock lets the run go.
func (f *Folder) Unlock() error {
	if f.lock == nil {
		return nil
	}
	return f.lock.Unlock()
}

// Remove deletes the folder and everything in it: for a run that never began.
func (f *Folder) Remove() error { return errors.Join(f.Unlock(), os.RemoveAll(f.Path)) }

// Gate serialises the search for an unfinished run and the making of a new one,
// so that two processes started together on the same move do not both begin it.
// The function returned opens the gate.
func Gate(runs string) (open func() error, err error) {
	if err := prepare(runs); err != nil {
		return nil, err
	}
	gate, err := newFlock(filepath.Join(runs, ".gate"))
	if err == nil {
		err = gate.Lock()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock the folder of runs: %w", err)
	}
	return gate.Unlock, nil
}

// Folders lists the runs under runs, oldest first. A folder without a ledger is
// not a run.
func Folders(runs string) ([]Folder, error) {
	Sweep(runs)
	entries, err := os.ReadDir(runs)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the runs: %w", err)
	}
	var folders []Folder
	for _, e := range entries {
		path := filepath.Join(runs, e.Name())
		if _, err := os.Lstat(filepath.Join(path, ledgerName)); err == nil && !strings.HasPrefix(e.Name(), ".") {
			folders = append(folders, Folder{Path: path})
		}
	}
	slices.SortFunc(folders, func(a, b Folder) int { return strings.Compare(a.Path, b.Path) })
	return folders, nil
}

// Unfinished finds the newest run that began to move this source to this target
// and has not come to its end.
func Unfinished(runs string, m Move) (Folder, Move, bool, error) {
	folders, err := Folders(runs)
	if err != nil {
		return Folder{}, Move{}, false, err
	}
	var newest Folder
	var last Move
	for _, f := range folders {
		begun, finished, err := f.Peek()
		if err != nil {
			return Folder{}, Move{}, false, fmt.Errorf("%s: %w", f.Name(), err)
		}
		same := begun.Source == m.Source && begun.Target == m.Target && !begun.DryRun
		if same && !finished && !begun.Started.Before(last.Started) {
			newest, last = f, begun
		}
	}
	return newest, last, newest.Path != "", nil
}

// Peek reads the first line of a run's ledger and whether the run has finished.
func (f Folder) Peek() (m Move, finished bool, err error) {
	g, err := peek(f.Path)
	return g.move, g.course.finished, err
}

func newKey(folder string) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	f, err := newFile(filepath.Join(folder, keyName))
	if err == nil {
		_, err = f.Write(key)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write the run's key: %w", err)
	}
	return key, nil
}

func readKey(folder string) ([]byte, error) {
	f, err := OpenFile(filepath.Join(folder, keyName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, keyless(folder, "is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the run's key: %w", err)
	}
	defer f.Close()
	key := make([]byte, 33)
	n, err := io.ReadFull(f, key)
	if n != 32 || !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, keyless(folder, "is damaged")
	}
	return key[:n], nil
}
