package migrate

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
)

// sealText is the seal of a line as it stands in the file: hex digits.
type sealText [2 * sealLength]byte

// What stands around the seal, at the end of a line.
const (
	sealHead = `,"seal":"`
	sealTail = `"}`
)

// upgradeHead begins the line from which on a ledger of version 1 has seals.
const upgradeHead = `{"upgrade":`

type upgradeLine struct{}

// What is wrong with a line that fails.
var (
	errSeal    = errors.New("its seal does not fit")
	errTorn    = errors.New("it is not whole")
	errNewline = errors.New("the newline behind it is gone")
	errOld     = errors.New("the lines before it, which an earlier rehome wrote, are not as they were when it sealed them")
)

// chain follows the lines of a ledger in their order, each with its seal: 8 bytes of
// HMAC-SHA-256 under the run's key over the seal before and the line. A line that was
// edited fails, and so does the one behind a line that is missing, doubled, or stands
// in another's place. A tail that was cut off at the end of a line cannot be told from
// one that a power cut kept from the disk; whoever it named is looked up at the target.
//
// Version 1 had no seals on lines. Its ledgers are read as they are; the first line
// that is appended is an upgrade, whose seal covers everything before it.
type chain struct {
	mac    *stamp // nil: seals are taken off, not checked
	before sealText
	sealed bool
	old    hash.Hash // of the lines of version 1, until they are sealed
}

func newChain(key []byte) *chain { return &chain{mac: newStamp(key), old: hmac.New(sha256.New, key)} }

// open holds a line against its seal and takes the seal off, in place. Lines are
// numbered from one.
func (c *chain) open(n int, line []byte) ([]byte, error) {
	core, seal, sealed := cutSeal(line)
	wrong := errSeal
	switch {
	case n == 1:
		c.sealed = sealed
	case !c.sealed && sealed && bytes.HasPrefix(line, []byte(upgradeHead)):
		c.upgrade()
		wrong = errOld
	}
	switch {
	case sealed != c.sealed:
		return nil, errLedgerLine
	case !sealed:
		c.cover(line)
		return line, nil
	case c.mac != nil && c.sealOf(core) != seal:
		return nil, wrong
	}
	c.before = seal
	line[len(core)] = '}'
	return line[:len(core)+1], nil
}

// sealedTail is how much of a line's end its seal takes, the newline included.
const sealedTail = len(sealHead) + 2*sealLength + len(sealTail) + len("\n")

// move reads the first line, which is open.
func (c *chain) move(line []byte) (Move, error) {
	m, err := parseMove(line)
	if err == nil && c.sealed != (m.Version > 1) {
		return m, errLedgerLine
	}
	return m, err
}

// close appends lines, each of which ends in a newline, with their seals.
func (c *chain) close(b, lines []byte) []byte {
	for line := range bytes.Lines(lines) {
		core := line[:len(line)-len("}\n")]
		c.before = c.sealOf(core)
		b = append(append(b, core...), sealHead...)
		b = append(append(append(b, c.before[:]...), sealTail...), '\n')
	}
	return b
}

// upgrade begins the seals of a ledger of version 1.
func (c *chain) upgrade() {
	c.sealed = true
	if c.mac != nil {
		c.before = digits(c.old.Sum(nil))
	}
}

// cover takes in a line of version 1.
func (c *chain) cover(line []byte) {
	if c.mac != nil {
		c.old.Write(line)
		c.old.Write([]byte{'\n'})
	}
}

func (c *chain) sealOf(core []byte) sealText {
	m := c.mac
	m.text = append(append(m.text[:0], "line "...), c.before[:]...)
	m.text = append(m.text, core...)
	return m.digits()
}

// cutSeal finds the seal at the end of a line; core is what stands before it.
func cutSeal(line []byte) (core []byte, seal sealText, ok bool) {
	n := len(line) - len(sealHead) - len(seal) - len(sealTail)
	if n < 0 || string(line[n:n+len(sealHead)]) != sealHead || string(line[len(line)-len(sealTail):]) != sealTail {
		return nil, seal, false
	}
	copy(seal[:], line[n+len(sealHead):])
	return line[:n], seal, true
}
