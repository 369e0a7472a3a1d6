package migrate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// A run's files are for its owner only, and every one is a file of its own: what
// somebody else has put in its place, a symbolic link or a second name of another
// file, is never written through.

// CreateFile makes a file of a run anew. Whatever has its name is taken away first:
// a link, and not what it points to.
func CreateFile(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return newFile(path)
}

// newFile makes a file that must not be there. O_EXCL follows no link.
func newFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

// OpenFile opens a file of a run as it is, to be read or, with os.O_RDWR|os.O_APPEND,
// to be added to.
func OpenFile(path string, flag int) (*os.File, error) {
	before, err := ownFile(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, err
	}
	now, err := f.Stat()
	swapped := err != nil || !os.SameFile(before, now)
	if swapped || flag != os.O_RDONLY && links(f) != 1 {
		return nil, errors.Join(foreign(path), f.Close())
	}
	return f, nil
}

// ownFile looks at what has the name of a run's file.
func ownFile(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, foreign(path)
	}
	return info, nil
}

func foreign(path string) error {
	return fmt.Errorf("%s is not a file of its own (a link, a folder, a device): put the file itself in its place", path)
}

// newFlock is a lock on a file of its own, which need not be there yet.
func newFlock(path string) (*flock.Flock, error) {
	if _, err := ownFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return flock.New(path, flock.SetPermissions(0o600)), nil
}

// appendFile opens a file to be added to, and makes it if it is not there.
func appendFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return OpenFile(path, os.O_RDWR|os.O_APPEND)
	}
	return f, err
}

// AddFile opens a file in the folder of runs to be added to. Both are made if they
// are not there.
func AddFile(runs, name string) (*os.File, error) {
	if err := prepare(runs); err != nil {
		return nil, err
	}
	return appendFile(filepath.Join(runs, name))
}

// MakeFolder makes a folder in a run's folder, empty.
func MakeFolder(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o700)
}
