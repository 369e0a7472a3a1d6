package migrate

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// course is how far a run has come by the lines of its ledger that say so: finish
// and retry. A run that has finished once stays finished — it is never continued
// by an import — whatever is appended behind.
type course struct {
	finished bool
	retry    *retryLine // begun and not finished
	undo     bool       // the same of taking the run back, after which nothing continues it
	undone   bool       // it was taken back
	doubt    bool       // lines were lost: whoever is not known to have landed may have been begun
}

func (c *course) follow(l ledgerLine) {
	switch {
	case l.Finish != nil:
		*c = course{finished: true, undone: l.Finish.Undo}
	case l.Retry != nil:
		c.retry = l.Retry
	case l.Undo != nil:
		c.finished, c.undo, c.undone = true, true, false
	case l.Doubt != nil:
		c.doubt = true
		c.finished = c.undo || c.undone // else the import goes on, and looks up who is in doubt
	}
}

// markHeads begin the lines that say how far a run has come. No id can spell one:
// a newline inside a JSON string is escaped.
var markHeads = [...]string{"\n{\"finish\":", "\n{\"retry\":", "\n{\"undo\":", "\n{\"doubt\":"}

// markWindow is how much of a ledger is looked through at once.
const markWindow = 1 << 20

// readCourse finds out how far a run has come from the end of its ledger: the last
// finish, and a retry behind it. A run that is not finished is looked through to
// its beginning, at several gigabytes a second.
func readCourse(f *os.File, seals *chain) (c course, sealed bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return c, false, err
	}
	end, err := wholeEnd(f, info.Size())
	if err == nil {
		_, sealed, err = sealBefore(f, end)
	}
	var marks []ledgerLine // the last first
	for err == nil && end > 0 {
		var l ledgerLine
		if l, end, err = markBefore(f, end, seals); err != nil || end == 0 {
			break
		}
		if marks = append(marks, l); l.Finish != nil {
			break
		}
	}
	for i := len(marks) - 1; i >= 0; i-- {
		c.follow(marks[i])
	}
	return c, sealed, err
}

// sealBefore is the seal of the line that ends there.
func sealBefore(f *os.File, end int64) (seal sealText, sealed bool, err error) {
	tail := make([]byte, min(end, int64(sealedTail)))
	if _, err := f.ReadAt(tail, end-int64(len(tail))); err != nil {
		return seal, false, err
	}
	_, seal, sealed = cutSeal(bytes.TrimSuffix(tail, []byte{'\n'}))
	return seal, sealed, nil
}

// wholeEnd is where the last whole line ends; a torn one may follow.
func wholeEnd(f *os.File, size int64) (int64, error) {
	buf := make([]byte, min(size, markWindow))
	for size > 0 {
		part := buf[:min(size, markWindow)]
		if _, err := f.ReadAt(part, size-int64(len(part))); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return size - int64(len(part)) + int64(i) + 1, nil
		}
		size -= int64(len(part))
	}
	return 0, nil
}

// markBefore is the last mark before end, and where it begins; 0 if there is none.
func markBefore(f *os.File, end int64, seals *chain) (l ledgerLine, at int64, err error) {
	buf := make([]byte, min(end, markWindow))
	for end > 0 {
		part := buf[:min(end, markWindow)]
		from := end - int64(len(part))
		if _, err := f.ReadAt(part, from); err != nil {
			return l, 0, err
		}
		last := -1
		for _, head := range markHeads {
			last = max(last, lastIndex(part, []byte(head)))
		}
		if last >= 0 {
			at = from + int64(last) + 1
			l, err = markAt(f, at, seals)
			return l, at, err
		}
		if from == 0 {
			break
		}
		end = from + int64(len(markHeads[0])) // a head may lie across
	}
	return l, 0, nil
}

// lastIndex is bytes.LastIndex for what is nearly never there: looking from the
// front is ten times faster.
func lastIndex(text, what []byte) int {
	last := -1
	for {
		i := bytes.Index(text[last+1:], what)
		if i < 0 {
			return last
		}
		last += i + 1
	}
}

// maxMark bounds the line of a mark, in bytes: a retry holds a command line.
const maxMark = 4 << 20

func markAt(f *os.File, at int64, seals *chain) (l ledgerLine, err error) {
	line, err := bufio.NewReader(io.NewSectionReader(f, at, maxMark)).ReadBytes('\n')
	if err != nil {
		return l, errLedgerLine
	}
	line = line[:len(line)-1]
	before, follows, err := sealBefore(f, at)
	if err != nil {
		return l, err
	}
	_, _, sealed := cutSeal(line)
	if sealed != follows || seals.sealed && !sealed {
		return l, errLedgerLine
	}
	alone := chain{mac: seals.mac, before: before, sealed: sealed, old: seals.old}
	if line, err = alone.open(2, line); err != nil {
		return l, err
	}
	return parseLine(line)
}

// openFirst reads the first line of a ledger, and begins the chain of its seals.
func openFirst(f *os.File, folder string) (m Move, c *chain, err error) {
	head, err := bufio.NewReader(io.NewSectionReader(f, 0, maxMark)).ReadBytes('\n')
	if err != nil {
		return m, nil, damaged(f.Name(), 1, errTorn)
	}
	head = head[:len(head)-1]
	key, err := readKey(folder)
	if _, _, sealed := cutSeal(head); sealed && err != nil {
		return m, nil, err
	}
	c = newChain(key)
	if head, err = c.open(1, head); err == nil {
		m, err = c.move(head)
	}
	return m, c, err
}

// glance is what the first lines and the last of a ledger tell.
type glance struct {
	move   Move
	course course
	sealed bool // whether the last line is; of version 1 it need not be
}

// peek looks at the ledger in a folder. It holds the lines that it reads against their
// seals, not the others.
func peek(folder string) (g glance, err error) {
	path := filepath.Join(folder, ledgerName)
	file, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return g, fmt.Errorf("ledger: %w", err)
	}
	defer file.Close()
	var seals *chain
	if g.move, seals, err = openFirst(file, folder); err == nil {
		g.course, g.sealed, err = readCourse(file, seals)
	}
	if err != nil {
		err = located(file, err)
	}
	return g, err
}

// located finds the line that a peek came upon, from the beginning.
func located(f *os.File, err error) error {
	if !isDamage(err) {
		return err
	}
	key, failed := readKey(filepath.Dir(f.Name()))
	if failed != nil {
		return failed
	}
	if _, failed := f.Seek(0, io.SeekStart); failed != nil {
		return fmt.Errorf("ledger: %w", failed)
	}
	if found := sound(f, newChain(key)); found != nil {
		return found
	}
	return fmt.Errorf("ledger: %w", err)
}
