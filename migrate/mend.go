package migrate

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// doubtLine says that lines which stood before it were lost. Until the run has come to
// its end, an import that goes on takes everybody who is not known to have landed for
// begun, and looks them up at the target.
type doubtLine struct{}

// Mended says what became of a damaged ledger.
type Mended struct {
	Damage *Damage // nil: there was nothing to mend
	Kept   int     // lines
	Left   int     // lines that were left out
	Aside  string  // the file that holds the ledger as it was
}

// MendLedger writes a damaged ledger anew, without the lines that do not fit, and keeps the
// damaged one beside it. Of whoever a lost line named it is not known any more how far
// he came; the run counts as unfinished, so that the import looks up who is in doubt.
// The caller holds the run.
func MendLedger(folder string) (m Mended, err error) {
	path := filepath.Join(folder, ledgerName)
	key, err := readKey(folder)
	if err != nil {
		return m, err
	}
	f, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return m, fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	err = sound(f, newChain(key))
	m.Damage, _ = errors.AsType[*Damage](err)
	if m.Damage == nil || !m.Damage.Mendable() {
		return m, err
	}
	if m.Aside, err = setAside(f, folder); err != nil {
		return m, fmt.Errorf("ledger: %w", err)
	}
	r := rewriter{in: newChain(key), out: newChain(key)}
	if err := r.rewrite(f, path+".new"); err != nil {
		return m, errors.Join(fmt.Errorf("ledger: %w", err), os.Remove(path+".new"))
	}
	m.Kept, m.Left = r.kept, r.left
	if err := os.Rename(path+".new", path); err != nil {
		return m, fmt.Errorf("ledger: %w", err)
	}
	return m, nil
}

// sound walks through a ledger from where it stands, which is the beginning.
func sound(f *os.File, c *chain) error {
	_, err := eachSealed(f, c, func(n int, line []byte) error {
		if n == 1 {
			_, err := c.move(line)
			return err
		}
		_, err := parseLine(line)
		return err
	})
	return err
}

// setAside copies the damaged ledger.
func setAside(f *os.File, folder string) (path string, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path = filepath.Join(folder, fmt.Sprintf("ledger.damaged-%d.jsonl", n))
		out, err := newFile(path)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(out, f)
		return path, errors.Join(err, out.Sync(), out.Close())
	}
}

// rewriter writes those lines of a ledger anew that fit.
type rewriter struct {
	in, out    *chain
	kept, left int
	file       *os.File
	to         *bufio.Writer
	head       int64 // where the first line ends in the new file
	begun      sealText
	buf        []byte
}

func (r *rewriter) rewrite(f *os.File, path string) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	out, err := CreateFile(path)
	if err != nil {
		return err
	}
	r.file, r.to = out, bufio.NewWriterSize(out, 1<<20)
	_, err = eachLine(f, r.line)
	if err == nil {
		err = r.write([]byte(`{"doubt":{}}`))
	}
	return errors.Join(err, r.to.Flush(), out.Sync(), out.Close())
}

// first writes the first line, of this version whatever it was of.
func (r *rewriter) first(line []byte) error {
	line, err := r.in.open(1, line)
	if err != nil {
		return err
	}
	move, err := r.in.move(line)
	if err != nil {
		return err
	}
	move.Version = ledgerVersion
	text, err := json.Marshal(ledgerLine{Move: &move})
	if err != nil {
		return err
	}
	r.kept, r.out.sealed = 1, true
	if err := r.write(text); err != nil {
		return err
	}
	r.head, r.begun = int64(len(r.buf)), r.out.before
	return nil
}

// line writes a line that fits. Behind one that does not, the chain goes on from the
// seal that it has.
func (r *rewriter) line(n int, line []byte) error {
	if n == 1 {
		return r.first(line)
	}
	_, seal, sealed := cutSeal(line)
	old := !r.in.sealed
	text, err := r.in.open(n, line)
	if err == nil {
		_, err = parseLine(text)
	}
	switch {
	case err == nil:
		r.kept++
		return r.write(text)
	case sealed:
		r.in.before, r.in.sealed = seal, true
	}
	r.left++
	if old && sealed { // the seal over the lines of version 1 fails: none of them can be trusted
		return r.restart()
	}
	return nil
}

// restart takes back everything but the first line.
func (r *rewriter) restart() error {
	r.left, r.kept, r.out.before = r.left+r.kept-1, 1, r.begun
	if err := r.to.Flush(); err != nil {
		return err
	}
	_, err := r.file.Seek(r.head, io.SeekStart)
	return errors.Join(err, r.file.Truncate(r.head))
}

func (r *rewriter) write(line []byte) error {
	r.buf = r.out.close(r.buf[:0], append(line, '\n'))
	_, err := r.to.Write(r.buf)
	return err
}
