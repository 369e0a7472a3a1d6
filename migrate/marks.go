package migrate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// course is how far a run has come by the lines of its ledger that say so: finish
// and retry. A run that has finished once stays finished — it is never continued
// by an import — whatever is appended behind.
type course struct {
	finished bool
	retry    *retryLine // begun and not finished
	undo     bool       // the same of taking the run back, after which nothing continues it
	undone   bool       // it was taken back
}

func (c *course) follow(l ledgerLine) {
	switch {
	case l.Finish != nil:
		*c = course{finished: true, undone: l.Finish.Undo}
	case l.Retry != nil:
		c.retry = l.Retry
	case l.Undo != nil:
		c.finished, c.undo, c.undone = true, true, false
	}
}

// markHeads begin the lines that say how far a run has come. No id can spell one:
// a newline inside a JSON string is escaped.
var markHeads = [...]string{"\n{\"finish\":", "\n{\"retry\":", "\n{\"undo\":"}

// markWindow is how much of a ledger is looked through at once.
const markWindow = 1 << 20

// readCourse finds out how far a run has come from the end of its ledger: the last
// finish, and a retry behind it. A run that is not finished is looked through to
// its beginning, at several gigabytes a second.
func readCourse(f *os.File) (c course, err error) {
	info, err := f.Stat()
	if err != nil {
		return c, err
	}
	end, err := wholeEnd(f, info.Size())
	var marks []ledgerLine // the last first
	for err == nil && end > 0 {
		var l ledgerLine
		if l, end, err = markBefore(f, end); err != nil || end == 0 {
			break
		}
		if marks = append(marks, l); l.Finish != nil {
			break
		}
	}
	for i := len(marks) - 1; i >= 0; i-- {
		c.follow(marks[i])
	}
	return c, err
}

// wholeEnd is where the last whole line ends; a torn one may follow.
func wholeEnd(f *os.File, size int64) (int64, error) {
	buf := make([]byte, markWindow)
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
func markBefore(f *os.File, end int64) (l ledgerLine, at int64, err error) {
	buf := make([]byte, markWindow)
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
			l, err = markAt(f, at)
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

func markAt(f *os.File, at int64) (l ledgerLine, err error) {
	line, err := bufio.NewReader(io.NewSectionReader(f, at, maxMark)).ReadBytes('\n')
	if err != nil {
		return l, errLedgerLine
	}
	return parseLine(line)
}

// readMove reads the first line.
func readMove(f *os.File) (Move, error) {
	head, err := bufio.NewReader(io.NewSectionReader(f, 0, maxMark)).ReadBytes('\n')
	if err != nil {
		return Move{}, errors.New("ledger: its first line is not whole")
	}
	return parseMove(bytes.TrimSuffix(head, []byte("\n")))
}

// peek reads what a ledger is of and how far its run has come.
func peek(path string) (m Move, c course, err error) {
	file, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return m, c, fmt.Errorf("ledger: %w", err)
	}
	defer file.Close()
	if m, err = readMove(file); err == nil {
		c, err = readCourse(file)
	}
	return m, c, err
}
