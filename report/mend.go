package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"rehome/identity"
	"rehome/migrate"
)

// Fed is what a file of mended rejects held.
type Fed struct {
	Positions map[string]bool // by the column _position
	IDs       map[string]bool // of rows without one
	// Whole says that the file is the run's own rejects.csv, mended in its place:
	// nothing of it is kept.
	Whole bool
}

// holds reports whether a row of the rejects was fed in.
func (f Fed) holds(row []string) bool {
	n := len(identity.NeutralFields)
	return f.Positions[identity.Unguard(row[n+2])] || f.IDs[identity.Unguard(row[0])]
}

// Mended is what is left of a run's rejects.
type Mended struct {
	Rejected int // rows in rejects.csv
	Apart    int // of those, rows that the mended file did not hold
	Taken    int // rows that stood there before and were fed in

	Resets map[identity.Code]int // rows in resets.csv, by reason
}

// Mend brings the lists of a run up to date with those that a retry wrote into a
// folder of its own. What the mended file did not hold is still rejected, and its
// rows stay as they are. Each list is replaced as a whole.
func Mend(folder, retried string, fed Fed) (m Mended, err error) {
	landed, err := landedIDs(retried)
	if err != nil {
		return m, err
	}
	if _, gone := os.Lstat(filepath.Join(folder, RejectsName)); fed.Whole || gone != nil {
		m.Taken = len(fed.Positions) // purged rows stood there as well
		m.Rejected, err = replace(folder, retried)
	} else {
		m.Apart, m.Rejected, err = join(folder, retried, RejectsName, func(row []string) bool {
			drop := fed.holds(row)
			if drop {
				m.Taken++
			}
			return drop
		})
	}
	again := func(row []string) bool { return landed[row[0]] }
	sorted := &Files{folder: folder, reasons: map[identity.Code]bool{}}
	m.Resets = map[identity.Code]int{}
	_, _, err2 := join(folder, retried, ResetsName, again)
	_, _, err3 := join(folder, retried, IDsName, again)
	if err = errors.Join(err, err2, err3); err != nil {
		return m, err
	}
	err = eachRow(filepath.Join(folder, ResetsName), func(row []string, _ []byte) error {
		reason := identity.Code(row[len(row)-1])
		sorted.reasons[reason] = true
		m.Resets[reason]++
		return nil
	})
	return m, errors.Join(err, sorted.sortResets())
}

// replace puts the rejects of the retry in the place of the run's.
func replace(folder, retried string) (rows int, err error) {
	from := filepath.Join(retried, RejectsName)
	err = eachRow(from, func([]string, []byte) error { rows++; return nil })
	if err != nil {
		return rows, fmt.Errorf("report: %w", err)
	}
	return rows, os.Rename(from, filepath.Join(folder, RejectsName))
}

// Mendable says why the rejects of a run could not be brought up to date: somebody
// has changed their columns. A file that was removed holds nothing.
func Mendable(folder string) error {
	path := filepath.Join(folder, RejectsName)
	file, err := migrate.OpenFile(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer file.Close()
	if header, err := csv.NewReader(file).Read(); err != nil || !slices.Equal(header, rejectsHeader()) {
		return fmt.Errorf("%s is not as rehome wrote it: its columns are others", path)
	}
	return nil
}

func landedIDs(folder string) (map[string]bool, error) {
	ids := map[string]bool{}
	err := eachRow(filepath.Join(folder, IDsName), func(row []string, _ []byte) error {
		ids[row[0]] = true
		return nil
	})
	return ids, err
}

// join writes a list of the run anew: its own rows but for those to drop, then
// those of the retry.
func join(folder, retried, name string, drop func(row []string) bool) (kept, rows int, err error) {
	path := filepath.Join(folder, name)
	file, err := migrate.CreateFile(path + aside)
	if err != nil {
		return 0, 0, fmt.Errorf("report: %w", err)
	}
	out := bufio.NewWriter(file)
	copyRow := func(_ []string, text []byte) error {
		_, err := out.Write(text)
		return err
	}
	err = header(filepath.Join(retried, name), copyRow)
	if err == nil {
		err = eachRow(path, func(row []string, text []byte) error {
			if drop(row) {
				return nil
			}
			kept++
			return copyRow(row, text)
		})
	}
	rows = kept
	if err == nil {
		err = eachRow(filepath.Join(retried, name), func(row []string, text []byte) error {
			rows++
			return copyRow(row, text)
		})
	}
	if err = errors.Join(err, out.Flush(), file.Close()); err != nil {
		return kept, rows, fmt.Errorf("report: %w", err)
	}
	return kept, rows, os.Rename(path+aside, path)
}

// header calls do with the first row of a list.
func header(path string, do func(row []string, text []byte) error) error {
	return scan(path, func(n int, row []string, text []byte) error {
		if n > 0 {
			return io.EOF
		}
		return do(row, text)
	})
}

// eachRow calls do with every row of a list but the first.
func eachRow(path string, do func(row []string, text []byte) error) error {
	return scan(path, func(n int, row []string, text []byte) error {
		if n == 0 {
			return nil
		}
		return do(row, text)
	})
}

// scan calls do with every row of a list and with the row's own text, which is
// what is copied: reading CSV makes one newline of every kind. A list that is not
// there has no rows; io.EOF from do ends it.
func scan(path string, do func(n int, row []string, text []byte) error) error {
	file, err := migrate.OpenFile(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	rows := csv.NewReader(bufio.NewReader(io.NewSectionReader(file, 0, math.MaxInt64)))
	rows.ReuseRecord = true
	for n, at := 0, int64(0); ; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		text := make([]byte, rows.InputOffset()-at)
		if _, err := file.ReadAt(text, at); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		at = rows.InputOffset()
		if err := do(n, row, text); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
