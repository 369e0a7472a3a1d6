package migrate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// A spool is a source that can be read once, set aside in the folder of runs:
//
//	.spool-123        its blocks of 16 KiB, each sealed with AES-256-GCM
//	.spool-123.lock   held as long as its owner lives
//
// It is removed when its owner is done. The key is in its owner's memory and
// nowhere else, so that what a killed owner leaves says nothing; it is removed by
// whoever opens the folder of runs next: a lock that can be taken has no owner.
const (
	spoolPrefix = ".spool-"
	spoolLock   = ".lock"
	spoolBlock  = 16 << 10
)

// Spool is a copy that is gone when its owner is. Once filled it can be read
// anywhere and any number of times, also at once.
type Spool struct {
	file *os.File
	lock *flock.Flock
	aead cipher.AEAD
	size int64 // of what was set aside
}

// NewSpool makes an empty spool in the folder of runs.
func NewSpool(runs string) (*Spool, error) {
	if err := prepare(runs); err != nil {
		return nil, err
	}
	aead, err := newSpoolKey()
	if err != nil {
		return nil, err
	}
	for {
		lock, err := spoolOwner(runs)
		if err != nil {
			return nil, fmt.Errorf("cannot set the source aside: %w", err)
		}
		if lock == nil {
			continue // swept between its making and its locking
		}
		f, err := newFile(strings.TrimSuffix(lock.Path(), spoolLock))
		if err != nil {
			return nil, fmt.Errorf("cannot set the source aside: %w", errors.Join(err, lock.Unlock()))
		}
		return &Spool{file: f, lock: lock, aead: aead}, nil
	}
}

func newSpoolKey() (cipher.AEAD, error) {
	var key [32]byte
	_, _ = rand.Read(key[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
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

// Fill sets everything aside that r holds.
func (s *Spool) Fill(r io.Reader) error {
	text := make([]byte, spoolBlock, spoolBlock+s.aead.Overhead())
	for {
		n, err := io.ReadFull(r, text)
		if n > 0 {
			sealed := s.aead.Seal(text[:0], s.nonce(s.size/spoolBlock), text[:n], nil)
			if _, err := s.file.Write(sealed); err != nil {
				return err
			}
			s.size += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// nonce is the block's number: a key seals one spool, and each of its blocks once.
func (s *Spool) nonce(block int64) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	binary.BigEndian.PutUint64(nonce[len(nonce)-8:], uint64(block))
	return nonce
}

// ReadAt reads what was set aside.
func (s *Spool) ReadAt(p []byte, off int64) (n int, err error) {
	buf := make([]byte, spoolBlock+s.aead.Overhead())
	for n < len(p) && off < s.size {
		text, err := s.open(buf, off/spoolBlock)
		if err != nil {
			return n, err
		}
		done := copy(p[n:], text[off%spoolBlock:])
		n, off = n+done, off+int64(done)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// open reads a block of the spool into buf.
func (s *Spool) open(buf []byte, block int64) ([]byte, error) {
	sealed := buf[:min(spoolBlock, s.size-block*spoolBlock)+int64(s.aead.Overhead())]
	if _, err := s.file.ReadAt(sealed, block*int64(len(buf))); err != nil {
		return nil, fmt.Errorf("cannot read what was set aside: %w", err)
	}
	text, err := s.aead.Open(sealed[:0], s.nonce(block), sealed, nil)
	if err != nil {
		return nil, errors.New("what was set aside has changed on the disk")
	}
	return text, nil
}

// Size is how many bytes were set aside.
func (s *Spool) Size() int64 { return s.size }

// Name is the path of the spool.
func (s *Spool) Name() string { return s.file.Name() }

// Remove takes the spool away.
func (s *Spool) Remove() error {
	_ = s.file.Close()
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
		lock, err := newFlock(path)
		if err != nil {
			continue
		}
		if held, err := lock.TryLock(); err != nil || !held {
			continue
		}
		_ = os.Remove(strings.TrimSuffix(path, spoolLock))
		_ = os.Remove(path)
		_ = lock.Unlock()
	}
}
