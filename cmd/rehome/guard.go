package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"math"
	"sync/atomic"
)

// chunkSize is how much of a file is checked before it is used.
const chunkSize = 1 << 20

// errChanged is the failure of a second reading that meets other bytes than the
// first one saw.
var errChanged = errors.New("the file changed between the two readings")

// seen is what the first reading of a file saw: the SHA-256 of the whole, by which
// a run knows its source again, and a hash of each chunk, by which a second
// reading in this process knows that nothing has changed.
type seen struct {
	seed   maphash.Seed
	chunks []uint64
	whole  string
}

// guard reads a file in chunks. The first reading hashes them; a later
// one hands a chunk on only when it is the same, so that a file that changes
// under a move never lands a byte that was not surveyed.
type guard struct {
	in    content
	text  io.Reader // of in, from its beginning
	seen  *seen
	again bool // a later reading
	whole hash.Hash
	count *atomic.Int64 // bytes read, for progress

	buf   []byte
	ready []byte // checked, not yet handed on
	next  int    // chunk
	err   error
	sound bool // checked as a whole, for reading at random
}

func newGuard(in content, s *seen, count *atomic.Int64) *guard {
	g := &guard{in: in, text: io.NewSectionReader(in, 0, math.MaxInt64), seen: s, again: s.whole != "", count: count, buf: make([]byte, chunkSize)}
	if !g.again {
		s.seed, s.chunks = maphash.MakeSeed(), nil // a first reading that was broken off begins anew
		g.whole = sha256.New()
	}
	return g
}

func (g *guard) Read(p []byte) (int, error) {
	if len(g.ready) == 0 && g.err == nil {
		g.fill()
	}
	if len(g.ready) == 0 {
		return 0, g.err
	}
	n := copy(p, g.ready)
	g.ready = g.ready[n:]
	return n, nil
}

// fill reads the next chunk and checks it.
func (g *guard) fill() {
	n, err := io.ReadFull(g.text, g.buf)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if n > 0 {
		if changed := g.check(g.buf[:n]); changed != nil {
			g.err = changed
			return
		}
		g.count.Add(int64(n))
		g.ready = g.buf[:n]
	}
	if err == io.EOF {
		err = g.finish()
	}
	g.err = err
}

func (g *guard) check(chunk []byte) error {
	sum := maphash.Bytes(g.seen.seed, chunk)
	if !g.again {
		g.seen.chunks = append(g.seen.chunks, sum)
		g.whole.Write(chunk)
		return nil
	}
	if g.next >= len(g.seen.chunks) || g.seen.chunks[g.next] != sum {
		return fmt.Errorf("%w, near byte %d", errChanged, g.next*chunkSize)
	}
	g.next++
	return nil
}

func (g *guard) finish() error {
	if !g.again {
		g.seen.whole = hex.EncodeToString(g.whole.Sum(nil))
		return io.EOF
	}
	if g.next != len(g.seen.chunks) {
		return fmt.Errorf("%w: it is shorter now", errChanged)
	}
	return io.EOF
}

// drain reads what an importer left, so that the digest covers the whole file.
func (g *guard) drain() error {
	_, err := io.Copy(io.Discard, g)
	return err
}

// ReadAt serves archives, which are read at random: a later reading checks the
// whole file before the first byte is handed on.
func (g *guard) ReadAt(p []byte, off int64) (int, error) {
	if g.again && !g.sound {
		if err := g.checkAll(); err != nil {
			return 0, err
		}
		g.sound = true
	}
	return g.in.ReadAt(p, off)
}

func (g *guard) checkAll() error {
	file := io.NewSectionReader(g.in, 0, g.Size())
	chunk := make([]byte, chunkSize)
	for i := 0; ; i++ {
		n, _ := io.ReadFull(file, chunk) // a failure shows as a chunk that differs
		if n == 0 && i == len(g.seen.chunks) {
			return nil
		}
		if n == 0 || i == len(g.seen.chunks) || g.seen.chunks[i] != maphash.Bytes(g.seen.seed, chunk[:n]) {
			return errChanged
		}
	}
}

// Size is the file's, in bytes.
func (g *guard) Size() int64 { return g.in.size() }
