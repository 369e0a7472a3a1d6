package migrate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"rehome/sink"
)

// ledgerLine is a line of the ledger: exactly one field is set.
type ledgerLine struct {
	Move   *Move       `json:"move,omitempty"`
	Take   []string    `json:"take,omitempty"`
	Settle *settleLine `json:"settle,omitempty"`
	Finish *finishLine `json:"finish,omitempty"`
	Retry  *retryLine  `json:"retry,omitempty"`
	Undo   *undoLine   `json:"undo,omitempty"`
	Gone   []string    `json:"gone,omitempty"`
	Begin  *beginLine  `json:"begin,omitempty"`
	Free   []string    `json:"free,omitempty"`

	Upgrade *upgradeLine `json:"upgrade,omitempty"`
	Doubt   *doubtLine   `json:"doubt,omitempty"`
}

// settleLine is a settle line as it stands in the file.
type settleLine struct {
	ID         string       `json:"id"`
	Target     string       `json:"target"`
	Outcome    sink.Outcome `json:"outcome"`
	Credential string       `json:"credential"`
	Profile    string       `json:"profile"`
	Created    string       `json:"created,omitempty"` // when the target made the account; "": it did not say, or an older rehome did not note it
}

// beginLine says when the run began, on the clock by which the target dates users.
type beginLine struct {
	Since time.Time `json:"since"`
}

type finishLine struct {
	Exit int  `json:"exit"`
	Undo bool `json:"undo,omitempty"` // what has come to its end is the taking back
}

// retryLine says that mended rejects are being fed in, and from where.
type retryLine struct {
	Source  string   `json:"source"` // "sha256:…" of the mended file
	Command []string `json:"command"`
}

var errLedgerLine = errors.New("it is not a line of a ledger")

// hotLine reads the two lines that make up a ledger of millions, take and
// settle, several times faster than encoding/json does. It knows only the very
// bytes that append writes, and of those only what needs no unescaping; of
// anything else it says no, and encoding/json decides. What it points at is valid
// until the line is.
type hotLine struct {
	take   [][]byte
	settle [6][]byte // id, target, outcome, credential, profile, created
}

// The text between the strings of a settle line, in their order.
var settleParts = [...]string{`{"settle":{"id":"`, `,"target":"`, `,"outcome":"`, `,"credential":"`, `,"profile":"`, `,"created":"`}

const (
	takeHead = `{"take":["`
	takeTail = `]}`
)

// readTake reads a take line.
func (h *hotLine) readTake(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte(takeHead))
	h.take = h.take[:0]
	for ok {
		var id []byte
		if id, rest, ok = plainText(rest); !ok {
			return false
		}
		h.take = append(h.take, id)
		if string(rest) == takeTail {
			return true
		}
		rest, ok = bytes.CutPrefix(rest, []byte(`,"`))
	}
	return false
}

// readSettle reads a settle line.
func (h *hotLine) readSettle(line []byte) bool {
	rest, ok := line, true
	h.settle[len(h.settle)-1] = nil // which may be left out
	for i, part := range settleParts {
		if rest, ok = bytes.CutPrefix(rest, []byte(part)); !ok {
			return false
		}
		if h.settle[i], rest, ok = plainText(rest); !ok {
			return false
		}
		if i >= len(h.settle)-2 && string(rest) == "}}" {
			return true
		}
	}
	return false
}

// plainText takes a JSON string off the front of b, whose opening quote is gone:
// text without escapes, in UTF-8, as it stands.
func plainText(b []byte) (text, rest []byte, ok bool) {
	end := bytes.IndexByte(b, '"')
	if end < 0 {
		return nil, nil, false
	}
	text = b[:end]
	high := false
	for _, c := range text {
		if c < 0x20 || c == '\\' {
			return nil, nil, false
		}
		high = high || c >= utf8.RuneSelf
	}
	return text, b[end+1:], !high || utf8.Valid(text)
}

// settled is the settle line that was read, in strings of its own.
func (h *hotLine) settled() settleLine {
	var b strings.Builder
	var ends [len(h.settle)]int
	for i, part := range h.settle {
		b.Write(part)
		ends[i] = b.Len()
	}
	all := b.String()
	return settleLine{all[:ends[0]], all[ends[0]:ends[1]], sink.Outcome(all[ends[1]:ends[2]]), all[ends[2]:ends[3]], all[ends[3]:ends[4]], all[ends[4]:]}
}

// isSettle reads any line but the first, and says whether it was a settle line.
func (h *hotLine) isSettle(line []byte) (bool, error) {
	if h.readSettle(line) {
		return true, nil
	}
	if h.readTake(line) {
		return false, nil
	}
	l, err := parseLine(line)
	if err != nil || l.Settle == nil {
		return false, err
	}
	s := l.Settle
	for i, text := range [...]string{s.ID, s.Target, string(s.Outcome), s.Credential, s.Profile, s.Created} {
		h.settle[i] = []byte(text)
	}
	return true, nil
}

// parseLine reads any line but the first.
func parseLine(line []byte) (l ledgerLine, err error) {
	if err := json.Unmarshal(line, &l); err != nil {
		return l, errLedgerLine
	}
	if l.Move != nil || l.empty() {
		return l, errLedgerLine
	}
	return l, nil
}

func (l *ledgerLine) empty() bool {
	return l.Settle == nil && l.Finish == nil && l.Retry == nil && l.Undo == nil && l.Take == nil && l.Gone == nil &&
		l.Begin == nil && l.Free == nil && l.Upgrade == nil && l.Doubt == nil
}

// parseMove reads the first line.
func parseMove(line []byte) (Move, error) {
	var first ledgerLine
	if err := json.Unmarshal(line, &first); err != nil || first.Move == nil {
		return Move{}, errLedgerLine
	}
	if v := first.Move.Version; v < 1 || v > ledgerVersion {
		return Move{}, fmt.Errorf("ledger: written by another version of rehome (format %d, this one reads up to %d)", v, ledgerVersion)
	}
	return *first.Move, nil
}

// eachSealed calls do with every whole line, opened by the chain, and returns where
// the last one ends. A line is valid until do returns.
func eachSealed(f *os.File, c *chain, do func(n int, line []byte) error) (end int64, err error) {
	at := 0
	end, err = eachLine(f, func(n int, line []byte) error {
		at = n
		line, err := c.open(n, line)
		if err != nil {
			return err
		}
		return do(n, line)
	})
	if err == nil {
		at++
		err = tornTail(f, end)
	}
	if err != nil {
		err = damaged(f.Name(), at, err)
	}
	return end, err
}

// tornTail looks at what is behind the last newline. A line that is torn is as it should
// be; a whole one, with another byte where its newline was, is not.
func tornTail(f *os.File, end int64) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	var tail [sealedTail]byte
	from := info.Size() - int64(len(tail))
	if from < end {
		return nil
	}
	if _, err := f.ReadAt(tail[:], from); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	last := len(tail) - 1
	if _, _, whole := cutSeal(tail[:last]); whole && tail[last] != '\n' {
		return errNewline
	}
	return nil
}

// eachLine calls do with every whole line, as it stands in the file, and returns where
// the last one ends. A line is valid until do returns.
func eachLine(r io.Reader, do func(n int, line []byte) error) (end int64, err error) {
	in := bufio.NewReaderSize(r, 1<<17)
	var long []byte
	for n := 1; ; {
		part, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err == io.EOF {
			return end, nil // what is left has no newline: a torn line
		}
		if err != nil {
			return end, fmt.Errorf("ledger: %w", err)
		}
		line := part
		if len(long) > 0 {
			line = append(long, part...)
		}
		if err := do(n, line[:len(line)-1]); err != nil {
			return end, err
		}
		end += int64(len(line))
		n, long = n+1, nil
	}
}
