package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Damage is the failure of a ledger that is not as it was written: the run stops, for
// what landed is not guessed.
type Damage struct {
	Folder string   // of the run
	Line   int      // the first that fails; 0: it is the key
	What   string   // what is wrong with it
	Named  []string // of whom it is not known how far they came, up to maxDoubt: ids in the lines from there on, and who was in flight before
	More   int      // people beyond those
}

// maxDoubt bounds the people that a damage names.
const maxDoubt = 20

func (d *Damage) Error() string {
	text := "ledger: " + d.What
	if d.Line > 0 {
		text = fmt.Sprintf("ledger: line %d is damaged: %s", d.Line, d.What)
	}
	switch people := len(d.Named) + d.More; people {
	case 0:
		return text + "; nobody is named from there on"
	case 1:
		return text + "; in doubt is the one person named from there on, or in flight before: " + d.Named[0]
	default:
		text += fmt.Sprintf("; in doubt are the %d people named from there on, or in flight before: %s", people, strings.Join(d.Named, ", "))
	}
	if d.More > 0 {
		text += fmt.Sprintf(" and %d more", d.More)
	}
	return text
}

// Mendable reports whether MendLedger can go on from the ledger. Without its first line it
// is not known what was moved where, and without its key no seal can be told.
func (d *Damage) Mendable() bool { return d.Line > 1 }

// damaged is the error of a walk through a ledger: a line that does not fit becomes a
// Damage, and names who is in doubt.
func damaged(path string, n int, err error) error {
	if !isDamage(err) {
		return err
	}
	d, from := &Damage{Folder: filepath.Dir(path), Line: n, What: err.Error()}, max(n, 2) // the first line names nobody
	switch {
	case n == 1 && !errors.Is(err, errTorn):
		d.Line, d.What = firstLine(path)
	case errors.Is(err, errOld):
		from = 2
	}
	if err := d.name(path, from); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return d
}

func isDamage(err error) bool {
	return errors.Is(err, errSeal) || errors.Is(err, errOld) || errors.Is(err, errTorn) || errors.Is(err, errNewline) || errors.Is(err, errLedgerLine)
}

// name reads who stands in the lines from one on, and who was in flight before.
func (d *Damage) name(path string, from int) error {
	f, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	before, list, hot := newStates(), doubtful{Damage: d, ids: newKeys()}, &hotLine{}
	end, err := eachLine(f, func(n int, line []byte) error {
		if n > 1 && n < from {
			return before.note(withoutSeal(line))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = eachLine(f, func(n int, line []byte) error {
		for _, id := range hot.idsIn(withoutSeal(line)) {
			if n >= from || n > 1 && before.of(id) == Taken {
				list.add(id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	tail, err := io.ReadAll(io.NewSectionReader(f, end, maxMark))
	for _, id := range hot.idsIn(withoutSeal(tail)) {
		list.add(id)
	}
	return err
}

// doubtful lists people once each.
type doubtful struct {
	*Damage
	ids *keys
}

func (d doubtful) add(id string) {
	if _, came := number(d.ids, id); came {
		return
	}
	if admit(d.ids, id) < maxDoubt {
		d.Named = append(d.Named, id)
	} else {
		d.More++
	}
}

func withoutSeal(line []byte) []byte {
	if core, _, sealed := cutSeal(line); sealed {
		return append(core, '}')
	}
	return line
}

// idsIn is who is named in a line, which need not be whole.
func (h *hotLine) idsIn(line []byte) []string {
	settles, err := h.isSettle(line)
	switch {
	case err == nil && settles:
		return []string{string(h.settle[0])}
	case err == nil:
		l, _ := parseLine(line)
		return slices.Concat(l.Take, l.Gone, l.Free)
	}
	for _, head := range []string{`"id":"`, takeHead, goneHead + `["`} {
		if _, rest, found := bytes.Cut(line, []byte(head)); found {
			if id, _, found := bytes.Cut(rest, []byte{'"'}); found {
				return []string{string(id)}
			}
		}
	}
	return nil
}

// keyless is the failure of a ledger whose key is gone: no seal can be told.
func keyless(folder, what string) error {
	d := &Damage{Folder: folder, What: keyName + " " + what}
	if err := d.name(filepath.Join(folder, ledgerName), 2); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return d
}

// firstLine says what is wrong with a ledger whose first line fails: where the lines
// behind it hold, it is that line; where they fail as well, it is the key.
func firstLine(path string) (line int, what string) {
	const either = "it does not fit " + keyName + "; one of the two is not as it was written"
	key, err := readKey(filepath.Dir(path))
	f, failed := OpenFile(path, os.O_RDONLY)
	if err != nil || failed != nil {
		return 1, either
	}
	defer f.Close()
	c, other, holds := newChain(key), false, false
	_, err = eachLine(f, func(n int, line []byte) error {
		core, seal, sealed := cutSeal(line)
		if n > 1 {
			other, holds = true, sealed && c.sealOf(core) == seal
		}
		c.before = seal
		if n > 1 {
			return errEnough
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough) || !other:
		return 1, either
	case holds:
		return 1, "it does not say any more what was moved where"
	}
	return 0, keyName + " is not the key of this ledger"
}
